/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recovery: whichever commit point the router dies at, tasks that post again get what they would
 * have got without it, once and in order.
 */
// Sources: tests/host/router/world.c $(ROUTER_ON_HOST)
#include <setjmp.h>
#include <stdarg.h>
#include "world.h"
#include <cmocka.h>

/* What the tasks read, in order, for each slot; signals and questions to the registrar apart. */
struct diary {
    unsigned count[TASKS];
    struct {
        uint32_t peer, word, badge, cookie, w0, w1, first;
    } got[TASKS][64];
};

static struct diary diary;
static unsigned second_kill; /* how far after the first: in recovery, or beyond it */
static bool was_killed;

static void restart(unsigned culprit)
{
    if (!was_killed)
        kill_at = second_kill;
    was_killed = true;
    while (restart_router(culprit).killed)
        ;
    check_mailboxes();
}

/* Enters the router as libpost does: again after a restart, and while something is to be posted. */
static void enter(unsigned slot)
{
    for (unsigned tries = 0; tries < 20; tries++) {
        if (call(slot, GATE_POST, 0).killed) {
            restart(slot);
            continue;
        }
        if (window[slot].in.out_head == window[slot].out.out_tail || held(slot) != STATUS_OK)
            return;
    }
    fail_msg("slot %u posts for ever", slot);
}

static void read_all(unsigned slot)
{
    while (unread(slot)) {
        uint32_t head = window[slot].out.in_head;
        const struct line *line = take(slot);
        unsigned n = diary.count[slot]++;
        uint32_t word;

        assert_in_range(n, 0, 63);
        memcpy(&word, &line->tag, 4);
        diary.got[slot][n].peer = line->peer;
        diary.got[slot][n].word = word;
        diary.got[slot][n].badge = line->badge;
        diary.got[slot][n].cookie = line->cookie;
        diary.got[slot][n].w0 = line->w[0];
        diary.got[slot][n].w1 = line->w[1];
        diary.got[slot][n].first = window[slot].in.first[head & directory[slot].in_mask];
    }
}

/* The registrar answers whatever it is asked: handle 10 + S leads to slot S. */
#define TO(slot) (10 + (slot))

static void answer_all(void)
{
    while (unread(REGISTRAR)) {
        const struct line *ask = take(REGISTRAR);
        struct line *line = post_line(REGISTRAR, HANDLE_ROUTER, TAG_ROUTE_ANSWER, 0);

        line->w[1] = ask->w[1];
        line->w[2] = ask->w[2];
        line->w[3] = ask->w[2] == 40 ? ID_ROUTER : id_of(ask->w[2] - 10);
        line->w[4] = 100 + ask->w[2];
        line->w[5] = ALL_RIGHTS | RIGHT_FORWARD | RIGHT_MONITOR;
        line->w[6] = 0xFFFF0000;
    }
    enter(REGISTRAR);
}

/* Posts until nothing is held for a route any more. */
static void enter_with_routes(unsigned slot)
{
    for (unsigned tries = 0; tries < 50; tries++) {
        enter(slot);
        if (window[slot].in.out_head == window[slot].out.out_tail)
            return;
        answer_all();
    }
    fail_msg("slot %u gets no route", slot);
}

/* As nano does: the event is offered again until a PARK accepts it, after recovery. */
static void bury(unsigned slot)
{
    uint32_t id = id_of(slot);

    directory[slot] = (struct task_entry){0};
    while (upcall_from_nano(UPCALL_GONE, id).killed)
        restart(0);
}

/* Every kind of message that there is, and a death. */
static void live(unsigned first_kill, unsigned then)
{
    world_make();
    memset(&diary, 0, sizeof diary);
    was_killed = false;
    kill_at = first_kill;
    second_kill = then;
    for (unsigned i = 0; i < 5; i++)
        post_line(A, TO(B), 1 + i, 0)->w[1] = i;
    post_lines(A, TO(C), 10, 0, 7)->w[1] = 10;
    post_lines(A, HANDLE_VOID, 0, 0, 2);
    post_line(A, TO(B), 11, FLAG_NOTIFY);
    post_lines(A, TO(B), 12, FLAG_CALL, 3)->cookie = 1200;
    post_line(A, TO(D), 13, FLAG_CALL)->cookie = 1300;
    post_line(A, TO(E), 14, FLAG_CALL)->cookie = 1400;
    post_line(A, TO(E), 15, FLAG_CALL)->cookie = 1500;
    post_line(A, 40, TAG_STATS, FLAG_CALL)->cookie = 1600;
    enter_with_routes(A);
    assert_true(pending(B, SIGNAL_USER << 11));

    post_line(D, TO(C), 13, FLAG_FORWARD)->badge = window[D].in.in_tail - 1;
    enter_with_routes(D);
    read_all(C);
    read_all(B);
    for (unsigned slot = B; slot <= C; slot++) {
        unsigned n = diary.count[slot] - 1;

        post_lines(slot, id_of(A), 20, FLAG_REPLY, 1)->w[0] = diary.got[slot][n].w0;
        post_line(slot, TO(A), 21, 0)->w[1] = slot;
        enter_with_routes(slot);
    }
    read_all(E);
    bury(E);
    read_all(A);
    read_all(D);
    check_mailboxes();
}

static void killed_once_or_twice_nothing_is_lost_doubled_or_reordered(void **state)
{
    (void)state;
    struct diary without;
    unsigned first, second, runs = 0;

    live(0, 0);
    without = diary;
    assert_int_equal(without.count[A], 1 + 2 + 2 + 2); /* stats, replies, mail, notices */
    for (first = 1, was_killed = true; was_killed; first++)
        for (second = 0; second < 40; second++, runs++) {
            live(first, second);
            if (memcmp(&diary, &without, sizeof diary) != 0)
                fail_msg("killed at commit point %u, again after %u: it was not the same", first,
                         second);
        }
    assert_true(first > 50);
    print_message("%u runs, %u commit points\n", runs, first - 2);
}

static void recovery_twice_does_no_harm(void **state)
{
    (void)state;
    live(0, 0);
    struct mailbox before[TASKS];

    restart_router(0);
    memcpy(before, window, sizeof before);
    restart_router(0);
    assert_memory_equal(before, window, sizeof before);
}

static void who_has_something_to_post_is_told(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 4, 1, 0);
    call(A, GATE_POST, 0);
    post_line(B, 4, 1, 0);
    post_line(C, 4, 1, 0);
    window[A].in.watches = 1;
    restart_router(0);
    assert_true(pending(A, SIGNAL_RESTART));
    assert_false(pending(B, SIGNAL_RESTART));
    assert_false(pending(A, SIGNAL_HELD));
    assert_true(pending(B, SIGNAL_HELD));
    assert_false(pending(C, SIGNAL_HELD)); /* it never entered the router: its first call will do */
}

static void an_entry_that_kills_three_times_is_poisoned(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 4, 1, 0);
    for (unsigned i = 0; i < 3; i++) {
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
        kill_at = 1; /* before the commit */
        assert_true(call(A, GATE_POST, 0).killed);
        restart_router(A);
        assert_int_equal(window[A].in.held.kills, i + 1);
    }
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    for (unsigned i = 0; i < 2; i++) {
        assert_false(call(A, GATE_POST_WAIT, 0).parked);
        assert_int_equal(held(A), STATUS_POISONED);
        assert_int_equal(unread(B), 0);
        restart_router(0);
    }
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    window[A].outbox[0].peer = HANDLE_VOID;
    post_line(A, 4, 2, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_OK);
    assert_int_equal(take(B)->tag, 2);
}

/* So no run of plain lines is blamed on its first one. */
static void kills_are_forgotten_with_their_entry(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 4, 1, 0);
    post_line(A, 4, 2, 0);
    kill_at = 1;
    assert_true(call(A, GATE_POST, 0).killed);
    restart_router(A);
    assert_int_equal(window[A].in.held.kills, 1);
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    call(A, GATE_POST, 0);
    assert_int_equal(unread(B), 2);
    assert_int_equal(window[A].in.held.kills, 0);
}

/* Killed twice, voided, and a third death before that is
 * forgotten: the next entry has killed once. */
static void an_entry_does_not_inherit_kills(void **state)
{
    (void)state;
    static const unsigned at[] = {1, 1, 2, 1};

    world_make();
    post_line(A, 4, 1, 0);
    for (unsigned i = 0; i < 4; i++) {
        if (i == 2) {
            window[A].outbox[0].peer = HANDLE_VOID;
            post_line(A, 4, 2, 0);
        }
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
        kill_at = at[i];
        assert_true(call(A, GATE_POST, 0).killed);
        assert_int_equal(window[A].in.out_head, i < 2 ? 0 : 1);
        restart_router(i == 2 ? 0 : A);
    }
    assert_int_equal(window[A].in.held.kills, 1);
    assert_int_equal(held(A), STATUS_OK);
}

static void kills_without_an_entry_blame_nobody(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    for (unsigned i = 0; i < 5; i++)
        restart_router(A);
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 4, 2, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(take(B)->tag, 2);
}

/* It has left, but the router died before it said so in the
 * held slot: what comes next is not refused. */
static void an_old_refusal_is_not_the_next_entrys(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, RIGHT_NOTIFY);
    post_line(A, 4, 1, 0);
    post_line(A, 4, 2, 0);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_DENIED);
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    kill_at = 4; /* right after the commit */
    assert_true(call(A, GATE_POST, 0).killed);
    restart_router(A);
    assert_int_equal(window[A].in.out_head, 1);
    assert_int_equal(held(A), STATUS_OK);
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    call(A, GATE_POST, 0);
    assert_int_equal(take(B)->tag, 1);
    assert_int_equal(take(B)->tag, 2);
}

/* Its second line is addresses that a task chose, and says nothing of what is to be settled. */
static void the_last_line_of_a_long_ask_is_no_message(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS | RIGHT_GRANT);
    for (unsigned i = 0; i < 8; i++)
        window[A].out.extents[i] = (struct extent){(uint32_t)(FLAG_GRANT | FLAG_CALL) << 24, 1};
    post_line(A, 4, 1, FLAG_GRANT)->w[3] = EXTENT_LIST | 8;
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_MOVE);
    memset(&window[0], 77, sizeof window[0]); /* in the guest nothing is mapped there */
    restart_router(0);
    for (unsigned i = 0; i < sizeof window[0]; i++)
        assert_int_equal(((const uint8_t *)&window[0])[i], 77);
}

static void a_mailbox_that_contradicts_itself_is_set_aside(void **state)
{
    (void)state;
    static const struct call wrong[] = {
        {TASK_ID(B, 1), 0, 5, 1}, /* another place's slot */
        {TASK_ID(B, 1), 0, 0, 0},
        {TASK_ID(B, 1), 0, 0, MAX_LINES + 1},
        {TASK_ID(TASKS, 1), 0, 0, 1},
    };

    for (unsigned i = 0; i < 5; i++) {
        world_make();
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
        set_route(B, 4, id_of(A), 0, ALL_RIGHTS);
        post_line(A, 4, 1, FLAG_CALL);
        post_line(B, 4, 1, 0);
        call(A, GATE_POST, 0);
        call(B, GATE_POST, 0);
        post_line(A, 4, 2, 0);
        if (i < 4)
            window[A].in.ledger[0] = wrong[i];
        else
            window[A].in.abi = 0xFFFF;
        window[A].in.watches = 1;
        see(A);
        restart_router(0);
        assert_int_equal(held(A), STATUS_RESET);
        assert_int_equal(held(B), STATUS_OK);
        assert_true(pending(A, SIGNAL_HELD));
        assert_true(window[A].in.watches);
        check_mailboxes();
        call(A, GATE_POST, 0); /* as the library does after RESTARTED: it is told nevertheless */
        assert_int_equal(held(A), STATUS_RESET);
        assert_int_equal(window[A].in.held.index + 1, window[A].out.out_tail);
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
        set_route(B, 4, id_of(A), 0, ALL_RIGHTS);
        post_line(A, 4, 3, 0);
        post_line(B, 4, 4, 0);
        call(A, GATE_POST, 0);
        call(B, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_OK);
        assert_int_equal(take(B)->tag, 1); /* what was delivered before stays */
        assert_int_equal(take(B)->tag, 3);
        assert_int_equal(take(A)->tag, 1);
        assert_int_equal(take(A)->tag, 4);
    }
}

/* As after 2^32 lines, less or more: a task moves its own head by voiding, in a minute. */
static void void_lines(unsigned slot, uint32_t lines)
{
    window[slot].out.out_tail += lines;
    window[slot].in.out_head = window[slot].in.record.next = window[slot].out.out_tail;
}

/*
 * The thief's last message has a second line that looks like a call of the victim. Its head comes
 * round to one line before the message's end, and the router dies: the fence must not become the
 * server of the victim's open call.
 */
static void an_index_that_comes_round_settles_nothing(void **state)
{
    (void)state;
    for (uint32_t off = 0; off <= 64; off++) {
        world_make();
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS); /* A: the victim; B: its server */
        set_route(D, 4, id_of(C), 0, RIGHT_SEND); /* D: the thief; C: the accomplice */
        post_line(A, 4, 1, FLAG_CALL);
        call(A, GATE_POST, 0);
        post_lines(D, 4, 1, 0, 2);
        window[D].outbox[1] = (struct line){.peer = id_of(A), .lines = 1, .flags = FLAG_CALL};
        call(D, GATE_POST, 0);
        assert_int_equal(unread(C), 2);
        void_lines(D, 0u - off);
        restart_router(0);
        assert_int_equal(window[A].in.ledger[0].server, id_of(B));
        assert_int_equal(window[D].in.out_head, window[D].out.out_tail);
        check_mailboxes();
    }
}

/* The same by real voids, 128 lines each: what is above has no word of its own wrong. */
static void voids_leave_the_record_at_rest(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 3; at++) {
        world_make();
        set_route(B, 4, id_of(C), 0, ALL_RIGHTS);
        post_line(B, 4, 1, 0);
        call(B, GATE_POST, 0);
        for (unsigned i = 0; i < 1000; i++) {
            window[B].outbox[window[B].out.out_tail & 127] = (struct line){.lines = 128};
            window[B].out.out_tail += 128;
            call(B, GATE_POST, 0);
            check_mailboxes();
        }
        assert_int_equal(window[B].in.out_head, 1 + 128000);
        window[B].outbox[1] = (struct line){.lines = 128};
        window[B].out.out_tail += 128;
        kill_at = at;
        if (call(B, GATE_POST, 0).killed)
            restart_router(0);
        check_mailboxes();
    }
}

/* A head that passes a void entry: wherever the router dies, the record names no receiver then. */
static void a_head_that_passes_names_nobody(void **state)
{
    bool killed = true;
    unsigned between = 0;

    (void)state;
    for (unsigned at = 1; killed; at++) {
        world_make();
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
        post_line(A, 4, 1, 0);
        call(A, GATE_POST, 0);
        assert_int_equal(window[A].in.record.dest, id_of(B));
        post_line(A, HANDLE_VOID, 0, 0);
        kill_at = at;
        killed = call(A, GATE_POST, 0).killed;
        if (window[A].in.record.next != window[A].in.out_head) {
            assert_int_equal(window[A].in.record.dest, ID_NOBODY);
            between++;
        }
    }
    assert_int_equal(between, 1);
}

/* A record that says too much: each of these is at rest afterwards, and moves nothing. */
static void a_record_is_believed_only_if_all_of_it_fits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        world_make();
        set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
        post_line(A, 4, 1, 0);
        call(A, GATE_POST, 0);
        window[A].in.record = (struct record){window[B].in.in_tail, id_of(B), 1 + 64, 0};
        switch (i) {
        case 0: break;
        case 1: window[A].in.record.next = 1 + 65; break; /* longer than its ring */
        case 2: window[A].in.record.next = 0; break;      /* backwards */
        case 3: window[A].in.record.dest = TASK_ID(B, 2); break;
        case 4: window[A].in.record.dest = ID_ROUTER; break;
        case 5: window[A].in.record.tail++; break;
        }
        window[A].out.out_tail = 1 + 64;
        restart_router(0);
        assert_int_equal(window[A].in.out_head, i == 0 ? 1 + 64 : 1);
        check_mailboxes();
    }
}

/* Only an open slot is handed on, and only by whom it names. */
static void a_closed_call_is_not_opened_again(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 4, 1, FLAG_CALL);
    call(A, GATE_POST, 0);
    ledger_hand_on(id_of(A), 0, id_of(C), id_of(D));
    assert_int_equal(window[A].in.ledger[0].server, id_of(B));
    ledger_hand_on(id_of(A), 64, id_of(B), id_of(D));
    assert_int_equal(window[A].in.ledger[0].server, id_of(B));
    post_line(B, id_of(A), 1, FLAG_REPLY);
    call(B, GATE_POST, 0);
    assert_int_equal(window[A].in.ledger[0].server, ID_NOBODY);
    ledger_hand_on(id_of(A), 0, id_of(B), id_of(D));
    assert_int_equal(window[A].in.ledger[0].server, ID_NOBODY);
}

/* 65,536 restarts bring the incarnation's low half back: rows of long ago are forgotten before. */
static void old_routes_do_not_come_back(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    post_line(A, 4, 1, 0);
    nano_page.incarnation = 0xFFFF;
    restart_router(0);
    nano_page.incarnation += 0xFFFF;
    restart_router(0);
    nano_page.incarnation = 0x10000;
    restart_router(0);
    assert_int_equal((uint16_t)nano_page.incarnation, 1);
    call(A, GATE_POST, 0);
    assert_int_equal(held(A), STATUS_ROUTE);
}

/*
 * Killed meanwhile, it is set aside again: nothing is delivered twice, RESET is told. So too if
 * what was wrong has been mended before the kill.
 */
static void setting_aside_may_be_cut_short(void **state)
{
    (void)state;
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        bool killed = true;

        for (unsigned at = 1; killed; at++) {
            world_make();
            set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
            set_route(B, 4, id_of(A), 0, ALL_RIGHTS);
            post_line(B, 4, 7, 0);
            post_line(B, 4, 8, 0);
            call(B, GATE_POST, 0);
            post_line(A, 4, 1, 0);
            call(A, GATE_POST, 0);
            take(A);
            window[A].in.held.ask = 9;
            if (wrong == 0)
                window[A].in.abi = 0xFFFF;
            else
                window[A].in.out_head = window[A].in.record.next = 1000;
            see(A);
            kill_at = at;
            killed = restart_router(0).killed;
            while (restart_router(0).killed)
                ;
            assert_int_equal(held(A), STATUS_RESET);
            assert_true(pending(A, SIGNAL_HELD));
            assert_int_equal(window[A].in.held.ask, 9);
            assert_int_equal(take(A)->tag, 8);
            assert_int_equal(unread(A), 0);
            set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
            call(A, GATE_POST, 0);
            assert_int_equal(unread(B), 1);
            check_mailboxes();
        }
    }
}

/* A flipped bit in either head: told, and not waited on for ever. */
static void heads_more_than_a_ring_apart_are_told(void **state)
{
    (void)state;
    for (unsigned bit = 7; bit < 32; bit++)
        for (unsigned which = 0; which < 3; which++) {
            world_make();
            set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
            set_route(B, 4, id_of(A), 0, ALL_RIGHTS);
            post_line(B, 4, 7, 0);
            call(B, GATE_POST, 0);
            post_line(A, 4, 1, 0);
            if (which == 2)
                window[A].in.in_tail ^= 1u << bit;
            else
                window[A].in.out_head ^= 1u << bit;
            if (which == 0)
                call(A, GATE_POST, 0);
            else
                restart_router(0);
            assert_int_equal(held(A), STATUS_RESET);
            assert_true(pending(A, SIGNAL_HELD));
            assert_int_equal(window[A].in.out_head, window[A].out.out_tail);
            assert_true(unread(A) <= directory[A].in_mask + 1);
            check_mailboxes();
        }
}

/* What the router remembers of routes and of who waits is a cache: it may all be wrong. */
static void its_own_memory_may_be_damaged(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte += 85) {
        world_make();
        set_route(A, 4, id_of(C), 0, ALL_RIGHTS);
        for (unsigned i = 0; i < 40; i++)
            post_line(A, 4, 1, 0);
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_FULL);
        memset(&route_cache[1], (int)byte, (TASKS - 1) * sizeof *route_cache);
        restart_router(0);
        assert_int_equal(window[C].in.room_wanted, 0);
        for (unsigned slot = 1; slot < TASKS; slot++)
            assert_true(lane_of(slot)->tags == 0 && waiting_of(slot)->at == 0);
        set_route(A, 4, id_of(C), 0, ALL_RIGHTS);
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_FULL);
        window[C].out.in_head = window[C].in.in_tail;
        call(C, GATE_POST, 0);
        call(A, GATE_POST, 0);
        assert_int_equal(held(A), STATUS_OK);
    }
}

/* `self` alone is damaged: the mailbox is taken up again, and has lost nothing. */
static void a_damaged_name_loses_nothing(void **state)
{
    (void)state;
    world_make();
    set_route(A, 4, id_of(B), 0, ALL_RIGHTS);
    set_route(B, 4, id_of(A), 0, ALL_RIGHTS);
    post_line(A, 4, 1, FLAG_CALL);
    call(A, GATE_POST, 0);
    post_line(B, 4, 7, 0);
    call(B, GATE_POST, 0);
    window[A].in.self ^= 1;
    restart_router(0);
    call(A, GATE_POST, 0);
    assert_int_equal(take(A)->tag, 7);
    post_line(B, id_of(A), 1, FLAG_REPLY);
    call(B, GATE_POST, 0);
    assert_int_equal(take(A)->tag, 1);
    check_mailboxes();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_once_or_twice_nothing_is_lost_doubled_or_reordered),
        cmocka_unit_test(recovery_twice_does_no_harm),
        cmocka_unit_test(who_has_something_to_post_is_told),
        cmocka_unit_test(an_entry_that_kills_three_times_is_poisoned),
        cmocka_unit_test(kills_are_forgotten_with_their_entry),
        cmocka_unit_test(an_entry_does_not_inherit_kills),
        cmocka_unit_test(kills_without_an_entry_blame_nobody),
        cmocka_unit_test(an_old_refusal_is_not_the_next_entrys),
        cmocka_unit_test(the_last_line_of_a_long_ask_is_no_message),
        cmocka_unit_test(a_mailbox_that_contradicts_itself_is_set_aside),
        cmocka_unit_test(an_index_that_comes_round_settles_nothing),
        cmocka_unit_test(voids_leave_the_record_at_rest),
        cmocka_unit_test(a_head_that_passes_names_nobody),
        cmocka_unit_test(a_record_is_believed_only_if_all_of_it_fits),
        cmocka_unit_test(a_closed_call_is_not_opened_again),
        cmocka_unit_test(old_routes_do_not_come_back),
        cmocka_unit_test(setting_aside_may_be_cut_short),
        cmocka_unit_test(heads_more_than_a_ring_apart_are_told),
        cmocka_unit_test(its_own_memory_may_be_damaged),
        cmocka_unit_test(a_damaged_name_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
