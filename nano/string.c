/*
 * What a freestanding compiler may call. REP MOVS and STOS by words: where instructions are
 * counted, each iteration is one.
 */
#include "string.h"

void *memcpy(void *to, const void *from, size_t n)
{
    void *d = to;
    size_t words = n / 4;

    n %= 4;
    asm volatile("rep movsl" : "+D"(d), "+S"(from), "+c"(words)::"memory");
    asm volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n)::"memory");
    return to;
}

void *memset(void *to, int value, size_t n)
{
    void *d = to;
    size_t words = n / 4;

    n %= 4;
    asm volatile("rep stosl" : "+D"(d), "+c"(words) : "a"((uint8_t)value * 0x01010101u) : "memory");
    asm volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(value) : "memory");
    return to;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

int strncmp(const char *a, const char *b, size_t n)
{
    while (n && *a && *a == *b)
        a++, b++, n--;
    return n ? (uint8_t)*a - (uint8_t)*b : 0;
}
