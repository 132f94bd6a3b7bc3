/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every trap, sorted: which ring was interrupted, in whose view, by what. Ring 0, in nano's view,
 * on nano's stack, interrupts off. Called by gatehouse.asm only; it leaves by dispatch.c.
 *
 *   from    interrupt                 PARK        pager gate     exception
 *   ring 3  count, wake, go on        (#GP)       the pager's    that task's fault
 *   ring 1  attention, same place     park        router fault   router fault; #DB: TF cleared
 *   ring 0  idle: dispatch            -           -              labelled: the task's fault, or
 *                                                                the router's, if none runs;
 *                                                                #DB: TF cleared; else panic
 *
 * An NMI changes nothing, whatever it interrupted. A machine check is a panic, whatever it did.
 */
#include <ringpost/status.h>
#include "dispatch.h"
#include "leave.h"
#include "life.h"
#include "owed.h"
#include "pager_gate.h"
#include "panic.h"
#include "pic.h"
#include "router_fault.h"
#include "tick.h"
#include "trap.h"
#include "upcall.h"

static bool is_irq(const struct frame *f)
{
    return f->vector >= VECTOR_IRQ && f->vector < VECTOR_IRQ + 16;
}

/* Takes the interrupt; true if it was the tick. */
static bool take_irq(const struct frame *f)
{
    uint32_t irq = f->vector - VECTOR_IRQ;

    if (!pic_acknowledge(irq))
        return false;
    if (irq == 0) {
        tick_count();
        return true;
    }
    owe_irq(irq);
    return false;
}

static _Noreturn void from_app(struct frame *f, struct task *t)
{
    f->eflags &= ~X86_EFLAGS_IOPL; /* under TCG a task can enter virtual-8086 mode with any */
    router_came_out();
    if (is_irq(f)) {
        bool tick = take_irq(f);
        t->ticks += tick;
        if (t->slot)
            task_go_on(t, f, tick);
    }
    if (!t->slot) /* ring 3 in the idle view: only the router can have gone there */
        router_fault(f, t, false);
    tick_count_entry();
    if (f->vector == VECTOR_PAGER && t->id == nano_page->pager) {
        pager_gate(f);
        task_go_on(t, f, false);
    }
    t->saved = *f;
    t->interrupted = true;
    if (f->vector >= VECTOR_IRQ) /* the pager's gate from another view */
        task_fault(t, X86_EXC_GP, f->vector * 8 + 2, 0, f->eip, f->esp);
    else
        task_fault(t, f->vector, f->error, f->vector == X86_EXC_PF ? read_cr2() : 0, f->eip,
                   f->esp);
    dispatch();
}

static _Noreturn void from_router(struct frame *f, struct task *t)
{
    if (is_irq(f)) {
        bool tick = take_irq(f);
        t->ticks += tick;
        attention_demand();
        if (tick && router_hangs())
            router_fault(f, t, true);
        leave(f, task_view(t));
    }
    if (f->vector == X86_EXC_DB) { /* a trap flag that came through the call gate: nobody's fault */
        f->eflags &= ~X86_EFLAGS_TF;
        leave(f, task_view(t));
    }
    tick_count_entry();
    if (f->vector == VECTOR_PARK && (t->slot || upcall_running())) {
        task_park(t, AS_KIND(task_id_t, f->eax), f->edx, router_came_out());
    }
    router_fault(f, t, false);
}

static _Noreturn void from_nano(struct frame *f, uint32_t view)
{
    if (f->vector == X86_EXC_DB) {
        f->eflags &= ~X86_EFLAGS_TF;
        leave(f, view);
    }
    if (is_irq(f) && (f->eip == (uint32_t)idle_halts || f->eip == (uint32_t)idle_halted)) {
        take_irq(f);
        dispatch();
    }
    for (const uint32_t *label = blamed_start; label < blamed_end; label++)
        if (f->eip == *label) {
            struct task *t = task_of_view(view);
            if (!t->slot) /* an upcall: the router cannot even be entered */
                router_fault(f, t, false);
            task_fault(t, f->vector, f->error, 0, f->eip, 0);
            dispatch();
        }
    panic_trap(f, view);
}

void trap(struct frame *f, uint32_t view)
{
    /* `cli` keeps no NMI out, so one may come anywhere; it is nobody's fault. */
    if (f->vector == X86_EXC_NMI)
        leave(f, view);
    if (f->vector == X86_EXC_MC) /* of the machine; nobody can go on */
        panic_trap(f, view);
    switch (frame_ring(f)) {
    case RING_APP: from_app(f, task_of_view(view));
    case RING_ROUTER: from_router(f, task_of_view(view));
    default: from_nano(f, view);
    }
}
