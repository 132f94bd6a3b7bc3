/* SPDX-License-Identifier: BSD-2-Clause */
/* The frames that a task is made of; see part.c. Those that answer return an enum status. */
#pragma once

#include "task.h"

uint32_t part_give(struct task *t, uint32_t part, frame_t frame);
uint32_t part_take(struct task *t, uint32_t part, frame_t *frame);
bool part_complete(const struct task *t);
