/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues and deadlines; see queue.h. Ring 0, interrupts off. */
#include <ringpost/assert.h>
#include <ringpost/status.h>
#include "queue.h"

static struct task *first_of[PRIORITIES], *last_of[PRIORITIES];
static uint32_t nonempty;      /* bit p: the queue of priority p has somebody */
static struct task *deadlines; /* soonest first */

uint32_t queue_highest(void) { return nonempty ? 31 - __builtin_clz(nonempty) : 0; }

void queue_put(struct task *t, bool first)
{
    unsigned p = t->priority;

    ASSERT(t->life == LIFE_STARTED);
    ASSERT(task_entry(t)->state != READY_QUEUED); /* in one queue at most, and once */
    task_set_state(t, READY_QUEUED);
    t->next = NULL;
    if (!first_of[p]) {
        first_of[p] = last_of[p] = t;
    } else if (first) {
        t->next = first_of[p];
        first_of[p] = t;
    } else {
        last_of[p]->next = t;
        last_of[p] = t;
    }
    nonempty |= 1u << p;
}

void queue_remove(struct task *t)
{
    unsigned p = t->priority;
    struct task *before = NULL;

    ASSERT(task_entry(t)->state == READY_QUEUED);
    for (struct task *q = first_of[p]; q != t; q = q->next) {
        ASSERT(q != NULL); /* who is queued is found in its queue */
        before = q;
    }
    if (before)
        before->next = t->next;
    else
        first_of[p] = t->next;
    if (last_of[p] == t)
        last_of[p] = before;
    if (!first_of[p])
        nonempty &= ~(1u << p);
    task_set_state(t, READY_STOPPED);
}

struct task *queue_take(void)
{
    struct task *t = first_of[queue_highest()];

    if (t)
        queue_remove(t);
    return t;
}

void task_wake(struct task *t, uint32_t result, bool first)
{
    uint32_t state = task_entry(t)->state;

    if (state != READY_FREE && state != READY_SPECIAL)
        return;
    deadline_disarm(t);
    t->result = result;
    queue_put(t, first);
}

void deadline_arm(struct task *t, uint32_t deadline)
{
    struct task **link = &deadlines;

    ASSERT(!t->deadline_armed);
    while (*link && (int32_t)((*link)->deadline - deadline) <= 0)
        link = &(*link)->next_deadline;
    t->deadline = deadline;
    t->deadline_armed = true;
    t->next_deadline = *link;
    *link = t;
}

void deadline_disarm(struct task *t)
{
    if (!t->deadline_armed)
        return;
    for (struct task **link = &deadlines; *link; link = &(*link)->next_deadline)
        if (*link == t) {
            *link = t->next_deadline;
            break;
        }
    t->deadline_armed = false;
}

void deadlines_pass(uint32_t now)
{
    while (deadlines && (int32_t)(now - deadlines->deadline) >= 0)
        task_wake(deadlines, STATUS_TIMEOUT, false);
}
