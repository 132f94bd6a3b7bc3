/*
 * bench: measures Ringpost's paths and prints one line each, "bench: NAME VALUE UNIT", ring 3.
 *
 * Time is the TSC; under QEMU with -icount shift=0 it counts guest instructions, of both
 * tasks, the router, nano, and whatever ticks and interrupts fall into the run. Each path
 * runs a tenth of its rounds unmeasured first, so that routes are known and pages present.
 * At the end bench turns the machine off; its policy gives it the right to.
 */
#include "bench.h"

#define ROUNDS (312u * BATCH)
#define POSTS  20000u

static int partner;         /* handle */
static uint32_t partner_id; /* its task id */
static unsigned wrong;

static void print_value(const char *name, uint64_t ticks, uint32_t count)
{
    uint32_t tenths = (ticks * 10 + count / 2) / count;
    post_printf("bench: %s %u.%u instructions\n", name, tenths / 10, tenths % 10);
}

/* Have the peer begin its half; it tells its id. */
static void begin(enum phase phase, uint32_t rounds)
{
    uint32_t words[POST_ANSWER] = {phase, rounds};
    wrong += post_ask(partner, TAG_PHASE, words, 2, words) != STATUS_OK;
    partner_id = words[1];
}

/* What the peer has read in the phase that has just ended. */
static uint32_t peer_sum(void)
{
    uint32_t sum = 0;
    wrong +=
        post_call(partner, TAG_SUM, &sum, 0, &sum, sizeof sum, NULL, POST_FOREVER) != STATUS_OK;
    return sum;
}

static void check(const char *name, uint32_t sum, uint32_t expected)
{
    if (sum != expected) {
        post_printf("bench: %s: what was read adds up to %08x, not %08x\n", name, sum, expected);
        wrong++;
    }
}

typedef uint32_t bench_half(int handle, uint32_t rounds, uint64_t *ticks);

/* A path with messages both ways in place, or only payload, or only to the peer. */
static void measure(const char *name, enum phase phase, bench_half *half)
{
    bool two_way = phase == PHASE_ONEWAY || phase == PHASE_ONEWAY_COPIED;
    bool in_place = phase == PHASE_ONEWAY || phase == PHASE_STREAM;
    uint64_t ticks;

    for (uint32_t rounds = BATCH;; rounds = ROUNDS) {
        begin(phase, rounds);
        uint32_t sum = half(partner, rounds, &ticks);
        uint32_t (*expected)(uint32_t, uint32_t) = in_place ? expected_lines : expected_mail;
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

static int open_task(const char *name)
{
    int handle;
    while ((handle = post_open(name)) < 0)
        post_sleep(10);
    return handle;
}

/* The console answers a WRITE that is a call when all text before it is out. */
static void drain_console(void)
{
    uint32_t nothing = 0;
    post_call(open_task("console"), TAG_WRITE, &nothing, 4, &nothing, 4, NULL, post_in(2000));
}

static _Noreturn void bench(void)
{
    partner = open_task("bench-peer");
    measure("oneway-64", PHASE_ONEWAY, oneway_bench);
    measure("oneway-64-copied", PHASE_ONEWAY_COPIED, oneway_copied_bench);
    measure("stream-64", PHASE_STREAM, stream_bench);
    measure("stream-64-copied", PHASE_STREAM_COPIED, stream_copied_bench);
    measure_post();
    measure_switch("switch-short", PHASE_SWITCH_SHORT);
    measure_switch("switch-plain", PHASE_SWITCH_PLAIN);
    drain_console();
    uint32_t off[2] = {0, wrong != 0};
    post_send(open_task("pager"), TAG_OFF, off, sizeof off);
    post_exit(wrong != 0);
}

static uint32_t peer_half(enum phase phase, int handle, uint32_t rounds)
{
    switch (phase) {
    case PHASE_ONEWAY: return oneway_peer(handle, rounds);
    case PHASE_ONEWAY_COPIED: return oneway_copied_peer(handle, rounds);
    case PHASE_STREAM: return stream_peer(handle, rounds);
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
    char name[NAME_BYTES];

    post_name_of(post_self(), name);
    if (strcmp(name, "bench-peer") == 0)
        bench_peer();
    bench();
}
