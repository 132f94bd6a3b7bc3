/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A router that dies again and again: eight ticks in a row with a death each. Then nobody less
 * important than the culprits gets anywhere, and a restart helps no more. If all these deaths were
 * on behalf of one task, it is stopped here; the pager ends it, but not before RECOVER was
 * accepted, because recovery needs its mailbox. If they were on behalf of several, or of the pager,
 * nano says so and stops. Ring 0.
 *
 * Ticks that pass inside the router or in recovery interrupt no row: a hang takes twenty, and who
 * hangs the router in each call must not go on for ever either. Before a task is stopped, the
 * router itself has tried to refuse what it sends (POISONED, router/recover.c); this is for deaths
 * that have nothing to do with an outbox.
 */
#include "culprit.h"
#include "life.h"
#include "print.h"
#include "tick.h"

#define TICKS_IN_A_ROW 8

static uint32_t row;       /* ticks in a row with a death each */
static uint32_t died;      /* the last of them */
static uint32_t recovered; /* since when the router has lived again */
static bool recovering;
static task_id_t culprit;
static bool several;

void culprit_recovered(void)
{
    if (recovering)
        recovered = tick_now();
    recovering = false;
}

/* Counts a death; true if there were enough. */
static bool count(task_id_t id, uint32_t entered)
{
    uint32_t now = tick_now();

    if (entered - recovered > 1)
        row = 0;
    if (row == 0) {
        culprit = ID_NOBODY;
        several = false;
    }
    row += row == 0 || now != died;
    died = recovered = now;
    recovering = true;
    if (id) {
        several |= culprit && culprit != id;
        culprit = id;
    }
    return row >= TICKS_IN_A_ROW;
}

void culprit_judge(task_id_t id, uint32_t entered, uint32_t eip)
{
    struct task *t;

    if (!count(id, entered))
        return;
    row = 0;
    if (several || !culprit || culprit == nano_page->pager)
        nano_stop("the router died in each of %u ticks in a row, last at %08x, on behalf of %s; "
                  "stopped, because it would do so for ever",
                  TICKS_IN_A_ROW, eip,
                  several   ? "several tasks"
                  : culprit ? "the pager"
                            : "nobody");
    t = task_running_id(culprit);
    if (!t)
        return;
    print("nano: task %08x: the router died on its behalf in each of %u ticks in a row; it is "
          "stopped\n",
          culprit, TICKS_IN_A_ROW);
    task_fault(t, FAULT_KILLER, 0, 0, eip, 0);
}
