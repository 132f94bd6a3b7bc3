/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gates between the rings.
 *
 * Ring 3 -> ring 1, a call gate with parameter count 0 (SDM vol. 3, 5.8.3):
 *   lcall SEL_CALL_GATE; EAX = GATE_*, EDX = absolute deadline in ticks (0: none).
 *   Before it the task puts its restart point (EIP, ESP) in its out header. Afterwards EAX =
 *   STATUS_OK, TIMEOUT, RESTARTED or BAD_OP; DS, ES, CS:EIP and SS:ESP are the task's; every other
 *   register is undefined. The task cannot tell whether the call returned or nano resumed it at its
 *   restart point. Any task may call. A tick is 1 ms. A deadline lies at most 2^31 - 1 ticks
 *   (24 days) ahead; one further away counts as passed.
 *
 *   status      what it says                                          from
 *   OK          done, or woken: look at held slot, inbox, signals     all
 *   TIMEOUT     the deadline has passed                               WAIT, POST_WAIT
 *   RESTARTED   the router died and is back: post again               all
 *   BAD_OP      no such operation; nothing was done                   anything else
 *
 *   GATE_POST       the router delivers what is in the caller's outbox, up to 64 entries
 *   GATE_WAIT       the caller is parked until a signal is pending, or its inbox tail differs from
 *                   `looked` in its out header, or the deadline passes; may return early
 *   GATE_POST_WAIT  both; the CPU goes directly to a receiver that is parked
 *
 * Ring 1 -> ring 0, an interrupt gate of DPL 1: int VECTOR_PARK; EAX = the id of the task to run
 *   next or 0, EDX = deadline or 0. It never returns to ring 1: the caller goes on in ring 3 at its
 *   restart point; an upcall ends.
 *
 * Ring 3 -> ring 0, an interrupt gate that nano answers for the pager's view only: pager_gate.h.
 */
#ifndef RINGPOST_GATES_H
#define RINGPOST_GATES_H

#define GATE_POST      1
#define GATE_WAIT      2
#define GATE_POST_WAIT 3

#endif
