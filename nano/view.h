/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Views: page tables of tasks, of the router, of nano itself. SDM vol. 3, 4.4 (PAE).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include "task.h"

/* Where an address stands in its directory and in its page table. */
static inline unsigned directory_index(uint32_t address) { return address / TABLE_SPAN % PTES; }
static inline unsigned page_index(uint32_t address) { return address / PAGE_SIZE % PTES; }

/* A frame's memory, through nano's identity map. */
static inline void *frame_memory(uint32_t frame) { return (void *)(uintptr_t)(frame << 12); }

/* Boot: narrows nano's own tables, makes the shared directory and the idle view. */
void view_init(bool user_fence, bool page_fence);

/* Maps and unmaps a page of the shared fourth directory; makes the table if there is none (boot
 * only: the window's tables are made beforehand). */
void view_map_shared(uint32_t address, uint32_t frame, pte_t rights);
void view_unmap_shared(uint32_t address);

/* Boot: `bytes` of zeroed memory of the router's type, mapped there without execution. */
void *view_make_shared(uint32_t address, uint32_t bytes, pte_t rights);
void view_make_shared_table(uint32_t address);

/* May a task have something mapped by the pager there? (program and landing zone) */
bool view_address_ok(uint32_t address);

/* The entry of the directory, or of the page table, for `address` in the task's view; NULL if
 * there is no directory, or no table. From 3 GiB on that is the shared directory. */
pte_t *view_directory_pte(struct task *t, uint32_t address);
pte_t *view_pte(struct task *t, uint32_t address);

/* Gives or takes one of the frames that a task is made of; each returns an enum status. */
uint32_t view_give_part(struct task *t, uint32_t part, uint32_t frame);
uint32_t view_take_part(struct task *t, uint32_t part, uint32_t *frame);
bool view_complete(const struct task *t);

/* The pager's operations on tables and pages (pager_gate.h); each returns an enum status. */
uint32_t view_give_table(struct task *t, uint32_t address, uint32_t frame);
uint32_t view_take_table(struct task *t, uint32_t address, uint32_t *frame);
uint32_t view_map(struct task *t, uint32_t address, uint32_t frame, uint32_t rights);
uint32_t view_unmap(struct task *t, uint32_t address, uint32_t *frame);
uint32_t view_protect(struct task *t, uint32_t address, uint32_t rights);
uint32_t view_move(struct task *from, uint32_t source, struct task *to, uint32_t target,
                   uint32_t rights, uint32_t pages);
uint32_t view_move_tables(struct task *from, uint32_t source, struct task *to, uint32_t target,
                          uint32_t rights, uint32_t tables);
