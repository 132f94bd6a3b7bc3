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

/*
 * Is nothing the matter with the caller, so that the fast path may deliver what it posts? Nobody
 * waits for room in its inbox, nothing of it is held, and none of its entries has killed the router
 * (a run would be blamed on its first line).
 */
bool lane_clear(struct lane *lane)
{
    const struct in_header *in = nameplate.in;

    lane->clear = in->room_wanted == 0 && in->held.reason == STATUS_OK && in->held.kills == 0;
    return lane->clear;
}

/* What the caller's handle means, as far as it is known. */
static struct route known_route(handle_t handle)
{
    task_id_t fixed = handle == HANDLE_PAGER       ? nano_page.pager
                      : handle == HANDLE_REGISTRAR ? nano_page.registrar
                                                   : ID_NOBODY;

    if (fixed != ID_NOBODY)
        return route_fixed(fixed);
    if (!is_row(handle) ||
        nameplate.routes->row[NUMBER_OF(handle)].incarnation != (uint16_t)nano_page.incarnation)
        return (struct route){0};
    return nameplate.routes->row[NUMBER_OF(handle)];
}

/* Opens the caller's lane for the handle, if its route is known and nothing is the matter. */
bool lane_open(struct lane *lane, handle_t handle)
{
    struct route route = known_route(handle);
    slot_t slot = slot_of(route.dest);
    const struct task_entry *entry = entry_of(slot);
    uint32_t tags = route.last_tag - route.first_tag + 1u;
    uint32_t priority = entry_of(nameplate.slot)->priority;

    lane_close(nameplate.slot);
    if (!is_slot(slot) || entry->id != route.dest || box_of(slot)->in.self != route.dest ||
        route.first_tag > route.last_tag || !lane_clear(lane))
        return false;
    lane->handle = handle;
    lane->first = PLAIN_LINE | route.first_tag;
    lane->tags = route.rights & RIGHT_SEND ? tags : 0;
    lane->calls = route.rights & RIGHT_CALL ? tags : 0;
    lane->notifies = route.rights & RIGHT_NOTIFY ? tags : 0;
    lane->badge = route.badge;
    lane->dest = route.dest;
    lane->yield_at = entry->priority > priority ? 0 : priority + 1;
    lane->to = &box_of(slot)->in;
    return true;
}

void lane_close(slot_t slot)
{
    struct lane *lane = lane_of(slot);

    lane->tags = lane->calls = lane->notifies = lane->clear = 0;
}

void lane_close_to(task_id_t dest)
{
    FOR_EACH_SLOT (slot)
        if (lane_of(slot)->dest == dest) /* open or not */
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
