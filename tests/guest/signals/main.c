/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals: a message with nothing but a recipient. It needs no room, is never lost, may stand for
 * several, and is refused where the route does not allow it. `watcher` (watcher.c) tells what it
 * saw.
 */
#include "peer.h"
#include "tap.h"
#include "watcher.h"

static uint32_t watcher;

/* Which user signals the watcher saw since the last question. */
static uint32_t seen(void)
{
    uint32_t answer[POST_ANSWER];
    return peer_ask(watcher, TAG_SEEN, 0, answer) == STATUS_OK ? answer[1] : ~0u;
}

static void one_by_one(void)
{
    bool good = true;

    for (unsigned n = 0; n < 16; n++) {
        good &= post_notify(watcher, n) == STATUS_OK;
        post_sleep(2);
        good &= seen() == SIGNAL_USER << n;
    }
    tap_ok(good, "each of the sixteen signals arrives alone");
}

static void together(void)
{
    uint32_t answer[POST_ANSWER], lines = post_own->in.in_tail;

    peer_ask(watcher, TAG_SLEEP, 60, answer);
    bool good = true;
    for (unsigned round = 0; round < 10; round++)
        for (unsigned n = 0; n < 16; n++)
            good &= post_notify(watcher, n) == STATUS_OK;
    tap_ok(good, "160 signals to a task that does not look need no room");
    post_sleep(80);
    tap_is(seen(), 0xFFFFu * SIGNAL_USER, "all of the sixteen are seen");
    post_sleep(10);
    tap_is(seen(), 0, "and not again");
    tap_ok(post_own->in.in_tail - lines >= 3, "only replies came to this inbox");
}

/* Signals pass an inbox that has no room for a line. */
static void full(void)
{
    uint32_t answer[POST_ANSWER];
    enum status status = STATUS_OK;

    peer_ask(watcher, TAG_SLEEP, 100, answer);
    for (unsigned i = 0; i < 200 && status == STATUS_OK; i++)
        status = post_send_until(watcher, TAG_MAIL, NULL, 0, post_in(5));
    tap_status(status, STATUS_FULL, "the watcher's inbox is full");
    tap_status(post_notify(watcher, 9), STATUS_OK, "a signal is delivered all the same");
    post_sleep(150);
    tap_is(seen(), SIGNAL_USER << 9, "and seen");
}

/* Ping-pong by signals alone: a lost one would stop it. */
static void ping_pong(void)
{
    uint32_t answer[POST_ANSWER], rounds = 0;

    peer_ask(watcher, TAG_ECHO, 1000, answer);
    for (; rounds < 1000; rounds++) {
        uint32_t end = post_in(2000), got = 0;
        if (post_notify(watcher, 0) != STATUS_OK)
            break;
        while (!(got & SIGNAL_USER) && !post_passed(end))
            got = post_wait(end);
        if (!(got & SIGNAL_USER))
            break;
    }
    tap_is(rounds, 1000, "a thousand signals there and back, none lost");
}

int main(void)
{
    watcher = tap_open("watcher");
    one_by_one();
    together();
    full();
    ping_pong();
    tap_status(post_notify(tap_open("deaf"), 1), STATUS_DENIED,
               "a route without the right to notify refuses");
    tap_end();
}
