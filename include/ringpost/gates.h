/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The gates between the rings.
 *
 * Ring 3 -> ring 1, a call gate with parameter count 0 (SDM vol. 3, 5.8.3):
 *   lcall SEL_CALL_GATE; EAX = GATE_*, EDX = absolute deadline in ticks (0: none).
 *   Before it the task has put its restart point (EIP, ESP) in its out header.
 *   Afterwards EAX = STATUS_OK, TIMEOUT, RESTARTED or BAD_OP; DS, ES and CS:EIP,
 *   SS:ESP are the task's; every other register is undefined. Whether the call
 *   returned or the task was resumed at its restart point does not show.
 *   Any task may call. A deadline lies at most 2^31 - 1 ticks (24 days) ahead: what is
 *   further counts as passed.
 *
 *   status      what it says                                          by which
 *   OK          done, or woken: look at held slot, inbox, signals     all
 *   TIMEOUT     the deadline has passed                               WAIT, POST_WAIT
 *   RESTARTED   the router died and is back: post again               all
 *   BAD_OP      no such operation; nothing was done                   anything else
 *
 *   GATE_POST       drain my outbox, up to 64 entries
 *   GATE_WAIT       park until a signal is pending, or the inbox tail is not what I
 *                   last looked at, or the deadline; may return early
 *   GATE_POST_WAIT  both; hands over directly to a receiver that is parked
 *
 * Ring 1 -> ring 0, an interrupt gate of DPL 1: int VECTOR_PARK; EAX = task id to
 *   run next or 0, EDX = deadline or 0. It never returns to ring 1: the caller goes
 *   on in ring 3 at its restart point; an upcall ends.
 *
 * Ring 3 -> ring 0, an interrupt gate answered for the pager's view only:
 *   pager_gate.h.
 */
#ifndef RINGPOST_GATES_H
#define RINGPOST_GATES_H

#define GATE_POST      1
#define GATE_WAIT      2
#define GATE_POST_WAIT 3

#endif
