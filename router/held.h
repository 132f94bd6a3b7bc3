/* SPDX-License-Identifier: BSD-2-Clause */
/* The held slot: why an entry stays at the outbox head. */
#ifndef ROUTER_HELD_H
#define ROUTER_HELD_H

#include "router.h"

bool held_wait(const struct caller *caller, ring_index_t index, enum status reason, task_id_t peer,
               uint32_t detail);
bool held_refused(const struct caller *caller, ring_index_t index, enum status status);

/* Every refusal of the router: in a debug build the trace tells which line refused whose entry. */
#define held_refuse(caller, index, status)                                                         \
    (trace_refusal((caller)->id), held_refused(caller, index, status))

#endif
