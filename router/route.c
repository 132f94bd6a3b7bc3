/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes, ring 1: what a handle of a task means. The registrar decides; the route cache only
 * remembers what it said, and forgets it in a restart. Handles 2 and 3 are what nano's
 * page says.
 *
 * On first use the router asks the registrar by an ordinary line in its inbox and holds the
 * entry; the answer is a message to HANDLE_ROUTER (order.c). A refusal is for the entry that waits
 * for it: it is reported once, and the next entry is asked for anew, because the registrar may say
 * something else by then. So is a route whose receiver has died: a handle is to a name, and leads
 * to whoever bears it. A revoked route stays revoked until the registrar answers for that handle
 * again.
 */
#include "route.h"
#include "held.h"
#include "inbox.h"
#include "mailbox.h"
#include "room.h"
#include "signal.h"

static enum status find_fixed(task_id_t id, enum status if_dead, struct route *found)
{
    *found = route_fixed(id);
    return mailbox_find(found->dest) ? STATUS_OK : if_dead;
}

/* The index of the entry that a refusal is for. */
static uint32_t asked_for(const struct route *row)
{
    return row->first_tag | (uint32_t)row->last_tag << 16;
}

/* What the entry's handle means now. STATUS_ROUTE: the registrar must be asked. */
enum status route_find(const struct caller *caller, const struct post *post, struct route *found)
{
    handle_t handle = post->handle;

    if (handle == HANDLE_REGISTRAR)
        return find_fixed(nano_page.registrar, STATUS_DEAD, found);
    if (handle == HANDLE_PAGER)
        return find_fixed(nano_page.pager, STATUS_PAGER_DEAD, found);
    if (!is_row(handle)) /* the rows below the first are the lane's place */
        return STATUS_NO_ROUTE;

    struct route *row = row_of(caller->slot, handle);

    *found = *row;
    if (row->incarnation != (uint16_t)nano_page.incarnation)
        return STATUS_ROUTE;
    if (found->dest == ID_ROUTER || (found->dest != ID_NOBODY && mailbox_find(found->dest)))
        return STATUS_OK;

    /* The receiver has died: another task may bear its name by now, and the registrar knows. */
    enum status refusal = row->dest != ID_NOBODY ? STATUS_OK : (enum status)row->badge;

    if (refusal != STATUS_REVOKED) {
        if (asked_for(row) != NUMBER_OF(post->index))
            refusal = STATUS_OK;
        *row = (struct route){0};
    }
    return refusal == STATUS_OK ? STATUS_ROUTE : refusal;
}

/* Asks the registrar about the entry's handle, once each time that it is held. Returns false. */
bool route_ask(const struct caller *caller, const struct post *post)
{
    const struct held *held = &box_of(caller->slot)->in.held;
    task_id_t registrar = nano_page.registrar;
    slot_t slot = slot_of(registrar);
    struct line ask = {.peer = NUMBER_OF(ID_ROUTER),
                       .tag = TAG_ROUTE_ASK,
                       .lines = 1,
                       .w = {0, NUMBER_OF(caller->id), NUMBER_OF(post->handle)}};

    if (!mailbox_find(registrar))
        return held_refuse(caller, post->index, STATUS_DEAD);
    if (held->reason == STATUS_ROUTE && held->index == post->index && held->peer == registrar)
        return false;
    if (!room_for(caller, slot, ID_ROUTER, 1))
        return room_hold(caller, post->index, slot, ID_ROUTER, 1);
    trace(ASK, caller->id, post->handle);
    inbox_put_ask(caller, slot, &ask);
    return held_wait(caller, post->index, STATUS_ROUTE, registrar, 0);
}

/* Fills the row, and tells the task if its entry waits for that. */
static void set_row(const struct caller *caller, task_id_t id, handle_t handle,
                    const struct route *route)
{
    struct mailbox *box = mailbox_find(id);
    slot_t slot = slot_of(id);

    if (!box)
        return;
    lane_close(slot);
    *row_of(slot, handle) = *route;
    row_of(slot, handle)->incarnation = (uint16_t)nano_page.incarnation;
    if (route->dest == ID_NOBODY) {
        row_of(slot, handle)->first_tag = (uint16_t)NUMBER_OF(box->in.held.index);
        row_of(slot, handle)->last_tag = (uint16_t)(NUMBER_OF(box->in.held.index) >> 16);
    }
    if (box->in.held.reason == STATUS_OK)
        return;
    if (box->in.held.reason == STATUS_ROUTE)
        box->in.held.reason = STATUS_OK;
    signal_raise(caller, slot, SIGNAL_HELD);
}

/* ROUTE_ANSWER: w1 task, w2 handle, w3 receiver, w4 badge, w5 rights, w6 tags; or 0, w4 why. */
enum status route_answer(const struct caller *caller, const struct line *line)
{
    const uint32_t *w = line->w;
    handle_t handle = AS_KIND(handle_t, w[2]);
    struct route route = {.dest = AS_KIND(task_id_t, w[3]), .badge = w[4]};

    if (!is_row(handle))
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
    set_row(caller, AS_KIND(task_id_t, w[1]), handle, &route);
    return STATUS_OK;
}

/* ROUTE_REVOKE: w1 task, w2 handle. */
enum status route_revoke(const struct caller *caller, const struct line *line)
{
    handle_t handle = AS_KIND(handle_t, line->w[2]);

    if (!is_row(handle))
        return STATUS_BAD;
    trace(REVOKE, line->w[1], line->w[2]);
    set_row(caller, AS_KIND(task_id_t, line->w[1]), handle,
            &(struct route){.badge = STATUS_REVOKED});
    return STATUS_OK;
}
