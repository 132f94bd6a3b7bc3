/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame table: one type for each 4 KiB frame of memory, and nothing else. It holds
 * no owner (the page tables do), or moving a table would cost 512 updates.
 *
 * The invariant: a user frame is FRAME_FREE and mapped nowhere, or FRAME_MAPPED and mapped at
 * exactly one place in the whole system. Every change of a mapping changes the type with it.
 *
 * Plain C on a plain array: also built on the host, for tests.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/types.h>

#define FRAMES_MAX (0xC0000000u / 4096) /* memory above 3 GiB is not used */

enum frame_type {
    FRAME_RESERVED, /* no memory, or the firmware's  */
    FRAME_NANO,     /* nano, gatehouse, its own tables */
    FRAME_ROUTER,   /* router and what only it maps  */
    FRAME_TABLE,    /* page tables and directories of tasks */
    FRAME_MAILBOX,  /* headers, rings, nameplates    */
    FRAME_FREE,     /* user, mapped nowhere          */
    FRAME_MAPPED,   /* user, mapped once             */
    FRAME_TYPES
};

void frame_set(frame_t frame, uint32_t count, enum frame_type type);
enum frame_type frame_type(frame_t frame); /* RESERVED beyond the table */
bool frame_is(frame_t frame, enum frame_type type);

/*
 * Takes `count` consecutive free frames, the lowest there are, and gives them `type`.
 * Returns the first, or 0 if there is no such run. Boot only: it searches.
 */
frame_t frame_run(uint32_t count, enum frame_type type);

/* The first run of free frames at or after `from`: its first; its length in *count, 0 if none. */
frame_t frame_free_range(frame_t from, uint32_t *count);

/* The first frame beyond all that are not reserved. */
frame_t frame_end(void);

/* How many frames are of a type; of RESERVED those below frame_end(). */
uint32_t frame_count(enum frame_type type);
