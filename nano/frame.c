/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame table; see frame.h. Ring 0. Host-testable: no address, no asm. */
#include "frame.h"

static uint8_t type_of[FRAMES_MAX];
static uint32_t end_of_memory, count_of[FRAME_TYPES]; /* from the end on all are reserved */

void frame_set(uint32_t frame, uint32_t count, enum frame_type type)
{
    for (; count && frame < FRAMES_MAX; frame++, count--) {
        count_of[type_of[frame]]--;
        count_of[type]++;
        type_of[frame] = type;
    }
    if (type != FRAME_RESERVED && frame > end_of_memory)
        end_of_memory = frame;
}

enum frame_type frame_type(uint32_t frame)
{
    return frame < FRAMES_MAX ? type_of[frame] : FRAME_RESERVED;
}

bool frame_is(uint32_t frame, enum frame_type type) { return frame_type(frame) == type; }

uint32_t frame_free_range(uint32_t from, uint32_t *count)
{
    uint32_t end;

    while (from < FRAMES_MAX && type_of[from] != FRAME_FREE)
        from++;
    for (end = from; end < FRAMES_MAX && type_of[end] == FRAME_FREE; end++)
        ;
    *count = end - from;
    return from;
}

uint32_t frame_run(uint32_t count, enum frame_type type)
{
    uint32_t length;

    for (uint32_t first = frame_free_range(0, &length); length;
         first = frame_free_range(first + length, &length))
        if (length >= count) {
            frame_set(first, count, type);
            return first;
        }
    return 0;
}

uint32_t frame_end(void) { return end_of_memory; }

/* At once, because the pager may ask without end: RESERVED, which all are at first, is counted below 0. */
uint32_t frame_count(enum frame_type type)
{
    return count_of[type] + (type == FRAME_RESERVED ? end_of_memory : 0);
}
