/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways out of ring 0; see leave.asm. */
#pragma once

#include "entry_frame.h"

/* Loads a view and goes to where `f`, on the entry stack, says. */
_Noreturn void leave(struct frame *f, uint32_t view);

/* Waits in a view for an interrupt, which finds nano at one of the two labels. */
_Noreturn void idle(uint32_t view);
extern uint8_t idle_halts[], idle_halted[];

/* Ring-0 instructions that may fault on behalf of a task. */
extern const uint32_t blamed_start[], blamed_end[];

extern uint32_t nano_view_cr3; /* of nano's own view; read by gatehouse.asm */
