/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several calls out at the same time: 64 that are answered in a random order; half of them
 * cancelled; replies and cancels that cross, also over restarts of the router; mail between the
 * answers; servers that die; deadlines. Whatever happens, each call ends once, and no slot of the
 * ledger and no room is left behind. The servers are server.c, started as `server` and `mortal`.
 */
#include "peer.h"
#include "server.h"
#include "settings.h"
#include "tap.h"

#define CALLS 64

static struct post_pending calls[CALLS];
static uint32_t answers[CALLS];
static uint32_t server, pager;

static unsigned number_of(const struct post_pending *call) { return call - calls; }

/* Calls 0..n-1 are out: committed, and not posted. */
static unsigned begin(uint32_t to, unsigned n)
{
    unsigned good = 0;

    for (uint32_t i = 0; i < n; i++) {
        answers[i] = 0;
        good += post_begin(&calls[i], to, TAG_HOLD, &i, sizeof i, &answers[i], 4) == STATUS_OK;
    }
    return good;
}

static void go(uint32_t seed, uint32_t letters)
{
    post_put(server, TAG_GO, (uint32_t[]){seed, letters}, 8);
}

/* The server's counters since it was last asked. */
static const uint32_t *told(void)
{
    static uint32_t words[POST_ANSWER];
    post_ask(server, TAG_TOLD, words, 1, words);
    return words;
}

/* Takes all answers that come in time; how many were right, and each the only one to its call. */
static unsigned take_all(uint32_t deadline)
{
    struct post_pending *call;
    unsigned right = 0;

    while ((call = post_await_any(deadline))) {
        unsigned i = number_of(call);
        right += call->status == STATUS_OK && call->got == 4 && answers[i] == i * 3;
        answers[i] = ~0u;
    }
    return right;
}

static void nothing_left(const char *when)
{
    tap_ok(post_own->in.open_calls == 0 && post_own->in.reserved == 0, "nothing is left %s", when);
}

static void all_at_once(void)
{
    tap_is(begin(server, CALLS), CALLS, "64 calls are begun");
    tap_ok(post_flush() == STATUS_OK && post_own->in.open_calls == CALLS, "and are open together");
    tap_ok(!post_answered(&calls[0]) && post_await(&calls[1], post_now()) == STATUS_TIMEOUT,
           "none is answered yet");
    go(1, 0);
    tap_is(take_all(POST_FOREVER), CALLS, "each is answered, once, with its own answer");
    nothing_left("of them");
    begin(server, CALLS);
    go(2, 0);
    unsigned good = 0;
    for (unsigned i = CALLS; i-- > 0;)
        good += post_await(&calls[i], post_in(1000)) == STATUS_OK && answers[i] == i * 3;
    tap_is(good, CALLS, "64 more, awaited one by one in another order");
    tap_ok(post_await_any(POST_FOREVER) == NULL, "when none is out there is none to wait for");
    told();
}

/* `seed` says which. */
static unsigned cancel_some(uint32_t seed)
{
    unsigned cancelled = 0;

    for (unsigned i = 0; i < CALLS; i++)
        if (calls[i].state != POST_CALL_NONE && random_below(&seed, 2)) {
            post_cancel(&calls[i]);
            cancelled++;
        }
    return cancelled;
}

static void half_cancelled(void)
{
    begin(server, CALLS);
    tap_is(told()[1], CALLS, "the server has had all 64");
    unsigned cancelled = cancel_some(7);
    post_flush();
    tap_is(post_own->in.open_calls, CALLS - cancelled, "cancelled calls leave the ledger at once");
    go(3, 0);
    tap_is(take_all(POST_FOREVER), CALLS - cancelled, "the others are answered");
    const uint32_t *w = told();
    tap_is(w[2], cancelled, "it was told which are cancelled");
    tap_is(w[3], cancelled, "and gets no answer to one through");
    nothing_left("of the cancelled ones");
    begin(server, 8);
    cancel_some(0);
    for (unsigned i = 0; i < 8; i++)
        post_cancel(&calls[i]);
    tap_ok(post_flush() == STATUS_OK && told()[1] == 0,
           "what is cancelled before it is posted never leaves");
}

/* Some before the server is told to answer, some after, some while it does. */
static void crossing(void)
{
    uint32_t rounds = setting("ROUNDS"), seed = 11, wrong = 0, answered = 0, cancelled = 0;
    uint32_t kept = 0, ended = 0;

    for (uint32_t round = 0; round < rounds; round++) {
        unsigned n = 1 + random_below(&seed, CALLS), out = n;
        begin(server, n);
        if (random_below(&seed, 2))
            out -= cancel_some(seed);
        if (random_below(&seed, 4) == 0)
            post_flush();
        go(seed, 0);
        if (random_below(&seed, 2))
            post_flush();
        if (round % 8 == 0)
            peer_ask(pager, TAG_RESTART_ROUTER, 0, (uint32_t[POST_ANSWER]){0});
        for (unsigned i = random_below(&seed, 4); i > 0 && post_await_any(post_in(5)); i--)
            out--, answered++;
        out -= cancel_some(seed);
        unsigned right = take_all(POST_FOREVER);
        wrong += right != out;
        answered += right;
        cancelled += n - out;
        const uint32_t *w = told();
        kept += w[1];
        ended += w[3] + w[4];
        wrong += post_own->in.open_calls != 0 || post_own->in.reserved != 0;
        wrong += post_peek() != NULL;
    }
    tap_is(wrong, 0, "cancels and replies that cross: each call ends once, and nothing is left");
    tap_is(ended, kept, "each reply is delivered or refused");
    post_printf("# %u answered, %u cancelled\n", answered, cancelled);
}

/* Mail comes in order while answers go to their calls, whichever the program waits for. */
static void beside_mail(void)
{
    uint32_t next = 0, wrong = 0;

    begin(server, CALLS);
    go(5, 40);
    for (const struct line *line; next < 20 && (line = post_next(post_in(1000)));) {
        wrong += line->tag != TAG_LETTER || line->w[0] != next++;
        post_done(line);
    }
    tap_is(take_all(POST_FOREVER), CALLS, "all are answered beside mail");
    while (next < 40) {
        while (!post_peek())
            post_wait(post_in(1000));
        wrong += post_peek()->w[0] != next++;
        post_done(post_peek());
    }
    tap_is(wrong, 0, "and the mail comes in order");
    tap_is(post_odd, 0, "nothing odd is left");
    begin(server, 1);
    go(6, 0);
    while (!post_answered(&calls[0]))
        post_wait(POST_FOREVER);
    tap_status(post_await(&calls[0], post_now()), STATUS_OK, "an answer ends post_wait");
    told();
}

static void deadlines(void)
{
    uint32_t until = post_in(30), word = 9, timeouts = 0;

    begin(server, 2);
    tap_ok(post_await_any(until) == NULL && post_passed(until), "a wait for any ends in time");
    tap_is(post_own->in.open_calls, 2, "and the calls are still out");
    go(8, 0);
    tap_is(take_all(post_in(1000)), 2, "to be answered later");
    for (unsigned i = 0; i < 300; i++)
        timeouts +=
            post_call(server, TAG_HOLD, &word, 4, &word, 4, NULL, post_in(1)) == STATUS_TIMEOUT;
    tap_ok(timeouts > 200, "post_call gives up at its deadline, again and again");
    nothing_left("of what was given up");
    go(9, 0);
    post_flush();
    tap_ok(post_next(post_in(50)) == NULL, "and late replies do not come as mail");
    told();
}

static void deaths(void)
{
    uint32_t id = peer_spawn(pager, "mortal"), mortal = tap_open("mortal");
    unsigned dead = 0, cancelled;
    struct post_pending *call;

    begin(mortal, CALLS);
    post_flush();
    cancelled = cancel_some(3);
    post_send(mortal, TAG_DIE, NULL, 0);
    while ((call = post_await_any(POST_FOREVER)))
        dead += call->status == STATUS_DEAD;
    tap_is(dead, CALLS - cancelled, "a death answers all calls but the cancelled ones");
    tap_is(peer_exit_code(pager, id), 3, "the server has ended");
    nothing_left("of the dead");
    begin(mortal, 1);
    post_begin(&calls[1], server, TAG_HOLD, (uint32_t[]){1}, 4, &answers[1], 4);
    go(10, 0);
    call = post_await_any(post_in(1000));
    tap_ok(call == &calls[0] && call->status == STATUS_DEAD, "a refusal is an answer, too");
    tap_is(take_all(post_in(1000)), 1, "and holds up none of the calls behind it");
    tap_status(post_begin(&calls[0], HANDLE_VOID, TAG_HOLD, NULL, 0, NULL, 0), STATUS_NO_ROUTE,
               "no call by no route");
    tap_status(post_begin(&calls[0], server, TAG_HOLD, answers, MAX_INLINE, NULL, 0), STATUS_BAD,
               "nor one that is too long");
    told();
}

/* Replies that are mail, by cookies of the program's own. */
static void in_place(void)
{
    uint32_t index[CALLS], replies = 0, wrong = 0, seed = 21;
    bool out[CALLS];

    for (uint32_t i = 0; i < CALLS; i++) {
        struct line *line = post_call_line(server, TAG_HOLD, 1);
        line->cookie = i;
        line->w[1] = i;
        index[i] = post_call_commit();
    }
    post_flush();
    for (unsigned i = 0; i < CALLS; i++) {
        out[i] = random_below(&seed, 2);
        if (!out[i])
            post_call_cancel(index[i]);
    }
    go(12, 0);
    for (const struct line *line; (line = post_next(post_in(100)));) {
        uint32_t i = line->cookie;
        wrong += !(line->flags & FLAG_REPLY) || i >= CALLS || !out[i] || line->w[1] != i * 3;
        out[i % CALLS] = false;
        replies++;
        post_done(line);
    }
    for (unsigned i = 0; i < CALLS; i++)
        wrong += out[i];
    tap_ok(replies > 16 && wrong == 0, "in place: the replies are mail, the cancelled do not come");
    nothing_left("in place");
    told();
}

int main(void)
{
    server = tap_open("server");
    pager = tap_open("pager");
    all_at_once();
    half_cancelled();
    crossing();
    beside_mail();
    deadlines();
    deaths();
    in_place();
    tap_end();
}
