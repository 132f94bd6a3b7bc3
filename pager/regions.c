/*
 * Which addresses of a task may be touched before anything is mapped there: heap, stack, and
 * large bss. A page fault inside a region is answered with a zeroed page; outside it ends the
 * task.
 *
 * Ring 3, pager; plain C without calls, also built on the host. The invariant: regions are
 * page-aligned, not empty, ascending, and do not touch. So ALLOCs in a row are one region, and
 * the 32 of a task run out only if it releases in 30 places and keeps what lies between.
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
    return true;
}

static void delete(struct regions *r, uint32_t i)
{
    r->count--;
    for (; i < r->count; i++)
        r->at[i] = r->at[i + 1];
}

/* Adds from..to-1, none of which is in a region yet. False: overlap, empty, or too many regions. */
bool regions_add(struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i = find(r, from);
    bool joins_left = i > 0 && r->at[i - 1].to == from;
    bool joins_right = i < r->count && r->at[i].from == to;

    if (from >= to || (i < r->count && r->at[i].from < to))
        return false;
    if (joins_left && joins_right) {
        r->at[i - 1].to = r->at[i].to;
        delete(r, i);
    } else if (joins_left) {
        r->at[i - 1].to = to;
    } else if (joins_right) {
        r->at[i].from = from;
    } else {
        return insert(r, i, from, to);
    }
    return true;
}

/* Is all of from..to-1 in one region? */
bool regions_hold(const struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i = find(r, from);

    return from < to && i < r->count && r->at[i].from <= from && to <= r->at[i].to;
}

/* Removes from..to-1, all of which is in a region. False: it is not, or a split is one too many. */
bool regions_remove(struct regions *r, uint32_t from, uint32_t to)
{
    uint32_t i = find(r, from);

    if (!regions_hold(r, from, to))
        return false;
    if (r->at[i].from == from && r->at[i].to == to)
        delete(r, i);
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
