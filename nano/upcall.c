/* SPDX-License-Identifier: BSD-2-Clause */
/* Upcalls; see upcall.h. Ring 0. Recovery goes first: nothing else can be right before it. */
#include "gdt.h"
#include "load.h"
#include "queue.h"
#include "router_fault.h"
#include "tick.h"
#include "upcall.h"

static uint32_t irqs_owed;
static bool event_owed, gone_owed, recover_owed;
static uint32_t running, argument;          /* enum upcall, 0: none */
static uint32_t deaths[UPCALL_RECOVER + 1]; /* in each, since it was accepted last */

void upcall_owe_irq(uint32_t irq)
{
    irqs_owed |= 1u << irq;
    attention_demand();
}
void upcall_owe_event(void)
{
    event_owed = true;
    attention_demand();
}
void upcall_owe_gone(void)
{
    gone_owed = true;
    attention_demand();
}
void upcall_owe_recover(uint32_t culprit)
{
    recover_owed = true;
    nano_page->culprit = culprit;
    attention_demand();
}

bool upcall_owed(void) { return irqs_owed || event_owed || gone_owed || recover_owed; }
bool upcall_running(void) { return running != 0; }
bool upcall_recovering(void) { return running == UPCALL_RECOVER; }

/* The first task that is dead without the router knowing, or NULL. */
static struct task *retired(void)
{
    for (uint32_t s = 1; s < tasks_made; s++)
        if (task_at(s)->life == LIFE_RETIRED)
            return task_at(s);
    return NULL;
}

void upcall_accept(void)
{
    switch (running) {
    case UPCALL_RECOVER:
        recover_owed = false;
        router_recovered();
        break;
    case UPCALL_IRQ: irqs_owed &= ~(1u << argument); break;
    case UPCALL_EVENT: event_owed = false; break;
    case UPCALL_GONE:
        task_find(argument)->life = LIFE_TOLD;
        gone_owed = retired() != NULL;
        break;
    }
    deaths[running] = 0;
    running = 0;
}

uint32_t upcall_died(void)
{
    uint32_t died = running ? ++deaths[running] : 0;

    running = 0;
    return died;
}

void upcall_start(void)
{
    struct frame *f = ENTRY_FRAME_AT;

    if (recover_owed) {
        running = UPCALL_RECOVER;
        argument = nano_page->culprit;
    } else if (irqs_owed) {
        running = UPCALL_IRQ;
        argument = __builtin_ctz(irqs_owed);
    } else if (event_owed) {
        running = UPCALL_EVENT;
        argument = 0;
    } else {
        running = UPCALL_GONE;
        argument = retired()->id;
    }
    *f = frame_new(SEL_ROUTER_CS, SEL_ROUTER_DS, router_upcall_entry(), ROUTER_STACK + PAGE_SIZE);
    f->eax = running;
    f->edx = argument;
    tss_set_ports(NULL); /* not those of the task that ran last */
    leave(f, task_view(task_at(0)));
}
