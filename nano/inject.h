/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fault injector's hooks in nano. The build chooses: with INJECT=1 they are in inject_on.c,
 * without it each is a constant that the compiler drops, so that a release has no byte of it.
 */
#pragma once

#ifdef INJECT_ON
#include "inject_on.h"
#else
#define inject_init()            ((void)0)
#define inject_trapped(f, view)  false
#define inject_upcall(event)     0u
#define inject_died(f, hang)     false
#define inject_hang_ticks(ticks) (ticks)
#endif
