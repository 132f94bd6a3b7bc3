/* SPDX-License-Identifier: BSD-2-Clause */
/* Views that are not a task's: nano's own, and the directory that all others share; see view.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/x86.h>

/* Boot: narrows nano's own tables, makes the shared directory and the idle view. */
void view_init(bool user_fence, bool page_fence);

/* The fourth directory pointer of every view but nano's. */
pte_t view_shared_pte(void);

/* Maps and unmaps a page of the shared fourth directory; makes the table if there is none (boot
 * only: the window's tables are made beforehand). */
void view_map_shared(uint32_t address, frame_t frame, pte_t rights);
void view_unmap_shared(uint32_t address);

/* Boot: `bytes` of zeroed memory of the router's type, mapped there without execution. */
void *view_make_shared(uint32_t address, uint32_t bytes, pte_t rights);
void view_make_shared_table(uint32_t address);
