/* SPDX-License-Identifier: BSD-2-Clause */
/* What main and the servers of the async test agree on. */
#ifndef SERVER_H
#define SERVER_H

#include "post.h"

#define HOLD_MOST 128

#define TAG_HOLD 100 /* CALL; w1 number: kept until GO -> w1 number * 3                     */
#define TAG_GO                                                                                     \
    101 /* w0 seed, w1 letters: answers all that is kept in a random order, and sends              \
           so many LETTERs to main between the answers                         */
#define TAG_TOLD                                                                                   \
    102                /* CALL -> w1 status, then since the last one: w2 kept, w3 cancels of calls \
                          that were kept, w4 replies refused with NO_CALL, w5 replies delivered */
#define TAG_DIE    103 /* ends, with no answer                                                */
#define TAG_LETTER 104 /* w0 0, 1, 2, ... */

/* Numerical Recipes' generator: the same on both sides, from a seed. */
static inline uint32_t random_below(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

#endif
