/* SPDX-License-Identifier: BSD-2-Clause */
/* What is owed; see owed.h. Ring 0. Recovery goes first: nothing else can be right before it. */
#include <ringpost/assert.h>
#include "owed.h"
#include "queue.h"

/* Bits of owed_now: the first 16 are the irqs. */
#define OWED_IRQS    0xFFFFu
#define OWED_EVENT   0x10000u
#define OWED_GONE    0x20000u
#define OWED_RECOVER 0x40000u

uint32_t owed_now;

static void owe(uint32_t bit)
{
    owed_now |= bit;
    attention_demand();
}

void owe_irq(uint32_t irq) { owe(1u << irq); }

void owe_event(void) { owe(OWED_EVENT); }

void owe_gone(void) { owe(OWED_GONE); }

void owe_recover(task_id_t culprit)
{
    nano_page->culprit = culprit;
    owe(OWED_RECOVER);
}

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
    if (owed_now & OWED_RECOVER) {
        *argument = NUMBER_OF(nano_page->culprit);
        return UPCALL_RECOVER;
    }
    if (owed_now & OWED_IRQS) {
        *argument = __builtin_ctz(owed_now);
        return UPCALL_IRQ;
    }
    if (owed_now & OWED_EVENT)
        return UPCALL_EVENT;
    dead = retired();
    ASSERT(dead != NULL);
    *argument = NUMBER_OF(dead->id);
    return UPCALL_GONE;
}

void owed_accepted(enum upcall event, uint32_t argument)
{
    switch (event) {
    case UPCALL_RECOVER: owed_now &= ~OWED_RECOVER; break;
    case UPCALL_IRQ: owed_now &= ~(1u << argument); break;
    case UPCALL_EVENT: owed_now &= ~OWED_EVENT; break;
    case UPCALL_GONE: owed_now &= retired() ? ~0u : ~OWED_GONE; break;
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
