/* SPDX-License-Identifier: BSD-2-Clause */
/* Text for the console, the part of post.h that is about it. */
#ifndef POST_TEXT_H
#define POST_TEXT_H

#include <stdarg.h>
#include "post_mailbox.h"

/*
 * Print to the console. Formats: %d %i %u %x %X %o %c %s %p %% with flags, width and precision,
 * and %ll; no floating point. One call prints at most MAX_INLINE - 8 bytes and cuts what is
 * beyond; the console prints each call's text whole. The first call opens the route "console".
 * Statuses as post_send; STATUS_DEAD while there is no console.
 */
enum status post_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum status post_vprintf(const char *format, va_list arguments);

/* The same for text that is not a format. Longer texts take several messages. */
enum status post_write(const char *text, unsigned bytes);

/*
 * Wait until all text is printed, down to the last bit on the serial line. Statuses as
 * post_call.
 */
enum status post_drain(uint32_t deadline);

/* Format into text[size]; always ends it with NUL. Returns the length without the NUL. */
int post_format(char *text, unsigned size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
