/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call gate: what a task's POST, WAIT and POST_WAIT do, and the fast path of the drain.
 * Ring 1; entered from entry.asm on the caller's time and in the caller's view.
 *
 * The fast path delivers what nearly every message is: one line, no flags, a cached route, an inbox
 * less than half full. outbox_deliver() does everything else. `make bench` counts the fast path's
 * instructions, so it knows the caller by its mailbox and its lane (lane.c) alone; the slow path
 * makes a `struct caller`. Anything that needs the slow path closes the caller's lane first, so the
 * fast path checks only the lane.
 */
#include "call.h"
#include "held.h"
#include "lane.h"
#include "mailbox.h"
#include "outbox.h"
#include "park.h"
#include "record.h"
#include "room.h"
#include "signal.h"

/*
 * What a call keeps between messages: in memory, because the fast path needs all registers for the
 * message in hand. For the same reason it reads the outbox head again and again.
 */
static struct {
    uint32_t op;
    uint32_t deadline;
    ring_index_t stop;    /* the outbox index where this POST ends                           */
    task_id_t woken;      /* the last receiver of the fast path, to be made ready; or nobody */
    struct caller caller; /* what begin() returns                                            */
} now;

/* The caller, for whatever is not the fast path; its mailbox is in use from now on. */
static const struct caller *begin(void)
{
    now.caller.id = nameplate.id;
    now.caller.slot = nameplate.slot;
    if (box_of(now.caller.slot)->in.self != now.caller.id)
        mailbox_take_up(now.caller.slot);
    ASSERT(is_slot(now.caller.slot));
    ASSERT(entry_of(now.caller.slot)->id == now.caller.id);
    return &now.caller;
}

static OUT_OF_LINE void wake_slowly(void)
{
    const struct caller *caller = begin();

    if (now.woken != ID_NOBODY)
        wake(caller, entry_of(slot_of(now.woken)));
    now.woken = ID_NOBODY;
}

/* Others may have waited for this call. */
static OUT_OF_LINE void tell_others(void)
{
    const struct caller *caller = begin();

    room_tell(caller, caller->slot);
    if (waking.owed)
        wake_owed(caller);
}

static inline bool is_anything_the_matter(const struct mailbox *box)
{
    return box->in.room_wanted != 0 || waking.owed || box->in.self != nameplate.id;
}

/* The entry at the head of the outbox, if there is one. False: it is held there. */
static OUT_OF_LINE bool deliver_slowly(struct mailbox *box)
{
    wake_slowly();
    if (is_anything_the_matter(box))
        tell_others();
    return outbox_deliver(&now.caller);
}

/* Puts the caller at the end of its priority's queue, and lets others run. */
static _Noreturn void yield(struct mailbox *box)
{
    waking.yield = false;
    box->in.counters.parked++;
    if (wake_list.count < WAKE_MAX)
        wake_list.id[wake_list.count++] = nameplate.id;
    trace(YIELD, nameplate.id, 0);
    park(ID_NOBODY, 0);
}

/*
 * Back to the caller, unless somebody more important must run. A receiver of the fast path is
 * at the end of the lane; it goes into the wake list here, if the list is empty and it is
 * nobody to yield to.
 */
static inline uint32_t back_to_caller(struct mailbox *box, const struct lane *lane)
{
    uint32_t attention = *(volatile uint32_t *)&nano_page.attention;

    if (likely(now.woken != ID_NOBODY && attention < lane->yield_at && wake_list.count == 0)) {
        if (lane->entry->state & READY_FREE) {
            wake_list.id[0] = now.woken;
            wake_list.count = 1;
        }
    } else {
        wake_slowly();
        if (attention > entry_of(nameplate.slot)->priority)
            waking.yield = true;
    }
    if (unlikely(waking.yield))
        yield(box);
    return STATUS_OK;
}

/* Who runs next if the caller parks while the wake list is not empty: the only one in it. */
static OUT_OF_LINE task_id_t choose(void)
{
    wake_slowly();
    waking.yield = false;
    if (wake_list.count != 1)
        return ID_NOBODY;
    wake_list.count = 0;
    return wake_list.id[0];
}

/*
 * Parks the caller. If just one task was made ready, that one runs next without the wake list: the
 * hand-off. It need not be parked: nano looks.
 */
static inline _Noreturn void park_caller(struct mailbox *box)
{
    task_id_t to = unlikely(wake_list.count != 0) ? choose() : now.woken;

    box->in.counters.parked++;
    trace(PARK, nameplate.id, to);
    park(to, now.deadline);
}

/*
 * May a line with this handle and word 1 go by the lane, as it is or once it leads there? One
 * comparison checks tag, lines, flags and whether the lane is open.
 */
static inline bool lane_serves(struct lane *lane, handle_t handle, uint32_t word)
{
    if (likely(handle == lane->handle && word - lane->first < lane->tags))
        return true;
    if (word >> 16 != PLAIN_LINE >> 16)
        return false;
    wake_slowly();
    return !waking.owed && lane_open(lane, handle) && word - lane->first < lane->tags;
}

/*
 * The fast path: delivers the entry at the outbox head if it is one plain line by the task's
 * lane to an inbox with plenty of room.
 */
static inline bool deliver_plain(struct mailbox *box, struct lane *lane)
{
    const struct line *line = opaque(&box->outbox[index_place(box->in.out_head, box->in.out_mask)]);
    handle_t handle = AS_KIND(handle_t, read_once(&line->peer));
    uint32_t word = read_once(&line->tag);

    if (!lane_serves(lane, handle, word))
        return false;

    struct mailbox *to = lane->to;

    if (unlikely(index_distance(to->out.in_head, to->in.in_tail) >= to->in.plain_limit))
        return false;
    commit_barrier(); /* loading again is cheaper than keeping */

    uint32_t place = opaque(index_place(to->in.in_tail, to->in.in_mask));
    struct line *copy = copy_line(&to->inbox[place], line);

    line_set_word1(copy, word);
    copy->peer = NUMBER_OF(nameplate.id);
    copy->badge = lane->badge;
    to->in.first[place] = ID_NOBODY;
    to->in.counters.received++;
    to->in.counters.lines++;
    box->in.counters.sent++;
    trace(DELIVER, nameplate.id, lane->dest);

    ring_index_t tail = index_plus(to->in.in_tail, 1), next = index_plus(box->in.out_head, 1);

    now.woken = lane->dest;
    record_begin(&box->in, tail, lane->dest, next);
    to->in.in_tail = tail;
    commit_barrier();
    box->in.out_head = next;
    return true;
}

/* Not all of the outbox is delivered: may a POST_WAIT park? Not before a refusal was looked at. */
static OUT_OF_LINE bool may_park(const struct mailbox *box)
{
    return box->in.out_head == read_index(&box->out.out_tail) ||
           (box->in.held.reason != STATUS_OK && !status_refuses(box->in.held.reason));
}

/*
 * No such operation. Others run even so if a tick has come, or a loop of such calls would keep the
 * CPU from them; its caller then sees OK, as after any yield.
 */
static OUT_OF_LINE uint32_t bad_operation(struct mailbox *box)
{
    if (*(volatile uint32_t *)&nano_page.attention > entry_of(nameplate.slot)->priority)
        yield(box);
    return STATUS_BAD_OP;
}

/* There is nothing to deliver: but others may have waited for this call. */
static inline void tell(const struct mailbox *box)
{
    if (unlikely(is_anything_the_matter(box)))
        tell_others();
}

/* The outbox is empty: nothing is held there. */
static inline void nothing_posted(struct mailbox *box)
{
    if (box->in.held.reason != STATUS_RESET) /* that is told until an entry is delivered */
        box->in.held.reason = STATUS_OK;
    tell(box);
}

/*
 * More lines than a POST takes: it stops after the entries that begin in the first 64. False: the
 * tail makes no sense, and it stops at once.
 */
static OUT_OF_LINE bool limit_drain(struct mailbox *box, ring_index_t head)
{
    if (index_distance(head, now.stop) > box->in.out_mask + 1 && !deliver_slowly(box))
        return false;
    now.stop = index_plus(head, MAX_ENTRIES);
    now.op = GATE_POST;
    return true;
}

/* The drain meets an entry that is not the fast path's. False: it stops here. */
static inline bool drain_slowly(struct mailbox *box)
{
    return deliver_slowly(box) && (int32_t)index_distance(box->in.out_head, now.stop) > 0 &&
           wake_list.count < WAKE_MAX - 1;
}

/* Delivers what is in the outbox. False: a POST_WAIT may not park now. */
static inline bool drain(struct mailbox *box, struct lane *lane)
{
    ring_index_t head = box->in.out_head;

    now.stop = read_index(&box->out.out_tail);
    if (unlikely(index_distance(head, now.stop) - 1 >= MAX_ENTRIES)) {
        if (now.stop == head) {
            nothing_posted(box);
            return true;
        }
        if (!limit_drain(box, head))
            return may_park(box);
    }
    do {
        if (unlikely(!deliver_plain(box, lane)) && !drain_slowly(box))
            return may_park(box);
    } while (box->in.out_head != now.stop);
    return true;
}

/* Operations are bits: POST_WAIT is both. Returns the result in EAX, or parks. */
BY_REGISTER uint32_t call_gate(uint32_t op, uint32_t deadline)
{
    struct mailbox *box = element(window, NUMBER_OF(nameplate.slot));
    struct lane *lane = &element(route_cache, NUMBER_OF(nameplate.slot))->lane;
    bool ready = true;

    if (unlikely((op & ~GATE_WAIT) != GATE_POST) && op != GATE_WAIT)
        return bad_operation(box);
    trace(CALL, nameplate.id, op);
    now.op = op;
    now.deadline = deadline;
    now.woken = ID_NOBODY;
    box->in.counters.calls++;
    if (likely(op != GATE_WAIT))
        ready = drain(box, lane);
    else
        tell(box);
    if (ready && now.op & GATE_WAIT && box->in.signals == read_once(&box->out.seen) &&
        box->in.in_tail == read_index(&box->out.looked))
        park_caller(box);
    return back_to_caller(box, lane);
}
