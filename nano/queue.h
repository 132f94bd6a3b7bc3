/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs next: one queue for each priority, and deadlines. A task is in a queue exactly while
 * its readiness is QUEUED.
 */
#pragma once

#include "task.h"

void queue_put(struct task *t, bool first); /* sets QUEUED */
struct task *queue_take(void);              /* the first of the highest priority, or NULL */
void queue_remove(struct task *t);          /* wherever it stands; QUEUED only */
uint32_t queue_highest(void);               /* 0: nobody is queued */

/* A parked task (FREE or SPECIAL) becomes queued and will see `result`; others are left alone. */
void task_wake(struct task *t, uint32_t result, bool first);

/* The task will be woken with TIMEOUT when the clock reaches its deadline. */
void deadline_arm(struct task *t, uint32_t deadline);
void deadline_disarm(struct task *t);
void deadlines_pass(uint32_t now);
