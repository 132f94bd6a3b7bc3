/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bystander: a task that no attack is about. Ring 3; it stands by, parked, and its writable
 * memory is a pattern: an array of pages, and the words of its outbox that its own answers leave
 * alone. The judge asks it after each row whether the pattern is whole.
 *
 * It is also more important than any other task, and can watch the clock: it sleeps from tick to
 * tick and notes the worst that it sees. By ticks: how long after its deadline it ran. By the TSC:
 * the longest time from one tick that it saw to the next, which is longer than a tick if one was
 * lost.
 */
#include <post.h>
#include "hostile.h"

#define FIELD_PAGES 4
#define ANSWER      7 /* words of a line's payload that answers use */

static uint32_t field[FIELD_PAGES * PAGE_SIZE / 4] __attribute__((aligned(PAGE_SIZE)));
static uint32_t pace; /* of the TSC, in a hundredth of a tick */
static uint32_t late, gap;
static int judge;

static uint32_t pattern(uint32_t i) { return i * 2654435761u ^ 0x0DDB1A5E; }

/* Calls `each` word of the pattern with what it must be. */
static uint32_t over_all(uint32_t (*each)(volatile uint32_t *word, uint32_t must))
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sizeof field / 4; i++)
        count += each(&field[i], pattern(i));
    for (uint32_t i = 0; i <= post_own->in.out_mask; i++)
        for (uint32_t w = ANSWER; w < PAYLOAD_WORDS; w++)
            count += each(&post_own->outbox[i].w[w], ~pattern(i * 16 + w));
    return count;
}

static uint32_t fill(volatile uint32_t *word, uint32_t must)
{
    *word = must;
    return 0;
}

static uint32_t differs(volatile uint32_t *word, uint32_t must) { return *word != must; }

static uint32_t time_stamp(void)
{
    uint32_t low, high;

    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return low;
}

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

static void watch(void)
{
    uint32_t before = time_stamp(), longest = 0;

    for (late = 0; !post_peek();) {
        uint32_t deadline = post_in(1), stamp;

        post_sleep(1);
        late = larger(late, post_now() - deadline);
        stamp = time_stamp();
        longest = larger(longest, stamp - before);
        before = stamp;
    }
    gap = longest / pace;
}

/* In place, because the library's copy would end with zeros.
 * If there is no room, it goes back at once. */
static enum status knock(void)
{
    struct line *line = post_slot_wait(1);
    enum status status;

    post_address(line, judge, TAG_KNOCK, 1, 0);
    post_commit(1);
    while ((status = post_flush()) == STATUS_ROUTE)
        post_sleep(1);
    if (status != STATUS_OK)
        line->peer = HANDLE_VOID;
    return status;
}

/* In place, likewise. */
static void answer(const struct post_caller *caller, uint32_t asked)
{
    struct line *line = post_slot_wait(1);

    post_address(line, caller->task, caller->tag, 1, FLAG_REPLY);
    line->badge = 0;
    line->cookie = caller->cookie;
    line->w[0] = caller->index;
    line->w[1] = asked;
    line->w[2] = over_all(differs);
    line->w[3] = late;
    line->w[4] = gap;
    line->w[5] = post_self();
    line->w[6] = (uint32_t)(uintptr_t)field;
    post_commit(1);
}

int main(void)
{
    while ((judge = post_open("judge")) < 0) /* before the pattern is there */
        post_sleep(1);
    over_all(fill);
    post_sleep(1);
    pace = time_stamp();
    post_sleep(20);
    pace = (time_stamp() - pace) / 2000;
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        struct post_caller caller = post_caller(line);
        uint32_t asked = line->tag == TAG_KNOCK ? knock() : line->w[1];
        bool watching = line->tag == TAG_SENTRY, call = line->flags & FLAG_CALL;

        post_done(line);
        if (call)
            answer(&caller, asked);
        else if (watching)
            watch();
    }
}
