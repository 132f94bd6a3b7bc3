/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: a task reaches whom the policy names, with the badge, rights and tags that it
 * gives, and nobody else. `witness` (witness.c) tells as whom it saw this task.
 */
#include "peer.h"
#include "tap.h"

#define TAG_WHO 100 /* CALL -> w2 the peer, w3 the badge that the witness saw */

static void names(void)
{
    tap_is(-post_open("nobody-of-that-name"), STATUS_NO_SUCH, "a name that nobody has");
    tap_is(-post_open("secret"), STATUS_DENIED, "a task that the policy does not allow");
    tap_status(post_send(HANDLES - 1, TAG_PING, NULL, 0), STATUS_NO_ROUTE,
               "a handle that was never given");
    struct post_message nobodys[2] = {{.handle = HANDLE_VOID},
                                      {.handle = HANDLE_VOID, .bytes = 8, .data = "nobody's"}};
    tap_status(post_send(HANDLE_VOID, TAG_PING, NULL, 0), STATUS_NO_ROUTE,
               "handle 0, which is nobody's");
    tap_status(post_notify(HANDLE_VOID, 1), STATUS_NO_ROUTE, "a signal to nobody");
    tap_status(post_call(HANDLE_VOID, TAG_PING, NULL, 0, NULL, 0, NULL, POST_FOREVER),
               STATUS_NO_ROUTE, "a call to nobody");
    tap_status(post_batch(nobodys, 2), STATUS_NO_ROUTE, "a batch to nobody");
    tap_is(nobodys[1].status, STATUS_NO_ROUTE, "told of each");
    tap_status(post_send(HANDLES, TAG_PING, NULL, 0), STATUS_NO_ROUTE, "a handle beyond the last");
    tap_status(post_send(0x80000000u, TAG_PING, NULL, 0), STATUS_NO_ROUTE, "a huge handle");
}

static void badges(void)
{
    uint32_t answer[POST_ANSWER] = {0}, witness = tap_open("witness");

    tap_status(peer_ask(witness, TAG_WHO, 0, answer), STATUS_OK, "an allowed call");
    tap_is(answer[1], post_self(), "the witness saw this task's id");
    tap_is(answer[2], 77, "and the badge of the policy");

    struct line *line = post_slot_wait(1);
    post_address(line, witness, TAG_WHO, 1, FLAG_CALL);
    line->badge = 1;
    line->cookie = 5;
    post_commit(1);
    const struct line *reply = post_next(post_in(1000));
    tap_ok(reply && reply->w[3] == 77, "a badge of the sender's own choice is not believed");
    if (reply)
        post_done(reply);
}

static void rights(void)
{
    uint32_t answer[POST_ANSWER], mute = tap_open("mute"), narrow = tap_open("narrow");

    tap_status(post_send(mute, TAG_WHO, NULL, 0), STATUS_OK, "sending is allowed");
    tap_status(peer_ask(mute, TAG_WHO, 0, answer), STATUS_DENIED,
               "calling, without the right, is not");
    tap_status(post_notify(mute, 0), STATUS_DENIED, "nor notifying");
    tap_status(peer_ask(narrow, TAG_WHO, 0, answer), STATUS_OK, "a tag within the range");
    tap_status(peer_ask(narrow, TAG_WHO + 1, 0, answer), STATUS_DENIED, "a tag above it");
    tap_status(peer_ask(narrow, TAG_WHO - 1, 0, answer), STATUS_DENIED, "a tag below it");
}

static void endings(void)
{
    uint32_t registrar = tap_open("registrar"), witness = tap_open("witness"), answer[POST_ANSWER];

    tap_status(peer_ask(witness, TAG_WHO, 0, answer), STATUS_OK, "a second route to the witness");
    answer[0] = 0;
    answer[1] = post_self();
    answer[2] = witness;
    tap_status(post_ask(registrar, TAG_REVOKE, answer, 3, answer), STATUS_OK, "it is revoked");
    tap_status(post_send(witness, TAG_WHO, NULL, 0), STATUS_REVOKED,
               "the very next message is refused");
    tap_ok(tap_open("echo") != HANDLE_VOID, "other routes can still be opened");

    uint32_t echo = tap_open("echo");
    tap_status(peer_ask(echo, TAG_PING, 0, answer), STATUS_OK, "a route that will be given back");
    tap_status(post_close(echo), STATUS_OK, "it is closed");
    enum status status = post_send(echo, TAG_PING, NULL, 0);
    tap_ok(status == STATUS_NO_ROUTE || status == STATUS_REVOKED, "its handle leads nowhere");

    /* Which is also the one that post_printf uses. */
    tap_status(post_close(tap_open("console")), STATUS_OK, "the console's route is closed");
    tap_status(post_printf("# printed after that\n"), STATUS_OK, "and opened again to print");
    post_close(tap_open("console"));
    tap_status(post_drain(POST_FOREVER), STATUS_OK, "and to wait for what was printed");

    /* Handles are few: closing must free them. */
    bool good = true;
    for (unsigned i = 0; i < 200; i++) {
        int handle = post_open("echo");
        good &= handle > 0 && peer_ask(handle, TAG_PING, i, answer) == STATUS_OK &&
                post_close(handle) == STATUS_OK;
    }
    tap_ok(good, "200 routes opened, used and closed");
}

/* Without badge 1 the registrar and the pager do nothing for others. */
static void control(void)
{
    uint32_t answer[POST_ANSWER] = {0, post_self(), HANDLE_FIRST};

    tap_status(post_ask(HANDLE_REGISTRAR, TAG_REVOKE, answer, 3, answer), STATUS_DENIED,
               "revoking without control of the registrar is denied");
    answer[0] = 0;
    answer[1] = post_self();
    tap_status(post_ask(HANDLE_PAGER, TAG_KILL, answer, 2, answer), STATUS_DENIED,
               "killing without control of the pager is denied");
}

int main(void)
{
    names();
    badges();
    rights();
    endings();
    control();
    tap_end();
}
