/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way out to nano: the caller is parked, and `to` runs next, if it is not 0. An interrupt gate
 * of DPL 1 that never returns here: the stack and the registers are forgotten. On the host the
 * tests define it.
 */
#ifndef ROUTER_PARK_H
#define ROUTER_PARK_H

#include "router.h"

#ifdef __i386__
static inline _Noreturn void park(task_id_t to, uint32_t deadline)
{
    __asm__ volatile("int %2" : : "a"(NUMBER_OF(to)), "d"(deadline), "i"(VECTOR_PARK) : "memory");
    __builtin_unreachable();
}
#else
_Noreturn void park(task_id_t to, uint32_t deadline);
#endif

#endif
