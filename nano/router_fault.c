/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router may die at any instruction. Ring 0: nano records what happened and on whose
 * behalf, gives the router its pristine text and data, wakes every parked task with
 * RESTARTED and owes the RECOVER upcall, in which the router puts the mailboxes in order
 * itself. Nano knows nothing about mailboxes.
 */
#include <ringpost/status.h>
#include "culprit.h"
#include "dispatch.h"
#include "fault_report.h"
#include "load_router.h"
#include "owed.h"
#include "print.h"
#include "queue.h"
#include "router_fault.h"
#include "tick.h"
#include "upcall.h"

/* Not three: a loaded host gives an emulated CPU whole ticks without progress. */
#define HANG_TICKS    20
#define UPCALL_DEATHS 3

static uint32_t ticks_inside;

bool router_hangs(void) { return ++ticks_inside >= HANG_TICKS; }

bool router_came_out(void)
{
    bool ticked = ticks_inside != 0;

    ticks_inside = 0;
    return ticked;
}

/* `running` (or nobody) is in ring 3 and goes on there; everybody else has to post again. */
static void restart(const struct task *running, task_id_t culprit)
{
    router_came_out();
    router_reset();
    nano_page->incarnation++;
    FOR_EACH_SLOT (other)
        if (other->life == LIFE_STARTED && other != running)
            task_wake(other, STATUS_RESTARTED, false);
    owe_recover(culprit);
}

void router_fault(struct frame *f, struct task *t, bool hang)
{
    const struct fault_report *r = fault_report_make(f, t, hang);
    bool recovering = upcall_recovering();
    task_id_t culprit = recovering ? nano_page->culprit : t->id;

    print("nano: the router %s at %08x (exception %u, error %x, address %08x), task %08x; "
          "restart %u\n",
          hang ? "hangs" : "died", r->eip, f->vector, r->error, r->address, r->culprit,
          nano_page->incarnation);
    if (upcall_died() >= UPCALL_DEATHS)
        nano_stop("%s of the router died %u times in a row, last at %08x; stopped, because nothing "
                  "runs on a state that is not understood",
                  recovering ? "recovery" : "an upcall", UPCALL_DEATHS, r->eip);
    if (t->slot)
        task_set_state(t, task_state_free(t));
    culprit_judge(culprit, tick_now() - ticks_inside, r->eip);
    restart(task_nobody(), culprit);
    dispatch();
}

uint32_t router_restart(struct frame *f)
{
    struct frame asked = {.vector = FAULT_ASKED};

    (void)f;
    fault_report_make(&asked, task_nobody(), false);
    print("nano: the router is restarted, as the pager asks; restart %u\n", nano_page->incarnation);
    restart(task_find(nano_page->pager), ID_NOBODY);
    return STATUS_OK;
}
