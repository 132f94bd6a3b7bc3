/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In front of nano's tick_init(): an assertion that fails at boot. Ring 0, in an image of its own
 * (debug.mk), which tests/boot/debug_test.py boots.
 */
#include <ringpost/assert.h>
#include "task.h"
#include "tick.h"

void __real_tick_init(void);
void __wrap_tick_init(void);

void __wrap_tick_init(void)
{
    ASSERT(tasks_made == 0);
    __real_tick_init();
}
