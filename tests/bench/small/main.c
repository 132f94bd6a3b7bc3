/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench: measures Ringpost's paths and prints one line each, "bench: NAME VALUE UNIT", ring 3.
 *
 * Time is the TSC; under QEMU with -icount shift=0 it counts guest instructions, of both
 * tasks, the router, nano, and whatever ticks and interrupts fall into the run. Each path
 * runs a tenth of its rounds unmeasured first, so that routes are known and pages present.
 */
#include "bench.h"

#define ROUNDS      (312u * BATCH)
#define POSTS       20000u
#define CLOCK_TICKS 20u

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

/* A path: what each end reads must add up to `expected`, and a round is `ways` figures. */
struct path {
    const char *name;
    enum phase phase;
    unsigned ways;
    bool back; /* something comes back */
    bench_half *half;
    bench_sum *expected;
};

static const struct path paths[] = {
    {"oneway-64", PHASE_ONEWAY, 2, true, oneway_bench, expected_lines},
    {"oneway-64-checked", PHASE_ONEWAY_CHECKED, 2, true, oneway_checked_bench, expected_sealed},
    {"oneway-64-copied", PHASE_ONEWAY_COPIED, 2, true, oneway_copied_bench, expected_mail},
    {"stream-64", PHASE_STREAM, 1, false, stream_bench, expected_lines},
    {"stream-64-checked", PHASE_STREAM_CHECKED, 1, false, stream_checked_bench, expected_sealed},
    {"stream-64-copied", PHASE_STREAM_COPIED, 1, false, stream_copied_bench, expected_mail},
    {"call-reply-64", PHASE_CALL, 1, true, call_bench, expected_calls},
    {"call-reply-64-inplace", PHASE_CALL_IN_PLACE, 1, true, call_in_place_bench, expected_calls},
    {"call-reply-8", PHASE_SHORT_CALL, 1, true, short_call_bench, expected_short_calls},
    {"notify", PHASE_NOTIFY, 2, true, notify_bench, expected_signals},
    {"notify-flushed", PHASE_NOTIFY_FLUSHED, 2, true, notify_flushed_bench, expected_signals},
};

static void measure(const struct path *path)
{
    uint64_t ticks;

    for (uint32_t rounds = BATCH;; rounds = ROUNDS) {
        begin(path->phase, rounds);
        uint32_t sum = path->half(partner, rounds, &ticks);
        check(path->name, peer_sum(), path->expected(rounds, post_self()));
        if (path->back)
            check(path->name, sum, path->expected(rounds, partner_id));
        if (rounds == ROUNDS)
            break;
    }
    print_value(path->name, ticks, path->ways * ROUNDS);
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

/* For who measures time: how many ticks of the TSC a millisecond has (wall.py). */
static void tell_clock(void)
{
    uint32_t tick = post_now();

    while (post_now() == tick)
        ;
    tick = post_now();
    uint64_t start = time_stamp();
    while (post_now() - tick < CLOCK_TICKS)
        ;
    uint32_t passed = post_now() - tick; /* more, if the emulator was not given the host's CPU */
    post_printf("time: %u TSC ticks are a millisecond\n",
                (uint32_t)(time_stamp() - start) / passed);
}

static _Noreturn void bench(void)
{
    int pager = open_task("pager");

    tell_clock();
    partner = open_task("bench-peer");
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        measure(&paths[i]);
    measure_post();
    measure_switch("switch-short", PHASE_SWITCH_SHORT);
    measure_switch("switch-plain", PHASE_SWITCH_PLAIN);
    measure_pager_call();
    measure_line(pager);
    kill(pager, partner_id);
    measure_restart("restart", pager); /* pager, registrar, console, bench */
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
    case PHASE_CALL: return call_peer(rounds);
    case PHASE_SHORT_CALL: return short_call_peer(rounds);
    case PHASE_CALL_IN_PLACE: return call_in_place_peer(rounds);
    case PHASE_NOTIFY: return notify_peer(handle, rounds);
    case PHASE_NOTIFY_FLUSHED: return notify_flushed_peer(handle, rounds);
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
    if (is_task("bench"))
        bench();
    if (is_task("bench-line"))
        line_raiser();
    if (is_task("bench-driver"))
        line_driver();
    bench_peer();
}
