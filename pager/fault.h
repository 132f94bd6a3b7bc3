/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of tasks, as nano tells them. */
#pragma once

#include "task.h"

void fault_events(void);
void fault_stop(struct task *t, const struct fault *f);
