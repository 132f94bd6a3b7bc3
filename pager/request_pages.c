/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests about the memory of the task that asks: ALLOC, RELEASE, MODULE, KEEP, LAND.
 *
 * Ring 3, pager, called by request.c. Nothing here gives or takes memory of another task.
 */
#include "requests.h"
#include "frames.h"
#include "kept.h"
#include "landing.h"
#include "loans.h"
#include "memory.h"
#include "module.h"
#include "piece.h"
#include "place.h"

enum status request_alloc(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t pages = in->w[2], address;

    if (pages == 0)
        return STATUS_BAD;
    if (pages > frames_free())
        return STATUS_NO_MEMORY;
    address = regions_gap(from->lazy, from->heap, HEAP_END, pages * PAGE_SIZE);
    if (!address || !regions_add(from->lazy, address, address + pages * PAGE_SIZE))
        return STATUS_NO_MEMORY;
    w[2] = address;
    return STATUS_OK;
}

/*
 * Takes pages of the heap, which must come from ALLOC, or of the landing zone, where at least one
 * must be mapped. A task cannot release borrowed pages, because it must return them; pages that it
 * has lent are not mapped.
 */
enum status request_release(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t at = in->w[2], pages = in->w[3], to = at + pages * PAGE_SIZE, before = from->pages;
    bool landing;

    (void)w;
    if (at % PAGE_SIZE || pages == 0 || pages > (LANDING_END - at) / PAGE_SIZE || at >= LANDING_END)
        return STATUS_BAD_ADDRESS;
    landing = at >= LANDING_BASE;
    if (landing && loans_touch(from->borrowed, true, at, to))
        return STATUS_DENIED;
    if (!landing && (at < from->heap || to > HEAP_END || !regions_remove(from->lazy, at, to)))
        return STATUS_BAD_ADDRESS;
    place_left(from, at, to, FAULT_PLACE_RELEASED);
    memory_clear(from, &at, to, UINT32_MAX);
    return landing && from->pages == before ? STATUS_NOT_MAPPED : STATUS_OK;
}

enum status request_module(struct task *from, const struct line *in, uint32_t *w)
{
    char name[REQUEST_TEXT_BYTES + 1];
    const struct boot_module *m;
    uint32_t pages, address = 0;
    enum status status;

    request_text(in, name);
    if (!from->program || !manifest_gives(from->program, name))
        return STATUS_NOT_GRANTABLE;
    m = module_find(name);
    if (!m)
        return STATUS_NO_SUCH;
    w[3] = m->bytes;
    if (kept_for(from->program))
        return kept_copy(from, m, &w[2]);
    pages = (m->bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    if (pages) {
        address = landing_find(from, pages, m->address, 0);
        if (!address)
            return STATUS_NO_ROOM;
        /* The pages stay read-only; their tables allow the receiver to map writable ones later. */
        status = move_pages(task_pager(), m->address, from, address, pages, MAP_W);
        if (status != STATUS_OK)
            return status;
    }
    module_gone(m);
    w[2] = address;
    return STATUS_OK;
}

enum status request_keep(struct task *from, const struct line *in, uint32_t *w)
{
    w[4] = task_pager()->id;
    return kept_for(from->program) ? kept_give(from, in->w[2], &w[2], &w[3]) : STATUS_DENIED;
}

enum status request_land(struct task *from, const struct line *in, uint32_t *w)
{
    (void)w;
    return landing_area(from, in->w[2], in->w[3]);
}
