/* SPDX-License-Identifier: BSD-2-Clause */
/* The row of the terminal that shows a line. row.c says how. */
#pragma once

#include "edit.h"

/* Is this byte inside a character of UTF-8, not its first? */
static inline bool is_inside(char byte) { return (byte & 0xC0) == 0x80; }

/* The character before, and behind, a byte of the text. */
unsigned row_before(const struct editor *e, unsigned at);
unsigned row_behind(const struct editor *e, unsigned at);

/* Bring the terminal up to date with the text and the cursor. */
void row_draw(struct editor *e);
