/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tracing on: one record of 16 bytes for each event. Ring 1; see trace.h. The place is
 * checked before use, because the ring's page outlives a router that went wrong.
 */
#pragma once

#include <ringpost/trace.h>

extern struct trace_ring trace_ring;

static inline void trace_write(uint32_t event, uint32_t task, uint32_t argument)
{
    uint32_t place = trace_ring.place < TRACE_RECORDS ? trace_ring.place : 0;

    trace_ring.record[place] = (struct trace_record){trace_ring.sequence++, event, task, argument};
    trace_ring.place = place + 1;
}

#define trace(event, task, argument) trace_write(TRACE_##event, task, argument)

/*
 * With DEBUG=1 a refusal leaves its place too: the address of a text "file:line" in the router's
 * constants, which GDB finds in the router's image.
 */
#ifdef DEBUG_ON
#include <ringpost/assert.h>
#define trace_refusal(task) trace_write(TRACE_REFUSE, task, (uint32_t)ASSERT_PLACE(__LINE__))
#else
#define trace_refusal(task) ((void)0)
#endif
