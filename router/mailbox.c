/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mailboxes as wholes, ring 1: whose a mailbox is, taking up a new one, setting aside one
 * that went wrong.
 *
 * Nano shows a task's id in the task directory only while all pages of its mailbox are
 * mapped, so the directory is asked before a mailbox is touched. A mailbox is in use when
 * its in header carries the id that the directory does: until the router has taken it up,
 * it holds nothing (nano zeroes its frames).
 */
#include "lane.h"
#include "mailbox.h"
#include "record.h"

/* The mailbox of a live task, taken up if it is new; NULL if the task is dead. */
struct mailbox *mailbox_find(task_id_t id)
{
    slot_t slot = slot_of(id);

    if (!is_slot(slot) || entry_of(slot)->id != id)
        return NULL;
    if (box_of(slot)->in.self != id)
        mailbox_take_up(slot);
    return box_of(slot);
}

/* For walks over all slots: the mailbox in this slot if the router has taken it up, or NULL. */
struct mailbox *mailbox_in_use(slot_t slot)
{
    task_id_t id = entry_of(slot)->id;

    return id != ID_NOBODY && box_of(slot)->in.self == id ? box_of(slot) : NULL;
}

/*
 * A new mailbox is zero, as nano makes it, and its heads are where its task finds them. `self`
 * comes last: a restart before it takes the mailbox up again.
 */
void mailbox_take_up(slot_t slot)
{
    struct in_header *in = &box_of(slot)->in;
    const struct task_entry *entry = entry_of(slot);

    ASSERT(is_slot(slot));
    ASSERT(entry->in_mask == 63 || entry->in_mask == 127);
    ASSERT(entry->out_mask == 63 || entry->out_mask == 127);
    lane_forget(slot);
    in->record.dest = ID_NOBODY;
    in->record.next = in->out_head;
    in->counters.sent = NUMBER_OF(in->out_head);
    in->counters.received = in->counters.lines = NUMBER_OF(in->in_tail);
    in->out_mask = entry->out_mask;
    in->in_mask = entry->in_mask;
    in->plain_room = 0;
    in->abi = ABI_VERSION;
    commit_barrier();
    in->self = entry->id;
    trace(TAKE_UP, in->self, 0);
}

/*
 * What stands in this mailbox contradicts itself. Nothing of it can be believed, so it starts again
 * where its task stands: open calls and unsent entries are lost, and the task is told so until its
 * next entry is delivered; `held.index` is the last of those lost. Mail that it has not read stays,
 * if there can be so much. `abi` is 0 meanwhile: cut short, it is begun again.
 */
void mailbox_set_aside(slot_t slot)
{
    struct mailbox *box = box_of(slot);
    struct in_header *in = &box->in;
    const struct task_entry *entry = entry_of(slot);
    ring_index_t read = read_index(&box->out.in_head);

    in->abi = 0;
    commit_barrier();
    lane_forget(slot);
    in->notice.server = ID_NOBODY;
    for (uint32_t i = 0; i < MAX_RING; i++)
        in->ledger[i].server = ID_NOBODY;
    in->open_calls = in->reserved = 0;
    in->out_mask = entry->out_mask;
    in->in_mask = entry->in_mask;
    in->plain_room = 0;
    in->room_wanted = 0;
    commit_barrier();
    record_pass(in, read_index(&box->out.out_tail));
    if (index_distance(read, in->in_tail) > entry->in_mask + 1) {
        in->counters.received += index_distance(in->in_tail, read);
        in->counters.lines += index_distance(in->in_tail, read);
        in->in_tail = read;
    }
    in->signals = read_once(&box->out.seen) ^ SIGNAL_HELD;
    in->held = (struct held){
        .reason = STATUS_RESET, .index = index_minus(in->out_head, 1), .ask = in->held.ask};
    commit_barrier();
    in->abi = ABI_VERSION;
    trace(ASIDE, in->self, 0);
}
