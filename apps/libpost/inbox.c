/*
 * The inbox beyond its fast path, ring 3: waiting, signals, and messages that were taken
 * out of the middle. The inbox itself is read-only to the task, so what was read out of
 * order is remembered here, a bit for each position of the ring. Invariant: post_odd is the
 * number of such messages plus the calls given up whose replies may still come; while
 * it is 0, the line at in_head is the next unread one and no other check is needed.
 */
#include "internal.h"

uint32_t post_odd;

static uint32_t taken_out[MAX_RING / 32]; /* by inbox index & mask: read already */
static uint32_t kept;                     /* signals taken but not yet returned  */

void post_take_out(uint32_t index)
{
    uint32_t at = index & post_own->in.in_mask;
    if (index == post_own->out.in_head) {
        post_done(&post_own->inbox[at]);
        return;
    }
    taken_out[at / 32] |= 1u << at % 32;
    post_odd++;
}

void post_abandon(void)
{
    post_odd++;
}

/* Was the message at this position read already, or is it a reply that nobody wants? */
static bool is_read(uint32_t at)
{
    const struct line *line = &post_own->inbox[at];
    if (taken_out[at / 32] & 1u << at % 32) {
        taken_out[at / 32] &= ~(1u << at % 32);
        return true;
    }
    return line->flags & FLAG_REPLY && line->cookie >= POST_COOKIE;
}

const struct line *post_peek_odd(void)
{
    for (;;) {
        post_barrier();
        uint32_t head = post_own->out.in_head;
        if (head == post_own->in.in_tail)
            return NULL;
        uint32_t at = head & post_own->in.in_mask;
        if (post_odd == 0 || !is_read(at))
            return &post_own->inbox[at];
        post_odd--;
        post_done(&post_own->inbox[at]);
    }
}

void post_keep_signals(void)
{
    post_barrier();
    uint32_t signals = post_own->in.signals; /* once: the router may raise one at any time */
    kept |= (signals ^ post_own->out.seen) & ~SIGNAL_HELD;
    post_own->out.seen = signals;
}

uint32_t post_signals(void)
{
    post_keep_signals();
    uint32_t signals = kept;
    kept = 0;
    return signals;
}

uint32_t post_wait_past(uint32_t looked, uint32_t deadline)
{
    uint32_t signals = post_signals();
    if (!signals) {
        post_own->out.looked = looked;
        post_gate(GATE_POST_WAIT, deadline);
        post_drop_refused();
        signals = post_signals();
    }
    return signals;
}

uint32_t post_wait(uint32_t deadline)
{
    return post_peek() ? post_signals() : post_wait_past(post_own->out.in_head, deadline);
}

const struct line *post_next_rest(uint32_t deadline)
{
    const struct line *line;
    for (;;) {
        post_drop_refused();
        if ((line = post_peek()) != NULL || post_passed(deadline))
            return line;
        post_keep_signals();
        post_own->out.looked = post_own->out.in_head;
        post_gate(GATE_POST_WAIT, deadline);
    }
}
