/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving mapped pages from one task to another: frames change their view, bytes stay where they
 * are. One gate call moves a run of whole page tables, by one directory entry for each table. The
 * rest moves in runs that stay in one table at both ends.
 *
 * Ring 3, pager. piece_tables has given the target all page tables that it lacks. After that only
 * missing pages can stop a move, and then what was moved moves back. Each gate call does all of
 * its run or nothing, and `moved` counts what is done. A move that was cut short may be begun
 * again, because a run that is at its target already counts as moved.
 */
#include "piece.h"
#include "gate.h"
#include "memory.h"

/* What is still to be moved. */
struct run {
    struct task *from;
    struct task *to;
    uint32_t address;
    uint32_t target;
    uint32_t pages;
    uint32_t rights;
    bool by_pages;
};

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Tables from `address` to the end of its GiB: a run stays in one directory. */
static uint32_t directory_rest(uint32_t address)
{
    return (DIRECTORY_SPAN - address % DIRECTORY_SPAN) / TABLE_SPAN;
}

/* Pages from `address` to the end of its table. */
static uint32_t rest(uint32_t address) { return (TABLE_SPAN - address % TABLE_SPAN) / PAGE_SIZE; }

static bool whole(const struct run *r)
{
    return !r->by_pages && (r->address | r->target) % TABLE_SPAN == 0 && r->pages >= TABLE_PAGES;
}

struct move_counts move_counts;

/* Moves the next run; *pages is its length, also if it cannot be moved. */
static enum status step(const struct run *r, uint32_t *pages)
{
    enum status status;
    uint32_t tables;

    if (!whole(r)) {
        *pages = smaller(r->pages, smaller(rest(r->address), rest(r->target)));
        status = nano_move(PAGER_OP_MOVE, r->from->id, r->address, r->to->id, r->target, r->rights,
                           *pages);
        move_counts.pages += status == STATUS_OK ? *pages : 0;
        return status;
    }
    tables = smaller(r->pages / TABLE_PAGES,
                     smaller(directory_rest(r->address), directory_rest(r->target)));
    if (r->from->tables) /* a table with holes must not go for a full one */
        tables = tables_run(r->from->tables, r->address, tables, TABLE_FULL);
    *pages = tables ? tables * TABLE_PAGES : TABLE_PAGES;
    if (!tables)
        return STATUS_NOT_MAPPED;
    status = nano_move(PAGER_OP_MOVE_TABLE, r->from->id, r->address, r->to->id, r->target,
                       r->rights, tables);
    move_counts.tables += status == STATUS_OK ? tables : 0;
    return status;
}

/* Has the run been moved already, by a move that was cut short? */
static bool arrived(const struct run *r)
{
    uint32_t page;

    return nano_get(PAGER_OP_QUERY_PAGE, r->to->id, r->target, &page) == STATUS_OK &&
           page == r->target;
}

/* Maps the pages that the sender was free to touch and did not: they are zeroed pages. */
static enum status fill(const struct run *r, uint32_t pages)
{
    enum status status = STATUS_OK;

    for (uint32_t i = 0; i < pages && status != STATUS_NO_MEMORY; i++) {
        uint32_t page = r->address + i * PAGE_SIZE;

        if (r->from->lazy && regions_sent(r->from->lazy, page))
            status = memory_map(r->from, page, MAP_W);
    }
    return status == STATUS_NO_MEMORY ? status : STATUS_OK;
}

/* Moves the run; *moved grows with it. */
static enum status run(struct run r, uint32_t *moved)
{
    while (r.pages) {
        uint32_t pages;
        enum status status = step(&r, &pages);

        if ((status == STATUS_NOT_MAPPED || status == STATUS_NO_TABLE) && arrived(&r))
            status = STATUS_OK;
        else if ((status == STATUS_NOT_MAPPED || status == STATUS_NO_TABLE) &&
                 (status = fill(&r, pages)) == STATUS_OK)
            status = step(&r, &pages);
        if (status != STATUS_OK)
            return status == STATUS_NO_TABLE ? STATUS_NOT_MAPPED : status;
        r.from->pages -= pages;
        r.to->pages += pages;
        r.address += pages * PAGE_SIZE;
        r.target += pages * PAGE_SIZE;
        r.pages -= pages;
        *moved += pages;
    }
    return STATUS_OK;
}

/* Moves the pages of the piece that are not at the target yet. */
enum status piece_there(struct task *from, struct task *to, struct piece *p)
{
    uint32_t done = p->moved * PAGE_SIZE;

    return run((struct run){from, to, p->address + done, p->target + done, p->pages - p->moved,
                            p->rights, p->had != RIGHTS_ANY},
               &p->moved);
}

/* Moves the pages of the piece at the target back, with the rights that they had. */
enum status piece_back(struct task *from, struct task *to, struct piece *p)
{
    uint32_t done = p->back * PAGE_SIZE;
    enum status status = run((struct run){to, from, p->target + done, p->address + done,
                                          p->moved - p->back, MAP_W | MAP_X, p->had != RIGHTS_ANY},
                             &p->back);

    for (uint32_t i = 0; p->had != RIGHTS_ANY && p->had & ~p->rights && i < p->back; i++)
        nano_protect(from->id, p->address + i * PAGE_SIZE, p->had);
    p->moved = p->back = 0;
    return status;
}

static enum status give_tables(struct task *to, uint32_t from, uint32_t pages)
{
    enum status status = STATUS_OK;

    for (uint32_t at = from & ~(TABLE_SPAN - 1);
         pages && at < from + pages * PAGE_SIZE && status == STATUS_OK; at += TABLE_SPAN)
        status = memory_table(to, at);
    return status;
}

/* Gives the receiver the tables that do not come with the piece. */
enum status piece_tables(struct task *to, const struct piece *p)
{
    const struct parts parts = p->parts;
    uint32_t tail = p->target + parts.lead * PAGE_SIZE + parts.tables * TABLE_SPAN;
    enum status status = give_tables(to, p->target, parts.lead);

    return status == STATUS_OK ? give_tables(to, tail, parts.tail) : status;
}

/* Moves pages of the pager for good, at once; all of them or none. */
enum status move_pages(struct task *from, uint32_t address, struct task *to, uint32_t target,
                       uint32_t pages, uint32_t rights)
{
    struct piece p = {
        .address = address, .target = target, .pages = pages, .rights = rights, .had = RIGHTS_ANY};
    enum status status;

    piece_divide(&p);
    piece_expect(to, &p);
    status = piece_tables(to, &p);
    if (status == STATUS_OK)
        status = piece_there(from, to, &p);
    if (status == STATUS_OK) {
        piece_gone(from, &p);
        return STATUS_OK;
    }
    piece_back(from, to, &p);
    piece_unexpect(to, &p);
    memory_trim(to, target, target + pages * PAGE_SIZE);
    return status;
}
