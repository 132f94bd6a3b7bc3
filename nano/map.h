/* SPDX-License-Identifier: BSD-2-Clause */
/* The pager's operations on tables and pages (pager_gate.h); each returns an enum status. */
#pragma once

#include "task.h"

uint32_t view_give_table(struct task *t, uint32_t address, frame_t frame);
uint32_t view_take_table(struct task *t, uint32_t address, frame_t *frame);
uint32_t view_map(struct task *t, uint32_t address, frame_t frame, uint32_t rights);
uint32_t view_unmap(struct task *t, uint32_t address, frame_t *frame);
uint32_t view_protect(struct task *t, uint32_t address, uint32_t rights);
uint32_t view_move(struct task *from, uint32_t source, struct task *to, uint32_t target,
                   uint32_t rights, uint32_t pages);
uint32_t view_move_tables(struct task *from, uint32_t source, struct task *to, uint32_t target,
                          uint32_t rights, uint32_t tables);
