/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a task, for the pager; ring 0. A task is made stopped and without frames, is
 * given its parts (part.c), started, and in the end retired (its id names nobody from then on),
 * told to the router, emptied, and its slot vacated. A slot has 65,535 tasks and then no more, so
 * that no id comes twice: routes and open calls name the dead for as long as they like. Nothing
 * here walks a view: the pager empties it page by page first.
 */
#include <ringpost/assert.h>
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include "life.h"
#include "owed.h"
#include "part.h"
#include "print.h"
#include "queue.h"
#include "refuse.h"
#include "string.h"
#include "view.h"

/*
 * No task but those from `events` on, before `events_end`, has an event: a fetch walks no others.
 */
static struct task *events, *events_end;

static bool lines_ok(uint32_t lines) { return lines == MAX_RING / 2 || lines == MAX_RING; }

uint32_t task_make(slot_t slot, uint32_t priority, uint32_t lines, task_id_t *id)
{
    struct task *t = task_at(slot);

    if (!slot || NUMBER_OF(slot) >= tasks_made)
        REFUSE(STATUS_BAD_TASK);
    if (t->life != LIFE_NONE)
        REFUSE(STATUS_BUSY);
    if (priority == 0 || priority >= PRIORITIES || !lines_ok(lines & 0xFFFF) ||
        !lines_ok(lines >> 16))
        REFUSE(STATUS_BAD);
    if (generation_of(t->id) == GENERATION_LAST)
        REFUSE(STATUS_NO_SLOT);
    *t = (struct task){.slot = slot,
                       .id = TASK_ID(slot, generation_of(t->id) + 1),
                       .life = LIFE_MADE,
                       .priority = priority,
                       .in_lines = lines & 0xFFFF,
                       .out_lines = lines >> 16};
    t->view[3] = view_shared_pte();
    memset(t->ports, 0xFF, sizeof t->ports);
    *id = t->id;
    return STATUS_OK;
}

uint32_t task_start(struct task *t, uint32_t eip, uint32_t esp)
{
    if (t->life != LIFE_MADE || !part_complete(t))
        REFUSE(STATUS_BUSY);
    if (eip >= RING3_LIMIT)
        REFUSE(STATUS_BAD_ADDRESS);
    t->life = LIFE_STARTED;
    t->interrupted = true;
    frame_begin(&t->saved, SEL_APP_CS, SEL_APP_DS, eip, esp);
    *task_entry(t) = (struct task_entry){.id = t->id,
                                         .priority = t->priority,
                                         .out_mask = t->out_lines - 1,
                                         .in_mask = t->in_lines - 1,
                                         .view = task_view(t),
                                         .window = task_window(t)};
    queue_put(t, false);
    return STATUS_OK;
}

void task_stop(struct task *t)
{
    deadline_disarm(t);
    if (task_entry(t)->state == READY_QUEUED)
        queue_remove(t);
    task_set_state(t, READY_STOPPED);
}

uint32_t task_resume(struct task *t)
{
    if (t->life != LIFE_STARTED || task_entry(t)->state != READY_STOPPED || !t->interrupted)
        REFUSE(STATUS_BUSY);
    t->event = false;
    queue_put(t, true);
    return STATUS_OK;
}

uint32_t task_retire(struct task *t)
{
    if (t->life == LIFE_MADE) { /* never started: nobody has heard of it */
        t->life = LIFE_TOLD;
        return STATUS_OK;
    }
    if (t->life != LIFE_STARTED || task_entry(t)->state != READY_STOPPED)
        REFUSE(STATUS_BUSY);
    t->life = LIFE_RETIRED;
    t->event = false;
    *task_entry(t) = (struct task_entry){0};
    for (unsigned i = 0; i < 16; i++)
        if (nano_page->irq_task[i] == t->id)
            nano_page->irq_task[i] = 0;
    if (nano_page->registrar == t->id)
        nano_page->registrar = 0;
    owe_gone();
    return STATUS_OK;
}

void task_told(struct task *t)
{
    ASSERT(t->life == LIFE_RETIRED);
    t->life = LIFE_TOLD;
}

uint32_t task_vacate(struct task *t)
{
    if (t->life != LIFE_TOLD)
        REFUSE(STATUS_BUSY);
    for (unsigned p = 0; p < PART_COUNT; p++)
        if (t->part[p])
            REFUSE(STATUS_NOT_EMPTY);
    t->life = LIFE_NONE;
    return STATUS_OK;
}

static void note_event(struct task *t)
{
    if (events == events_end)
        events = events_end = t;
    if (t < events)
        events = t;
    if (t >= events_end)
        events_end = task_next(t);
    t->event = true;
    owe_event();
}

struct task *task_event(void)
{
    for (; events != events_end; events = task_next(events))
        if (events->life == LIFE_STARTED && events->event) {
            struct task *t = events;
            events = task_next(t);
            t->event = false;
            return t;
        }
    return NULL;
}

bool task_events(void) { return events != events_end; }

void task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address, uint32_t eip,
                uint32_t esp)
{
    task_stop(t);
    t->fault_vector = vector;
    t->fault_error = error;
    t->fault_address = address;
    t->fault_eip = eip;
    t->fault_esp = esp;
    if (t->id == nano_page->pager) {
        print("nano: the pager is dead: exception %u, error %x, address %08x, EIP %08x\n", vector,
              error, address, eip);
        nano_page->pager = 0;
        task_retire(t);
        return;
    }
    note_event(t);
}
