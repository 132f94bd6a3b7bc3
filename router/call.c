/*
 * The call gate: what a task's POST, WAIT and POST_WAIT do, and the fast path of the drain.
 * Ring 1; entered from entry.asm on the caller's time and in the caller's view.
 *
 * An entry leaves the outbox by one store of out_head, the last of its delivery; whatever
 * kills the router before it, the entry is still there or recovery sees from the
 * receiver's origin that it went (recover.c). The fast path below is deliver() for the case
 * that nearly every message is: one line, no flags, a cached route, an inbox less than half
 * full. Everything else is deliver()'s. What runs for each message is counted in instructions
 * (README, "make bench"), so the fast path knows the caller by its mailbox alone; whatever
 * needs `me` is called through a function that sets it first.
 *
 * A valid route row means that the mailboxes at both of its ends have been taken up (route.c),
 * so the fast path need not look; a call that finds no such row does.
 */
/* Instructions are counted, so let the compiler choose as for a machine where all cost the same. */
#ifdef __i386__
#pragma GCC target("tune=i386")
#endif

#include "router.h"
#include "copy.h"

struct caller me;

static void begin(void)
{
    me.id = nameplate.id;
    me.slot = nameplate.slot;
    if (window[me.slot].in.self != me.id)
        mailbox_take_up(me.slot);
}

/* Others may have waited for this call. */
static OUT_OF_LINE void tell_others(void)
{
    begin();
    room_tell(me.slot);
    if (me.wakes_owed)
        wake_owed();
}

/* True if the wake list is full. */
static OUT_OF_LINE bool wake_slowly(uint32_t id)
{
    begin();
    wake(&directory[TASK_SLOT(id)]);
    return wake_list.count >= WAKE_MAX - 1;
}

/* The entry at the head of the outbox, if there is one. False: it is held there. */
static OUT_OF_LINE bool deliver_slowly(struct mailbox *box)
{
    uint32_t head, lines, available;

    begin();
    head = box->in.out_head;
    available = read_once(&box->out.out_tail) - head;
    if (available > directory[me.slot].out_mask + 1)
        return hold(head, STATUS_BAD, 0, 0);
    if (available != 0) {
        lines = deliver(head, available);
        if (lines == 0)
            return false;
        commit_barrier();
        box->in.out_head = head + lines;
    }
    box->in.held.reason = STATUS_OK;
    return true;
}

/* Puts the caller at the end of its priority's queue, and lets others run. */
static _Noreturn void yield(struct mailbox *box)
{
    me.yielder = ID_NOBODY;
    box->in.counters.parked++;
    if (wake_list.count < WAKE_MAX)
        wake_list.id[wake_list.count++] = nameplate.id;
    trace(YIELD, nameplate.id, 0);
    park(0, 0);
}

/*
 * What a call keeps between messages. In memory, because the fast path needs all the registers
 * that there are for the message in hand; for the same reason it reads the outbox head again
 * and again.
 */
static struct {
    uint32_t op;
    uint32_t deadline;
    uint32_t stop;  /* the outbox index where this POST ends             */
    uint32_t woken; /* the last parked receiver, not yet in the wake list; or nobody */
} now;

/* Many posts to one receiver that may not run yet: it is woken once. */
static inline bool in_wake_list_last(uint32_t id)
{
    uint32_t last = wake_list.count - 1;

    return last < WAKE_MAX && wake_list.id[last] == id;
}

/* Back to the caller, unless somebody more important must run. */
static uint32_t go_on(struct mailbox *box)
{
    uint32_t attention;

    if (now.woken != ID_NOBODY && !in_wake_list_last(now.woken))
        wake_slowly(now.woken);
    attention = *(volatile uint32_t *)&nano_page.attention;
    if (unlikely(me.yielder == nameplate.id || attention > directory[nameplate.slot].priority))
        yield(box);
    return STATUS_OK;
}

/* Who runs next if the caller parks while the wake list is not empty: the only one in it. */
static OUT_OF_LINE uint32_t choose(void)
{
    if (now.woken != ID_NOBODY)
        wake_slowly(now.woken);
    if (wake_list.count != 1)
        return ID_NOBODY;
    wake_list.count = 0;
    return wake_list.id[0];
}

/*
 * Parks the caller. If just one task was made ready, that one runs next without the wake list:
 * the hand-off.
 */
static inline _Noreturn void wait(struct mailbox *box)
{
    uint32_t to = unlikely(wake_list.count != 0) ? choose() : now.woken;

    box->in.counters.parked++;
    trace(PARK, nameplate.id, to);
    park(to, now.deadline);
}

/*
 * The fast path: delivers the entry at the outbox head if it is one plain line by a cached
 * route to an inbox with plenty of room. The line is copied beyond the receiver's tail before
 * its tag is checked: what is checked then is the router's own, and before the commit nobody
 * looks there.
 */
static inline bool deliver_plain(struct mailbox *box)
{
    uint32_t own = nameplate.slot;
    const struct line *line = opaque(&box->outbox[box->in.out_head & directory[own].out_mask]);
    uint32_t handle = read_once(&line->peer);

    if (unlikely(handle >= HANDLES || read_lines_and_flags(line) != ONE_PLAIN_LINE))
        return false;

    const struct route *route = element(&route_cache[0][0], own * HANDLES + handle);

    if (unlikely(route->incarnation != (uint16_t)nano_page.incarnation ||
                 !(route->rights & RIGHT_SEND)))
        return false;

    uint32_t id = route->dest, slot = TASK_SLOT(id);
    const struct task_entry *entry = element(directory, slot);
    struct mailbox *to = element(window, slot);

    if (unlikely(entry->id != id))
        return false;
    /*
     * Both are below half a ring (a power of two), so their sum is below the ring. A head that
     * lies by 2^31 looks like an empty inbox: its task loses what it had not read.
     */
    if (unlikely(((to->in.in_tail - to->out.in_head) | to->in.reserved) * 2 > entry->in_mask))
        return false;
    if (id != now.woken && entry->state & READY_FREE) {
        if (unlikely(now.woken != ID_NOBODY) && wake_slowly(now.woken))
            now.stop = box->in.out_head + 1;
        now.woken = id;
    }
    commit_barrier(); /* loading again is cheaper than keeping */

    uint32_t place = opaque(to->in.in_tail & entry->in_mask);
    struct line *copy = copy_line(&to->inbox[place], line);
    struct origin *origin = opaque(&to->in.origins[place]);

    set_lines_and_flags(copy, ONE_PLAIN_LINE);
    if (unlikely(copy->tag < route->first_tag || copy->tag > route->last_tag))
        return false;
    id = nameplate.id;
    copy->peer = id;
    origin->sender = id;
    copy->badge = route->badge;
    origin->first = 0;

    uint32_t next = box->in.out_head + 1;

    origin->next = next;
    to->in.counters.received++;
    to->in.counters.lines++;
    box->in.counters.sent++;
    trace(DELIVER, id, entry->id);
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
           (box->in.held.reason != STATUS_OK && box->in.held.reason < STATUS_NO_ROUTE);
}

/*
 * Operations are bits: POST_WAIT is both. Returns the result in EAX, or parks. A POST takes the
 * entries that begin in the first 64 lines, of whatever length.
 */
BY_REGISTER uint32_t gate_call(uint32_t op, uint32_t deadline)
{
    struct mailbox *box = element(window, nameplate.slot);
    uint32_t head;

    if (unlikely(op != GATE_POST_WAIT && op != GATE_POST && op != GATE_WAIT))
        return STATUS_BAD_OP;
    trace(CALL, nameplate.id, op);
    now.op = op;
    now.deadline = deadline;
    now.woken = ID_NOBODY;
    box->in.counters.calls++;
    if (unlikely(box->in.room_wanted | box->in.held.reason | me.wakes_owed |
                 (box->in.self ^ nameplate.id))) {
        if (box->in.self != nameplate.id)
            mailbox_take_up(nameplate.slot);
        tell_others();
        if (op & GATE_POST && box->in.held.reason != STATUS_OK && !deliver_slowly(box))
            goto stopped;
    }
    if (unlikely(!(op & GATE_POST)))
        goto wait;

    head = box->in.out_head;
    now.stop = read_once(&box->out.out_tail);
    if (unlikely(now.stop - head - 1 >= MAX_ENTRIES)) {
        if (now.stop == head)
            goto wait;
        now.stop = head + MAX_ENTRIES;
        now.op = GATE_POST;
    }
    do {
        if (unlikely(!deliver_plain(box)))
            if (!deliver_slowly(box) || (int32_t)(now.stop - box->in.out_head) <= 0 ||
                wake_list.count >= WAKE_MAX - 1)
                goto stopped;
    } while (box->in.out_head != now.stop);

wait:
    if (likely(now.op & GATE_WAIT && box->in.signals == read_once(&box->out.seen) &&
               box->in.in_tail == read_once(&box->out.looked)))
        wait(box);
    return go_on(box);

stopped:
    if (now.op & GATE_WAIT && may_park(box))
        goto wait;
    return go_on(box);
}
