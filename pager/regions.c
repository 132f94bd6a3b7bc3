/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which addresses a task may touch before anything is mapped there: heap, stack, and large bss.
 * The pager answers a page fault inside a region with a zeroed page; a fault outside ends the task.
 *
 * Ring 3, pager; plain C without calls, also built on the host. The invariant: regions are
 * page-aligned, not empty, ascending, and those at home do not touch each other. So ALLOCs in a
 * row are one region, and they run out only if a task releases or sends in hundreds of places and
 * keeps what lies between.
 *
 * What a task sends away becomes a region of its own, marked `away`: a touch is the task's fault,
 * and ALLOC does not give the addresses out again. The region keeps its borders as long as the
 * pages may come back; so a return needs no new place in the table, and cannot fail. The table
 * forgets what has gone for good.
 */
#include "regions.h"

/* The first region that ends beyond `address`. */
static uint32_t find(const struct regions *r, uint32_t address)
{
    uint32_t i = 0;

    while (i < r->count && r->at[i].to <= address)
        i++;
    return i;
}

static bool insert(struct regions *r, uint32_t i, uint32_t from, uint32_t to)
{
    if (r->count == REGIONS_MAX)
        return false;
    for (uint32_t j = r->count++; j > i; j--)
        r->at[j] = r->at[j - 1];
    r->at[i].from = from;
    r->at[i].to = to;
    r->at[i].away = false;
    return true;
}

static void drop(struct regions *r, uint32_t i)
{
    r->count--;
    for (; i < r->count; i++)
        r->at[i] = r->at[i + 1];
}

/* Makes one of the regions i and i + 1 if both are at home and touch. */
static void join(struct regions *r, uint32_t i)
{
    if (i + 1 < r->count && r->at[i].to == r->at[i + 1].from && !r->at[i].away &&
        !r->at[i + 1].away) {
        r->at[i].to = r->at[i + 1].to;
        drop(r, i + 1);
    }
}

/* Adds from..to-1; no page of it is in a region yet. False: overlap, empty, or too many regions. */
bool regions_add(struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i = find(r, from);

    if (from >= to || (i < r->count && r->at[i].from < to))
        return false;
    if (i < r->count && r->at[i].from == to && !r->at[i].away)
        r->at[i].from = from;
    else if (i > 0 && r->at[i - 1].to == from && !r->at[i - 1].away)
        r->at[i - 1].to = to;
    else
        return insert(r, i, from, to);
    if (i > 0)
        join(r, i - 1);
    return true;
}

/* Is all of from..to-1 in one region, and at home? */
bool regions_hold(const struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i = find(r, from);

    return from < to && i < r->count && r->at[i].from <= from && to <= r->at[i].to &&
           !r->at[i].away;
}

/* Removes from..to-1; all of it is in a region. False: it is not, or a split is one too many. */
bool regions_remove(struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i = find(r, from);

    if (!regions_hold(r, from, to))
        return false;
    if (r->at[i].from == from && r->at[i].to == to)
        drop(r, i);
    else if (r->at[i].from == from)
        r->at[i].from = to;
    else if (r->at[i].to == to)
        r->at[i].to = from;
    else {
        if (!insert(r, i + 1, to, r->at[i].to))
            return false;
        r->at[i].to = from;
    }
    return true;
}

/* The lowest address in low..high-1 with `bytes` that are in no region; 0 if there is none. */
uint32_t regions_gap(const struct regions *r, uint32_t low, uint32_t high, uint32_t bytes)
{
    for (uint32_t i = find(r, low); low < high; i++) {
        uint32_t end = i < r->count && r->at[i].from < high ? r->at[i].from : high;

        if (end >= low && end - low >= bytes)
            return low;
        if (i >= r->count)
            break;
        low = r->at[i].to;
    }
    return 0;
}

/* Messages mostly come from the landing zone, where there are no regions. */
static bool beyond(const struct regions *r, uint32_t address)
{
    return r->count == 0 || address >= r->at[r->count - 1].to;
}

/* Splits the region at home that has `address` in its middle, if there is one. */
static bool cut(struct regions *r, uint32_t address)
{
    uint32_t i = find(r, address);

    if (i == r->count || r->at[i].away || r->at[i].from >= address)
        return true;
    if (!insert(r, i + 1, address, r->at[i].to))
        return false;
    r->at[i].to = address;
    return true;
}

/* Marks the parts of regions in from..to-1 as away. False: too many regions; nothing changes. */
bool regions_send(struct regions *r, uint32_t from, uint32_t to)
{
    bool fits;

    if (beyond(r, from))
        return true;
    fits = cut(r, from) && cut(r, to);
    for (uint32_t i = find(r, from); fits && i < r->count && r->at[i].from < to; i++)
        r->at[i].away = true;
    if (!fits)
        regions_return(r, from, to);
    return fits;
}

/* Marks what was sent away of from..to-1 as at home again. */
void regions_return(struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i;

    if (beyond(r, from))
        return;
    i = find(r, from);
    for (uint32_t j = i; j < r->count && r->at[j].from < to; j++)
        r->at[j].away = false;
    i -= i > 0;
    while (i + 1 < r->count && r->at[i].from <= to) {
        uint32_t before = r->count;

        join(r, i);
        i += r->count == before;
    }
}

/* Forgets what was sent away of from..to-1: it does not come back. */
void regions_forget(struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i = beyond(r, from) ? r->count : find(r, from);

    while (i < r->count && r->at[i].from < to) {
        if (r->at[i].away)
            drop(r, i);
        else
            i++;
    }
}

/* Is the page in a region that was sent away? */
bool regions_sent(const struct regions *r, uint32_t page)
{
    uint32_t i = find(r, page);

    return i < r->count && r->at[i].from <= page && r->at[i].away;
}
