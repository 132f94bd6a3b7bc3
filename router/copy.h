/*
 * Copying lines, ring 1. On i386 a line is sixteen `movsd`; a compiler that may not use vector
 * registers does no better. The direction flag is clear: entry.asm loads it, because the
 * caller's comes through the gate.
 */
#ifndef ROUTER_COPY_H
#define ROUTER_COPY_H

#include <ringpost/message.h>

/*
 * One line; returns where it went. Straight-line code: REP costs an instruction for setting it
 * up. The result is what EDI says afterwards, so that no other register need hold it.
 */
static inline struct line *copy_line(struct line *to, const struct line *from)
{
#ifdef __i386__
    __asm__ volatile(".rept 16; movsl; .endr" : "+D"(to), "+S"(from) : : "memory");
    return to - 1;
#else
    *to = *from;
    return to;
#endif
}

/* Word 1 (tag, lines, flags) as one store. */
static inline void line_set_word1(struct line *line, uint32_t word)
{
    typedef uint32_t __attribute__((may_alias)) any_word;
    *(any_word *)&line->tag = word;
}

#endif
