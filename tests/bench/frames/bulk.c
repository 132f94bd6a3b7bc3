/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 100 MiB from an array of one task to an array of the other, by copies: as messages of 16 bytes,
 * of 64 (a line; 48 of it are payload), of 2,032, and through a buffer of 2 MiB that is granted
 * there and back. Each message is filled and read in place. After 64 lines, or a buffer, the
 * receiver says that it has read them; so both ends take turns, and nobody finds FULL.
 */
#include "frames.h"

static unsigned payload(enum phase phase)
{
    return phase == PHASE_16 ? 16 : phase == PHASE_64 ? PAYLOAD_WORDS * 4 : MAX_INLINE;
}

static inline void copy_words(void *to, const void *from, uint32_t bytes)
{
    bytes /= 4;
    asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static inline void copy_inline(post_word *to, const post_word *from, unsigned words)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < words; i++)
        to[i] = from[i];
}

/* Constant sizes where they are small, so that the compiler leaves nothing but the copying. */
static inline void copy_payload(enum phase phase, void *to, const void *from, unsigned bytes)
{
    if (phase == PHASE_16)
        copy_inline(to, from, 4);
    else if (phase == PHASE_64 && bytes == PAYLOAD_WORDS * 4)
        copy_inline(to, from, PAYLOAD_WORDS);
    else
        copy_words(to, from, bytes);
}

static unsigned batch(unsigned lines) { return BATCH / lines; }

static void wait_for_ack(void) { post_done(post_next(POST_FOREVER)); }

static void acknowledge(int handle)
{
    post_address(post_slot_wait(1), handle, TAG_ACK, 1, 0);
    post_commit(1);
}

static inline void send_messages(enum phase phase, int handle, const uint8_t *from)
{
    unsigned most = payload(phase), lines = post_lines(most), n = 0;

    for (uint32_t at = 0; at < BULK; at += most) {
        unsigned bytes = BULK - at < most ? BULK - at : most;
        struct line *line = post_slot(lines);

        post_address(line, handle, TAG_DATA, lines, 0);
        copy_payload(phase, line->w, from + at, bytes);
        post_commit(lines);
        if (++n == batch(lines) || at + bytes == BULK) {
            wait_for_ack();
            n = 0;
        }
    }
}

static inline void receive_messages(enum phase phase, int handle, uint8_t *to)
{
    unsigned most = payload(phase), lines = post_lines(most), n = 0;

    for (uint32_t at = 0; at < BULK; at += most) {
        unsigned bytes = BULK - at < most ? BULK - at : most;
        const struct line *line = post_next(POST_FOREVER);

        copy_payload(phase, to + at, line->w, bytes);
        post_done(line);
        if (++n == batch(lines) || at + bytes == BULK) {
            acknowledge(handle);
            n = 0;
        }
    }
}

/* The buffer comes back at an address of the landing zone, and stays in it from then on. */
static void take_back(struct post_buffer *chunk)
{
    const struct line *line = post_next(POST_FOREVER);
    *chunk = post_landed(line, 0);
    post_done(line);
}

void bulk_send(enum phase phase, int handle, const uint8_t *from, struct post_buffer *chunk)
{
    if (phase == PHASE_16)
        send_messages(PHASE_16, handle, from);
    else if (phase == PHASE_64)
        send_messages(PHASE_64, handle, from);
    else if (phase == PHASE_INLINE)
        send_messages(PHASE_INLINE, handle, from);
    for (uint32_t at = 0; phase == PHASE_COPIES && at < BULK; at += CHUNK) {
        copy_words(chunk->data, from + at, CHUNK);
        post_grant(handle, TAG_DATA, (uint32_t[]){at, 0}, chunk, 1, 0, POST_FOREVER);
        take_back(chunk);
    }
}

void bulk_receive(enum phase phase, int handle, uint8_t *to)
{
    struct post_buffer chunk;

    if (phase == PHASE_16)
        receive_messages(PHASE_16, handle, to);
    else if (phase == PHASE_64)
        receive_messages(PHASE_64, handle, to);
    else if (phase == PHASE_INLINE)
        receive_messages(PHASE_INLINE, handle, to);
    for (uint32_t at = 0; phase == PHASE_COPIES && at < BULK; at += CHUNK) {
        take_back(&chunk);
        copy_words(to + at, chunk.data, CHUNK);
        post_grant(handle, TAG_DATA, (uint32_t[]){at, 0}, &chunk, 1, 0, POST_FOREVER);
    }
}
