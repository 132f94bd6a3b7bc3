/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of numbers that must not be mixed up. For the compiler each is a plain integer; for
 * `sparse` (make lint) each is a kind of its own, so that a task id where a slot is wanted, or a
 * call index where a frame number is, is told. Arithmetic needs the functions below them.
 */
#ifndef RINGPOST_TYPES_H
#define RINGPOST_TYPES_H

#include <stdint.h>

#ifdef __CHECKER__
#define RINGPOST_KIND  __attribute__((bitwise))
#define RINGPOST_FORCE __attribute__((force))
#else
#define RINGPOST_KIND
#define RINGPOST_FORCE
#endif

typedef uint32_t RINGPOST_KIND task_id_t;    /* slot in bits 0-15, generation in bits 16-31 */
typedef uint32_t RINGPOST_KIND slot_t;       /* a place in the task directory; 0 is nobody's */
typedef uint32_t RINGPOST_KIND ring_index_t; /* counts lines, runs free, masked on use      */
typedef uint32_t RINGPOST_KIND handle_t;     /* a task's own small number for a route       */
typedef uint32_t RINGPOST_KIND frame_t;      /* a physical address >> 12                    */

/* The number in a kind, and a kind made of a number: where one is meant to become the other. */
#define NUMBER_OF(kind)     ((RINGPOST_FORCE uint32_t)(kind))
#define AS_KIND(type, word) ((RINGPOST_FORCE type)(word))

/* Task id: slot in bits 0-15, generation in bits 16-31 (never 0). */
#define TASK_ID(slot, generation)                                                                  \
    AS_KIND(task_id_t, (uint32_t)(generation) << 16 | NUMBER_OF(slot))
#define GENERATION_LAST 0xFFFFu /* a slot that has had it is never used again: no id comes twice */
#define ID_NOBODY AS_KIND(task_id_t, 0)
#define ID_ROUTER TASK_ID(0, 1) /* slot 0 is never a task's */

/* The slot of a task, and which of the slot's lives the id names. */
static inline slot_t slot_of(task_id_t id) { return AS_KIND(slot_t, NUMBER_OF(id) & 0xFFFF); }
static inline uint32_t generation_of(task_id_t id) { return NUMBER_OF(id) >> 16; }

static inline frame_t frame_at(uint32_t address) { return AS_KIND(frame_t, address >> 12); }
static inline frame_t frame_plus(frame_t frame, uint32_t frames)
{
    return AS_KIND(frame_t, NUMBER_OF(frame) + frames);
}

static inline ring_index_t index_plus(ring_index_t index, uint32_t lines)
{
    return AS_KIND(ring_index_t, NUMBER_OF(index) + lines);
}

static inline ring_index_t index_minus(ring_index_t index, uint32_t lines)
{
    return AS_KIND(ring_index_t, NUMBER_OF(index) - lines);
}

/* Lines from `from` up to `to`; right however far both have run. */
static inline uint32_t index_distance(ring_index_t from, ring_index_t to)
{
    return NUMBER_OF(to) - NUMBER_OF(from);
}

/* The place of a line in its ring, whose lines are mask + 1. */
static inline uint32_t index_place(ring_index_t index, uint32_t mask)
{
    return NUMBER_OF(index) & mask;
}

#endif
