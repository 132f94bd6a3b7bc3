/* SPDX-License-Identifier: BSD-2-Clause */
/* The line that a person is typing, which the output of tasks must not tear. typed.c says how. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Whose line is on the screen; 0: none is. */
uint32_t typed_owner(void);
void typed_forget(void);

/*
 * LINE: writes `now` bytes, and takes the `shown` bytes behind them as what shows the line. False:
 * there is no room in the queue, and nothing has changed.
 */
bool typed_set(uint32_t owner, const char *text, unsigned now, unsigned shown);

/* Before text of others: erases the row. False: there is no room in the queue for that. */
bool typed_hide(void);

/* That text has been written. */
void typed_written(const char *text, unsigned bytes);

/* Shows the line again if it is hidden; if there is no room, it stays hidden until the next time.
 */
void typed_show(void);
