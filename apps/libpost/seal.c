/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sealed messages, ring 3: post_seal.h says what a seal covers. A rotation, an exclusive or and a
 * multiplication by an odd number (one of xxHash's) mix each word in. Each of these steps can be
 * undone, so a change of one word always shows. The rotation brings the high bits down, where the
 * multiplication spreads them again, so the order of the words counts, too.
 */
#include "internal.h"

static inline uint32_t mix(uint32_t sum, uint32_t word)
{
    sum = (sum << 5 | sum >> 27) ^ word;
    asm("imull %1, %0, %0" : "+r"(sum) : "i"(0xC2B2AE3D)); /* in C, shifts for -mtune=i386 */
    return sum;
}

uint32_t post_seal_of(const struct line *line)
{
    const post_word *w = line->w;
    uint32_t word1 = ((const post_word *)line)[1] & ~(uint32_t)(FLAG_FORWARD << 24);

    if (line->flags & FLAG_REPLY)
        word1 &= ~(uint32_t)(FLAG_LEND << 24);
    uint32_t sum = mix(mix(0, word1), line->cookie);
    sum = mix(sum, line->flags & FLAG_CALL ? 0 : w[0]);
#pragma GCC unroll 10
    for (int i = 0; i < PAYLOAD_WORDS - 2; i++)
        sum = mix(sum, *++w);
    for (unsigned more = line->lines - 1; more > 0; more--)
#pragma GCC unroll 16
        for (int i = 0; i < LINE_BYTES / 4; i++)
            sum = mix(sum, *++w);
    return mix(sum, 0); /* the last word's high bits, too */
}

enum status post_sealed(const struct line *line)
{
    uint32_t place = (uint32_t)(line - post_own->inbox) & post_own->in.in_mask;
    bool forwarded = line->flags & FLAG_FORWARD;

    if (line->lines - 1u >= MAX_LINES || forwarded != (post_own->in.first[place] != ID_NOBODY) ||
        post_seal_of(line) != *post_seal_place(line))
        return STATUS_CORRUPT;
    return STATUS_OK;
}

void post_drop(const struct line *line) { post_skip_to(post_end_of(post_index(line))); }

enum status post_put_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    if (bytes > MAX_INLINE - 4)
        return STATUS_BAD;
    unsigned lines = post_lines(bytes + 4);
    struct line *line = post_slot_wait(lines);
    post_address(line, handle, tag, lines, 0);
    line->badge = line->cookie = 0;
    post_copy(line->w, data, bytes, lines * LINE_BYTES - 16);
    post_seal(line);
    post_commit(lines);
    return STATUS_OK;
}

enum status post_send_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    enum status status = post_put_sealed(handle, tag, data, bytes);
    return status ? status : post_deliver(post_lines(bytes + 4), POST_FOREVER);
}

enum status post_recv_sealed(struct post_mail *mail, void *data, unsigned size, uint32_t deadline)
{
    const struct line *line = post_next(deadline);

    if (line && post_sealed(line) != STATUS_OK) {
        mail->peer = line->peer;
        post_drop(line);
        return STATUS_CORRUPT;
    }
    return line ? post_recv(mail, data, size, deadline) : STATUS_TIMEOUT;
}
