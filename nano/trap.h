/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps, sorted; see trap.c. */
#pragma once

#include "entry_frame.h"

/* Called by gatehouse.asm for every trap, in nano's view, on nano's stack. */
_Noreturn void trap(struct frame *f, uint32_t view);
