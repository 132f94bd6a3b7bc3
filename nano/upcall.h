/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Upcalls: what ring 0 has to tell the router, in the idle view. An event is owed until a
 * PARK of the router accepts it; if the router dies in between it is offered again.
 */
#pragma once

#include "task.h"

void upcall_owe_irq(uint32_t irq);
void upcall_owe_event(void);
void upcall_owe_gone(void); /* some task's life is RETIRED */
void upcall_owe_recover(uint32_t culprit);
bool upcall_owed(void);
bool upcall_running(void);
bool upcall_recovering(void); /* the running upcall is RECOVER */

void upcall_accept(void);          /* the router PARKed in the idle view */
uint32_t upcall_died(void);        /* so often in this one, 0: it was none; the event stays owed */
_Noreturn void upcall_start(void); /* the most urgent one that is owed */
