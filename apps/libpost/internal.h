/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of libpost share and tasks do not see. Everything here runs in ring 3.
 */
#pragma once

#include "post.h"

/* Held reasons that end by themselves; the later ones are refusals (status.def). */
static inline bool post_waits(enum status held)
{
    return held >= STATUS_FULL && held <= STATUS_LEDGER;
}

/*
 * After a post: see to it that all before outbox index `end` has left, or the deadline. The
 * entry at `mine` is the caller's: if it is refused, or still there at the deadline,
 * it is voided and the reason returned. Entries before it that are refused are dropped.
 */
enum status post_push(uint32_t mine, uint32_t end, uint32_t deadline);

/* Post, and see the entry just committed, of `lines` lines, delivered: post_push of that one. */
enum status post_deliver(unsigned lines, uint32_t deadline);

/*
 * As post_slot_wait, until the deadline: STATUS_OK, or what the entry at the outbox head waits for,
 * and *line is NULL. That entry stays.
 */
enum status post_slot_until(struct line **line, unsigned lines, uint32_t deadline);

/* Send w[1] bytes, and those from w[2] on: a text, or something given. As post_send. */
enum status post_send_counted(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);

/* Void the entry at the outbox head if it was refused, and count it in post_dropped. */
void post_drop_refused(void);

/* Void and count it whatever it is held for. */
void post_drop_held(void);

/* Take all pending signals; all but HELD are kept for post_signals. */
void post_keep_signals(void);

/*
 * Where the message at this inbox index ends, by the router's origins: its own length may be a lie (seal.c).
 */
uint32_t post_end_of(uint32_t index);

/* All unread lines before this inbox index are read. None of them is odd. */
void post_skip_to(uint32_t index);

/* Take a message out of the middle of the inbox: it will not be seen by post_peek. */
void post_take_out(uint32_t index);

/* A call was given up: its reply, should it ever come, is not mail. */
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

/* The lines for a call: post_slot_until, but never at a ledger slot that is still open. */
enum status post_call_slot(struct line **line, unsigned lines, uint32_t deadline);

/* Make a call of the entry in `line`, for a reply of `size` bytes; seal it, if it is; commit it. */
void post_call_commit(struct post_pending *call, struct line *line, unsigned size, bool sealed);

/* Post it, and wait for the reply: the second half of post_call. */
enum status post_call_end(struct post_pending *call, void *reply, unsigned size, unsigned *got,
                          uint32_t deadline);
