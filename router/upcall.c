/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Upcalls from nano, ring 1, in the idle view: no nameplate, nothing below 3 GiB, no caller.
 * Entered from entry.asm; each ends with PARK(0, 0), and nano offers an event again until
 * one is accepted so. Every event is bounded by the number of slots, and may come twice.
 */
#include "router.h"

static void raise_if_alive(uint32_t id, uint32_t bits)
{
    if (mailbox_find(id))
        signal_raise(TASK_SLOT(id), bits);
}

/*
 * A task has ended: answers for it, and tells those that waited for it. Its own routes are
 * forgotten before the slot has a new task. Routes to it need nothing: no slot has that id now.
 */
static void gone(uint32_t id)
{
    if (TASK_SLOT(id) == 0 || TASK_SLOT(id) >= nano_page.tasks)
        return;
    route_forget(TASK_SLOT(id));
    lane_close_to(id);
    for (uint32_t slot = 1; slot < nano_page.tasks; slot++) {
        struct mailbox *box = mailbox_in_use(slot);

        if (!box)
            continue;
        if (box->in.held.reason == STATUS_MOVE && nano_page.pager == ID_NOBODY) {
            box->in.held.reason = STATUS_PAGER_DEAD;
            signal_raise(slot, SIGNAL_HELD);
        } else if (box->in.held.reason != STATUS_OK && box->in.held.peer == id) {
            if (box->in.held.reason == STATUS_ROUTE)
                box->in.held.reason = STATUS_OK; /* so that the next registrar is asked */
            signal_raise(slot, SIGNAL_HELD);
        }
        if (box->in.open_calls != 0)
            ledger_bury(directory[slot].id, id);
    }
}

BY_REGISTER _Noreturn void upcall(uint32_t event, uint32_t argument)
{
    me.id = me.slot = ID_NOBODY;
    trace(UPCALL, event, argument);
    switch (event) {
    case UPCALL_IRQ: raise_if_alive(nano_page.irq_task[argument % 16], SIGNAL_IRQ); break;
    case UPCALL_EVENT: raise_if_alive(nano_page.pager, SIGNAL_EVENT); break;
    case UPCALL_GONE: gone(argument); break;
    case UPCALL_RECOVER: recover(argument); break;
    }
    park(0, 0);
}
