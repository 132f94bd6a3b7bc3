/* SPDX-License-Identifier: BSD-2-Clause */
/* The pager's book of free frames. frames.c says how it is kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FRAMES_MAX (0xC0000000u >> 12) /* RAM above 3 GiB is not used */

void frames_add(uint32_t first, uint32_t count);
uint32_t frames_take(void);       /* 0: none is left; frame 0 is never the pager's to give */
bool frames_give(uint32_t frame); /* false: it was free already, or never existed */
uint32_t frames_free(void);
