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

/* ---- What cannot be printed does not compile ------------------------------------------ */

void post_no_float(void)
    __attribute__((error("tasks have no floating point, so nothing prints it: scale to integers")));
static inline void post_can_print(void) {}

#define post_printf(...)       (POST_CHECK(__VA_ARGS__), (post_printf)(__VA_ARGS__))
#define post_format(text, ...) (POST_CHECK(__VA_ARGS__), (post_format)(text, __VA_ARGS__))

/* Each of up to 16 arguments, the format too. */
#define POST_CHECK(...)                                                                            \
    POST_PICK(__VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)(__VA_ARGS__)
#define POST_PICK(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, n, ...)   \
    POST_CHECK_##n
#define POST_CHECK_1(a)                                                                            \
    _Generic((a), float                                                                            \
             : post_no_float, double                                                               \
             : post_no_float, long double                                                          \
             : post_no_float, default                                                              \
             : post_can_print)()
#define POST_CHECK_2(a, ...)  POST_CHECK_1(a), POST_CHECK_1(__VA_ARGS__)
#define POST_CHECK_3(a, ...)  POST_CHECK_1(a), POST_CHECK_2(__VA_ARGS__)
#define POST_CHECK_4(a, ...)  POST_CHECK_1(a), POST_CHECK_3(__VA_ARGS__)
#define POST_CHECK_5(a, ...)  POST_CHECK_1(a), POST_CHECK_4(__VA_ARGS__)
#define POST_CHECK_6(a, ...)  POST_CHECK_1(a), POST_CHECK_5(__VA_ARGS__)
#define POST_CHECK_7(a, ...)  POST_CHECK_1(a), POST_CHECK_6(__VA_ARGS__)
#define POST_CHECK_8(a, ...)  POST_CHECK_1(a), POST_CHECK_7(__VA_ARGS__)
#define POST_CHECK_9(a, ...)  POST_CHECK_1(a), POST_CHECK_8(__VA_ARGS__)
#define POST_CHECK_10(a, ...) POST_CHECK_1(a), POST_CHECK_9(__VA_ARGS__)
#define POST_CHECK_11(a, ...) POST_CHECK_1(a), POST_CHECK_10(__VA_ARGS__)
#define POST_CHECK_12(a, ...) POST_CHECK_1(a), POST_CHECK_11(__VA_ARGS__)
#define POST_CHECK_13(a, ...) POST_CHECK_1(a), POST_CHECK_12(__VA_ARGS__)
#define POST_CHECK_14(a, ...) POST_CHECK_1(a), POST_CHECK_13(__VA_ARGS__)
#define POST_CHECK_15(a, ...) POST_CHECK_1(a), POST_CHECK_14(__VA_ARGS__)
#define POST_CHECK_16(a, ...) POST_CHECK_1(a), POST_CHECK_15(__VA_ARGS__)

#endif
