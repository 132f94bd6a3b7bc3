/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets what comes round back to right before it does. Ring 0, in builds with INJECT=1 only; called
 * by inject.c (INJECT_BACK). All starts there (hooks.c), but what prepares a case goes past it; and
 * it is the killed call that shall cross.
 *
 * A ring is set back if it rests: nobody else has an index of it then. The tick is, if nobody has a
 * deadline.
 */
#include <ringpost/inject.h>
#include <ringpost/mailbox.h>
#include "frame.h"
#include "inject.h"
#include "tick.h"
#include "walk.h"

/* What goes with an index: one of libpost's words in the task. */
static void shift(struct task *t, uint32_t address, uint32_t by)
{
    uint32_t *word = inject_memory(t, address);

    if (word)
        *word += by;
}

static bool outbox(struct task *t, const struct inject_back *b, struct out_header *out,
                   struct in_header *in)
{
    uint32_t by = b->index - out->out_tail;

    if (in->out_head != out->out_tail || in->record.next != in->out_head || in->open_calls ||
        in->held.reason)
        return false;
    out->out_tail = in->out_head = in->record.next = b->index;
    in->held.index = b->index - 1; /* an older entry, whatever was held in the last case */
    shift(t, b->out_limit, by);
    return true;
}

static bool inbox(struct task *t, const struct inject_back *b, struct out_header *out,
                  struct in_header *in)
{
    uint32_t by = b->index - in->in_tail;

    if (out->in_head != in->in_tail || in->notice.server)
        return false;
    out->in_head = in->in_tail = b->index;
    out->looked += by;
    shift(t, b->in_limit, by);
    return true;
}

/*
 * What the router remembers of the task is as if it had just looked (room.c, lane_clear()), so that
 * an operation has the same path whatever came before it. LANE_CLEAR: struct lane's word.
 */
#define LANE_CLEAR 5
static void same_caches(struct task *t, const struct out_header *out, struct in_header *in)
{
    uint32_t *lane = inject_memory(t, ROUTE_CACHE + (NUMBER_OF(t->slot) << ROUTES_SHIFT));
    bool clear = in->room_wanted == 0 && in->held.reason == 0 && in->held.kills == 0;

    lane[LANE_CLEAR] = clear;
    in->plain_room = in->room_wanted == 0 && in->reserved == 0 && out->in_head == in->in_tail
                         ? (int32_t)(t->in_lines / 2)
                         : 0;
}

static bool tick(const struct inject_back *b)
{
    struct clock *clock = frame_memory(PTE_FRAME(tick_clock_pte()));

    FOR_EACH_SLOT (t)
        if (t->life == LIFE_STARTED && t->deadline_armed)
            return false;
    if (b->clock)
        clock->now = INJECT_BACK_TICK;
    return b->clock;
}

uint32_t back(const struct inject_back *b)
{
    struct task *t = task_running_id(AS_KIND(task_id_t, b->task));

    if (!t || !t->part[PART_OUT_HEADER] || !t->part[PART_IN_HEADER])
        return 0;

    struct out_header *out = frame_memory(t->part[PART_OUT_HEADER]);
    struct in_header *in = frame_memory(t->part[PART_IN_HEADER]);

    same_caches(t, out, in);
    return (outbox(t, b, out, in) ? INJECT_BACK_OUTBOX : 0) |
           (inbox(t, b, out, in) ? INJECT_BACK_INBOX : 0) | (tick(b) ? INJECT_BACK_CLOCK : 0);
}
