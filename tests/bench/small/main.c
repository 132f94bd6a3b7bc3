/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench: measures Ringpost's paths and prints one line each, "bench: NAME VALUE UNIT", ring 3.
 *
 * Time is the TSC; under QEMU with -icount shift=0 it counts guest instructions, of both
 * tasks, the router, nano, and whatever ticks and interrupts fall into the run. Each path
 * runs a tenth of its rounds unmeasured first, so that routes are known and pages present.
 */
#include "bench.h"

#define ROUNDS (312u * BATCH)
#define POSTS  20000u

static int partner;         /* handle */
static uint32_t partner_id; /* its task id */

static void begin(enum phase phase, uint32_t rounds)
{
    partner_id = begin_phase(partner, phase, rounds);
}

/* What the peer has read in the phase that has just ended. */
static uint32_t peer_sum(void)
{
    uint32_t sum = 0;
    must("the peer", post_call(partner, TAG_SUM, NULL, 0, &sum, sizeof sum, NULL, POST_FOREVER));
    return sum;
}

typedef uint32_t bench_half(int handle, uint32_t rounds, uint64_t *ticks);

typedef uint32_t bench_sum(uint32_t rounds, uint32_t peer);

/* A path with messages both ways, or only to the peer; what is read must add up to `expected`. */
static void measure(const char *name, enum phase phase, bench_half *half, bench_sum *expected)
{
    bool two_way = phase <= PHASE_ONEWAY_COPIED;
    uint64_t ticks;

    for (uint32_t rounds = BATCH;; rounds = ROUNDS) {
        begin(phase, rounds);
        uint32_t sum = half(partner, rounds, &ticks);
        check(name, peer_sum(), expected(rounds, post_self()));
        if (two_way)
            check(name, sum, expected(rounds, partner_id));
        if (rounds == ROUNDS)
            break;
    }
    print_value(name, ticks, two_way ? 2 * ROUNDS : ROUNDS);
}

static void measure_post(void)
{
    uint64_t ticks;
    uint32_t entries;

    begin(PHASE_POST, POSTS);
    wrong += post_bench(partner, POSTS, &ticks, &entries);
    check("post-1", peer_sum(), POSTS * (POSTS - 1) / 2);
    print_value("post-1", ticks, POSTS);
    post_printf("bench: post-ring0-entries %u entries\n", entries);
}

static void measure_switch(const char *name, enum phase phase)
{
    uint64_t ticks;

    begin(phase, ROUNDS);
    switch_bench(partner, ROUNDS, phase == PHASE_SWITCH_PLAIN, &ticks);
    peer_sum();
    print_value(name, ticks, 2 * ROUNDS);
}

static _Noreturn void bench(void)
{
    partner = open_task("bench-peer");
    measure("oneway-64", PHASE_ONEWAY, oneway_bench, expected_lines);
    measure("oneway-64-checked", PHASE_ONEWAY_CHECKED, oneway_checked_bench, expected_sealed);
    measure("oneway-64-copied", PHASE_ONEWAY_COPIED, oneway_copied_bench, expected_mail);
    measure("stream-64", PHASE_STREAM, stream_bench, expected_lines);
    measure("stream-64-checked", PHASE_STREAM_CHECKED, stream_checked_bench, expected_sealed);
    measure("stream-64-copied", PHASE_STREAM_COPIED, stream_copied_bench, expected_mail);
    measure_post();
    measure_switch("switch-short", PHASE_SWITCH_SHORT);
    measure_switch("switch-plain", PHASE_SWITCH_PLAIN);
    end_machine();
}

static uint32_t peer_half(enum phase phase, int handle, uint32_t rounds)
{
    switch (phase) {
    case PHASE_ONEWAY: return oneway_peer(handle, rounds);
    case PHASE_ONEWAY_CHECKED: return oneway_checked_peer(handle, rounds);
    case PHASE_ONEWAY_COPIED: return oneway_copied_peer(handle, rounds);
    case PHASE_STREAM: return stream_peer(handle, rounds);
    case PHASE_STREAM_CHECKED: return stream_checked_peer(handle, rounds);
    case PHASE_STREAM_COPIED: return stream_copied_peer(handle, rounds);
    case PHASE_POST: return post_peer(handle, rounds);
    default: switch_peer(handle, rounds, phase == PHASE_SWITCH_PLAIN); return 0;
    }
}

static _Noreturn void bench_peer(void)
{
    uint32_t sum = 0;
    int handle = open_task("bench");

    for (;;) {
        const struct line *call = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(call);
        uint32_t phase = call->w[1], rounds = call->w[2];
        post_done(call);
        if (caller.tag == TAG_PHASE) {
            uint32_t words[2] = {STATUS_OK, post_self()};
            post_reply(&caller, words, sizeof words);
            sum = peer_half(phase, handle, rounds);
        } else {
            post_reply(&caller, &sum, sizeof sum);
        }
    }
}

int main(void)
{
    if (!is_task("bench"))
        bench_peer();
    bench();
}
