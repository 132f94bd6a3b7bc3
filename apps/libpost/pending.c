/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Libpost's own calls that are out, ring 3. Each is found by the place of its call index in the
 * ledger, which it has to itself: a call is committed only where the ledger's slot is closed. So a
 * reply needs no search, and one whose call is not in the table is to a call that was given up.
 *
 * post_collect takes these replies out of the inbox, wherever they lie among the mail, into the
 * buffers of their calls. Whatever reads mail or waits calls it first, if anything is odd
 * (inbox.c).
 *
 * A call that is given up is cancelled. Until the router has done that the reply may still come, so
 * its index is kept, and it counts as odd. The CANCEL goes into the outbox at once, or, if that is
 * full, before the next entry (post_slot_rest). A loan cannot be cancelled; its reply is thrown
 * away, whenever it comes.
 *
 * Invariant: while a call is in the table, or given up, post_odd counts it once.
 */
#include "internal.h"

static struct post_pending *out[MAX_RING]; /* by call index & mask */
static unsigned out_count;
static struct post_pending *first, *last; /* the answered ones, in the order of their answers */
uint32_t post_collected;

static uint32_t given_up[MAX_RING];     /* call indices, by themselves & mask                */
static uint32_t closing[MAX_RING / 32]; /* which of these may be open still                  */
static uint32_t owed[MAX_RING / 32];    /* whose CANCEL is not in the outbox yet             */
static unsigned closing_count, owed_count;

static struct post_pending **place_of(uint32_t index)
{
    return &out[index & post_own->in.out_mask];
}

static struct post_pending *find(uint32_t index)
{
    struct post_pending *call = *place_of(index);

    return call && call->index == index ? call : NULL;
}

void post_pending_add(struct post_pending *call)
{
    call->state = POST_CALL_OUT;
    *place_of(call->index) = call;
    out_count++;
    post_odd++;
}

static void unlist(struct post_pending *call)
{
    call->state = POST_CALL_NONE;
    *place_of(call->index) = NULL;
    out_count--;
    post_odd--;
}

static void answered(struct post_pending *call, enum status status)
{
    unlist(call);
    call->state = POST_CALL_ANSWERED;
    call->status = status;
    call->next = NULL;
    *(first ? &last->next : &first) = call;
    last = call;
}

/* Takes an answered call off the list. */
static enum status taken(struct post_pending *call)
{
    struct post_pending **at = &first, *before = NULL;

    for (; *at != call; at = &before->next)
        before = *at;
    *at = call->next;
    if (last == call)
        last = before;
    call->state = POST_CALL_NONE;
    return call->status;
}

bool post_pending_refused(uint32_t index, enum status reason)
{
    struct post_pending *call = find(index);

    if (call)
        answered(call, reason);
    return call != NULL;
}

/* The reply at this inbox index. */
static void take_reply(uint32_t index)
{
    const struct line *line = &post_own->inbox[index & post_own->in.in_mask];
    struct post_pending *call = find(line->w[0]);

    if (call) {
        enum status status = post_reply_status(line);

        if (status == STATUS_OK && call->sealed)
            status = post_sealed(line);
        call->line = line;
        answered(call, status);
        if (status == STATUS_OK && call->in_place)
            return;
        if (status == STATUS_OK) {
            unsigned bytes = line->lines * LINE_BYTES - (call->sealed ? 24 : 20);
            call->got = bytes < call->size ? bytes : call->size;
            if (call->reply)
                memcpy(call->reply, &line->w[1], call->got);
        }
    }
    post_take_out(index);
}

/* Which of those given up are open still? */
static void find_open(uint32_t open[MAX_RING / 32])
{
    for (unsigned i = 0; i < MAX_RING / 32; i++) {
        open[i] = 0;
        for (uint32_t bits = closing[i]; bits; bits &= bits - 1)
            if (post_call_open(given_up[i * 32 + __builtin_ctz(bits)]))
                open[i] |= bits & -bits;
    }
}

static void forget_closed(const uint32_t open[MAX_RING / 32])
{
    for (unsigned i = 0; i < MAX_RING / 32; i++) {
        for (uint32_t bits = closing[i] & ~open[i]; bits; bits &= bits - 1) {
            closing_count--;
            post_odd--;
        }
        closing[i] &= open[i];
    }
}

bool post_collect(void)
{
    uint32_t open[MAX_RING / 32] = {0};

    if (closing_count)
        find_open(open); /* first: a reply is in the inbox before its call is closed */
    post_barrier();
    uint32_t head = post_own->out.in_head, tail = post_own->in.in_tail;
    /* mail was read beyond it; or the mailbox was set aside */
    if (post_collected - head > tail - head)
        post_collected = head;
    while (post_collected != tail) {
        const struct line *line = &post_own->inbox[post_collected & post_own->in.in_mask];
        uint32_t end = post_end_of(post_collected);
        if (line->flags & FLAG_REPLY && line->cookie >= POST_COOKIE && !post_is_out(post_collected))
            take_reply(post_collected);
        post_collected = end;
    }
    post_skip_taken();
    if (closing_count)
        forget_closed(open);
    return first != NULL;
}

/*
 * Was the call lost with the mailbox? Then it is neither in the outbox nor open, and there is no
 * answer.
 */
static void check(struct post_pending *call)
{
    if (!call || call->state != POST_CALL_OUT || post_in_outbox(call->index) ||
        post_call_open(call->index))
        return;
    post_collect();
    if (call->state == POST_CALL_OUT)
        answered(call, STATUS_RESET);
}

static void write_cancel(uint32_t index)
{
    post_cancel_address(&post_own->outbox[post_own->out.out_tail & post_own->in.out_mask], index);
    post_commit(1);
}

void post_cancel_owed(void)
{
    for (unsigned at = 0; owed_count && at < MAX_RING; at++) {
        uint32_t bit = 1u << at % 32, open = owed[at / 32] & bit && post_call_open(given_up[at]);

        if (open && post_own->out.out_tail == post_out_limit)
            return;
        owed_count -= !!(owed[at / 32] & bit);
        owed[at / 32] &= ~bit;
        if (open)
            write_cancel(given_up[at]);
    }
}

/* An open call's answer is not wanted any more. */
static void give_up(uint32_t index, bool cancel)
{
    uint32_t at = index & post_own->in.out_mask, bit = 1u << at % 32;

    post_collect(); /* an earlier call of this place is forgotten */
    closing[at / 32] |= bit;
    given_up[at] = index;
    closing_count++;
    post_odd++;
    if (cancel && post_slot(1)) {
        write_cancel(index);
    } else if (cancel) {
        owed_count += !(owed[at / 32] & bit);
        owed[at / 32] |= bit;
    }
}

/* Nobody waits for the answer any more; `cancel`: its CANCEL is still to be written. */
static void drop(struct post_pending *call, bool cancel)
{
    unlist(call);
    if (post_withdraw(call->index))
        return;
    if (post_call_open(call->index))
        give_up(call->index, cancel);
    else
        post_collect(); /* its reply is there, and nobody's */
}

void post_cancel(struct post_pending *call)
{
    if (call->state == POST_CALL_ANSWERED)
        taken(call);
    else if (call->state == POST_CALL_OUT)
        drop(call, !call->loan);
}

bool post_answered(struct post_pending *call)
{
    post_collect();
    check(call);
    return call->state == POST_CALL_ANSWERED;
}

/*
 * Posts, and takes in what has come. Then waits, unless there is an answer or the deadline has
 * passed. `call` is the one that is waited for, or NULL: any. False: the deadline has passed.
 */
static bool turn(struct post_pending *call, uint32_t deadline)
{
    post_keep_signals(); /* a HELD raised from here on ends the wait */
    post_settle();
    post_collect();
    if (call)
        check(call);
    for (unsigned at = 0; !call && !first && at <= post_own->in.out_mask; at++)
        check(out[at]);
    if (call ? call->state != POST_CALL_OUT : first != NULL)
        return true;
    if (post_passed(deadline))
        return false;
    post_own->out.looked = post_collected;
    post_gate(GATE_WAIT, deadline);
    return true;
}

enum status post_await(struct post_pending *call, uint32_t deadline)
{
    post_collect();
    while (call->state == POST_CALL_OUT)
        if (!turn(call, deadline))
            return STATUS_TIMEOUT;
    return call->state == POST_CALL_ANSWERED ? taken(call) : call->status;
}

struct post_pending *post_await_any(uint32_t deadline)
{
    post_collect();
    while (!first)
        if (out_count == 0 || !turn(NULL, deadline))
            return NULL;
    struct post_pending *call = first;
    taken(call);
    return call;
}

enum status post_pending_end(struct post_pending *call, uint32_t deadline)
{
    enum status status = post_await(call, deadline);

    if (call->state != POST_CALL_OUT)
        return status;
    bool cancelled = !call->loan && post_slot(1);
    if (cancelled)
        write_cancel(call->index);
    post_settle();
    post_collect();
    if (call->state != POST_CALL_OUT) /* the reply was quicker */
        return post_await(call, deadline);
    drop(call, !call->loan && !cancelled);
    return STATUS_TIMEOUT;
}
