/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls, replies and forwarding, the part of post.h that is about them. A call is open from its
 * delivery until its reply, or the death notice of the task that was to answer it. Its call
 * index names it: the caller's outbox index of the call.
 */
#ifndef POST_CALL_H
#define POST_CALL_H

#include "post_receive.h"
#include "post_send.h"

/* ---- A caller --------------------------------------------------------------------- */

/* Cookies from here on belong to post_call: tasks that make calls in place use lower ones. */
#define POST_COOKIE 0x80000000u

/*
 * Call and wait for the reply. `data` goes from w[1] on, at most MAX_INLINE - 4 bytes. `reply`
 * takes what comes back from w[1] on, at most `size` bytes (also MAX_INLINE - 4 at most; NULL
 * and 0 will do): libpost reserves room for a reply of that size. If `got` is not NULL, *got
 * becomes the number of bytes that came, in whole lines. Other mail that arrives meanwhile stays
 * unread. Returns
 *   STATUS_OK    `reply` is filled
 *   TIMEOUT      the call was delivered but not answered; libpost throws a late reply away
 *   DEAD         the receiver died
 *   NO_ROOM      unread mail leaves no room for the reply
 *   BAD          `bytes` is too large
 * and else what post_send_until returns.
 */
enum status post_call(uint32_t handle, uint16_t tag, const void *data, unsigned bytes, void *reply,
                      unsigned size, unsigned *got, uint32_t deadline);

/*
 * Make a call and do not wait: the reply comes as mail (post_next), with FLAG_REPLY and this
 * cookie, which is the program's own and below POST_COOKIE. So a program can wait for several
 * replies at once. Room is kept for a reply of `size` bytes. *index becomes the call index: the
 * reply is still to come while post_call_open(*index), so a program that loses interest only
 * forgets the cookie. Returns what post_send returns; BAD, too, if the cookie is too large.
 */
enum status post_call_begin(uint32_t handle, uint16_t tag, uint32_t cookie, const void *data,
                            unsigned bytes, unsigned size, uint32_t *index);

/* What has come: STATUS_OK: a server's reply, from w[1] on; DEAD: the server will not answer. */
static inline enum status post_reply_status(const struct line *reply)
{
    bool notice = reply->flags & FLAG_NOTIFY && reply->peer == ID_ROUTER;
    return notice ? (enum status)reply->tag : STATUS_OK;
}

/*
 * A request in the manner of protocol.h: send words[0..n-1] as w[1].. and put w[1..11] of the
 * one-line reply into answer[0..10] (words and answer may be the same array). Returns what
 * post_call returns, or, if that is STATUS_OK, the status in the reply's w[1]. Waits without
 * end.
 */
#define POST_ANSWER 11
enum status post_ask(uint32_t handle, uint16_t tag, const uint32_t *words, unsigned n,
                     uint32_t answer[POST_ANSWER]);

/* ---- A server --------------------------------------------------------------------- */

/*
 * Answer a call with `data` from w[1] on: at most MAX_INLINE - 4 bytes, and no more lines than
 * the caller reserved. This commits and does not post: the reply leaves with the next gate call,
 * and never finds the caller's inbox full. STATUS_OK or STATUS_BAD.
 */
enum status post_reply(const struct post_caller *caller, const void *data, unsigned bytes);

/* Answer a call with a status and nothing else. */
void post_answer(const struct post_caller *caller, enum status status);

/*
 * Pass an unread message of the inbox on as it is (message.h says what FORWARD does), and see it
 * delivered. Call it before post_done. Statuses as post_send; BAD for replies and pages.
 */
enum status post_forward(uint32_t handle, const struct line *line);

#endif
