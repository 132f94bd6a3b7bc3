/* SPDX-License-Identifier: BSD-2-Clause */
/* Room in inboxes; room.c says who may have it. */
#ifndef ROUTER_ROOM_H
#define ROUTER_ROOM_H

#include "router.h"

uint32_t room_left(slot_t slot);
bool room_look(slot_t slot);
bool room_take(slot_t slot);
bool room_for(const struct caller *caller, slot_t slot, task_id_t sender, uint32_t lines);
bool room_hold(const struct caller *caller, ring_index_t index, slot_t slot, task_id_t sender,
               uint32_t lines);
void room_leave(slot_t waiter);
void room_tell(const struct caller *caller, slot_t slot);

#endif
