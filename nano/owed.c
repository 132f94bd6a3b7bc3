/* SPDX-License-Identifier: BSD-2-Clause */
/* What is owed; see owed.h. Ring 0. Recovery goes first: nothing else can be right before it. */
#include <ringpost/assert.h>
#include "owed.h"
#include "queue.h"

static uint32_t irqs_owed; /* a bit for each */
static bool event_owed, gone_owed, recover_owed;

void owe_irq(uint32_t irq)
{
    irqs_owed |= 1u << irq;
    attention_demand();
}

void owe_event(void)
{
    event_owed = true;
    attention_demand();
}

void owe_gone(void)
{
    gone_owed = true;
    attention_demand();
}

void owe_recover(task_id_t culprit)
{
    recover_owed = true;
    nano_page->culprit = culprit;
    attention_demand();
}

bool owed(void) { return irqs_owed || event_owed || gone_owed || recover_owed; }

/* The first task that is dead without the router knowing, or NULL. */
static struct task *retired(void)
{
    FOR_EACH_SLOT (t)
        if (t->life == LIFE_RETIRED)
            return t;
    return NULL;
}

enum upcall owed_first(uint32_t *argument)
{
    struct task *dead;

    *argument = 0;
    if (recover_owed) {
        *argument = NUMBER_OF(nano_page->culprit);
        return UPCALL_RECOVER;
    }
    if (irqs_owed) {
        *argument = __builtin_ctz(irqs_owed);
        return UPCALL_IRQ;
    }
    if (event_owed)
        return UPCALL_EVENT;
    dead = retired();
    ASSERT(dead != NULL);
    *argument = NUMBER_OF(dead->id);
    return UPCALL_GONE;
}

void owed_accepted(enum upcall event, uint32_t argument)
{
    switch (event) {
    case UPCALL_RECOVER: recover_owed = false; break;
    case UPCALL_IRQ: irqs_owed &= ~(1u << argument); break;
    case UPCALL_EVENT: event_owed = false; break;
    case UPCALL_GONE: gone_owed = retired() != NULL; break;
    }
}

void attention_demand(void) { nano_page->attention = ATTENTION_ALL; }

void attention_settle(const struct task *t)
{
    uint32_t highest = queue_highest();

    if (highest == 0)
        highest = 1; /* so that a row that is not free (ready 0) never passes the gatehouse */
    nano_page->attention = t->has_ports || owed() ? ATTENTION_ALL : highest;
}
