/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest tests speak TAP through the console, and end the machine with the number of
 * failures as its exit code; tests/harness/guest_test.py reads both. For the main task of a test,
 * in ring 3; other tasks of the test are asked by message.
 */
#ifndef TAP_H
#define TAP_H

#include "post.h"

static unsigned tap_count, tap_failed;

/* One result: `good`, and what was tried. Returns `good`. */
static inline bool tap_result(bool good, const char *name)
{
    tap_failed += !good;
    post_printf("%sok %u - %s\n", good ? "" : "not ", ++tap_count, name);
    return good;
}

/* The same with a name made by a format. */
static char tap_name[160];
#define tap_ok(good, ...)                                                                          \
    (post_format(tap_name, sizeof tap_name, __VA_ARGS__), tap_result(good, tap_name))

/* One result: are the two equal? Tells both if not. */
static inline bool tap_is(uint32_t value, uint32_t expected, const char *name)
{
    bool good = tap_ok(value == expected, "%s", name);
    if (!good)
        post_printf("# it is %u (0x%x), not %u (0x%x)\n", value, value, expected, expected);
    return good;
}

/* One result: is it that status? */
static inline bool tap_status(enum status status, enum status expected, const char *name)
{
    bool good = tap_ok(status == expected, "%s", name);
    if (!good)
        post_printf("# it is: %s; not: %s\n", post_status_text(status), post_status_text(expected));
    return good;
}

/* A route that the test cannot do without. */
static inline uint32_t tap_open(const char *name)
{
    int handle = post_open(name);
    if (handle < 0)
        tap_ok(false, "open %s: %s", name, post_status_text(-handle));
    return handle < 0 ? HANDLE_VOID : (uint32_t)handle;
}

/*
 * Print the plan, see it through the serial line (a WRITE that is a call is answered when
 * it has been sent), and power off. The policy must give the task BADGE_CONTROL at the pager.
 */
_Noreturn static inline void tap_end(void)
{
    struct {
        uint32_t bytes;
        char text[40];
    } plan;
    uint32_t code = tap_failed;

    plan.bytes = post_format(plan.text, sizeof plan.text, "1..%u\n", tap_count);
    post_call(tap_open("console"), TAG_WRITE, &plan, sizeof plan, NULL, 0, NULL, post_in(5000));
    post_send(tap_open("pager"), TAG_OFF, (uint32_t[]){0, code}, 8);
    for (;;)
        post_wait(POST_FOREVER);
}

#endif
