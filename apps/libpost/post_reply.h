/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers: replies and forwarding, the part of post.h that is about them. Callers: post_call.h. */
#ifndef POST_REPLY_H
#define POST_REPLY_H

#include "post_receive.h"
#include "post_send.h"

enum status post_reply_rest(const struct post_caller *caller, const void *data, unsigned bytes);

/*
 * A line for an answer of one line to a call, addressed: write all words from w[1] on, and
 * post_commit(1). Waits for a free one, without end.
 */
static inline struct line *post_reply_line(const struct post_caller *caller)
{
    struct line *line = post_slot(1);

    if (__builtin_expect(!line, 0))
        line = post_slot_wait(1);
    post_address(line, caller->task, caller->tag, 1, FLAG_REPLY);
    line->badge = 0;
    line->cookie = caller->cookie;
    line->w[0] = caller->index;
    return line;
}

/*
 * Answer a call with `data` from w[1] on: at most MAX_INLINE - 4 bytes, and no more lines than
 * the caller reserved. This commits and does not post: the reply leaves with the next gate call,
 * and never finds the caller's inbox full. If the call is not open any more (its caller died, or
 * cancelled it) the router refuses the reply, and libpost counts it in post_dropped. STATUS_OK or
 * STATUS_BAD.
 */
static inline enum status post_reply(const struct post_caller *caller, const void *data,
                                     unsigned bytes)
{
    if (__builtin_expect(bytes > PAYLOAD_WORDS * 4 - 4, 0))
        return post_reply_rest(caller, data, bytes);
    struct line *line = post_reply_line(caller);
    post_copy(&line->w[1], data, bytes, PAYLOAD_WORDS * 4 - 4);
    post_commit(1);
    return STATUS_OK;
}

/* Answer a call with a status and nothing else. */
void post_answer(const struct post_caller *caller, enum status status);

/*
 * As post_reply, but see it delivered. NO_CALL, DEAD: the call is not open any more, and nobody has
 * got the answer. Other refusals as post_send.
 */
enum status post_reply_now(const struct post_caller *caller, const void *data, unsigned bytes);

/*
 * Does this line say that the call is cancelled? Such a line has FLAG_CANCEL alone, tag 0, the
 * caller as its peer, and the call index in w[0]; it is not a CALL and wants no answer. A server
 * that never looks for it works as well, but in vain: its reply is refused. That may happen in any
 * case, because the line does not come if the inbox is full.
 */
static inline bool post_cancels(const struct line *line, const struct post_caller *caller)
{
    return line->flags == FLAG_CANCEL && line->peer == caller->task && line->w[0] == caller->index;
}

/*
 * Pass an unread message of the inbox on as it is (message.h says what FORWARD does), and see it
 * delivered. Call it before post_done. Statuses as post_send; BAD for replies and pages.
 */
enum status post_forward(uint32_t handle, const struct line *line);

#endif
