/* SPDX-License-Identifier: BSD-2-Clause */
/* From an address to the pte that maps it. SDM vol. 3, 4.4 (PAE). */
#pragma once

#include "task.h"

/* Where an address stands in its directory and in its page table. */
static inline unsigned directory_index(uint32_t address) { return address / TABLE_SPAN % PTES; }
static inline unsigned page_index(uint32_t address) { return address / PAGE_SIZE % PTES; }

/* What a pte, of a page or of a table, lets through. A page has what both let through. */
static inline uint32_t pte_rights(pte_t e)
{
    return (e & PTE_W ? MAP_W : 0) | (e & PTE_NX ? 0 : MAP_X);
}

/* A frame's memory, through nano's identity map. */
static inline void *frame_memory(frame_t frame)
{
    return (void *)(uintptr_t)(NUMBER_OF(frame) << 12);
}

/* The table or directory behind a pte or a directory pointer; NULL if there is none. Nano's tables
 * lie below 4 GiB. */
static inline pte_t *view_table(pte_t e)
{
    return e & PTE_P ? frame_memory(AS_KIND(frame_t, (uint32_t)e >> 12)) : NULL;
}

/* May a task have something mapped by the pager there? (program and landing zone) */
bool view_address_ok(uint32_t address);

/* The pte in the directory, or in the page table, for `address` in the task's view; NULL if
 * there is no directory, or no table. From 3 GiB on that is the shared directory. */
pte_t *view_directory_pte(struct task *t, uint32_t address);
pte_t *view_pte(struct task *t, uint32_t address);
