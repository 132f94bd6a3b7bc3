/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines on the debug log, through nano: the pager starts before the console, and must be able to
 * speak when the console is dead. A line is cut at LOG_MAX bytes.
 */
#pragma once

#include <post.h>

#define LOG_MAX 160

extern char log_text[LOG_MAX];

void log_write(void); /* log_text, and a newline */
_Noreturn void log_power_off(void);

#define log_line(...) (post_format(log_text, LOG_MAX, __VA_ARGS__), log_write())

/* The last line of a system that cannot go on. */
#define log_stop(...)                                                                              \
    do {                                                                                           \
        log_line(__VA_ARGS__);                                                                     \
        log_power_off();                                                                           \
    } while (0)
