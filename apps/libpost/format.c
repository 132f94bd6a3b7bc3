/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stb_sprintf, compiled once for all tasks, without floating point. It reads and writes
 * words at any address, which x86 allows (AC is off, CR0.AM is 0).
 */
#define STB_SPRINTF_IMPLEMENTATION
#define STB_SPRINTF_NOFLOAT
#include <stb/stb_sprintf.h>
