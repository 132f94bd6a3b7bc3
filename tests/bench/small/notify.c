/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notify: a user signal to a parked task, which wakes and raises one back; half of that is the
 * figure. In place: the line leaves with the wait, so a way enters the router once. notify-flushed:
 * by post_notify, which sees it delivered before the task waits. Each round has another signal,
 * and what has been raised adds up.
 */
#include "bench.h"

CONSTANT_FLAG void raise(int handle, uint32_t n, bool flushed)
{
    if (flushed) {
        post_notify(handle, n);
        return;
    }
    post_address(post_slot(1), handle, n % 16, 1, FLAG_NOTIFY);
    post_commit(1);
}

/* Wait for a signal; mail does not count. */
static inline uint32_t next_signals(void)
{
    uint32_t signals;

    do
        signals = post_wait(POST_FOREVER);
    while (!signals);
    return signals;
}

CONSTANT_FLAG uint32_t drive(int handle, uint32_t rounds, uint64_t *ticks, bool flushed)
{
    uint32_t sum = 0;
    uint64_t start = time_stamp();

    for (uint32_t n = 0; n < rounds; n++) {
        raise(handle, n, flushed);
        sum += next_signals();
    }
    *ticks = time_stamp() - start;
    return sum;
}

CONSTANT_FLAG uint32_t answer(int handle, uint32_t rounds, bool flushed)
{
    uint32_t sum = 0;

    for (uint32_t n = 0; n < rounds; n++) {
        sum += next_signals();
        raise(handle, n, flushed);
    }
    return sum;
}

uint32_t expected_signals(uint32_t rounds, uint32_t peer)
{
    uint32_t sum = 0;

    (void)peer;
    for (uint32_t n = 0; n < rounds; n++)
        sum += SIGNAL_USER << n % 16;
    return sum;
}

uint32_t notify_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return drive(handle, rounds, ticks, false);
}

uint32_t notify_peer(int handle, uint32_t rounds) { return answer(handle, rounds, false); }

uint32_t notify_flushed_bench(int handle, uint32_t rounds, uint64_t *ticks)
{
    return drive(handle, rounds, ticks, true);
}

uint32_t notify_flushed_peer(int handle, uint32_t rounds) { return answer(handle, rounds, true); }
