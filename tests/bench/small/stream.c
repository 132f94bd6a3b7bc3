/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream-64: batches of 64 messages to a parked receiver, which reads them all and sends one
 * message back for the next batch. That message, both switches, filling and reading are
 * in the figure for one message. Checked: with a seal that is filled in and verified.
 */
#include "bench.h"

/* Post the batch and wait until the peer has read it. */
static inline void next_batch(void) { post_done(post_next(POST_FOREVER)); }

/* Ask for the next batch; leaves with the wait for it. */
static inline void acknowledge(int handle)
{
    struct line *line = post_slot(1);
    post_address(line, handle, TAG_BENCH, 1, 0);
    post_commit(1);
}

CONSTANT_FLAG uint32_t drive(int handle, uint32_t rounds, uint64_t *ticks, bool sealed)
{
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds;) {
        for (uint32_t end = n + BATCH; n < end; n++) {
            write_line(post_slot(1), handle, n, sealed);
            post_commit(1);
        }
        next_batch();
    }
    *ticks = time_stamp() - start;
    return 0;
}

CONSTANT_FLAG uint32_t read_all(int handle, uint32_t rounds, bool sealed)
{
    uint32_t sum = 0;

    for (uint32_t n = 0; n < rounds;) {
        for (uint32_t end = n + BATCH; n < end; n++) {
            const struct line *line = post_next(POST_FOREVER);
            sum += sum_line(line, sealed);
            post_done(line);
        }
        acknowledge(handle);
    }
    return sum;
}

uint32_t stream_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return drive(handle, rounds, ticks, false);
}

uint32_t stream_peer(int handle, uint32_t rounds) { return read_all(handle, rounds, false); }

uint32_t stream_checked_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return drive(handle, rounds, ticks, true);
}

uint32_t stream_checked_peer(int handle, uint32_t rounds) { return read_all(handle, rounds, true); }

uint32_t stream_copied_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    uint32_t words[PAYLOAD_WORDS];
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds;) {
        for (uint32_t end = n + BATCH; n < end; n++) {
            write_words(words, n);
            post_put(handle, TAG_BENCH, words, sizeof words);
        }
        next_batch();
    }
    *ticks = time_stamp() - start;
    return 0;
}

uint32_t stream_copied_peer(int handle, uint32_t rounds)
{
    uint32_t sum = 0, words[PAYLOAD_WORDS];
    struct post_mail mail;

    for (uint32_t n = 0; n < rounds;) {
        for (uint32_t end = n + BATCH; n < end; n++) {
            if (post_recv(&mail, words, sizeof words, POST_FOREVER) == STATUS_OK)
                sum += sum_mail(&mail, words);
        }
        acknowledge(handle);
    }
    return sum;
}
