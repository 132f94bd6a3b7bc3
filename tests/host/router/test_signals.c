/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parking, waking and signals: nobody sleeps through something to look at.
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
    set_route(A, 4, id_of(B), 1, ALL_RIGHTS);
    set_route(A, 5, id_of(C), 2, ALL_RIGHTS);
    return 0;
}

static void waiting_parks_until_there_is_something_to_look_at(void **state)
{
    (void)state;
    struct outcome o = call(B, GATE_WAIT, 1234);

    assert_true(o.parked);
    assert_int_equal(o.to, 0);
    assert_int_equal(o.deadline, 1234);
    assert_int_equal(window[B].in.counters.parked, 1);
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_false(call(B, GATE_WAIT, 0).parked);
    window[B].out.looked = window[B].in.in_tail; /* looked at it, and left it lying */
    nano_reads_wake_list();
    assert_true(call(B, GATE_WAIT, 0).parked);
    upcall_from_nano(UPCALL_EVENT, 0);
    assert_false(call(PAGER, GATE_WAIT, 0).parked);
    see(PAGER);
    nano_reads_wake_list();
    assert_true(call(PAGER, GATE_WAIT, 0).parked);
}

static void post_wait_hands_over_to_the_one_it_woke(void **state)
{
    (void)state;
    post_line(A, 4, 1, 0);
    post_line(A, 4, 2, 0);
    struct outcome o = call(A, GATE_POST_WAIT, 55);

    assert_true(o.parked);
    assert_int_equal(o.to, id_of(B));
    assert_int_equal(o.deadline, 55);
    assert_int_equal(wake_list.count, 0);
    post_line(A, 4, 1, 0);
    post_line(A, 5, 1, 0);
    o = call(A, GATE_POST_WAIT, 0);
    assert_int_equal(o.to, 0);
    assert_true(woken(B) && woken(C));
}

static void who_does_not_park_is_not_woken(void **state)
{
    (void)state;
    static const enum readiness states[] = {READY_STOPPED, READY_QUEUED, READY_SPECIAL, READY_FREE};

    for (unsigned i = 0; i < 4; i++) {
        directory[B].state = states[i];
        post_line(A, 4, 1, 0);
        call(A, GATE_POST, 0);
        assert_int_equal(unread(B), i + 1); /* mail it gets all the same */
        assert_int_equal(woken(B), i >= 2);
        nano_reads_wake_list();
    }
}

static void it_yields_to_the_more_important(void **state)
{
    (void)state;
    post_line(A, 4, 1, 0);
    assert_false(call(A, GATE_POST, 0).parked);
    nano_reads_wake_list();
    directory[B].priority = 11;
    lane_close(A); /* a task's priority never changes: the lane remembers it */
    post_line(A, 4, 1, 0);
    struct outcome o = call(A, GATE_POST, 0);

    assert_true(o.parked);
    assert_int_equal(o.to, id_of(B)); /* a hand-off: A has its turn when B parks */
    assert_true(woken(A) && !woken(B));
    nano_reads_wake_list();
    directory[B].priority = 9;
    lane_close(A);
    nano_page.attention = ATTENTION_ALL;
    assert_true(call(A, GATE_POST, 0).parked);
    assert_true(woken(A));
    nano_reads_wake_list();
    nano_page.attention = 10; /* others of my own priority wait for their tick */
    assert_false(call(A, GATE_POST, 0).parked);
    nano_page.attention = 11;
    assert_true(call(A, GATE_POST, 0).parked);
}

static void a_full_wake_list_makes_it_yield_and_nobody_is_forgotten(void **state)
{
    (void)state;
    wake_list.count = WAKE_MAX - 1; /* of tasks that are nothing to us */
    post_line(A, 4, 1, 0);
    post_line(A, 5, 1, 0);
    struct outcome o = call(A, GATE_POST, 0);

    assert_true(o.parked);
    assert_int_equal(wake_list.count, WAKE_MAX);
    assert_int_equal(wake_list.id[WAKE_MAX - 1], id_of(A));
    assert_false(woken(B));
    nano_reads_wake_list();
    call(A, GATE_POST, 0); /* resumed, and nothing held: posts the rest */
    assert_int_equal(window[A].in.out_head, 2);
    assert_true(woken(B) && woken(C));
}

static void signals_are_never_lost(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        unsigned n = (i * 7) % 16;

        post_line(A, 4, n, FLAG_NOTIFY);
        if (i % 3)
            post_line(A, 4, n, FLAG_NOTIFY); /* twice is once, not none */
        call(A, GATE_POST, 0);
        assert_true(pending(B, SIGNAL_USER << n));
        assert_true(woken(B));
        if (i % 2) {
            assert_false(call(B, GATE_WAIT, 0).parked);
            see(B);
        }
        nano_reads_wake_list();
    }
    assert_int_equal(unread(B), 0);
    assert_int_equal(window[B].in.counters.notified, 1000 + 666);
}

static void lines_and_events_become_signals(void **state)
{
    (void)state;
    nano_page.irq_task[4] = id_of(C);
    struct outcome o = upcall_from_nano(UPCALL_IRQ, 4);

    assert_true(o.parked);
    assert_int_equal(o.to, 0);
    assert_int_equal(o.deadline, 0);
    assert_true(pending(C, SIGNAL_IRQ) && woken(C));
    upcall_from_nano(UPCALL_IRQ, 5); /* nobody's */
    upcall_from_nano(UPCALL_EVENT, 0);
    assert_true(pending(PAGER, SIGNAL_EVENT) && woken(PAGER));
    upcall_from_nano(99, 99);
    upcall_from_nano(UPCALL_GONE, 0);
    upcall_from_nano(UPCALL_GONE, 0xFFFFFFFF);
}

static void who_waits_for_the_dead_is_told(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 64; i++)
        post_line(A, 5, 1, 0);
    call(A, GATE_POST_WAIT, 0);
    assert_int_equal(held(A), STATUS_FULL);
    end_task(C);
    assert_true(pending(A, SIGNAL_HELD) && woken(A));
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE); /* who bears the name now? */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(waiting_parks_until_there_is_something_to_look_at, setup),
        cmocka_unit_test_setup(post_wait_hands_over_to_the_one_it_woke, setup),
        cmocka_unit_test_setup(who_does_not_park_is_not_woken, setup),
        cmocka_unit_test_setup(it_yields_to_the_more_important, setup),
        cmocka_unit_test_setup(a_full_wake_list_makes_it_yield_and_nobody_is_forgotten, setup),
        cmocka_unit_test_setup(signals_are_never_lost, setup),
        cmocka_unit_test_setup(lines_and_events_become_signals, setup),
        cmocka_unit_test_setup(who_waits_for_the_dead_is_told, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
