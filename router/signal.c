/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals and waking, ring 1. A signal bit is pending while it differs between in.signals and
 * the task's `seen`; raising flips it only if it is not pending, so none is lost.
 *
 * A task that is free and is not the caller is parked (in an upcall nobody runs, and nano has
 * queued whom it interrupted). Waking notes it in the wake list, which nano reads at
 * the next PARK or trap from ring 3. The list's last place is kept for the caller's own yield.
 */
#include "router.h"

void wake(const struct task_entry *entry)
{
    uint32_t count = wake_list.count, i = 0;

    if (!(entry->state & READY_FREE) || entry->id == me.id)
        return;
    if (me.id && entry->priority > directory[me.slot].priority)
        me.yield = true;
    while (i < count && i < WAKE_MAX)
        if (wake_list.id[i++] == entry->id)
            return;
    if (count >= WAKE_MAX - 1) {
        if (!me.wakes_owed) /* no lane opens while wakes are owed */
            lane_close_all();
        me.wakes_owed = true;
        me.yield = true;
        return;
    }
    wake_list.id[count] = entry->id;
    wake_list.count = count + 1;
    if (count + 1 == WAKE_MAX - 1)
        me.yield = true;
    trace(WAKE, me.id, entry->id);
}

/*
 * Some task was not woken because the wake list was full (nano has read it since): wakes
 * whoever is parked and has something to look at. A needless wake does no harm.
 */
void wake_owed(void)
{
    me.wakes_owed = false;
    for (uint32_t slot = 1; slot < nano_page.tasks; slot++) {
        const struct mailbox *box = mailbox_in_use(slot);

        if (box && (box->in.signals != read_once(&box->out.seen) ||
                    box->in.in_tail != read_once(&box->out.looked)))
            wake(&directory[slot]);
    }
}

void signal_raise(uint32_t slot, uint32_t bits)
{
    struct mailbox *box = &window[slot];
    uint32_t pending = box->in.signals ^ read_once(&box->out.seen);

    box->in.signals ^= bits & ~pending;
    trace(SIGNAL, directory[slot].id, bits);
    wake(&directory[slot]);
}
