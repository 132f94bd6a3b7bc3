/*
 * Copying lines, ring 1. On i386 a line is `rep movsd`; a compiler that may not call memcpy
 * and may not use vector registers does no better. The direction flag is clear: entry.asm
 * loads it, because the caller's comes through the gate.
 */
#ifndef ROUTER_COPY_H
#define ROUTER_COPY_H

#include <ringpost/message.h>

static inline void copy_words(uint32_t *to, const uint32_t *from, uint32_t words)
{
#ifdef __i386__
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
#else
    while (words--)
        *to++ = *from++;
#endif
}

/* Word 1 (tag, lines, flags) as one store. */
static inline void line_set_word1(struct line *line, uint32_t word)
{
    typedef uint32_t __attribute__((may_alias)) any_word;
    *(any_word *)&line->tag = word;
}

/* What the router does not rewrite: the cookie and the payload. */
static inline void copy_from_cookie(struct line *to, const struct line *from)
{
    copy_words(&to->cookie, &from->cookie, 1 + PAYLOAD_WORDS);
}

#endif
