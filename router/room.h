/* SPDX-License-Identifier: BSD-2-Clause */
/* Room in inboxes; room.c says who may have it. */
#ifndef ROUTER_ROOM_H
#define ROUTER_ROOM_H

#include "router.h"

/* in.room_wanted: the slot of the one that waits, or this. */
#define ROOM_MANY AS_KIND(slot_t, 0xFFFFFFFFu)

uint32_t room_left(slot_t slot);
bool room_for(slot_t slot, task_id_t sender, uint32_t lines);
uint32_t room_hold(const struct caller *caller, ring_index_t index, slot_t slot, uint32_t lines);
void room_tell(const struct caller *caller, slot_t slot);

#endif
