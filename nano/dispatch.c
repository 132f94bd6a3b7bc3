/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parking, waking and resuming the plain way; see dispatch.h. Ring 0.
 *
 * Parking keeps no ring-1 state: a parked task goes on at the restart point in its out
 * header, which it wrote itself and nobody believes.
 */
#include <ringpost/assert.h>
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include "dispatch.h"
#include "gdt.h"
#include "leave.h"
#include "life.h"
#include "owed.h"
#include "queue.h"
#include "tick.h"
#include "upcall.h"
#include "wake.h"
#include "walk.h"

/* The frame by which a parked task goes on. False: its restart point is no place in ring 3. */
static bool restart_frame(struct task *t, struct frame *f)
{
    const struct out_header *out = frame_memory(t->part[PART_OUT_HEADER]);
    uint32_t eip = *(volatile const uint32_t *)&out->restart_eip;

    if (eip >= RING3_LIMIT) {
        task_fault(t, X86_EXC_GP, 0, 0, eip, out->restart_esp);
        return false;
    }
    frame_begin(f, SEL_APP_CS, SEL_APP_DS, eip, *(volatile const uint32_t *)&out->restart_esp);
    f->eax = t->result;
    return true;
}

static _Noreturn void run(struct task *t, struct frame *f)
{
    ASSERT(t->life == LIFE_STARTED && task_entry(t)->state == READY_STOPPED);
    ASSERT(frame_ring(f) == RING_APP);
    task_set_state(t, task_state_free(t));
    tss_set_ports(t->has_ports ? t->ports : NULL);
    attention_settle(t);
    leave(f, task_view(t));
}

void dispatch(void)
{
    struct task *t;

    if (owed())
        upcall_start();
    wake_list_read();
    while ((t = queue_take())) {
        if (t->interrupted) {
            t->interrupted = false;
            *ENTRY_FRAME_AT = t->saved;
            run(t, ENTRY_FRAME_AT);
        }
        if (restart_frame(t, ENTRY_FRAME_AT))
            run(t, ENTRY_FRAME_AT);
        if (owed())
            upcall_start();
    }
    attention_settle(task_nobody());
    idle(task_view(task_nobody()));
}

void task_park(struct task *t, task_id_t to, uint32_t deadline, bool tick)
{
    struct task *target;

    if (!t->slot) {
        upcall_accept();
        dispatch();
    }
    t->result = STATUS_OK;
    task_set_state(t, task_state_free(t));
    if (deadline) {
        if ((int32_t)(tick_now() - deadline) >= 0) {
            task_wake(t, STATUS_TIMEOUT, false);
        } else {
            deadline_arm(t, deadline);
            task_set_state(t, READY_SPECIAL);
        }
    }
    if (to && (target = task_running_id(to)) && target != t)
        task_wake(target, STATUS_OK, !tick);
    dispatch();
}

void task_go_on(struct task *t, struct frame *f, bool tick)
{
    enum readiness state = task_entry(t)->state;
    uint32_t highest;

    task_set_state(t, READY_QUEUED); /* it runs: the wake list cannot wake it */
    if (!owed())
        wake_list_read();
    task_set_state(t, state);
    highest = queue_highest();
    if (!owed() && (highest < t->priority || (highest == t->priority && !tick))) {
        attention_settle(t);
        leave(f, task_view(t));
    }
    t->saved = *f;
    t->interrupted = true;
    queue_put(t, !tick || highest != t->priority);
    dispatch();
}
