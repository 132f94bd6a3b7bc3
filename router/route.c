/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes, ring 1: what a handle of a task means. The registrar decides; the route cache only
 * remembers what it said, and forgets it in a restart. Handles 2 and 3 are what nano's
 * page says.
 *
 * On first use the router asks the registrar by an ordinary line in its inbox and holds the
 * entry; the answer is a message to HANDLE_ROUTER (order.c). A refusal is reported once
 * and then asked anew, because the registrar may say something else by then. A revoked route
 * stays revoked until the registrar answers for that handle again.
 */
#include "router.h"

static struct route *row_of(uint32_t slot, uint32_t handle)
{
    return &route_cache[slot].row[handle];
}

static enum status find_fixed(uint32_t id, enum status if_dead, struct route *found)
{
    *found = (struct route){
        .dest = id, .rights = RIGHT_SEND | RIGHT_CALL | RIGHT_NOTIFY, .last_tag = 0xFFFF};
    return mailbox_find(found->dest) ? STATUS_OK : if_dead;
}

/* What the caller's handle means now. STATUS_ROUTE: the registrar must be asked. */
enum status route_find(uint32_t handle, struct route *found)
{
    if (handle >= HANDLES)
        return STATUS_NO_ROUTE;
    if (handle == HANDLE_REGISTRAR)
        return find_fixed(nano_page.registrar, STATUS_DEAD, found);
    if (handle == HANDLE_PAGER)
        return find_fixed(nano_page.pager, STATUS_PAGER_DEAD, found);

    struct route *row = row_of(me.slot, handle);

    *found = *row;
    if (row->incarnation != (uint16_t)nano_page.incarnation)
        return STATUS_ROUTE;
    if (found->dest == ID_ROUTER || (found->dest != ID_NOBODY && mailbox_find(found->dest)))
        return STATUS_OK;

    enum status refusal = row->dest != ID_NOBODY ? STATUS_DEAD : (enum status)row->badge;

    if (refusal != STATUS_REVOKED)
        *row = (struct route){0};
    return refusal == STATUS_OK ? STATUS_ROUTE : refusal;
}

/* Asks the registrar about the entry's handle, once for each time that it is held. Returns 0. */
uint32_t route_ask(const struct post *post)
{
    const struct held *held = &window[me.slot].in.held;
    uint32_t registrar = nano_page.registrar, slot = TASK_SLOT(registrar);

    if (!mailbox_find(registrar))
        return hold(post->index, STATUS_DEAD, 0, 0);
    if (held->reason == STATUS_ROUTE && held->index == post->index && held->peer == registrar)
        return 0;
    if (!room_for(slot, ID_ROUTER, 1))
        return room_hold(post->index, slot, 1);
    trace(ASK, me.id, post->handle);
    deliver_own(slot, &(struct line){.tag = TAG_ROUTE_ASK, .w = {0, me.id, post->handle}},
                ID_ROUTER, 0);
    return hold(post->index, STATUS_ROUTE, registrar, 0);
}

/* A new task, or none any more: its handles mean nothing yet. */
void route_forget(uint32_t slot)
{
    lane_close(slot);
    for (unsigned handle = HANDLE_FIRST; handle < HANDLES; handle++)
        *row_of(slot, handle) = (struct route){0};
}

/* Fills the row, and tells the task if its entry waits for that. */
static void set_row(uint32_t id, uint32_t handle, const struct route *route)
{
    struct mailbox *box = mailbox_find(id);

    if (!box)
        return;
    lane_close(TASK_SLOT(id));
    *row_of(TASK_SLOT(id), handle) = *route;
    row_of(TASK_SLOT(id), handle)->incarnation = (uint16_t)nano_page.incarnation;
    if (box->in.held.reason == STATUS_OK)
        return;
    if (box->in.held.reason == STATUS_ROUTE)
        box->in.held.reason = STATUS_OK;
    signal_raise(TASK_SLOT(id), SIGNAL_HELD);
}

/* ROUTE_ANSWER: w1 task, w2 handle, w3 receiver, w4 badge, w5 rights, w6 tags; or 0, w4 why. */
enum status route_answer(const struct line *line)
{
    const uint32_t *w = line->w;
    struct route route = {.dest = w[3], .badge = w[4]};

    if (w[2] < HANDLE_FIRST || w[2] >= HANDLES)
        return STATUS_BAD;
    if (route.dest == ID_NOBODY) {
        if (route.badge < STATUS_NO_ROUTE || route.badge >= STATUS_COUNT)
            route.badge = STATUS_NO_ROUTE;
    } else if (route.dest != ID_ROUTER && !mailbox_find(route.dest)) {
        route = (struct route){.badge = STATUS_DEAD};
    } else {
        route.rights = (uint16_t)w[5];
        route.first_tag = (uint16_t)w[6];
        route.last_tag = (uint16_t)(w[6] >> 16);
    }
    trace(ANSWER, w[1], w[2]);
    set_row(w[1], w[2], &route);
    return STATUS_OK;
}

/* ROUTE_REVOKE: w1 task, w2 handle. */
enum status route_revoke(const struct line *line)
{
    if (line->w[2] < HANDLE_FIRST || line->w[2] >= HANDLES)
        return STATUS_BAD;
    trace(REVOKE, line->w[1], line->w[2]);
    set_row(line->w[1], line->w[2], &(struct route){.badge = STATUS_REVOKED});
    return STATUS_OK;
}
