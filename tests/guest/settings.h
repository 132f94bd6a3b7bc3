/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that a guest test is given: "setting NAME DEFAULT" in its expect.txt, which the
 * environment may set (tests/harness/guest_test.py). They come as the boot module `settings`,
 * NAME=NUMBER on a line each; the manifest gives it to one task.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "tap.h"

/* 0, and a failure, if there is no such setting. */
static inline uint32_t setting(const char *name)
{
    static struct post_buffer settings;
    unsigned bytes = strnlen(name, NAME_BYTES);

    if (!settings.data && post_module("settings", &settings) != STATUS_OK)
        settings.bytes = 0;
    const char *text = settings.data, *end = text + settings.bytes;
    for (const char *at = text; at + bytes + 1 < end; at++)
        if ((at == text || at[-1] == '\n') && !memcmp(at, name, bytes) && at[bytes] == '=') {
            uint32_t number = 0;

            for (at += bytes + 1; at < end && *at >= '0' && *at <= '9'; at++)
                number = number * 10 + (uint32_t)(*at - '0');
            return number;
        }
    tap_ok(false, "setting %s", name);
    return 0;
}

#endif
