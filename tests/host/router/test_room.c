/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room: nothing is lost when an inbox is full, whoever waits is told, one sender cannot take it
 * all, and replies always fit.
 */
// Sources: tests/host/router/world.c $(ROUTER_ON_HOST)
#include <setjmp.h>
#include <stdarg.h>
#include "world.h"
#include <cmocka.h>

static int setup(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(C), 1, ALL_RIGHTS);
    set_route(B, 4, id_of(C), 2, ALL_RIGHTS);
    set_route(D, 4, id_of(C), 3, ALL_RIGHTS);
    set_route(C, 4, id_of(B), 4, ALL_RIGHTS);
    return 0;
}

static void full_loses_nothing_and_the_waiting_one_is_told(void **state)
{
    (void)state;
    uint32_t sent = 0, got = 0;

    while (got < 1000) {
        while (window[A].out.out_tail - window[A].in.out_head < 64)
            post_line(A, 4, 1, 0)->w[2] = sent++;
        struct outcome o = call(A, GATE_POST_WAIT, 0);

        assert_true(o.parked);
        assert_int_equal(held(A), STATUS_FULL);
        assert_int_equal(window[A].in.held.peer, id_of(C));
        assert_int_not_equal(window[C].in.room_wanted, 0);
        nano_reads_wake_list();
        for (unsigned i = 0; i < 5; i++)
            assert_int_equal(take(C)->w[2], got++);
        call(C, GATE_WAIT, 0); /* there is mail: comes back at once, and tells A */
        assert_true(pending(A, SIGNAL_HELD));
        assert_int_equal(window[C].in.room_wanted, 0);
        see(A);
    }
    assert_true(window[A].in.counters.full > 10);
}

/* Its fast path asks nothing but its lane, so that must have been closed. */
static void a_receiver_that_posts_tells_too(void **state)
{
    (void)state;
    post_line(C, 4, 1, 0);
    call(C, GATE_POST, 0);
    for (unsigned i = 0; i < 33; i++)
        post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    take(C);
    post_line(C, 4, 2, 0);
    call(C, GATE_POST_WAIT, 0);
    assert_true(pending(A, SIGNAL_HELD));
    assert_int_equal(unread(B), 2);
}

static void a_flood_stops_at_half_and_neighbours_go_on(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 64; i++)
        post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    assert_int_equal(unread(C), 32); /* half of 64 */
    for (unsigned i = 0; i < 30; i++) {
        post_line(B, 4, 1, 0);
        post_line(D, 4, 1, 0);
    }
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_FULL);
    assert_int_equal(unread(C), 48); /* B owns a quarter */
    call(D, GATE_POST, 0);
    assert_int_equal(held(D), STATUS_FULL);
    assert_int_equal(unread(C), 64);
    assert_int_equal(window[C].in.room_wanted, ROOM_MANY);

    /* Room for one line: A and B own a quarter of the lines and go on waiting, but D may. */
    for (unsigned i = 0; i < 1; i++)
        take(C);
    call(C, GATE_POST, 0);
    assert_false(pending(A, SIGNAL_HELD));
    assert_false(pending(B, SIGNAL_HELD));
    assert_false(pending(D, SIGNAL_HELD)); /* D too owns a quarter */
    assert_int_equal(window[C].in.room_wanted, ROOM_MANY);
    window[C].out.in_head += 32; /* down to 31: all may */
    call(C, GATE_POST, 0);
    assert_true(pending(A, SIGNAL_HELD));
    assert_true(pending(B, SIGNAL_HELD));
    assert_true(pending(D, SIGNAL_HELD));
    assert_int_equal(window[C].in.room_wanted, 0);
}

static void who_needs_more_room_than_there_is_waits_on(void **state)
{
    (void)state;
    post_lines(A, 4, 1, 0, 32);
    post_lines(A, 4, 2, 0, 32);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    take(C);
    call(C, GATE_POST, 0);
    assert_true(pending(A, SIGNAL_HELD));
    see(A);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    post_lines(A, 4, 3, 0, 20);
    post_lines(D, 4, 4, 0, 10);
    call(A, GATE_POST, 0);
    call(D, GATE_POST, 0);
    assert_int_equal(held(D), STATUS_OK);
    assert_int_equal(unread(C), 42);
    assert_int_equal(window[C].in.room_wanted, A);
    call(C, GATE_POST, 0);
    assert_false(pending(A, SIGNAL_HELD));
    assert_int_equal(window[C].in.room_wanted, A);
    take(C);
    call(C, GATE_POST, 0);
    assert_true(pending(A, SIGNAL_HELD));
}

/* C calls B 32 times with room for two lines each: no ordinary mail for C, but all replies. */
static void room_for_replies_is_never_taken(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 32; i++) {
        struct line *line = post_line(C, 4, 9, FLAG_CALL);

        line->badge = 2;
        line->cookie = 100 + i;
        call(C, GATE_POST, 0);
        assert_int_equal(held(C), STATUS_OK);
    }
    assert_int_equal(window[C].in.reserved, 64);
    check_mailboxes();
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    post_line(C, 4, 9, FLAG_CALL);
    call(C, GATE_POST, 0);
    assert_int_equal(held(C), STATUS_FULL); /* for itself */
    assert_int_equal(window[C].in.held.peer, id_of(C));

    for (unsigned i = 0; i < 32; i++) {
        const struct line *ask = take(B);
        struct line *line = post_lines(B, ask->peer, 9, FLAG_REPLY, i % 2 + 1);

        line->w[0] = ask->w[0];
        call(B, GATE_POST, 0);
        assert_int_equal(held(B), STATUS_OK);
    }
    assert_int_equal(unread(C), 48);
    assert_int_equal(window[C].in.reserved, 0);
    assert_true(pending(C, SIGNAL_HELD)); /* replies shorter than their room made some */
    check_mailboxes();
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(take(C)->cookie, 100 + i);
    call(C, GATE_POST, 0);
    assert_int_equal(held(C), STATUS_OK);
    assert_true(pending(A, SIGNAL_HELD));
}

static void a_reply_to_an_inbox_head_that_lies_is_lost(void **state)
{
    (void)state;
    post_line(C, 4, 9, FLAG_CALL);
    call(C, GATE_POST, 0);
    window[C].out.in_head = 5;
    take(B);
    post_line(B, id_of(C), 9, FLAG_REPLY);
    post_line(B, HANDLE_VOID, 0, 0);
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_OK);
    assert_int_equal(window[C].in.in_tail, 0);
    assert_int_equal(window[C].in.open_calls, 0);
    check_mailboxes();
}

static void calling_with_an_inbox_head_that_lies_is_refused(void **state)
{
    (void)state;
    window[C].out.in_head = 5;
    post_line(C, 4, 9, FLAG_CALL);
    call(C, GATE_POST, 0);
    assert_int_equal(held(C), STATUS_NO_ROOM);
    assert_int_equal(unread(B), 0);
}

static void a_call_to_oneself_needs_room_for_both(void **state)
{
    (void)state;
    set_route(C, 5, id_of(C), 0, ALL_RIGHTS);
    post_lines(C, 5, 1, 0, 2);
    post_lines(C, 5, 9, FLAG_CALL, 32)->badge = 32;
    call(C, GATE_POST, 0);
    assert_int_equal(held(C), STATUS_FULL);
    take(C);
    call(C, GATE_POST, 0);
    assert_int_equal(held(C), STATUS_OK);
    assert_int_equal(take(C)->peer, id_of(C));
    post_lines(C, id_of(C), 9, FLAG_REPLY, 32)->w[0] = 2;
    call(C, GATE_POST, 0);
    assert_int_equal(held(C), STATUS_OK);
    assert_int_equal(take(C)->lines, 32);
    check_mailboxes();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(full_loses_nothing_and_the_waiting_one_is_told, setup),
        cmocka_unit_test_setup(a_receiver_that_posts_tells_too, setup),
        cmocka_unit_test_setup(a_flood_stops_at_half_and_neighbours_go_on, setup),
        cmocka_unit_test_setup(who_needs_more_room_than_there_is_waits_on, setup),
        cmocka_unit_test_setup(room_for_replies_is_never_taken, setup),
        cmocka_unit_test_setup(a_reply_to_an_inbox_head_that_lies_is_lost, setup),
        cmocka_unit_test_setup(calling_with_an_inbox_head_that_lies_is_refused, setup),
        cmocka_unit_test_setup(a_call_to_oneself_needs_room_for_both, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
