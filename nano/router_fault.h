/* SPDX-License-Identifier: BSD-2-Clause */
/* When ring 1 dies: the reset, and what is owed afterwards; see router_fault.c. */
#pragma once

#include <stdbool.h>
#include "task.h"

/* The router died in the view of `t`: report it, reset it, wake everybody, owe RECOVER. */
_Noreturn void router_fault(struct frame *f, struct task *t, bool hang);

/*
 * The pager's RESTART_ROUTER, an enum status: as a death between two calls, for which nobody is to
 * blame. The pager runs on when recovery is done.
 */
uint32_t router_restart(struct frame *f);

/* Hang count: a tick in ring 1; a PARK or a trap from ring 3 (true if there was a tick inside). */
bool router_hangs(void);
bool router_came_out(void);
