/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals and waking, ring 1. A signal bit is pending while it differs between in.signals and
 * the task's `seen`; raising flips it only if it is not pending, so none is lost.
 *
 * A task that is free and is not the caller is parked (in an upcall nobody runs, and nano has
 * queued whom it interrupted). Waking notes it in the wake list, which nano reads at
 * the next PARK or trap from ring 3. The list's last place is kept for the caller's own yield.
 */
#include "signal.h"
#include "lane.h"
#include "mailbox.h"

struct waking waking;

void wake(const struct caller *caller, const struct task_entry *entry)
{
    uint32_t count = wake_list.count, i = 0;

    ASSERT(count <= WAKE_MAX);
    if (!(entry->state & READY_FREE) || entry->id == caller->id)
        return;
    if (caller->id != ID_NOBODY && entry->priority > entry_of(caller->slot)->priority)
        waking.yield = true;
    while (i < count && i < WAKE_MAX)
        if (wake_list.id[i++] == entry->id)
            return;
    if (count >= WAKE_MAX - 1) {
        if (!waking.owed) /* no lane opens while wakes are owed */
            lane_close_all();
        waking.owed = true;
        waking.yield = true;
        return;
    }
    wake_list.id[count] = entry->id;
    wake_list.count = count + 1;
    if (count + 1 == WAKE_MAX - 1)
        waking.yield = true;
    trace(WAKE, caller->id, entry->id);
}

/*
 * Some task was not woken because the wake list was full (nano has read it since): wakes
 * whoever is parked and has something to look at. A needless wake does no harm.
 */
void wake_owed(const struct caller *caller)
{
    waking.owed = false;
    FOR_EACH_SLOT (slot) {
        const struct mailbox *box = mailbox_in_use(slot);

        if (box && (box->in.signals != read_once(&box->out.seen) ||
                    box->in.in_tail != read_index(&box->out.looked)))
            wake(caller, entry_of(slot));
    }
}

void signal_raise(const struct caller *caller, slot_t slot, uint32_t bits)
{
    struct mailbox *box = box_of(slot);
    uint32_t pending = box->in.signals ^ read_once(&box->out.seen);

    box->in.signals ^= bits & ~pending;
    trace(SIGNAL, entry_of(slot)->id, bits);
    wake(caller, entry_of(slot));
}
