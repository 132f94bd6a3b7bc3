/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RESTART_ROUTER: whoever has the control badge may have the router restarted, and nobody else
 * notices. Mail that waits in an outbox, a call that is open and a task that is parked all come
 * through it; the requester has its answer; nano's report says that it was asked for. `clerk`
 * (clerk.c) counts mail, and restarts the router before it answers a call.
 */
#include <ringpost/pager_gate.h>
#include "clerk.h"
#include "peer.h"
#include "tap.h"

#define ROUNDS 50
#define BURST  90 /* lines: more than the clerk's inbox takes */

static uint32_t pager;

static enum status restart(uint32_t handle)
{
    uint32_t words[POST_ANSWER] = {0};
    return post_ask(handle, TAG_RESTART_ROUTER, words, 1, words);
}

/* The n-th report of the router's restarts; its w1 is the status. */
static enum status report(uint32_t n, uint32_t words[POST_ANSWER])
{
    memset(words, 0, POST_ANSWER * 4);
    words[1] = n;
    return post_ask(HANDLE_PAGER, TAG_RESTARTS, words, 2, words);
}

static uint32_t reports(void)
{
    uint32_t words[POST_ANSWER], n = 0;

    for (enum status status; (status = report(n, words)) == STATUS_OK || status == STATUS_NO_SUCH;)
        n++;
    return n;
}

static void asked_once(void)
{
    uint32_t words[POST_ANSWER];

    tap_status(restart(HANDLE_PAGER), STATUS_DENIED, "without the control badge it is refused");
    tap_is(reports(), 0, "and nothing was restarted");
    tap_status(restart(pager), STATUS_OK, "with it, the router is restarted and the answer comes");
    tap_status(report(0, words), STATUS_OK, "nano has a report of it");
    tap_ok(words[1] == FAULT_ASKED && !words[2] && !words[3] && !words[4],
           "which says that it was asked for, and blames nobody");
    tap_ok(words[6] != 0, "recovery was done when the pager went on");
    tap_is(reports(), 1, "it was one restart");
}

/* The clerk is less important: its inbox fills, and mail is held in the outbox meanwhile. */
static void mail(uint32_t clerk)
{
    uint32_t sent = 0, answer[POST_ANSWER];
    bool good = true;

    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < BURST; i++, sent++)
            good &= post_put(clerk, TAG_COUNT, (uint32_t[]){0, sent}, 8) == STATUS_OK;
        good &= restart(pager) == STATUS_OK;
    }
    tap_ok(good, "%u lines are posted and the router is restarted %u times meanwhile", sent,
           ROUNDS);
    good = peer_ask(clerk, TAG_COUNTED, 0, answer) == STATUS_OK;
    tap_is(answer[1], sent, "each arrives once, in order");
    tap_is(reports(), 1 + ROUNDS, "nano counts the restarts");
}

static void calls(uint32_t clerk)
{
    unsigned right = 0;

    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t answer[POST_ANSWER] = {0};
        right += peer_ask(clerk, TAG_RESTART_FIRST, i, answer) == STATUS_OK && answer[1] == i;
    }
    tap_is(right, ROUNDS, "calls that are open while the router is restarted have their answers");
    tap_is(reports(), 1 + 2 * ROUNDS, "and it was restarted in each");
}

int main(void)
{
    uint32_t clerk = tap_open("clerk"), words[POST_ANSWER] = {0};

    pager = tap_open("pager");
    asked_once();
    mail(clerk);
    calls(clerk);
    enum status status = post_ask(pager, TAG_CHECK, words, 1, words);
    tap_ok(status == STATUS_BAD_OP || (status == STATUS_OK && words[1] == 0),
           "nano's invariants hold (a release has no check)");
    tap_end();
}
