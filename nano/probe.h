/* SPDX-License-Identifier: BSD-2-Clause */
/* What does this engine enforce? Tried, not believed: TCG checks no segment limits. */
#pragma once

#include <stdbool.h>
#include "trap.h"

/* Tries each protection once and prints one line. Boot only, before anyone else runs. */
void probe_engine(void);

/* Any trap: if a probe is being tried, its frame is changed to go on behind it. */
bool probe_trapped(struct frame *f);
