/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The string functions that GCC calls on its own, and a few more. They do what the C standard says;
 * string.c has them. Rings 0 and 3 use them, the router does not.
 */
#ifndef RINGPOST_STRING_H
#define RINGPOST_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t most);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

#endif
