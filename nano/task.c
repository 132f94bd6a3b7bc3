/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who a task is: slots, ids, look-up, and the task directory that ring 1 reads. Ring 0. What
 * becomes of a task is in life.c.
 */
#include <ringpost/mailbox.h>
#include "frame.h"
#include "print.h"
#include "string.h"
#include "task.h"
#include "view.h"
#include "walk.h"

struct nano_page *nano_page;
struct task_entry *task_entries;

void tasks_init(uint32_t tasks)
{
    uint32_t pages = ((tasks << TASK_SHIFT) + PAGE_SIZE - 1) / PAGE_SIZE;
    frame_t first = frame_run(pages, FRAME_NANO);

    if (!first)
        nano_stop("not enough memory for %u tasks; give the machine more, or boot with tasks=N",
                  tasks);
    tasks_made = tasks;
    task_base = NUMBER_OF(first) << 12;
    for (uint32_t i = 0; i < pages; i++)
        clear_page(frame_memory(frame_plus(first, i)));
    for (uint32_t s = 0; s < tasks; s++) {
        struct task *t = task_at(AS_KIND(slot_t, s));
        t->slot = AS_KIND(slot_t, s);
        t->view[3] = view_shared_pte();
    }
    nano_page = view_make_shared(DIRECTORY_PAGE, sizeof *nano_page, 0);
    task_entries = view_make_shared(DIRECTORY, tasks * sizeof *task_entries, 0);
    view_make_shared(ROUTE_CACHE, tasks << ROUTES_SHIFT, PTE_W);
    nano_page->abi = ABI_VERSION;
    nano_page->attention = ATTENTION_ALL;
    nano_page->tasks = tasks;
    nano_page->incarnation = 1;
    /* The window's tables, so that giving a mailbox page never needs one. */
    for (uint32_t s = 0; s < tasks; s += TABLE_SPAN >> MAILBOX_SHIFT)
        view_make_shared_table(WINDOW + (s << MAILBOX_SHIFT));
}

struct task *task_find(task_id_t id)
{
    slot_t slot = slot_of(id);
    struct task *t = task_at(slot);

    if (!slot || NUMBER_OF(slot) >= tasks_made)
        return NULL;
    return t->life != LIFE_NONE && t->id == id ? t : NULL;
}

struct task *task_running_id(task_id_t id)
{
    struct task *t = task_find(id);
    return t && t->life == LIFE_STARTED ? t : NULL;
}
