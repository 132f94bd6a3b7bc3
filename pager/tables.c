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

/* Writes `count` entries in a row. */
void tables_set(struct tables *t, uint32_t address, uint32_t count, uint16_t value)
{
    if (!t)
        return;
    for (uint16_t *at = &t->at[address / TABLE_SPAN], *end = at + count; at < end; at++)
        *at = value;
}

/* How many of the `count` entries from there on have this value, in a row. */
uint32_t tables_run(const struct tables *t, uint32_t address, uint32_t count, uint16_t value)
{
    const uint16_t *from = &t->at[address / TABLE_SPAN], *at = from;

    while (at < from + count && *at == value)
        at++;
    return at - from;
}
