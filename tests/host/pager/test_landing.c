/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where pages land: where it suits each run, in one run, where the receiver has announced, or
 * nowhere. After every test each frame must be where it was (moving_steps.h).
 */
// Sources: apps/libpost/fault.c
// Sources: tests/host/pager/fake.c tests/host/pager/fake_pages.c tests/host/pager/moving_world.c
// Sources: tests/host/pager/moving_steps.c $(filter-out pager/main.c pager/gate.c,$(wildcard
// Sources: pager/*.c))
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "moving_steps.h"

static void four_extents_land_where_it_suits_each(void **state)
{
    uint32_t small = heap(a, 9), big = aligned_heap(a, 1);
    struct extent e[] = {
        {small, 2}, {big, TABLE_PAGES}, {small + 4 * PAGE_SIZE, 1}, {small + 7 * PAGE_SIZE, 2}};

    (void)state;
    memset(fake_calls, 0, sizeof fake_calls);
    assert_int_equal(grant(0, e, 4), STATUS_OK);
    assert_int_equal(fake_calls[PAGER_OP_MOVE_TABLE], 1);
    there(b, world_landed[0].address, 2, 1, MAP_W);
    there(b, world_landed[1].address, TABLE_PAGES, 1, MAP_W);
    there(b, world_landed[2].address, 1, 5, MAP_W);
    there(b, world_landed[3].address, 2, 8, MAP_W);
    assert_int_equal(world_answer.w[3] >> 16, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(world_landed[i].pages, e[i].pages);
}

/* Gather: 248 pages from everywhere become one run. */
static void a_list_lands_in_one_run(void **state)
{
    static struct extent e[EXTENT_LIST_MAX];
    uint32_t at = heap(a, 2 * EXTENT_LIST_MAX), landed;

    (void)state;
    for (uint32_t i = 0; i < EXTENT_LIST_MAX; i++) /* backwards, every second */
        e[i] = (struct extent){at + (2 * (EXTENT_LIST_MAX - i) - 1) * PAGE_SIZE, 1};
    assert_int_equal(grant(MOVE_LIST, e, EXTENT_LIST_MAX), STATUS_OK);
    landed = world_landed[0].address;
    assert_int_equal(world_answer.w[3] >> 16, 1);
    assert_int_equal(world_landed[0].pages, EXTENT_LIST_MAX);
    for (uint32_t i = 0; i < EXTENT_LIST_MAX; i++)
        there(b, landed + i * PAGE_SIZE, 1, 2 * (EXTENT_LIST_MAX - i), MAP_W);
    /* A short list is a list too. */
    e[0] = (struct extent){at, 1};
    e[1] = (struct extent){at + 2 * PAGE_SIZE, 1};
    assert_int_equal(grant(MOVE_LIST, e, 2), STATUS_OK);
    there(b, world_landed[0].address, 1, 1, MAP_W);
    there(b, world_landed[0].address + PAGE_SIZE, 1, 3, MAP_W);
    assert_int_equal(world_landed[0].pages, 2);
}

static void arrivals_go_where_the_receiver_wants_them(void **state)
{
    uint32_t at = heap(a, 12), area = LANDING_BASE + 0x100000, big = aligned_heap(a, 1);

    (void)state;
    assert_int_equal(world_land(b, area + 1, 1), STATUS_BAD_ADDRESS);
    assert_int_equal(world_land(b, area, 0), STATUS_BAD_ADDRESS);
    assert_int_equal(world_land(b, at, 4), STATUS_BAD_ADDRESS);
    assert_int_equal(world_land(b, LANDING_END, 1), STATUS_BAD_ADDRESS);
    assert_int_equal(world_land(b, LANDING_END - PAGE_SIZE, 2), STATUS_BAD_ADDRESS);
    assert_int_equal(world_land(b, area, 0xFFFFFFFF), STATUS_BAD_ADDRESS);
    assert_int_equal(world_land(b, area, 4), STATUS_OK);
    assert_int_equal(grant_one(0, at, 2), STATUS_OK);
    assert_int_equal(world_landed[0].address, area);
    assert_int_equal(grant_one(0, at + 2 * PAGE_SIZE, 1), STATUS_OK);
    assert_int_equal(world_landed[0].address, area + 2 * PAGE_SIZE);
    assert_int_equal(grant_one(0, at + 3 * PAGE_SIZE, 2), STATUS_NO_ROOM);
    assert_int_equal(grant_one(0, big, TABLE_PAGES), STATUS_NO_ROOM);
    there(a, at + 3 * PAGE_SIZE, 2, 4, MAP_W);
    /* Around: what was released is room again. Two extents of a message do not get the same. */
    assert_int_equal(world_release(b, area, 2), STATUS_OK);
    assert_int_equal(
        grant(0, (struct extent[]){{at + 3 * PAGE_SIZE, 1}, {at + 5 * PAGE_SIZE, 2}}, 2),
        STATUS_OK);
    assert_int_equal(world_landed[0].address, area + 3 * PAGE_SIZE);
    assert_int_equal(world_landed[1].address, area);
    /* Tables move into an area as well, if it has room for them as they lie. */
    assert_int_equal(world_land(b, LANDING_BASE + 3 * TABLE_SPAN - PAGE_SIZE, 2 * TABLE_PAGES),
                     STATUS_OK);
    memset(fake_calls, 0, sizeof fake_calls);
    assert_int_equal(grant_one(0, big, TABLE_PAGES), STATUS_OK);
    assert_int_equal(world_landed[0].address, LANDING_BASE + 3 * TABLE_SPAN);
    assert_int_equal(fake_calls[PAGER_OP_MOVE_TABLE], 1);
    /* Back to the pager's choice. */
    assert_int_equal(world_land(b, 0, 0), STATUS_OK);
    assert_int_equal(grant_one(0, at + 7 * PAGE_SIZE, 5), STATUS_OK);
    there(b, world_landed[0].address, 5, 8, MAP_W);
}

/* A list's run lies as its first extent does; a table further back in it may fit an empty one. */
static void a_list_takes_an_empty_table_out_of_its_way(void **state)
{
    uint32_t table = LANDING_BASE + 5 * TABLE_SPAN, big = aligned_heap(a, 2);
    struct extent list[] = {{big + TABLE_SPAN + PAGE_SIZE, 1}, {big, TABLE_PAGES}};
    struct extent away = {table, 1};

    (void)state;
    assert_int_equal(world_land(b, table, 1), STATUS_OK);
    assert_int_equal(grant_one(0, heap(a, 1), 1), STATUS_OK);
    assert_int_equal(world_land(b, 0, 0), STATUS_OK);
    assert_int_equal(world_ask(b, world_index(), a, 0, &away, 1), STATUS_OK);
    assert_true(fake_table(b, table));
    assert_int_equal(world_land(b, table - PAGE_SIZE, TABLE_PAGES + 1), STATUS_OK);
    assert_int_equal(grant(MOVE_LIST, list, 2), STATUS_OK);
    assert_int_equal(world_landed[0].address, table - PAGE_SIZE);
    there(b, table - PAGE_SIZE, 1, TABLE_PAGES + 2, MAP_W);
    there(b, table, TABLE_PAGES, 1, MAP_W);
    books_are_true();
}

static void more_than_the_zone_has(void **state)
{
    static struct extent e[5];
    uint32_t at = heap(a, 1);

    (void)state;
    for (int i = 0; i < 5; i++)
        e[i] = (struct extent){LANDING_BASE + i * 0x10000000u, 0x10000000 / PAGE_SIZE};
    assert_int_equal(grant(MOVE_LIST, e, 5), STATUS_NOT_MAPPED); /* there would be room */
    for (uint32_t i = 0; i < 512; i++) /* every second table has a page in it */
        assert_int_equal(memory_map(task_by_id(b), LANDING_BASE + i * 2 * TABLE_SPAN, MAP_W),
                         STATUS_OK);
    assert_int_equal(grant_one(0, aligned_heap(a, 2), 2 * TABLE_PAGES), STATUS_NO_ROOM);
    assert_int_equal(grant_one(0, at, 1), STATUS_OK);
}

/* A receiver that uses what comes and lets it go needs one table, not one for each message. */
static void what_comes_and_goes_uses_one_table(void **state)
{
    uint32_t landed = 0;

    (void)state;
    for (int i = 0; i < 600; i++) {
        if (i == 1) /* it stays when it is empty */
            memset(fake_calls, 0, sizeof fake_calls);
        assert_int_equal(grant_one(0, heap(a, 1), 1), STATUS_OK);
        assert_true(i == 0 || world_landed[0].address == landed);
        landed = world_landed[0].address;
        assert_int_equal(world_ask(b, world_index(), a, 0, &(struct extent){landed, 1}, 1),
                         STATUS_OK);
        assert_int_equal(world_release(a, world_landed[0].address, 1), STATUS_OK);
    }
    assert_int_equal(fake_calls[PAGER_OP_TABLE_GIVE] + fake_calls[PAGER_OP_TABLE_TAKE], 0);
}

/* A page arrives and is released: its table stays, empty. */
static uint32_t kept_table(void)
{
    uint32_t landed;

    assert_int_equal(grant_one(0, heap(a, 1), 1), STATUS_OK);
    landed = world_landed[0].address;
    assert_int_equal(world_release(b, landed, 1), STATUS_OK);
    not_there(b, landed, 1);
    assert_true(fake_table(b, landed));
    return landed & ~(TABLE_SPAN - 1);
}

static void the_table_that_stays_goes_when_messages_land_elsewhere(void **state)
{
    uint32_t table = kept_table();

    (void)state;
    assert_int_equal(grant_one(0, aligned_heap(a, 1), TABLE_PAGES), STATUS_OK);
    assert_int_not_equal(world_landed[0].address, table);
    assert_false(fake_table(b, table));
    table = kept_table();
    assert_int_equal(world_land(b, LANDING_BASE, 1), STATUS_OK);
    assert_false(fake_table(b, table));
}

static void the_table_that_stays_is_in_nobodys_way(void **state)
{
    uint32_t table = kept_table();

    (void)state;
    for (uint32_t at = LANDING_BASE; at < LANDING_END; at += TABLE_SPAN)
        if (at != table)
            assert_int_equal(memory_map(task_by_id(b), at, MAP_W), STATUS_OK);
    assert_int_equal(grant_one(0, aligned_heap(a, 1), TABLE_PAGES), STATUS_OK);
    assert_int_equal(world_landed[0].address, table);
}

static void a_release_takes_back_what_it_has_emptied(void **state)
{
    uint32_t at = aligned_heap(a, 2);

    (void)state;
    heap(a, 1);
    memset(fake_calls, 0, sizeof fake_calls);
    assert_int_equal(world_release(a, at, 2 * TABLE_PAGES - 1), STATUS_OK);
    not_there(a, at, 2 * TABLE_PAGES - 1);
    there(a, at + (2 * TABLE_PAGES - 1) * PAGE_SIZE, 1, 2 * TABLE_PAGES, MAP_W);
    assert_false(fake_table(a, at));
    assert_int_equal(fake_calls[PAGER_OP_UNMAP], 2 * TABLE_PAGES - 1); /* and none to find them */
    assert_int_equal(fake_calls[PAGER_OP_QUERY_TABLE] + fake_calls[PAGER_OP_QUERY_PAGE], 0);
}

/* Pages with holes between them, of which nano must tell. */
static void a_release_finds_what_is_there(void **state)
{
    uint32_t at = world_alloc(a, 3 * TABLE_PAGES), last = at + (3 * TABLE_PAGES - 1) * PAGE_SIZE;

    (void)state;
    world_touch(a, at + 5 * PAGE_SIZE, 1);
    world_touch(a, at + 7 * PAGE_SIZE, 1);
    world_touch(a, last, 1);
    assert_int_equal(world_release(a, at, 3 * TABLE_PAGES), STATUS_OK);
    not_there(a, at, 3 * TABLE_PAGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(four_extents_land_where_it_suits_each),
        TEST(a_list_lands_in_one_run),
        TEST(arrivals_go_where_the_receiver_wants_them),
        TEST(a_list_takes_an_empty_table_out_of_its_way),
        TEST(more_than_the_zone_has),
        TEST(what_comes_and_goes_uses_one_table),
        TEST(the_table_that_stays_goes_when_messages_land_elsewhere),
        TEST(the_table_that_stays_is_in_nobodys_way),
        TEST(a_release_takes_back_what_it_has_emptied),
        TEST(a_release_finds_what_is_there),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
