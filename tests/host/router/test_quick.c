/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fast paths of one CALL, one REPLY, one NOTIFY and of a run: what they deliver, what they
 * leave to the slow path, and that both leave the same mailboxes; killed at every commit.
 */
// Sources: tests/host/router/world.c $(ROUTER_ON_HOST)
#include <setjmp.h>
#include <stdarg.h>
#include "world.h"
#include <cmocka.h>

static void set_routes(void)
{
    set_route(A, 4, id_of(B), 1, ALL_RIGHTS);
    set_route(B, 4, id_of(A), 2, ALL_RIGHTS);
    set_route(C, 4, id_of(B), 3, ALL_RIGHTS);
}

static int setup(void **state)
{
    (void)state;
    world_make();
    set_routes();
    return 0;
}

/* A restart, after which the registrar has answered again. */
static void restart(unsigned culprit)
{
    restart_router(culprit);
    set_routes();
}

/* A and B have talked: lanes are open, and there is room without a look. */
static void warm(void)
{
    setup(NULL);
    for (unsigned slot = A; slot <= B; slot++) {
        post_line(slot, 4, 1, 0);
        call(slot, GATE_POST, 0);
        post_line(slot, 4, 1, 0);
        call(slot, GATE_POST, 0);
    }
    take(A);
    take(A);
    take(B);
    take(B);
    nano_reads_wake_list();
    assert_true(route_cache[A].lane.clear && route_cache[B].lane.clear);
    assert_true(window[A].in.plain_room > 0 && window[B].in.plain_room > 0);
}

/* The same, but nothing may go fast: the router remembers nothing, and must look at each thing. */
static void cold(void)
{
    warm();
    for (unsigned slot = A; slot <= C; slot++) {
        lane_close(slot);
        window[slot].in.plain_room = 0;
    }
    waking.owed = true; /* no lane opens */
}

static void put_call(unsigned i)
{
    struct line *line = post_line(A, 4, (uint16_t)(9 + i), FLAG_CALL);

    line->cookie = 0xC0 + i;
    line->w[1] = 0x5EED + i;
}

static void put_reply(unsigned slot, uint32_t index)
{
    struct line *line = post_line(slot, id_of(A), 11, FLAG_REPLY);

    line->w[0] = index;
    line->w[1] = 0xDA7A;
    line->cookie = line->badge = 0xBAD; /* must not come through */
}

/* The same mailboxes, but for what is a cache or counts gate calls. */
static void is_same(unsigned slot, const struct mailbox *other)
{
    struct mailbox *box = &window[slot];
    uint32_t tail = box->in.in_tail;

    assert_int_equal(tail, other->in.in_tail);
    assert_int_equal(box->in.out_head, other->in.out_head);
    assert_int_equal(box->in.signals, other->in.signals);
    assert_int_equal(box->in.reserved, other->in.reserved);
    assert_int_equal(box->in.open_calls, other->in.open_calls);
    assert_int_equal(box->in.counters.sent, other->in.counters.sent);
    assert_int_equal(box->in.counters.received, other->in.counters.received);
    assert_int_equal(box->in.counters.lines, other->in.counters.lines);
    assert_int_equal(box->in.counters.notified, other->in.counters.notified);
    assert_memory_equal(&box->in.record, &other->in.record, sizeof box->in.record);
    assert_memory_equal(box->in.ledger, other->in.ledger, sizeof box->in.ledger);
    assert_memory_equal(box->in.first, other->in.first, sizeof box->in.first);
    assert_memory_equal(box->inbox, other->inbox, sizeof box->inbox);
}

/* Some entries of A, in one POST or one each; B reads and answers what is a call. */
static void talk(unsigned entries, bool together, bool cold_each)
{
    for (unsigned i = 0; i < entries; i++) {
        unsigned kind = i % 5;

        if (kind == 1 || kind == 4)
            put_call(i);
        else
            post_line(A, 4, (uint16_t)i, kind == 3 ? FLAG_NOTIFY : 0)->w[1] = i;
        if (!together) {
            waking.owed |= cold_each;
            call(A, GATE_POST, 0);
        }
    }
    waking.owed |= cold_each;
    call(A, GATE_POST, 0);
    while (unread(B)) {
        const struct line *line = take(B);

        if (line->flags & FLAG_CALL) {
            put_reply(B, line->w[0]);
            waking.owed |= cold_each;
            call(B, GATE_POST, 0);
        }
    }
    check_mailboxes();
}

static void both_ways_leave_the_same_mailboxes(void **state)
{
    (void)state;
    static struct mailbox before[TASKS];

    for (unsigned together = 0; together <= 1; together++)
        for (unsigned entries = 1; entries <= 20; entries++) {
            cold();
            talk(entries, together, true);
            memcpy(before, window, sizeof before);
            warm();
            talk(entries, together, false);
            is_same(A, &before[A]);
            is_same(B, &before[B]);
            assert_int_equal(held(A), STATUS_OK);
            assert_int_equal(window[A].in.out_head, window[A].out.out_tail);
        }
}

/* Killed at every commit: each call is delivered once and answered once. */
static void a_killed_call_and_reply_happen_once(void **state)
{
    (void)state;
    for (unsigned reply = 0; reply <= 1; reply++)
        for (unsigned kill = 1;; kill++) {
            bool killed = false;

            warm();
            put_call(0);
            uint32_t index = window[A].out.out_tail - 1;
            for (unsigned i = 0; i <= reply; i++) {
                unsigned slot = i ? B : A;

                if (i) {
                    take(B);
                    put_reply(B, index);
                }
                kill_at = i == reply ? kill : 0;
                killed = call(slot, GATE_POST_WAIT, 0).killed;
                kill_at = 0;
                if (killed)
                    restart(slot);
                call(slot, GATE_POST, 0);
                check_mailboxes();
                assert_int_equal(window[slot].in.out_head, window[slot].out.out_tail);
                nano_reads_wake_list();
            }
            if (!reply) {
                assert_int_equal(take(B)->w[0], index);
                assert_int_equal(window[A].in.open_calls, 1);
                put_reply(B, index);
                call(B, GATE_POST, 0);
            }
            assert_int_equal(unread(B), 0);
            assert_int_equal(held(B), STATUS_OK);
            const struct line *got = take(A);
            assert_int_equal(got->w[0], index);
            assert_int_equal(got->w[1], 0xDA7A);
            assert_int_equal(got->cookie, 0xC0);
            assert_int_equal(got->badge, 0);
            assert_int_equal(unread(A), 0);
            assert_int_equal(window[A].in.open_calls, 0);
            if (!killed)
                break;
            assert_true(kill < 20);
        }
}

static void a_killed_run_comes_whole_or_not_at_all(void **state)
{
    (void)state;
    for (unsigned kill = 1;; kill++) {
        warm();
        for (unsigned i = 0; i < 12; i++)
            post_line(A, 4, 1, 0)->w[1] = i;
        kill_at = kill;
        bool killed = call(A, GATE_POST, 0).killed;
        kill_at = 0;
        if (killed)
            restart(A);
        call(A, GATE_POST, 0);
        check_mailboxes();
        for (unsigned i = 0; i < 12; i++) {
            assert_int_equal(peek(B)->peer, id_of(A));
            assert_int_equal(peek(B)->badge, 1);
            assert_int_equal(take(B)->w[1], i);
        }
        assert_int_equal(unread(B), 0);
        if (!killed)
            break;
        assert_true(kill < 20);
    }
}

static void a_run_fills_half_of_an_inbox_and_no_more(void **state)
{
    (void)state;
    warm();
    for (unsigned i = 0; i < 64; i++)
        post_line(B, 4, 1, 0); /* to A, whose inbox has 64 lines */
    call(B, GATE_POST, 0);
    assert_int_equal(unread(A), 32);
    assert_int_equal(held(B), STATUS_FULL);
    check_mailboxes();
}

static void a_run_ends_at_a_line_of_another_kind(void **state)
{
    (void)state;
    static const uint16_t flags[] = {0, 0, FLAG_CALL, 0, FLAG_NOTIFY, 0, 0};

    warm();
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
        post_line(A, 4, (uint16_t)(20 + i), flags[i]);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i] != FLAG_NOTIFY) {
            assert_int_equal(peek(B)->flags, flags[i]);
            assert_int_equal(take(B)->tag, 20 + i);
        }
    assert_int_equal(unread(B), 0);
    assert_true(pending(B, SIGNAL_USER << (24 & 15)));
}

/* What somebody waits for must be told, so the fast path may not close the call. */
static void who_waits_is_told_by_a_reply(void **state)
{
    (void)state;
    warm();
    put_call(0);
    call(A, GATE_POST, 0);
    uint32_t index = take(B)->w[0];
    for (unsigned i = 0; i < 63; i++)
        post_line(A, HANDLE_VOID, 0, 0);
    put_call(1); /* its ledger slot is in use */
    call(A, GATE_POST, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_LEDGER);
    see(A);
    put_reply(B, index);
    call(B, GATE_POST, 0);
    assert_true(pending(A, SIGNAL_HELD));
}

/* A handle that all tasks have goes the same way, until its task has died. */
static void a_fixed_handle_has_a_lane(void **state)
{
    (void)state;
    warm();
    for (unsigned i = 0; i < 3; i++) {
        post_line(A, HANDLE_PAGER, 7, FLAG_CALL);
        call(A, GATE_POST, 0);
        assert_int_equal(take(PAGER)->peer, id_of(A));
    }
    assert_int_equal(route_cache[A].lane.dest, id_of(PAGER));
    end_task(PAGER);
    nano_page.pager = 0;
    post_line(A, HANDLE_PAGER, 7, FLAG_CALL);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_PAGER_DEAD);
}

/* A restart closes the lane for every kind of entry: what it leads to may be another by then. */
static void a_restart_closes_the_lane_for_all_kinds(void **state)
{
    (void)state;
    warm();
    restart_router(0);
    assert_int_equal(route_cache[A].lane.tags, 0);
    assert_int_equal(route_cache[A].lane.calls, 0);
    assert_int_equal(route_cache[A].lane.notifies, 0);
    assert_int_equal(route_cache[A].lane.clear, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_ways_leave_the_same_mailboxes, setup),
        cmocka_unit_test_setup(a_killed_call_and_reply_happen_once, setup),
        cmocka_unit_test_setup(a_killed_run_comes_whole_or_not_at_all, setup),
        cmocka_unit_test_setup(a_run_fills_half_of_an_inbox_and_no_more, setup),
        cmocka_unit_test_setup(a_run_ends_at_a_line_of_another_kind, setup),
        cmocka_unit_test_setup(who_waits_is_told_by_a_reply, setup),
        cmocka_unit_test_setup(a_fixed_handle_has_a_lane, setup),
        cmocka_unit_test_setup(a_restart_closes_the_lane_for_all_kinds, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
