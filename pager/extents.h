/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs of pages that a task names. extents.c says which it may. */
#pragma once

#include "task.h"

uint32_t extents_read(const struct line *in, const struct extent **list);
enum status extents_check(const struct task *t, const struct extent *list, uint32_t count);
bool extents_touch(const struct extent *list, uint32_t count, uint32_t from, uint32_t to);
