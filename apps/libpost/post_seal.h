/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end-to-end checksum, the part of post.h that is about it: the sender seals a message, the
 * receiver verifies it, and whatever changed in between (in the router, in the mailboxes) is STATUS_CORRUPT
 * and not a message. Off unless asked for, message by message:
 *
 *   in place:  post_address(...); ... fill ...; post_seal(line); post_commit(n);
 *              line = post_next(...); if (post_sealed(line) != STATUS_OK) post_drop(line);
 *   copying:   post_send_sealed, post_put_sealed, post_recv_sealed, post_call_sealed, post_reply_sealed
 *
 * The seal is the last word of the message's last line, so a message holds 4 bytes less. It covers
 * tag, lines, flags, cookie, and all payload; not peer and badge, which the router writes, nor w[0]
 * of a CALL and LEND of a REPLY, which are its as well; FORWARD, also its, is held against the origin.
 * A forwarded message keeps its seal, if the forwarder changes nothing. Not for GRANT: the router
 * writes most of such a line (and the pages themselves never pass it).
 *
 * No mark says that a message is sealed, because a mark could be lost, too. So it is a matter of the
 * protocol, like the meaning of any word: of each tag both ends know whether it is sealed. A
 * receiver that does not verify sees the message as it is, with the seal as the last word of its payload;
 * a receiver that verifies what was never sealed finds it CORRUPT.
 *
 * Every change of a single bit, and of any one word, is found. Two changed bits cancel only if they are
 * bits 31 and 4, or 30 and 3, of neighbouring words; of all else that can happen some one in 2^32 is
 * missed. It takes three instructions a word at each end, 159 in all for a message of one
 * line (bench:oneway-64-checked - bench:oneway-64). It is no secret: it is against faults, not against a router
 * that lies.
 */
#ifndef POST_SEAL_H
#define POST_SEAL_H

#include "post_call.h"

/* What the last word must be; of a line with a length in 1..MAX_LINES. */
uint32_t post_seal_of(const struct line *line);

/* The place of the seal. */
static inline post_word *post_seal_place(const struct line *line)
{
    return (post_word *)(uintptr_t)&line->w[(line->lines - 1) * (LINE_BYTES / 4) + 11];
}

/* Seal the message in `line`, with everything in it but the seal written; then commit it. */
static inline void post_seal(struct line *line) { *post_seal_place(line) = post_seal_of(line); }

/* Is the message at `line` in the inbox as it was sealed? STATUS_OK or STATUS_CORRUPT. */
enum status post_sealed(const struct line *line);

/*
 * post_done for a message that is CORRUPT: its length may be a lie, so where the next one begins is
 * taken from the router's origins.
 */
void post_drop(const struct line *line);

/*
 * As the functions without "_sealed" (post.h), with four bytes less room: payload of MAX_INLINE - 4
 * bytes, for calls and replies MAX_INLINE - 8. What is received has the seal as its last word.
 * post_recv_sealed returns CORRUPT for a message that is not as it was sealed, and has dropped it: of
 * *mail only the peer is set, and `data` is not written. The reply to post_call_sealed must be
 * sealed too, or that returns CORRUPT.
 */
enum status post_put_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_send_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_recv_sealed(struct post_mail *mail, void *data, unsigned size, uint32_t deadline);
enum status post_call_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                             void *reply, unsigned size, unsigned *got, uint32_t deadline);
enum status post_reply_sealed(const struct post_caller *caller, const void *data, unsigned bytes);

#endif
