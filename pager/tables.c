/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The book of page tables: for each 2 MiB of a task's addresses, whether nano has a page table
 * there, and how many of its 512 pages are spoken for: mapped, about to arrive, or lent and to
 * come back. It answers without a gate call, and without looking at pages: is this table full, so
 * that it can move as a whole? Is there room here for what arrives? May this table be taken back?
 *
 * Ring 3, pager; plain C without calls, also built on the host. The invariant, whenever the pager
 * is done with a message: the count of a table is the number of its mapped pages, plus those
 * that the task has lent. The pager itself has no book (NULL): it neither sends nor receives
 * frames, and what it gives away as modules it knows to be whole.
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
 * Writes `count` entries in a row. This and the next are all that a message costs the pager for each
 * table that moves as a whole: hence the string instructions, one an entry.
 */
void tables_set(struct tables *t, uint32_t address, uint32_t count, uint16_t value)
{
    uint16_t *at = t ? &t->at[address / TABLE_SPAN] : 0;
    size_t left = t ? count : 0;

    __asm__ volatile("rep stosw" : "+D"(at), "+c"(left) : "a"(value) : "memory");
}

/* How many of the `count` entries from there on have this value, in a row. */
uint32_t tables_run(const struct tables *t, uint32_t address, uint32_t count, uint16_t value)
{
    const uint16_t *at = &t->at[address / TABLE_SPAN];
    size_t left = count;
    bool differs = false;

    if (count)
        __asm__ volatile("repe scasw"
                         : "+D"(at), "+c"(left), "=@ccne"(differs)
                         : "a"(value)
                         : "memory");
    return count - left - differs;
}
