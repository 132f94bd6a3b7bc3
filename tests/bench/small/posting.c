/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * post-1: one message to a parked receiver of the same priority, by one POST that returns to
 * the sender. Only that is timed: finding the slot, writing header and one word, the
 * gate, the check that it is delivered. Between two of them bench waits, untimed, until the peer
 * has read the message and is parked again. ring0_entries counts what entered nano during the
 * timed parts; those that a tick fell into do not count, because the router yields then.
 */
#include "bench.h"

static inline uint32_t entries(void)
{
    post_barrier();
    return ((const struct clock *)CLOCK)->ring0_entries;
}

uint32_t post_bench(int handle, uint32_t rounds, uint64_t *ticks, uint32_t *ring0_entries)
{
    uint32_t failed = 0, total = 0;

    *ring0_entries = 0;
    for (uint32_t n = 0; n < rounds; n++) {
        uint32_t tick = post_now(), entered = entries();
        uint32_t start = time_stamp();
        struct line *line = post_slot(1);
        post_address(line, handle, TAG_BENCH, 1, 0);
        line->badge = line->cookie = line->w[0] = n;
        post_commit(1);
        enum status status = post_flush();
        total += (uint32_t)time_stamp() - start;
        failed += status != STATUS_OK;
        entered = entries() -
                  entered; /* before the clock is asked: a tick's entries are not this POST's */
        if (post_now() == tick)
            *ring0_entries += entered;
        post_done(post_next(POST_FOREVER));
    }
    *ticks = total;
    return failed;
}

uint32_t post_peer(int handle, uint32_t rounds)
{
    uint32_t sum = 0;

    for (uint32_t n = 0; n < rounds; n++) {
        const struct line *line = post_next(POST_FOREVER);
        sum += line->w[0];
        post_done(line);
        post_address(post_slot(1), handle, TAG_BENCH, 1, 0);
        post_commit(1);
    }
    return sum;
}
