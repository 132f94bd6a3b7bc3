/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a traced case meets, ring 0, in builds with INJECT=1 only; <ringpost/inject.h> says what the
 * traces are for. Called by inject.c at each instruction of ring 1: changes of mailboxes are
 * told by the dirty bits of the router's mappings of them (SDM vol. 3, 4.8), which the next CR3
 * load makes it set anew; reads of a word by a watchpoint (17.2.4), which traps after the access.
 *
 * The list outlives the case, as the injector's other data does: the campaign reads it after the
 * checkpoint has returned.
 */
#include "inject.h"
#include "print.h"
#include "string.h"

#define X86_DR6_DR1      0x2u
#define X86_DR7_GLOBAL_1 0x00F00008u /* DR1, reads and writes, 4 bytes */

bool trace_steps_all(void)
{
    return injector.plan.trace == INJECT_TRACE_STORES ||
           injector.plan.trace == INJECT_TRACE_READS ||
           (injector.plan.trace == INJECT_TRACE_RECOVERY && injector.recovered);
}

static void note(uint32_t step)
{
    if (injector.traced_count == INJECT_TRACE_MAX)
        nano_stop("the injector's trace: more than %u entries", INJECT_TRACE_MAX);
    injector.traced[injector.traced_count++] = step;
}

/*
 * Every access to the word is a #DB after its instruction. Done again after each, because QEMU
 * keeps on reporting the last one.
 */
static void watch_word(void)
{
    asm volatile("mov %0, %%dr1" ::"r"(injector.plan.watch));
    asm volatile("mov %0, %%dr7" ::"r"(X86_DR7_GLOBAL_1));
}

void trace_begin(void)
{
    injector.traced_count = 0;
    if (!trace_steps_all())
        return;
    world_written();
    if (injector.plan.trace == INJECT_TRACE_READS)
        watch_word();
    else
        note(0);
}

/* `step` instructions have gone by; the next is at f->eip. `hit`: DR6. */
void trace_step(const struct frame *f, uint32_t step, uint32_t hit)
{
    uint32_t at = f->eip - ROUTER_BASE;

    switch (injector.plan.trace) {
    case INJECT_TRACE_CODE:
        if (at < TRACED_CODE)
            injector.executed[at / 8] |= 1 << at % 8;
        break;
    case INJECT_TRACE_READS:
        if (hit & X86_DR6_DR1)
            note(step - 1);
        watch_word();
        break;
    default:
        if (world_written())
            note(step);
    }
}

/* The executed addresses, bytes of the bit map in hex; and forgets them. */
void trace_print(void)
{
    print("code ");
    for (unsigned i = 0; i < sizeof injector.executed; i++)
        print("%02x", injector.executed[i]);
    print("\n");
    memset(injector.executed, 0, sizeof injector.executed);
}
