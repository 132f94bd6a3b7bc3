/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call gate: what a task's POST, WAIT and POST_WAIT do, and the fast path of the drain.
 * Ring 1; entered from entry.asm on the caller's time and in the caller's view.
 *
 * An entry leaves the outbox by one store of out_head, the last of its delivery; whatever
 * kills the router before it, the entry is still there or recovery sees from the
 * receiver's origin that it went (recover.c). The fast path below is deliver() for the case
 * that nearly every message is: one line, no flags, a cached route, an inbox less than half
 * full. Everything else is deliver()'s. What runs for each message is counted in instructions
 * (README, "make bench"), so the fast path knows the caller by its mailbox and its lane (lane.c)
 * alone; whatever needs `me` is called through a function that sets it first. All that could
 * be the matter with the caller closes its lane, so nobody asks before the lane is tried.
 */
#include "router.h"

struct caller me;

/*
 * What a call keeps between messages. In memory, because the fast path needs all the registers
 * that there are for the message in hand; for the same reason it reads the outbox head again
 * and again.
 */
static struct {
    uint32_t op;
    uint32_t deadline;
    uint32_t stop;  /* the outbox index where this POST ends                       */
    uint32_t woken; /* the last receiver of the fast path, to be made ready; or nobody */
} now;

/* For whatever needs `me`. */
static void begin(void)
{
    me.id = nameplate.id;
    me.slot = nameplate.slot;
    if (window[me.slot].in.self != me.id)
        mailbox_take_up(me.slot);
}

static OUT_OF_LINE void wake_slowly(void)
{
    begin();
    if (now.woken != ID_NOBODY)
        wake(&directory[TASK_SLOT(now.woken)]);
    now.woken = ID_NOBODY;
}

/* Others may have waited for this call. */
static OUT_OF_LINE void tell_others(void)
{
    begin();
    room_tell(me.slot);
    if (me.wakes_owed)
        wake_owed();
}

static inline bool is_anything_the_matter(const struct mailbox *box)
{
    return box->in.room_wanted != 0 || me.wakes_owed || box->in.self != nameplate.id;
}

/* The entry at the head of the outbox, if there is one. False: it is held there. */
static OUT_OF_LINE bool deliver_slowly(struct mailbox *box)
{
    uint32_t head, lines, available;

    wake_slowly();
    if (is_anything_the_matter(box))
        tell_others();
    head = box->in.out_head;
    available = read_once(&box->out.out_tail) - head;
    if (available > box->in.out_mask + 1)
        return hold(head, STATUS_BAD, 0, 0);
    if (available == 0) { /* its task has taken the rest back: nothing would ever change here */
        box->in.held.reason = STATUS_OK;
        return false;
    }
    lines = deliver(head, available);
    if (lines == 0)
        return false;
    commit_barrier();
    box->in.out_head = head + lines;
    box->in.held.reason = STATUS_OK;
    return true;
}

/* Puts the caller at the end of its priority's queue, and lets others run. */
static _Noreturn void yield(struct mailbox *box)
{
    me.yield = false;
    box->in.counters.parked++;
    if (wake_list.count < WAKE_MAX)
        wake_list.id[wake_list.count++] = nameplate.id;
    trace(YIELD, nameplate.id, 0);
    park(0, 0);
}

/*
 * Back to the caller, unless somebody more important must run. A receiver of the fast path is
 * at the end of the lane; it goes into the wake list here, if the list is empty and it is
 * nobody to yield to.
 */
static inline uint32_t go_on(struct mailbox *box, const struct lane *lane)
{
    uint32_t attention = *(volatile uint32_t *)&nano_page.attention;

    if (likely(now.woken != ID_NOBODY && attention < lane->yield_at && wake_list.count == 0)) {
        if (lane->entry->state & READY_FREE) {
            wake_list.id[0] = now.woken;
            wake_list.count = 1;
        }
    } else {
        wake_slowly();
        if (attention > directory[nameplate.slot].priority)
            me.yield = true;
    }
    if (unlikely(me.yield))
        yield(box);
    return STATUS_OK;
}

/* Who runs next if the caller parks while the wake list is not empty: the only one in it. */
static OUT_OF_LINE uint32_t choose(void)
{
    wake_slowly();
    me.yield = false;
    if (wake_list.count != 1)
        return ID_NOBODY;
    wake_list.count = 0;
    return wake_list.id[0];
}

/*
 * Parks the caller. If just one task was made ready, that one runs next without the wake list:
 * the hand-off. It need not be parked: nano looks.
 */
static inline _Noreturn void wait(struct mailbox *box)
{
    uint32_t to = unlikely(wake_list.count != 0) ? choose() : now.woken;

    box->in.counters.parked++;
    trace(PARK, nameplate.id, to);
    park(to, now.deadline);
}

/*
 * The fast path: delivers the entry at the outbox head if it is one plain line by the task's
 * lane to an inbox with plenty of room. One comparison sees to tag, lines, flags and whether
 * the lane is open.
 */
static inline bool deliver_plain(struct mailbox *box, struct lane *lane)
{
    const struct line *line = opaque(&box->outbox[box->in.out_head & box->in.out_mask]);
    uint32_t handle = read_once(&line->peer);
    uint32_t word = read_once(&line->tag);

    if (unlikely(handle != lane->handle || word - lane->first >= lane->tags)) {
        if (word >> 16 != PLAIN_LINE >> 16)
            return false;
        wake_slowly();
        if (!lane_find(lane, handle) || word - lane->first >= lane->tags)
            return false;
    }

    struct mailbox *to = lane->to;

    /*
     * Both are below half a ring (a power of two), so their sum is below the ring. A head that
     * lies by 2^31 looks like an empty inbox: its task loses what it had not read.
     */
    if (unlikely(((to->in.in_tail - to->out.in_head) | to->in.reserved) * 2 > to->in.in_mask))
        return false;
    commit_barrier(); /* loading again is cheaper than keeping */

    uint32_t place = opaque(to->in.in_tail & to->in.in_mask);
    struct line *copy = copy_line(&to->inbox[place], line);
    struct origin *origin = opaque(&to->in.origins[place]);

    line_set_word1(copy, word);

    uint32_t id = nameplate.id, next = box->in.out_head + 1;

    copy->peer = id;
    origin->sender = id;
    copy->badge = lane->badge;
    now.woken = lane->dest;
    origin->first = 0;
    origin->next = next;
    to->in.counters.received++;
    to->in.counters.lines++;
    box->in.counters.sent++;
    trace(DELIVER, id, lane->dest);
    commit_barrier();
    to->in.in_tail++;
    commit_barrier();
    box->in.out_head = next;
    return true;
}

/* Not all of the outbox is delivered: may a POST_WAIT park? Not before a refusal was looked at. */
static OUT_OF_LINE bool may_park(const struct mailbox *box)
{
    return box->in.out_head == read_once(&box->out.out_tail) ||
           (box->in.held.reason != STATUS_OK && !status_refuses(box->in.held.reason));
}

/*
 * No such operation. Others run even so if a tick has come, or a loop of such calls would keep the
 * CPU wherever ticks find it in ring 1; its caller then sees OK, as after any yield.
 */
static OUT_OF_LINE uint32_t bad_operation(struct mailbox *box)
{
    if (*(volatile uint32_t *)&nano_page.attention > directory[nameplate.slot].priority)
        yield(box);
    return STATUS_BAD_OP;
}

/*
 * Operations are bits: POST_WAIT is both. Returns the result in EAX, or parks. A POST takes the
 * entries that begin in the first 64 lines, of whatever length.
 */
BY_REGISTER uint32_t gate_call(uint32_t op, uint32_t deadline)
{
    struct mailbox *box = element(window, nameplate.slot);
    struct lane *lane = &element(route_cache, nameplate.slot)->lane;
    uint32_t head;

    if (unlikely((op & ~GATE_WAIT) != GATE_POST) && op != GATE_WAIT)
        return bad_operation(box);
    trace(CALL, nameplate.id, op);
    now.op = op;
    now.deadline = deadline;
    now.woken = ID_NOBODY;
    box->in.counters.calls++;
    if (unlikely(op == GATE_WAIT))
        goto nothing;

    head = box->in.out_head;
    now.stop = read_once(&box->out.out_tail);
    if (unlikely(now.stop - head - 1 >= MAX_ENTRIES)) {
        if (now.stop == head) {
            if (box->in.held.reason != STATUS_RESET) /* that is told until an entry is delivered */
                box->in.held.reason = STATUS_OK;
            goto nothing;
        }
        if (now.stop - head > box->in.out_mask + 1 && !deliver_slowly(box))
            goto stopped;
        now.stop = head + MAX_ENTRIES;
        now.op = GATE_POST;
    }
    do {
        if (unlikely(!deliver_plain(box, lane)))
            if (!deliver_slowly(box) || (int32_t)(now.stop - box->in.out_head) <= 0 ||
                wake_list.count >= WAKE_MAX - 1)
                goto stopped;
    } while (box->in.out_head != now.stop);

wait:
    if (now.op & GATE_WAIT && box->in.signals == read_once(&box->out.seen) &&
        box->in.in_tail == read_once(&box->out.looked))
        wait(box);
back:
    return go_on(box, lane);

nothing:
    if (unlikely(is_anything_the_matter(box)))
        tell_others();
    goto wait;

stopped:
    if (now.op & GATE_WAIT && may_park(box))
        goto wait;
    goto back;
}
