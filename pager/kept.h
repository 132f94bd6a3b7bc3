/* SPDX-License-Identifier: BSD-2-Clause */
/* What outlives a task: pages and modules for the next one of its name. kept.c says how. */
#pragma once

#include "task.h"
#include <ringpost/boot_info.h>

bool kept_for(const struct program *p);
enum status kept_give(struct task *t, uint32_t pages, uint32_t *address, uint32_t *kept);
void kept_take(struct task *t);
enum status kept_copy(struct task *t, const struct boot_module *m, uint32_t *address);
