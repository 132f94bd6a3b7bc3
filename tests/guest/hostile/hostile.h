/* SPDX-License-Identifier: BSD-2-Clause */
/* What main, the villain and the bystanders of this test agree on. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "post.h"

#define TAG_SEED   100 /* CALL, villain to main -> w2 the seed of this life                 */
#define TAG_REPORT 101 /* CALL, main to a bystander -> w2 rounds, w3 wrong, w4 first wrong  */
#define TAG_PAGES  102 /* giver to taker and back; w1 the round, w2 pages                   */

/* The policy's badges: who somebody is to a bystander. */
#define BADGE_BOSS    7
#define BADGE_PARTNER 8

static inline uint32_t mixed(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7FEB352Du;
    x = (x ^ x >> 15) * 0x846CA68Bu;
    return x ^ x >> 16;
}

#endif
