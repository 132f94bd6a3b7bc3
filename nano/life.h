/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a task; see life.c. Those that answer return an enum status, as pager_gate.h says. */
#pragma once

#include "task.h"

uint32_t task_make(slot_t slot, uint32_t priority, uint32_t lines, task_id_t *id);
uint32_t task_start(struct task *t, uint32_t eip, uint32_t esp);
void task_stop(struct task *t);
uint32_t task_resume(struct task *t); /* after a fault was dealt with */
uint32_t task_retire(struct task *t);
void task_told(struct task *t);       /* the router knows that it is retired */
uint32_t task_vacate(struct task *t); /* the slot is free again */

/* A task with a fault that the pager has not fetched, which it has then; or NULL. */
struct task *task_event(void);
bool task_events(void); /* may there be more? */

/* Stops `t` with a fault that the pager will fetch. */
void task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address, uint32_t eip,
                uint32_t esp);
