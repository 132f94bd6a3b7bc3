/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switch-short, switch-plain: what a hand-off costs, with the least message that brings one
 * about: two header words written, none read. With a deadline armed the switch goes the
 * plain way, through nano's own view; without one it takes the short way through the
 * gatehouse. The difference of the two figures is the difference of the ways.
 */
#include "bench.h"

static inline void there(int handle)
{
    post_address(post_slot(1), handle, TAG_BENCH, 1, 0);
    post_commit(1);
}

static inline void back(uint32_t deadline)
{
    const struct line *line = post_next(deadline);
    if (line)
        post_done(line);
}

static uint32_t deadline_of(bool plain) { return plain ? post_in(600000) : POST_FOREVER; }

void switch_bench(int handle, uint32_t rounds, bool plain, uint64_t *ticks)
{
    uint32_t deadline = deadline_of(plain);
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds; n++) {
        there(handle);
        back(deadline);
    }
    *ticks = time_stamp() - start;
}

void switch_peer(int handle, uint32_t rounds, bool plain)
{
    uint32_t deadline = deadline_of(plain);

    for (uint32_t n = 0; n < rounds; n++) {
        back(deadline);
        there(handle);
    }
}
