/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way out to nano, ring 1; guest only (on the host the test provides park()). An
 * interrupt gate of DPL 1 that never returns here: the stack and the registers are forgotten.
 */
#include "park.h"

BY_REGISTER _Noreturn void park(task_id_t to, uint32_t deadline)
{
    __asm__ volatile("int %2" : : "a"(NUMBER_OF(to)), "d"(deadline), "i"(VECTOR_PARK) : "memory");
    __builtin_unreachable();
}
