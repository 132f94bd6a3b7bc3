/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grants when there are no frames left: the page tables that the receiver needs, or the zeroed
 * pages that the sender has never touched, are there for half of the message. Then the sender gets
 * NO_MEMORY and keeps everything, and nothing that was begun stays behind.
 */
#include "frames.h"
#include "../grants/keeper.h"

#define BORDER 0x60200000u /* between two page tables that keeper does not have */

static uint32_t keeper, nothing[2];

static enum status area(uint32_t address, uint32_t pages)
{
    uint32_t words[POST_ANSWER] = {0, address, pages};
    return post_ask(keeper, TAG_AREA, words, 3, words);
}

static enum status release_all(void)
{
    uint32_t words[POST_ANSWER] = {0, 1};
    return post_ask(keeper, TAG_BACK, words, 2, words);
}

static enum status grant(struct post_buffer *b)
{
    return post_grant(keeper, KEEPER_KEEP, nothing, b, 1, 0, POST_FOREVER);
}

/* A block; touches its pages until `left` frames are free. */
static struct post_buffer eat(uint32_t left)
{
    struct post_buffer all = {0};
    uint32_t pages = frames_now().free, touched = 0;

    if (post_prepare(&all, pages * PAGE_SIZE) != STATUS_OK)
        tap_ok(false, "a block of %u pages", pages);
    for (uint32_t free = frames_now().free; free > left; free = frames_now().free)
        for (uint32_t end = touched + (free > left + 300 ? 200 : 1); touched < end; touched++)
            ((volatile uint8_t *)all.data)[touched * PAGE_SIZE] = 1;
    return all;
}

/* Two touched pages to where keeper lacks two tables, with `left` frames free. */
static void tables(uint32_t left)
{
    struct post_buffer b = frames_buffer(2, 1), all = eat(left);
    struct frames before = frames_now();

    tap_is(before.free, left, "so many frames are left");
    tap_status(grant(&b), left < 2 ? STATUS_NO_MEMORY : STATUS_OK, "two tables are needed");
    if (left < 2) {
        tap_ok(post_mine(&b) && frames_intact(b.data, 2, 1, 0), "and the pages stay");
        frames_sound(&before, 0, "no tables");
        tap_is(frames_now().free, left, "and what was free is free");
    } else {
        tap_status(release_all(), STATUS_OK, "and the pages have gone");
        frames_sound(&before, -2, "two tables");
    }
    post_free(&all);
    post_free(&b);
}

/* Four pages, the first of them touched, with two frames left. */
static void zeroes(void)
{
    struct post_buffer b = {0}, all;

    post_prepare(&b, 4 * PAGE_SIZE);
    *(uint32_t *)b.data = 5;
    all = eat(2);
    struct frames before = frames_now();
    tap_status(grant(&b), STATUS_NO_MEMORY, "three zeroed pages are needed");
    struct frames now = frames_now();
    tap_ok(now.mapped - before.mapped <= 2, "no more than there were are taken");
    frames_sound(&now, 0, "no zeroed pages");
    post_free(&all);
    tap_ok(post_mine(&b) && *(uint32_t *)b.data == 5 &&
               ((uint32_t *)b.data)[3 * PAGE_SIZE / 4] == 0,
           "the pages are mine, touched and not");
    tap_status(grant(&b), STATUS_OK, "and with memory they can be granted");
    release_all();
}

int main(void)
{
    keeper = tap_open("keeper");
    struct post_buffer b = frames_buffer(2, 1); /* once, so that stacks and records are there */
    grant(&b);
    release_all();
    struct frames before = frames_now();

    tap_status(area(BORDER - PAGE_SIZE, 2), STATUS_OK, "arrivals land across two tables");
    tables(2);
    tables(1);
    tables(0);
    tap_status(area(0, 0), STATUS_OK, "and where the pager likes again");
    zeroes();
    frames_sound(&before, 0, "in the end");
    tap_end();
}
