/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end-to-end checksum, the part of post.h that is about it. The sender seals a message and the
 * receiver verifies it. If anything changed in between (in the router, in the mailboxes) the
 * receiver gets STATUS_CORRUPT and no message. A program asks for it message by message:
 *
 *   in place:  post_address(...); ... fill ...; post_seal(line); post_commit(n);
 *              line = post_next(...); if (post_sealed(line) != STATUS_OK) post_drop(line);
 *   copying:   post_send_sealed, post_put_sealed, post_recv_sealed, post_call_sealed,
 *              post_reply_sealed
 *
 * The seal is the last word of the message's last line, so a message holds 4 bytes less. It covers
 * tag, lines, flags, cookie and all payload. It does not cover what the router writes: peer, badge,
 * w[0] of a CALL, and LEND of a REPLY; the receiver compares FORWARD with in.first. A forwarded
 * message keeps its seal if the forwarder changes nothing. GRANT cannot be sealed: the router
 * writes most of such a line (and the pages themselves never pass the router).
 *
 * No mark says that a message is sealed, because a mark could be lost, too. So the protocol of the
 * two tasks says it, like the meaning of any word: both ends know for each tag whether it is
 * sealed. A receiver that does not verify sees the message as it is, with the seal as the last word
 * of its payload. A receiver that verifies a message without a seal finds it CORRUPT.
 *
 * The seal finds every change of a single bit and of any one word. Two changed bits cancel only if
 * they are bits 31 and 4, or 30 and 3, of neighbouring words. Of all other changes it misses about
 * one in 2^32. It takes three instructions for each word at each end; for a message of one line
 * both ends take 155 instructions together (bench:oneway-64-checked - bench:oneway-64). It has no
 * secret: it guards against faults, not against a router that lies.
 */
#ifndef POST_SEAL_H
#define POST_SEAL_H

#include "post_call.h"
#include "post_reply.h"

/* The seal that the message at `line` must have; its length must be 1..MAX_LINES. */
uint32_t post_seal_of(const struct line *line);

/* Where the seal of the message at `line` stands. */
static inline post_word *post_seal_place(const struct line *line)
{
    return (post_word *)(uintptr_t)&line->w[(line->lines - 1) * (LINE_BYTES / 4) + 11];
}

/* Seal the message in `line`, when all of it is written; then commit it. */
static inline void post_seal(struct line *line) { *post_seal_place(line) = post_seal_of(line); }

/* Is the message at `line` in the inbox unchanged since it was sealed? STATUS_OK or CORRUPT. */
enum status post_sealed(const struct line *line);

/*
 * post_done for a message that is CORRUPT: its length may be a lie, so this finds the next message
 * by what the router says in in.first.
 */
void post_drop(const struct line *line);

/*
 * As the functions without "_sealed", with four bytes less room: a payload has at most MAX_INLINE -
 * 4 bytes, that of calls and replies MAX_INLINE - 8. A received message has the seal as its last
 * word. If a message has changed since it was sealed, post_recv_sealed drops it and returns
 * CORRUPT: it sets only the peer of *mail, and does not write to `data`. The reply to
 * post_call_sealed must be sealed too, or that returns CORRUPT.
 */
enum status post_put_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_send_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_recv_sealed(struct post_mail *mail, void *data, unsigned size, uint32_t deadline);
enum status post_call_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                             void *reply, unsigned size, unsigned *got, uint32_t deadline);
enum status post_reply_sealed(const struct post_caller *caller, const void *data, unsigned bytes);

#endif
