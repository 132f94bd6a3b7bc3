/* SPDX-License-Identifier: BSD-2-Clause */
/* A router that dies again and again, and on whose behalf; see culprit.c. */
#pragma once

#include "task.h"

/*
 * The router died at `eip` on behalf of `id` (or nobody), which it was entered for at the tick
 * `entered`. Stops that task, or does not return, if this has been so for long enough.
 */
void culprit_judge(task_id_t id, uint32_t entered, uint32_t eip);

void culprit_recovered(void); /* RECOVER was accepted */
