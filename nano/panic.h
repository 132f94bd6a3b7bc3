/* SPDX-License-Identifier: BSD-2-Clause */
/* A panic is a bug in nano: it says where to look, leaves an epitaph, and stops. */
#pragma once

#include "entry_frame.h"

_Noreturn void panic_trap(struct frame *f, uint32_t view);

/* Left at a known symbol for a debugger or a memory dump. */
struct epitaph {
    uint32_t panicked;
    uint32_t view;
    struct frame frame;
    uint32_t cr2;
};
extern struct epitaph epitaph;
