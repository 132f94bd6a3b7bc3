/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the gate that are not the fast path's. */
#ifndef ROUTER_DRAIN_H
#define ROUTER_DRAIN_H

#include "park.h"

/* Has the caller seen all signals and all mail? */
static inline bool has_seen_all(const struct in_header *in)
{
    const struct out_header *out = out_of(opaque(in)); /* a register, not a place on the stack */

    return in->signals == read_once(&out->seen) && in->in_tail == read_index(&out->looked);
}

/* May the caller park at once, after a message by the fast path? */
static inline bool can_park(const struct in_header *in)
{
    return has_seen_all(in) && wake_list.count == 0;
}

/* Parks the caller; `to` runs next. It need not be parked: nano looks. */
static inline _Noreturn void park_for(struct in_header *in, task_id_t to, uint32_t deadline)
{
    in->counters.parked++;
    trace(PARK, nameplate.id, to);
    park(to, deadline);
}

uint32_t call_drain(struct in_header *in, uint32_t op, uint32_t deadline);
uint32_t call_slowly(struct in_header *in, uint32_t op, uint32_t deadline);
uint32_t end_slowly(struct in_header *in, uint32_t op, uint32_t deadline, task_id_t woken);

#endif
