/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A registrar that dies is replaced, and everybody goes on: open handles lead where they led,
 * revoked and closed ones stay so, new ones can be opened, what the dead one was asked the next one
 * answers. It is killed idle, and with each kind of request in its inbox: main posts the request
 * and the KILL at once, and the pager is more important than the registrar.
 */
#include "peer.h"
#include "tap.h"

static uint32_t pager, registrar, echo, gone, closed, client;

/* The id of the task of that name; 0: it is not up now. */
static uint32_t id_of(const char *name)
{
    uint32_t w[POST_ANSWER] = {0, 1};

    while (post_ask(HANDLE_PAGER, TAG_PS, w, 2, w) == STATUS_OK) {
        if (strncmp((char *)&w[5], name, 24) == 0)
            return w[1];
        w[1] = TASK_SLOT(w[1]) + 1;
    }
    return 0;
}

/* Commits a call of the given words from w[1] on; it leaves with the next gate call. */
static uint32_t commit_call(uint32_t handle, uint16_t tag, const uint32_t words[3])
{
    static uint32_t cookie = 1000;
    struct line *line = post_slot_wait(1);

    post_address(line, handle, tag, 1, FLAG_CALL);
    line->badge = 1;
    line->cookie = ++cookie;
    memset(line->w, 0, sizeof line->w);
    memcpy(&line->w[1], words, 12);
    post_commit(1);
    return cookie;
}

/* The result of that call: w[1] of its reply, or what its death notice says. */
static enum status result_of(uint32_t cookie)
{
    const struct line *line;

    while ((line = post_next(post_in(5000)))) {
        bool mine = line->flags & FLAG_REPLY && line->cookie == cookie;
        enum status status = line->flags & FLAG_NOTIFY ? line->tag : line->w[1];

        post_done(line);
        if (mine)
            return status;
    }
    return STATUS_TIMEOUT;
}

/* Posts the call and a KILL of the registrar at once; both results. */
static enum status ask_and_kill(uint32_t handle, uint16_t tag, const uint32_t words[3])
{
    uint32_t victim = id_of("registrar");
    uint32_t asked = commit_call(handle, tag, words);
    uint32_t kill = commit_call(pager, TAG_KILL, (uint32_t[3]){0, victim});

    (void)kill; /* its reply is read on the way */
    return result_of(asked);
}

/* After each death of a registrar. */
static void all_goes_on(const char *when)
{
    uint32_t answer[POST_ANSWER];
    char name[NAME_BYTES];
    bool good = true;

    good &= tap_ok(peer_ask(echo, TAG_PING, 1, answer) == STATUS_OK, "%s: an open handle", when);
    good &= post_send(gone, TAG_PING, NULL, 0) == STATUS_REVOKED;
    good &= post_open("gone") == -STATUS_REVOKED;
    enum status status = post_send(closed, TAG_PING, NULL, 0);
    good &= status == STATUS_NO_ROUTE || status == STATUS_REVOKED;
    tap_ok(good, "%s: what was revoked or closed stays so", when);
    tap_ok(post_name_of(post_self(), name) == STATUS_OK && strcmp(name, "main") == 0 &&
               post_open("echo") == (int)echo,
           "%s: names and open routes are the same", when);
    int fresh = post_open("late");
    tap_ok(fresh > 0 && post_close(fresh) == STATUS_OK, "%s: a route is opened and closed", when);

    post_sleep(20); /* the client is less important */
    good = peer_ask(client, 1, 0, answer) == STATUS_OK && answer[2] == STATUS_OK && answer[1] > 0;
    tap_ok(good, "%s: a client has used %u routes; what went wrong: %s", when, answer[1],
           post_status_text(answer[2]));
}

static void with_requests(void)
{
    uint32_t open[3] = {0}, late;

    memcpy(&open[1], "late", 4);
    tap_status(ask_and_kill(HANDLE_REGISTRAR, TAG_OPEN, open), STATUS_DEAD,
               "a registrar dies with OPEN in its inbox");
    all_goes_on("OPEN");
    tap_status(ask_and_kill(registrar, TAG_REVOKE, (uint32_t[3]){0, post_self(), echo}),
               STATUS_DEAD, "one dies with REVOKE in its inbox");
    all_goes_on("REVOKE");
    late = tap_open("late");
    tap_status(ask_and_kill(HANDLE_REGISTRAR, TAG_CLOSE, (uint32_t[3]){0, late}), STATUS_DEAD,
               "one dies with CLOSE in its inbox");
    post_close(late);
    all_goes_on("CLOSE");
}

/* The first use of a handle asks the registrar: who dies, and the next one is asked again. */
static void with_a_held_entry(void)
{
    uint32_t first = id_of("registrar"), second;
    uint32_t late = tap_open("late"), answer[POST_ANSWER];

    peer_spawn(pager, "late");
    uint32_t kill = commit_call(pager, TAG_KILL, (uint32_t[3]){0, first});
    uint32_t ping = commit_call(late, TAG_PING, (uint32_t[3]){STATUS_OK, 7});

    (void)kill;
    tap_status(result_of(ping), STATUS_OK, "an entry that is held for a route is answered");
    second = id_of("registrar");
    tap_ok(second && second != first, "by the next registrar");
    answer[0] = 0;
    tap_status(peer_ask(late, TAG_PING, 1, answer), STATUS_OK, "and its handle works");
    post_close(late);
    all_goes_on("a held entry");
}

int main(void)
{
    uint32_t w[POST_ANSWER] = {0};

    tap_open("console"); /* so that no later handle is that of post_printf */
    pager = tap_open("pager");
    registrar = tap_open("registrar");
    echo = tap_open("echo");
    gone = tap_open("gone");
    client = tap_open("client");
    closed = tap_open("router");
    tap_status(post_close(closed), STATUS_OK, "a route is closed");
    w[1] = post_self(), w[2] = gone;
    tap_status(post_ask(registrar, TAG_REVOKE, w, 3, w), STATUS_OK, "one is revoked");
    all_goes_on("before");

    w[0] = 0, w[1] = id_of("registrar");
    tap_status(post_ask(pager, TAG_KILL, w, 2, w), STATUS_OK, "an idle registrar is killed");
    all_goes_on("idle");
    with_requests();
    with_a_held_entry();

    /* From the sixth death on the next one is put off; what comes meanwhile waits. */
    for (unsigned i = 6; i <= 8; i++) {
        uint32_t begin = post_now();

        w[0] = 0, w[1] = id_of("registrar");
        tap_status(post_ask(pager, TAG_KILL, w, 2, w), STATUS_OK, "one more dies");
        tap_ok(post_open("echo") == (int)echo, "an open route waits for the next one");
        tap_ok(post_now() - begin >= 50u << (i - 6), "which came after %u ms", post_now() - begin);
        all_goes_on("put off");
    }
    w[0] = 0;
    tap_ok(post_ask(pager, TAG_CHECK, w, 1, w) == STATUS_OK && w[1] == 0, "nano's invariants hold");
    tap_end();
}
