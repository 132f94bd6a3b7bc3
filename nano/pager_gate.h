/* SPDX-License-Identifier: BSD-2-Clause */
/* The pager's gate: include/ringpost/pager_gate.h says what each operation does. */
#pragma once

#include "entry_frame.h"

/* Takes the operation and its arguments from the frame and leaves the results there. */
void pager_gate(struct frame *f);
