/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames, as a guest test sees them: how many there are of each kind, and whether nano, the
 * pager and their sums agree that none was lost and none is in two places.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "tap.h"

/* MEMORY's answer. */
struct frames {
    uint32_t status, all, free, mapped, tables;
    uint32_t tables_moved, pages_moved; /* since boot */
    uint32_t unused[4];
};

static inline struct frames frames_now(void)
{
    struct frames f = {0};
    post_ask(HANDLE_PAGER, TAG_MEMORY, (uint32_t *)&f, 1, (uint32_t *)&f);
    return f;
}

/*
 * Nano checks itself, if the pager finds the asker (a route with badge=1) good enough. A release
 * has no check: then nothing is known of violations. tests/guest/memory sees to it that every other
 * build has one.
 */
static inline enum status check_nano(uint32_t *violations)
{
    static uint32_t pager;
    uint32_t answer[POST_ANSWER] = {0};

    if (!pager)
        pager = tap_open("pager");
    enum status status = post_ask(pager, TAG_CHECK, answer, 1, answer);
    *violations = answer[1];
    if (status == STATUS_BAD_OP)
        *violations = 0;
    return status == STATUS_BAD_OP ? STATUS_OK : status;
}

/* Since `before`: none mapped more or less than `more`, and all accounted for. */
static inline bool frames_sound(const struct frames *before, int32_t more, const char *after)
{
    uint32_t violations;
    enum status status = check_nano(&violations);
    struct frames now = frames_now();
    bool kept =
        now.free + now.mapped + now.tables == before->free + before->mapped + before->tables;
    bool same = now.mapped - before->mapped == (uint32_t)more;

    tap_ok(status == STATUS_OK && violations == 0 && kept && same, "%s: every frame in its place",
           after);
    if (status != STATUS_OK || violations != 0)
        post_printf("# check: %s, %u violations\n", post_status_text(status), violations);
    if (!kept || !same)
        post_printf(
            "# free %u, mapped %u, tables %u; before: %u, %u, %u; mapped should be %d more\n",
            now.free, now.mapped, now.tables, before->free, before->mapped, before->tables, more);
    return status == STATUS_OK && violations == 0 && kept && same;
}

/* A buffer of touched pages, each word of which says which it is. */
static inline struct post_buffer frames_buffer(unsigned pages, uint32_t mark)
{
    struct post_buffer b = {0};

    if (post_prepare(&b, pages * PAGE_SIZE) != STATUS_OK)
        tap_ok(false, "%u pages for the test", pages);
    for (unsigned i = 0; i < b.pages * (PAGE_SIZE / 4); i++)
        ((uint32_t *)b.data)[i] = mark + i;
    return b;
}

/* Are these `pages` pages as frames_buffer filled them, from page `from` on? */
static inline bool frames_intact(const void *data, unsigned pages, uint32_t mark, unsigned from)
{
    const volatile uint32_t *words = data;

    for (unsigned i = 0; i < pages * (PAGE_SIZE / 4); i++)
        if (words[i] != mark + from * (PAGE_SIZE / 4) + i)
            return false;
    return true;
}

#endif
