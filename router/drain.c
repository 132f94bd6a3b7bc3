/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The drain, ring 1: whatever a task's POST, WAIT and POST_WAIT do that is not the fast path of
 * call.c. An entry goes the fast way (quick.c, run.c) if it can, else by outbox_deliver(), which
 * reads its header anew: each path checks what it has read itself, and uses only that.
 */
#include "drain.h"
#include "held.h"
#include "mailbox.h"
#include "outbox.h"
#include "park.h"
#include "quick.h"
#include "signal.h"

/* What a call keeps between messages. */
static struct {
    uint32_t op;
    uint32_t deadline;
    ring_index_t stop;    /* the outbox index where this POST ends                  */
    task_id_t woken;      /* the last receiver, to be made ready; or nobody         */
    struct caller caller; /* what begin() returns                                   */
} now;

/* The caller, for whatever is not the fast path; its mailbox is in use from now on. */
static const struct caller *begin(void)
{
    now.caller.id = nameplate.id;
    now.caller.slot = nameplate.slot;
    if (nameplate.in->self != now.caller.id)
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

/* Tells them, unless nothing is the matter. */
static void tell(const struct in_header *in)
{
    if (unlikely(in->room_wanted != 0 || waking.owed || in->self != nameplate.id))
        tell_others();
}

/* The entry at the head of the outbox, if there is one. False: it is held there. */
static bool deliver_slowly(struct in_header *in)
{
    wake_slowly();
    tell(in);
    return outbox_deliver(&now.caller);
}

/* Does somebody more important wait to run? */
static bool is_wanted(void)
{
    return *(volatile uint32_t *)&nano_page.attention > entry_of(nameplate.slot)->priority;
}

/*
 * Puts the caller at the end of its priority's queue, and lets others run. If just one task was
 * made ready, that is a hand-off: the caller waits in the wake list for that one to park.
 */
static _Noreturn void yield(struct in_header *in)
{
    task_id_t to = ID_NOBODY;

    waking.yield = false;
    in->counters.parked++;
    if (wake_list.count == 1)
        to = wake_list.id[--wake_list.count];
    if (wake_list.count < WAKE_MAX)
        wake_list.id[wake_list.count++] = nameplate.id;
    trace(YIELD, nameplate.id, 0);
    park(to, 0);
}

/* Back to the caller, unless somebody more important must run. */
static uint32_t back_to_caller(struct in_header *in)
{
    wake_slowly();
    if (waking.yield || is_wanted())
        yield(in);
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
 * hand-off.
 */
static _Noreturn void park_caller(struct in_header *in)
{
    park_for(in, wake_list.count != 0 ? choose() : now.woken, now.deadline);
}

/* A receiver of the fast path; the one before it, if it is another, is woken now. */
static void note_woken(task_id_t dest)
{
    if (now.woken != dest)
        wake_slowly();
    now.woken = dest;
}

/* Delivers what is at the head of the outbox the fast way, if it can. */
static bool deliver_quickly(struct in_header *in, struct lane *lane)
{
    const struct line *line = quick_line(in, in->out_head);
    uint32_t word = read_once(&line->tag);
    task_id_t dest;

    if (word >> 16 == PLAIN_LINE >> 16) {
        handle_t handle = AS_KIND(handle_t, read_once(&line->peer));

        if (!waking.owed && (handle != lane->handle || !lane->clear))
            lane_open(lane, handle);
        if (quick_run(in, lane, now.stop) == 0)
            return false;
        dest = lane->dest;
    } else if (!quick_deliver(in, lane, line, word, &dest))
        return false;
    note_woken(dest);
    return true;
}

/* Not all of the outbox is delivered: may a POST_WAIT park? Not before a refusal was looked at. */
static OUT_OF_LINE bool may_park(const struct in_header *in)
{
    return in->out_head == read_index(&out_of(in)->out_tail) ||
           (in->held.reason != STATUS_OK && !status_refuses(in->held.reason));
}

/*
 * No such operation. Others run even so if a tick has come, or a loop of such calls would keep the
 * CPU from them; its caller then sees OK, as after any yield.
 */
static uint32_t bad_operation(struct in_header *in)
{
    if (is_wanted())
        yield(in);
    return STATUS_BAD_OP;
}

/* There is nothing to deliver, and nothing is held. */
static void nothing_posted(struct in_header *in)
{
    if (in->held.reason != STATUS_RESET) /* that is told until an entry is delivered */
        in->held.reason = STATUS_OK;
    tell(in);
}

/*
 * More lines than a POST takes: it stops after the entries that begin in the first 64. False: the
 * tail makes no sense, and it stops at once.
 */
static bool limit_drain(struct in_header *in, ring_index_t head)
{
    if (index_distance(head, now.stop) > in->out_mask + 1 && !deliver_slowly(in))
        return false;
    now.stop = index_plus(head, MAX_ENTRIES);
    now.op = GATE_POST;
    return true;
}

/*
 * The drain meets an entry that is not the fast path's. False: it stops here; also for somebody
 * more important, because such an entry may take long.
 */
static bool drain_slowly(struct in_header *in)
{
    return deliver_slowly(in) && (int32_t)index_distance(in->out_head, now.stop) > 0 &&
           wake_list.count < WAKE_MAX - 1 && !is_wanted();
}

/*
 * Delivers what is in the outbox. It stops before the wake list overflows: `now.woken` is to go in,
 * too. False: a POST_WAIT may not park now.
 */
static bool drain(struct in_header *in, struct lane *lane)
{
    ring_index_t head = in->out_head;

    now.stop = read_index(&out_of(in)->out_tail);
    if (now.stop == head) {
        nothing_posted(in);
        return true;
    }
    if (index_distance(head, now.stop) > MAX_ENTRIES && !limit_drain(in, head))
        return may_park(in);
    do {
        if (!deliver_quickly(in, lane) && !drain_slowly(in))
            return may_park(in);
    } while (in->out_head != now.stop && wake_list.count < WAKE_MAX - 2);
    return in->out_head == now.stop;
}

/* The gate, from the drain on; the caller's counter says that it called. */
uint32_t call_drain(struct in_header *in, uint32_t op, uint32_t deadline)
{
    bool ready = true;

    now.op = op;
    now.deadline = deadline;
    now.woken = ID_NOBODY;
    if (op != GATE_WAIT)
        ready = drain(in, &nameplate.routes->lane);
    else
        tell(in);
    if (ready && now.op & GATE_WAIT && has_seen_all(in))
        park_caller(in);
    return back_to_caller(in);
}

/* Not a POST of one entry. */
uint32_t call_slowly(struct in_header *in, uint32_t op, uint32_t deadline)
{
    if ((op & ~GATE_WAIT) != GATE_POST && op != GATE_WAIT)
        return bad_operation(in);
    trace(CALL, nameplate.id, op);
    in->counters.calls++;
    return call_drain(in, op, deadline);
}

/* One entry was delivered, but something else is to be looked at before its call ends. */
uint32_t end_slowly(struct in_header *in, uint32_t op, uint32_t deadline, task_id_t woken)
{
    now.deadline = deadline;
    now.woken = woken;
    if (op & GATE_WAIT && has_seen_all(in))
        park_caller(in);
    return back_to_caller(in);
}
