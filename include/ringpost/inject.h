/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The injector's gate, in builds with INJECT=1 only: int3 from ring 3 with EAX = INJECT_MAGIC
 * plus an operation. In any other build that is an ordinary #BP, the task's own fault.
 *
 * A campaign is a loop around a checkpoint. CHECKPOINT copies the whole machine (nano's
 * data, the router, all mailboxes, all that tasks can write) and returns 0; ARM says what is to
 * go wrong from now on; whoever judges the case calls VERDICT, by which nano prints one line,
 * restores everything, and lets CHECKPOINT return once more, with the next number.
 * Only the `keep` area of the task that made the checkpoint is as it was at ARM.
 *
 *   CHECKPOINT  EBX address, ECX words of the keep area: in one page  -> EAX number
 *   ARM         EBX address of a struct inject_plan: in one page
 *   RESULT      EBX address of a struct inject_result: in one page
 *   VERDICT     EBX address of a struct inject_verdict: in one page; returns only if nothing is
 *               armed, and then it has looked for damage of the cases before
 *   SAY         EBX address, ECX bytes: text for the debug port, in one page
 *   BACK        EBX address of a struct inject_back: in one page -> EAX what was set back
 *   TRACE       EBX address, ECX words: in one page. What the last traced case met -> EAX how many
 */
#ifndef RINGPOST_INJECT_H
#define RINGPOST_INJECT_H

#include <stdint.h>

#define INJECT_MAGIC 0x1A7EC700u

/*
 * Where everything that comes round starts in this build: ring indices, the generations of ids, the
 * tick. So whatever compares two of them otherwise than by their difference is found.
 */
#define INJECT_START_INDEX      0xFFFFFFFEu
#define INJECT_START_GENERATION 0xFFF0u
#define INJECT_START_TICK       (0x80000000u - 200)

enum inject_op {
    INJECT_CHECKPOINT = 1,
    INJECT_ARM,
    INJECT_RESULT,
    INJECT_VERDICT,
    INJECT_SAY,
    INJECT_TRACE,
    INJECT_BACK,
};

/*
 * What prepares a case goes past these places, so right before the checkpoint each task's rings,
 * if they rest, and the tick, if nobody has a deadline, are set back.
 */
struct inject_back {
    uint32_t task;
    uint32_t index;     /* of both rings                                            */
    uint32_t clock;     /* not 0: the tick, too                                     */
    uint32_t out_limit; /* addresses of libpost's post_out_limit and post_in_limit  */
    uint32_t in_limit;
};
#define INJECT_BACK_OUTBOX 1 /* was set back */
#define INJECT_BACK_INBOX  2
#define INJECT_BACK_CLOCK  4
#define INJECT_BACK_TICK   0x7FFFFFFFu

/*
 * A traced case notes at which instructions something happened, so that a campaign need not run
 * what cannot differ: STORES and RECOVERY after each change of a mailbox (a death between two
 * changes finds what the death after the first finds, because recovery reads nothing else),
 * READS at each read of the word `watch` (a change between two reads is seen by the second).
 * CODE prints a bit for each byte of the router at which an instruction began, whoever called.
 */
enum inject_trace {
    INJECT_TRACE_NOTHING,
    INJECT_TRACE_STORES,   /* of the call                                     */
    INJECT_TRACE_RECOVERY, /* of the recovery after the kill                  */
    INJECT_TRACE_READS,    /* of the call: of the word at address `watch`     */
    INJECT_TRACE_CODE,     /* of everything until the verdict                 */
};
#define INJECT_TRACE_MAX 1000 /* entries; the first is always 0 */

/* What happens at the chosen instruction, before it is executed. */
enum inject_action {
    INJECT_NOTHING,   /* only count the instructions                              */
    INJECT_KILL,      /* as if it were #UD                                        */
    INJECT_HANG,      /* it becomes a jump to itself                              */
    INJECT_IRQ,      /* an interrupt; value: the line (0: a tick)                */
    INJECT_REGISTER,  /* flips bit `value` of register `where` (enum inject_register) */
    INJECT_FLIP,      /* flips bit `value` of the word at address `where`         */
    INJECT_WRITE,     /* changes the word at `where` in one of eight ways: `value` */
    INJECT_STOP,      /* task `where` faults                                      */
    INJECT_STOP_KILL, /* the same, and the router dies                            */
    INJECT_ACTIONS
};

enum inject_register {
    INJECT_EAX, INJECT_EBX, INJECT_ECX, INJECT_EDX, INJECT_ESI, INJECT_EDI, INJECT_EBP, INJECT_ESP,
    INJECT_EIP, INJECT_EFLAGS, INJECT_REGISTERS
};

/*
 * Addresses are linear, in the view of `task`; a page that is read-only there is written all
 * the same. For WRITE and READS an address below PROGRAM_BASE is an offset into the lines that the
 * task has posted when the call begins. An upcall is named by task 0 and skip = enum upcall.
 */
struct inject_plan {
    uint32_t name[6]; /* campaign, operation, state, step, where, value: printed back  */
    uint32_t task;    /* in whose call; 0: in the upcall `skip`                        */
    uint32_t skip;    /* gate calls of that task that go by first                     */
    uint32_t step;    /* instructions of the router that go by first                   */
    uint32_t action;
    uint32_t where;
    uint32_t value;
    uint32_t recovery_step; /* not 0: killed again in the recovery, that many steps on  */
    uint32_t repeat;        /* so often again, in the next calls of the same task       */
    uint32_t patience;      /* ticks until the case counts as stuck                      */
    uint32_t trace;         /* enum inject_trace                                         */
    uint32_t watch;         /* an address                                                */
};

struct inject_result {
    uint32_t activated;       /* the chosen instruction was reached                   */
    uint32_t steps;           /* instructions of the router that went by              */
    uint32_t eip;             /* the chosen instruction                               */
    uint32_t recovery_activated; /* the same of the second death, in the recovery         */
    uint32_t recovery_eip;
    uint32_t restarts;        /* of the router since the checkpoint                   */
    uint32_t hangs;           /* the same                                             */
    uint32_t fault_eip;       /* where the router died last                           */
    uint32_t cost;            /* instructions (TSC) from the death to the victim's next call */
    uint32_t escapes;         /* bits: INJECT_ESCAPED_*                               */
    uint32_t recovery_steps;  /* instructions of a traced recovery                    */
};

#define INJECT_ESCAPED_DESCRIPTORS 1 /* GDT, IDT or the gatehouse's text differ         */
#define INJECT_ESCAPED_NANO        2 /* nano's text or constants                        */
#define INJECT_ESCAPED_TABLES      4 /* page tables                                     */
#define INJECT_ESCAPED_DIRECTORY   8 /* the task directory against nano's own records    */
#define INJECT_ESCAPED_TASKS      16 /* text or constants of a task                     */
#define INJECT_ESCAPED_MEMORY     32 /* what it can write, and nobody did; a canary     */

/*
 * A page of a task that begins with this word when the checkpoint is made is a canary: nobody has
 * reason to write it, and if it is changed, by whatever mapping, that is an escape.
 */
#define INJECT_CANARY 0xCA9A2100u

struct inject_verdict {
    uint32_t lost;       /* messages; the next three, too                             */
    uint32_t doubled;
    uint32_t reordered;
    uint32_t altered;
    uint32_t status;     /* a refusal that the sender saw, or 0                       */
    uint32_t stuck;      /* 1: no progress any more; 2: the driver is stuck (nano says) */
    uint32_t violations; /* of nano's invariants: filled in by nano                    */
    uint32_t harmed;     /* others than the parties were                              */
    uint32_t missed;     /* altered ones that their checksum does not tell; bits 16-23: only a
                            badge is another; 24-31: results or mail without a checksum */
};

#endif
