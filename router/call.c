/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call gate, ring 1; entered from entry.asm on the caller's time and in the caller's view.
 *
 * Here is the fast path: a POST or POST_WAIT of just one entry of one line, by a route that is
 * known, to an inbox less than half full. Plain lines are delivered here, calls and replies in
 * quick.h, notices in quick.c; drain.c does everything else. `make bench` counts the instructions,
 * so this knows the caller by its nameplate alone. Anything that needs the slow path closes the
 * caller's lane first, or leaves no `plain_room`: only these two are checked.
 */
#include "call.h"
#include "drain.h"
#include "park.h"
#include "quick.h"

/* Delivers the entry if it is a plain line by the task's lane to an inbox with plenty of room. */
static inline bool deliver_plain(struct in_header *in, struct lane *lane, const struct line *line,
                                 uint32_t word)
{
    if (!quick_serves(lane, AS_KIND(handle_t, read_once(&line->peer)), word) ||
        (!quick_room(lane->to) && !room_take(slot_of(lane->dest))))
        return false;

    struct in_header *to = lane->to;
    struct line *copy = quick_copy(to, index_place(to->in_tail, to->in_mask), line);
    ring_index_t next = index_plus(in->out_head, 1);

    quick_address(copy, word, lane->badge);
    quick_commit(in, to, lane->dest, next, 1);
    in->out_head = next;
    return true;
}

/* Delivers it if it is a call, a reply or a notice that can go as fast. */
static inline bool deliver_other(struct in_header *in, const struct lane *lane,
                                 const struct line *line, uint32_t word, task_id_t *woken)
{
    switch (word >> 16) {
    case REPLY_LINE >> 16: return quick_reply(in, lane, line, word, woken);
    case CALL_LINE >> 16: return quick_call(in, lane, line, word, woken);
    case NOTIFY_LINE >> 16: return quick_notify(in, lane, line, word, woken);
    }
    return false;
}

/* The receiver of a POST goes into the wake list, unless there is more to look at. */
static inline bool wake_quickly(const struct lane *lane)
{
    if (nano_page.attention >= lane->yield_at || wake_list.count != 0)
        return false;
    if (entry_of(slot_of(lane->dest))->state & READY_FREE) {
        wake_list.id[0] = lane->dest;
        wake_list.count = 1;
    }
    return true;
}

/*
 * Operations are bits: POST_WAIT is both. Returns the result in EAX, or parks. If just one line is
 * posted, and nothing is the matter, the call ends here: parked, with the receiver to run next; or
 * with the receiver in the wake list, if nobody more important is to run.
 */
BY_REGISTER uint32_t call_gate(uint32_t op, uint32_t deadline)
{
    struct in_header *in = nameplate.in;
    struct lane *lane = &nameplate.routes->lane;
    ring_index_t head = in->out_head;

    if (unlikely(read_index(&out_of(in)->out_tail) != index_plus(head, 1)) ||
        unlikely((op & ~GATE_WAIT) != GATE_POST))
        return call_slowly(in, op, deadline);

    const struct line *line = quick_line(in, head);
    uint32_t word = read_once(&line->tag);

    trace(CALL, nameplate.id, op);
    in->counters.calls++;
    if (likely(deliver_plain(in, lane, line, word))) {
        if (op & GATE_WAIT) {
            if (likely(can_park(in)))
                park_for(in, lane->dest, deadline);
        } else if (likely(wake_quickly(lane)))
            return STATUS_OK;
        return end_slowly(in, op, deadline, lane->dest);
    }

    task_id_t woken;

    if (!deliver_other(in, lane, line, word, &woken))
        return call_drain(in, op, deadline);
    if (op & GATE_WAIT && can_park(in))
        park_for(in, woken, deadline);
    return end_slowly(in, op, deadline, woken);
}
