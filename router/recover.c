/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recovery, ring 1, in the idle view: nano has restarted the router, and what was being done
 * is finished, or had not happened. Only mailboxes and the task directory are used, and
 * doing all this twice does no harm (README, "The router may die").
 *
 * Nano makes every parked task ready itself; here the mailboxes are set right and every
 * task with something in its outbox is told to post again.
 */
#include "router.h"

/*
 * If the last message of this inbox was committed, but its sender's outbox head does not say
 * so yet: does what comes after the commit. A run of messages that shared a commit counts
 * as one: none of them had flags, so there is nothing to settle. The last line of a long message
 * of the router's own is payload, of a task's choosing: nothing to settle either.
 */
static void finish(uint32_t slot)
{
    struct mailbox *box = &window[slot];
    uint32_t tail = box->in.in_tail;
    const struct origin *last = &box->in.origins[(tail - 1) & directory[slot].in_mask];
    uint32_t from = TASK_SLOT(last->sender);

    if (last->sender == ID_ROUTER && last->first != ORIGIN_INSIDE) {
        settle(slot, tail - 1); /* a death notice whose call may still be open */
        return;
    }
    if (from >= nano_page.tasks || directory[from].id != last->sender || !mailbox_in_use(from))
        return;

    uint32_t lines = last->next - window[from].in.out_head;

    if (lines == 0 || lines > directory[from].out_mask + 1 || lines > directory[slot].in_mask + 1)
        return;
    trace(FINISH, last->sender, box->in.self);
    settle(slot, tail - lines);
    commit_barrier();
    window[from].in.out_head = last->next;
}

/* Counts what the caller's entry has done to the router; after three times it is held for good. */
static void blame(uint32_t culprit)
{
    struct mailbox *box = mailbox_find(culprit);

    if (!box || read_once(&box->out.out_tail) == box->in.out_head)
        return;

    struct held *held = &box->in.held;

    held->kills = held->index == box->in.out_head ? held->kills + 1 : 1;
    held->index = box->in.out_head;
    if (held->kills >= KILLS_MAX)
        held->reason = STATUS_POISONED;
}

void recover(uint32_t culprit)
{
    wake_list.count = 0;
    for (uint32_t slot = 1; slot < nano_page.tasks; slot++)
        if (mailbox_in_use(slot))
            finish(slot);
    for (uint32_t slot = 1; slot < nano_page.tasks; slot++) {
        struct mailbox *box = mailbox_in_use(slot);

        lane_close(slot);
        if (!box)
            continue;
        if (box->in.abi != ABI_VERSION || box->in.out_mask != directory[slot].out_mask ||
            box->in.in_mask != directory[slot].in_mask || !ledger_recount(slot)) {
            mailbox_set_aside(slot);
            continue;
        }
        if (box->in.watches)
            signal_raise(slot, SIGNAL_RESTART);
        box->in.room_wanted = 0;
        if (!status_refuses(box->in.held.reason) || box->in.held.index != box->in.out_head)
            box->in.held.reason = STATUS_OK;
        if (read_once(&box->out.out_tail) != box->in.out_head)
            signal_raise(slot, SIGNAL_HELD);
    }
    blame(culprit);
}
