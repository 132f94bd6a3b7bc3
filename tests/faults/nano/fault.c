/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The faults themselves, ring 0, in builds with INJECT=1 only: what happens before the chosen
 * instruction, when inject.c has come to it (enum inject_action in <ringpost/inject.h>).
 */
#include "inject.h"
#include "life.h"

#define OPCODE_JMP_SELF 0xFEEB

static uint32_t *register_of(struct frame *f, uint32_t number)
{
    uint32_t *const registers[INJECT_REGISTERS] = {&f->eax, &f->ebx, &f->ecx, &f->edx, &f->esi,
                                                   &f->edi, &f->ebp, &f->esp, &f->eip, &f->eflags};

    return number < INJECT_REGISTERS ? registers[number] : NULL;
}

/* What a hostile task might make of a word. */
static uint32_t changed(uint32_t now, uint32_t way)
{
    const uint32_t ways[8] = {0,           ~0u,     now ^ 1, now + 1, now - 1, now ^ 0x80000000u,
                              0x01010001u, now + 64};

    return ways[way % 8];
}

void fault_stop_task(uint32_t id)
{
    struct task *t = task_running_id(id);

    if (t)
        task_fault(t, X86_EXC_UD, 0, 0, 0, 0);
}

/*
 * Memory that the injector is about to change. A change of a task's program memory is not
 * noted: it stands for one that the router made, to show that world_escapes() sees it.
 */
static void *writable(struct task *t, uint32_t address)
{
    void *word = inject_memory(t, address);

    if (address >= OWN_BASE)
        world_touch(word);
    return word;
}

void fault_kill(struct frame *f)
{
    f->vector = X86_EXC_UD;
    f->error = 0;
}

/* Puts the fault in. True: the router goes on; false: nano shall see the changed frame. */
bool fault_put(struct frame *f, struct task *t)
{
    const struct inject_plan *plan = &injector.plan;
    uint32_t *word;

    switch (plan->action) {
    case INJECT_STOP_KILL:
        injector.stop = plan->where; /* at the upcall: nobody is stopped while he runs */
        fault_kill(f);
        return false;
    case INJECT_KILL: fault_kill(f); return false;
    case INJECT_IRQ: f->vector = VECTOR_IRQ + plan->value % 16; return false;
    case INJECT_HANG:
        if ((word = writable(t, f->eip)))
            *(uint16_t *)word = OPCODE_JMP_SELF;
        return true;
    case INJECT_REGISTER:
        if ((word = register_of(f, plan->where)))
            *word ^= 1u << plan->value % 32;
        f->eflags &= ~X86_EFLAGS_VM; /* see faults.h: no CPU has it in ring 1 */
        return true;
    case INJECT_FLIP:
        if ((word = writable(t, plan->where)))
            *word ^= 1u << plan->value % 32;
        return true;
    case INJECT_WRITE:
        if ((word = writable(t, plan->where)))
            *word = changed(*word, plan->value);
        return true;
    case INJECT_STOP: fault_stop_task(plan->where); return true;
    }
    return true;
}
