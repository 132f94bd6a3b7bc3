/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger of open calls, ring 1. A call's slot is the ring position of its outbox
 * index, in the caller's in header. It is open while it names a server; only that task
 * may reply, once, and the lines reserved for the reply are in in.reserved.
 *
 * A slot is filled before its call is committed and opened after it (settle()), by one store
 * either way; open_calls and reserved are never less than what the open slots need, so a
 * restart at any point leaves them safe, and recovery counts them anew. The router itself
 * replies when a server dies.
 */
#include "router.h"

/*
 * Fills the slot of a CALL to the task in `to` and reserves room for its reply; w[0] becomes the
 * index. False: the entry is held.
 */
bool ledger_prepare(struct post *post, uint32_t to)
{
    struct in_header *in = &window[me.slot].in;
    struct call *call = &in->ledger[post->index & directory[me.slot].out_mask];
    uint32_t room = post->argument ? post->argument : 1;
    uint32_t need = to == me.slot ? post->lines + room : room;

    if (room > MAX_LINES)
        return hold(post->index, STATUS_BAD, 0, 0);
    if (call->server != ID_NOBODY)
        return hold(post->index, STATUS_LEDGER, call->server, 0);
    if (room_used(&window[me.slot]) > directory[me.slot].in_mask + 1)
        return hold(post->index, STATUS_NO_ROOM, 0, 0);
    if (!room_for(me.slot, me.id, need))
        return room_hold(post->index, me.slot, need);
    post->w0 = post->index;
    call->cookie = post->cookie;
    call->index = post->index;
    call->room = room | (post->flags & FLAG_LEND ? CALL_LENT : 0);
    in->open_calls++;
    in->reserved += room;
    return true;
}

static struct call *ledger_slot(uint32_t task, uint32_t slot)
{
    struct mailbox *box = mailbox_find(task);

    return box ? &box->in.ledger[slot & directory[TASK_SLOT(task)].out_mask] : NULL;
}

/* The open call of `caller` in `slot` that my caller serves; STATUS_DEAD or STATUS_NO_CALL. */
enum status ledger_find(uint32_t caller, uint32_t slot, const struct call **found)
{
    const struct call *call = ledger_slot(caller, slot);

    if (!call)
        return STATUS_DEAD;
    if (call->server != me.id || call->index != slot)
        return STATUS_NO_CALL;
    *found = call;
    return STATUS_OK;
}

/* The call was delivered to `server`: opens the slot, or hands it on when it was forwarded. */
void ledger_assign(uint32_t caller, uint32_t slot, uint32_t server)
{
    struct call *call = ledger_slot(caller, slot);

    if (call && call->index == slot)
        call->server = server;
}

/* The reply of `server` is in the inbox: closes the slot, if that is still to be done. */
void ledger_close(uint32_t task, uint32_t slot, uint32_t server)
{
    struct call *call = ledger_slot(task, slot);

    if (!call || call->server == ID_NOBODY || call->server != server || call->index != slot)
        return;

    struct in_header *in = &window[TASK_SLOT(task)].in;

    call->server = ID_NOBODY;
    in->reserved -= call->room & ~CALL_LENT;
    in->open_calls--;
    trace(CLOSE, task, slot);
    if (in->held.reason == STATUS_LEDGER)
        signal_raise(TASK_SLOT(task), SIGNAL_HELD);
    room_tell(TASK_SLOT(task));
}

/* Answers each call of `task` that `died` was to answer with a death notice. */
void ledger_bury(uint32_t task, uint32_t died)
{
    uint32_t own = TASK_SLOT(task);
    const struct in_header *in = &window[own].in;

    for (uint32_t i = 0; i <= directory[own].out_mask; i++) {
        const struct call *call = &in->ledger[i];

        if (call->server != died)
            continue;
        if (room_left(own))
            deliver_own(own,
                        &(struct line){.tag = STATUS_DEAD,
                                       .flags = FLAG_REPLY | FLAG_NOTIFY,
                                       .cookie = call->cookie,
                                       .w = {call->index, died}},
                        ID_ROUTER, 0);
        ledger_close(task, call->index, died); /* for the notice that found no room */
    }
}

/* Counts reserved room and open calls from the slots. False: the slots contradict themselves. */
bool ledger_recount(uint32_t slot)
{
    struct in_header *in = &window[slot].in;
    uint32_t mask = directory[slot].out_mask, reserved = 0, open = 0;

    for (uint32_t i = 0; in->open_calls != 0 && i <= mask; i++) {
        const struct call *call = &in->ledger[i];
        uint32_t room = call->room & ~CALL_LENT;

        if (call->server == ID_NOBODY)
            continue;
        if ((call->index & mask) != i || room == 0 || room > MAX_LINES ||
            TASK_SLOT(call->server) >= nano_page.tasks)
            return false;
        reserved += room;
        open++;
    }
    in->reserved = reserved;
    in->open_calls = open;
    return reserved <= directory[slot].in_mask + 1;
}
