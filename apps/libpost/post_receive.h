/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receiving, the part of post.h that is about it: in place (the task reads the message in its
 * inbox), then by copying.
 */
#ifndef POST_RECEIVE_H
#define POST_RECEIVE_H

#include "post_time.h"

/* ---- In place --------------------------------------------------------------------- */

/*
 * All lines from in_head up to post_in_limit are unread mail; libpost moves the limit to in_tail
 * when the head reaches it. If post_odd is 0, all lines beyond the limit are mail, too.
 */
extern uint32_t post_in_limit;
extern uint32_t post_odd;
const struct line *post_peek_rest(void);
const struct line *post_next_rest(uint32_t deadline);

/*
 * The first unread line of the inbox, or NULL. Never waits. It enters the router only when the
 * task has read all that it knew of and somebody waits for room.
 */
static inline const struct line *post_peek(void)
{
    uint32_t head = post_own->out.in_head;
    if (__builtin_expect(head == post_in_limit, 0))
        return post_peek_rest();
    return &post_own->inbox[head & post_own->in.in_mask];
}

/*
 * The first unread line. If there is none, posts what is committed and waits for one. NULL when
 * the deadline passes. Signals do not end the wait; they stay for post_wait.
 */
static inline const struct line *post_next(uint32_t deadline)
{
    uint32_t head = post_own->out.in_head;
    if (head == post_in_limit) {
        post_own->out.looked = head;
        post_gate(GATE_POST_WAIT, deadline);
        head = post_own->out.in_head;
        uint32_t tail = post_own->in.in_tail;
        if (__builtin_expect(head == tail || (post_odd | post_own->in.held.reason), 0))
            return post_next_rest(deadline);
        post_in_limit = tail;
    }
    return &post_own->inbox[head & post_own->in.in_mask];
}

/*
 * The task has read the message at `line`, which must be the first unread one: its lines belong
 * to the router again. The next gate call tells those who wait for room here. That happens once
 * for all the mail that post_next or post_peek saw when it last looked, not for each message.
 */
static inline void post_done(const struct line *line)
{
    unsigned lines = line->lines;
    post_barrier();
    post_own->out.in_head += lines;
}

/* The inbox index of a line that post_peek or post_next returned (for FORWARD). */
static inline uint32_t post_index(const struct line *line)
{
    uint32_t head = post_own->out.in_head;
    return head + (((uint32_t)(line - post_own->inbox) - head) & post_own->in.in_mask);
}

/* What a server needs to answer a call, at once or much later; it need keep nothing else. */
struct post_caller {
    uint32_t task;
    uint32_t index; /* call index: the caller's outbox index of the call */
    uint32_t cookie;
    uint32_t tag;
};

/* The caller of a received CALL, while it is in the inbox. */
static inline struct post_caller post_caller(const struct line *call)
{
    uint32_t at = (uint32_t)(call - post_own->inbox) & post_own->in.in_mask;
    struct post_caller caller = {
        .task = call->flags & FLAG_FORWARD ? post_own->in.first[at] : call->peer,
        .index = call->w[0],
        .cookie = call->cookie,
        .tag = call->tag,
    };
    return caller;
}

/* ---- By copying ------------------------------------------------------------------- */

/* A copied message: the first four words of its line, its size, and whom to answer. */
struct post_mail {
    uint32_t peer;
    uint16_t tag;
    uint8_t lines;
    uint8_t flags;
    uint32_t badge;
    uint32_t cookie;
    uint32_t bytes;            /* of payload, from w[0] on: 48, and 64 for each further line */
    struct post_caller caller; /* only with FLAG_CALL */
};

/*
 * Copy the first unread message out; wait for one if there is none. `data` takes the payload
 * from w[0] on; it holds `size` bytes, which should be 48 at least. Returns
 *   STATUS_OK
 *   STATUS_TIMEOUT    the deadline passed
 *   STATUS_TOO_BIG    the payload does not fit: mail->bytes says what would, and the message
 *                     stays unread
 */
static inline enum status post_recv(struct post_mail *mail, void *data, unsigned size,
                                    uint32_t deadline)
{
    const struct line *line = post_next(deadline);
    if (__builtin_expect(!line, 0))
        return STATUS_TIMEOUT;
    mail->peer = line->peer;
    ((post_word *)mail)[1] = ((const post_word *)line)[1];
    mail->badge = line->badge;
    mail->cookie = line->cookie;
    unsigned bytes = mail->bytes = line->lines * LINE_BYTES - 16;
    if (__builtin_expect(bytes > size, 0))
        return STATUS_TOO_BIG;
    if (line->flags & FLAG_CALL)
        mail->caller = post_caller(line);
    post_copy(data, line->w, bytes, bytes);
    post_done(line);
    return STATUS_OK;
}

#endif
