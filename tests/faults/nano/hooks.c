/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the injector comes in. Ring 0, in builds with INJECT=1 only. Nano does not know about the
 * injector: the linker puts each function here in front of nano's function of that name (--wrap,
 * see faults.mk), and __real_x is nano's own.
 *
 *   load_router           the injector begins, before memory is given out
 *   trap                  every trap, before nano looks at it
 *   upcall_start, leave   an upcall's frame is complete when leave() gets it: the trap flag goes in
 *   router_fault, print   the router died: if it was on purpose, nano's line about it is left out
 *   culprit_judge         the same: a death on purpose is no task's fault
 *   router_hangs          in a campaign a tick counts as several, so a hang is seen soon
 */
#include "culprit.h"
#include "inject.h"
#include "leave.h"
#include "load_router.h"
#include "router_fault.h"
#include "trap.h"
#include "upcall.h"

/*
 * The engine of a campaign counts instructions, so a tick is always a tick: nano's 20 are there for
 * loaded hosts. The third of a campaign is the hang.
 */
#define TICK_COUNTS_AS 7

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
