/* SPDX-License-Identifier: BSD-2-Clause */
/* The invariants of frames and views, checked by walking everything. */
#pragma once

#include <stdint.h>

/* Returns how many violations there are; each is a line on the debug port. */
uint32_t check_invariants(void);
