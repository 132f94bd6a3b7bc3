/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open calls, ring 3. Each has a cookie of its own; a reply with another one is to a call that the
 * shell has forgotten, and is dropped. The shell gets no other mail. A call that is neither open at
 * the router nor answered was lost with the mailbox (RESET).
 */
#include "calls.h"

#define OPEN_MOST 16

static struct open_call *open_calls[OPEN_MOST];
static uint32_t answers;

enum status call_begin(struct open_call *c, uint32_t handle, uint16_t tag, const uint32_t *words,
                       unsigned n)
{
    static uint32_t cookie;
    unsigned place = 0;

    while (place < OPEN_MOST && open_calls[place])
        place++;
    if (place == OPEN_MOST)
        return STATUS_LEDGER;
    cookie = cookie % (POST_COOKIE - 1) + 1;
    *c = (struct open_call){.cookie = cookie};
    enum status status =
        post_call_begin(handle, tag, c->cookie, words, n * 4, sizeof c->words, &c->index);
    if (status == STATUS_OK)
        open_calls[place] = c;
    else
        c->cookie = 0;
    return status;
}

void call_forget(struct open_call *c)
{
    for (unsigned i = 0; i < OPEN_MOST; i++)
        if (open_calls[i] == c)
            open_calls[i] = NULL;
    c->cookie = c->order = 0;
}

enum status call_status(const struct open_call *c)
{
    return c->status ? c->status : (enum status)c->words[0];
}

static void answer(struct open_call *c, enum status status)
{
    c->status = status;
    c->order = ++answers;
}

static void take(const struct line *line)
{
    for (unsigned i = 0; i < OPEN_MOST; i++) {
        struct open_call *c = open_calls[i];
        if (!c || c->order || c->cookie != line->cookie)
            continue;
        answer(c, post_reply_status(line));
        c->bytes = line->lines * LINE_BYTES - 20;
        memcpy(c->words, &line->w[1], sizeof c->words);
    }
}

/* Is the call closed, and its reply not among the mail that was read? Then it must be unread. */
static bool is_closed(const struct open_call *c)
{
    return c && !c->order && !post_call_open(c->index);
}

void calls_wait(uint32_t deadline)
{
    bool closed[OPEN_MOST], any = false;
    const struct line *line;

    for (unsigned i = 0; i < OPEN_MOST; i++)
        any |= closed[i] = is_closed(open_calls[i]);
    if (!any && !post_peek())
        post_wait(deadline);
    while ((line = post_peek())) {
        if (line->flags & FLAG_REPLY)
            take(line);
        post_done(line);
    }
    for (unsigned i = 0; i < OPEN_MOST; i++)
        if (closed[i] && !open_calls[i]->order)
            answer(open_calls[i], STATUS_RESET);
}
