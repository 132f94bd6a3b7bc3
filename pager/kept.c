/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What outlives a task, for the next one of its name: the pages that it asked to be kept (KEEP),
 * and its boot modules, of which it has got copies. Only tasks that are started again have that,
 * and the registrar, without which nobody gets anywhere.
 *
 * Ring 3, pager. When the task ends its pages move into the pager's own view, and from there to
 * the next one, so they are mapped once at any time. Taking them cannot fail, and needs no memory:
 * the page tables in the pager's view are there since the first KEEP. Pages that no task has
 * touched exist nowhere.
 */
#include "kept.h"
#include "gate.h"
#include "landing.h"
#include "log.h"
#include "memory.h"
#include "piece.h"

#define SCRATCH   0x20000000 /* as in load.c: between two requests nobody uses it */
#define STORE     0x21000000 /* of the pager's view */
#define STORE_END 0x3F000000

/* The pages of one program. */
static struct store {
    uint32_t address; /* in the pager's view */
    uint32_t pages;   /* 0: it has never asked */
    uint32_t used;    /* one beyond the last that a task has left */
} stores[MANIFEST_MAX];
static uint32_t next_store = STORE;

bool kept_for(const struct program *p)
{
    return p && (p->restart != RESTART_NEVER || names_equal(p->name, "registrar"));
}

static struct store *store_of(const struct task *t)
{
    return &stores[t->program - manifest.program];
}

/* Makes the program's place in the pager's view. */
static enum status reserve(struct store *s, uint32_t pages)
{
    uint32_t bytes = (pages * PAGE_SIZE + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);

    if (pages == 0 || pages > KEEP_MOST || bytes > STORE_END - next_store)
        return STATUS_NO_ROOM;
    for (uint32_t at = 0; at < bytes; at += TABLE_SPAN)
        if (memory_table(task_pager(), next_store + at) != STATUS_OK)
            return STATUS_NO_MEMORY;
    *s = (struct store){.address = next_store, .pages = pages};
    next_store += bytes;
    return STATUS_OK;
}

/* The first run of mapped pages in *from..to-1: its length; 0: there is none. */
static uint32_t next_run(uint32_t id, uint32_t *from, uint32_t to)
{
    uint32_t at = *from, page, pages = 1;

    while (at < to && nano_get(PAGER_OP_QUERY_PAGE, id, at, &page) != STATUS_OK)
        at = (at & ~(TABLE_SPAN - 1)) + TABLE_SPAN;
    if (at >= to || page >= to)
        return 0;
    *from = page;
    for (at = page + PAGE_SIZE; at < to && at % TABLE_SPAN; at += PAGE_SIZE, pages++)
        if (nano_get(PAGER_OP_QUERY_PAGE, id, at, &page) != STATUS_OK || page != at)
            break;
    return pages;
}

/* Moves the run page by page, so that page tables stay; all of it or nothing. */
static enum status move_run(struct task *from, uint32_t address, struct task *to, uint32_t target,
                            uint32_t pages)
{
    struct piece p = {
        .address = address, .target = target, .pages = pages, .rights = MAP_W, .had = MAP_W};
    enum status status = STATUS_OK;

    piece_divide(&p);
    piece_expect(to, &p);
    if (to != task_pager())
        status = piece_tables(to, &p);
    if (status == STATUS_OK)
        status = piece_there(from, to, &p);
    if (status == STATUS_OK) {
        piece_gone(from, &p);
        return STATUS_OK;
    }
    piece_back(from, to, &p);
    piece_unexpect(to, &p);
    return status;
}

/* Moves what is mapped in address..+bytes-1 to the same places from `target` on. */
static enum status move_all(struct task *from, uint32_t address, struct task *to, uint32_t target,
                            uint32_t bytes, uint32_t *used)
{
    uint32_t at = address, pages;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && (pages = next_run(from->id, &at, address + bytes))) {
        status = move_run(from, at, to, target + (at - address), pages);
        at += pages * PAGE_SIZE;
        *used = (at - address) / PAGE_SIZE;
    }
    return status;
}

/* KEEP. It may be asked again after NO_MEMORY. */
enum status kept_give(struct task *t, uint32_t pages, uint32_t *address, uint32_t *kept)
{
    struct store *s = store_of(t);
    uint32_t bytes = pages * PAGE_SIZE, moved;
    enum status status = s->pages ? STATUS_OK : reserve(s, pages);

    if (status != STATUS_OK)
        return status;
    if (pages != s->pages)
        return STATUS_NO_ROOM;
    if (!t->keep) {
        uint32_t at = regions_gap(t->lazy, t->heap, HEAP_END, bytes);

        if (!at || !regions_add(t->lazy, at, at + bytes))
            return STATUS_NO_ROOM;
        t->keep = at;
    }
    *address = t->keep;
    *kept = s->used;
    return move_all(task_pager(), s->address, t, t->keep, bytes, &moved);
}

/* The task ends: what it has touched of its pages is the next one's. */
void kept_take(struct task *t)
{
    struct store *s;
    uint32_t used = 0;

    if (!t->keep)
        return;
    s = store_of(t);
    if (move_all(t, t->keep, task_pager(), s->address, s->pages * PAGE_SIZE, &used) != STATUS_OK)
        log_line("%s: not all of its pages could be kept", task_name(t));
    if (used > s->used)
        s->used = used;
}

static enum status copy_page(struct task *t, uint32_t target, const char *from, uint32_t bytes)
{
    struct task *pager = task_pager();
    enum status status = memory_map(pager, SCRATCH, MAP_W);

    if (status != STATUS_OK)
        return status;
    memcpy((void *)(uintptr_t)SCRATCH, from, bytes);
    status = nano_protect(pager->id, SCRATCH, 0);
    if (status == STATUS_OK)
        status = move_pages(pager, SCRATCH, t, target, 1, MAP_W);
    memory_clear(pager, &(uint32_t){SCRATCH}, SCRATCH + TABLE_SPAN, UINT32_MAX);
    return status;
}

/* A read-only copy of the module, where frames arrive; the module itself stays. */
enum status kept_copy(struct task *t, const struct boot_module *m, uint32_t *address)
{
    uint32_t pages = (m->bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    uint32_t to = pages ? landing_find(t, pages, m->address, 0) : 0;
    enum status status = pages && !to ? STATUS_NO_ROOM : STATUS_OK;

    *address = to;
    for (uint32_t done = 0; done < m->bytes && status == STATUS_OK; done += PAGE_SIZE) {
        uint32_t rest = m->bytes - done;

        status = copy_page(t, to + done, (const char *)(uintptr_t)m->address + done,
                           rest < PAGE_SIZE ? rest : PAGE_SIZE);
    }
    if (status != STATUS_OK && to)
        memory_clear(t, &(uint32_t){to}, to + pages * PAGE_SIZE, UINT32_MAX);
    return status;
}
