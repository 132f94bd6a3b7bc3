/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the injector comes in. Ring 0, in builds with INJECT=1 only. Nano does not know about the
 * injector: the linker puts each function here in front of nano's function of that name (--wrap,
 * see faults.mk), and __real_x is nano's own.
 *
 *   tasks_init, tick_init, part_give   everything that comes round starts right before it does
 *   load_router           the injector begins, before memory is given out
 *   trap                  every trap, before nano looks at it
 *   upcall_start, leave   an upcall's frame is complete when leave() gets it: the trap flag goes in
 *   router_fault, print   the router died: if it was on purpose, nano's line about it is left out
 *   culprit_judge         the same: a death on purpose is no task's fault
 *   router_hangs          in a campaign a tick counts as several, so a hang is seen soon
 */
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include "culprit.h"
#include "frame.h"
#include "inject.h"
#include "leave.h"
#include "load_router.h"
#include "part.h"
#include "router_fault.h"
#include "tick.h"
#include "trap.h"
#include "upcall.h"
#include "walk.h"

/*
 * The engine of a campaign counts instructions, so a tick is always a tick: nano's 20 are there for
 * loaded hosts. The third of a campaign is the hang.
 */
#define TICK_COUNTS_AS 7

void __real_tasks_init(uint32_t tasks);
void __wrap_tasks_init(uint32_t tasks);
void __real_tick_init(void);
void __wrap_tick_init(void);
uint32_t __real_part_give(struct task *t, uint32_t part, frame_t frame);
uint32_t __wrap_part_give(struct task *t, uint32_t part, frame_t frame);
void __real_load_router(const struct module *m);
void __wrap_load_router(const struct module *m);
_Noreturn void __real_trap(struct frame *f, uint32_t view);
_Noreturn void __wrap_trap(struct frame *f, uint32_t view);
_Noreturn void __real_upcall_start(void);
_Noreturn void __wrap_upcall_start(void);
_Noreturn void __real_leave(struct frame *f, uint32_t view);
_Noreturn void __wrap_leave(struct frame *f, uint32_t view);
_Noreturn void __real_router_fault(struct frame *f, struct task *t, bool hang);
_Noreturn void __wrap_router_fault(struct frame *f, struct task *t, bool hang);
bool __real_router_hangs(void);
bool __wrap_router_hangs(void);

void __real_culprit_judge(task_id_t id, uint32_t entered, uint32_t eip);
void __wrap_culprit_judge(task_id_t id, uint32_t entered, uint32_t eip);

static bool upcall_begins; /* the next leave() is an upcall's */
static bool on_purpose;    /* the router died because it was made to */
bool inject_silent;        /* nano's next line is about that */

/* A slot that never had a task stands as if it had had many. */
void __wrap_tasks_init(uint32_t tasks)
{
    __real_tasks_init(tasks);
    for (uint32_t s = 1; s < tasks; s++) {
        struct task *t = task_at(AS_KIND(slot_t, s));
        t->id = TASK_ID(t->slot, INJECT_START_GENERATION - 1);
    }
}

void __wrap_tick_init(void)
{
    struct clock *clock;

    __real_tick_init();
    clock = frame_memory(PTE_FRAME(tick_clock_pte()));
    clock->now = INJECT_START_TICK;
}

/* A new mailbox, as one in which so many lines have come and gone. */
uint32_t __wrap_part_give(struct task *t, uint32_t part, frame_t frame)
{
    uint32_t status = __real_part_give(t, part, frame);
    ring_index_t start = AS_KIND(ring_index_t, INJECT_START_INDEX);

    if (status == STATUS_OK && part == PART_OUT_HEADER) {
        struct out_header *out = frame_memory(frame);
        out->out_tail = out->in_head = out->looked = start;
    }
    if (status == STATUS_OK && part == PART_IN_HEADER) {
        struct in_header *in = frame_memory(frame);
        in->in_tail = in->out_head = in->record.next = start;
    }
    return status;
}

void __wrap_load_router(const struct module *m)
{
    __real_load_router(m);
    inject_init();
}

void __wrap_trap(struct frame *f, uint32_t view)
{
    if (f->vector != X86_EXC_NMI && inject_trapped(f, view))
        __real_leave(f, view);
    __real_trap(f, view);
}

void __wrap_upcall_start(void)
{
    upcall_begins = true;
    __real_upcall_start();
}

void __wrap_leave(struct frame *f, uint32_t view)
{
    if (upcall_begins)
        f->eflags |= inject_upcall(f->eax);
    upcall_begins = false;
    __real_leave(f, view);
}

void __wrap_router_fault(struct frame *f, struct task *t, bool hang)
{
    inject_silent = on_purpose = inject_died(f, hang);
    __real_router_fault(f, t, hang);
}

void __wrap_culprit_judge(task_id_t id, uint32_t entered, uint32_t eip)
{
    if (!on_purpose)
        __real_culprit_judge(id, entered, eip);
}

/* A jump, because nothing else hands on an unknown number of arguments. */
asm(".globl __wrap_print\n"
    "__wrap_print:\n"
    "    cmpb $0, inject_silent\n"
    "    je __real_print\n"
    "    movb $0, inject_silent\n"
    "    ret");

bool __wrap_router_hangs(void)
{
    bool hangs = __real_router_hangs();

    for (unsigned n = 1; n < TICK_COUNTS_AS && world_is_saved() && !hangs; n++)
        hangs = __real_router_hangs();
    return hangs;
}
