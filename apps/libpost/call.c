/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Call and wait for the reply, ring 3. post_call finds the reply by its cookie, which no other call
 * of this task has, among the lines that arrived after it posted the call. It passes over other
 * mail, which stays unread. Invariant: a call that returns has taken its reply out of the inbox, or
 * knows that none can come, or has announced it as abandoned; so no stray reply is ever mistaken
 * for mail.
 */
#include "internal.h"

/* A cookie is used again after two thousand million calls. */
static uint32_t next_cookie(void)
{
    static uint32_t count;
    return POST_COOKIE | (count++ & (POST_COOKIE - 1));
}

/*
 * Sets *from to the inbox index of the reply with that cookie, at or after *from; false: there is
 * none, and *from is the tail.
 */
static bool find_reply(uint32_t cookie, uint32_t *from)
{
    post_barrier();
    uint32_t tail = post_own->in.in_tail; /* it may be before *from: after RESET */
    while ((int32_t)(tail - *from) > 0) {
        const struct line *line = &post_own->inbox[*from & post_own->in.in_mask];
        if (line->flags & FLAG_REPLY && line->cookie == cookie)
            return true;
        *from = post_end_of(*from);
    }
    return false;
}

/* Copy the reply out and take it from the inbox. */
static enum status take_reply(struct post_pending *call, void *reply, unsigned size, unsigned *got)
{
    const struct line *line = &post_own->inbox[call->scan & post_own->in.in_mask];
    unsigned bytes = line->lines * LINE_BYTES - (call->sealed ? 24 : 20);
    enum status status = post_reply_status(line);

    if (status == STATUS_OK && call->sealed)
        status = post_sealed(line);
    if (status != STATUS_OK)
        bytes = 0;
    if (bytes > size)
        bytes = size;
    if (reply)
        memcpy(reply, &line->w[1], bytes);
    if (got)
        *got = bytes;
    post_take_out(call->scan);
    return status;
}

/*
 * As post_slot_until, for a call: a line whose ledger slot is free. An open call keeps its ledger
 * slot; this steps over it with void lines, so that it does not hold up the calls that come after.
 */
enum status post_call_slot(struct line **line, unsigned lines, uint32_t deadline)
{
    const struct in_header *in = &post_own->in;
    enum status status = post_slot_until(line, lines, deadline);

    while (status == STATUS_OK && in->open_calls <= in->out_mask &&
           in->ledger[post_own->out.out_tail & in->out_mask].server != ID_NOBODY) {
        post_address(*line, HANDLE_VOID, 0, 1, 0);
        post_commit(1);
        status = post_slot_until(line, lines, deadline);
    }
    return status;
}

void post_call_commit(struct post_pending *call, struct line *line, unsigned size, bool sealed)
{
    *call = (struct post_pending){
        .cookie = next_cookie(),
        .scan = post_own->in.in_tail, /* the reply cannot be before this */
        .mine = post_own->out.out_tail,
        .lines = line->lines,
        .sealed = sealed,
    };
    line->badge = post_lines(size + (sealed ? 8 : 4));
    line->cookie = call->cookie;
    if (sealed)
        post_seal(line);
    post_commit(line->lines);
}

/*
 * Does the router know of the call? Not when it is answered, nor when it was lost with a mailbox
 * that the router set aside.
 */
static bool is_open(const struct post_pending *call)
{
    const struct call *c = &post_own->in.ledger[call->mine & post_own->in.out_mask];

    return c->server != ID_NOBODY && c->index == call->mine;
}

enum status post_call_end(struct post_pending *call, void *reply, unsigned size, unsigned *got,
                          uint32_t deadline)
{
    post_gate(GATE_POST, POST_FOREVER);
    enum status status = post_push(call->mine, call->mine + call->lines, deadline);
    call->delivered = status == STATUS_OK;
    if (status != STATUS_OK)
        return status;
    while (!find_reply(call->cookie, &call->scan)) {
        if (!is_open(call) && !find_reply(call->cookie, &call->scan))
            return STATUS_RESET;
        if (post_passed(deadline)) {
            post_abandon();
            return STATUS_TIMEOUT;
        }
        post_keep_signals();
        post_own->out.looked = call->scan;
        post_gate(GATE_WAIT, deadline);
    }
    return take_reply(call, reply, size, got);
}

static enum status make_call(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                             void *reply, unsigned size, unsigned *got, uint32_t deadline,
                             bool sealed)
{
    unsigned beside = sealed ? 8 : 4; /* w[0] and the seal */
    struct post_pending call;

    if (bytes > MAX_INLINE - beside)
        return STATUS_BAD;
    if (handle == HANDLE_VOID)
        return STATUS_NO_ROUTE;
    if (size > MAX_INLINE - beside) /* no reply is longer */
        size = MAX_INLINE - beside;
    if (post_odd)
        post_peek(); /* late replies leave the inbox of a task that reads no mail, too */
    unsigned lines = post_lines(bytes + beside);
    struct line *line;
    enum status status = post_call_slot(&line, lines, deadline);
    if (status != STATUS_OK)
        return status;
    post_address(line, handle, tag, lines, FLAG_CALL);
    line->w[0] = 0;
    post_copy(&line->w[1], data, bytes, lines * LINE_BYTES - 20);
    post_call_commit(&call, line, size, sealed);
    return post_call_end(&call, reply, size, got, deadline);
}

enum status post_call(uint32_t handle, uint16_t tag, const void *data, unsigned bytes, void *reply,
                      unsigned size, unsigned *got, uint32_t deadline)
{
    return make_call(handle, tag, data, bytes, reply, size, got, deadline, false);
}

enum status post_call_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                             void *reply, unsigned size, unsigned *got, uint32_t deadline)
{
    return make_call(handle, tag, data, bytes, reply, size, got, deadline, true);
}

enum status post_call_begin(uint32_t handle, uint16_t tag, uint32_t cookie, const void *data,
                            unsigned bytes, unsigned size, uint32_t *index)
{
    unsigned lines = post_lines(bytes + 4);
    struct line *line;

    if (bytes > MAX_INLINE - 4 || size > MAX_INLINE - 4 || cookie >= POST_COOKIE)
        return STATUS_BAD;
    enum status status = post_call_slot(&line, lines, POST_FOREVER);
    if (status != STATUS_OK)
        return status;
    post_address(line, handle, tag, lines, FLAG_CALL);
    line->badge = post_lines(size + 4);
    line->cookie = cookie;
    line->w[0] = 0;
    post_copy(&line->w[1], data, bytes, lines * LINE_BYTES - 20);
    *index = post_own->out.out_tail;
    post_commit(lines);
    return post_deliver(lines, POST_FOREVER);
}

enum status post_ask(uint32_t handle, uint16_t tag, const uint32_t *words, unsigned n,
                     uint32_t answer[POST_ANSWER])
{
    enum status status =
        post_call(handle, tag, words, n * 4, answer, POST_ANSWER * 4, NULL, POST_FOREVER);
    return status ? status : answer[0];
}
