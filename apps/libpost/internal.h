/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of libpost share and programs do not see, ring 3.
 */
#pragma once

#include "post.h"

/* Does this held reason end by itself? The later ones are refusals (status.def). */
static inline bool post_waits(enum status held)
{
    return held >= STATUS_FULL && held <= STATUS_LEDGER;
}

/*
 * After a post: wait until all entries before outbox index `end` have left, or the deadline passes.
 * The entry at `mine` is the caller's: if the router refuses it, or it is still there at the
 * deadline, this voids it and returns the reason. Refused entries before it are dropped.
 */
enum status post_push(uint32_t mine, uint32_t end, uint32_t deadline);

/* Post, and post_push the entry just committed, which has `lines` lines. */
enum status post_deliver(unsigned lines, uint32_t deadline);

/*
 * As post_slot_wait, until the deadline. STATUS_OK; or *line is NULL, and it returns what the entry
 * at the outbox head waits for. That entry stays.
 */
enum status post_slot_until(struct line **line, unsigned lines, uint32_t deadline);

/* Send `bytes` in w[1] and the data from w[2] on: a text, or something given. As post_send. */
enum status post_send_counted(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);

/* Void the entry at the outbox head if it was refused, and count it in post_dropped. */
void post_drop_refused(void);

/* Void the entry at the outbox head whatever it is held for, and count it. */
void post_drop_held(void);

/* Take all pending signals; all but HELD are kept for post_signals. */
void post_keep_signals(void);

/*
 * Where the message at this inbox index ends, by the router's in.first: its own length may be a lie
 * (seal.c).
 */
uint32_t post_end_of(uint32_t index);

/* Mark all unread lines before this inbox index as read. None of them is odd (inbox.c). */
void post_skip_to(uint32_t index);

/* Take a message out of the middle of the inbox: post_peek will not see it. */
void post_take_out(uint32_t index);

/* Was the line at this inbox index taken out? */
bool post_is_out(uint32_t index);

/* Step over what was taken out, if that is what comes first. */
void post_skip_taken(void);

/*
 * Post until nothing is left or the entry at the head waits for something. Drops what is refused,
 * and what would wait for room in the task's own inbox.
 */
void post_settle(void);

/* Is the entry at this outbox index still in the outbox? */
bool post_in_outbox(uint32_t index);

/* Void the entry at this outbox index. False: it has left. */
bool post_withdraw(uint32_t index);

/* ---- pending.c: libpost's own calls that are out -------------------------------------------- */

/* The call at call->index is out from now on, until it is answered or cancelled. */
void post_pending_add(struct post_pending *call);

/* No answer that is still to be taken in lies before this inbox index. */
extern uint32_t post_collected;

/* Take the answers out of the inbox. True: there is one that post_await would return. */
bool post_collect(void);

/* The router refused the entry at this outbox index: is it such a call? Then that is its answer. */
bool post_pending_refused(uint32_t index, enum status reason);

/* Write the cancels that there was no room for into the outbox, as far as there is room now. */
void post_cancel_owed(void);

/* As post_await, but at the deadline the call is cancelled; TIMEOUT: no answer will come. */
enum status post_pending_end(struct post_pending *call, uint32_t deadline);

/* As post_call_slot_wait, until the deadline: as post_slot_until. */
enum status post_call_slot_until(struct line **line, unsigned lines, uint32_t deadline);

/* Address an entry of `lines` lines as a call with room
 * for a reply of `size` bytes from w[1] on. */
static inline void post_call_address(struct line *line, uint32_t handle, uint16_t tag,
                                     unsigned lines, unsigned flags, unsigned size)
{
    post_address(line, handle, tag, lines, flags);
    line->badge = post_lines(size + 4);
    line->cookie = POST_COOKIE;
}

/* Write an entry that cancels the call of this index. */
static inline void post_cancel_address(struct line *line, uint32_t index)
{
    memset(line, 0, sizeof *line);
    post_address(line, HANDLE_ROUTER, 0, 1, FLAG_CANCEL);
    line->w[0] = index;
}

/*
 * The call of `lines` lines at call->index is committed: post, and see it delivered. False: it was
 * not, and call->status says why.
 */
bool post_call_deliver(struct post_pending *call, unsigned lines, uint32_t deadline);
