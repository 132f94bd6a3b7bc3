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
#include "record.h"
#include "room.h"
#include "signal.h"

static const struct caller nobody;

/* The mailbox in this slot, if it is in use; most slots are empty. */
static inline struct mailbox *find(slot_t slot)
{
    return entry_of(slot)->id != ID_NOBODY ? mailbox_in_use(slot) : NULL;
}

/* Is a message or a death notice under way with this mailbox? */
static inline bool is_unfinished(const struct in_header *in)
{
    return in->abi == ABI_VERSION &&
           (in->record.next != in->out_head || in->notice.server != ID_NOBODY);
}

/*
 * Forgets what the router's own memory says: it is a cache, and may be damaged. The incarnation of
 * a row has 16 bits: when they come round, rows of long ago would count again. What follows from a
 * message may look at all this, so nothing is finished before. Is there anything to finish?
 */
static bool forget(void)
{
    bool unfinished = false;

    if ((uint16_t)nano_page.incarnation == 0)
        FOR_EACH_SLOT (slot)
            lane_forget(slot);
    FOR_EACH_SLOT (slot) {
        struct mailbox *box = find(slot);

        lane_close(slot);
        waiting_of(slot)->at = 0;
        if (!box)
            continue;
        box->in.room_wanted = 0;
        unfinished |= is_unfinished(&box->in);
    }
    return unfinished;
}

/* Has the message of this record been committed, and its sender's head not moved yet? */
static bool is_under_way(const struct record *record, uint32_t lines, uint32_t out_mask)
{
    slot_t to = slot_of(record->dest);

    return lines <= out_mask + 1 && is_slot(to) && entry_of(to)->id == record->dest &&
           mailbox_in_use(to) && lines <= entry_of(to)->in_mask + 1 &&
           box_of(to)->in.in_tail == record->tail;
}

/* Finishes the delivery from this outbox, or says that there was none (record.h). */
static OUT_OF_LINE void finish_record(slot_t slot, struct in_header *in)
{
    const struct record *record = &in->record;
    uint32_t lines = index_distance(in->out_head, record->next);

    if (!is_under_way(record, lines, entry_of(slot)->out_mask)) {
        record_pass(in, in->out_head);
        return;
    }
    trace(FINISH, in->self, record->dest);
    inbox_settle(&nobody, slot, slot_of(record->dest), index_minus(record->tail, lines));
    commit_barrier();
    in->out_head = record->next;
}

/* The same for the death notice to this task. */
static OUT_OF_LINE void finish_notice(slot_t slot, struct in_header *in)
{
    if (in->notice.tail == in->in_tail)
        inbox_settle_notice(&nobody, slot);
    else
        in->notice.server = ID_NOBODY;
}

/* Finishes what was under way with the mailbox in this slot. */
static OUT_OF_LINE void finish(slot_t slot)
{
    struct mailbox *box = find(slot);

    if (!box || !is_unfinished(&box->in))
        return;
    if (box->in.record.next != box->in.out_head)
        finish_record(slot, &box->in);
    if (box->in.notice.server != ID_NOBODY)
        finish_notice(slot, &box->in);
}

/* Are head and tail of either ring more than the ring apart? */
static bool is_torn(const struct mailbox *box, const struct task_entry *entry)
{
    return index_distance(box->in.out_head, read_index(&box->out.out_tail)) > entry->out_mask + 1 ||
           room_used(box) > entry->in_mask + 1;
}

/* Counts the ledger anew, if there is anything in it. */
static bool recount(slot_t slot, const struct in_header *in)
{
    return (in->open_calls == 0 && in->reserved == 0) || ledger_recount(slot);
}

/* Sets right what the mailbox in this slot says of itself, and tells its task. */
static void set_right(slot_t slot, struct mailbox *box)
{
    const struct task_entry *entry = entry_of(slot);

    if (box->in.abi != ABI_VERSION || box->in.out_mask != entry->out_mask ||
        box->in.in_mask != entry->in_mask || is_torn(box, entry) || !recount(slot, &box->in)) {
        mailbox_set_aside(slot);
        return;
    }
    if (box->in.watches)
        signal_raise(&nobody, slot, SIGNAL_RESTART);
    box->in.plain_room = 0;
    if (box->in.held.reason != STATUS_RESET && /* that is told until an entry is delivered */
        (!status_refuses(box->in.held.reason) || box->in.held.index != box->in.out_head))
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
    if (forget()) /* seldom */
        FOR_EACH_SLOT (slot)
            finish(slot);
    FOR_EACH_SLOT (slot) {
        struct mailbox *box = find(slot);

        if (box)
            set_right(slot, box);
    }
    blame(culprit);
}
