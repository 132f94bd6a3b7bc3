/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame table; see frame.h. Ring 0. Host-testable: no address, no asm. */
#include "frame.h"

static uint8_t type_of[FRAMES_MAX];
static uint32_t end_of_memory, count_of[FRAME_TYPES]; /* from the end on all are reserved */

void frame_set(frame_t frame, uint32_t count, enum frame_type type)
{
    uint32_t f = NUMBER_OF(frame);

    for (; count && f < FRAMES_MAX; f++, count--) {
        count_of[type_of[f]]--;
        count_of[type]++;
        type_of[f] = type;
    }
    if (type != FRAME_RESERVED && f > end_of_memory)
        end_of_memory = f;
}

enum frame_type frame_type(frame_t frame)
{
    return NUMBER_OF(frame) < FRAMES_MAX ? type_of[NUMBER_OF(frame)] : FRAME_RESERVED;
}

bool frame_is(frame_t frame, enum frame_type type) { return frame_type(frame) == type; }

frame_t frame_free_range(frame_t from, uint32_t *count)
{
    uint32_t first = NUMBER_OF(from), end;

    while (first < FRAMES_MAX && type_of[first] != FRAME_FREE)
        first++;
    for (end = first; end < FRAMES_MAX && type_of[end] == FRAME_FREE; end++)
        ;
    *count = end - first;
    return AS_KIND(frame_t, first);
}

frame_t frame_run(uint32_t count, enum frame_type type)
{
    uint32_t length;

    for (frame_t first = frame_free_range(0, &length); length;
         first = frame_free_range(frame_plus(first, length), &length))
        if (length >= count) {
            frame_set(first, count, type);
            return first;
        }
    return 0;
}

frame_t frame_end(void) { return AS_KIND(frame_t, end_of_memory); }

/* At once, because the pager may ask without end: RESERVED, which all are at first, is counted
 * below 0. */
uint32_t frame_count(enum frame_type type)
{
    return count_of[type] + (type == FRAME_RESERVED ? end_of_memory : 0);
}
