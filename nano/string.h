/* SPDX-License-Identifier: BSD-2-Clause */
/* String functions, and two that work by words. */
#pragma once

#include <ringpost/string.h>
#include <stdbool.h>

static inline bool same_words(const void *a, const void *b, size_t words)
{
    bool same;
    asm volatile("test %%ecx, %%ecx; repe cmpsl"
                 : "=@cce"(same), "+D"(a), "+S"(b), "+c"(words)::"memory");
    return same;
}
static inline void clear_page(void *page) { memset(page, 0, 4096); }
