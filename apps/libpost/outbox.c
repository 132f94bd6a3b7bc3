/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outbox beyond its fast path, ring 3: waiting for room, and entries that the router holds.
 * Invariants: libpost voids an entry only after the router has refused it or its sender has given
 * up, so nothing is lost silently; and it never moves an entry, so the order is the order of
 * commits.
 */
#include "internal.h"

uint32_t post_out_limit;
uint32_t post_dropped;
enum status post_dropped_reason;

static struct line *entry_at(uint32_t index)
{
    return &post_own->outbox[index & post_own->in.out_mask];
}

/* Is there a held entry at the head, not voided yet? */
static bool is_held(void)
{
    post_barrier();
    uint32_t head = post_own->in.out_head;
    return head != post_own->out.out_tail && post_own->in.held.reason != STATUS_OK &&
           post_own->in.held.index == head && entry_at(head)->peer != HANDLE_VOID;
}

/* True: it was one of libpost's calls that are out, whose answer that is. */
static bool void_head(enum status reason)
{
    uint32_t head = post_own->in.out_head;

    entry_at(head)->peer = HANDLE_VOID;
    return entry_at(head)->flags & FLAG_CALL && post_pending_refused(head, reason);
}

static void drop_head(enum status reason)
{
    if (void_head(reason))
        return;
    post_dropped++;
    post_dropped_reason = reason;
}

void post_drop_refused(void)
{
    if (is_held() && !post_waits(post_own->in.held.reason))
        drop_head(post_own->in.held.reason);
}

void post_drop_held(void)
{
    if (is_held())
        drop_head(post_own->in.held.reason);
}

/*
 * Why the entry at the head is still there, for a caller that reads no mail before the entry goes.
 * If the entry needs room in the task's own inbox (for a call's reply, or a message to itself),
 * that room then never comes.
 */
static enum status held_reason(void)
{
    enum status reason = post_own->in.held.reason;
    uint32_t head = post_own->out.in_head;

    if (reason != STATUS_FULL || post_own->in.held.peer != post_own->in.self)
        return reason;
    if (post_odd)
        post_collect(); /* answers leave the inbox, too */
    return post_own->out.in_head == head ? STATUS_NO_ROOM : STATUS_FULL;
}

/*
 * Post; then, if the head is held, wait until the reason may have ended. Mail and other signals end
 * the wait too; the caller loops. This is not one POST_WAIT, because the head may come to be held
 * for a reason that never ends (held_reason).
 */
static void wait_held(uint32_t deadline)
{
    post_keep_signals(); /* a HELD raised from here on ends the wait */
    post_own->out.looked = post_own->in.in_tail;
    post_gate(GATE_POST, POST_FOREVER);
    if (is_held() && post_waits(held_reason()))
        post_gate(GATE_WAIT, deadline);
}

bool post_in_outbox(uint32_t index)
{
    post_barrier();
    return index - post_own->in.out_head < post_own->out.out_tail - post_own->in.out_head;
}

bool post_withdraw(uint32_t index)
{
    if (!post_in_outbox(index))
        return false;
    entry_at(index)->peer = HANDLE_VOID;
    return post_in_outbox(index);
}

void post_settle(void)
{
    while (post_barrier(), post_own->in.out_head != post_own->out.out_tail) {
        post_gate(GATE_POST, POST_FOREVER);
        if (!is_held())
            continue; /* more entries than one call takes, or a restart */
        enum status reason = held_reason();
        if (post_waits(reason))
            return;
        drop_head(reason);
    }
}

enum status post_gone(uint32_t end)
{
    const struct held *held = &post_own->in.held;

    return held->reason == STATUS_RESET && (int32_t)(held->index + 1 - end) >= 0 ? STATUS_RESET
                                                                                 : STATUS_OK;
}

enum status post_push(uint32_t mine, uint32_t end, uint32_t deadline)
{
    while (post_barrier(), (int32_t)(post_own->in.out_head - end) < 0) {
        enum status reason = held_reason();
        if (!is_held()) {
            /* More entries than one call takes, or a restart, or a void entry at the head. */
            post_gate(GATE_POST, POST_FOREVER);
        } else if (!post_waits(reason) && post_own->in.out_head != mine) {
            drop_head(reason);
        } else if (!post_waits(reason) || post_passed(deadline)) {
            if (post_withdraw(mine))
                return reason;
            /* It is not held any more: the pager was quicker (MOVE), and it is delivered. */
        } else {
            wait_held(deadline);
        }
    }
    return post_gone(end);
}

enum status post_deliver(unsigned lines, uint32_t deadline)
{
    uint32_t end = post_own->out.out_tail;
    if (entry_at(end - lines)->peer == HANDLE_VOID) /* the router will step over it */
        return STATUS_NO_ROUTE;
    post_gate(GATE_POST, POST_FOREVER);
    return post_push(end - lines, end, deadline);
}

enum status post_flush_rest(unsigned gate)
{
    while (post_barrier(), post_own->in.out_head != post_own->out.out_tail) {
        enum status reason = post_own->in.held.reason;
        if (is_held() && !post_waits(reason)) {
            void_head(reason);
            return reason;
        }
        if (is_held() && gate == STATUS_OK)
            return reason;
        gate = post_gate(GATE_POST, POST_FOREVER);
    }
    return STATUS_OK;
}

struct line *post_slot_rest(unsigned lines)
{
    post_barrier();
    post_out_limit = post_own->in.out_head + post_own->in.out_mask + 1;
    post_cancel_owed();
    uint32_t tail = post_own->out.out_tail;
    return post_out_limit - tail < lines ? NULL : &post_own->outbox[tail & post_own->in.out_mask];
}

enum status post_slot_until(struct line **line, unsigned lines, uint32_t deadline)
{
    bool late = false; /* and posted since */

    while ((*line = post_slot(lines)) == NULL) {
        enum status reason = held_reason();
        if (!is_held()) {
            post_gate(GATE_POST, POST_FOREVER);
        } else if (!post_waits(reason)) {
            drop_head(reason);
        } else if (late) {
            return reason;
        } else {
            wait_held(deadline);
            late = post_passed(deadline);
        }
    }
    return STATUS_OK;
}

struct line *post_slot_wait(unsigned lines)
{
    struct line *line;
    post_slot_until(&line, lines, POST_FOREVER);
    return line;
}
