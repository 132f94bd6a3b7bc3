/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing leaks: a task that ends with loans and calls open, as lender and as borrower, as caller
 * and as called, leaves no frame, no slot and no call behind, however often it lives. leaver
 * (leaver.c) is the task, holder (holder.c) the one at the other end. All is counted after the
 * first lives, when tables and records are there, and again after the last. Each life lands 4 MiB
 * at holder, so 500 of them go once through the landing zone: if they left addresses behind, the
 * others would not land.
 *
 * LIVES comes from the environment (make leaks LIVES=2000).
 */
#include "frames.h"
#include "leaks.h"
#include "peer.h"
#include "settings.h"

#define WARM 8 /* lives until all is there */

static uint32_t pager, holder, slots, wrong, loans, calls;

/* One life of the leaver. False if it does not end as it should. */
static bool live(enum way way)
{
    uint32_t id = peer_spawn(pager, "leaver"), w[POST_ANSWER] = {0};
    const struct line *line;

    if (!id)
        return false;
    if (TASK_SLOT(id) > slots)
        slots = TASK_SLOT(id);
    line = post_next(post_in(5000));
    if (!line || line->peer != id || line->tag != TAG_READY)
        return false;
    struct post_caller leaver = post_caller(line);
    post_done(line);
    peer_ask(holder, TAG_TURN, 0, w);
    post_reply(&leaver, (uint32_t[]){STATUS_OK, way}, 8);
    if (way == WAY_KILL)
        peer_ask(pager, TAG_KILL, id, w);
    uint32_t code = peer_exit_code(pager, id);
    memset(w, 0, sizeof w);
    enum status status = peer_ask(holder, TAG_SETTLE, 0, w);
    loans += w[1];
    calls += w[2];
    wrong = wrong ? wrong : w[3];
    return status == STATUS_OK && code == (way == WAY_FAULT  ? EXIT_KILLED + 6
                                           : way == WAY_KILL ? EXIT_KILLED + 255
                                                             : 0);
}

static uint32_t tasks(void)
{
    uint32_t count = 0, w[POST_ANSWER];

    for (uint32_t slot = 1; peer_ask(pager, TAG_PS, slot, w) == STATUS_OK; count++)
        slot = TASK_SLOT(w[1]) + 1;
    return count;
}

int main(void)
{
    uint32_t lives, life;

    pager = tap_open("pager");
    holder = tap_open("holder");
    lives = setting("LIVES");
    for (life = 0; life < WARM && live(life % WAYS); life++)
        ;
    tap_is(life, WARM, "it lives and ends in each way");
    post_sleep(20);

    struct frames before = frames_now(), after;
    uint32_t slots_before = slots, tasks_before = tasks();
    loans = calls = 0;
    for (life = 0; life < lives && live(life % WAYS); life++)
        ;
    post_sleep(20);
    after = frames_now();
    tap_ok(life == lives, "and %u times more", lives);
    tap_is(loans, lives * LOANS, "the loans were open");
    tap_is(calls, lives * CALLS, "and the calls");
    tap_is(wrong, 0, "holder could settle all of it, has its own pages back, and no call open");
    frames_sound(&before, 0, "after that");
    tap_is(after.tables, before.tables, "no page table, no mailbox more");
    tap_is(slots, slots_before, "no slot");
    tap_is(tasks(), tasks_before, "no task");
    tap_end();
}
