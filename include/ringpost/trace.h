/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace ring at TRACE_RING: fixed records, written by the router when it was built
 * with tracing on, read by GDB. The ring survives a restart of the router, so its place
 * in the ring is kept in the ring itself. There is no clock in ring 1: order only.
 */
#ifndef RINGPOST_TRACE_H
#define RINGPOST_TRACE_H

#include <stdint.h>
#include "layout.h"

enum trace_event {
#define TRACE(name, number, text) TRACE_##name = number,
#include "trace.def"
#undef TRACE
    TRACE_COUNT
};

struct trace_record {
    uint32_t sequence; /* runs free                                      */
    uint32_t event;    /* enum trace_event                               */
    uint32_t task;     /* the id that trace.def's text is about          */
    uint32_t argument; /* as the text there says                         */
};

#define TRACE_RECORDS (TRACE_PAGES * PAGE_SIZE / 16 - 1)

struct trace_ring {
    uint32_t sequence; /* of the next record                             */
    uint32_t place;    /* where it goes                                  */
    uint32_t unused[2];
    struct trace_record record[TRACE_RECORDS];
};
_Static_assert(sizeof(struct trace_ring) == TRACE_PAGES * PAGE_SIZE, "the trace ring's pages");

#endif
