/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settling a move: each run of pages that a message names gets its place at the receiver and its
 * page tables there, leaves the sender's regions, and becomes a piece.
 *
 * Ring 3, pager. Nothing moves here. extents.c has checked the extents. Inline extents (up to
 * four) each land where it suits them best, so that a page of header does not keep the tables of
 * the body from moving whole. The extents of a list land in one run.
 */
#include "settle.h"
#include "extents.h"
#include "landing.h"
#include "memory.h"

static bool is_list(const struct ask *a)
{
    return a->flags & MOVE_LIST || a->count > INLINE_EXTENTS;
}

/* Enters a run of pages in both tasks' books and gives the receiver the tables that it lacks. */
static enum status add(struct move *m, uint32_t address, uint32_t target, uint32_t pages,
                       uint32_t rights, uint32_t had)
{
    struct piece *p;

    if (!regions_send(m->from->lazy, address, address + pages * PAGE_SIZE))
        return STATUS_NO_MEMORY;
    p = piece_new(m);
    if (!p) {
        regions_return(m->from->lazy, address, address + pages * PAGE_SIZE);
        return STATUS_NO_MEMORY;
    }
    p->address = address;
    p->target = target;
    p->pages = pages;
    p->rights = rights;
    p->had = had;
    piece_divide(p);
    piece_expect(m->to, p);
    return piece_tables(m->to, p);
}

/*
 * If pages lose rights on the way, the pager must know these rights for the way back. So it looks
 * at pages that arrive read-only, or that may be executable, one by one, and makes pieces of equal
 * rights.
 */
static enum status add_with_care(struct move *m, const struct ask *a, struct extent e,
                                 uint32_t target)
{
    uint32_t arrive = a->flags & MOVE_READ_ONLY ? 0 : MAP_W, had = 0, rights = 0;
    enum status status = STATUS_OK;

    for (uint32_t i = 0, begun = 0; i <= e.pages && status == STATUS_OK; i++) {
        uint32_t page = e.address + i * PAGE_SIZE;

        if (i < e.pages && memory_mapped(m->from, page, page + PAGE_SIZE, &rights) != page) {
            if (!regions_hold(m->from->lazy, page, page + PAGE_SIZE))
                return STATUS_NOT_MAPPED;
            rights = MAP_W; /* what it will have once it is filled */
        }
        if (i > begun && (i == e.pages || rights != had)) {
            status = add(m, e.address + begun * PAGE_SIZE, target + begun * PAGE_SIZE, i - begun,
                         arrive, had);
            begun = i;
        }
        had = rights;
    }
    return status;
}

static enum status add_extent(struct move *m, const struct ask *a, struct extent e, uint32_t target)
{
    bool plain = !(a->flags & MOVE_READ_ONLY) &&
                 (e.address >= LANDING_BASE || e.address >= m->from->heap ||
                  regions_hold(m->from->lazy, e.address, e.address + e.pages * PAGE_SIZE));

    return plain ? add(m, e.address, target, e.pages, MAP_W, RIGHTS_ANY)
                 : add_with_care(m, a, e, target);
}

/* Settles `count` extents that land in one run, the n-th of the message. */
static enum status settle_run(struct move *m, const struct ask *a, uint32_t n,
                              const struct extent *list, uint32_t count)
{
    enum status status = STATUS_OK;
    uint32_t pages = 0, target;

    for (uint32_t i = 0; i < count; i++) {
        pages += list[i].pages;
        if (pages > (LANDING_END - LANDING_BASE) / PAGE_SIZE)
            return STATUS_NO_ROOM;
    }
    target = landing_find(m->to, pages, list[0].address, m);
    if (!target ||
        (m->from == m->to && extents_touch(a->list, a->count, target, target + pages * PAGE_SIZE)))
        return STATUS_NO_ROOM;
    m->landed[n] = (struct extent){target, pages};
    m->runs = n + 1;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        status = add_extent(m, a, list[i], target);
        target += list[i].pages * PAGE_SIZE;
    }
    return status;
}

/* If it does not return OK, the caller must undo what the move holds by then. */
enum status move_settle(struct move *m, const struct ask *a)
{
    enum status status = STATUS_OK;

    if (is_list(a))
        return settle_run(m, a, 0, a->list, a->count);
    for (uint32_t i = 0; i < a->count && status == STATUS_OK; i++)
        status = settle_run(m, a, i, &a->list[i], 1);
    return status;
}
