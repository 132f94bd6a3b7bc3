/* SPDX-License-Identifier: BSD-2-Clause */
/* When ring 1 dies: the report, the reset, what is owed afterwards. */
#pragma once

#include <stdbool.h>
#include <ringpost/pager_gate.h>
#include "task.h"

struct fault_report {
    uint32_t vector, error, address, eip, culprit, tick;
    uint32_t began, spent; /* TSC, its low half */
};

/* The router died in the view of `t`: report it, reset it, wake everybody, owe RECOVER. */
_Noreturn void router_fault(struct frame *f, struct task *t, bool hang);

/* Recovery is done: the last report gets its price. */
void router_recovered(void);

/* The n-th of all reports, or NULL if there is none (*more false) or it has been overwritten. */
const struct fault_report *fault_report(uint32_t n, bool *more);

/* Hang count: a tick in ring 1; a PARK or a trap from ring 3 (true if there was a tick inside). */
bool router_hangs(void);
bool router_came_out(void);
