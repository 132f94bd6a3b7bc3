/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recovery, ring 1, in the idle view: nano has restarted the router, and what was being done
 * is finished, or had not happened. Only mailboxes and the task directory are used, and
 * doing all this twice does no harm (README.md here, "Recovery").
 *
 * Nano makes every parked task ready itself; here the mailboxes are set right and every
 * task with something in its outbox is told to post again.
 */
#include "recover.h"
#include "inbox.h"
#include "lane.h"
#include "ledger.h"
#include "mailbox.h"
#include "signal.h"

static const struct caller nobody;

/*
 * If the last message of this inbox was committed, but its sender's outbox head does not say
 * so yet: does what comes after the commit. A run of messages that shared a commit counts
 * as one: none of them had flags, so there is nothing to settle. The last line of a long message
 * of the router's own is payload, of a task's choosing: nothing to settle either.
 */
static void finish(slot_t slot)
{
    const struct in_header *in = &box_of(slot)->in;
    uint32_t in_mask = entry_of(slot)->in_mask;
    ring_index_t tail = in->in_tail;
    const struct origin *last = &in->origins[index_place(index_minus(tail, 1), in_mask)];
    slot_t from = slot_of(last->sender);

    if (last->sender == ID_ROUTER && last->first != ORIGIN_INSIDE) {
        /* A death notice whose call may still be open. */
        inbox_settle(&nobody, slot, index_minus(tail, 1));
        return;
    }
    if (NUMBER_OF(from) >= nano_page.tasks || entry_of(from)->id != last->sender ||
        !mailbox_in_use(from))
        return;

    struct in_header *sender = &box_of(from)->in;
    uint32_t lines = index_distance(sender->out_head, last->next);

    if (lines == 0 || lines > entry_of(from)->out_mask + 1 || lines > in_mask + 1)
        return;
    trace(FINISH, last->sender, in->self);
    inbox_settle(&nobody, slot, index_minus(tail, lines));
    commit_barrier();
    sender->out_head = last->next;
}

/* Sets right what the mailbox in this slot says of itself, and tells its task. */
static void set_right(slot_t slot, struct mailbox *box)
{
    const struct task_entry *entry = entry_of(slot);

    if (box->in.abi != ABI_VERSION || box->in.out_mask != entry->out_mask ||
        box->in.in_mask != entry->in_mask || !ledger_recount(slot)) {
        mailbox_set_aside(slot);
        return;
    }
    if (box->in.watches)
        signal_raise(&nobody, slot, SIGNAL_RESTART);
    box->in.room_wanted = 0;
    if (!status_refuses(box->in.held.reason) || box->in.held.index != box->in.out_head)
        box->in.held.reason = STATUS_OK;
    if (read_index(&box->out.out_tail) != box->in.out_head)
        signal_raise(&nobody, slot, SIGNAL_HELD);
}

/* Counts what the culprit's entry has done to the router; after three times it is held for good. */
static void blame(task_id_t culprit)
{
    struct mailbox *box = mailbox_find(culprit);

    if (!box || read_index(&box->out.out_tail) == box->in.out_head)
        return;

    struct held *held = &box->in.held;

    held->kills = held->index == box->in.out_head ? held->kills + 1 : 1;
    held->index = box->in.out_head;
    if (held->kills >= KILLS_MAX)
        held->reason = STATUS_POISONED;
}

void recover(task_id_t culprit)
{
    wake_list.count = 0;
    FOR_EACH_SLOT (slot)
        if (mailbox_in_use(slot))
            finish(slot);
    FOR_EACH_SLOT (slot) {
        struct mailbox *box = mailbox_in_use(slot);

        lane_close(slot);
        if (box)
            set_right(slot, box);
    }
    blame(culprit);
}
