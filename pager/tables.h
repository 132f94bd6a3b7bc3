/* SPDX-License-Identifier: BSD-2-Clause */
/* What the pager knows of each page table of a task. tables.c says how it is kept. */
#pragma once

#include <stdint.h>
#include <ringpost/layout.h>

#define TABLES      (LANDING_END / TABLE_SPAN)
#define TABLE_PAGES (TABLE_SPAN / PAGE_SIZE)

#define TABLE_COUNT 0x0FFF /* pages that are spoken for                 */
#define TABLE_HERE  0x8000 /* nano has a page table there               */
#define TABLE_FULL  (TABLE_HERE | TABLE_PAGES)

struct tables {
    uint16_t at[TABLES];
};

void tables_add(struct tables *t, uint32_t address, uint32_t pages);
void tables_subtract(struct tables *t, uint32_t address, uint32_t pages);
void tables_set(struct tables *t, uint32_t address, uint32_t count, uint16_t value);
uint32_t tables_run(const struct tables *t, uint32_t address, uint32_t count, uint16_t value);

static inline uint32_t tables_count(const struct tables *t, uint32_t address)
{
    return t->at[address / TABLE_SPAN] & TABLE_COUNT;
}
