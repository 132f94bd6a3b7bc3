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
#include "inject.h"
#include "pic.h"
#include "print.h"
#include "queue.h"
#include "router_fault.h"
#include "string.h"
#include "tick.h"
#include "upcall.h"
#include "view.h"

#define X86_EFLAGS_RF    0x00010000u
#define X86_DR7_GLOBAL_0 0x00000002u /* DR0, execution, 1 byte */
#define OPCODE_JMP_SELF  0xFEEB

enum stage {
    IDLE,     /* nothing is armed                                */
    WAITING,  /* for the call                                    */
    STEPPING, /* through the call                                */
    PASSED,   /* the call is over, or the fault is in            */
    RECOVERY, /* stepping through the recovery                   */
};

/* On pages of its own, so that a restored checkpoint leaves it alone (world_inject_on.c). */
struct injector injector;

static inline uint32_t time_stamp(void)
{
    uint32_t low;
    asm volatile("rdtsc" : "=a"(low)::"edx");
    return low;
}

static void breakpoint(bool on)
{
    struct router_header *header = inject_memory(task_at(0), ROUTER_BASE);

    asm volatile("mov %0, %%dr0" ::"r"(header->call_entry));
    asm volatile("mov %0, %%dr7" ::"r"(on ? X86_DR7_GLOBAL_0 : 0));
}

void *inject_memory(struct task *t, uint32_t address)
{
    entry *e = view_page_entry(t, address);

    if (!e || !(*e & ENTRY_P))
        return NULL;
    return (uint8_t *)frame_memory(ENTRY_FRAME(*e)) + address % PAGE_SIZE;
}

void inject_init(void) { world_init(); }

static uint32_t *register_of(struct frame *f, uint32_t number)
{
    uint32_t *const registers[INJECT_REGISTERS] = {&f->eax, &f->ebx, &f->ecx, &f->edx, &f->esi,
                                                   &f->edi, &f->ebp, &f->esp, &f->eip, &f->eflags};

    return number < INJECT_REGISTERS ? registers[number] : NULL;
}

static void stop_task(uint32_t id)
{
    struct task *t = task_running_id(id);

    if (t)
        task_fault(t, X86_EXC_UD, 0, 0, 0, 0);
}

static void kill(struct frame *f)
{
    f->vector = X86_EXC_UD;
    f->error = 0;
}

/* The chosen instruction is next. True: go on with it; false: nano shall see the changed frame. */
static bool act(struct frame *f, struct task *t)
{
    const struct inject_plan *plan = &injector.plan;
    uint32_t *word;

    injector.stage = PASSED;
    injector.result.activated = 1;
    injector.result.eip = f->eip;
    f->eflags &= ~X86_EFLAGS_TF;
    switch (plan->action) {
    case INJECT_STOP_KILL:
        injector.stop = plan->where; /* at the upcall: nobody is stopped while he runs */
        kill(f);
        return false;
    case INJECT_KILL: kill(f); return false;
    case INJECT_LINE: f->vector = VECTOR_LINE + plan->value % 16; return false;
    case INJECT_HANG:
        if ((word = inject_memory(t, f->eip)))
            *(uint16_t *)word = OPCODE_JMP_SELF;
        return true;
    case INJECT_REGISTER:
        if ((word = register_of(f, plan->where)))
            *word ^= 1u << plan->value % 32;
        return true;
    case INJECT_FLIP:
        if ((word = inject_memory(t, plan->where)))
            *word ^= 1u << plan->value % 32;
        return true;
    case INJECT_WRITE:
        if ((word = inject_memory(t, plan->where)))
            *word = plan->value;
        return true;
    case INJECT_STOP: stop_task(plan->where); return true;
    }
    return true;
}

/* One more instruction has been executed, or none yet. */
static bool step(struct frame *f, struct task *t)
{
    if (injector.result.steps == injector.plan.step)
        return act(f, t);
    injector.result.steps++;
    f->eflags |= X86_EFLAGS_TF;
    return true;
}

static bool step_recovery(struct frame *f)
{
    f->eflags |= X86_EFLAGS_TF;
    if (++injector.recovery_steps != injector.plan.recovery_step)
        return true;
    injector.stage = PASSED;
    injector.result.recovery_activated = 1;
    injector.result.recovery_eip = f->eip;
    kill(f);
    return false;
}

/* The breakpoint on the call gate's entry. */
static bool entered(struct frame *f, struct task *t)
{
    f->eflags |= X86_EFLAGS_RF;
    if (injector.victim && t->id == injector.victim) {
        injector.result.cost = time_stamp() - injector.died_at;
        injector.victim = 0;
        breakpoint(false);
        return true;
    }
    if (injector.stage != WAITING || t->id != injector.plan.task || injector.skip-- > 0)
        return true;
    injector.stage = STEPPING;
    breakpoint(false);
    return step(f, t);
}

bool inject_died(const struct frame *f, bool hang)
{
    if (injector.stage == IDLE)
        return false;
    injector.result.restarts++;
    injector.result.hangs += hang;
    injector.result.fault_eip = f->eip;
    if (injector.stage == STEPPING)
        injector.stage = PASSED;
    if (injector.result.restarts == 1 && injector.plan.task) {
        injector.victim = injector.plan.task;
        injector.died_at = time_stamp();
        breakpoint(true);
    }
    return true;
}

uint32_t inject_upcall(uint32_t event)
{
    if (injector.stage == IDLE)
        return 0;
    if (injector.stop && event == UPCALL_RECOVER) {
        stop_task(injector.stop);
        injector.stop = 0;
    }
    if (injector.stage == WAITING && injector.plan.task == 0 && injector.plan.skip == event) {
        injector.stage = STEPPING;
        injector.result.steps = 0; /* before the second instruction: the first #DB is there */
        return X86_EFLAGS_TF;
    }
    if (injector.stage == PASSED && event == UPCALL_RECOVER && injector.plan.recovery_step &&
        !injector.result.recovery_activated && !injector.recovery_steps) {
        injector.stage = RECOVERY;
        return X86_EFLAGS_TF;
    }
    return 0;
}

static void finish(const struct inject_verdict *v)
{
    const uint32_t *n = injector.plan.name;
    struct inject_result *r = &injector.result;

    r->escapes = world_escapes();
    print("case %u,%u,%u,%u,%x,%x,%u r %u,%u,%x,%x,%u,%u,%x,%u,%u v %u,%u,%u,%u,%u,%u,%u,%u\n",
          n[0], n[1], n[2], n[3], n[4], n[5], injector.plan.recovery_step, r->activated, r->steps,
          r->eip, r->recovery_activated ? r->recovery_eip : 0, r->restarts, r->hangs, r->fault_eip,
          r->cost, r->escapes, v->lost, v->doubled, v->reordered, v->altered, v->status, v->stuck,
          v->violations, v->harmed);
    injector.stage = IDLE;
    breakpoint(false);
    world_restore(++injector.number);
}

static void arm(const struct inject_plan *plan)
{
    injector.plan = *plan;
    injector.result = (struct inject_result){0};
    injector.skip = plan->task ? plan->skip : 0;
    injector.victim = injector.stop = injector.recovery_steps = 0;
    injector.stage = WAITING;
    injector.ticks = 0;
    breakpoint(plan->task != 0);
}

/* The gate; see <ringpost/inject.h>. */
static bool requested(struct frame *f, struct task *t, uint32_t view)
{
    uint32_t op = f->eax - INJECT_MAGIC;
    void *at = inject_memory(t, f->ebx);

    if (f->vector != 3 || op < INJECT_CHECKPOINT || op > INJECT_SAY || !at)
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
        break;
    case INJECT_SAY:
        for (uint32_t i = 0; i < f->ecx && i < PAGE_SIZE - f->ebx % PAGE_SIZE; i++)
            print_char(((char *)at)[i]);
        break;
    }
    return true;
}

/* A case that makes no progress is ended by the clock: the tick finds even a CPU that idles. */
static void watch(const struct frame *f)
{
    if (injector.stage == IDLE || f->vector != VECTOR_LINE ||
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
    if (f->vector == X86_EXC_DB && ring == RING_ROUTER) {
        uint32_t hit;

        asm volatile("mov %%dr6, %0" : "=r"(hit));
        asm volatile("mov %0, %%dr6" ::"r"(0));
        if (injector.stage == STEPPING)
            return step(f, t);
        if (injector.stage == RECOVERY)
            return step_recovery(f);
        return hit & 1 && entered(f, t);
    }
    if (injector.stage == STEPPING && !(ring == RING_ROUTER && f->eflags & X86_EFLAGS_TF)) {
        injector.stage = PASSED; /* the call is over */
        f->eflags &= ~X86_EFLAGS_TF;
        return f->vector == X86_EXC_DB;
    }
    if (injector.stage == RECOVERY && !(ring == RING_ROUTER && f->eflags & X86_EFLAGS_TF))
        injector.stage = PASSED;
    return false;
}
