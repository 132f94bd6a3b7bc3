/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room in inboxes, ring 1: is there any, who may have it, and who is told when there is.
 *
 * Ordinary mail never takes the lines that are reserved for replies. Up to half of the inbox is for
 * everybody; above that, only who has nothing there gets in, with a short message: a flood stops,
 * its neighbours go on. Whose a line is stands in the header of its message, as the receiver sees
 * it; so a filter's traffic counts for who sent it. Used lines are counted by an index that the
 * task writes: an impossible count is no room.
 *
 * Who finds FULL is held, and stands in a queue of those that wait for room there. The receiver's
 * next entry into the router tells them, in the order in which they asked, as far as there is room
 * for all told. While somebody waits who has not been told, but could be if the inbox were empty,
 * nobody who came later takes room of the lower half, and such short messages get in before it as a
 * quarter of the inbox holds. The queue's links are the router's own memory, and a restart empties
 * it: all are told to post again. Who waits no more leaves it whenever somebody looks.
 */
#include "room.h"
#include "held.h"
#include "lane.h"
#include "mailbox.h"
#include "signal.h"

#define SHORT 8 /* above half full, so long may a message be        */
#define TOLD  8 /* so often is a promise kept that nobody comes for */

/* Free lines, reserved ones among them; 0 if the task's inbox head makes no sense. */
uint32_t room_left(slot_t slot)
{
    uint32_t size = entry_of(slot)->in_mask + 1, used = room_used(box_of(slot));

    return used > size ? 0 : size - used;
}

/*
 * Looks for how many plain lines there is room without another look: what fills half the inbox,
 * while nobody waits, no more than half is reserved, and the task does not wait for a ledger slot.
 * It is a count that only runs down (whatever else moves in_tail, reserves more than half or waits
 * makes it 0), so it needs no index that its task writes. False: none.
 */
bool room_look(slot_t slot)
{
    struct in_header *in = &box_of(slot)->in;
    uint32_t half = (entry_of(slot)->in_mask + 1) / 2, used = room_used(box_of(slot));

    in->plain_room = in->room_wanted == 0 && in->held.reason != STATUS_LEDGER &&
                             in->reserved <= half && used < half
                         ? (int32_t)(half - used)
                         : 0;
    return in->plain_room > 0;
}

/* The same, and one of the lines is taken. */
bool room_take(slot_t slot) { return room_look(slot) && box_of(slot)->in.plain_room-- > 0; }

/* Is any of the unread messages of `sender`? */
static bool has_mail_of(slot_t slot, uint32_t used, task_id_t sender)
{
    const struct mailbox *box = box_of(slot);
    uint32_t mask = entry_of(slot)->in_mask;

    for (ring_index_t i = index_minus(box->in.in_tail, used); i != box->in.in_tail;
         i = index_plus(i, 1)) {
        uint32_t place = index_place(i, mask);

        if (box->in.first[place] != FIRST_INSIDE && box->inbox[place].peer == NUMBER_OF(sender))
            return true;
    }
    return false;
}

/* Would that many lines more be in the lower half? */
static bool is_low(slot_t slot, uint32_t lines)
{
    return room_used(box_of(slot)) + lines <= (entry_of(slot)->in_mask + 1) / 2;
}

/*
 * May so many lines of ordinary mail of `sender` go there, if `promised` lines are somebody else's
 * already, and `before` is the turn of who comes first? The router and the task itself do not
 * flood.
 */
static bool fits(slot_t slot, task_id_t sender, uint32_t lines, uint32_t promised, enum turn before)
{
    const struct in_header *in = &box_of(slot)->in;
    uint32_t size = entry_of(slot)->in_mask + 1, left = room_left(slot), used = size - left;

    if (left < in->reserved || left - in->reserved < promised + lines)
        return false;
    if (sender == ID_ROUTER || sender == entry_of(slot)->id)
        return true;
    if (before != TURN_NEXT && is_low(slot, promised + lines))
        return true;
    if (before != TURN_MISSED && waiting_of(slot)->passed + lines > size / 4)
        return false;
    return lines <= SHORT && !has_mail_of(slot, used, sender);
}

static void forget_promise(slot_t slot, struct waiting *waiting)
{
    waiting_of(slot)->promised -= waiting->promise;
    waiting->promise = 0;
    waiting->turn = TURN_NEXT;
}

/* Takes `waiter`, who comes after `before` (0: it is the first), out of the queue of `slot`. */
static void take_out(slot_t slot, slot_t before, slot_t waiter)
{
    struct in_header *in = &box_of(slot)->in;
    struct waiting *own = waiting_of(waiter);

    if (before == 0) {
        in->room_wanted = own->next;
        waiting_of(slot)->passed = 0;
    } else
        waiting_of(before)->next = own->next;
    if (own->next == 0)
        waiting_of(slot)->last = before;
    own->at = 0;
    forget_promise(slot, own);
}

/* Does the task in `waiter` still wait for room in `slot`? */
static bool waits(slot_t slot, slot_t waiter)
{
    const struct mailbox *box = mailbox_in_use(waiter);

    return box && box->in.held.reason == STATUS_FULL && box->in.held.peer == entry_of(slot)->id;
}

/* Who waits longest for room in `slot`; 0: nobody. */
static slot_t first_of(slot_t slot)
{
    slot_t first;

    while (is_slot(first = box_of(slot)->in.room_wanted))
        if (waits(slot, first))
            return first;
        else
            take_out(slot, 0, first);
    return 0;
}

/* May the caller put that many lines there, of ordinary mail that is seen as `sender`'s? */
bool room_for(const struct caller *caller, slot_t slot, task_id_t sender, uint32_t lines)
{
    struct waiting *receiver = waiting_of(slot), *own = waiting_of(caller->slot);
    uint32_t mine = own->at == slot ? own->promise : 0;
    slot_t first = first_of(slot);
    enum turn before = first == 0 || first == caller->slot || mine
                           ? TURN_MISSED
                           : (enum turn)waiting_of(first)->turn;

    if (first == 0)
        return fits(slot, sender, lines, 0, TURN_MISSED);
    if (!fits(slot, sender, lines, receiver->promised - mine, before))
        return false;
    if (before != TURN_MISSED)
        receiver->passed += lines;
    return true;
}

/* The task in `waiter` waits for no room any more. */
void room_leave(slot_t waiter)
{
    slot_t slot = waiting_of(waiter)->at, before = 0;

    waiting_of(waiter)->at = 0;
    if (slot == 0 || !mailbox_in_use(slot))
        return;
    for (slot_t each = box_of(slot)->in.room_wanted; is_slot(each); each = waiting_of(each)->next) {
        if (each == waiter) {
            take_out(slot, before, waiter);
            return;
        }
        before = each;
    }
}

/* Puts the task in `waiter` at the end of the queue. */
static void queue(slot_t slot, slot_t waiter)
{
    struct waiting *own = waiting_of(waiter), *receiver = waiting_of(slot);
    struct in_header *in = &box_of(slot)->in;

    own->at = slot;
    own->next = 0;
    own->promise = 0;
    if (in->room_wanted == 0) {
        in->room_wanted = waiter;
        receiver->passed = receiver->promised = 0;
    } else
        waiting_of(receiver->last)->next = waiter;
    receiver->last = waiter;
    in->plain_room = 0;
}

/*
 * Holds the caller's entry until there are `lines` in that inbox for what the receiver would see as
 * `sender`'s. An entry that has been told, and still finds no room, keeps its place. Returns false.
 */
bool room_hold(const struct caller *caller, ring_index_t index, slot_t slot, task_id_t sender,
               uint32_t lines)
{
    struct held *held = &box_of(caller->slot)->in.held;
    task_id_t id = entry_of(slot)->id;

    ASSERT(is_slot(slot) && slot_of(id) == slot);
    lane_close(slot); /* its owner must come to room_tell() */
    if (waiting_of(caller->slot)->at != slot || held->reason != STATUS_FULL ||
        held->index != index || held->peer != id) {
        room_leave(caller->slot);
        queue(slot, caller->slot);
    }
    forget_promise(slot, waiting_of(caller->slot));
    waiting_of(caller->slot)->told = 0;
    held->as = sender;
    return held_wait(caller, index, STATUS_FULL, id, lines);
}

/*
 * There may be room here now: tells those that wait for it, and promises it to them. A promise is
 * kept while its task may not have run yet: for some entries of the receiver.
 */
void room_tell(const struct caller *caller, slot_t slot)
{
    struct waiting *receiver = waiting_of(slot);
    uint32_t size = entry_of(slot)->in_mask + 1;
    enum turn turn = TURN_MISSED;
    slot_t before = 0, next;

    receiver->promised = 0;
    for (slot_t each = box_of(slot)->in.room_wanted; is_slot(each); each = next) {
        const struct held *held = &box_of(each)->in.held;
        struct waiting *waiting = waiting_of(each);

        next = waiting->next;
        waiting->promise = 0;
        if (!waits(slot, each)) {
            take_out(slot, before, each);
            continue;
        }
        before = each;
        if (fits(slot, held->as, held->lines, receiver->promised, turn)) {
            waiting->turn = waiting->told++ < TOLD ? TURN_PROMISED : TURN_MISSED;
            if (waiting->turn == TURN_PROMISED && turn != TURN_NEXT &&
                is_low(slot, receiver->promised + held->lines))
                waiting->promise = (uint8_t)held->lines;
            receiver->promised += waiting->promise;
            signal_raise(caller, each, SIGNAL_HELD);
        } else {
            waiting->told = 0;
            waiting->turn =
                held->lines + box_of(slot)->in.reserved > size ? TURN_MISSED : TURN_NEXT;
        }
        if (turn != TURN_NEXT && waiting->turn != TURN_MISSED)
            turn = (enum turn)waiting->turn;
    }
}
