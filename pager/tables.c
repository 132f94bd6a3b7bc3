/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The book of page tables. For each 2 MiB of a task's addresses it says whether nano has a page
 * table there, and how many of the table's 512 pages are spoken for: mapped, about to arrive, or
 * lent and to come back. It answers three questions without a gate call and without a look at the
 * pages. Is this table full, so that it can move as a whole? Is there room here for what arrives?
 * May the pager take this table back?
 *
 * Ring 3, pager; plain C without calls, also built on the host. The invariant, whenever the pager
 * is done with a message: the count of a table is the number of its mapped pages plus the number
 * of pages that the task has lent. The pager itself has no book (NULL): it neither sends nor
 * receives frames, and the modules that it gives away are whole.
 */
#include "tables.h"
#include <stdbool.h>
#include <stddef.h>

static void change(struct tables *t, uint32_t address, uint32_t pages, uint32_t sign)
{
    uint32_t at = address / TABLE_SPAN, rest = TABLE_PAGES - address % TABLE_SPAN / PAGE_SIZE;

    if (!t)
        return;
    for (; pages > rest; pages -= rest, rest = TABLE_PAGES)
        t->at[at++] += rest * sign;
    t->at[at] += pages * sign;
}

void tables_add(struct tables *t, uint32_t address, uint32_t pages)
{
    change(t, address, pages, 1);
}

void tables_subtract(struct tables *t, uint32_t address, uint32_t pages)
{
    change(t, address, pages, -1u);
}

/*
 * Writes `count` elements in a row. For a table that moves as a whole a message costs the pager
 * only this and tables_run, so both use string instructions, with one step for two elements.
 */
void tables_set(struct tables *t, uint32_t address, uint32_t count, uint16_t value)
{
    uint16_t *at = t ? &t->at[address / TABLE_SPAN] : 0;
    size_t left = t ? count / 2 : 0;

    __asm__ volatile("rep stosl"
                     : "+D"(at), "+c"(left)
                     : "a"(value | (uint32_t)value << 16)
                     : "memory");
    if (t && count % 2)
        *at = value;
}

/* How many of the `count` elements from there on have this value, in a row. */
uint32_t tables_run(const struct tables *t, uint32_t address, uint32_t count, uint16_t value)
{
    const uint16_t *at = &t->at[address / TABLE_SPAN], *const first = at, *const end = at + count;
    size_t left = count / 2;
    bool differs = false;

    if (left)
        __asm__ volatile("repe scasl"
                         : "+D"(at), "+c"(left), "=@ccne"(differs)
                         : "a"(value | (uint32_t)value << 16)
                         : "memory");
    at -= differs ? 2 : 0;
    at += at < end && *at == value; /* of two that differ, or of the last one */
    return at - first;
}
