/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Upcalls from nano, ring 1, in the idle view: no nameplate, nothing below 3 GiB, no caller.
 * Entered from entry.asm; each ends with PARK(0, 0), and nano offers an event again until
 * one is accepted so. Every event is bounded by the number of slots, and may come twice.
 */
#include "upcall.h"
#include "inbox.h"
#include "lane.h"
#include "ledger.h"
#include "mailbox.h"
#include "park.h"
#include "recover.h"
#include "room.h"
#include "signal.h"

static const struct caller nobody;

static void raise_if_alive(task_id_t id, uint32_t bits)
{
    if (mailbox_find(id))
        signal_raise(&nobody, slot_of(id), bits);
}

/* Sends the task in `slot` a death notice for each call that `died` had not answered. */
static void bury(slot_t slot, task_id_t died)
{
    const struct in_header *in = &box_of(slot)->in;

    for (uint32_t i = 0; i <= entry_of(slot)->out_mask; i++) {
        const struct call *call = &in->ledger[i];

        if (call->server != died)
            continue;

        struct line notice = {.peer = NUMBER_OF(ID_ROUTER),
                              .tag = STATUS_DEAD,
                              .lines = 1,
                              .flags = FLAG_REPLY | FLAG_NOTIFY,
                              .cookie = call->cookie,
                              .w = {NUMBER_OF(call->index), NUMBER_OF(died)}};

        if (room_left(slot))
            inbox_put_notice(&nobody, slot, &notice, call);
        else
            ledger_close(&nobody, entry_of(slot)->id, call->index, died);
    }
}

/* Tells the task in `slot` if its entry waits for `died`, or for the pager, who is dead. */
static void tell_waiting(slot_t slot, struct held *held, task_id_t died)
{
    if (held->reason == STATUS_MOVE && nano_page.pager == ID_NOBODY) {
        held->reason = STATUS_PAGER_DEAD;
        signal_raise(&nobody, slot, SIGNAL_HELD);
    } else if (held->reason != STATUS_OK && held->peer == died) {
        if (held->reason == STATUS_ROUTE)
            held->reason = STATUS_OK; /* so that the next registrar is asked */
        signal_raise(&nobody, slot, SIGNAL_HELD);
    }
}

/*
 * A task has ended: answers for it, and tells those that waited for it. Its own routes are
 * forgotten before the slot has a new task. Routes to it need nothing: no slot has that id now.
 */
static void gone(task_id_t id)
{
    if (!is_slot(slot_of(id)))
        return;
    lane_forget(slot_of(id));
    lane_close_to(id);
    FOR_EACH_SLOT (slot) {
        struct mailbox *box = mailbox_in_use(slot);

        if (!box)
            continue;
        tell_waiting(slot, &box->in.held, id);
        if (box->in.open_calls != 0)
            bury(slot, id);
    }
}

BY_REGISTER _Noreturn void upcall(uint32_t event, uint32_t argument)
{
    task_id_t id = AS_KIND(task_id_t, argument);

    trace(UPCALL, event, argument);
    switch (event) {
    case UPCALL_IRQ: raise_if_alive(nano_page.irq_task[argument % 16], SIGNAL_IRQ); break;
    case UPCALL_EVENT: raise_if_alive(nano_page.pager, SIGNAL_EVENT); break;
    case UPCALL_GONE: gone(id); break;
    case UPCALL_RECOVER: recover(id); break;
    }
    park(ID_NOBODY, 0);
}
