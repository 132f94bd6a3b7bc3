/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call gate as a task in ring 3 sees it: GATE_POST, GATE_WAIT or GATE_POST_WAIT (gates.h);
 * returns the status that the router or, after a park, nano left. The rest of libpost is
 * built on this; a task that calls it by itself sees to `looked`, signals and held entries
 * by itself.
 *
 * A task comes back with every register but ESP and EAX undefined. GCC cannot always be
 * told that EBP is lost (main has a frame pointer), so that one is kept in post_ebp: in memory
 * and not on the stack, so that debuggers know the stack at the restart point. Inline,
 * because the store of the restart point is cheaper than a call and a return.
 */
#ifndef POST_GATE_H
#define POST_GATE_H

#include <stddef.h>
#include <stdint.h>
#include <ringpost/mailbox.h>

extern uint32_t post_ebp;

static inline unsigned post_gate(unsigned operation, uint32_t deadline)
{
    asm volatile("movl %%ebp, post_ebp\n\t"
                 "movl $1f, %c[eip]\n\t"
                 "movl %%esp, %c[esp]\n\t"
                 "lcall %[gate], $0\n"
                 "1:\tmovl post_ebp, %%ebp"
                 : "+a"(operation), "+d"(deadline)
                 : [eip] "i"(OWN_MAILBOX + offsetof(struct mailbox, out.restart_eip)),
                   [esp] "i"(OWN_MAILBOX + offsetof(struct mailbox, out.restart_esp)),
                   [gate] "i"(SEL_CALL_GATE)
                 : "ebx", "ecx", "esi", "edi", "cc", "memory");
    return operation;
}

#endif
