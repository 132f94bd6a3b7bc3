/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting and signals, the part of post.h that is about them. Deadlines: post_time.h. */
#ifndef POST_WAIT_H
#define POST_WAIT_H

#include "post_time.h"

/*
 * Wait until mail is unread, a call that was begun (post_begin) has been answered and post_await
 * has not returned it, a signal was raised, or the deadline passes. Returns the signals (SIGNAL_*,
 * mailbox.h) raised since the last return, 0 if there were none; libpost handles SIGNAL_HELD inside
 * and never returns it. Posts what is committed first, unless there is a reason to return at once.
 * May return early: look, and call again.
 */
uint32_t post_wait(uint32_t deadline);

/*
 * As post_wait, but mail before inbox index `looked` does not end the wait. This is for a task
 * that leaves mail unread on purpose (with post_own->in.in_tail only new mail ends the wait).
 */
uint32_t post_wait_past(uint32_t looked, uint32_t deadline);

/* The signals that post_wait would return at once. */
uint32_t post_signals(void);

#endif
