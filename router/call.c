/*
 * The call gate: what a task's POST, WAIT and POST_WAIT do, and the fast path of the drain.
 * Ring 1; entered from entry.asm on the caller's time and in the caller's view.
 *
 * An entry leaves the outbox by one store of out_head, the last of its delivery; whatever
 * kills the router before it, the entry is still there or recovery sees from the
 * receiver's origin that it went (recover.c). The fast path below is deliver() for the case
 * that nearly every message is: one line, no flags, a cached route, an inbox less than half
 * full. Everything else is deliver()'s.
 */
#include "router.h"
#include "copy.h"

struct caller me;

/* Puts the caller at the end of its priority's queue, and lets others run. */
static _Noreturn void yield(struct mailbox *box)
{
    box->in.counters.parked++;
    if (wake_list.count < WAKE_MAX)
        wake_list.id[wake_list.count++] = me.id;
    trace(YIELD, me.id, 0);
    park(0, 0);
}

/*
 * Parks the caller. If this call, or one before it, made just one task ready, that one
 * runs next without the wake list: the hand-off.
 */
static inline _Noreturn void wait(struct mailbox *box, uint32_t deadline)
{
    uint32_t to = 0;

    box->in.counters.parked++;
    if (likely(wake_list.count == 1)) {
        to = wake_list.id[0];
        wake_list.count = 0;
    }
    trace(PARK, me.id, to);
    park(to, deadline);
}

/*
 * The fast path: delivers the entry `line` at outbox index `head` if it is one plain line by
 * a cached route to an inbox with plenty of room. Returns the receiver's entry, or NULL.
 */
static inline const struct task_entry *deliver_plain(struct mailbox *box, const struct line *line,
                                                     uint32_t head)
{
    uint32_t handle = read_once(&line->peer);
    uint32_t word = read_once(&line->tag);
    const struct route *route = opaque(&me.routes[handle % HANDLES]);

    if (unlikely(word >> 16 != 1 || handle >= HANDLES ||
                 route->incarnation != (uint16_t)nano_page.incarnation ||
                 !(route->rights & RIGHT_SEND) || (uint16_t)word < route->first_tag ||
                 (uint16_t)word > route->last_tag))
        return NULL;

    uint32_t slot = TASK_SLOT(route->dest);
    const struct task_entry *entry = opaque(&directory[slot]);
    struct mailbox *to = opaque(&window[slot]);
    uint32_t tail = to->in.in_tail;

    if (unlikely(entry->id != route->dest))
        return NULL;
    /* Both are below half a ring (a power of two), so their sum is below the ring. */
    if (unlikely((room_used(to) | to->in.reserved) > entry->in_mask >> 1))
        return NULL;

    uint32_t place = tail & entry->in_mask;
    struct line *copy = opaque(&to->inbox[place]);
    struct origin *origin = opaque(&to->in.origins[place]);

    origin->sender = copy->peer = me.id;
    line_set_word1(copy, word);
    copy->badge = route->badge;
    copy_from_cookie(copy, line);
    origin->next = head + 1;
    origin->first = 0;
    commit_barrier();
    to->in.in_tail = tail + 1;
    commit_barrier();
    box->in.out_head = head + 1;
    to->in.counters.received++;
    to->in.counters.lines++;
    box->in.counters.sent++;
    trace(DELIVER, me.id, entry->id);
    return entry;
}

/*
 * Delivers what the caller posted, at most MAX_ENTRIES entries. True if it may park now: all
 * is delivered, or the first entry left is held for a reason that ends with SIGNAL_HELD.
 */
static inline bool drain(struct mailbox *box)
{
    uint32_t mask = directory[me.slot].out_mask;
    uint32_t head = box->in.out_head;
    uint32_t tail = read_once(&box->out.out_tail);
    const struct task_entry *woken = NULL;
    unsigned budget = MAX_ENTRIES;

    if (unlikely(tail - head > mask + 1)) {
        hold(head, STATUS_BAD, 0, 0);
        return false;
    }
    if (unlikely(box->in.held.reason != STATUS_OK)) {
        if (head != tail)
            goto slowly;
        box->in.held.reason = STATUS_OK;
    }
    while (head != tail) {
        const struct task_entry *to = deliver_plain(box, opaque(&box->outbox[head & mask]), head);

        if (likely(to != NULL)) {
            head++;
            if (to != woken && to->state & READY_FREE) {
                woken = to;
                wake(to);
            }
        } else {
        slowly:;
            uint32_t lines = deliver(head, tail - head);

            if (lines == 0)
                return box->in.held.reason < STATUS_NO_ROUTE;
            head += lines;
            commit_barrier();
            box->in.out_head = head;
            box->in.held.reason = STATUS_OK;
        }
        if (--budget == 0 || unlikely(wake_list.count >= WAKE_MAX - 1))
            return head == tail;
    }
    return true;
}

/* Operations are bits: POST_WAIT is both. Returns the result in EAX, or parks. */
BY_REGISTER uint32_t gate_call(uint32_t op, uint32_t deadline)
{
    uint32_t slot = nameplate.slot;
    struct mailbox *box = opaque(&window[slot]);
    bool may_park = true;

    if (unlikely(op - GATE_POST > GATE_POST_WAIT - GATE_POST))
        return STATUS_BAD_OP;
    me.id = nameplate.id;
    me.slot = slot;
    me.routes = route_cache[slot];
    me.yield = false;
    trace(CALL, me.id, op);
    if (unlikely(box->in.self != me.id))
        mailbox_take_up(slot);
    box->in.counters.calls++;
    if (unlikely(box->in.room_wanted))
        room_tell(slot);
    if (unlikely(me.wakes_owed))
        wake_owed();

    if (op & GATE_POST)
        may_park = drain(box);
    if (op & GATE_WAIT && may_park && box->in.signals == read_once(&box->out.seen) &&
        box->in.in_tail == read_once(&box->out.looked))
        wait(box, deadline);
    if (unlikely(me.yield ||
                 *(volatile uint32_t *)&nano_page.attention > directory[me.slot].priority))
        yield(box);
    return STATUS_OK;
}
