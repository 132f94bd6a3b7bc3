/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lanes, ring 1: each task's last route, checked once and used again and again by the fast path
 * (call.c), which looks at nothing but whether it is the entry's handle and allows its tag.
 *
 * So whatever would make the fast path wrong closes the lane: its route is answered anew or
 * revoked, its receiver is gone, its task's entry is held, somebody waits for room in its task's
 * inbox. It opens again only when nothing is the matter. A restart closes all (recover.c). An open
 * lane therefore means that both mailboxes have been taken up.
 */
#include "router.h"

/* Opens the caller's lane for the handle, if its route is known and nothing is the matter. */
BY_REGISTER bool lane_find(struct lane *lane, uint32_t handle)
{
    uint32_t own = nameplate.slot;
    const struct in_header *in = &window[own].in;

    lane->tags = 0;
    if (in->room_wanted != 0 || in->held.reason != STATUS_OK || me.wakes_owed ||
        handle < HANDLE_FIRST || handle >= HANDLES)
        return false;

    const struct route *route = &route_cache[own].row[handle];
    const struct task_entry *entry = &directory[TASK_SLOT(route->dest)];

    if (route->incarnation != (uint16_t)nano_page.incarnation || !(route->rights & RIGHT_SEND) ||
        entry->id != route->dest || route->first_tag > route->last_tag)
        return false;
    *lane = (struct lane){
        .handle = handle,
        .first = PLAIN_LINE | route->first_tag,
        .tags = route->last_tag - route->first_tag + 1u,
        .badge = route->badge,
        .dest = route->dest,
        .yield_at = entry->priority > directory[own].priority ? 0 : directory[own].priority + 1,
        .to = &window[TASK_SLOT(route->dest)],
        .entry = entry};
    return true;
}

void lane_close(uint32_t slot) { route_cache[slot].lane.tags = 0; }

void lane_close_to(uint32_t dest)
{
    for (uint32_t slot = 1; slot < nano_page.tasks; slot++)
        if (route_cache[slot].lane.dest == dest)
            lane_close(slot);
}

void lane_close_all(void)
{
    for (uint32_t slot = 1; slot < nano_page.tasks; slot++)
        lane_close(slot);
}
