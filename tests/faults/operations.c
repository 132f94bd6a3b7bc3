/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operations that meet faults, and the mailbox states in which they do. Ring 3, alice.
 *
 * prepare_state() brings bob's inbox and alice's outbox where they shall be; an operation's
 * act() posts, once, and settle() then does what any task does until all has left and been
 * answered.
 */
#include "faults.h"

#define STALL_TICKS 3  /* after which bob reads again      */
#define INBOX       64 /* bob's, in lines                  */
#define SHARE       32 /* that one sender gets: half of it */

struct parties parties;

static bool is_data(const struct line *line)
{
    return line->flags & FLAG_REPLY && line->cookie < parties.number;
}

void note_signals(uint32_t signals)
{
    parties.acks += (signals & SIGNAL_ACK) != 0;
    parties.devices += (signals & SIGNAL_DEVICE) != 0;
    parties.told |= (signals & SIGNAL_RESTART) != 0;
}

static void note_answer(enum ledger_verdict verdict)
{
    parties.answers += verdict == LEDGER_RIGHT;
    parties.altered += verdict != LEDGER_RIGHT;
    parties.missed += ledger_missed(verdict);
}

/* Takes what has come: replies are checked, signals noted. */
void read_mail(void)
{
    const struct line *line;

    note_signals(post_signals());
    while ((line = post_peek())) {
        if (line->flags & FLAG_NOTIFY)
            parties.death = true;
        else if (is_data(line) && (line->tag == TAG_ASKED || line->tag == TAG_PASS))
            note_answer(ledger_right(line, line->cookie, 0));
        else if (!is_data(line) || line->tag != TAG_REPORT)
            parties.wrong++;
        post_done(line);
    }
}

/* A ledger message is committed; `flags` 0 or CALL. */
void send_data(unsigned lines, unsigned flags, uint16_t tag)
{
    struct line *line = post_slot_wait(lines);

    ledger_fill(line, parties.number++, lines);
    post_address(line, parties.bob, tag, lines, flags);
    post_seal(line);
    post_commit(lines);
    parties.calls += flags == FLAG_CALL;
}

static void notify(int handle, unsigned signal)
{
    struct line *line = post_slot_wait(1);

    post_address(line, handle, signal, 1, FLAG_NOTIFY);
    line->badge = line->cookie = 0;
    post_commit(1);
}

/* A request without the library's loops: it gives up at the deadline. */
enum status ask(int handle, uint16_t tag, uint32_t word, uint32_t *answer, uint32_t deadline)
{
    uint32_t words[11] = {word};

    return post_call(handle, tag, words, 4, answer, sizeof words, NULL, deadline);
}

/* The report comes through the same router, so it is sealed as well. */
enum status report(struct ledger *ledger, uint32_t deadline)
{
    uint32_t words[11] = {0};
    enum status status =
        post_call_sealed(parties.bob, TAG_REPORT, words, 4, words, sizeof words, NULL, deadline);

    if (status == STATUS_OK)
        memcpy(ledger, words + 1, sizeof *ledger);
    parties.altered += status == STATUS_CORRUPT;
    return status;
}

/* Everything committed has left, and what must come back has come. False: not by the deadline. */
bool settle(uint32_t deadline)
{
    for (;;) {
        enum status status = post_flush();

        read_mail();
        if (status > STATUS_LEDGER)
            parties.status = status;
        if (status == STATUS_OK && parties.answers >= parties.calls &&
            parties.acks >= parties.acks_due)
            return true;
        if (post_passed(deadline))
            return false;
        if (status <= STATUS_LEDGER)
            note_signals(post_wait(post_in(1)));
    }
}

/* Nothing is sent, and the lane is closed. */
static void post_void(void)
{
    post_address(post_slot_wait(1), HANDLE_VOID, 0, 1, 0);
    post_commit(1);
    post_flush();
}

/* Bob has read his mail, and is parked. */
static void let_bob_read(void)
{
    settle(POST_FOREVER);
    post_sleep(1);
}

static void align(uint32_t lines)
{
    struct ledger ledger;

    report(&ledger, POST_FOREVER);
    for (uint32_t n = (lines - ledger.in_tail) & 63; n > 0; n--)
        send_data(1, 0, TAG_DATA);
    let_bob_read();
    do
        post_void();
    while ((post_own->out.out_tail & 63) != lines);
}

/* Bob leaves his mail alone, of which so many lines are his own, and so many alice's. */
static void stall(uint32_t own, uint32_t lines)
{
    post_send(parties.bob, TAG_STALL, (uint32_t[]){0, STALL_TICKS, own}, 12);
    let_bob_read();
    for (uint32_t i = 0; i < lines; i++)
        send_data(1, 0, TAG_DATA);
    post_flush();
}

static struct post_buffer page;

/* A page to give away, mapped: the pager has nothing to do with it but by a message. */
static void prepare_page(void)
{
    if (post_mine(&page))
        return;
    page = (struct post_buffer){0};
    post_prepare(&page, PAGE_SIZE);
    ledger_fill_page(page.data, 0);
}

static void post(void) { post_gate(GATE_POST, POST_FOREVER); }

static void act_one(void)
{
    send_data(1, 0, TAG_DATA);
    post();
}
static void act_multi(void)
{
    send_data(4, 0, TAG_DATA);
    post();
}
static void act_batch(void)
{
    for (unsigned i = 0; i < 3; i++)
        send_data(1, 0, TAG_DATA);
    post();
}
/* To a parked receiver, and parks: the hand-off. The signal that comes back ends it. */
static void act_oneway(void)
{
    send_data(1, 0, TAG_ACKED);
    parties.acks_due = 1;
    post_own->out.looked = post_own->in.in_tail;
    while (!(post_own->in.signals ^ post_own->out.seen))
        post_gate(GATE_POST_WAIT, POST_FOREVER);
}
static void act_call(void)
{
    send_data(1, FLAG_CALL, TAG_ASKED);
    post();
}
static void act_wait(void)
{
    act_call();
    post_own->out.looked = post_own->out.in_head;
    post_gate(GATE_WAIT, post_in(10));
}
static void act_mixed(void)
{
    send_data(1, 0, TAG_DATA);
    send_data(2, FLAG_CALL, TAG_ASKED);
    notify(parties.bob, 1);
    send_data(3, 0, TAG_DATA);
    post();
    parties.signals = 1;
}
static void act_signal(void)
{
    notify(parties.bob, 1);
    post();
    parties.signals = 1;
}

/* Bob's call is in the inbox; the reply is what meets the fault. */
static struct post_caller caller;

static void prepare_reply(void)
{
    bool call = false;

    post_send(parties.bob, TAG_CALL_ME, (uint32_t[]){0, 77}, 8);
    while (!call) { /* something older may come first */
        const struct line *line = post_next(POST_FOREVER);

        call = line->flags & FLAG_CALL;
        caller = post_caller(line);
        post_done(line);
    }
}
static void act_reply(void)
{
    struct line line;

    ledger_fill(&line, 77, 1);
    post_reply_sealed(&caller, &line.w[1], 40);
    post();
    parties.replies = 1;
}

/* A router that has just been restarted knows no route: it asks the registrar. */
static void prepare_first(void)
{
    static struct inject_plan plan __attribute__((aligned(128)));

    plan = (struct inject_plan){.task = post_self(), .action = INJECT_KILL, .patience = UINT32_MAX};
    inject(INJECT_ARM, &plan, 0);
    post_gate(GATE_POST, POST_FOREVER);
    post_sleep(2);
}
static void act_first(void)
{
    send_data(1, 0, TAG_DATA);
    post();
    post_flush();
}

/* Dave dies with a call of alice's open: she gets one death notice. */
static void prepare_gone(void)
{
    struct line *line = post_slot_wait(1);

    ledger_fill(line, 0x7000, 1); /* no number that is waited for */
    post_address(line, parties.dave, TAG_ASKED, 1, FLAG_CALL);
    post_commit(1);
    post_flush();
}
static void act_gone(void)
{
    uint32_t words[3] = {0, 0, task_id("dave")};

    post_send(parties.pager, TAG_KILL, words, 12);
    for (uint32_t end = post_in(PATIENCE_STEP); !parties.death && !post_passed(end); read_mail())
        note_signals(post_wait(post_in(1)));
    parties.wrong += !parties.death || post_own->in.open_calls != 0;
}

/* Bob passes it on, and carol answers. */
static void act_forward(void)
{
    send_data(1, FLAG_CALL, TAG_PASS);
    post();
}

/* The counters of the router, of all tasks. */
static void act_stats(void)
{
    uint32_t words[POST_ANSWER] = {0};

    parties.wrong +=
        ask(parties.router, TAG_STATS, 0, words, post_in(PATIENCE_STEP)) != STATUS_OK ||
        words[0] != STATUS_OK || words[1] != ID_ROUTER;
}

/* A page goes to bob for good, or until he answers. */
static void act_grant(void)
{
    uint32_t words[2] = {parties.number++};

    ledger_fill_page(page.data, words[0]);
    if (post_grant(parties.bob, TAG_PAGE, words, &page, 1, 0, post_in(PATIENCE_STEP)) != STATUS_OK)
        parties.wrong++;
}

static void lend(uint16_t tag)
{
    uint32_t answer[LETTER_WORDS];
    struct post_pages_call call = {.words = {parties.number++},
                                   .buffers = &page,
                                   .n = 1,
                                   .reply = answer,
                                   .size = 4 * (tag == TAG_LETTER ? LETTER_WORDS : POST_ANSWER)};

    ledger_fill_page(page.data, call.words[0]);
    if (post_lend(parties.bob, tag, &call, post_in(PATIENCE_STEP)) != STATUS_OK ||
        !post_mine(&page) || !ledger_page_right(page.data, call.words[0], 1))
        parties.wrong++;
}

static void act_lend(void) { lend(TAG_LENT); }
static void act_letter(void) { lend(TAG_LETTER); }

/*
 * Whatever has been before, and in whatever order: the routes are known, to the router as well, and
 * its lane leads to bob. So an operation has the same path in every run.
 */
static void prepare_routes(void)
{
    act_stats();
    act_forward();
    settle(POST_FOREVER);
    send_data(1, 0, TAG_DATA);
    let_bob_read();
}

void prepare_state(char state, unsigned lines)
{
    uint32_t words[11];

    prepare_page();
    parties.number = parties.calls = parties.answers = parties.wrong = parties.status = 0;
    parties.altered = parties.missed = 0;
    parties.replies = parties.signals = parties.acks = parties.acks_due = 0;
    parties.death = parties.told = false;
    parties.devices = 0;
    ask(parties.bob, TAG_RESET, 0, words, POST_FOREVER);
    prepare_routes();
    switch (state) {
    case 'w': align(63); break;
    case 'o': stall(0, 1); break;
    case '1':
        stall(0, SHARE - lines);
        post_void();
        break;
    case 'f': stall(0, SHARE); break;
    case 'h': stall(0, SHARE + 1); break;
    case 'l': stall(INBOX - lines, 0); break;
    case 'b': stall(INBOX, 0); break;
    }
}

static void nothing(void) {}

const struct operation operations[] = {
    {"one", "eo1fwhlb", "alice", 0, nothing, act_one},
    {"multi", "eo1fwhlb", "alice", 0, nothing, act_multi},
    {"batch", STATES, "alice", 0, nothing, act_batch},
    {"oneway", "ew", "alice", 0, nothing, act_oneway},
    {"call", "eo1fwhlb", "alice", 0, nothing, act_call},
    {"wait", "ew", "alice", 1, nothing, act_wait},
    {"reply", "ew", "alice", 0, prepare_reply, act_reply},
    {"signal", STATES, "alice", 0, nothing, act_signal},
    {"mixed", STATES, "alice", 0, nothing, act_mixed},
    {"first", "ew", "alice", 0, prepare_first, act_first},
    {"known", "ew", "alice", 1, prepare_first, act_first},
    {"answer", "ew", "registrar", 0, prepare_first, act_first},
    {"receive", "ewh", "bob", 0, nothing, act_one},
    {"serve", "ew", "bob", 0, nothing, act_call},
    {"forward", "ew", "alice", 0, nothing, act_forward},
    {"pass", "ew", "bob", 0, nothing, act_forward},
    {"passed", "ew", "carol", 0, nothing, act_forward},
    {"stats", "ew", "alice", 0, nothing, act_stats},
    {"grant", "e1fwh", "alice", 0, nothing, act_grant},
    {"move", "ew", "pager", 0, nothing, act_grant},
    {"lend", "e1fw", "alice", 0, nothing, act_lend},
    {"lending", "ew", "pager", 0, nothing, act_lend},
    {"return", "ew", "bob", 0, nothing, act_lend},
    {"returning", "ew", "pager", 2, nothing, act_lend},
    {"letter", "ew", "pager", 2, nothing, act_letter},
    {"gone", "ew", "gone", 0, prepare_gone, act_gone},
};
const unsigned operation_count = sizeof operations / sizeof *operations;
