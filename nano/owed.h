/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ring 0 owes the router, and `attention`.
 *
 * An event is owed until a PARK of the router accepts it (upcall.c). `attention`, the word beside
 * the task directory by which the gatehouse and the router decide to come the plain way, is
 * written here and nowhere else.
 */
#pragma once

#include "task.h"

void owe_irq(uint32_t irq);
void owe_event(void);
void owe_gone(void); /* some task's life is RETIRED */
void owe_recover(task_id_t culprit);

extern uint32_t owed_now; /* a bit for each event */
static inline bool owed(void) { return owed_now != 0; }
/* The most urgent event that is owed, and its argument. Only if one is. */
enum upcall owed_first(uint32_t *argument);
void owed_accepted(enum upcall event, uint32_t argument);

/* Makes the router and the gatehouse come the plain way until the next settling. */
void attention_demand(void);
/* What attention is while `t` runs: who leaves ring 0 for `t` has settled it before. */
void attention_settle(const struct task *t);
