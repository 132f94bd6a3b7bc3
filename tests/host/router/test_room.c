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

/* Above half full only who has nothing there gets in, with a short message. */
static void a_flood_stops_at_half_and_neighbours_go_on(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 64; i++)
        post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    assert_int_equal(unread(C), 32); /* half of 64 */
    for (unsigned i = 0; i < 30; i++)
        post_line(B, 4, 1, 0);
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_FULL);
    assert_int_equal(unread(C), 33);
    post_lines(D, 4, 1, 0, 8);
    post_line(D, 4, 1, 0);
    call(D, GATE_POST, 0);
    assert_int_equal(held(D), STATUS_FULL);
    assert_int_equal(unread(C), 41);
    assert_int_equal(window[C].in.room_wanted, A);

    for (unsigned i = 0; i < 9; i++)
        take(C);
    call(C, GATE_POST, 0);
    assert_false(pending(A, SIGNAL_HELD)); /* 32 unread still: all three have something there */
    assert_false(pending(B, SIGNAL_HELD));
    assert_false(pending(D, SIGNAL_HELD));
    for (unsigned i = 0; i < 2; i++)
        take(C);
    call(C, GATE_POST, 0); /* room for two: told in the order in which they asked */
    assert_true(pending(A, SIGNAL_HELD));
    assert_true(pending(B, SIGNAL_HELD));
    assert_false(pending(D, SIGNAL_HELD));
    take(C);
    call(C, GATE_POST, 0);
    assert_true(pending(D, SIGNAL_HELD));
}

static void a_long_message_waits_for_the_lower_half(void **state)
{
    (void)state;
    post_lines(A, 4, 1, 0, 32);
    post_lines(D, 4, 4, 0, 9);
    call(A, GATE_POST, 0);
    call(D, GATE_POST, 0);
    assert_int_equal(held(D), STATUS_FULL); /* it has nothing there, but is too long */
    post_line(B, 4, 2, 0);
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_OK);
    take(C);
    call(C, GATE_POST, 0);
    assert_true(pending(D, SIGNAL_HELD));
    call(D, GATE_POST, 0);
    assert_int_equal(held(D), STATUS_OK);
    assert_int_equal(unread(C), 10);
}

/* Nobody overtakes it in the lower half, or a stream of single lines would hold it for ever. */
static void who_waits_is_not_overtaken(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 15; i++)
        post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    post_lines(B, 4, 1, 0, 17);
    post_lines(B, 4, 2, 0, 17);
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_FULL);
    assert_int_equal(unread(C), 32);
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    for (unsigned i = 0; i < 15; i++)
        take(C);
    post_line(D, 4, 3, 0);
    call(D, GATE_POST, 0);
    assert_int_equal(held(D), STATUS_OK); /* short, and nothing of D's is there */
    call(C, GATE_POST, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK); /* the same */
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL); /* 19 unread, but B comes first */
    take(C);
    call(C, GATE_POST, 0);
    assert_true(pending(B, SIGNAL_HELD));
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_OK);
}

/* A waiter that could not come in even if the inbox were empty keeps nobody out. */
static void who_cannot_be_helped_keeps_nobody_out(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 31; i++)
        post_line(C, 4, 9, FLAG_CALL)->badge = 2;
    post_line(C, 4, 9, FLAG_CALL)->badge = 1;
    call(C, GATE_POST, 0);
    assert_int_equal(window[C].in.reserved, 63);
    post_lines(A, 4, 1, 0, 2);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    for (unsigned i = 0; i < 40; i++) { /* more than may pass one that can be helped */
        call(C, GATE_POST, 0);
        post_line(B, 4, 1, 0);
        call(B, GATE_POST, 0);
        assert_int_equal(held(B), STATUS_OK);
        take(C);
    }
}

/* Room is promised to who was told, but not for ever: it may never come. */
static void a_promise_is_kept_for_a_while(void **state)
{
    unsigned entries = 0;

    (void)state;
    for (unsigned i = 0; i < 32; i++)
        post_line(D, 4, 1, 0);
    call(D, GATE_POST, 0);
    post_lines(A, 4, 1, 0, 20);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    window[C].out.in_head = window[C].in.in_tail;
    call(C, GATE_POST, 0);
    assert_true(pending(A, SIGNAL_HELD));
    post_lines(B, 4, 1, 0, 20);
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_FULL);
    while (!pending(B, SIGNAL_HELD) && ++entries < 20)
        call(C, GATE_POST, 0);
    assert_in_range(entries, 4, 10);
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_OK);
}

/* Who ended, or took its entry back, leaves the queue; the next life of its slot is not in it. */
static void the_dead_leave_the_queue(void **state)
{
    (void)state;
    static const unsigned flood[] = {A, B, D};

    for (unsigned f = 0; f < 3; f++)
        for (unsigned i = 0; i < 40; i++)
            post_line(flood[f], 4, 1, 0);
    for (unsigned f = 0; f < 3; f++)
        call(flood[f], GATE_POST, 0);
    end_task(B);
    start_task(B, 2, 128);
    window[D].out.out_tail = window[D].in.out_head;
    call(D, GATE_POST, 0);
    window[C].out.in_head = window[C].in.in_tail;
    call(C, GATE_POST, 0);
    assert_true(pending(A, SIGNAL_HELD));
    assert_int_equal(window[B].in.signals, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(window[C].in.room_wanted, 0);
    assert_true(room_look(C));
    assert_int_equal(window[C].in.plain_room, 32 - unread(C));
}

/* Each of them posts whenever it is told, and first whenever it likes: nobody starves. */
static void flood(const unsigned lines[TASKS], unsigned bound)
{
    unsigned sent[TASKS] = {0}, got[TASKS] = {0}, since[TASKS] = {0};
    static const unsigned who[] = {A, B, D, E};

    set_route(E, 4, id_of(C), 5, ALL_RIGHTS);
    for (unsigned read = 0; read < 2000; read++) {
        for (unsigned i = 0; i < 4; i++) {
            unsigned s = who[i];

            if (!lines[s])
                continue;
            while (window[s].out.out_tail - window[s].in.out_head <= 32)
                post_lines(s, 4, s, 0, lines[s])->w[2] = sent[s]++;
            if (held(s) == STATUS_OK || pending(s, SIGNAL_HELD)) {
                see(s);
                call(s, GATE_POST, 0);
            }
        }
        const struct line *line = take(C);
        unsigned s = line->tag;

        assert_int_equal(line->w[2], got[s]++);
        since[s] = read;
        for (unsigned i = 0; i < 4; i++)
            if (lines[who[i]] && read - since[who[i]] > bound)
                fail_msg("%u, %u, %u lines: slot %u waits", lines[A], lines[B], lines[D], who[i]);
        call(C, GATE_POST, 0);
        nano_reads_wake_list();
    }
}

/* Before it is first, all that is there is read; a quarter of the inbox may pass it then. */
static void nobody_starves(void **state)
{
    static const unsigned kinds[] = {1, 2, 7, 8, 9, 15, 16, 17, 31, 32};
    unsigned lines[TASKS] = {0};

    for (unsigned a = 0; a < 10; a++)
        for (unsigned b = 0; b < 10; b++)
            for (unsigned d = 0; d < 10; d++) {
                setup(state);
                lines[A] = kinds[a];
                lines[B] = kinds[b];
                lines[D] = kinds[d];
                flood(lines, a > 7 || b > 7 || d > 7 ? 64 + 16 : 60);
            }
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

static void a_reply_to_an_inbox_head_that_lies_closes_its_call(void **state)
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
    assert_true(window[C].in.in_tail <= 1); /* by the fast path or not: it is its own loss */
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
        cmocka_unit_test_setup(a_long_message_waits_for_the_lower_half, setup),
        cmocka_unit_test_setup(who_waits_is_not_overtaken, setup),
        cmocka_unit_test_setup(who_cannot_be_helped_keeps_nobody_out, setup),
        cmocka_unit_test_setup(a_promise_is_kept_for_a_while, setup),
        cmocka_unit_test_setup(the_dead_leave_the_queue, setup),
        cmocka_unit_test_setup(nobody_starves, setup),
        cmocka_unit_test_setup(room_for_replies_is_never_taken, setup),
        cmocka_unit_test_setup(a_reply_to_an_inbox_head_that_lies_closes_its_call, setup),
        cmocka_unit_test_setup(calling_with_an_inbox_head_that_lies_is_refused, setup),
        cmocka_unit_test_setup(a_call_to_oneself_needs_room_for_both, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
