/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The string functions that GCC calls on its own, and a few more, built into nano (ring 0) and into
 * libpost (ring 3). Bulk copies use the string instructions: the emulator counts one instruction
 * for each iteration, so words are four times as fast as bytes.
 *
 * The pragma keeps GCC from turning the loops into calls of the functions they implement.
 */
#include <stdint.h>
#include <ringpost/string.h>

#pragma GCC optimize("no-tree-loop-distribute-patterns")

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    void *d = to;
    const void *s = from;
    size_t words = n / 4;

    n %= 4;
    asm volatile("rep movsl" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
    asm volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    if ((uintptr_t)to - (uintptr_t)from >= n)
        return memcpy(to, from, n);
    for (char *d = to; n > 0; n--)
        d[n - 1] = ((const char *)from)[n - 1];
    return to;
}

void *memset(void *to, int byte, size_t n)
{
    void *d = to;
    uint32_t word = (uint8_t)byte * 0x01010101u;
    size_t words = n / 4;

    n %= 4;
    asm volatile("rep stosl" : "+D"(d), "+c"(words) : "a"(word) : "memory");
    asm volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(word) : "memory");
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    for (; n > 0; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

size_t strnlen(const char *s, size_t most)
{
    size_t n = 0;
    while (n < most && s[n])
        n++;
    return n;
}

size_t strlen(const char *s) { return strnlen(s, SIZE_MAX); }

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++)
        if (*a != *b || !*a)
            return (uint8_t)*a - (uint8_t)*b;
    return 0;
}

int strcmp(const char *a, const char *b) { return strncmp(a, b, SIZE_MAX); }

char *strchr(const char *s, int c)
{
    for (; *s != (char)c; s++)
        if (!*s)
            return NULL;
    return (char *)s;
}
