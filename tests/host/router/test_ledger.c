/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger: a call is answered once, by whom it was given to, or by a death notice.
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
    set_route(B, 4, id_of(C), 3, RIGHT_FORWARD);
    set_route(B, 5, id_of(C), 4, RIGHT_FORWARD | RIGHT_INTERPOSE);
    set_route(B, 6, id_of(C), 5, RIGHT_SEND);
    return 0;
}

static void ask(unsigned handle, uint32_t cookie, uint32_t room)
{
    struct line *line = post_line(A, handle, 9, FLAG_CALL);

    line->cookie = cookie;
    line->badge = room;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    nano_reads_wake_list();
}

static enum status answer(unsigned slot, uint32_t caller, uint32_t w0, unsigned lines)
{
    struct line *line = post_lines(slot, caller, 9, FLAG_REPLY, lines);
    enum status status;

    line->w[0] = w0;
    line->cookie = 0xBAD;
    call(slot, GATE_POST, 0);
    status = held(slot);
    line->peer = HANDLE_VOID;
    call(slot, GATE_POST, 0);
    assert_int_equal(held(slot), STATUS_OK);
    check_mailboxes();
    return status;
}

static void a_reply_reaches_its_caller_once(void **state)
{
    (void)state;
    ask(4, 0xC00C1E, 0);
    const struct line *got = take(B);

    assert_int_equal(got->flags, FLAG_CALL);
    assert_int_equal(got->badge, 1);
    assert_int_equal(got->cookie, 0xC00C1E);
    assert_int_equal(window[A].in.open_calls, 1);
    assert_int_equal(window[A].in.reserved, 1);
    assert_int_equal(answer(B, got->peer, got->w[0], 1), STATUS_OK);
    assert_true(woken(A));
    assert_int_equal(answer(B, got->peer, got->w[0], 1), STATUS_NO_CALL);
    assert_int_equal(unread(A), 1);
    assert_int_equal(peek(A)->peer, id_of(B));
    assert_int_equal(peek(A)->flags, FLAG_REPLY);
    assert_int_equal(peek(A)->badge, 0);
    assert_int_equal(peek(A)->cookie, 0xC00C1E); /* the ledger's, whatever B wrote */
    assert_int_equal(window[A].in.open_calls, 0);
}

static void replies_come_late_and_in_any_order(void **state)
{
    (void)state;
    uint32_t w0[40];

    for (unsigned i = 0; i < 40; i++) {
        ask(4, i, 1);
        w0[i] = take(B)->w[0];
        post_line(A, HANDLE_VOID, 0, 0); /* so that slots are not simply in a row */
        call(A, GATE_POST, 0);
        if (i % 3 == 0) {
            assert_int_equal(answer(B, id_of(A), w0[i], 1), STATUS_OK);
            assert_int_equal(take(A)->cookie, i);
        }
        if (window[A].in.open_calls == 16)
            for (unsigned j = i; window[A].in.open_calls; j--)
                if (j % 3 != 0) {
                    assert_int_equal(answer(B, id_of(A), w0[j], 1), STATUS_OK);
                    assert_int_equal(take(A)->cookie, j);
                }
    }
}

static void forged_replies_are_refused(void **state)
{
    (void)state;
    ask(4, 1, 2);
    uint32_t w0 = take(B)->w[0];

    assert_int_equal(answer(C, id_of(A), w0, 1), STATUS_NO_CALL);      /* not its call */
    assert_int_equal(answer(B, id_of(A), w0 + 64, 1), STATUS_NO_CALL); /* same ring position */
    assert_int_equal(answer(B, id_of(A), w0 + 1, 1), STATUS_NO_CALL);
    assert_int_equal(answer(B, id_of(C), w0, 1), STATUS_NO_CALL);
    assert_int_equal(answer(B, TASK_ID(A, 9), w0, 1), STATUS_DEAD);
    assert_int_equal(answer(B, id_of(A), w0, 3), STATUS_TOO_BIG);
    assert_int_equal(unread(A), 0);
    assert_int_equal(answer(B, id_of(A), w0, 2), STATUS_OK);
    assert_int_equal(take(A)->lines, 2);
}

static void a_call_may_not_reserve_more_than_a_message(void **state)
{
    (void)state;
    post_line(A, 4, 9, FLAG_CALL)->badge = 33;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_BAD);
    assert_int_equal(unread(B), 0);
    assert_int_equal(window[A].in.reserved, 0);
}

static void an_open_slot_holds_the_next_call_until_the_reply(void **state)
{
    (void)state;
    ask(4, 1, 1);
    uint32_t w0 = take(B)->w[0];

    for (unsigned i = 0; i < 63; i++)
        post_line(A, HANDLE_VOID, 0, 0);
    post_line(A, 4, 9, FLAG_CALL);
    call(A, GATE_POST, 0);
    assert_true(call(A, GATE_POST_WAIT, 0).parked);
    assert_int_equal(held(A), STATUS_LEDGER);
    assert_int_equal(answer(B, id_of(A), w0, 1), STATUS_OK);
    assert_true(pending(A, SIGNAL_HELD));
    see(A);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(take(B)->w[0], 64);
    check_mailboxes();
}

static void a_forwarded_call_is_answered_by_whom_it_went_to(void **state)
{
    (void)state;
    ask(4, 0xAA, 1);
    struct line *line = post_line(B, 4, 11, FLAG_FORWARD);

    line->badge = window[B].out.in_head;
    take(B);
    window[B].out.in_head--; /* unread still, as libpost does it */
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_OK);
    const struct line *got = take(C);
    assert_int_equal(got->peer, id_of(B));
    assert_int_equal(got->badge, 3);
    assert_int_equal(got->tag, 11);
    assert_int_equal(got->flags, FLAG_CALL | FLAG_FORWARD);
    assert_int_equal(window[C].in.first[0], id_of(A));

    assert_int_equal(answer(B, id_of(A), got->w[0], 1), STATUS_NO_CALL); /* no more its duty */
    assert_int_equal(answer(C, id_of(A), got->w[0], 1), STATUS_OK);
    assert_int_equal(peek(A)->peer, id_of(C));
    assert_int_equal(peek(A)->cookie, 0xAA);

    /* Forwarding it once more: the call is closed. */
    post_line(B, 4, 11, FLAG_FORWARD)->badge = window[B].out.in_head;
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_NO_CALL);
}

static void a_filter_is_invisible(void **state)
{
    (void)state;
    ask(4, 0xAA, 1);
    post_line(A, 4, 10, 0);
    call(A, GATE_POST, 0);
    post_line(B, 5, 9, FLAG_FORWARD)->badge = 0;
    post_line(B, 5, 10, FLAG_FORWARD)->badge = 1;
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_OK);
    for (unsigned i = 0; i < 2; i++) {
        const struct line *got = take(C);

        assert_int_equal(got->peer, id_of(A));
        assert_int_equal(got->badge, 1);
        assert_int_equal(got->flags, i ? 0 : FLAG_CALL);
    }
    assert_int_equal(answer(C, id_of(A), 0, 1), STATUS_OK);
    assert_int_equal(peek(A)->cookie, 0xAA);
}

static void a_forwarded_line_must_be_the_first_of_an_unread_message(void **state)
{
    (void)state;
    post_lines(A, 4, 1, 0, 3);
    call(A, GATE_POST, 0);
    static const uint32_t index[] = {1, 2, 3, 0xFFFFFFFF, 0x80000000, 128};

    struct line *line = post_line(B, 5, 1, FLAG_FORWARD);
    for (unsigned i = 0; i < sizeof index / sizeof *index; i++) {
        line->badge = index[i];
        call(B, GATE_POST, 0);
        assert_int_equal(held(B), STATUS_BAD);
    }
    /* Lines that were never written do not name nobody. */
    window[B].out.in_head = 0xFFFFFFF0;
    line->badge = 0xFFFFFFF8;
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_BAD);
    window[B].out.in_head = 0;
    line->badge = 0;
    line->peer = 6; /* SEND alone does not allow it */
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_DENIED);
    line->peer = 4;
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_OK);
    assert_int_equal(take(C)->flags, FLAG_FORWARD);
}

/* What looks like a header inside a message is its sender's word: it dresses up as anybody. */
static void a_line_inside_a_message_is_not_passed_on(void **state)
{
    (void)state;
    post_lines(A, 4, 1, 0, 3);
    for (unsigned i = 1; i <= 2; i++)
        window[A].outbox[i] = (struct line){.peer = id_of(C), .tag = 1, .lines = 1, .badge = 1};
    call(A, GATE_POST, 0);
    for (unsigned i = 1; i <= 2; i++) {
        struct line *line = post_line(B, 4, 1, FLAG_FORWARD);

        line->badge = i;
        call(B, GATE_POST, 0);
        assert_int_equal(held(B), STATUS_BAD);
        line->peer = 0; /* void */
        call(B, GATE_POST, 0);
    }
    assert_int_equal(unread(C), 0);
}

static void the_dead_are_announced_to_their_callers(void **state)
{
    (void)state;
    ask(4, 1, 2);
    ask(5, 2, 1);
    ask(4, 3, 1);
    uint32_t died = id_of(B);

    end_task(B);
    check_mailboxes();
    assert_true(woken(A));
    assert_int_equal(unread(A), 2);
    for (unsigned i = 0; i < 2; i++) {
        const struct line *notice = take(A);

        assert_int_equal(notice->peer, ID_ROUTER);
        assert_int_equal(notice->flags, FLAG_REPLY | FLAG_NOTIFY);
        assert_int_equal(notice->tag, STATUS_DEAD);
        assert_int_equal(notice->lines, 1);
        assert_int_equal(notice->cookie, i ? 3 : 1);
        assert_int_equal(notice->w[0], i ? 2 : 0);
        assert_int_equal(notice->w[1], died);
    }
    assert_int_equal(window[A].in.open_calls, 1);
    upcall_from_nano(UPCALL_GONE, died); /* offered again: nothing more happens */
    assert_int_equal(unread(A), 0);
    assert_int_equal(answer(C, id_of(A), 1, 1), STATUS_OK);
}

static void a_notice_for_a_lying_inbox_is_lost_and_the_call_closed(void **state)
{
    (void)state;
    ask(4, 1, 1);
    window[A].out.in_head = 9;
    end_task(B);
    assert_int_equal(window[A].in.open_calls, 0);
    assert_int_equal(window[A].in.in_tail, 0);
    check_mailboxes();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_reply_reaches_its_caller_once, setup),
        cmocka_unit_test_setup(replies_come_late_and_in_any_order, setup),
        cmocka_unit_test_setup(forged_replies_are_refused, setup),
        cmocka_unit_test_setup(a_call_may_not_reserve_more_than_a_message, setup),
        cmocka_unit_test_setup(an_open_slot_holds_the_next_call_until_the_reply, setup),
        cmocka_unit_test_setup(a_forwarded_call_is_answered_by_whom_it_went_to, setup),
        cmocka_unit_test_setup(a_filter_is_invisible, setup),
        cmocka_unit_test_setup(a_forwarded_line_must_be_the_first_of_an_unread_message, setup),
        cmocka_unit_test_setup(a_line_inside_a_message_is_not_passed_on, setup),
        cmocka_unit_test_setup(the_dead_are_announced_to_their_callers, setup),
        cmocka_unit_test_setup(a_notice_for_a_lying_inbox_is_lost_and_the_call_closed, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
