/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Upcalls: ring 0 tells the router, in the idle view, what it owes it (owed.h). If the router dies
 * in between, the event is still owed and is offered again.
 */
#pragma once

#include "task.h"

bool upcall_running(void);
bool upcall_recovering(void); /* the running upcall is RECOVER */

void upcall_accept(void);          /* the router PARKed in the idle view */
uint32_t upcall_died(void);        /* how often in this one; 0: none was running */
_Noreturn void upcall_start(void); /* the most urgent one that is owed */
