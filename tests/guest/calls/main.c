/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls and replies: a reply comes once, to its call, in any order; room for it is kept when
 * the inbox is full; the death of a server is a reply too; replies that nobody waits for are
 * refused. The servers are server.c, started as `server`, `second` and `mortal`.
 */
#include "peer.h"
#include "server.h"
#include "tap.h"

static uint32_t server;

static void plain(void)
{
    uint32_t words[12], back[12], answer[POST_ANSWER];
    unsigned got = 0;
    bool same = true;

    for (unsigned i = 0; i < 11; i++)
        words[i] = 0x1000 + i;
    tap_status(post_call(server, TAG_PING, words, 44, back, 44, &got, post_in(1000)), STATUS_OK,
               "a call is answered");
    for (unsigned i = 0; i < 11; i++)
        same &= back[i] == words[i];
    tap_ok(got == 44 && same, "with the words that it sent");
    tap_is(post_own->in.open_calls, 0, "no call is open afterwards");
    static uint32_t page[PAGE_SIZE / 4];
    tap_status(post_call(server, TAG_PING, words, 44, page, sizeof page, NULL, post_in(1000)),
               STATUS_OK, "a call with room for more than a reply can be");

    unsigned good = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        words[0] = i;
        good += post_call(server, TAG_PING, words, 44, back, 44, NULL, POST_FOREVER) == STATUS_OK &&
                back[0] == i;
    }
    tap_is(good, 1000, "a thousand calls, each with its own answer");
    tap_status(peer_ask(server, TAG_NO_ANSWER, 0, answer) == STATUS_OK ? STATUS_BAD : STATUS_OK,
               STATUS_OK, "a request that the server refuses is refused");
}

static void long_replies(void)
{
    static uint8_t reply[MAX_INLINE - 4];
    uint32_t words[2] = {0, MAX_LINES}, answer[POST_ANSWER];
    unsigned got = 0;

    tap_status(post_call(server, TAG_LINES, words, 8, reply, sizeof reply, &got, post_in(1000)),
               STATUS_OK, "a reply of 32 lines");
    tap_is(got, MAX_INLINE - 4, "comes whole");
    words[1] = 2;
    tap_status(post_call(server, TAG_LINES, words, 8, reply, 8, &got, post_in(200)), STATUS_TIMEOUT,
               "a reply longer than reserved does not come");
    tap_status(peer_ask(server, TAG_TOLD, 0, answer), STATUS_OK, "the server lives");
}

/* Two calls in place; the server keeps the first until it has answered the second. */
static void out_of_order(void)
{
    uint32_t cookies[2] = {0, 0};

    for (uint32_t i = 0; i < 2; i++) {
        struct line *line = post_slot_wait(1);
        post_address(line, server, i ? TAG_SECOND : TAG_FIRST, 1, FLAG_CALL);
        line->badge = 1;
        line->cookie = 70 + i;
        post_commit(1);
    }
    for (unsigned i = 0; i < 2; i++) {
        const struct line *line = post_next(post_in(1000));
        if (!line)
            break;
        cookies[i] = line->cookie;
        post_done(line);
    }
    tap_ok(cookies[0] == 71 && cookies[1] == 70, "replies come in the order of the server");
}

/* The inbox is stuffed by another task while the reply is under way. */
static void reserved_room(void)
{
    uint32_t stuffer = tap_open("second"), words[POST_ANSWER];
    struct line *line = post_slot_wait(1);
    uint32_t mail = 0, replies = 0, reserved = post_own->in.reserved;

    post_address(line, server, TAG_SLOW, 1, FLAG_CALL);
    line->badge = 1;
    line->cookie = 99;
    line->w[2] = 200;
    post_commit(1);
    post_flush();
    tap_is(post_own->in.reserved, reserved + 1, "a line is reserved for the reply");
    post_send(stuffer, TAG_STUFF, (uint32_t[]){0, 0}, 8);
    post_sleep(400);
    while ((int32_t)(post_own->in.in_tail - post_own->out.in_head) > 0) {
        const struct line *next = post_next(POST_FOREVER);
        if (next->flags & FLAG_REPLY && next->cookie == 99)
            replies++;
        else
            mail++;
        post_done(next);
    }
    tap_is(replies, 1, "the reply found room in an inbox that others had filled");
    post_printf("# beside %u lines of mail\n", mail);
    while (peer_ask(stuffer, TAG_STOP, 0, words) != STATUS_OK)
        ;
    for (const struct line *next; (next = post_next(post_in(50)));)
        post_done(next);
    tap_is(post_own->in.reserved, reserved, "and no longer afterwards");
}

static void death(void)
{
    uint32_t pager = tap_open("pager"), id = peer_spawn(pager, "mortal"), words[3] = {0};
    uint32_t mortal = tap_open("mortal"), open = post_own->in.open_calls;

    tap_ok(id != 0, "a server that will die is started");
    tap_status(post_call(mortal, TAG_DIE, words, 12, words, 12, NULL, post_in(2000)), STATUS_DEAD,
               "its death answers the call that killed it");
    tap_is(peer_exit_code(pager, id), 7, "its exit code is known");
    tap_status(post_call(mortal, TAG_PING, words, 12, words, 12, NULL, post_in(2000)), STATUS_DEAD,
               "a call to the dead is refused");
    tap_is(post_own->in.open_calls, open, "and leaves nothing open");
}

/* Replies that answer nothing. */
static void forged(void)
{
    uint32_t answer[POST_ANSWER];

    struct post_caller nobody = {post_self(), 12345, 1, TAG_PING};
    post_answer(&nobody, STATUS_OK);
    tap_status(post_flush(), STATUS_NO_CALL, "a reply to a call that is not open is refused");
    tap_ok(post_next(post_in(20)) == NULL, "and not delivered");
    tap_status(peer_ask(server, TAG_TWICE, 0, answer), STATUS_OK, "a call that is answered twice");
    tap_ok(post_next(post_in(100)) == NULL, "brings one reply");
    tap_status(peer_ask(server, TAG_TOLD, 0, answer), STATUS_OK, "the server is asked");
    tap_is(answer[1], STATUS_NO_CALL, "and was refused: no such call");
}

/* More calls than the ledger has slots: the rest waits, and is delivered later. */
static void ledger(void)
{
    unsigned calls = post_own->in.out_mask + 1, answered = 0, open = post_own->in.open_calls;

    for (unsigned i = 0; i < calls; i++) {
        struct line *line = post_slot_wait(1);
        post_address(line, server, TAG_SLOW, 1, FLAG_CALL);
        line->badge = 1;
        line->cookie = i;
        line->w[2] = 0;
        post_commit(1);
    }
    for (const struct line *line; answered < calls && (line = post_next(post_in(2000)));) {
        answered += !!(line->flags & FLAG_REPLY);
        post_done(line);
    }
    tap_is(answered, calls, "as many calls as the ledger has slots are all answered");
    tap_is(post_own->in.open_calls, open, "and none is open");
}

/* A call that is not answered: others must not suffer from it. */
static void unanswered(void)
{
    uint32_t words[3] = {0, 2}, answered = 0, lines = post_own->in.out_mask + 1;
    struct post_pending call;

    tap_is(post_own->in.open_calls, 0, "the call whose reply did not come is closed");
    post_begin(&call, server, TAG_LINES, words, sizeof words, words, sizeof words);
    tap_status(post_await(&call, post_in(100)), STATUS_TIMEOUT, "one is never answered");
    tap_is(post_own->in.open_calls, 1, "it is open");
    for (uint32_t i = 0; i < 2 * lines; i++)
        answered +=
            post_call(server, TAG_PING, words, 12, words, 12, NULL, post_in(500)) == STATUS_OK;
    tap_is(answered, 2 * lines, "it holds up none of the calls that come after it");
    post_cancel(&call);
    post_flush();
    tap_is(post_own->in.open_calls, 0, "once it is cancelled none is open");
}

/* Through `server` to `second`, whose answer comes straight back; the seal lasts all the way. */
static void forwarded(void)
{
    static uint8_t words[1000], back[1000];
    uint32_t answer[POST_ANSWER];
    unsigned got = 0;

    for (unsigned i = 0; i < sizeof words; i++)
        words[i] = i * 7;
    tap_status(post_call_sealed(server, TAG_PASS, words, sizeof words, back, sizeof back, &got,
                                post_in(1000)),
               STATUS_OK, "a call that is forwarded is answered, from seal to seal");
    tap_ok(got == sizeof back && memcmp(words, back, sizeof words) == 0, "with what was sent");
    tap_status(peer_ask(server, TAG_TOLD, 0, answer), STATUS_OK, "the server is asked");
    tap_is(answer[1], STATUS_OK, "and passed it on");
}

int main(void)
{
    server = tap_open("server");
    plain();
    ledger();
    out_of_order();
    reserved_room();
    death();
    forged();
    forwarded();
    long_replies();
    unanswered();
    tap_end();
}
