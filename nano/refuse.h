/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * REFUSE(status): return it to the pager, because its request may not be done. In a build with
 * DEBUG=1 the debug port says first which request of whom was refused, with what and where
 * (tests/debug).
 */
#pragma once

#ifdef DEBUG_ON
#include <stdint.h>
#include <ringpost/assert.h>

/* Prints, and returns `status`. */
uint32_t debug_refused(const char *place, uint32_t status);
#define REFUSE(status) return debug_refused(ASSERT_PLACE(__LINE__), status)
#else
#define REFUSE(status) return (status)
#endif
