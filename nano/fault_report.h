/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of the router's deaths; nano keeps the last FAULT_REPORTS, see fault_report.c. */
#pragma once

#include <stdbool.h>
#include <ringpost/pager_gate.h>
#include "task.h"

struct fault_report {
    uint32_t vector;
    uint32_t error;
    uint32_t address;
    uint32_t eip;
    task_id_t culprit;
    uint32_t tick;
    uint32_t began; /* TSC, its low half */
    uint32_t spent;
};

/* The router died, as `f` says, in the view of `t`. */
const struct fault_report *fault_report_make(const struct frame *f, const struct task *t,
                                             bool hang);

/* Recovery is done: the last report gets its price. */
void fault_report_recovered(void);

/* The pager's FAULTS (pager_gate.h); an enum status. */
uint32_t fault_report_tell(struct frame *f);
