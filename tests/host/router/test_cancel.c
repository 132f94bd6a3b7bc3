/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CANCEL: a call that nobody waits for any more ends, whatever else happens to it; just one of
 * reply, death notice and cancel happens; killed anywhere, too.
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
    set_route(A, 5, id_of(A), 2, ALL_RIGHTS);
    set_route(C, 4, id_of(B), 3, ALL_RIGHTS);
    set_route(B, 4, id_of(C), 4, RIGHT_FORWARD);
    set_route(B, 5, id_of(C), 5, RIGHT_INTERPOSE);
    return 0;
}

/* A calls by that handle, and the call is delivered. Returns its call index. */
static uint32_t ask(unsigned handle, uint32_t room)
{
    uint32_t index = window[A].out.out_tail;

    post_line(A, handle, 9, FLAG_CALL)->badge = room;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    return index;
}

static void put_cancel(unsigned slot, uint32_t index)
{
    struct line *line = post_line(slot, HANDLE_ROUTER, 77, FLAG_CANCEL);

    line->w[0] = index;
    line->w[5] = line->badge = line->cookie = 0x5EC7E7; /* must not come through */
}

static enum status give_up(unsigned slot, uint32_t index)
{
    put_cancel(slot, index);
    call(slot, GATE_POST, 0);
    check_mailboxes();
    return held(slot);
}

static enum status answer(unsigned slot, unsigned to, uint32_t index)
{
    struct line *line = post_line(slot, id_of(to), 9, FLAG_REPLY);
    enum status status;

    line->w[0] = index;
    call(slot, GATE_POST, 0);
    status = held(slot);
    line->peer = HANDLE_VOID;
    call(slot, GATE_POST, 0);
    check_mailboxes();
    return status;
}

static void is_a_cancel(const struct line *line, unsigned caller, uint32_t index)
{
    struct line right = {.peer = id_of(caller), .lines = 1, .flags = FLAG_CANCEL, .w[0] = index};

    assert_memory_equal(line, &right, sizeof right);
}

static void the_server_is_told_which_call_and_nothing_else(void **state)
{
    (void)state;
    uint32_t index = ask(4, 7);

    take(B);
    assert_int_equal(give_up(A, index), STATUS_OK);
    is_a_cancel(take(B), A, index);
    assert_int_equal(window[A].in.open_calls, 0);
    assert_int_equal(window[A].in.reserved, 0);
    assert_int_equal(answer(B, A, index), STATUS_NO_CALL);
    assert_int_equal(unread(A), 0);
    assert_int_equal(give_up(A, index), STATUS_OK); /* again: nothing */
    assert_int_equal(unread(B), 0);
}

static void only_ones_own_open_calls_can_be_cancelled(void **state)
{
    (void)state;
    uint32_t index = ask(4, 1);

    take(B);
    assert_int_equal(give_up(C, index), STATUS_OK);      /* another's */
    assert_int_equal(give_up(A, index + 64), STATUS_OK); /* same ring position */
    assert_int_equal(give_up(A, index - 64), STATUS_OK);
    assert_int_equal(give_up(A, window[A].out.out_tail), STATUS_OK); /* itself */
    assert_int_equal(unread(B), 0);
    assert_int_equal(answer(B, A, index), STATUS_OK);
    assert_int_equal(give_up(A, index), STATUS_OK); /* answered, though not read yet */
    assert_int_equal(unread(A), 1);
    assert_int_equal(unread(B), 0);
}

static void malformed_cancels_are_refused(void **state)
{
    (void)state;
    static const unsigned flags[] = {FLAG_CANCEL | FLAG_CALL, FLAG_CANCEL | FLAG_REPLY,
                                     FLAG_CANCEL | FLAG_NOTIFY, FLAG_CANCEL | FLAG_FORWARD};
    uint32_t index = ask(4, 1);
    struct line *line = post_lines(A, HANDLE_ROUTER, 0, FLAG_CANCEL, 2);

    line->w[0] = index;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_BAD);
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
        line->flags = (uint8_t)flags[i];
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_BAD);
    }
    assert_int_equal(window[A].in.open_calls, 1);
}

static void a_call_is_cancelled_where_it_has_gone(void **state)
{
    (void)state;
    for (unsigned handle = 4; handle <= 5; handle++) { /* seen to be passed on, and not */
        uint32_t index = ask(4, 1);

        post_line(B, handle, 9, FLAG_FORWARD)->badge = window[B].out.in_head;
        call(B, GATE_POST, 0);
        take(B);
        take(C);
        assert_int_equal(give_up(A, index), STATUS_OK);
        assert_int_equal(unread(B), 0);
        is_a_cancel(take(C), A, index);
        assert_int_equal(answer(C, A, index), STATUS_NO_CALL);
    }
}

static void a_cancel_behind_its_call_meets_it(void **state)
{
    (void)state;
    uint32_t index = window[A].out.out_tail;

    post_line(A, 4, 9, FLAG_CALL);
    assert_int_equal(give_up(A, index), STATUS_OK);
    assert_int_equal(take(B)->w[0], index);
    is_a_cancel(take(B), A, index);
    assert_int_equal(window[A].in.open_calls, 0);
}

static void a_call_to_oneself_can_be_cancelled(void **state)
{
    (void)state;
    uint32_t index = ask(5, 1);

    take(A);
    assert_int_equal(give_up(A, index), STATUS_OK);
    is_a_cancel(take(A), A, index);
}

static void a_server_without_room_is_not_told(void **state)
{
    (void)state;
    uint32_t index = ask(4, 1);

    window[B].out.in_head -= window[B].in.in_mask + 1; /* full, by its own word */
    assert_int_equal(give_up(A, index), STATUS_OK);
    assert_int_equal(window[A].in.open_calls, 0);
    window[B].out.in_head += window[B].in.in_mask + 1;
    assert_int_equal(take(B)->w[0], index);
    assert_int_equal(unread(B), 0);
    assert_int_equal(answer(B, A, index), STATUS_NO_CALL);
}

static void the_dead_are_not_told_and_tell_nothing(void **state)
{
    (void)state;
    uint32_t index = ask(4, 1), died = id_of(B);

    assert_int_equal(give_up(A, index), STATUS_OK);
    end_task(B);
    assert_int_equal(unread(A), 0); /* no notice of a call that was given up */
    start_task(B, 2, 64);
    set_route(A, 4, id_of(B), 1, ALL_RIGHTS);
    index = ask(4, 1);
    take(B);
    end_task(B);
    assert_int_equal(take(A)->tag, STATUS_DEAD);
    assert_int_equal(give_up(A, index), STATUS_OK); /* after the notice: void */
    assert_int_not_equal(died, id_of(B));
}

static void a_cancel_frees_the_slot_for_the_next_call(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        uint32_t index = ask(4, MAX_LINES);

        take(B);
        assert_int_equal(give_up(A, index), STATUS_OK);
        is_a_cancel(take(B), A, index);
    }
    assert_int_equal(window[A].in.reserved, 0);
}

static void what_was_lent_must_come_back_first(void **state)
{
    (void)state;
    uint32_t index = ask(4, 1);

    window[A].in.ledger[index & window[A].in.out_mask].room |= CALL_LENT;
    assert_int_equal(give_up(A, index), STATUS_BUSY);
    assert_int_equal(window[A].in.open_calls, 1);
}

/* Killed at every commit, with and without room, and against the reply: one outcome each. */
static void killed_anywhere_the_call_ends_once(void **state)
{
    (void)state;
    for (unsigned full = 0; full <= 1; full++)
        for (unsigned kill = 1;; kill++) {
            setup(NULL);
            uint32_t index = ask(4, 3), cancels = 0;

            take(B);
            if (full)
                window[B].out.in_head -= window[B].in.in_mask + 1;
            put_cancel(A, index);
            kill_at = kill;
            bool killed = call(A, GATE_POST, 0).killed;
            kill_at = 0;
            if (killed)
                restart_router(A);
            call(A, GATE_POST, 0);
            check_mailboxes();
            assert_int_equal(held(A), STATUS_OK);
            assert_int_equal(window[A].in.out_head, window[A].out.out_tail);
            if (full)
                window[B].out.in_head += window[B].in.in_mask + 1;
            for (; unread(B); cancels++)
                is_a_cancel(take(B), A, index);
            assert_int_equal(cancels, !full);
            assert_int_equal(window[A].in.open_calls, 0);
            assert_int_equal(window[A].in.reserved, 0);
            assert_int_equal(answer(B, A, index), STATUS_NO_CALL);
            assert_int_equal(unread(A), 0);
            if (!killed)
                break;
            assert_true(kill < 40);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_server_is_told_which_call_and_nothing_else, setup),
        cmocka_unit_test_setup(only_ones_own_open_calls_can_be_cancelled, setup),
        cmocka_unit_test_setup(malformed_cancels_are_refused, setup),
        cmocka_unit_test_setup(a_call_is_cancelled_where_it_has_gone, setup),
        cmocka_unit_test_setup(a_cancel_behind_its_call_meets_it, setup),
        cmocka_unit_test_setup(a_call_to_oneself_can_be_cancelled, setup),
        cmocka_unit_test_setup(a_server_without_room_is_not_told, setup),
        cmocka_unit_test_setup(the_dead_are_not_told_and_tell_nothing, setup),
        cmocka_unit_test_setup(a_cancel_frees_the_slot_for_the_next_call, setup),
        cmocka_unit_test_setup(what_was_lent_must_come_back_first, setup),
        cmocka_unit_test_setup(killed_anywhere_the_call_ends_once, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
