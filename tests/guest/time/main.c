/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: deadlines end a wait, and not before they should; a task that never waits, or two that hand
 * over to each other, cannot keep others of their priority from running, nor a more important one
 * from waking in time.
 */
#include "peer.h"
#include "tap.h"

static uint32_t pager;

/* Ticks that the task has used; ~0 if there is none. */
static uint32_t ticks_used(uint32_t id)
{
    uint32_t answer[POST_ANSWER] = {0, TASK_SLOT(id)};
    return post_ask(pager, TAG_PS, answer, 2, answer) == STATUS_OK && answer[1] == id ? answer[3]
                                                                                      : ~0u;
}

static void deadlines(void)
{
    uint32_t start = post_now(), took;
    struct post_mail mail;
    uint32_t words[12];

    post_sleep(50);
    took = post_now() - start;
    tap_ok(took >= 50 && took < 500, "sleeping 50 ticks takes so long");
    post_printf("# %u ticks\n", took);

    start = post_now();
    tap_status(post_recv(&mail, words, sizeof words, post_in(30)), STATUS_TIMEOUT,
               "waiting for mail that does not come ends at the deadline");
    took = post_now() - start;
    tap_ok(took >= 30 && took < 500, "and not before");

    start = post_now();
    tap_status(post_recv(&mail, words, sizeof words, start - 5 ? start - 5 : 1), STATUS_TIMEOUT,
               "a deadline that has passed ends the wait at once");
    tap_ok(post_now() - start < 100, "without waiting");

    bool good = true;
    for (unsigned i = 0; i < 100; i++) {
        start = post_now();
        post_sleep(1);
        good &= post_now() != start;
    }
    tap_ok(good, "a hundred sleeps of one tick");
}

static void shares(void)
{
    uint32_t a = peer_spawn(pager, "spinner-a"), b = peer_spawn(pager, "spinner-b"), late = 0;

    tap_ok(a && b, "two tasks that only count are started");
    for (unsigned i = 0; i < 50; i++) {
        uint32_t start = post_now();
        post_sleep(10);
        uint32_t took = post_now() - start;
        late = took > late ? took : late;
    }
    /* This task is more important than the two: it wakes when its deadline passes. */
    tap_ok(late < 100, "a more important task wakes in time beside them");
    post_printf("# at most %u ticks for 10\n", late);
    uint32_t of_a = ticks_used(a), of_b = ticks_used(b);
    tap_ok(of_a != ~0u && of_b != ~0u && of_a > 100 && of_b > 100, "both ran");
    tap_ok(of_a < 2 * of_b && of_b < 2 * of_a, "and shared the time");
    post_printf("# %u and %u ticks\n", of_a, of_b);

    uint32_t peer = tap_open("echo"), answer[POST_ANSWER];
    tap_status(peer_ask(peer, TAG_PING, 0, answer), STATUS_OK, "a third of their priority answers");
    answer[0] = 0;
    answer[1] = a;
    tap_status(post_ask(pager, TAG_KILL, answer, 2, answer), STATUS_OK, "one is killed");
    answer[0] = 0;
    answer[1] = b;
    tap_status(post_ask(pager, TAG_KILL, answer, 2, answer), STATUS_OK, "and the other");
    tap_ok(ticks_used(a) == ~0u && ticks_used(b) == ~0u, "they are gone");
}

/* Two that hand over to each other, always in ring 1 when the tick comes, and one that counts. */
static void no_hoarding(void)
{
    const char *names[] = {"hoarder-a", "hoarder-b", "spinner-a"};
    uint32_t id[3], ticks[3], answer[POST_ANSWER];

    for (unsigned i = 0; i < 3; i++)
        id[i] = peer_spawn(pager, names[i]);
    post_sleep(300);
    for (unsigned i = 0; i < 3; i++)
        ticks[i] = ticks_used(id[i]);
    post_printf("# %u and %u ticks of 300 beside %u\n", ticks[0], ticks[1], ticks[2]);
    tap_ok(ticks[0] > 10 && ticks[1] > 10 && ticks[0] != ~0u && ticks[1] != ~0u, "both ran");
    tap_ok(ticks[2] != ~0u && ticks[2] >= 90,
           "two that hand over to each other share with a third");
    for (unsigned i = 0; i < 3; i++) {
        answer[0] = 0;
        answer[1] = id[i];
        post_ask(pager, TAG_KILL, answer, 2, answer);
    }
}

int main(void)
{
    pager = tap_open("pager");
    deadlines();
    shares();
    no_hoarding();
    tap_end();
}
