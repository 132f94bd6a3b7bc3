/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is started again, and when: restart= in the manifest. restart.c says how. */
#pragma once

#include "manifest.h"

#define RESTART_CALM  10000 /* ticks that a task must live for its end to be no quick one */
#define RESTART_QUICK 5     /* quick endings in a row after which it is started again at once */
#define RESTART_FIRST 100   /* ticks of the first wait; each is twice the last one */
#define RESTART_MOST  10000 /* ticks of the longest wait */

bool restart_wanted(const struct program *p, uint32_t exit_code);
void restart_after(const struct program *p, uint32_t life);
bool restart_put_off(const struct program *p);
void restart_turn(void);
uint32_t restart_next(void);
