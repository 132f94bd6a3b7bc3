/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extents: what a sender says it wants to send. They are an allegation: the router has copied them
 * and checked only their number. The sender gets
 *
 *   unaligned, empty, too long, wrapping, or beyond what a task may map      BAD_ADDRESS
 *   two of them overlap                                                      BAD
 *   borrowed: it is not the sender's to give                                 DENIED
 *   lent already                                                             NOT_MAPPED
 *
 * Ring 3, pager. Nobody checks here whether the pages are there: nano moves all of a run or
 * nothing, and finds out on the way.
 */
#include "extents.h"
#include "loans.h"

#define PAGES_MAX ((LANDING_END - LANDING_BASE) / PAGE_SIZE)

/* The extents of a MOVE_ASK, over all its lines. 0: there are none, or the number is wrong. */
uint32_t extents_read(const struct line *in, const struct extent **list)
{
    uint32_t count = in->w[4] >> 16;
    uint32_t room = (in->lines * LINE_BYTES - offsetof(struct line, w[5])) / sizeof **list;

    *list = (const struct extent *)(const void *)&in->w[5];
    return count <= room ? count : 0;
}

static uint32_t end_of(struct extent e) { return e.address + e.pages * PAGE_SIZE; }

static bool in_range(struct extent e, uint32_t low, uint32_t high)
{
    return e.address >= low && e.address < high && e.pages <= (high - e.address) / PAGE_SIZE;
}

static bool well_formed(struct extent e)
{
    return e.address % PAGE_SIZE == 0 && e.pages > 0 && e.pages <= PAGES_MAX &&
           (in_range(e, PROGRAM_BASE, PROGRAM_END) || in_range(e, LANDING_BASE, LANDING_END));
}

/* Does from..to-1 touch one of them? */
bool extents_touch(const struct extent *list, uint32_t count, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i].address < to && from < end_of(list[i]))
            return true;
    return false;
}

enum status extents_check(const struct task *t, const struct extent *list, uint32_t count)
{
    uint32_t highest = 0; /* end of those before: in ascending lists there is no need to compare */

    for (uint32_t i = 0; i < count; i++) {
        struct extent e = list[i];

        if (!well_formed(e))
            return STATUS_BAD_ADDRESS;
        if (e.address < highest && extents_touch(list, i, e.address, end_of(e)))
            return STATUS_BAD;
        if (end_of(e) > highest)
            highest = end_of(e);
        if (t->borrowed && loans_touch(t->borrowed, true, e.address, end_of(e)))
            return STATUS_DENIED;
        if (t->lent && loans_touch(t->lent, false, e.address, end_of(e)))
            return STATUS_NOT_MAPPED;
    }
    return count ? STATUS_OK : STATUS_BAD;
}
