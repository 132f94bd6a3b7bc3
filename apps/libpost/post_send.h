/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending, the part of post.h that is about it: in place (the task writes the message into its
 * outbox itself), then by copying.
 */
#ifndef POST_SEND_H
#define POST_SEND_H

#include "post_time.h"

/* ---- In place --------------------------------------------------------------------- */

/* Lines of a message whose payload, counted from w[0], has `bytes` bytes (0..MAX_INLINE). */
static inline unsigned post_lines(unsigned bytes)
{
    return bytes <= PAYLOAD_WORDS * 4 ? 1 : (bytes + 16 + LINE_BYTES - 1) / LINE_BYTES;
}

/* Outbox lines below this index are free. post_slot_rest moves it on when the tail reaches it. */
extern uint32_t post_out_limit;
struct line *post_slot_rest(unsigned lines);

/*
 * The next `lines` (1..MAX_LINES) lines of the outbox, in a row, or NULL if that many are not
 * free. They hold what an earlier message left: write every word that the receiver should not
 * guess at. Until they are committed, post_slot returns the same lines again.
 */
static inline struct line *post_slot(unsigned lines)
{
    uint32_t tail = post_own->out.out_tail;
    if (__builtin_expect(__builtin_constant_p(lines) && lines == 1 ? tail == post_out_limit
                                                                   : post_out_limit - tail < lines,
                         0))
        return post_slot_rest(lines);
    return &post_own->outbox[tail & post_own->in.out_mask];
}

/* As post_slot, but if there is no room it posts and waits for room, without end. Never NULL. */
struct line *post_slot_wait(unsigned lines);

/* Write peer (a route handle), tag, number of lines and flags of a message, in two stores. */
static inline void post_address(struct line *line, uint32_t peer, unsigned tag, unsigned lines,
                                unsigned flags)
{
    line->peer = peer;
    ((post_word *)line)[1] = tag | lines << 16 | flags << 24;
}

/* The slot is filled: it leaves with the next gate call. `lines` as asked of post_slot. */
static inline void post_commit(unsigned lines)
{
    post_barrier();
    post_own->out.out_tail += lines;
}

enum status post_flush_rest(unsigned gate);

/*
 * Post what is committed. Returns
 *   STATUS_OK                    all of it is delivered
 *   FULL, ROUTE, MOVE, LEDGER    the first entry waits for that and stays; post again later
 *   anything else                the router refused the first entry, and it is void now;
 *                                flush again for the rest
 * It never returns RESET: entries that were lost with the mailbox have left, too;
 * post_gone(post_own->out.out_tail) tells.
 *
 * Do not write `while (post_flush()) post_wait(POST_FOREVER)`. Every wait posts first; when that
 * has delivered the rest, nothing is left that would end the wait. To see everything delivered,
 * wait for mail that is sure to come, or give the wait a deadline:
 * `while (post_flush()) post_wait(post_in(10))`. When post_send or post_send_until returns OK,
 * its message is delivered.
 */
static inline enum status post_flush(void)
{
    unsigned gate = post_gate(GATE_POST, POST_FOREVER);
    if (__builtin_expect(post_own->in.out_head == post_own->out.out_tail, 1))
        return STATUS_OK;
    return post_flush_rest(gate);
}

/*
 * Tells whether entries up to outbox index `end`, which have left the outbox, were delivered (OK)
 * or lost with the whole mailbox (RESET). The answer is good until the next entry is delivered.
 */
enum status post_gone(uint32_t end);

/* How many entries were refused while no function could return it, and the last such reason. */
extern uint32_t post_dropped;
extern enum status post_dropped_reason;

/* ---- By copying ------------------------------------------------------------------- */

/* Fill a slot of post_lines(bytes) lines and commit it. */
static inline void post_fill(struct line *line, uint32_t handle, unsigned tag, const void *data,
                             unsigned bytes)
{
    unsigned lines = post_lines(bytes);
    post_address(line, handle, tag, lines, 0);
    line->badge = 0;
    line->cookie = 0;
    post_copy(line->w, data, bytes, lines * LINE_BYTES - 16);
    post_commit(lines);
}

/*
 * Copy a message into the outbox, without posting it. `data` fills the payload from w[0] on; the
 * rest of its last line is zero. If the outbox has no room, this waits for it, without end.
 * STATUS_OK, or STATUS_BAD if `bytes` is more than MAX_INLINE.
 */
static inline enum status post_put(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    if (__builtin_expect(bytes > MAX_INLINE, 0))
        return STATUS_BAD;
    struct line *line = post_slot(post_lines(bytes));
    if (__builtin_expect(!line, 0))
        line = post_slot_wait(post_lines(bytes));
    post_fill(line, handle, tag, data, bytes);
    return STATUS_OK;
}

/*
 * Send one message and see it delivered. Both functions wait while the entry is held for FULL,
 * ROUTE or LEDGER; post_send without end, post_send_until until the deadline. STATUS_OK: the
 * message is in the receiver's inbox. Otherwise it is not and never will be: they return the
 * refusal (NO_ROUTE, DEAD, REVOKED, BAD, DENIED, …); or, at the deadline, what the message, or
 * the entry at the head of a full outbox, was still waiting for.
 */
enum status post_send(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_send_until(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                            uint32_t deadline);

/*
 * Raise user signal n (0..15; of a larger number the low four bits count) at the receiver, who
 * sees it as SIGNAL_USER << n. Statuses as post_send. To a policy that says tags=, signal n is
 * tag n.
 */
enum status post_notify(uint32_t handle, unsigned n);

/* One of several messages. post_batch sets `status` to what post_send would have returned. */
struct post_message {
    uint32_t handle;
    const void *data;
    uint16_t bytes;
    uint16_t tag;
    enum status status;
};

/*
 * Send n messages, with one gate call for each outbox that they fill. Messages behind a refused
 * one still go. Returns STATUS_OK, or the first refusal.
 */
enum status post_batch(struct post_message *messages, unsigned n);

#endif
