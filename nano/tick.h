/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock: ticks of 1 ms from the PIT, and the page by which every task reads them. */
#pragma once

#include <stdint.h>
#include <ringpost/x86.h>

#define TICK_HZ 1000

void tick_init(void);  /* programs the PIT, makes the clock page */
void tick_count(void); /* one more; wakes those whose deadline passed */
uint32_t tick_now(void);
pte_t tick_clock_pte(void);  /* the pte of the clock page in a view */
void tick_count_entry(void); /* one more entry into ring 0 that no interrupt made */
