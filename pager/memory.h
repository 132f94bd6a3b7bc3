/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages and page tables of a task: to map, to clear, to find. */
#pragma once

#include "task.h"

void *memory_own(uint32_t pager, uint32_t bytes);
enum status memory_table(struct task *t, uint32_t address);
enum status memory_map(struct task *t, uint32_t address, uint32_t rights);
bool memory_clear(struct task *t, uint32_t *from, uint32_t to, uint32_t steps);
void memory_trim(struct task *t, uint32_t from, uint32_t to);
void memory_trim_all(struct task *t, uint32_t from, uint32_t to);
uint32_t memory_mapped(struct task *t, uint32_t from, uint32_t to, uint32_t *rights);

/* load.c */
const char *load(struct task *t, const void *image, uint32_t bytes, enum status *status);
enum status load_arguments(struct task *t, const struct arguments *a, uint32_t *esp);
