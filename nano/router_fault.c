/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router may die at any instruction. Ring 0: nano records what happened and on whose
 * behalf, gives the router its pristine text and data, wakes every parked task with
 * RESTARTED and owes the RECOVER upcall, in which the router puts the mailboxes in order
 * itself. Nano knows nothing about mailboxes.
 */
#include <ringpost/status.h>
#include "dispatch.h"
#include "load.h"
#include "print.h"
#include "queue.h"
#include "router_fault.h"
#include "tick.h"
#include "upcall.h"

#define HANG_TICKS                                                                                 \
    20 /* not three: a loaded host gives an emulated CPU whole ticks without progress */
#define UPCALL_DEATHS 3

static struct fault_report reports[FAULT_REPORTS];
static uint32_t report_count;
static uint32_t ticks_inside;

bool router_hangs(void) { return ++ticks_inside >= HANG_TICKS; }

bool router_came_out(void)
{
    bool ticked = ticks_inside != 0;

    ticks_inside = 0;
    return ticked;
}

const struct fault_report *fault_report(uint32_t n, bool *more)
{
    if (!(*more = n < report_count) || report_count - n > FAULT_REPORTS)
        return NULL;
    return &reports[n % FAULT_REPORTS];
}

void router_recovered(void)
{
    struct fault_report *r = &reports[(report_count - 1) % FAULT_REPORTS];

    r->spent = read_time_stamp() - r->began;
}

void router_fault(struct frame *f, struct task *t, bool hang)
{
    struct fault_report *r = &reports[report_count++ % FAULT_REPORTS];
    bool recovering = upcall_recovering();

    *r = (struct fault_report){.vector = hang ? FAULT_HANG : f->vector,
                               .error = f->error,
                               .address = f->vector == X86_EXC_PF ? read_cr2() : 0,
                               .eip = f->eip,
                               .culprit = t->id,
                               .tick = tick_now(),
                               .began = read_time_stamp()};
    print("nano: the router %s at %08x (exception %u, error %x, address %08x), task %08x; "
          "restart %u\n",
          hang ? "hangs" : "died", r->eip, f->vector, r->error, r->address, r->culprit,
          report_count);
    if (upcall_died() >= UPCALL_DEATHS)
        refuse("%s of the router died %u times in a row, last at %08x; stopped, because nothing "
               "runs on a state that is not understood",
               recovering ? "recovery" : "an upcall", UPCALL_DEATHS, r->eip);
    router_came_out();
    router_reset();
    nano_page->incarnation++;
    if (t->slot)
        task_entry(t)->state = t->has_ports ? READY_SPECIAL : READY_FREE;
    for (uint32_t s = 1; s < tasks_made; s++)
        if (task_at(s)->life == LIFE_STARTED)
            wake(task_at(s), STATUS_RESTARTED, false);
    upcall_owe_recover(recovering ? nano_page->culprit : t->id);
    dispatch();
}
