/* SPDX-License-Identifier: BSD-2-Clause */
/* What the registrar asks the pager for, before it serves. */
#pragma once

#include <stdint.h>
#include <ringpost/status.h>

extern uint32_t start_pager; /* the pager's id, from start_table */

void *start_table(uint32_t pages, uint32_t *kept);
enum status start_policy(const char **text, uint32_t *bytes);
void start_dropped(uint32_t slot, uint32_t handle);
