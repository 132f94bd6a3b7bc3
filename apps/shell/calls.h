/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls whose replies the shell takes as they come: the keyboard's, the end of each job, a ping. So
 * it waits for all of them at once.
 */
#pragma once

#include <post.h>

struct open_call {
    struct post_pending call; /* the first: what post_await_any returns */
    bool begun;
    uint32_t order; /* 0: not answered; of two answers the lower came first */
    uint32_t words[POST_ANSWER];
};

/* Make a call with words[0..n-1] as w[1]... If it is not OK, there is no such call. */
enum status call_begin(struct open_call *c, uint32_t handle, uint16_t tag, const uint32_t *words,
                       unsigned n);

/* Take no interest any more, whether it is answered or not: the call is cancelled. */
void call_forget(struct open_call *c);

/* What a request in the manner of protocol.h came to: no reply, or the status in it. */
enum status call_status(const struct open_call *c);

/* Wait until a reply comes or the deadline passes; may return early. */
void calls_wait(uint32_t deadline);
