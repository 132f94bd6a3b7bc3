/* SPDX-License-Identifier: BSD-2-Clause */
/* Open calls, ring 3. The shell gets no other mail. */
#include "calls.h"

enum status call_begin(struct open_call *c, uint32_t handle, uint16_t tag, const uint32_t *words,
                       unsigned n)
{
    *c = (struct open_call){.begun = true};
    enum status status = post_begin(&c->call, handle, tag, words, n * 4, c->words, sizeof c->words);
    c->begun = status == STATUS_OK;
    return status;
}

void call_forget(struct open_call *c)
{
    post_cancel(&c->call);
    c->begun = false;
    c->order = 0;
}

enum status call_status(const struct open_call *c)
{
    return c->call.status ? c->call.status : (enum status)c->words[0];
}

void calls_wait(uint32_t deadline)
{
    static uint32_t answers;
    const struct line *line;
    struct open_call *c = (struct open_call *)post_await_any(deadline);

    if (c)
        c->order = ++answers;
    while ((line = post_peek()))
        post_done(line);
}
