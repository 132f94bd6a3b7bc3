/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger of open calls, ring 1. What identifies an open call is its call index, the outbox
 * index of the CALL; its slot is the ring position of that, in the caller's in header. It is open
 * while it names a server; only that task may reply, once, and the lines reserved for the reply are
 * in in.reserved.
 *
 * A slot is filled before its call is committed and opened after it (inbox_settle()), by one store
 * either way; open_calls and reserved are never less than what the open slots need, so a
 * restart at any point leaves them safe, and recovery counts them anew. The router itself
 * replies when a server dies (upcall.c).
 */
#include "ledger.h"
#include "held.h"
#include "mailbox.h"
#include "room.h"
#include "signal.h"

/*
 * Fills the slot of a CALL to the task in `to` and reserves room for its reply; w[0] becomes the
 * call index. False: the entry is held.
 */
bool ledger_prepare(const struct caller *caller, struct post *post, slot_t to)
{
    slot_t own = caller->slot;
    struct in_header *in = &box_of(own)->in;
    struct call *call = &in->ledger[index_place(post->index, entry_of(own)->out_mask)];
    uint32_t room = post->argument ? post->argument : 1;
    uint32_t need = to == own ? post->lines + room : room;

    if (room > MAX_LINES)
        return held_refuse(caller, post->index, STATUS_BAD);
    if (call->server != ID_NOBODY)
        return held_wait(caller, post->index, STATUS_LEDGER, call->server, 0);
    if (room_used(box_of(own)) > entry_of(own)->in_mask + 1)
        return held_refuse(caller, post->index, STATUS_NO_ROOM);
    if (!room_for(caller, own, caller->id, need))
        return room_hold(caller, post->index, own, caller->id, need);
    post->w0 = NUMBER_OF(post->index);
    call->cookie = post->cookie;
    call->index = post->index;
    call->room = room | (post->flags & FLAG_LEND ? CALL_LENT : 0);
    in->open_calls++;
    in->reserved += room;
    in->plain_room = 0;
    return true;
}

/* The slot of `caller` for the call index; NULL if the task is dead. */
struct call *ledger_slot(task_id_t caller, ring_index_t index)
{
    struct mailbox *box = mailbox_find(caller);

    return box ? &box->in.ledger[index_place(index, entry_of(slot_of(caller))->out_mask)] : NULL;
}

/* The open call of `caller` with this index, if `server` is to answer it; STATUS_DEAD or
 * STATUS_NO_CALL. */
enum status ledger_find(const struct caller *server, task_id_t caller, ring_index_t index,
                        const struct call **found)
{
    const struct call *call = ledger_slot(caller, index);

    if (!call)
        return STATUS_DEAD;
    if (call->server != server->id || call->index != index)
        return STATUS_NO_CALL;
    *found = call;
    return STATUS_OK;
}

/* The caller's own call was delivered to `server`: opens the slot that ledger_prepare() filled. */
void ledger_open(task_id_t caller, ring_index_t index, task_id_t server)
{
    struct call *call = ledger_slot(caller, index);

    if (call && call->index == index)
        call->server = server;
}

/* The call was passed on: if it is open, and `from` was to answer it, `server` is from now on. */
void ledger_hand_on(task_id_t caller, ring_index_t index, task_id_t from, task_id_t server)
{
    struct call *call = ledger_slot(caller, index);

    if (call && call->server == from && call->index == index)
        call->server = server;
}

/* The reply of `server` to `task` is in the inbox: closes the slot, if that is still to be done. */
void ledger_close(const struct caller *caller, task_id_t task, ring_index_t index, task_id_t server)
{
    struct call *call = ledger_slot(task, index);
    slot_t slot = slot_of(task);

    if (!call || call->server == ID_NOBODY || call->server != server || call->index != index)
        return;

    struct in_header *in = &box_of(slot)->in;

    call->server = ID_NOBODY;
    in->reserved -= call->room & ~CALL_LENT;
    in->open_calls--;
    trace(CLOSE, task, NUMBER_OF(index));
    if (in->held.reason == STATUS_LEDGER)
        signal_raise(caller, slot, SIGNAL_HELD);
    room_tell(caller, slot);
}

/* Counts reserved room and open calls from the slots. False: the slots contradict themselves. */
bool ledger_recount(slot_t slot)
{
    struct in_header *in = &box_of(slot)->in;
    uint32_t mask = entry_of(slot)->out_mask, reserved = 0, open = 0;

    for (uint32_t i = 0; in->open_calls != 0 && i <= mask; i++) {
        const struct call *call = &in->ledger[i];
        uint32_t room = call->room & ~CALL_LENT;

        if (call->server == ID_NOBODY)
            continue;
        if (index_place(call->index, mask) != i || room == 0 || room > MAX_LINES ||
            NUMBER_OF(slot_of(call->server)) >= nano_page.tasks)
            return false;
        reserved += room;
        open++;
    }
    in->reserved = reserved;
    in->open_calls = open;
    return reserved <= entry_of(slot)->in_mask + 1;
}
