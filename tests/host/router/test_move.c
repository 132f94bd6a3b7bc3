/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames: an entry with GRANT or LEND, or the reply to a loan, is held until the pager has moved
 * frames, and delivered by the pager's answer if it still is what the frames were moved for: its
 * sender may run in between, if it is more important than the pager.
 */
// Sources: tests/host/router/world.c $(ROUTER_ON_HOST)
#include <setjmp.h>
#include <stdarg.h>
#include "world.h"
#include <cmocka.h>

#define TO_B 4
#define TO_C 5

#define PAGE   0x00800000u
#define LANDED 0x40000000u

static int setup(void **state)
{
    (void)state;
    world_make();
    set_route(A, TO_B, id_of(B), 1, ALL_RIGHTS | RIGHT_GRANT | RIGHT_LEND);
    set_route(A, TO_C, id_of(C), 2, ALL_RIGHTS | RIGHT_GRANT | RIGHT_LEND);
    set_route(B, TO_C, id_of(C), 3, ALL_RIGHTS | RIGHT_GRANT);
    return 0;
}

/* Posts an entry of one page, which is then held. */
static struct line *give(unsigned slot, unsigned handle, unsigned flags)
{
    struct line *line = post_line(slot, handle, 9, flags);

    line->w[3] = 1;
    line->w[4] = PAGE;
    line->w[5] = 1;
    call(slot, GATE_POST, 0);
    assert_int_equal(held(slot), STATUS_MOVE);
    return line;
}

/* The pager has moved what was asked for, or not, and says so; the router's verdict. */
static enum status answer(const struct line *ask, enum status status)
{
    struct line *line = post_line(PAGER, HANDLE_ROUTER, TAG_MOVE_ANSWER, 0);
    enum status verdict;

    line->w[0] = ask->w[0];
    line->w[1] = ask->w[1];
    line->w[2] = ask->w[2];
    line->w[3] = status;
    if (status == STATUS_OK && !(ask->w[4] & MOVE_RETURN)) {
        line->w[3] |= 1u << 16;
        line->w[4] = LANDED;
        line->w[5] = 1;
    }
    call(PAGER, GATE_POST, 0);
    verdict = held(PAGER);
    line->peer = HANDLE_VOID;
    call(PAGER, GATE_POST, 0);
    check_mailboxes();
    return verdict;
}

/* A lends a page to B, and B has got it; the call's ledger slot. */
static uint32_t lend_to_b(void)
{
    const struct line *got;

    give(A, TO_B, FLAG_CALL | FLAG_GRANT | FLAG_LEND);
    assert_int_equal(answer(take(PAGER), STATUS_OK), STATUS_OK);
    got = take(B);
    assert_int_equal(got->flags, FLAG_CALL | FLAG_GRANT | FLAG_LEND);
    return got->w[0];
}

static struct line *reply_to_a(uint32_t slot)
{
    struct line *line = post_line(B, id_of(A), 9, FLAG_REPLY);

    line->w[0] = slot;
    call(B, GATE_POST, 0);
    return line;
}

static void a_grant_waits_for_its_frames(void **state)
{
    (void)state;
    give(A, TO_B, FLAG_GRANT);
    assert_int_equal(unread(B), 0);

    const struct line *ask = take(PAGER);

    assert_int_equal(ask->peer, ID_ROUTER);
    assert_int_equal(ask->tag, TAG_MOVE_ASK);
    assert_int_equal(ask->w[1], id_of(A));
    assert_int_equal(ask->w[3], id_of(B));
    assert_int_equal(ask->w[4], 1u << 16);
    assert_int_equal(ask->w[5], PAGE);
    call(A, GATE_POST, 0); /* asking once is enough */
    assert_int_equal(unread(PAGER), 0);

    assert_int_equal(answer(ask, STATUS_OK), STATUS_OK);
    assert_int_equal(held(A), STATUS_OK);
    const struct line *got = take(B);

    assert_int_equal(got->flags, FLAG_GRANT);
    assert_int_equal(got->w[3], 1);
    assert_int_equal(got->w[4], LANDED);
    assert_int_equal(answer(ask, STATUS_OK), STATUS_NO_CALL); /* a second one moves them back */
    assert_int_equal(unread(B), 0);
}

static void a_loan_goes_back_before_the_reply(void **state)
{
    uint32_t slot = lend_to_b();

    (void)state;
    reply_to_a(slot);
    assert_int_equal(held(B), STATUS_MOVE);
    assert_int_equal(unread(A), 0);

    const struct line *ask = take(PAGER);

    assert_int_equal(ask->w[1], id_of(B));
    assert_int_equal(ask->w[3], id_of(A));
    assert_int_equal(ask->w[4], MOVE_RETURN | 1 << 16);
    assert_int_equal(ask->w[5], slot);
    assert_int_equal(answer(ask, STATUS_OK), STATUS_OK);
    assert_int_equal(take(A)->flags, FLAG_REPLY | FLAG_LEND);
    assert_int_equal(window[A].in.open_calls, 0);
}

/* A refusal in between would let it ask again for another. */
static void what_moved_for_one_is_not_delivered_to_another(void **state)
{
    struct line *line = give(A, TO_B, FLAG_GRANT);
    const struct line *ask = take(PAGER);

    (void)state;
    line->lines = 0;
    call(A, GATE_POST, 0);
    line->lines = 1;
    line->peer = TO_C;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_MOVE);
    assert_int_not_equal(answer(ask, STATUS_OK), STATUS_OK);
    assert_int_equal(unread(B) + unread(C), 0);
}

static void a_reply_takes_no_other_loan_back(void **state)
{
    uint32_t first = lend_to_b(), second = lend_to_b();
    struct line *line = reply_to_a(first);
    const struct line *ask = take(PAGER);

    (void)state;
    line->w[0] = second;
    call(B, GATE_POST, 0);
    assert_int_not_equal(answer(ask, STATUS_OK), STATUS_OK);
    assert_int_equal(unread(A), 0);
    assert_int_equal(window[A].in.open_calls, 2);
}

static void a_grant_does_not_become_the_reply_to_a_loan(void **state)
{
    uint32_t slot = lend_to_b();
    struct line *line = post_line(B, TO_C, 9, FLAG_GRANT);

    (void)state;
    set_route(B, TO_C, id_of(A), 3, ALL_RIGHTS | RIGHT_GRANT);
    line->w[0] = slot;
    line->w[3] = 1;
    line->w[4] = PAGE;
    line->w[5] = 1;
    call(B, GATE_POST, 0);
    assert_int_equal(held(B), STATUS_MOVE);
    line->peer = id_of(A);
    line->flags = FLAG_REPLY;
    assert_int_not_equal(answer(take(PAGER), STATUS_OK), STATUS_OK);
    assert_int_equal(unread(A) + unread(C), 0);
    assert_int_equal(window[A].in.open_calls, 1);
}

static void a_grant_does_not_become_a_loan_nor_a_loan_a_grant(void **state)
{
    const unsigned loan = FLAG_CALL | FLAG_GRANT | FLAG_LEND;
    struct line *line = give(A, TO_B, FLAG_GRANT);

    (void)state;
    line->flags = loan;
    assert_int_not_equal(answer(take(PAGER), STATUS_OK), STATUS_OK);
    line->peer = HANDLE_VOID;
    line = give(A, TO_B, loan);
    line->flags = FLAG_GRANT;
    assert_int_not_equal(answer(take(PAGER), STATUS_OK), STATUS_OK);
    assert_int_equal(unread(B), 0);
}

/* The route cache has no row for these handles: the lane is in their place. */
static void a_grant_does_not_become_an_order(void **state)
{
    struct line *line = give(A, TO_B, FLAG_GRANT);
    const struct line *ask = take(PAGER);

    (void)state;
    line->peer = HANDLE_ROUTER;
    assert_int_not_equal(answer(ask, STATUS_OK), STATUS_OK);
    assert_int_equal(held(A), STATUS_NO_ROUTE);
    assert_int_equal(unread(REGISTRAR) + unread(B), 0);
}

static void a_void_entry_leaves_without_its_frames(void **state)
{
    struct line *line = give(A, TO_B, FLAG_GRANT);
    const struct line *ask = take(PAGER);

    (void)state;
    line->peer = HANDLE_VOID;
    assert_int_equal(answer(ask, STATUS_OK), STATUS_NO_CALL);
    assert_int_equal(unread(B), 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(window[A].in.out_head, window[A].out.out_tail);
}

static void who_waits_for_a_dead_pager_is_told(void **state)
{
    (void)state;
    give(A, TO_B, FLAG_GRANT);
    nano_page.pager = ID_NOBODY; /* nano knows first */
    end_task(PAGER);
    assert_int_equal(held(A), STATUS_PAGER_DEAD);
    assert_true(pending(A, SIGNAL_HELD));
    assert_int_equal(unread(B), 0);
}

static void the_pagers_refusal_is_the_senders(void **state)
{
    (void)state;
    give(A, TO_B, FLAG_GRANT);
    assert_int_equal(answer(take(PAGER), STATUS_NOT_MAPPED), STATUS_OK);
    assert_int_equal(held(A), STATUS_NOT_MAPPED);
    assert_true(pending(A, SIGNAL_HELD));
    assert_int_equal(unread(B), 0);
    call(A, GATE_POST, 0); /* it may ask again */
    const struct line *ask = take(PAGER);
    assert_int_equal(ask->tag, TAG_MOVE_ASK);
    assert_int_equal(answer(ask, STATUS_POISONED), STATUS_OK); /* only the router knows that */
    assert_int_equal(held(A), STATUS_BAD);
}

/* A's entry of before was asked for, and what is there now
 * goes to C: the old answer is not for it. */
static void answered_for_another(const struct line *ask)
{
    assert_int_equal(ask->w[3], id_of(B));
    assert_int_equal(answer(ask, STATUS_OK), STATUS_NO_CALL);
    assert_int_equal(unread(B) + unread(C), 0);
    ask = take(PAGER);
    assert_int_equal(ask->w[3], id_of(C));
    assert_int_equal(answer(ask, STATUS_OK), STATUS_OK);
    assert_int_equal(unread(C), 1);
}

static void an_answer_is_for_the_last_ask(void **state)
{
    struct line *line;
    const struct line *ask;

    give(A, TO_B, FLAG_GRANT);
    ask = take(PAGER);
    window[A].out.out_tail--; /* taken back, and another in its place */
    call(A, GATE_POST, 0);
    give(A, TO_C, FLAG_GRANT);
    answered_for_another(ask);

    setup(state);
    line = give(A, TO_B, FLAG_GRANT);
    ask = take(PAGER);
    window[A].out.out_tail += 1000; /* RESET in between */
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_RESET);
    window[A].outbox[window[A].out.out_tail++ & directory[A].out_mask] = *line;
    window[A].outbox[(window[A].out.out_tail - 1) & directory[A].out_mask].peer = TO_C;
    set_route(A, TO_C, id_of(C), 1, ALL_RIGHTS | RIGHT_GRANT);
    call(A, GATE_POST, 0);
    answered_for_another(ask);

    setup(state);
    give(A, TO_B, FLAG_GRANT);
    ask = take(PAGER);
    restart_router(0);
    set_route(A, TO_B, id_of(C), 1, ALL_RIGHTS | RIGHT_GRANT); /* the policy has changed */
    call(A, GATE_POST, 0);
    answered_for_another(ask);
}

/* The pager's answer to `ask`, killed at the commit point `at`, and tried again. Was there one? */
static bool answer_killed_at(unsigned at, const struct line *ask)
{
    struct line *line = post_line(PAGER, HANDLE_ROUTER, TAG_MOVE_ANSWER, 0);
    bool killed;

    memcpy(line->w, ask->w, 3 * sizeof line->w[0]);
    line->w[3] = ask->w[4] & MOVE_RETURN ? STATUS_OK : STATUS_OK | 1u << 16;
    kill_at = at;
    killed = call(PAGER, GATE_POST, 0).killed;
    kill_at = 0;
    if (!killed)
        return false;
    restart_router(PAGER);
    return true;
}

/* The loan's reply was delivered, or was not: the pager is
 * told which, however long the reply is. */
static void a_loans_return_is_known_after_a_restart(void **state)
{
    for (unsigned lines = 1; lines <= 2; lines++)
        for (unsigned at = 1;; at++) {
            setup(state);

            struct line *line = post_line(A, TO_B, 9, FLAG_CALL | FLAG_GRANT | FLAG_LEND);

            line->badge = lines;
            line->w[3] = 1;
            line->w[4] = PAGE;
            line->w[5] = 1;
            call(A, GATE_POST, 0);
            assert_int_equal(answer(take(PAGER), STATUS_OK), STATUS_OK);
            uint32_t slot = take(B)->w[0];
            post_lines(B, id_of(A), 9, FLAG_REPLY, lines)->w[0] = slot;
            call(B, GATE_POST, 0);
            if (!answer_killed_at(at, take(PAGER)))
                break;
            call(PAGER, GATE_POST, 0);
            assert_int_equal(held(PAGER), unread(A) ? STATUS_OK : STATUS_NO_CALL);
            assert_int_equal(window[A].in.open_calls, unread(A) ? 0 : 1);
        }
}

/* It kills the router in the pager's call, and it is the sender's entry all the same. */
static void a_grant_that_kills_three_times_is_poisoned(void **state)
{
    struct line *line = give(A, TO_B, FLAG_GRANT);

    (void)state;
    for (unsigned deaths = 0; deaths < 3; deaths++) {
        assert_true(answer_killed_at(1, take(PAGER)));
        window[PAGER].outbox[window[PAGER].in.out_head & directory[PAGER].out_mask].peer =
            HANDLE_VOID;
        call(PAGER, GATE_POST, 0); /* it takes the frames back */
        set_route(A, TO_B, id_of(B), 1, ALL_RIGHTS | RIGHT_GRANT);
        call(A, GATE_POST, 0);
    }
    assert_int_not_equal(answer(take(PAGER), STATUS_OK), STATUS_OK);
    assert_int_equal(held(A), STATUS_POISONED);
    assert_int_equal(unread(B), 0);
    line->peer = HANDLE_VOID;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_answer_is_for_the_last_ask, setup),
        cmocka_unit_test_setup(a_loans_return_is_known_after_a_restart, setup),
        cmocka_unit_test_setup(a_grant_that_kills_three_times_is_poisoned, setup),
        cmocka_unit_test_setup(a_grant_waits_for_its_frames, setup),
        cmocka_unit_test_setup(a_loan_goes_back_before_the_reply, setup),
        cmocka_unit_test_setup(what_moved_for_one_is_not_delivered_to_another, setup),
        cmocka_unit_test_setup(a_reply_takes_no_other_loan_back, setup),
        cmocka_unit_test_setup(a_grant_does_not_become_the_reply_to_a_loan, setup),
        cmocka_unit_test_setup(a_grant_does_not_become_a_loan_nor_a_loan_a_grant, setup),
        cmocka_unit_test_setup(a_grant_does_not_become_an_order, setup),
        cmocka_unit_test_setup(a_void_entry_leaves_without_its_frames, setup),
        cmocka_unit_test_setup(who_waits_for_a_dead_pager_is_told, setup),
        cmocka_unit_test_setup(the_pagers_refusal_is_the_senders, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
