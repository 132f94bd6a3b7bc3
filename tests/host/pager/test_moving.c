/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large messages: what the pager does with the router's MOVE_ASKs, against a nano and a router of
 * the test's own (fake.h). After every step the books of all tasks are held against the fake's page
 * tables, and after every test each frame must be where it was (moving_steps.h). Loans and landing
 * have tests of their own.
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

static void a_page_leaves_and_arrives(void **state)
{
    uint32_t at = heap(a, 3), pages = task_by_id(a)->pages;

    (void)state;
    assert_int_equal(grant_one(0, at + PAGE_SIZE, 1), STATUS_OK);
    there(b, world_landed[0].address, 1, 2, MAP_W);
    assert_int_equal(world_landed[0].pages, 1);
    not_there(a, at + PAGE_SIZE, 1);
    assert_int_equal(task_by_id(a)->pages, pages - 1);
    /* Its neighbours are not concerned, and its address can be had again. */
    there(a, at, 1, 1, MAP_W);
    there(a, at + 2 * PAGE_SIZE, 1, 3, MAP_W);
    assert_int_equal(world_alloc(a, 1), at + PAGE_SIZE);
    world_touch(a, at + PAGE_SIZE, 9);
    /* What has arrived can go on, and comes to where it went from. */
    assert_int_equal(
        world_ask(b, world_index(), a, 0, &(struct extent){world_landed[0].address, 1}, 1),
        STATUS_OK);
    there(a, world_landed[0].address, 1, 2, MAP_W);
}

static void a_touch_of_what_was_sent_is_a_fault(void **state)
{
    uint32_t at = heap(a, 2), lent = heap(a, 2);

    (void)state;
    assert_int_equal(grant_one(0, at, 1), STATUS_OK);
    assert_int_equal(grant_one(MOVE_LEND, lent, 2), STATUS_OK);
    a_touch_ends(a, at, ": it has granted this page away; #PF at 0x00400020\n");
    world_end_all();
    a = world_launch("a");
    b = world_launch("b");
    lent = heap(a, 2);
    assert_int_equal(grant_one(MOVE_LEND, lent, 2), STATUS_OK);
    a_touch_ends(a, lent + PAGE_SIZE + 5,
                 ": it has lent this page until its call is answered; #PF at 0x00400020\n");
}

/* However many tables: one call of nano's, and none for pages. */
static void tables_move_as_a_whole(void **state)
{
    uint32_t at = aligned_heap(a, 3);

    (void)state;
    memset(fake_calls, 0, sizeof fake_calls);
    assert_int_equal(grant_one(0, at, 3 * TABLE_PAGES), STATUS_OK);
    assert_int_equal(fake_calls[PAGER_OP_MOVE_TABLE], 1);
    assert_int_equal(fake_calls[PAGER_OP_MOVE], 0);
    assert_int_equal(fake_calls[PAGER_OP_TABLE_GIVE], 0);
    assert_int_equal(fake_calls[PAGER_OP_QUERY_TABLE] + fake_calls[PAGER_OP_QUERY_PAGE], 0);
    there(b, world_landed[0].address, 3 * TABLE_PAGES, 1, MAP_W);
    assert_false(fake_table(a, at));
    /* With a page in front and one behind: three calls. */
    world_ask(b, world_index(), a, 0, &(struct extent){world_landed[0].address, 3 * TABLE_PAGES},
              1);
    at = world_landed[0].address;
    heap(a, 1);
    memset(fake_calls, 0, sizeof fake_calls);
    assert_int_equal(grant_one(0, at + PAGE_SIZE * 100, 2 * TABLE_PAGES), STATUS_OK);
    assert_int_equal(fake_calls[PAGER_OP_MOVE_TABLE], 1);
    assert_int_equal(fake_calls[PAGER_OP_MOVE], 2);
    there(b, world_landed[0].address, 2 * TABLE_PAGES, 101, MAP_W);
    there(a, at, 100, 1, MAP_W);
}

static void frames_move_in_runs(void **state)
{
    uint32_t at = aligned_heap(a, 2) + PAGE_SIZE;

    (void)state;
    memset(fake_calls, 0, sizeof fake_calls);
    assert_int_equal(grant_one(0, at, TABLE_PAGES), STATUS_OK);
    assert_int_equal(fake_calls[PAGER_OP_MOVE], 2);
    assert_int_equal(fake_calls[PAGER_OP_QUERY_TABLE] + fake_calls[PAGER_OP_QUERY_PAGE], 0);
    there(b, world_landed[0].address, TABLE_PAGES, 2, MAP_W);
}

static void bad_extents_are_refused(void **state)
{
    uint32_t at = heap(a, 8);
    const struct {
        enum status status;
        uint32_t count;
        struct extent e[2];
    } row[] = {
        {STATUS_BAD_ADDRESS, 1, {{at + 1, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{at + 0x800, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{at, 0}}},
        {STATUS_BAD_ADDRESS, 1, {{at, 1u << 20}}},
        {STATUS_BAD_ADDRESS, 1, {{at, 0xFFFFFFFF}}},
        {STATUS_BAD_ADDRESS, 1, {{0xFFFFF000, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{0xFFFFF000, 2}}},
        {STATUS_BAD_ADDRESS, 1, {{0, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{PROGRAM_BASE - PAGE_SIZE, 2}}},
        {STATUS_BAD_ADDRESS, 1, {{OWN_MAILBOX, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{NAMEPLATE, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{PROGRAM_END - PAGE_SIZE, 2}}},
        {STATUS_BAD_ADDRESS, 1, {{PROGRAM_END - PAGE_SIZE, 0x201}}},
        {STATUS_BAD_ADDRESS, 1, {{LANDING_END - PAGE_SIZE, 2}}},
        {STATUS_BAD_ADDRESS, 1, {{LANDING_END, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{ROUTER_BASE, 1}}},
        {STATUS_BAD_ADDRESS, 1, {{WINDOW, 1}}},
        {STATUS_BAD_ADDRESS, 2, {{at, 1}, {at + PAGE_SIZE, 0}}},
        {STATUS_BAD, 0, {{0, 0}}},
        {STATUS_BAD, 2, {{at, 2}, {at + PAGE_SIZE, 1}}},
        {STATUS_BAD, 2, {{at + PAGE_SIZE, 2}, {at, 2}}},
        {STATUS_BAD, 2, {{at, 1}, {at, 1}}},
        {STATUS_NOT_MAPPED, 1, {{at + 8 * PAGE_SIZE, 1}}},
        {STATUS_NOT_MAPPED, 1, {{at, 9}}},
        {STATUS_NOT_MAPPED, 1, {{LANDING_BASE, 1}}},
        {STATUS_NOT_MAPPED, 1, {{LANDING_BASE, TABLE_PAGES}}},
        {STATUS_NOT_MAPPED, 1, {{HEAP_END, 1}}},
        {STATUS_NOT_MAPPED, 2, {{at, 8}, {LANDING_BASE, 1}}},
        {STATUS_NOT_MAPPED, 1, {{WORLD_TEXT, 3}}},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        enum status status = grant(0, row[i].e, row[i].count);

        if (status != row[i].status)
            fail_msg("row %u: status %u", i, status);
        there(a, at, 8, 1, MAP_W);
    }
    assert_int_equal(grant_one(0, LANDING_BASE, 1u << 19), STATUS_NOT_MAPPED);
    /* The number of extents is an allegation too. */
    assert_int_equal(world_ask_counted(a, world_index(), b, 0, &(struct extent){at, 1}, 1, 0xFFFF),
                     STATUS_BAD);
    assert_int_equal(world_ask(a, world_index(), b + 0x10000, 0, &(struct extent){at, 1}, 1),
                     STATUS_DEAD);
    assert_int_equal(world_ask(a, world_index(), FAKE_PAGER, 0, &(struct extent){at, 1}, 1),
                     STATUS_DENIED);
    assert_int_equal(world_ask(FAKE_PAGER, world_index(), b, 0, &(struct extent){at, 1}, 1),
                     STATUS_DENIED);
    there(a, at, 8, 1, MAP_W);
}

/* Only the router may ask. */
static void others_may_not_ask(void **state)
{
    uint32_t at = heap(a, 1);
    struct line in = {.peer = b,
                      .tag = TAG_MOVE_ASK,
                      .lines = 1,
                      .flags = FLAG_CALL,
                      .w = {7, a, 0, b, 1 << 16, at, 1}};

    (void)state;
    request_handle(&in);
    post_flush();
    there(a, at, 1, 1, MAP_W);
    in.flags = 0;
    in.peer = a;
    request_handle(&in);
    there(a, at, 1, 1, MAP_W);
}

/* A table that is not full must not go for one, whoever is to miss the pages. */
static void holes_are_found(void **state)
{
    uint32_t at = aligned_heap(a, 2);

    (void)state;
    assert_int_equal(grant_one(0, at, 2 * TABLE_PAGES), STATUS_OK);
    at = world_landed[0].address;
    assert_int_equal(world_release(b, at + TABLE_SPAN + 7 * PAGE_SIZE, 1), STATUS_OK);
    assert_int_equal(world_ask(b, world_index(), a, 0, &(struct extent){at, 2 * TABLE_PAGES}, 1),
                     STATUS_NOT_MAPPED);
    books_are_true();
    there(b, at, TABLE_PAGES + 7, 1, MAP_W);
    there(b, at + TABLE_SPAN + 8 * PAGE_SIZE, TABLE_PAGES - 8, TABLE_PAGES + 9, MAP_W);
}

static void untouched_heap_is_zeroes(void **state)
{
    uint32_t at = world_alloc(a, 3 * TABLE_PAGES);
    uint32_t table = (at + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);

    (void)state;
    world_touch(a, at + PAGE_SIZE, 77);
    assert_int_equal(grant_one(0, at, 3), STATUS_OK);
    there(b, world_landed[0].address, 1, 0, MAP_W);
    there(b, world_landed[0].address + PAGE_SIZE, 1, 77, MAP_W);
    there(b, world_landed[0].address + 2 * PAGE_SIZE, 1, 0, MAP_W);
    assert_int_equal(grant_one(0, table, TABLE_PAGES), STATUS_OK);
    there(b, world_landed[0].address, 1, 0, MAP_W);
    assert_int_equal(grant_one(MOVE_READ_ONLY, at + 3 * PAGE_SIZE, 2), STATUS_OK);
    there(b, world_landed[0].address, 1, 0, 0);
}

/* The sender has voided its entry meanwhile: all is as before, rights and first touch included. */
static void a_refused_answer_brings_all_back(void **state)
{
    uint32_t at = heap(a, 4), big = aligned_heap(a, 1), fresh = world_alloc(a, 1);
    struct extent e[] = {{at, 4}, {big, TABLE_PAGES}, {WORLD_TEXT, 1}};

    (void)state;
    world_router_says = STATUS_NO_CALL;
    for (uint32_t flags = 0; flags <= MOVE_READ_ONLY; flags += MOVE_READ_ONLY) {
        assert_int_equal(grant(flags, e, 3), STATUS_OK);
        there(a, at, 4, 1, MAP_W);
        there(a, big, TABLE_PAGES, 1, MAP_W);
        assert_int_equal(fake_page(a, WORLD_TEXT).rights, MAP_X);
        not_there(b, world_landed[0].address, 4);
    }
    world_touch(a, fresh, 5); /* the heap is as it was */
    assert_int_equal(world_release(a, at, 4), STATUS_OK);
    world_router_says = STATUS_OK;
    assert_int_equal(grant_one(0, fresh, 1), STATUS_OK);
}

/* 2^32 lines later, or index 0xFFFFFFFF, which was taken for "none yet": it moves as any other. */
static void an_index_that_comes_again_is_an_index(void **state)
{
    uint32_t at = heap(a, 3);

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        struct extent e = {at + i * PAGE_SIZE, 1};

        assert_int_equal(world_ask(a, 0xFFFFFFFF, b, 0, &e, 1), STATUS_OK);
        there(b, world_landed[0].address, 1, 1 + i, MAP_W);
    }
    not_there(a, at, 3);
}

/* With the pager's mailbox. The router was restarted for
 * that, so it asks again; or the sender ends. */
static void an_answer_that_was_lost_is_given_again(void **state)
{
    uint32_t at = heap(a, 2), index = world_index();
    struct extent e = {at, 2};

    (void)state;
    world_router_says = STATUS_RESET;
    world_ask(a, index, b, 0, &e, 1);
    assert_int_equal(world_ask(b, world_index(), a, 0, &(struct extent){LANDING_END - 4096, 1}, 1),
                     STATUS_BUSY); /* it is still under way */
    world_router_says = STATUS_OK;
    assert_int_equal(world_ask(a, index, b, 0, &e, 1), STATUS_OK);
    there(b, world_landed[0].address, 2, 1, MAP_W);
    not_there(a, at, 2);
    at = e.address = heap(a, 2);
    world_router_says = STATUS_RESET;
    world_ask(a, world_index(), b, 0, &e, 1);
    end_begin(task_by_id(b), 0, false);
    world_settle();
    there(a, at, 2, 1, MAP_W);
}

static void read_only_arrives_read_only(void **state)
{
    uint32_t at = heap(a, 2), big = aligned_heap(a, 1);

    (void)state;
    assert_int_equal(grant_one(MOVE_READ_ONLY, at, 2), STATUS_OK);
    there(b, world_landed[0].address, 2, 1, 0);
    /* It never becomes more. */
    world_ask(b, world_index(), a, 0, &(struct extent){world_landed[0].address, 2}, 1);
    there(a, world_landed[0].address, 2, 1, 0);
    memset(fake_calls, 0, sizeof fake_calls);
    assert_int_equal(grant_one(MOVE_READ_ONLY, big, TABLE_PAGES), STATUS_OK);
    assert_int_equal(fake_calls[PAGER_OP_MOVE_TABLE], 0);
    there(b, world_landed[0].address, TABLE_PAGES, 1, 0);
    /* Text is not executable where it arrives. */
    assert_int_equal(grant_one(0, WORLD_TEXT, 1), STATUS_OK);
    assert_int_equal(fake_page(b, world_landed[0].address).rights, 0);
}

/* Memory that ends at every possible point of a move with all kinds of pieces. */
static void out_of_memory_anywhere_changes_nothing(void **state)
{
    static uint32_t kept[FAKE_FRAMES];
    uint32_t small = heap(a, 4), big = aligned_heap(a, 1), untouched = world_alloc(a, 2);
    struct extent e[] = {{small, 4}, {big, TABLE_PAGES}, {untouched, 2}, {WORLD_TEXT, 1}};
    uint32_t left = 0, n, failures = 0;
    enum status status;

    (void)state;
    do {
        for (n = 0; frames_free() > left; n++)
            kept[n] = frames_take();
        status = world_ask(a, world_index(), b, MOVE_LEND, e, 4);
        while (n)
            frames_give(kept[--n]);
        books_are_true();
        if (status != STATUS_OK) {
            assert_int_equal(status, STATUS_NO_MEMORY);
            there(a, small, 4, 1, MAP_W);
            there(a, big, TABLE_PAGES, 1, MAP_W);
            assert_int_equal(fake_page(a, WORLD_TEXT).rights, MAP_X);
            assert_int_equal(task_by_id(b)->pages, WORLD_PAGES);
            failures++;
        }
        left++;
    } while (status != STATUS_OK);
    assert_true(failures > 2); /* two pages of heap, a table to land in */
}

/* The pager is cut short after the n-th call of nano's, and asked again. */
static jmp_buf cut;
static int calls_left;

static void cut_short(enum pager_op op)
{
    if ((op == PAGER_OP_MOVE || op == PAGER_OP_MOVE_TABLE || op == PAGER_OP_PROTECT) &&
        calls_left-- == 0)
        longjmp(cut, 1);
}

static void a_move_that_was_cut_short_is_finished(void **state)
{
    uint32_t small = heap(a, 4), big = aligned_heap(a, 2);
    struct extent e[] = {{small, 4}, {big, 2 * TABLE_PAGES}, {WORLD_TEXT, 1}};
    volatile bool done = false;
    volatile int calls = 0;

    (void)state;
    for (; !done; calls++) {
        uint32_t index = world_index(), landed;

        calls_left = calls;
        fake_after = cut_short;
        if (setjmp(cut) == 0) {
            world_ask(a, index, b, MOVE_LEND, e, 3);
            done = true;
        }
        fake_after = NULL;
        if (calls % 2 &&
            !done) { /* another ask comes before the repeated one: the old one is ended before it */
            world_asks_again(a);
            assert_int_equal(
                world_ask(b, world_index(), a, 0, &(struct extent){LANDING_END - 4096, 1}, 1),
                STATUS_NOT_MAPPED);
        }
        if (!done)
            assert_int_equal(world_ask(a, index, b, MOVE_LEND, e, 3), STATUS_OK);
        books_are_true();
        landed = world_landed[0].address;
        there(b, landed, 4, 1, MAP_W);
        there(b, world_landed[1].address, 2 * TABLE_PAGES, 1, MAP_W);
        not_there(a, small, 4);
        calls_left = calls; /* the return likewise */
        fake_after = cut_short;
        if (setjmp(cut) == 0)
            world_return(b, a, index);
        else
            done = false;
        fake_after = NULL;
        assert_int_equal(world_return(b, a, index), STATUS_OK);
        books_are_true();
        there(a, small, 4, 1, MAP_W);
        there(a, big, 2 * TABLE_PAGES, 1, MAP_W);
        assert_int_equal(fake_page(a, WORLD_TEXT).rights, MAP_X);
    }
    assert_int_equal(calls, 5); /* three runs there; three back, and the rights of the text */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_leaves_and_arrives),
        TEST(a_touch_of_what_was_sent_is_a_fault),
        TEST(tables_move_as_a_whole),
        TEST(frames_move_in_runs),
        TEST(bad_extents_are_refused),
        TEST(others_may_not_ask),
        TEST(holes_are_found),
        TEST(untouched_heap_is_zeroes),
        TEST(a_refused_answer_brings_all_back),
        TEST(an_index_that_comes_again_is_an_index),
        TEST(an_answer_that_was_lost_is_given_again),
        TEST(read_only_arrives_read_only),
        TEST(out_of_memory_anywhere_changes_nothing),
        TEST(a_move_that_was_cut_short_is_finished),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
