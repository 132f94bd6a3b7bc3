/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fault injector, ring 0, in builds with INJECT=1 only; <ringpost/inject.h> is its gate.
 *
 * It counts the router's instructions with the trap flag (SDM vol. 3, 17.3.1.4): a hardware
 * breakpoint on the call gate's entry (17.2) notices the chosen call, and from there every #DB
 * is one instruction, and one iteration of a REP. The flag is set again each time, because the
 * entry stub clears it by POPF; the #DB after that POPF still comes. A recovery is counted from its
 * upcall's frame on. When the count is reached, the fault is put in place of the trap: nano's
 * own code sees a #UD, an interrupt, or a router that was changed behind its back.
 *
 * inject_trapped() sees every trap first. It must not touch what it does not own: between two
 * checkpoints nano behaves as it does in a release.
 */
#include <ringpost/elf.h>
#include <ringpost/inject.h>
#include <ringpost/mailbox.h>
#include "inject.h"
#include "pic.h"
#include "print.h"
#include "queue.h"
#include "owed.h"
#include "router_fault.h"
#include "string.h"
#include "tick.h"
#include "upcall.h"
#include "walk.h"

#define X86_EFLAGS_RF    0x00010000u
#define X86_DR7_GLOBAL_0 0x00000002u /* DR0, execution, 1 byte */

enum stage {
    IDLE,     /* nothing is armed                                */
    WAITING,  /* for the call                                    */
    STEPPING, /* through the call                                */
    PASSED,   /* the call is over, or the fault is in            */
    RECOVERY, /* stepping through the recovery                   */
};

/* On pages of its own, so that a restored checkpoint leaves it alone (world.c). */
struct injector injector;

static void breakpoint(bool on)
{
    struct router_header *header = inject_memory(task_at(0), ROUTER_BASE);

    asm volatile("mov %0, %%dr0" ::"r"(header->call_entry));
    asm volatile("mov %0, %%dr7" ::"r"(on ? X86_DR7_GLOBAL_0 : 0));
}

/* Which breakpoints there were. */
static uint32_t take_dr6(void)
{
    uint32_t hit;

    asm volatile("mov %%dr6, %0" : "=r"(hit));
    asm volatile("mov %0, %%dr6" ::"r"(0));
    return hit;
}

void *inject_memory(struct task *t, uint32_t address)
{
    pte_t *e = view_pte(t, address);

    if (!e || !(*e & PTE_P))
        return NULL;
    return (uint8_t *)frame_memory(PTE_FRAME(*e)) + address % PAGE_SIZE;
}

/*
 * Most steps only count, and two CR3 loads for each would be most of a campaign's time: this stub
 * takes the place of nano's for #DB and lets ring 1 go on while steps_left counts down. It
 * runs in any view and on any selectors, so it knows nothing but SS: the count is at the far end
 * of the entry stack, the one page of the gatehouse that can be written in every view.
 */
extern uint8_t inject_db_stub[];
#define steps_left (*(volatile uint32_t *)gate_stack)
asm(".pushsection .gate_text, \"ax\"\n"
    ".globl inject_db_stub\n"
    "inject_db_stub:\n"
    "    cmpl $0, %ss:gate_stack\n"
    "    je 1f\n"
    "    testb $2, %ss:4(%esp)\n" /* CS: ring 3? */
    "    jnz 1f\n"
    "    decl %ss:gate_stack\n"
    "    jz 1f\n"
    "    orl $0x100, %ss:8(%esp)\n" /* EFLAGS: TF */
    "    iret\n"
    "1:  pushl $0\n"
    "    pushl $1\n"
    "    jmp trap_common\n"
    ".popsection");

void inject_init(void)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) idtr;
    uint32_t stub = (uint32_t)inject_db_stub;

    world_init();
    asm volatile("sidt %0" : "=m"(idtr));
    ((uint16_t *)idtr.base)[X86_EXC_DB * 4] = stub;
    ((uint16_t *)idtr.base)[X86_EXC_DB * 4 + 3] = stub >> 16;
}

/* The chosen instruction is next. True: go on with it; false: nano shall see the changed frame. */
static bool act(struct frame *f, struct task *t)
{
    injector.stage = PASSED;
    injector.result.activated = 1;
    injector.result.eip = f->eip;
    f->eflags &= ~X86_EFLAGS_TF;
    return fault_put(f, t);
}

/* Lets the router go on for `count` instructions, or until its call is over. */
static bool step(struct frame *f, uint32_t count)
{
    if (trace_steps_all())
        count = 1;
    steps_left = count;
    injector.steps_asked = count;
    f->eflags |= X86_EFLAGS_TF;
    return true;
}

/* How many the stub has counted. */
static uint32_t steps_taken(void)
{
    uint32_t taken = injector.steps_asked - steps_left;

    steps_left = injector.steps_asked = 0;
    return taken;
}

/* Before the first instruction of the call, or after those that were asked for. */
static bool stepped(struct frame *f, struct task *t)
{
    uint32_t left = injector.plan.step - injector.result.steps;

    return left ? step(f, left) : act(f, t);
}

static bool recovery_ends(struct frame *f)
{
    if (trace_steps_all()) {
        trace_step(f, ++injector.result.recovery_steps, 0);
        return step(f, 1);
    }
    injector.stage = PASSED;
    injector.result.recovery_activated = 1;
    injector.result.recovery_eip = f->eip;
    fault_kill(f);
    return false;
}

/*
 * INJECT_TRACE_CODE: every instruction of ring 1, whoever called, from the breakpoint or an
 * upcall's frame on; it counts from the beginning of the chosen call.
 */
static bool executed(struct frame *f, const struct task *t, unsigned ring)
{
    bool entry = take_dr6() & 1;

    f->eflags &= ~X86_EFLAGS_TF;
    if (ring != RING_ROUTER)
        return true;
    if (entry && injector.stage == WAITING && t->id == injector.plan.task && injector.skip-- == 0)
        injector.stage = PASSED;
    if (injector.stage == PASSED)
        trace_step(f, 0, 0);
    f->eflags |= X86_EFLAGS_TF | (entry ? X86_EFLAGS_RF : 0);
    return true;
}

/* An offset into what is posted, as an address: the router's own way to it. */
static uint32_t posted(struct task *t, uint32_t address)
{
    uint32_t window = WINDOW + (t->slot << MAILBOX_SHIFT);
    const struct in_header *in = inject_memory(t, window + offsetof(struct mailbox, in));
    uint32_t line = in->out_head & in->out_mask;

    if (address >= PROGRAM_BASE)
        return address;
    return window + offsetof(struct mailbox, outbox) + line * LINE_BYTES + address;
}

/* The breakpoint on the call gate's entry. */
static bool entered(struct frame *f, struct task *t)
{
    f->eflags |= X86_EFLAGS_RF;
    if (injector.victim && t->id == injector.victim) {
        injector.result.cost = read_time_stamp() - injector.died_at;
        injector.victim = 0;
        breakpoint(false);
        return true;
    }
    if (injector.stage != WAITING || t->id != injector.plan.task || injector.skip-- > 0)
        return true;
    injector.stage = STEPPING;
    breakpoint(false);
    if (injector.plan.action == INJECT_WRITE)
        injector.plan.where = posted(t, injector.plan.where);
    injector.plan.watch = posted(t, injector.plan.watch);
    trace_begin();
    return stepped(f, t);
}

bool inject_died(const struct frame *f, bool hang)
{
    if (injector.stage == IDLE)
        return false;
    injector.result.restarts++;
    injector.result.hangs += hang;
    injector.result.fault_eip = f->eip;
    if (injector.stage == STEPPING || injector.stage == RECOVERY) {
        injector.stage = PASSED;
        steps_left = 0;
    }
    if (injector.stage == PASSED && injector.plan.repeat) {
        injector.plan.repeat--;
        injector.skip = 0;
        injector.result.steps = 0;
        injector.stage = WAITING;
        breakpoint(true);
    } else if (injector.result.restarts == 1 && injector.plan.task) {
        injector.victim = injector.plan.task;
        breakpoint(true);
        injector.died_at = read_time_stamp();
    }
    return true;
}

uint32_t inject_upcall(uint32_t event)
{
    if (injector.stage == IDLE)
        return 0;
    if (injector.plan.trace == INJECT_TRACE_CODE) {
        if (injector.plan.task == 0 && injector.plan.skip == event)
            injector.stage = PASSED;
        return X86_EFLAGS_TF;
    }
    if (injector.stop && event == UPCALL_RECOVER) {
        fault_stop_task(injector.stop);
        injector.stop = 0;
    }
    if (injector.stage == WAITING && injector.plan.task == 0 && injector.plan.skip == event) {
        injector.stage = STEPPING;
        injector.result.steps = (uint32_t)-1; /* the first instruction cannot be chosen */
        trace_begin();
        steps_left = injector.steps_asked = trace_steps_all() ? 1 : injector.plan.step + 1;
        return X86_EFLAGS_TF;
    }
    if (injector.stage == PASSED && event == UPCALL_RECOVER && injector.plan.recovery_step &&
        !injector.result.recovery_activated && !injector.recovered) {
        injector.stage = RECOVERY;
        injector.recovered = true;
        if (injector.plan.trace == INJECT_TRACE_RECOVERY) {
            trace_begin();
            injector.plan.recovery_step = 0; /* only looked at */
        }
        steps_left = injector.steps_asked = trace_steps_all() ? 1 : injector.plan.recovery_step;
        return X86_EFLAGS_TF;
    }
    return 0;
}

static void finish(const struct inject_verdict *v)
{
    const uint32_t *n = injector.plan.name;
    struct inject_result *r = &injector.result;

    r->escapes = world_escapes(false);
    print(
        "case %u,%u,%u,%u,%x,%x,%u r %u,%u,%x,%u,%x,%u,%u,%x,%u,%u v %u,%u,%u,%u,%u,%u,%u,%u,%x\n",
        n[0], n[1], n[2], n[3], n[4], n[5], injector.plan.recovery_step, r->activated, r->steps,
        r->eip, r->recovery_steps, r->recovery_activated ? r->recovery_eip : 0, r->restarts,
        r->hangs, r->fault_eip, r->cost, r->escapes, v->lost, v->doubled, v->reordered, v->altered,
        v->status, v->stuck, v->violations + world_violations(), v->harmed, v->missed);
    if (injector.plan.trace == INJECT_TRACE_CODE)
        trace_print();
    injector.stage = IDLE;
    injector.armed = false;
    breakpoint(false);
    world_restore(++injector.number);
}

/* Once in a case: a task that runs wild, because the router wrote into it, does not plan anew. */
static void arm(const struct inject_plan *plan)
{
    if (injector.armed)
        return;
    injector.armed = plan->patience != UINT32_MAX;
    world_keep();
    injector.plan = *plan;
    injector.result = (struct inject_result){0};
    injector.skip = plan->task ? plan->skip : 0;
    injector.victim = injector.stop = 0;
    injector.recovered = false;
    steps_left = injector.steps_asked = 0;
    injector.stage = WAITING;
    injector.ticks = 0;
    if (plan->trace)
        world_slow_clock();
    breakpoint(plan->task != 0 || plan->trace == INJECT_TRACE_CODE);
}

/* The gate; see <ringpost/inject.h>. */
static bool requested(struct frame *f, struct task *t, uint32_t view)
{
    uint32_t op = f->eax - INJECT_MAGIC, left;
    void *at = inject_memory(t, f->ebx);

    if (f->vector != 3 || op < INJECT_CHECKPOINT || op > INJECT_BACK || !at)
        return false;
    switch (op) {
    case INJECT_CHECKPOINT:
        injector.number = 0;
        f->eax = 0;
        world_save(f, view, (uint32_t)at, f->ecx);
        break;
    case INJECT_ARM: arm(at); break;
    case INJECT_RESULT: *(struct inject_result *)at = injector.result; break;
    case INJECT_VERDICT:
        if (injector.stage != IDLE)
            finish(at);
        if ((left = world_escapes(true)))
            print("escaped: %x, in one of the last cases\n", left);
        break;
    case INJECT_SAY:
        for (uint32_t i = 0; i < f->ecx && i < PAGE_SIZE - f->ebx % PAGE_SIZE; i++)
            print_char(((char *)at)[i]);
        break;
    case INJECT_BACK: f->eax = back(at); break;
    case INJECT_TRACE:
        f->eax = injector.traced_count;
        memcpy(at, injector.traced, (f->ecx < f->eax ? f->ecx : f->eax) * 4);
        break;
    }
    return true;
}

/* A case that makes no progress is ended by the clock: the tick finds even a CPU that idles. */
static void watch(const struct frame *f)
{
    if (injector.stage == IDLE || f->vector != VECTOR_IRQ ||
        ++injector.ticks < injector.plan.patience)
        return;
    pic_acknowledge(0);
    finish(&(struct inject_verdict){.stuck = 2});
}

bool inject_trapped(struct frame *f, uint32_t view)
{
    struct task *t = task_of_view(view);
    unsigned ring = frame_ring(f);

    if (ring == RING_APP && f->vector == 3)
        return requested(f, t, view);
    if (ring == RING_APP && f->vector == VECTOR_PAGER && f->eax != PAGER_OP_LOG &&
        f->eax != PAGER_OP_NEXT_EVENT &&
        (f->eax < PAGER_OP_QUERY_TASK || f->eax > PAGER_OP_QUERY_MEMORY))
        world_tables_change();
    watch(f);
    if (f->vector == X86_EXC_DB && injector.stage != IDLE &&
        injector.plan.trace == INJECT_TRACE_CODE)
        return executed(f, t, ring);
    if (f->vector == X86_EXC_DB && ring == RING_ROUTER) {
        uint32_t hit = take_dr6();

        if (injector.stage == STEPPING) {
            injector.result.steps += steps_taken();
            if (trace_steps_all())
                trace_step(f, injector.result.steps, hit);
            return stepped(f, t);
        }
        if (injector.stage == RECOVERY)
            return recovery_ends(f);
        return hit & 1 && entered(f, t);
    }
    /* An engine may report a watchpoint only after the trap of the trap flag: inside its entry. */
    if (f->vector == X86_EXC_DB && ring == RING_NANO && injector.stage == STEPPING &&
        injector.plan.trace == INJECT_TRACE_READS) {
        trace_step(f, injector.result.steps + 1, take_dr6());
        return true;
    }
    /* The call, or the recovery, is over when ring 1 is left, by RETF or by PARK. */
    if ((injector.stage == STEPPING || injector.stage == RECOVERY) &&
        (ring != RING_ROUTER || f->vector == VECTOR_PARK || !(f->eflags & X86_EFLAGS_TF))) {
        injector.result.steps += injector.stage == STEPPING ? steps_taken() : 0;
        injector.stage = PASSED;
        steps_taken();
        breakpoint(false);
        f->eflags &= ~X86_EFLAGS_TF;
        return f->vector == X86_EXC_DB;
    }
    return false;
}
