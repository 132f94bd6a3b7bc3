/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: asked once, answered by the registrar alone, revoked at the very next entry, and asked
 * again when their receiver has died.
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
    return 0;
}

static enum status registrar_says(unsigned tag, const uint32_t w[6])
{
    struct line *line = post_line(REGISTRAR, HANDLE_ROUTER, tag, 0);
    enum status status;

    memcpy(&line->w[1], w, 6 * sizeof *w);
    call(REGISTRAR, GATE_POST, 0);
    status = held(REGISTRAR);
    line->peer = HANDLE_VOID;
    call(REGISTRAR, GATE_POST, 0);
    return status;
}

static enum status answer(uint32_t id, uint32_t handle, uint32_t dest, uint32_t badge)
{
    return registrar_says(TAG_ROUTE_ANSWER,
                          (uint32_t[6]){id, handle, dest, badge, ALL_RIGHTS, 0xFFFF0000});
}

static void the_first_use_asks_the_registrar_once(void **state)
{
    (void)state;
    post_line(A, 9, 5, 0);
    assert_true(call(A, GATE_POST_WAIT, 0).to == id_of(REGISTRAR)); /* hands over to it */
    assert_int_equal(held(A), STATUS_ROUTE);
    call(A, GATE_POST, 0);
    assert_int_equal(unread(REGISTRAR), 1);
    const struct line *asked = take(REGISTRAR);
    assert_int_equal(asked->peer, ID_ROUTER);
    assert_int_equal(asked->tag, TAG_ROUTE_ASK);
    assert_int_equal(asked->w[1], id_of(A));
    assert_int_equal(asked->w[2], 9);

    assert_int_equal(answer(id_of(A), 9, id_of(B), 42), STATUS_OK);
    assert_true(pending(A, SIGNAL_HELD));
    assert_true(woken(A));
    assert_int_equal(held(A), STATUS_OK);
    call(A, GATE_POST, 0);
    assert_int_equal(take(B)->badge, 42);
    post_line(A, 9, 6, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(take(B)->tag, 6);
    assert_int_equal(unread(REGISTRAR), 0);
}

static void a_refusal_is_reported_once_and_asked_anew(void **state)
{
    (void)state;
    post_line(A, 9, 5, 0);
    call(A, GATE_POST, 0);
    take(REGISTRAR);
    answer(id_of(A), 9, 0, STATUS_NO_ROUTE);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_NO_ROUTE);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
    take(REGISTRAR);
    answer(id_of(A), 9, 0, STATUS_OK); /* makes no sense as a refusal */
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_NO_ROUTE);
    call(A, GATE_POST, 0);
    take(REGISTRAR);
    answer(id_of(A), 9, 0, STATUS_RESET); /* only the router knows that */
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_NO_ROUTE);
}

static void a_refusal_is_for_the_entry_that_asked(void **state)
{
    (void)state;
    struct line *line = post_line(A, 9, 5, 0);

    call(A, GATE_POST, 0);
    take(REGISTRAR);
    answer(id_of(A), 9, 0, STATUS_DEAD); /* but its task does not want it any more */
    line->peer = HANDLE_VOID;
    call(A, GATE_POST, 0);
    post_line(A, 9, 5, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE); /* a name that was nobody's may be somebody's now */
    take(REGISTRAR);
    answer(id_of(A), 9, id_of(B), 0);
    call(A, GATE_POST, 0);
    assert_int_equal(take(B)->tag, 5);
    answer(id_of(A), 10, 0, STATUS_DEAD); /* nobody has asked */
    post_line(A, 10, 6, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
}

static void a_revoked_route_fails_at_the_next_entry_and_stays_so(void **state)
{
    (void)state;
    set_route(A, 9, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 9, 0, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(take(B)->peer, id_of(A));
    for (unsigned i = 0; i < 3; i++)
        post_line(A, 9, i, 0);
    registrar_says(TAG_ROUTE_REVOKE, (uint32_t[6]){id_of(A), 9});
    for (unsigned i = 0; i < 3; i++) {
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_REVOKED);
    }
    assert_int_equal(unread(B), 0);
    answer(id_of(A), 9, id_of(C), 0);
    call(A, GATE_POST, 0);
    assert_int_equal(unread(C), 3);
}

static void only_the_registrar_answers(void **state)
{
    (void)state;
    set_route(A, 9, id_of(B), 0, ALL_RIGHTS);
    for (unsigned tag = 0; tag < 6; tag++)
        for (unsigned slot = PAGER; slot <= B; slot++) {
            struct line *line = post_line(slot, HANDLE_ROUTER, tag, 0);

            line->w[1] = id_of(A);
            line->w[2] = 9;
            call(slot, GATE_POST, 0);
            if (slot != PAGER || tag != TAG_MOVE_ANSWER)
                assert_int_equal(held(slot), STATUS_DENIED);
            line->peer = HANDLE_VOID;
        }
    assert_int_equal(route_cache[A].row[9].dest, id_of(B));
    static const uint32_t handles[] = {0, 1, 2, 3, 64, 0x80000009};

    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(answer(id_of(A), handles[i], id_of(B), 0), STATUS_BAD);
    assert_int_equal(answer(0xFFFFFFFF, 9, id_of(B), 0), STATUS_OK); /* a dead task: no matter */
    assert_int_equal(answer(0, 9, id_of(B), 0), STATUS_OK);
}

static void a_route_heals_when_its_name_has_another_task(void **state)
{
    (void)state;
    set_route(A, 9, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 9, 5, 0);
    call(A, GATE_POST, 0);
    end_task(B);
    start_task(B, 2, 64);
    post_line(A, 9, 5, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE); /* not DEAD: who bears the name now? */
    assert_int_equal(window[B].in.in_tail, 0);
    answer(id_of(A), 9, TASK_ID(B, 1), 0); /* the registrar does not know yet that it died */
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DEAD); /* told once, and asked anew */
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
    answer(id_of(A), 9, 0, STATUS_DEAD); /* nobody does */
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DEAD);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
    answer(id_of(A), 9, id_of(B), 3);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(take(B)->badge, 3);
    check_mailboxes();
}

static void a_restart_empties_the_cache(void **state)
{
    (void)state;
    set_route(A, 9, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 9, 5, 0);
    call(A, GATE_POST, 0);
    restart_router(0);
    post_line(A, 9, 5, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
}

static void the_registrar_and_the_pager_have_handles_of_their_own(void **state)
{
    (void)state;
    post_line(A, HANDLE_REGISTRAR, 16, 0);
    post_line(A, HANDLE_PAGER, 32, FLAG_CALL);
    call(A, GATE_POST, 0);
    assert_int_equal(take(REGISTRAR)->peer, id_of(A));
    assert_int_equal(take(PAGER)->peer, id_of(A));
    nano_page.registrar = id_of(D);
    post_line(A, HANDLE_REGISTRAR, 17, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(take(D)->tag, 17);
    nano_page.registrar = 0;
    nano_page.pager = TASK_ID(PAGER, 7);
    struct line *line = post_line(A, HANDLE_REGISTRAR, 16, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DEAD);
    line->peer = HANDLE_PAGER;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_PAGER_DEAD);
    line->peer = 9;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DEAD);
}

static void when_the_registrar_dies_the_next_one_is_asked(void **state)
{
    (void)state;
    post_line(A, 9, 5, 0);
    call(A, GATE_POST, 0);
    uint32_t old = id_of(REGISTRAR);

    nano_page.registrar = id_of(D);
    directory[REGISTRAR] = (struct task_entry){0};
    upcall_from_nano(UPCALL_GONE, old);
    assert_true(pending(A, SIGNAL_HELD));
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
    assert_int_equal(take(D)->w[1], id_of(A));
}

static void a_full_registrar_is_waited_for(void **state)
{
    (void)state;
    static const unsigned others[] = {B, C, D, E, PAGER};

    for (unsigned i = 0; i < 5; i++) {
        post_lines(others[i], HANDLE_REGISTRAR, 1, 0, i == 0 ? 32 : 8);
        call(others[i], GATE_POST, 0);
    }
    assert_int_equal(unread(REGISTRAR), 64);
    post_lines(A, 9, 5, 0, 20);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_FULL);
    take(REGISTRAR);
    call(REGISTRAR, GATE_POST, 0);
    assert_true(pending(A, SIGNAL_HELD)); /* the question is one line, whatever the entry is */
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
}

static void counters_are_for_monitors(void **state)
{
    (void)state;
    set_route(A, 9, ID_ROUTER, 0, RIGHT_SEND | RIGHT_CALL);
    set_route(A, 10, ID_ROUTER, 0, RIGHT_MONITOR);
    set_route(A, 11, id_of(B), 0, ALL_RIGHTS);
    struct line *line = post_line(A, 9, TAG_STATS, FLAG_CALL);

    line->cookie = 7;
    line->w[1] = B;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DENIED);
    line->peer = 11;
    line->flags = 0;
    call(A, GATE_POST, 0);
    for (unsigned i = 0; i < 2; i++) {
        line = post_line(A, 10, TAG_STATS, FLAG_CALL);
        line->cookie = 7;
        line->w[1] = i ? 0 : B;
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_OK);
        const struct line *got = take(A);
        assert_int_equal(got->peer, ID_ROUTER);
        assert_int_equal(got->tag, TAG_STATS);
        assert_int_equal(got->flags, FLAG_REPLY);
        assert_int_equal(got->cookie, 7);
        assert_int_equal(got->w[0], i + 1);
        assert_int_equal(got->w[1], STATUS_OK);
        assert_int_equal(got->w[2], i ? ID_ROUTER : id_of(B));
        assert_int_equal(got->w[3 + 2], i ? 2 : 1); /* received: A's first answer too */
    }
    static const uint32_t nobody[] = {TASKS, 0xFFFFFFFF, 0x80000000};

    for (unsigned i = 0; i < 3; i++) {
        post_line(A, 10, TAG_STATS, FLAG_CALL)->w[1] = nobody[i];
        call(A, GATE_POST, 0);
        assert_int_equal(take(A)->w[1], STATUS_BAD_TASK);
    }
    post_line(A, 10, TAG_STATS, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_BAD);
    check_mailboxes();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_use_asks_the_registrar_once, setup),
        cmocka_unit_test_setup(a_refusal_is_reported_once_and_asked_anew, setup),
        cmocka_unit_test_setup(a_refusal_is_for_the_entry_that_asked, setup),
        cmocka_unit_test_setup(a_revoked_route_fails_at_the_next_entry_and_stays_so, setup),
        cmocka_unit_test_setup(only_the_registrar_answers, setup),
        cmocka_unit_test_setup(a_route_heals_when_its_name_has_another_task, setup),
        cmocka_unit_test_setup(a_restart_empties_the_cache, setup),
        cmocka_unit_test_setup(the_registrar_and_the_pager_have_handles_of_their_own, setup),
        cmocka_unit_test_setup(when_the_registrar_dies_the_next_one_is_asked, setup),
        cmocka_unit_test_setup(a_full_registrar_is_waited_for, setup),
        cmocka_unit_test_setup(counters_are_for_monitors, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
