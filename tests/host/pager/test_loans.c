/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loans: pages that come back with the reply or the borrower's death, and what neither end may do
 * with them meanwhile. After every test each frame must be where it was (moving_steps.h).
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

static void a_loan_comes_back_with_the_reply(void **state)
{
    uint32_t at = heap(a, 4), big = aligned_heap(a, 2);
    struct extent e[] = {{at + PAGE_SIZE, 2}, {big, 2 * TABLE_PAGES}, {WORLD_TEXT, 1}};

    (void)state;
    for (uint32_t flags = MOVE_LEND; flags <= (MOVE_LEND | MOVE_READ_ONLY);
         flags += MOVE_READ_ONLY) {
        uint32_t index = world_index();

        assert_int_equal(world_ask(a, index, b, flags, e, 3), STATUS_OK);
        books_are_true();
        there(b, world_landed[1].address, 2 * TABLE_PAGES, 1, flags & MOVE_READ_ONLY ? 0 : MAP_W);
        not_there(a, big, 2 * TABLE_PAGES);
        assert_int_equal(world_return(b, a, index), STATUS_OK);
        books_are_true();
        there(a, at, 4, 1, MAP_W);
        there(a, big, 2 * TABLE_PAGES, 1, MAP_W);
        assert_int_equal(fake_page(a, WORLD_TEXT).rights, MAP_X);
        assert_int_equal(world_return(b, a, index), STATUS_OK); /* once more: nothing to return */
        assert_null(task_by_id(a)->lent);
        assert_null(task_by_id(b)->borrowed);
    }
    assert_int_equal(world_release(a, at, 4), STATUS_OK);
}

static void what_is_borrowed_stays(void **state)
{
    uint32_t at = heap(a, 4), c = world_launch("c"), index = world_index(), landed;
    struct extent e = {at, 3};

    (void)state;
    assert_int_equal(world_ask(a, index, b, MOVE_LEND, &e, 1), STATUS_OK);
    landed = world_landed[0].address;
    e = (struct extent){landed + PAGE_SIZE, 1};
    assert_int_equal(world_ask(b, world_index(), c, 0, &e, 1), STATUS_DENIED);
    assert_int_equal(world_ask(b, world_index(), c, MOVE_LEND, &e, 1), STATUS_DENIED);
    assert_int_equal(world_release(b, landed, 1), STATUS_DENIED);
    assert_int_equal(world_release(b, LANDING_BASE, 0x80000), STATUS_DENIED);
    /* The lender cannot send it again, release it, or get its addresses for something else. */
    assert_int_equal(grant_one(0, at + 2 * PAGE_SIZE, 2), STATUS_NOT_MAPPED);
    assert_int_equal(world_release(a, at, 4), STATUS_BAD_ADDRESS);
    assert_int_equal(world_release(a, at + 3 * PAGE_SIZE, 1), STATUS_OK);
    assert_true(world_alloc(a, 1) >= at + 3 * PAGE_SIZE);
    books_are_true();
    /* Nobody but the borrower returns it. */
    assert_int_equal(world_return(c, a, index), STATUS_NO_CALL);
    there(b, landed, 3, 1, MAP_W);
    assert_int_equal(world_return(b, a, index), STATUS_OK);
    there(a, at, 3, 1, MAP_W);
}

/* The tables of what is lent from the landing zone are kept, and nothing lands there. */
static void a_lenders_landing_zone_is_kept_free(void **state)
{
    uint32_t at = heap(a, 4), index, landed;
    struct extent e = {at, 4};

    (void)state;
    assert_int_equal(grant_one(0, at, 4), STATUS_OK);
    landed = world_landed[0].address;
    index = world_index();
    e = (struct extent){landed + PAGE_SIZE, 2};
    assert_int_equal(world_ask(b, index, a, MOVE_LEND, &e, 1), STATUS_OK);
    assert_int_equal(world_release(b, landed, 1), STATUS_OK);
    assert_int_equal(world_release(b, landed + 3 * PAGE_SIZE, 1), STATUS_OK);
    assert_true(fake_table(b, landed));
    books_are_true();
    assert_int_equal(world_land(b, landed, 4), STATUS_OK);
    assert_int_equal(grant_one(0, heap(a, 2), 2), STATUS_NO_ROOM);
    assert_int_equal(grant_one(0, heap(a, 1), 1), STATUS_OK);
    assert_int_equal(world_land(b, 0, 0), STATUS_OK);
    assert_int_equal(grant_one(0, heap(a, 2), 2), STATUS_OK);
    assert_int_equal(world_return(a, b, index), STATUS_OK);
    there(b, landed + PAGE_SIZE, 2, 2, MAP_W);
    books_are_true();
}

static void a_refused_return_is_no_return(void **state)
{
    uint32_t at = heap(a, 2), big = aligned_heap(a, 1);
    struct extent e[] = {{at, 2}, {big, TABLE_PAGES}};

    (void)state;
    for (uint32_t flags = MOVE_LEND; flags <= (MOVE_LEND | MOVE_READ_ONLY);
         flags += MOVE_READ_ONLY) { /* by a whole table, and page by page */
        uint32_t index = world_index(), rights = flags & MOVE_READ_ONLY ? 0 : MAP_W;
        uint32_t small, whole;

        assert_int_equal(world_ask(a, index, b, flags, e, 2), STATUS_OK);
        small = world_landed[0].address;
        whole = world_landed[1].address;
        world_router_says = STATUS_NO_CALL;
        assert_int_equal(world_return(b, a, index), STATUS_OK);
        books_are_true();
        there(b, small, 2, 1, rights);
        there(b, whole, TABLE_PAGES, 1, rights);
        not_there(a, big, TABLE_PAGES);
        world_router_says =
            flags & MOVE_READ_ONLY ? STATUS_RESET : STATUS_OK; /* lost: home all the same */
        assert_int_equal(world_return(b, a, index), STATUS_OK);
        there(a, at, 2, 1, MAP_W);
        there(a, big, TABLE_PAGES, 1, MAP_W);
        books_are_true();
        world_router_says = STATUS_OK;
    }
}

static void a_borrowers_death_returns_its_loans(void **state)
{
    uint32_t at = heap(a, 2), big = aligned_heap(a, 1);

    (void)state;
    assert_int_equal(grant_one(MOVE_LEND, at, 2), STATUS_OK);
    assert_int_equal(grant_one(MOVE_LEND, big, TABLE_PAGES), STATUS_OK);
    end_begin(task_by_id(b), 0, false);
    there(a, at, 2, 1, MAP_W); /* at once, and not when the router has let go */
    there(a, big, TABLE_PAGES, 1, MAP_W);
    books_are_true();
    world_settle();
    assert_int_equal(world_release(a, at, 2), STATUS_OK);
}

static void a_lenders_death_leaves_the_borrower_its_frames(void **state)
{
    uint32_t at = heap(a, 2), landed;

    (void)state;
    assert_int_equal(grant_one(MOVE_LEND, at, 2), STATUS_OK);
    landed = world_landed[0].address;
    end_begin(task_by_id(a), 0, false);
    world_settle();
    there(b, landed, 2, 1, MAP_W);
    books_are_true();
    assert_int_equal(world_release(b, landed, 2), STATUS_OK);
    books_are_true();
}

static void to_oneself(void **state)
{
    uint32_t at = heap(a, 2), index = world_index();
    struct extent e = {at, 2};

    (void)state;
    assert_int_equal(world_ask(a, index, a, MOVE_LEND, &e, 1), STATUS_OK);
    there(a, world_landed[0].address, 2, 1, MAP_W);
    books_are_true();
    assert_int_equal(world_return(a, a, index), STATUS_OK);
    there(a, at, 2, 1, MAP_W);
    assert_int_equal(world_ask(a, world_index(), a, 0, &e, 1), STATUS_OK);
    there(a, world_landed[0].address, 2, 1, MAP_W);
    e.address = world_landed[0].address;
    assert_int_equal(world_ask(a, world_index(), a, MOVE_LEND, &e, 1), STATUS_OK);
    books_are_true();
    end_begin(task_by_id(a), 0, false); /* its own borrower */
    world_settle();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_loan_comes_back_with_the_reply),
        TEST(what_is_borrowed_stays),
        TEST(a_lenders_landing_zone_is_kept_free),
        TEST(a_refused_return_is_no_return),
        TEST(a_borrowers_death_returns_its_loans),
        TEST(a_lenders_death_leaves_the_borrower_its_frames),
        TEST(to_oneself),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
