/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * oneway-64: a message there and one back, each time to a parked task; half of that is
 * a one-way. In place: the sender writes all 16 words of its outbox line and the
 * receiver adds up all 16 of its inbox line. Checked: the same with a seal. Copied: payload from
 * and to arrays of the user. All enter the router once for each message, to post and to wait.
 */
#include "bench.h"

CONSTANT_FLAG uint32_t drive(int handle, uint32_t rounds, uint64_t *ticks, bool sealed)
{
    uint32_t sum = 0;
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds; n++) {
        write_line(post_slot(1), handle, n, sealed);
        post_commit(1);
        const struct line *line = post_next(POST_FOREVER);
        sum += sum_line(line, sealed);
        post_done(line);
    }
    *ticks = time_stamp() - start;
    return sum;
}

CONSTANT_FLAG uint32_t answer(int handle, uint32_t rounds, bool sealed)
{
    uint32_t sum = 0;

    for (uint32_t n = 0; n < rounds; n++) {
        const struct line *line = post_next(POST_FOREVER);
        sum += sum_line(line, sealed);
        post_done(line);
        write_line(post_slot(1), handle, n, sealed);
        post_commit(1);
    }
    return sum;
}

uint32_t oneway_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return drive(handle, rounds, ticks, false);
}

uint32_t oneway_peer(int handle, uint32_t rounds) { return answer(handle, rounds, false); }

uint32_t oneway_checked_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return drive(handle, rounds, ticks, true);
}

uint32_t oneway_checked_peer(int handle, uint32_t rounds) { return answer(handle, rounds, true); }

uint32_t oneway_copied_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    uint32_t sum = 0, there[PAYLOAD_WORDS], back[PAYLOAD_WORDS];
    struct post_mail mail;
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds; n++) {
        write_words(there, n);
        post_put(handle, TAG_BENCH, there, sizeof there);
        if (post_recv(&mail, back, sizeof back, POST_FOREVER) == STATUS_OK)
            sum += sum_mail(&mail, back);
    }
    *ticks = time_stamp() - start;
    return sum;
}

uint32_t oneway_copied_peer(int handle, uint32_t rounds)
{
    uint32_t sum = 0, there[PAYLOAD_WORDS], back[PAYLOAD_WORDS];
    struct post_mail mail;

    for (uint32_t n = 0; n < rounds; n++) {
        if (post_recv(&mail, there, sizeof there, POST_FOREVER) == STATUS_OK)
            sum += sum_mail(&mail, there);
        write_words(back, n);
        post_put(handle, TAG_BENCH, back, sizeof back);
    }
    return sum;
}
