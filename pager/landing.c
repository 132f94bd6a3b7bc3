/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Choosing addresses in the landing zone, or in the area of it that the receiver has announced
 * (LAND).
 *
 * Ring 3, pager. A run with a whole, aligned table in it keeps its address modulo 2 MiB and lands
 * where no table is in the way, so that whole tables can move. Anything else may land anywhere.
 * The choice is next-fit over the book of tables: it costs a look at each table that the run will
 * fill, and no gate call. Nothing has landed behind `landing`, in its table, since that table was
 * empty. When the table is empty again the choice goes back to its beginning, so that pages which
 * come and go use one table.
 *
 * The choice reserves nothing: the caller enters it in the book (piece_expect) before the next
 * choice. In an announced area the receiver mixes pages of all kinds, so there the pager looks at
 * the pages themselves.
 */
#include "landing.h"
#include "loans.h"
#include "memory.h"

#define AREA_TRIES 1024 /* places in an area that the pager looks at before it says NO_ROOM */

static uint32_t table_up(uint32_t address)
{
    return (address + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);
}

/* The next choice starts at `next`. The table where it would have started is taken back if it is
 * empty: it was kept for that alone (memory.c). */
static void start_at(struct task *t, uint32_t next)
{
    uint32_t before = t->landing;

    t->landing = next;
    if (before / TABLE_SPAN != next / TABLE_SPAN)
        memory_trim(t, before, before + 1);
}

/* Does a run of `pages` pages at an address like `like` hold a whole aligned table? */
static bool holds_table(uint32_t pages, uint32_t like)
{
    return pages >= TABLE_PAGES + -like % TABLE_SPAN / PAGE_SIZE;
}

/* The first `count` tables in a row in low..high-1 whose book has none of the bits; or 0. */
static uint32_t find_tables(const struct task *t, uint32_t low, uint32_t high, uint32_t count,
                            uint16_t bits)
{
    uint32_t found = 0;

    for (uint32_t i = low / TABLE_SPAN; i < high / TABLE_SPAN; i++) {
        found = t->tables->at[i] & bits ? 0 : found + 1;
        if (found == count)
            return (i + 1 - count) * TABLE_SPAN;
    }
    return 0;
}

/* Next-fit: searches from where the last choice ended, then from the beginning. */
static uint32_t next_tables(const struct task *t, uint32_t count, uint16_t bits)
{
    uint32_t next = table_up(t->landing), found;

    if (count <= (LANDING_END - next) / TABLE_SPAN &&
        tables_run(t->tables, next, count, 0) == count)
        return next;
    found = find_tables(t, next, LANDING_END, count, bits);
    return found ? found : find_tables(t, LANDING_BASE, LANDING_END, count, bits);
}

/* Finds room for a run with whole tables; if it must, it takes back empty ones in the way. */
static uint32_t choose_tables(struct task *t, uint32_t pages, uint32_t like)
{
    uint32_t lead = like % TABLE_SPAN, bytes = lead + pages * PAGE_SIZE;
    uint32_t count = table_up(bytes) / TABLE_SPAN;
    uint32_t found = next_tables(t, count, TABLE_HERE | TABLE_COUNT);

    if (!found) {
        memory_trim_all(t, LANDING_BASE, LANDING_END);
        found = next_tables(t, count, TABLE_HERE | TABLE_COUNT);
    }
    if (!found)
        return 0;
    start_at(t, found + bytes);
    return found + lead;
}

/* Finds room for a run without whole tables: in the table of the last choice, or in empty ones. */
static uint32_t choose_pages(struct task *t, uint32_t pages)
{
    uint32_t bytes = pages * PAGE_SIZE, found = t->landing;
    uint32_t table = found & ~(TABLE_SPAN - 1);
    bool empty = table < LANDING_END && tables_count(t->tables, table) == 0;

    if (empty)
        found = table;
    if ((found == table && !empty) || found % TABLE_SPAN + bytes > TABLE_SPAN)
        found = next_tables(t, (pages + TABLE_PAGES - 1) / TABLE_PAGES, TABLE_COUNT);
    if (found)
        start_at(t, found + bytes);
    return found;
}

/* Is anything at from..to-1: mapped, lent, or promised to another piece of this message? */
static bool taken(struct task *t, uint32_t from, uint32_t to, const struct move *m)
{
    uint32_t rights;

    if (memory_mapped(t, from, to, &rights) < to || loans_touch(t->lent, false, from, to))
        return true;
    for (const struct piece *p = m ? m->pieces : 0; p; p = p->next)
        if (p->target < to && from < p->target + p->pages * PAGE_SIZE)
            return true;
    return false;
}

/* Is there no page table where whole tables of from..to-1 would land? Takes back empty ones. */
static bool tables_free(struct task *t, uint32_t from, uint32_t to)
{
    uint32_t first = table_up(from), last = to & ~(TABLE_SPAN - 1);

    if (first >= last)
        return true;
    memory_trim_all(t, first, last);
    return tables_run(t->tables, first, (last - first) / TABLE_SPAN, 0) ==
           (last - first) / TABLE_SPAN;
}

/* The first free place in low..high-1, in steps. */
static uint32_t find_in_area(struct task *t, uint32_t low, uint32_t high, uint32_t bytes,
                             uint32_t stride, const struct move *m)
{
    for (uint32_t i = 0; i < AREA_TRIES && low < high && high - low >= bytes; i++, low += stride)
        if (!taken(t, low, low + bytes, m) && tables_free(t, low, low + bytes))
            return low;
    return 0;
}

static uint32_t choose_in_area(struct task *t, uint32_t pages, uint32_t like, const struct move *m)
{
    uint32_t bytes = pages * PAGE_SIZE, found = 0;

    if (bytes > t->area_end - t->area)
        return 0;
    if (holds_table(pages, like))
        found = find_in_area(t, t->area + (like - t->area) % TABLE_SPAN, t->area_end, bytes,
                             TABLE_SPAN, m);
    if (!found)
        found = find_in_area(t, t->area_next, t->area_end, bytes, PAGE_SIZE, m);
    if (!found)
        found = find_in_area(t, t->area, t->area_end, bytes, PAGE_SIZE, m);
    if (found)
        t->area_next = found + bytes;
    return found;
}

/*
 * Finds room for `pages` (1..2^19) pages that come from an address like `like`, outside the room
 * that pieces of the move `m` (or NULL) have been promised. 0: there is none.
 */
uint32_t landing_find(struct task *t, uint32_t pages, uint32_t like, const struct move *m)
{
    if (t->area)
        return choose_in_area(t, pages, like, m);
    return holds_table(pages, like) ? choose_tables(t, pages, like) : choose_pages(t, pages);
}

/* From now on arrivals land in this area. If address and pages are 0 the pager chooses. */
enum status landing_area(struct task *t, uint32_t address, uint32_t pages)
{
    bool none = address == 0 && pages == 0;

    if (!none && (address % PAGE_SIZE || address < LANDING_BASE || address >= LANDING_END ||
                  pages == 0 || pages > (LANDING_END - address) / PAGE_SIZE))
        return STATUS_BAD_ADDRESS;
    t->area = t->area_next = address;
    t->area_end = address + pages * PAGE_SIZE;
    start_at(t, table_up(t->landing)); /* arrivals in the area may have filled what lay behind it */
    return STATUS_OK;
}
