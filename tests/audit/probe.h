/* SPDX-License-Identifier: BSD-2-Clause */
/* What does this engine enforce? Tried, not believed: TCG checks no segment limits. */
#pragma once

/* Tries each protection once and prints one line. Boot only, before anyone else runs. */
void probe_engine(void);
