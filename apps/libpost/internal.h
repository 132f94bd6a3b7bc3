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

/* Give up a call: if its reply ever comes, it is not mail. */
void post_abandon(void);

/* A call that was committed. */
struct post_pending {
    uint32_t cookie;
    uint32_t scan; /* its reply is not before this inbox index          */
    uint32_t mine; /* its outbox index                                  */
    unsigned lines;
    bool delivered;
    bool sealed; /* the call, and so must be the reply                */
};

/* post_slot_until for a call: never lines whose ledger slot still holds an open call. */
enum status post_call_slot(struct line **line, unsigned lines, uint32_t deadline);

/* Make a call of the entry in `line`, for a reply of `size` bytes; seal it if asked; commit it. */
void post_call_commit(struct post_pending *call, struct line *line, unsigned size, bool sealed);

/* Post it, and wait for the reply: the second half of post_call. */
enum status post_call_end(struct post_pending *call, void *reply, unsigned size, unsigned *got,
                          uint32_t deadline);
