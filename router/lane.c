/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes and the route cache, ring 1. A lane is a task's last route, checked once and used again and
 * again by the fast path (call.c), which asks only whether it is the entry's handle and allows its
 * tag.
 *
 * So whatever would make the fast path wrong closes the lane: its route is answered anew or
 * revoked, its receiver is gone, its task's entry is held, somebody waits for room in its task's
 * inbox, somebody has still to be woken. It opens again only when nothing is the matter. A restart
 * closes all (recover.c). An open lane therefore means that both mailboxes have been taken up.
 */
#include "lane.h"

/* Opens the caller's lane for the handle, if its route is known and nothing is the matter. */
bool lane_open(struct lane *lane, handle_t handle)
{
    slot_t own = nameplate.slot;
    const struct in_header *in = &box_of(own)->in;

    lane->tags = 0;
    if (in->room_wanted != 0 || in->held.reason != STATUS_OK || in->held.kills != 0 ||
        !is_row(handle))
        return false;

    const struct route *route = row_of(own, handle);
    slot_t slot = slot_of(route->dest);
    const struct task_entry *entry = entry_of(slot);
    uint32_t priority = entry_of(own)->priority;

    if (route->incarnation != (uint16_t)nano_page.incarnation || !(route->rights & RIGHT_SEND) ||
        entry->id != route->dest || route->first_tag > route->last_tag)
        return false;
    *lane = (struct lane){.handle = handle,
                          .first = PLAIN_LINE | route->first_tag,
                          .tags = route->last_tag - route->first_tag + 1u,
                          .badge = route->badge,
                          .dest = route->dest,
                          .yield_at = entry->priority > priority ? 0 : priority + 1,
                          .to = box_of(slot),
                          .entry = entry};
    return true;
}

void lane_close(slot_t slot) { lane_of(slot)->tags = 0; }

void lane_close_to(task_id_t dest)
{
    FOR_EACH_SLOT (slot)
        if (lane_of(slot)->dest == dest)
            lane_close(slot);
}

void lane_close_all(void)
{
    FOR_EACH_SLOT (slot)
        lane_close(slot);
}

/* A new task in this slot, or none any more: its handles mean nothing yet. */
void lane_forget(slot_t slot)
{
    struct route *row = route_cache[NUMBER_OF(slot)].row;

    lane_close(slot);
    for (uint32_t i = NUMBER_OF(HANDLE_FIRST); i < HANDLES; i++)
        row[i] = (struct route){0};
}
