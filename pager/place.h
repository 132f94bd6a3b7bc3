/* SPDX-License-Identifier: BSD-2-Clause */
/* What a task's fault was about. place.c says how the pager finds out. */
#pragma once

#include <ringpost/fault.h>
#include "task.h"

enum fault_place place_of(const struct task *t, const struct fault *f);
void place_left(struct task *t, uint32_t from, uint32_t to, enum fault_place how);
