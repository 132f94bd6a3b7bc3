/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a benchmark task needs, whatever it measures; for bench and for bench-frames. Ring 3. A
 * figure is a line "bench: NAME VALUE UNIT", which tests/bench/bench.py reads. Whatever is not as
 * it must be is told and counted, and the machine ends with a failure: a figure of messages that
 * went wrong is worth nothing.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <post.h>

/* CALL; w1 phase, w2 rounds -> w1 status, w2 id, and the peer's half begins */
#define TAG_PHASE 96

#define MULTIPLE 2654435761u /* makes contents: words that are all different */

static unsigned wrong;

/* The time-stamp counter; with -icount shift=0 it counts guest instructions. */
static inline uint64_t time_stamp(void)
{
    uint32_t low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static inline void print_value(const char *name, uint64_t ticks, uint32_t count)
{
    uint64_t tenths = (ticks * 10 + count / 2) / count;
    post_printf("bench: %s %llu.%u instructions\n", name, tenths / 10, (unsigned)(tenths % 10));
}

static inline void must(const char *name, enum status status)
{
    if (status != STATUS_OK) {
        post_printf("bench: %s: %s\n", name, post_status_text(status));
        wrong++;
    }
}

static inline void check(const char *name, uint32_t sum, uint32_t expected)
{
    if (sum != expected) {
        post_printf("bench: %s: what was read adds up to %08x, not %08x\n", name, sum, expected);
        wrong++;
    }
}

/* Have the peer begin its half of a phase; it tells its id. */
static inline uint32_t begin_phase(int peer, uint32_t phase, uint32_t rounds)
{
    uint32_t words[POST_ANSWER] = {phase, rounds};
    must("the peer", post_ask(peer, TAG_PHASE, words, 2, words));
    return words[1];
}

static inline int open_task(const char *name)
{
    int handle;
    while ((handle = post_open(name)) < 0)
        post_sleep(10);
    return handle;
}

/* Start a task of the manifest, with one argument or none; its id. */
static inline uint32_t spawn(int pager, const char *name, const char *argument)
{
    uint32_t words[POST_ANSWER] = {argument != NULL};
    char *text = (char *)&words[1];
    size_t bytes = strnlen(name, NAME_BYTES - 1);

    memcpy(text, name, bytes);
    if (argument)
        memcpy(text + bytes + 1, argument, strnlen(argument, 8));
    must(name, post_ask(pager, TAG_SPAWN, words, POST_ANSWER, words));
    return words[1];
}

static inline void kill(int pager, uint32_t id)
{
    uint32_t words[POST_ANSWER] = {0, id};
    must("kill", post_ask(pager, TAG_KILL, words, 2, words));
}

#define RESTARTS 8u /* nano keeps reports of the last FAULT_REPORTS */

/*
 * From the router's death to the end of its recovery, when everybody can go on, as nano counts it
 * (RESTARTS): nano's part, the router's, and their walk over all slots and tasks.
 */
static inline void measure_restart(const char *name, int pager)
{
    uint32_t before = post_restarts(), total = 0;

    for (uint32_t n = 0; n < RESTARTS; n++) {
        uint32_t words[POST_ANSWER] = {0}, report[POST_ANSWER] = {0, before + n};
        must(name, post_ask(pager, TAG_RESTART_ROUTER, words, 1, words));
        must(name, post_ask(pager, TAG_RESTARTS, report, 2, report));
        check(name, report[6] == 0, false); /* 0: recovery has not ended */
        total += report[6];
    }
    check(name, post_restarts() - before, RESTARTS);
    print_value(name, total, RESTARTS);
}

/* Am I the driver, and not its peer, the same program under its other name? */
static inline bool is_task(const char *driver)
{
    char name[NAME_BYTES];
    return post_name_of(post_self(), name) == STATUS_OK && strcmp(name, driver) == 0;
}

/* See the figures out, and turn the machine off; the policy gives the right to. */
_Noreturn static inline void end_machine(void)
{
    post_drain(post_in(2000));
    uint32_t off[2] = {0, wrong != 0};
    post_send(open_task("pager"), TAG_OFF, off, sizeof off);
    post_exit(wrong != 0);
}

#endif
