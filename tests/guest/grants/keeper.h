/* SPDX-License-Identifier: BSD-2-Clause */
/* What main asks of keeper, the receiver of this test. */
#ifndef KEEPER_H
#define KEEPER_H

#include "post.h"

/*
 * KEEP   pages: kept
 * WHAT   CALL -> w1 OK, w2 runs, w3 address, w4 pages, w5 bytes, w6 messages so far, w7 sum of its
 *        bytes: of the last message that was kept or given
 * BACK   CALL; w2 0: grants the last run to main; 1: releases all of it -> w1 status
 * AREA   CALL; w2 address, w3 pages: announces this landing area -> w1 status
 * SPOIL  CALL; writes to the last run: if it is read-only, that is the end
 * GIVEN  given: kept, inline or not
 */
#define KEEPER_KEEP 96
#define TAG_WHAT    97
#define TAG_BACK    98
#define TAG_AREA    99
#define TAG_SPOIL   100
#define TAG_GIVEN   101

static inline uint32_t byte_sum(const void *data, unsigned bytes)
{
    const uint8_t *at = data;
    uint32_t sum = 0;
    while (bytes-- > 0)
        sum = sum * 31 + *at++;
    return sum;
}

#endif
