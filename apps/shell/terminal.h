/* SPDX-License-Identifier: BSD-2-Clause */
/* The shell's terminal: keys, Ctrl-C, and the line that is being typed. terminal.c says how. */
#pragma once

#include "calls.h"

#define READ_MOST 36 /* what console answers at most (protocol.h) */

/* Open the route to the console; waits for a console, because without one nobody can be told. */
void terminal_open(void);

enum terminal_event {
    TERMINAL_KEYS,  /* keys[0..*n-1] were typed */
    TERMINAL_BREAK, /* Ctrl-C was */
    TERMINAL_LOST,  /* there was no console; there may be one now */
    TERMINAL_OTHER, /* something else may have happened */
};

/* Wait for the next event. */
enum terminal_event terminal_wait(char keys[READ_MOST], unsigned *n);

/* Write `now` bytes of the text; the `shown` bytes behind them show the line anew; 0: no line. */
void terminal_line(const char *text, unsigned now, unsigned shown);

/*
 * Wait for the answer to the call of a command in the foreground (NULL: for the deadline alone).
 * False: the deadline has passed, or Ctrl-C was typed (terminal_interrupted).
 */
bool terminal_foreground(const struct open_call *c, uint32_t deadline);

/* Was Ctrl-C typed while a command ran? The whole line ends then. */
extern bool terminal_interrupted;
