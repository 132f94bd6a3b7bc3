/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inbox beyond its fast path, ring 3: waiting, signals, and messages that were taken out of the
 * middle. The task cannot write to its inbox, so this file remembers what was read out of order,
 * with a bit for each line of the ring.
 *
 * Invariants: post_odd is the number of these lines, plus the number of libpost's calls that are
 * out or given up: their replies may come at any time, and are not mail (pending.c). All of them
 * are at or beyond post_in_limit, which is never beyond in_tail nor behind in_head. So while
 * in_head is below the limit, the line there is the next mail, and the fast path needs no other
 * check.
 */
#include "internal.h"

uint32_t post_in_limit;
uint32_t post_odd;

static uint32_t taken_out[MAX_RING / 32]; /* by inbox index & mask: read already */
static uint32_t kept;                     /* signals taken but not yet returned  */

uint32_t post_end_of(uint32_t index)
{
    const struct in_header *in = &post_own->in;

    do {
        index++;
    } while (index != in->in_tail && in->first[index & in->in_mask] == FIRST_INSIDE);
    return index;
}

void post_skip_to(uint32_t index)
{
    post_barrier();
    post_own->out.in_head = post_in_limit = index;
}

bool post_is_out(uint32_t index)
{
    uint32_t at = index & post_own->in.in_mask;
    return taken_out[at / 32] & 1u << at % 32;
}

void post_take_out(uint32_t index)
{
    uint32_t end = post_end_of(index);

    if (index == post_own->out.in_head) {
        post_skip_to(end);
        return;
    }
    for (; index != end; index++) {
        uint32_t at = index & post_own->in.in_mask;
        taken_out[at / 32] |= 1u << at % 32;
        post_odd++;
    }
}

void post_skip_taken(void)
{
    uint32_t head;

    while ((head = post_own->out.in_head) != post_own->in.in_tail && post_is_out(head)) {
        uint32_t at = head & post_own->in.in_mask;
        taken_out[at / 32] &= ~(1u << at % 32);
        post_skip_to(head + 1);
        post_odd--;
    }
}

/* Called when in_head is at post_in_limit: looks for mail beyond it. */
const struct line *post_peek_rest(void)
{
    if (post_own->in.room_wanted)
        post_gate(GATE_POST, POST_FOREVER);
    if (post_odd)
        post_collect();
    post_barrier();
    uint32_t head = post_own->out.in_head, tail = post_own->in.in_tail;
    const struct line *line = &post_own->inbox[head & post_own->in.in_mask];
    if (head == tail)
        return NULL;
    post_in_limit = post_odd ? head + line->lines : tail; /* this one; then look again */
    return line;
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
    const struct line *line = post_peek(); /* this may take an answer in */

    return line || post_collect() ? post_signals()
                                  : post_wait_past(post_own->out.in_head, deadline);
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
