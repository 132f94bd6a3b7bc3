/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks: slots, ids, life; the task directory that ring 1 reads. Ring 0, for the pager.
 *
 * A task is made stopped and without frames, is given its parts, started, and in the end
 * retired (its id names nobody from then on), told to the router, emptied, ended. Nothing here
 * walks a view: the pager empties it page by page first.
 */
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include "frame.h"
#include "print.h"
#include "queue.h"
#include "string.h"
#include "upcall.h"
#include "view.h"

struct nano_page *nano_page;
static struct task_entry *entries;

extern pte_t shared_dir[PTES];

void tasks_init(uint32_t tasks)
{
    uint32_t pages = ((tasks << TASK_SHIFT) + PAGE_SIZE - 1) / PAGE_SIZE;
    uint32_t first = frame_run(pages, FRAME_NANO);

    if (!first)
        refuse("not enough memory for %u tasks; give the machine more, or boot with tasks=N",
               tasks);
    tasks_made = tasks;
    task_base = first << 12;
    for (uint32_t i = 0; i < pages; i++)
        clear_page(frame_memory(first + i));
    for (uint32_t s = 0; s < tasks; s++) {
        struct task *t = task_at(s);
        t->slot = s;
        t->view[3] = (uint32_t)shared_dir | PTE_P;
    }
    nano_page = view_make_shared(DIRECTORY_PAGE, sizeof *nano_page, 0);
    entries = view_make_shared(DIRECTORY, tasks * sizeof *entries, 0);
    view_make_shared(ROUTE_CACHE, tasks * 1024, PTE_W);
    nano_page->abi = ABI_VERSION;
    nano_page->tasks = tasks;
    nano_page->incarnation = 1;
    /* The window's tables, so that giving a mailbox page never needs one. */
    for (uint32_t s = 0; s < tasks; s += TABLE_SPAN >> MAILBOX_SHIFT)
        view_make_shared_table(WINDOW + (s << MAILBOX_SHIFT));
}

struct task_entry *task_entry(const struct task *t) { return &entries[t->slot]; }

struct task *task_find(uint32_t id)
{
    uint32_t slot = id & 0xFFFF;

    if (slot == 0 || slot >= tasks_made)
        return NULL;
    return task_at(slot)->life != LIFE_NONE && task_at(slot)->id == id ? task_at(slot) : NULL;
}

struct task *task_running_id(uint32_t id)
{
    struct task *t = task_find(id);
    return t && t->life == LIFE_STARTED ? t : NULL;
}

static bool lines_ok(uint32_t lines) { return lines == MAX_RING / 2 || lines == MAX_RING; }

uint32_t task_make(uint32_t slot, uint32_t priority, uint32_t lines, uint32_t *id)
{
    struct task *t = task_at(slot);
    uint32_t generation;

    if (slot == 0 || slot >= tasks_made)
        return STATUS_BAD_TASK;
    if (t->life != LIFE_NONE)
        return STATUS_BUSY;
    if (priority == 0 || priority >= PRIORITIES || !lines_ok(lines & 0xFFFF) ||
        !lines_ok(lines >> 16))
        return STATUS_BAD;
    generation = ((t->id >> 16) + 1) & 0xFFFF;
    *t = (struct task){.slot = slot,
                       .id = slot | (generation ? generation : 1) << 16,
                       .life = LIFE_MADE,
                       .priority = priority,
                       .in_lines = lines & 0xFFFF,
                       .out_lines = lines >> 16};
    t->view[3] = (uint32_t)shared_dir | PTE_P;
    memset(t->ports, 0xFF, sizeof t->ports);
    *id = t->id;
    return STATUS_OK;
}

uint32_t task_start(struct task *t, uint32_t eip, uint32_t esp)
{
    if (t->life != LIFE_MADE || !view_complete(t))
        return STATUS_BUSY;
    if (eip >= RING3_LIMIT)
        return STATUS_BAD_ADDRESS;
    t->life = LIFE_STARTED;
    t->interrupted = true;
    t->saved = frame_new(SEL_APP_CS, SEL_APP_DS, eip, esp);
    *task_entry(t) = (struct task_entry){.id = t->id,
                                         .priority = t->priority,
                                         .out_mask = t->out_lines - 1,
                                         .in_mask = t->in_lines - 1};
    queue_put(t, false);
    return STATUS_OK;
}

void task_stop(struct task *t)
{
    deadline_disarm(t);
    if (task_entry(t)->state == READY_QUEUED)
        queue_remove(t);
    task_entry(t)->state = READY_STOPPED;
}

uint32_t task_retire(struct task *t)
{
    if (t->life == LIFE_MADE) { /* never started: nobody has heard of it */
        t->life = LIFE_TOLD;
        return STATUS_OK;
    }
    if (t->life != LIFE_STARTED || task_entry(t)->state != READY_STOPPED)
        return STATUS_BUSY;
    t->life = LIFE_RETIRED;
    t->event = false;
    *task_entry(t) = (struct task_entry){0};
    for (unsigned i = 0; i < 16; i++)
        if (nano_page->irq_task[i] == t->id)
            nano_page->irq_task[i] = 0;
    if (nano_page->registrar == t->id)
        nano_page->registrar = 0;
    upcall_owe_gone();
    return STATUS_OK;
}

uint32_t task_end(struct task *t)
{
    if (t->life != LIFE_TOLD)
        return STATUS_BUSY;
    for (unsigned p = 0; p < PART_COUNT; p++)
        if (t->part[p])
            return STATUS_NOT_EMPTY;
    t->life = LIFE_NONE;
    return STATUS_OK;
}

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
    t->event = true;
    upcall_owe_event();
}
