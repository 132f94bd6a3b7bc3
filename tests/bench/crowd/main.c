/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd: what messages cost when there are many tasks, ring 3. "crowd" drives and prints;
 * "crowd-peer" is the other end of a one-way; "crowd-1", "crowd-2", ... are the same program, which
 * crowd starts with what they are to do: receive, or be busy.
 *
 * post-8, post-14, post-16, post-56: one POST to as many parked receivers, a line each; the figure
 * is for one receiver. It counts what post-1 counts (tests/bench/small/posting.c). A task has 60
 * handles, and crowd needs some for others. oneway-busy: single one-ways as oneway-64's, from the
 * first word written to the last word read, beside 50 tasks that are less important and always want
 * the CPU. One in 50 comes after a sleep, in which these have it. restart-61-tasks: as restart,
 * with all of these.
 */
#include "../small/bench.h"

#define MEMBERS         56u
#define MEMBER_PRIORITY 4u /* the manifest's */
#define BUSY            50u
#define WARM            16u
#define POSTS           500u
#define SAMPLES         20000u
#define MOST            8192u /* instructions that median and p99 can tell apart from more */

static int pager;
static uint32_t member[MEMBERS]; /* ids */

/* ---- The members ---- */

static _Noreturn void be_busy(void)
{
    for (;;)
        post_barrier();
}

static _Noreturn void receive(void)
{
    int crowd = open_task("crowd");

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        uint32_t n = line->w[0];
        post_done(line);
        struct line *answer = post_slot(1);
        post_address(answer, crowd, TAG_BENCH, 1, 0);
        answer->w[0] = n;
        post_commit(1);
    }
}

static _Noreturn void peer(void)
{
    int crowd = open_task("crowd");

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        uint32_t sum = sum_line(line, false), stamp = time_stamp();
        post_done(line);
        struct line *answer = post_slot(1);
        post_address(answer, crowd, TAG_BENCH, 1, 0);
        answer->w[0] = stamp;
        answer->w[1] = sum;
        post_commit(1);
    }
}

/* ---- The driver ---- */

static void name_member(char name[NAME_BYTES], uint32_t i)
{
    post_format(name, NAME_BYTES, "crowd-%u", i + 1);
}

static void start_members(uint32_t n, const char *deed)
{
    char name[NAME_BYTES];

    for (uint32_t i = 0; i < n; i++) {
        name_member(name, i);
        member[i] = spawn(pager, name, deed);
    }
}

static void kill_members(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        kill(pager, member[i]);
}

/* One POST with a line for each of n receivers; returns what it took. */
static uint32_t post_all(const int *handles, uint32_t n, uint32_t round)
{
    uint32_t start = time_stamp();

    for (uint32_t i = 0; i < n; i++) {
        struct line *line = post_slot(1);
        post_address(line, handles[i], TAG_BENCH, 1, 0);
        line->badge = line->cookie = line->w[0] = round + i;
        post_commit(1);
    }
    enum status status = post_flush();
    if (round >= WARM) /* before that the router asks for routes */
        must("post", status);
    return (uint32_t)time_stamp() - start;
}

static void measure_post(const int *handles, uint32_t n)
{
    char name[NAME_BYTES];
    uint32_t total = 0, sum = 0, expected = 0;

    post_format(name, sizeof name, "post-%u", n);
    for (uint32_t round = 0; round < WARM + POSTS; round++) {
        uint32_t took = post_all(handles, n, round);
        total += round < WARM ? 0 : took;
        for (uint32_t i = 0; i < n; i++) { /* when all have answered all are parked again */
            const struct line *line = post_next(POST_FOREVER);
            sum += line->w[0];
            expected += round + i;
            post_done(line);
        }
    }
    check(name, sum, expected);
    print_value(name, total, POSTS * n);
}

/* How many members want the CPU and do not have it. */
static uint32_t queued(void)
{
    uint32_t words[POST_ANSWER] = {0}, count = 0;

    for (;; words[1] = (words[1] & 0xFFFF) + 1) {
        if (post_ask(pager, TAG_PS, words, 2, words) != STATUS_OK)
            return count;
        count += words[2] == (READY_QUEUED | MEMBER_PRIORITY << 8);
    }
}

/* One one-way, and the answer; returns what the one-way took. */
static uint32_t sample(int partner, uint32_t n, uint32_t *sum)
{
    uint32_t start = time_stamp();

    write_line(post_slot(1), partner, n, false);
    post_commit(1);
    const struct line *answer = post_next(POST_FOREVER);
    uint32_t took = answer->w[0] - start;
    *sum += answer->w[1];
    post_done(answer);
    return took;
}

/* The value below or at which `part` of the samples lie. */
static uint32_t at_most(const uint32_t *counts, uint32_t part)
{
    uint32_t value = 0;

    for (uint32_t seen = counts[0]; seen < part; seen += counts[value])
        value++;
    return value;
}

static void measure_busy(void)
{
    static uint32_t counts[MOST];
    uint32_t sum = 0, most = 0;
    int partner = open_task("crowd-peer");

    start_members(BUSY, "busy");
    check("oneway-busy", queued(), BUSY);
    for (uint32_t n = 0; n < SAMPLES; n++) {
        if (n % 50 == 0)
            post_sleep(1);
        uint32_t took = sample(partner, n, &sum);
        most = took > most ? took : most;
        counts[took < MOST ? took : MOST - 1]++;
    }
    check("oneway-busy", queued(), BUSY);
    check("oneway-busy", sum, expected_lines(SAMPLES, post_self()));
    print_value("oneway-busy-median", at_most(counts, SAMPLES / 2), 1);
    print_value("oneway-busy-p99", at_most(counts, SAMPLES / 100 * 99), 1);
    print_value("oneway-busy-max", most, 1);
}

static _Noreturn void drive(void)
{
    static const uint32_t receivers[] = {8, 14, 16, MEMBERS};
    static int handles[MEMBERS];
    char name[NAME_BYTES];

    pager = open_task("pager");
    measure_busy();
    kill_members(BUSY);
    start_members(MEMBERS, "receive");
    for (uint32_t i = 0; i < MEMBERS; i++) {
        name_member(name, i);
        handles[i] = open_task(name);
    }
    post_sleep(100); /* all are parked now */
    for (unsigned i = 0; i < sizeof receivers / sizeof receivers[0]; i++)
        measure_post(handles, receivers[i]);
    measure_restart("restart-61-tasks", pager);
    end_machine();
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "busy") == 0)
        be_busy();
    if (argc > 1)
        receive();
    if (is_task("crowd-peer"))
        peer();
    drive();
}
