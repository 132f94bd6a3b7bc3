/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages between reader, digest and teller. Both are calls; the replies come when the result
 * has been printed.
 */
#pragma once

#include <stdint.h>

#define TAG_DIGEST 96 /* CALL with pages, or without if there are none; w1 bytes -> w1 status */
#define TAG_TELL   97 /* CALL; from w1: struct digest -> w1 status                            */

struct digest {
    uint32_t lines;
    uint32_t words;
    uint32_t bytes;
    uint32_t hash_low;  /* of XXH64, seed 0 */
    uint32_t hash_high; /* of the same */
};
