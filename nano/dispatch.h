/* SPDX-License-Identifier: BSD-2-Clause */
/* Choosing and resuming: the only ways out of ring 0 but the gatehouse's short hand-off. */
#pragma once

#include "task.h"

/* Owed upcalls, then the wake list, then the highest queued task, else idle. Nobody runs when
 * this is called: the last one has been parked, queued or stopped. */
_Noreturn void dispatch(void);

/* The router's PARK(to, deadline) in the view of `t`. A tick inside ends the turn of both: `to`
 * then queues behind its equals, or two that hand over to each other would keep the CPU. */
_Noreturn void task_park(struct task *t, task_id_t to, uint32_t deadline, bool tick);

/* `t` was interrupted in ring 3: let it go on, unless somebody more important is ready, or, after
 * a tick, somebody as important. */
_Noreturn void task_go_on(struct task *t, struct frame *f, bool tick);
