/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages, in libpost: extents and their list, loans, what a buffer knows of whose its pages are, and
 * that misuse and refusals leave it as it was.
 *
 * Sources: tests/host/post/router_model.c tests/host/post/pager_model.c
 * Sources: $(addprefix apps/libpost/,buffer.c call.c give.c grant.c inbox.c outbox.c pending.c)
 * Sources: $(addprefix apps/libpost/,reply.c seal.c send.c)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "pager_model.h"

/* ---- Granting and lending ---- */

static void up_to_four_extents_stand_in_the_line(void **state)
{
    const uint32_t words[2] = {11, 12};

    (void)state;
    for (unsigned n = 1; n <= EXTENT_LIST_MAX; n += n < 6 ? 1 : 121) {
        struct post_buffer b[EXTENT_LIST_MAX];
        unsigned how = n % 2 ? POST_READ_ONLY : 0;
        for (unsigned i = 0; i < n; i++)
            b[i] = model_mine(HEAP + i * 0x10000, i + 1);
        assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, n, how, POST_FOREVER), STATUS_OK);
        const struct extent *e = n <= INLINE_EXTENTS ? (const struct extent *)&model_last()->w[4]
                                                     : post_own->out.extents;
        assert_int_equal(model_last()->w[1], 11);
        assert_int_equal(model_last()->w[2], 12);
        assert_int_equal(model_last()->w[3], n | how | (n > INLINE_EXTENTS ? EXTENT_LIST : 0));
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(e[i].address, HEAP + i * 0x10000);
            assert_int_equal(e[i].pages, i + 1);
            assert_int_equal(b[i].state, POST_AWAY);
        }
    }
}

static void misuse_posts_nothing(void **state)
{
    static struct post_buffer b[EXTENT_LIST_MAX + 1];
    const uint32_t words[2] = {0};
    struct post_pages_call c = {.buffers = b, .n = 2};

    (void)state;
    for (unsigned i = 0; i < EXTENT_LIST_MAX + 1; i++)
        b[i] = model_mine(HEAP, 1);
    assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, 0, 0, 0), STATUS_BAD);
    assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, EXTENT_LIST_MAX + 1, 0, 0), STATUS_BAD);
    assert_int_equal(post_lend(HANDLE_VOID, 7, &c, 0), STATUS_NO_ROUTE);
    for (enum post_state s = POST_NOTHING; s <= POST_BORROWED; s++) {
        if (s == POST_MINE)
            continue;
        b[1].state = s;
        post_own->in.ledger[0] = (struct call){.server = s == POST_LENT ? CLIENT : 0};
        assert_int_equal(post_grant(MODEL_TAKES, 7, words, b, 2, 0, 0), STATUS_BUSY);
        assert_int_equal(post_lend(MODEL_SERVES, 7, &c, 0), STATUS_BUSY);
        assert_int_equal(post_grant_call(MODEL_SERVES, 7, &c, 0), STATUS_BUSY);
        assert_int_equal(b[0].state, POST_MINE);
        assert_int_equal(b[1].state, s);
    }
    assert_int_equal(model_taken_count, 0);
    assert_int_equal(model_gates, 0);
}

static void what_was_not_delivered_is_mine(void **state)
{
    struct post_buffer b = model_mine(HEAP, 1);
    const uint32_t words[2] = {0};

    (void)state;
    assert_int_equal(post_grant(MODEL_DENIES, 7, words, &b, 1, 0, POST_FOREVER), STATUS_DENIED);
    assert_int_equal(post_grant(MODEL_DEAD, 7, words, &b, 1, 0, POST_FOREVER), STATUS_DEAD);
    model_full_waits = 1000;
    assert_int_equal(post_grant(MODEL_MOVES, 7, words, &b, 1, 0, post_in(20)), STATUS_MOVE);
    assert_int_equal(post_now(), 1020);
    assert_int_equal(b.state, POST_MINE);
    model_full_waits = 5;
    assert_int_equal(post_grant(MODEL_MOVES, 7, words, &b, 1, 0, POST_FOREVER), STATUS_OK);
    assert_int_equal(b.state, POST_AWAY);
    assert_int_equal(model_taken_count, 1);
}

static void a_deadline_holds_without_room_in_the_outbox(void **state)
{
    struct post_buffer b = model_mine(HEAP, 1);
    struct post_pages_call c = {.buffers = &b, .n = 1};

    (void)state;
    model_full_waits = 1000;
    for (unsigned n = 0; n < 64; n++)
        post_put(MODEL_FULL, 7, &n, sizeof n);
    assert_int_equal(post_grant(MODEL_TAKES, 7, c.words, &b, 1, 0, post_in(20)), STATUS_FULL);
    assert_int_equal(post_lend(MODEL_SERVES, 7, &c, post_in(20)), STATUS_FULL);
    assert_int_equal(post_grant_call(MODEL_SERVES, 7, &c, post_in(20)), STATUS_FULL);
    assert_int_equal(post_now(), 1060);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(model_taken_count, 0);
}

static void a_loan_comes_back_with_the_reply(void **state)
{
    struct post_buffer b = model_mine(HEAP, 1);
    uint32_t reply[11] = {0};
    struct post_pages_call c = {
        .words = {0, 8}, .buffers = &b, .n = 1, .reply = reply, .size = sizeof reply};

    (void)state;
    assert_int_equal(post_lend(MODEL_SERVES, 7, &c, POST_FOREVER), STATUS_OK);
    assert_int_equal(model_last()->flags, FLAG_CALL | FLAG_GRANT | FLAG_LEND);
    assert_int_equal(c.got, sizeof reply);
    assert_int_equal(reply[1], 8);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(post_lend(MODEL_DIES, 7, &c, POST_FOREVER), STATUS_DEAD);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(post_lend(MODEL_DENIES, 7, &c, POST_FOREVER), STATUS_DENIED);
    assert_int_equal(b.state, POST_MINE);
}

static void what_is_lent_is_not_mine_until_the_call_is_closed(void **state)
{
    struct post_buffer b = model_mine(HEAP, 1);
    struct post_pages_call c = {.buffers = &b, .n = 1};
    uint32_t index = post_own->out.out_tail, slot = index & post_own->in.out_mask;

    (void)state;
    assert_int_equal(post_lend(MODEL_SILENT, 7, &c, post_in(10)), STATUS_TIMEOUT);
    assert_int_equal(b.state, POST_LENT);
    post_own->in.ledger[slot] = (struct call){.server = CLIENT, .index = index};
    assert_false(post_mine(&b));
    assert_int_equal(post_free(&b), STATUS_BUSY);
    assert_int_equal(post_prepare(&b, 1), STATUS_BUSY);
    post_own->in.ledger[slot].index = index + 64; /* closed, and taken by another call */
    assert_true(post_mine(&b));
    b.state = POST_LENT;
    post_own->in.ledger[slot] = (struct call){.index = index};
    assert_true(post_mine(&b));
    assert_int_equal(model_memory.releases, 0);
}

static void what_was_lost_with_the_mailbox_is_away(void **state)
{
    struct post_buffer b = model_mine(HEAP, 1);
    struct post_pages_call c = {.buffers = &b, .n = 1};

    (void)state;
    model_at_wait = model_set_aside;
    assert_int_equal(post_lend(MODEL_SILENT, 7, &c, POST_FOREVER), STATUS_RESET);
    assert_false(post_mine(&b));
    b.state = POST_MINE;
    model_full_waits = 1000;
    assert_int_equal(post_lend(MODEL_MOVES, 7, &c, POST_FOREVER), STATUS_RESET);
    assert_false(post_mine(&b));
    b.state = POST_MINE;
    assert_int_equal(post_grant(MODEL_MOVES, 7, c.words, &b, 1, 0, POST_FOREVER), STATUS_RESET);
    assert_false(post_mine(&b));
    assert_int_equal(post_free(&b), STATUS_OK);
    assert_int_equal(model_memory.releases, 0);
}

static void what_is_borrowed_goes_back_or_is_released(void **state)
{
    struct post_caller caller = {.task = CLIENT, .index = 3, .cookie = 4, .tag = 7};
    uint32_t word = 5;
    struct post_buffer b[3] = {model_mine(LANDING_BASE, 1),
                               model_mine(LANDING_BASE + TABLE_SPAN, 2), model_mine(HEAP, 1)};

    (void)state;
    b[0].state = b[1].state = POST_BORROWED;
    assert_int_equal(post_return(&caller, &word, MAX_INLINE, b, 3), STATUS_BAD);
    caller.task = MODEL_DENIES;
    assert_int_equal(post_return(&caller, &word, 4, b, 3), STATUS_DENIED);
    assert_int_equal(b[1].state, POST_BORROWED);
    caller.task = MODEL_DEAD;
    assert_int_equal(post_return(&caller, &word, 4, b, 3), STATUS_DEAD);
    assert_int_equal(b[0].state, POST_NOTHING);
    assert_int_equal(b[1].state, POST_NOTHING);
    assert_int_equal(b[2].state, POST_MINE);
    assert_int_equal(model_memory.releases, 2);
    assert_int_equal(model_memory.released[1].at, LANDING_BASE + TABLE_SPAN);
    assert_int_equal(model_memory.released[1].pages, 2);
    assert_int_equal(post_dropped, 0);
    b[0] = model_mine(LANDING_BASE, 1);
    b[0].state = POST_BORROWED;
    caller.task = CLIENT;
    assert_int_equal(post_return(&caller, &word, 4, b, 1), STATUS_OK);
    assert_int_equal(model_last()->flags, FLAG_REPLY);
    assert_int_equal(model_last()->w[0], 3);
    assert_int_equal(model_last()->w[1], 5);
    assert_int_equal(b[0].state, POST_NOTHING);
    assert_int_equal(model_memory.releases, 2);
}

static void what_is_granted_with_a_call_is_away_even_unanswered(void **state)
{
    struct post_buffer b = model_mine(HEAP, 1);
    struct post_pages_call c = {.buffers = &b, .n = 1};

    (void)state;
    assert_int_equal(post_grant_call(MODEL_DENIES, 7, &c, POST_FOREVER), STATUS_DENIED);
    assert_int_equal(b.state, POST_MINE);
    assert_int_equal(post_grant_call(MODEL_SILENT, 7, &c, post_in(10)), STATUS_TIMEOUT);
    assert_int_equal(b.state, POST_AWAY);
    b.state = POST_MINE;
    assert_int_equal(post_grant_call(MODEL_SERVES, 7, &c, POST_FOREVER), STATUS_OK);
    assert_int_equal(model_last()->flags, FLAG_CALL | FLAG_GRANT);
    assert_int_equal(b.state, POST_AWAY);
}

/* ---- Buffers ---- */

static void pages_that_are_enough_stay(void **state)
{
    struct post_buffer b = {0};

    (void)state;
    assert_int_equal(post_prepare(&b, 0), STATUS_OK);
    assert_int_equal(b.pages, 1);
    assert_int_equal(post_prepare(&b, PAGE_SIZE), STATUS_OK);
    assert_int_equal(model_memory.allocs, 1);
    assert_int_equal(b.bytes, PAGE_SIZE);
    assert_int_equal(post_prepare(&b, PAGE_SIZE + 1), STATUS_OK);
    assert_int_equal(model_memory.allocs, 2);
    assert_int_equal(model_memory.released[0].at, HEAP);
    assert_int_equal(model_memory.released[0].pages, 1);
    assert_int_equal((uintptr_t)b.data, HEAP + PAGE_SIZE);
    assert_int_equal(post_free(&b), STATUS_OK);
    assert_int_equal(model_memory.releases, 2);
    assert_int_equal(b.state, POST_NOTHING);
    assert_int_equal(post_free(&b), STATUS_OK);
    assert_int_equal(model_memory.releases, 2);
}

static void what_is_away_is_replaced_and_not_released(void **state)
{
    struct post_buffer b = model_mine(HEAP + PAGE_SIZE, 1);

    (void)state;
    b.state = POST_AWAY;
    assert_int_equal(post_prepare(&b, 10), STATUS_OK);
    assert_int_equal((uintptr_t)b.data, HEAP);
    assert_int_equal(model_memory.releases, 0);
    b.state = POST_BORROWED;
    assert_int_equal(post_prepare(&b, 10), STATUS_BUSY);
    assert_int_equal(post_free(&b), STATUS_BUSY);
    b.state = POST_AWAY;
    model_memory.pages = 0;
    assert_int_equal(post_prepare(&b, 10), STATUS_NO_MEMORY);
    assert_int_equal(b.state, POST_NOTHING);
}

/* A whole table's worth begins where a table does; what was too much goes back on both sides. */
static void large_blocks_are_aligned(void **state)
{
    uint32_t tables = TABLE_SPAN / PAGE_SIZE;

    (void)state;
    model_memory.next = HEAP + 3 * PAGE_SIZE;
    assert_int_equal((uintptr_t)post_alloc(tables + 5), HEAP + TABLE_SPAN);
    assert_int_equal(model_memory.asked, 2 * tables + 4);
    assert_int_equal(model_memory.releases, 2);
    assert_int_equal(model_memory.released[0].at, HEAP + 3 * PAGE_SIZE);
    assert_int_equal(model_memory.released[0].pages, tables - 3);
    assert_int_equal(model_memory.released[1].at, HEAP + 2 * TABLE_SPAN + 5 * PAGE_SIZE);
    assert_int_equal(model_memory.released[1].pages, 2);
    model_memory.next = HEAP;
    assert_int_equal((uintptr_t)post_alloc(tables), HEAP);
    assert_int_equal(model_memory.releases, 3); /* nothing before it */
    /* Without room to choose from, as it comes. */
    model_memory.next = HEAP + PAGE_SIZE;
    model_memory.pages = tables;
    assert_int_equal((uintptr_t)post_alloc(tables), HEAP + PAGE_SIZE);
    assert_null(post_alloc(tables + 1));
    assert_int_equal(model_memory.releases, 3);
    /* More than any address could name: nobody is asked. */
    unsigned allocs = model_memory.allocs;
    assert_null(post_alloc(LANDING_BASE / PAGE_SIZE + 1));
    assert_null(post_alloc(~0u - tables + 3));
    assert_null(post_alloc(~0u));
    assert_int_equal(model_memory.allocs, allocs);
}

static void a_module_has_the_pages_of_its_bytes(void **state)
{
    struct post_buffer b = {0};

    (void)state;
    model_memory.bytes = PAGE_SIZE + 1;
    assert_int_equal(post_module("file", &b), STATUS_OK);
    assert_int_equal(b.pages, 2);
    assert_int_equal(b.bytes, PAGE_SIZE + 1);
    assert_int_equal(b.state, POST_MINE);
    model_memory.bytes = 0;
    assert_int_equal(post_module("empty", &b), STATUS_OK);
    assert_int_equal(b.state, POST_NOTHING);
    unsigned taken = model_taken_count;
    assert_int_equal(post_module("a name of more than thirty-one bytes", &b), STATUS_NO_SUCH);
    assert_int_equal(model_taken_count, taken);
    assert_int_equal(post_land(NULL, 0), STATUS_BAD_OP); /* this pager knows no LAND: as it says */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(up_to_four_extents_stand_in_the_line, pager_model_begin),
        cmocka_unit_test_setup(misuse_posts_nothing, pager_model_begin),
        cmocka_unit_test_setup(what_was_not_delivered_is_mine, pager_model_begin),
        cmocka_unit_test_setup(a_deadline_holds_without_room_in_the_outbox, pager_model_begin),
        cmocka_unit_test_setup(a_loan_comes_back_with_the_reply, pager_model_begin),
        cmocka_unit_test_setup(what_is_lent_is_not_mine_until_the_call_is_closed,
                               pager_model_begin),
        cmocka_unit_test_setup(what_was_lost_with_the_mailbox_is_away, pager_model_begin),
        cmocka_unit_test_setup(what_is_borrowed_goes_back_or_is_released, pager_model_begin),
        cmocka_unit_test_setup(what_is_granted_with_a_call_is_away_even_unanswered,
                               pager_model_begin),
        cmocka_unit_test_setup(pages_that_are_enough_stay, pager_model_begin),
        cmocka_unit_test_setup(what_is_away_is_replaced_and_not_released, pager_model_begin),
        cmocka_unit_test_setup(large_blocks_are_aligned, pager_model_begin),
        cmocka_unit_test_setup(a_module_has_the_pages_of_its_bytes, pager_model_begin),
    };
    return cmocka_run_group_tests(tests, pager_model_map, NULL);
}
