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
#include "router.h"

/* The mailbox of a live task, taken up if it is new; NULL if the task is dead. */
struct mailbox *mailbox_find(uint32_t id)
{
    uint32_t slot = TASK_SLOT(id);

    if (slot == 0 || slot >= nano_page.tasks || directory[slot].id != id)
        return NULL;
    if (window[slot].in.self != id)
        mailbox_take_up(slot);
    return &window[slot];
}

/* For walks over all slots: the mailbox in this slot if the router has taken it up, or NULL. */
struct mailbox *mailbox_in_use(uint32_t slot)
{
    uint32_t id = directory[slot].id;

    return id != 0 && window[slot].in.self == id ? &window[slot] : NULL;
}

/* `self` comes last: a restart before it takes the mailbox up again. */
void mailbox_take_up(uint32_t slot)
{
    struct in_header *in = &window[slot].in;

    route_forget(slot);
    in->self = 0;
    commit_barrier();
    *in = (struct in_header){.abi = ABI_VERSION,
                             .out_mask = directory[slot].out_mask,
                             .in_mask = directory[slot].in_mask};
    commit_barrier();
    in->self = directory[slot].id;
    trace(TAKE_UP, in->self, 0);
}

/*
 * What the router wrote in this mailbox contradicts itself. Nothing in it can be believed, so it
 * starts again where its task stands: open calls and unsent entries are lost, and the task is told so
 * until its next entry is delivered; `held.index` is the last of those lost. Mail that it has not read
 * stays, if there can be so much.
 */
void mailbox_set_aside(uint32_t slot)
{
    struct mailbox *box = &window[slot];
    uint32_t tail = box->in.in_tail, head = read_once(&box->out.in_head), watches = box->in.watches;

    mailbox_take_up(slot);
    box->in.out_head = read_once(&box->out.out_tail);
    box->in.in_tail = tail - head > box->in.in_mask + 1 ? head : tail;
    box->in.signals = read_once(&box->out.seen) ^ SIGNAL_HELD;
    box->in.held = (struct held){.reason = STATUS_RESET, .index = box->in.out_head - 1};
    box->in.watches = watches;
    trace(ASIDE, box->in.self, 0);
}
