/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Delivery: who sent it is told truly, order is kept, hostile words hurt only their writer.
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
    set_route(A, 4, id_of(B), 77, ALL_RIGHTS);
    set_route(A, 5, id_of(C), 78, ALL_RIGHTS);
    set_route(B, 4, id_of(A), 79, ALL_RIGHTS);
    return 0;
}

static void the_receiver_sees_what_the_table_in_message_h_says(void **state)
{
    (void)state;
    struct line *line = post_line(A, 4, 500, 0);

    line->badge = 0xBAD;
    line->cookie = 0xC00C1E;
    line->w[0] = 1;
    line->w[11] = 12;
    struct outcome o = call(A, GATE_POST, 0);

    assert_false(o.parked);
    assert_int_equal(o.result, STATUS_OK);
    const struct line *got = take(B);
    assert_int_equal(got->peer, id_of(A));
    assert_int_equal(got->tag, 500);
    assert_int_equal(got->lines, 1);
    assert_int_equal(got->flags, 0);
    assert_int_equal(got->badge, 77);
    assert_int_equal(got->cookie, 0xC00C1E);
    assert_int_equal(got->w[0], 1);
    assert_int_equal(got->w[11], 12);
    assert_int_equal(unread(B), 0);
    assert_int_equal(window[A].in.out_head, window[A].out.out_tail);
    assert_int_equal(held(A), STATUS_OK);
    assert_true(woken(B));
    assert_int_equal(window[A].in.counters.calls, 1);
    assert_int_equal(window[A].in.out_head - window[A].in.counters.sent, 1);
    assert_int_equal(window[B].in.in_tail - window[B].in.counters.received, 1);
    assert_int_equal(window[B].in.in_tail - window[B].in.counters.lines, 1);
    assert_int_equal(window[B].in.first[0], ID_NOBODY);
}

static void a_long_message_arrives_whole_also_across_the_wrap(void **state)
{
    (void)state;
    for (unsigned lines = 1; lines <= MAX_LINES; lines++) {
        uint32_t first = window[A].out.out_tail;

        post_lines(A, 4, lines, 0, lines);
        call(A, GATE_POST, 0);
        assert_int_equal(unread(B), lines);
        uint32_t head = window[B].out.in_head;
        assert_int_equal(peek(B)->lines, lines);
        assert_int_equal(peek(B)->w[1], first);
        for (unsigned i = 1; i < lines; i++) {
            const uint8_t *bytes = (const uint8_t *)&window[B].inbox[(head + i) & 127];

            for (unsigned j = 0; j < LINE_BYTES; j++)
                assert_int_equal(bytes[j], 0x40 + i);
            assert_int_equal(window[B].in.first[(head + i) & 127], FIRST_INSIDE);
        }
        assert_int_equal(window[A].in.out_head, first + lines);
        take(B);
    }
}

static void order_is_kept_across_receivers_and_the_wrap_of_32_bits(void **state)
{
    (void)state;
    uint32_t sent = 0, got_b = 0, got_c = 1;

    window[A].out.out_tail = window[A].in.out_head = 0xFFFFFFE0;
    window[B].in.in_tail = window[B].out.in_head = 0xFFFFFFF0;
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < 10; i++, sent++)
            post_line(A, 4 + sent % 2, 1, 0)->w[2] = sent;
        call(A, GATE_POST, 0);
        nano_reads_wake_list();
        for (; unread(B); got_b += 2)
            assert_int_equal(take(B)->w[2], got_b);
        for (; unread(C); got_c += 2)
            assert_int_equal(take(C)->w[2], got_c);
    }
    assert_int_equal(got_b, 200);
    assert_int_equal(got_c, 201);
    check_mailboxes();
}

static void a_call_takes_64_entries_and_does_not_park_with_more_to_do(void **state)
{
    (void)state;
    set_route(B, 5, id_of(D), 0, ALL_RIGHTS);
    for (unsigned i = 0; i < 100; i++)
        post_line(B, i % 2 ? 4 : 5, 1, 0);
    struct outcome o = call(B, GATE_POST_WAIT, 0);

    assert_false(o.parked);
    assert_int_equal(window[B].in.out_head, 64);
    assert_int_equal(held(B), STATUS_OK);
    assert_true(call(B, GATE_POST_WAIT, 0).parked);
    assert_int_equal(window[B].in.out_head, 65); /* A's inbox is half full */
    assert_int_equal(held(B), STATUS_FULL);
}

static void void_entries_are_skipped(void **state)
{
    (void)state;
    post_lines(A, HANDLE_VOID, 1, 0, 3);
    post_line(A, HANDLE_VOID, 1, 0xFF)->lines = 0;
    post_line(A, 4, 7, 0);
    post_line(A, HANDLE_VOID, 1, 0)->lines = 200;
    call(A, GATE_POST, 0);
    assert_int_equal(window[A].in.out_head, 6);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(unread(B), 1);
    assert_int_equal(take(B)->tag, 7);
}

static void malformed_entries_are_refused_and_stay(void **state)
{
    (void)state;
    static const struct {
        uint32_t peer;
        uint8_t lines, flags;
        enum status status;
    } row[] = {
        {4, 0, 0, STATUS_BAD},
        {4, 33, 0, STATUS_BAD},
        {4, 2, 0, STATUS_BAD}, /* beyond the tail */
        {4, 1, FLAG_CANCEL | FLAG_CALL, STATUS_BAD},
        {4, 1, FLAG_CALL | FLAG_REPLY, STATUS_BAD},
        {4, 1, FLAG_REPLY | FLAG_NOTIFY, STATUS_BAD},
        {4, 1, FLAG_GRANT, STATUS_DENIED},
        {4, 1, FLAG_GRANT | FLAG_LEND | FLAG_CALL, STATUS_DENIED},
        {4, 1, FLAG_LEND | FLAG_CALL, STATUS_BAD},
        {4, 1, FLAG_GRANT | FLAG_LEND, STATUS_BAD},
        {4, 1, FLAG_ROUTE, STATUS_DENIED},
        {4, 1, FLAG_FORWARD, STATUS_DENIED}, /* no such right */
        {64, 1, 0, STATUS_NO_ROUTE},
        {0xFFFFFFFF, 1, 0, STATUS_NO_ROUTE},
        {TASK_ID(A, 2), 1, FLAG_REPLY, STATUS_DEAD},
        {TASK_ID(0xFFFF, 1), 1, FLAG_REPLY, STATUS_DEAD},
        {TASK_ID(0, 1), 1, FLAG_REPLY, STATUS_DEAD},
        {TASK_ID(B, 1), 1, FLAG_REPLY, STATUS_NO_CALL},
        {HANDLE_ROUTER, 1, 0, STATUS_DENIED},
    };

    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        struct line *line = post_line(A, row[i].peer, TAG_ROUTE_ANSWER, row[i].flags);

        line->lines = row[i].lines;
        for (unsigned again = 0; again < 2; again++) {
            assert_false(call(A, GATE_POST_WAIT, 0).parked);
            assert_int_equal(held(A), row[i].status);
            assert_int_equal(window[A].in.held.index, i);
            assert_int_equal(window[A].in.counters.refused, i + 1);
        }
        line->peer = HANDLE_VOID;
        line->lines = 1;
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_OK);
    }
    for (unsigned slot = B; slot <= E; slot++)
        assert_int_equal(unread(slot), 0);
}

static void an_impossible_tail_hurts_its_task_alone(void **state)
{
    (void)state;
    static const uint32_t tails[] = {65, 0x80000000, 0xFFFFFFFF};

    for (unsigned i = 0; i < 64; i++) /* what lies in the ring looks like messages */
        window[A].outbox[i] = (struct line){.peer = 4, .tag = 1, .lines = 1};
    for (unsigned i = 0; i < 3; i++) {
        window[A].out.out_tail = tails[i];
        assert_false(call(A, GATE_POST_WAIT, 0).parked);
        assert_int_equal(held(A), STATUS_RESET);
        assert_int_equal(window[A].in.held.index, tails[i] - 1);
        assert_int_equal(window[A].in.out_head, tails[i]);
        assert_int_equal(unread(B), 0);
    }
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(unread(B), 1);
}

static void an_impossible_inbox_head_is_a_full_inbox(void **state)
{
    (void)state;
    static const uint32_t heads[] = {1, 0x7FFFFF00, 0xFFFFFF00, 0u - 129};

    for (unsigned i = 0; i < 4; i++) {
        world_make();
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
        window[B].out.in_head = heads[i];
        post_line(A, 4, 1, 0);
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_FULL);
        assert_int_equal(window[B].in.in_tail, 0);
    }
}

static void a_task_may_send_to_itself(void **state)
{
    (void)state;
    set_route(A, 6, id_of(A), 5, ALL_RIGHTS);
    for (unsigned i = 0; i < 64; i++)
        post_line(A, 6, i, 0);
    assert_false(call(A, GATE_POST_WAIT, 0).parked);
    assert_int_equal(unread(A), 64);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(take(A)->tag, i);
    assert_false(woken(A));
}

static void a_route_limits_tags_and_rights(void **state)
{
    (void)state;
    set_route(A, 4, id_of(B), 0, RIGHT_SEND);
    route_cache[A].row[4].first_tag = 10;
    route_cache[A].row[4].last_tag = 20;
    for (unsigned tag = 9; tag <= 21; tag++) {
        struct line *line = post_line(A, 4, tag, 0);

        call(A, GATE_POST, 0);
        assert_int_equal(held(A), tag < 10 || tag > 20 ? STATUS_DENIED : STATUS_OK);
        line->peer = HANDLE_VOID;
        call(A, GATE_POST, 0);
    }
    assert_int_equal(unread(B), 11);
    post_line(A, 4, 10, FLAG_NOTIFY);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DENIED);
    window[A].outbox[window[A].in.out_head & 63].flags = FLAG_CALL;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DENIED);
}

static void a_refused_entry_may_be_mended(void **state)
{
    (void)state;
    set_route(A, 4, id_of(B), 0, RIGHT_SEND);
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    struct line *line = post_line(A, 4, 2, FLAG_CALL);

    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DENIED);
    line->flags = 0;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(unread(B), 2);
}

static void unknown_operations_do_nothing(void **state)
{
    (void)state;
    post_line(A, 4, 1, 0);
    for (uint32_t op = 0; op < 70000; op++) {
        if (op >= GATE_POST && op <= GATE_POST_WAIT)
            continue;
        assert_int_equal(call(A, op, 0).result, STATUS_BAD_OP);
        assert_int_equal(call(A, op << 16 | 0xFFF0, 0).result, STATUS_BAD_OP);
    }
    assert_int_equal(window[A].in.out_head, 0);
    assert_int_equal(window[A].in.counters.calls, 0);
}

static void a_new_task_in_an_old_slot_starts_clean(void **state)
{
    (void)state;
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    end_task(A);
    start_task(A, 2, 64);
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(window[A].in.self, TASK_ID(A, 2));
    assert_int_equal(window[A].in.abi, ABI_VERSION);
    assert_int_equal(held(A), STATUS_ROUTE); /* its predecessor's routes are gone */
    assert_int_equal(unread(B), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_receiver_sees_what_the_table_in_message_h_says, setup),
        cmocka_unit_test_setup(a_long_message_arrives_whole_also_across_the_wrap, setup),
        cmocka_unit_test_setup(order_is_kept_across_receivers_and_the_wrap_of_32_bits, setup),
        cmocka_unit_test_setup(a_call_takes_64_entries_and_does_not_park_with_more_to_do, setup),
        cmocka_unit_test_setup(void_entries_are_skipped, setup),
        cmocka_unit_test_setup(malformed_entries_are_refused_and_stay, setup),
        cmocka_unit_test_setup(an_impossible_tail_hurts_its_task_alone, setup),
        cmocka_unit_test_setup(an_impossible_inbox_head_is_a_full_inbox, setup),
        cmocka_unit_test_setup(a_task_may_send_to_itself, setup),
        cmocka_unit_test_setup(a_route_limits_tags_and_rights, setup),
        cmocka_unit_test_setup(a_refused_entry_may_be_mended, setup),
        cmocka_unit_test_setup(unknown_operations_do_nothing, setup),
        cmocka_unit_test_setup(a_new_task_in_an_old_slot_starts_clean, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
