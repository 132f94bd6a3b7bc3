/* SPDX-License-Identifier: BSD-2-Clause */
/* Which I/O ports and interrupt lines a task may ever be given. */
#pragma once

#include <stdbool.h>
#include "task.h"

bool irq_grantable(uint32_t irq);
uint32_t ports_grant(struct task *t, uint32_t first, uint32_t count);
