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
#include "router.h"

/* Free lines, reserved ones among them; 0 if the task's inbox head makes no sense. */
uint32_t room_left(uint32_t slot)
{
    uint32_t size = directory[slot].in_mask + 1, used = room_used(&window[slot]);

    return used > size ? 0 : size - used;
}

/* How many of the unread lines came from `sender`. */
static uint32_t lines_of(const struct in_header *in, uint32_t mask, uint32_t used, uint32_t sender)
{
    uint32_t count = 0;

    for (uint32_t i = in->in_tail - used; i != in->in_tail; i++)
        count += in->origins[i & mask].sender == sender;
    return count;
}

/* May `sender` put so many lines of ordinary mail there? The router and the task itself do not flood. */
bool room_for(uint32_t slot, uint32_t sender, uint32_t lines)
{
    const struct in_header *in = &window[slot].in;
    uint32_t mask = directory[slot].in_mask, left = room_left(slot), used = mask + 1 - left;

    if (left < in->reserved || left - in->reserved < lines)
        return false;
    if (used + lines <= (mask + 1) / 2 || sender == ID_ROUTER || sender == directory[slot].id)
        return true;
    return lines_of(in, mask, used, sender) < (mask + 1) / 4;
}

/* Holds the caller's entry until there are `lines` in that inbox. Returns 0. */
uint32_t room_hold(uint32_t index, uint32_t slot, uint32_t lines)
{
    uint32_t *wanted = &window[slot].in.room_wanted;

    lane_close(slot); /* its owner must come to room_tell() */
    *wanted = *wanted == 0 || *wanted == me.slot ? me.slot : ROOM_MANY;
    return hold(index, STATUS_FULL, directory[slot].id, lines);
}

/* True if the task in `waiter` waits no more for room in `slot`, because it was told or anyway. */
static bool tell(uint32_t slot, uint32_t waiter)
{
    const struct mailbox *box = mailbox_in_use(waiter);

    if (!box || box->in.held.reason != STATUS_FULL || box->in.held.peer != directory[slot].id)
        return true;
    if (!room_for(slot, box->in.self, box->in.held.answer[0]))
        return false;
    signal_raise(waiter, SIGNAL_HELD);
    return true;
}

/* There may be room here now: tells those that wait for it, and remembers whether some still do. */
void room_tell(uint32_t slot)
{
    uint32_t *wanted = &window[slot].in.room_wanted;
    uint32_t tasks = nano_page.tasks, first = *wanted, last = first, left = 0;

    if (first == 0)
        return;
    if (first >= tasks) {
        first = 1;
        last = tasks - 1;
    }
    for (uint32_t waiter = first; waiter <= last; waiter++)
        if (!tell(slot, waiter))
            left = left ? ROOM_MANY : waiter;
    *wanted = left;
}
