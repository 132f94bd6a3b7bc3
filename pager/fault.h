/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of tasks, as nano tells them. */
#ifndef PAGER_FAULT_H
#define PAGER_FAULT_H

void fault_events(void);

#endif
