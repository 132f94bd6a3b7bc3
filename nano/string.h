/* The few string functions that nano uses; the usual meanings. */
#ifndef NANO_STRING_H
#define NANO_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
size_t strlen(const char *s);
int strncmp(const char *a, const char *b, size_t n);

/* Copies or clears whole words: a quarter of the instructions of the byte versions. */
static inline void copy_words(void *to, const void *from, size_t words)
{
    asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
}
static inline bool same_words(const void *a, const void *b, size_t words)
{
    bool same;
    asm volatile("test %%ecx, %%ecx; repe cmpsl"
                 : "=@cce"(same), "+D"(a), "+S"(b), "+c"(words)::"memory");
    return same;
}
static inline void clear_page(void *page)
{
    size_t words = 1024;
    asm volatile("rep stosl" : "+D"(page), "+c"(words) : "a"(0) : "memory");
}

#endif
