/*
 * switch-short, switch-plain: a hand-off with no payload. Each side raises a signal at the other
 * and waits for its own, in one POST_WAIT, so the figure is a NOTIFY and the switch.
 * With a deadline armed the switch goes the plain way, through nano's own view; without
 * one it takes the short way through the gatehouse.
 */
#include "bench.h"

static inline void raise_signal(int handle)
{
    post_address(post_slot(1), handle, 0, 1, FLAG_NOTIFY);
    post_commit(1);
}

static inline void wait_signal(uint32_t deadline)
{
    uint32_t signals;

    do {
        post_own->out.looked = post_own->in.in_tail;
        post_gate(GATE_POST_WAIT, deadline);
        signals = post_own->in.signals;
    } while (signals == post_own->out.seen);
    post_own->out.seen = signals;
}

void switch_bench(int handle, uint32_t rounds, bool plain, uint64_t *ticks)
{
    uint32_t deadline = plain ? post_in(600000) : POST_FOREVER;
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds; n++) {
        raise_signal(handle);
        wait_signal(deadline);
    }
    *ticks = time_stamp() - start;
}

void switch_peer(int handle, uint32_t rounds, bool plain)
{
    uint32_t deadline = plain ? post_in(600000) : POST_FOREVER;

    for (uint32_t n = 0; n < rounds; n++) {
        wait_signal(deadline);
        raise_signal(handle);
    }
}
