/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room in inboxes, ring 1: is there any, who may have it, and who is told when there is.
 *
 * Ordinary mail never takes the lines that are reserved for replies, and above half full
 * no sender gets more than a quarter of the inbox: a flood stops, its neighbours go on. Who
 * finds FULL is held with the receiver's id and the lines that it needs; the receiver's
 * in header says that somebody waits, and its next entry into the router tells them.
 * Used lines are counted by an index that the task writes: an impossible count is no room.
 */
#include "room.h"
#include "held.h"
#include "lane.h"
#include "mailbox.h"
#include "signal.h"

/* Free lines, reserved ones among them; 0 if the task's inbox head makes no sense. */
uint32_t room_left(slot_t slot)
{
    uint32_t size = entry_of(slot)->in_mask + 1, used = room_used(box_of(slot));

    return used > size ? 0 : size - used;
}

/* How many of the unread lines came from `sender`. */
static uint32_t lines_of(const struct in_header *in, uint32_t mask, uint32_t used, task_id_t sender)
{
    uint32_t count = 0;

    for (ring_index_t i = index_minus(in->in_tail, used); i != in->in_tail; i = index_plus(i, 1))
        count += in->origins[index_place(i, mask)].sender == sender;
    return count;
}

/* May `sender` put that many lines of ordinary mail there? The router and the task itself do not
 * flood. */
bool room_for(slot_t slot, task_id_t sender, uint32_t lines)
{
    const struct in_header *in = &box_of(slot)->in;
    uint32_t mask = entry_of(slot)->in_mask, left = room_left(slot), used = mask + 1 - left;

    if (left < in->reserved || left - in->reserved < lines)
        return false;
    if (used + lines <= (mask + 1) / 2 || sender == ID_ROUTER || sender == entry_of(slot)->id)
        return true;
    return lines_of(in, mask, used, sender) < (mask + 1) / 4;
}

/* Holds the caller's entry until there are `lines` in that inbox. Returns 0. */
uint32_t room_hold(const struct caller *caller, ring_index_t index, slot_t slot, uint32_t lines)
{
    slot_t *wanted = &box_of(slot)->in.room_wanted;

    ASSERT(is_slot(slot) && slot_of(entry_of(slot)->id) == slot);
    lane_close(slot); /* its owner must come to room_tell() */
    *wanted = *wanted == 0 || *wanted == caller->slot ? caller->slot : ROOM_MANY;
    return held_wait(caller, index, STATUS_FULL, entry_of(slot)->id, lines);
}

/* True if the task in `waiter` waits no more for room in `slot`, because it was told or anyway. */
static bool tell_waiter(const struct caller *caller, slot_t slot, slot_t waiter)
{
    const struct mailbox *box = mailbox_in_use(waiter);

    if (!box || box->in.held.reason != STATUS_FULL || box->in.held.peer != entry_of(slot)->id)
        return true;
    if (!room_for(slot, box->in.self, box->in.held.lines))
        return false;
    signal_raise(caller, waiter, SIGNAL_HELD);
    return true;
}

/* There may be room here now: tells those that wait for it, and remembers whether some still do. */
void room_tell(const struct caller *caller, slot_t slot)
{
    slot_t *wanted = &box_of(slot)->in.room_wanted;
    slot_t first = *wanted, left = 0;

    if (first == 0)
        return;
    if (is_slot(first)) {
        if (!tell_waiter(caller, slot, first))
            return;
    } else {
        FOR_EACH_SLOT (waiter)
            if (!tell_waiter(caller, slot, waiter))
                left = left != 0 ? ROOM_MANY : waiter;
    }
    *wanted = left;
}
