/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Free frames: a bit for each 4 KiB frame of the first 3 GiB, set while the frame is free.
 *
 * Ring 3, pager. Nano keeps the frame table that decides: it checks the type of every frame that
 * the pager names, so an error here costs an allocation, never a fence. The invariant: a set bit
 * is a frame of nano's type "user, free". Frames enter by frames_add (nano's list at boot) and
 * frames_give (just unmapped, or taken back as a part or table); they leave by frames_take, right
 * before nano gets them.
 *
 * `hint` is the lowest word that may have a set bit, so taking frames in a row costs one look each.
 */
#include "frames.h"

static uint32_t bits[FRAMES_MAX / 32];
static uint32_t hint = FRAMES_MAX / 32;
static uint32_t total;

bool frames_give(uint32_t frame)
{
    uint32_t word = frame / 32, bit = 1u << frame % 32;

    if (frame == 0 || frame >= FRAMES_MAX || bits[word] & bit)
        return false;
    bits[word] |= bit;
    total++;
    if (word < hint)
        hint = word;
    return true;
}

void frames_add(uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count && first < FRAMES_MAX; i++, first++)
        frames_give(first);
}

uint32_t frames_take(void)
{
    for (; hint < FRAMES_MAX / 32; hint++) {
        if (bits[hint]) {
            uint32_t bit = __builtin_ctz(bits[hint]);

            bits[hint] &= ~(1u << bit);
            total--;
            return hint * 32 + bit;
        }
    }
    return 0;
}

uint32_t frames_free(void) { return total; }
