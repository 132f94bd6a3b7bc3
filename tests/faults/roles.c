/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bob, carol and dave, ring 3. Bob keeps the ledger of what alice sends, and answers. Carol keeps
 * quiet until she is asked to judge; dave answers late.
 */
#include "faults.h"

static struct ledger ledger;
static uint32_t stalled; /* until this tick; 0: not */
static int alice, carol, self;

static void answer(const struct line *line)
{
    struct post_caller caller = post_caller(line);
    uint32_t words[LETTER_WORDS] = {0};

    if (caller.tag == TAG_RESET)
        ledger = (struct ledger){0};
    ledger.in_tail = post_own->in.in_tail;
    memcpy(words + 1, &ledger, sizeof ledger);
    bool asked = caller.tag == TAG_ASKED || caller.tag == TAG_PASS;

    words[0] = asked ? line->w[1] : STATUS_OK;
    if (asked)
        for (unsigned i = 2; i < PAYLOAD_WORDS; i++)
            words[i - 1] = line->w[i];
    post_reply_sealed(&caller, words,
                      4 * (caller.tag == TAG_LETTER ? LETTER_WORDS : POST_ANSWER) - 4);
}

/* Bob calls alice; her reply must be the number's own words. */
static void call_back(uint32_t number)
{
    struct line *call = post_slot_wait(1);
    bool done = false;

    ledger_fill(call, number, 1);
    post_address(call, alice, TAG_ASKED, 1, FLAG_CALL);
    post_seal(call);
    post_commit(1);
    while (!done) {
        const struct line *reply = post_next(POST_FOREVER);

        done = reply->flags & FLAG_REPLY && reply->cookie == number;
        if (done) {
            enum ledger_verdict verdict = ledger_right(reply, number, 0);

            ledger.replies += verdict == LEDGER_RIGHT;
            ledger.altered += verdict != LEDGER_RIGHT;
            ledger.missed += ledger_missed(verdict);
        }
        post_done(reply);
    }
}

/* A page has come: granted, or lent and given back with the reply. */
static void receive_page(const struct line *line)
{
    struct post_buffer page = post_landed(line, 0);
    bool right =
        post_runs(line) == 1 && page.pages == 1 && ledger_page_right(page.data, line->w[1], 0);

    ledger_note_number(&ledger, line->w[1], right ? LEDGER_RIGHT : LEDGER_UNSEALED);
    if (right && line->flags & FLAG_LEND)
        ++*(uint32_t *)page.data;
}

static bool is_sealed(const struct line *line)
{
    return line->peer != ID_ROUTER &&
           ((line->tag >= TAG_DATA && line->tag <= TAG_ASKED) || line->tag == TAG_PASS);
}

/* Not by post_forward, which waits; the line must stay unread until it has gone on. */
static void pass_on(const struct line *line)
{
    struct line *copy = post_slot_wait(1);

    *copy = *line;
    post_address(copy, carol, line->tag, 1, FLAG_FORWARD);
    copy->badge = post_index(line);
    post_commit(1); /* with the seal that it came with */
    for (enum status status; (status = post_flush()) != STATUS_OK && status <= STATUS_LEDGER;)
        post_wait_past(post_own->in.in_tail, post_in(1));
}

static void receive(const struct line *line)
{
    uint32_t tag = line->tag, number = line->w[1], crowd = line->w[2];

    if (line->flags & FLAG_REPLY || is_sealed(line)) {
        bool right = post_sealed(line) == STATUS_OK;

        if (line->flags & FLAG_REPLY) /* to no call of his, however well sealed */
            ledger_note_number(&ledger, number, right ? LEDGER_UNSEALED : LEDGER_CORRUPT);
        else
            ledger_note(&ledger, line, 7);
        if (!right) {
            post_drop(line);
            return;
        }
    }
    if (line->flags & FLAG_GRANT)
        receive_page(line);
    if (tag == TAG_PASS)
        pass_on(line);
    else if (line->flags & FLAG_CALL)
        answer(line);
    if (tag == TAG_STALL)
        stalled = post_in(number);
    post_done(line);
    if (tag == TAG_STALL) /* only he may fill his inbox up, beyond its half */
        for (uint32_t i = 0; i < crowd; i++)
            post_send(self, TAG_CROWD, NULL, 0);
    if (tag == TAG_ACKED)
        post_notify(alice, 2);
    if (tag == TAG_CALL_ME)
        call_back(number);
}

_Noreturn void be_bob(void)
{
    self = post_open("bob");
    alice = post_open("alice");
    carol = post_open("carol");
    for (;;) {
        const struct line *line;
        uint32_t signals =
            stalled ? post_wait_past(post_own->in.in_tail, stalled) : post_wait(POST_FOREVER);

        ledger.signals += (signals & SIGNAL_NEWS) != 0;
        if (stalled && post_passed(stalled))
            stalled = 0;
        while (!stalled && (line = post_peek()))
            receive(line);
    }
}

/* A call waits until he is told by RESET, or dead. */
_Noreturn void be_dave(void)
{
    struct post_caller waits = {0};

    alice = post_open("alice");
    for (;;) {
        const struct line *line;

        if (post_wait(POST_FOREVER) & SIGNAL_IRQ)
            post_notify(alice, 3);
        while ((line = post_peek())) {
            if (line->flags & FLAG_CALL)
                waits = post_caller(line);
            else if (line->tag == TAG_RESET)
                post_answer(&waits, STATUS_OK);
            post_done(line);
        }
    }
}

/* Does bob serve others still (or the registrar, if bob is a party to the crime)? */
static void judge(int bob, uint32_t order)
{
    static struct inject_verdict verdict __attribute__((aligned(64)));
    uint32_t words[11] = {0};

    post_sleep(order % JUDGE_BOB_DIED);
    for (uint32_t i = 0; i < 2; i++)
        if ((order & JUDGE_BOB_DIED
                 ? ask(HANDLE_REGISTRAR, TAG_NAME_OF, 0, words, post_in(PATIENCE_STEP))
                 : ask(bob, TAG_REPORT, 0, words, post_in(PATIENCE_STEP))) != STATUS_OK)
            verdict.harmed = 1;
    inject(INJECT_VERDICT, &verdict, 0); /* returns after the last case */
}

_Noreturn void be_carol(void)
{
    int bob = post_open("bob");

    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        uint32_t tag = line->tag, order = line->w[1];

        if (is_sealed(line) && post_sealed(line) != STATUS_OK) {
            post_drop(line);
            continue;
        }
        /* So that the router knows the way to bob, whatever
         * happens to the registrar; he ignores it. */
        if (tag == TAG_JUDGE)
            post_notify(bob, 4);
        if (line->flags & FLAG_CALL)
            answer(line);
        post_done(line);
        post_flush();
        if (tag == TAG_JUDGE)
            judge(bob, order);
    }
}
