/*
 * Bob, carol and dave, ring 3. Bob keeps the ledger of what alice sends, and answers. Carol keeps
 * quiet until she is asked to judge; dave never answers.
 */
#include "faults.h"

static struct ledger ledger;
static uint32_t stalled; /* until this tick; 0: not */
static int alice;

static void answer(const struct line *line)
{
    struct post_caller caller = post_caller(line);
    uint32_t words[11] = {0};

    if (caller.tag == TAG_RESET)
        ledger = (struct ledger){0};
    ledger.in_tail = post_own->in.in_tail;
    memcpy(words + 1, &ledger, sizeof ledger);
    words[0] = caller.tag == TAG_ASKED ? line->w[1] : STATUS_OK;
    if (caller.tag == TAG_ASKED)
        for (unsigned i = 2; i < PAYLOAD_WORDS; i++)
            words[i - 1] = line->w[i];
    post_reply(&caller, words, sizeof words);
}

/* Bob calls alice; her reply must be the number's own words. */
static void call_back(uint32_t number)
{
    struct line *call = post_slot_wait(1);
    bool done = false;

    ledger_fill(call, number, 1);
    post_address(call, alice, TAG_ASKED, 1, FLAG_CALL);
    post_commit(1);
    while (!done) {
        const struct line *reply = post_next(POST_FOREVER);

        done = reply->flags & FLAG_REPLY && reply->cookie == number;
        if (done) {
            ledger.replies += ledger_right(reply, number, 0);
            ledger.altered += !ledger_right(reply, number, 0);
        }
        post_done(reply);
    }
}

static void receive(const struct line *line)
{
    uint32_t tag = line->tag, number = line->w[1];

    if (line->flags & FLAG_REPLY || (line->peer != 0 && tag >= TAG_DATA && tag <= TAG_ASKED))
        ledger_note(&ledger, line, 7);
    if (line->flags & FLAG_CALL)
        answer(line);
    if (tag == TAG_STALL)
        stalled = post_in(number);
    post_done(line);
    if (tag == TAG_ACKED)
        post_notify(alice, 2);
    if (tag == TAG_CALL_ME)
        call_back(number);
}

_Noreturn void be_bob(void)
{
    alice = post_open("alice");
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

_Noreturn void be_dave(void)
{
    for (;;) {
        const struct line *line;

        post_wait(POST_FOREVER);
        while ((line = post_peek()))
            post_done(line);
    }
}

/* Does bob serve others still, and is the rest of the system in order? */
static void judge(uint32_t ticks, bool bob_died)
{
    static struct inject_verdict verdict __attribute__((aligned(64)));
    uint32_t words[11] = {0};
    int bob = post_open("bob");

    post_sleep(ticks);
    for (uint32_t i = 0; i < 2; i++)
        if ((bob_died ? ask(HANDLE_REGISTRAR, TAG_NAME_OF, 0, words, post_in(20))
                      : ask(bob, TAG_REPORT, 0, words, post_in(20))) != STATUS_OK)
            verdict.harmed = 1;
    verdict.violations =
        ask(HANDLE_PAGER, TAG_CHECK, 0, words, post_in(20)) != STATUS_OK ? 99 : words[1];
    inject(INJECT_VERDICT, &verdict, 0); /* returns after the last case */
}

_Noreturn void be_carol(void)
{
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);
        uint32_t tag = line->tag, ticks = line->w[1];

        if (line->flags & FLAG_CALL)
            answer(line);
        post_done(line);
        post_flush();
        if (tag == TAG_JUDGE)
            judge(ticks % JUDGE_BOB_DIED, ticks >= JUDGE_BOB_DIED);
    }
}
