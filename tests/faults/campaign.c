/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alice: she prepares, makes a checkpoint, and from there runs one case after the other; the
 * checkpoint returns once for each (<ringpost/inject.h>). Between two cases only `keep`
 * survives: where in the plan's line the campaign is (cursor.c).
 */
#include "cursor.h"
#include "faults.h"
#include <stb/stb_sprintf.h>

#define PATIENCE 40 /* ticks until a case counts as stuck */
#define JUDGE_IN 10 /* ticks until carol judges           */

static struct inject_plan plan __attribute__((aligned(128)));
static struct inject_result result __attribute__((aligned(64)));
static struct inject_verdict verdict __attribute__((aligned(64)));
struct line_plan line;

/* Nobody writes these pages in a case. The slice has both changed, each in its way: escapes. */
static volatile uint32_t untouched[PAGE_SIZE / 4] __attribute__((aligned(PAGE_SIZE)));
static volatile uint32_t canary[PAGE_SIZE / 4] __attribute__((aligned(PAGE_SIZE)));

void say(const char *format, ...)
{
    static char text[256] __attribute__((aligned(256)));
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = stbsp_vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    inject(INJECT_SAY, text, length);
}

/* By the pager's list. 0: there is none of that name. */
uint32_t task_id(const char *name)
{
    for (uint32_t slot = 1;; slot++) {
        uint32_t words[POST_ANSWER] = {0, slot};

        if (post_ask(HANDLE_PAGER, TAG_PS, words, 2, words) != STATUS_OK)
            return 0;
        if (strcmp((const char *)&words[5], name) == 0)
            return words[1];
        slot = TASK_SLOT(words[1]);
    }
}

/* Who takes part. To ask is to post, which a prepared state does not bear: so it is done before. */
static struct member {
    const char *name;
    uint32_t id;
} members[] = {{.name = "alice"}, {.name = "bob"},       {.name = "carol"},
               {.name = "dave"},  {.name = "registrar"}, {.name = "pager"}};
#define OWN_PROGRAM 4 /* the first of them run this one */

static void find_members(void)
{
    for (unsigned i = 0; i < sizeof members / sizeof *members; i++)
        members[i].id = task_id(members[i].name);
}

static uint32_t id_of(const char *name)
{
    const struct member *m = members;

    while (strcmp(m->name, name) != 0)
        m++;
    return m->id;
}

static bool is_upcall(void) { return strcmp(operations[line.operation].party, "gone") == 0; }

/* Bob may be harmed, and that is nobody's fault: he is, or
 * waits for, whom the case makes go wrong. */
static bool bob_is_party(void)
{
    return line.campaign == CAMPAIGN_STOP || line.area.low >= HOSTILE_BOB ||
           strcmp(operations[line.operation].name, "reply") == 0 ||
           strcmp(operations[line.operation].party, "bob") == 0;
}

static bool judged_by_carol(void)
{
    return line.campaign == CAMPAIGN_HOSTILE || line.campaign == CAMPAIGN_HOSTILES ||
           line.campaign == CAMPAIGN_STOP;
}

static uint32_t mailbox_of(const char *who)
{
    return WINDOW + (TASK_SLOT(id_of(who)) << MAILBOX_SHIFT);
}

/* A word that a flip changes; below 64 KiB it is one of the caller's
 * routes, or, from the header on, of bob's inbox. */
static uint32_t word_address(uint32_t area)
{
    if (area >= 1 << MAILBOX_SHIFT)
        return area;
    if (area >= offsetof(struct mailbox, in))
        return mailbox_of("bob") + area;
    return ROUTE_CACHE +
           TASK_SLOT(id_of(is_upcall() ? "alice" : operations[line.operation].party)) *
               ROUTES_BYTES +
           area;
}

/*
 * The words that a task writes and the router reads, by numbers: the out header's, then those of
 * the lines that it has posted; from HOSTILE_BOB on bob's out header, whoever posts.
 */
static uint32_t hostile_address(uint32_t number)
{
    const char *who = number >= HOSTILE_BOB ? "bob" : operations[line.operation].party;

    number %= HOSTILE_BOB;
    return number < 7 ? mailbox_of(who) + number * 4 : (number - 7) * 4;
}

/* Whom a stop of area / 2 means; an odd area: and the router dies with him. */
static const char *const stopped[] = {"bob", "alice", "pager"};
#define STOPPED_BOB 0

/* The case that `keep` stands at. */
static void make_plan(void)
{
    const struct operation *op = &operations[line.operation];
    bool upcall = is_upcall();
    uint32_t campaign = cursor_campaign();

    plan = (struct inject_plan){
        .name = {campaign, line.operation, (uint32_t)line.state, keep.step, keep.area, keep.bit},
        .task = upcall ? 0 : id_of(op->party),
        .skip = upcall ? UPCALL_GONE : op->skip,
        .step = keep.step,
        .where = keep.area,
        .value = keep.bit,
        .patience = PATIENCE,
    };
    switch (campaign) {
    case CAMPAIGN_COUNT: plan.action = INJECT_NOTHING; break;
    case CAMPAIGN_PAIR:
        plan.recovery_step = keep.again;
        plan.action = INJECT_KILL;
        break;
    case CAMPAIGN_KILL: plan.action = INJECT_KILL; break;
    case CAMPAIGN_POISON:
        plan.action = INJECT_KILL;
        plan.repeat = 2;
        break;
    case CAMPAIGN_TICK:
        plan.action = INJECT_IRQ;
        plan.value = 0;
        break;
    case CAMPAIGN_IRQ:
        plan.action = INJECT_IRQ;
        plan.value = DAVES_LINE;
        break;
    case CAMPAIGN_HANG: plan.action = INJECT_HANG; break;
    case CAMPAIGN_REGISTER: plan.action = INJECT_REGISTER; break;
    case CAMPAIGN_FLIP:
    case CAMPAIGN_MAILBOX:
    case CAMPAIGN_CACHE:
        plan.action = INJECT_FLIP;
        plan.where = word_address(keep.area);
        break;
    case CAMPAIGN_HOSTILE:
        plan.action = INJECT_WRITE;
        plan.where = hostile_address(keep.area);
        break;
    case CAMPAIGN_STOP:
        plan.action = keep.area & 1 ? INJECT_STOP_KILL : INJECT_STOP;
        plan.where = id_of(stopped[keep.area / 2 % 3]);
        break;
    case CAMPAIGN_PAIRS:
        plan.action = keep.phase == TRACE_CALL ? INJECT_NOTHING : INJECT_KILL;
        plan.trace = keep.phase == TRACE_CALL ? INJECT_TRACE_STORES : INJECT_TRACE_RECOVERY;
        plan.recovery_step = 1;
        break;
    case CAMPAIGN_HOSTILES:
        plan.trace = INJECT_TRACE_READS;
        plan.watch = hostile_address(keep.area);
        break;
    case CAMPAIGN_CODE: plan.trace = INJECT_TRACE_CODE; break;
    case CAMPAIGN_USES:
        plan.trace = INJECT_TRACE_READS;
        plan.watch = word_address(keep.area);
        break;
    }
    if (keep.phase == TRACE_CALL)
        plan.step = UINT32_MAX;
}

/* The ledger's word on the case. */
static void judge(void)
{
    struct ledger ledger = {0};
    bool done = settle(post_in(PATIENCE_STEP));

    for (unsigned i = 0; done && i < 2; i++) /* life goes on */
        send_data(1, i ? FLAG_CALL : 0, i ? TAG_ASKED : TAG_DATA);
    done = done && settle(post_in(PATIENCE_STEP)) &&
           report(&ledger, post_in(PATIENCE_STEP)) == STATUS_OK;
    read_mail();
    inject(INJECT_RESULT, &result, 0);
    if (line.campaign == CAMPAIGN_IRQ && result.activated &&
        !is_upcall()) { /* there dave is dead */
        for (uint32_t end = post_in(PATIENCE_STEP); !parties.devices && !post_passed(end);
             read_mail())
            note_signals(post_wait(post_in(1)));
        done = done && parties.devices;
    }
    verdict = (struct inject_verdict){
        .lost = done ? ledger.lost + (parties.number - ledger.next) +
                           (ledger.signals < parties.signals) + (parties.replies > ledger.replies) +
                           (result.restarts && !parties.told)
                     : 0,
        .doubled = ledger.doubled + (parties.answers > parties.calls),
        .reordered = ledger.reordered,
        .altered = ledger.altered + parties.altered + parties.wrong,
        .missed = ledger.missed + parties.missed + (parties.wrong << 24),
        .status = parties.status,
        .stuck = !done,
    };
    if (parties.status == STATUS_POISONED) /* that one entry, and it was told to its sender */
        verdict.lost--;
    inject(INJECT_VERDICT, &verdict, 0);
}

/*
 * Bob has died: each call to him ends in an answer, a death notice or a refusal, before carol
 * judges. What he has passed on she must answer herself, and she has to judge.
 */
static bool told_of_bob(void)
{
    const char *name = operations[line.operation].name;
    uint32_t dropped = post_dropped;

    return strcmp(name, "forward") == 0 || strncmp(name, "pass", 4) == 0 ||
           settle(post_in(JUDGE_IN - 1)) || parties.death || parties.status ||
           post_dropped != dropped;
}

static unsigned lines_of(const struct operation *op)
{
    return strcmp(op->name, "multi") == 0 ? 4 : 1;
}

/* What an outbox line held before is an order again if its index is: nothing may be left there. */
static void scrub_outbox(void)
{
    uint32_t lines = post_own->in.out_mask + 1;

    post_barrier();
    for (uint32_t i = post_own->out.out_tail; i != post_own->in.out_head + lines; i++)
        memset(&post_own->outbox[i & (lines - 1)], 0, LINE_BYTES);
}

/*
 * The killed call shall cross where indices and ticks come round, and what was prepared has gone
 * past it. In state w one line is enough; else it takes two, or what follows the call crosses. If
 * carol is to judge, she counts ticks already.
 */
static void set_back(void)
{
    static struct inject_back back __attribute__((aligned(16)));
    uint32_t done[OWN_PROGRAM];
    bool empty = line.state == 'e' || line.state == 'w';

    for (unsigned i = 0; i < OWN_PROGRAM; i++) {
        back = (struct inject_back){.task = members[i].id,
                                    .index = INJECT_START_INDEX + (line.state == 'w'),
                                    .clock = !judged_by_carol(),
                                    .out_limit = (uint32_t)&post_out_limit,
                                    .in_limit = (uint32_t)&post_in_limit};
        done[i] = inject(INJECT_BACK, &back, 0);
        if (empty && !(done[i] & INJECT_BACK_INBOX)) { /* it has something to read, still */
            post_sleep(1);
            done[i] = inject(INJECT_BACK, &back, 0);
        }
    }
    say("back: alice %x, bob %x, carol %x, dave %x\n", done[0], done[1], done[2], done[3]);
}

static void run_line(void)
{
    const struct operation *op = &operations[line.operation];

    if (!cursor_begin())
        return;
    find_members();
    prepare_state(line.state, lines_of(op));
    op->prepare();
    if (judged_by_carol()) {
        uint32_t words[11];
        ask(parties.carol, TAG_JUDGE, JUDGE_IN + (bob_is_party() ? JUDGE_BOB_DIED : 0), words,
            POST_FOREVER);
    }
    scrub_outbox();
    read_mail(); /* what the last line left */
    parties.wrong = 0;
    set_back();
    if (inject(INJECT_CHECKPOINT, &keep, sizeof keep / 4) == 0 || (keep.cases++, cursor_on())) {
        make_plan();
        inject(INJECT_ARM, &plan, 0);
        op->act();
        if (judged_by_carol()) {
            if (line.campaign == CAMPAIGN_STOP && keep.area / 2 == STOPPED_BOB && !told_of_bob()) {
                verdict = (struct inject_verdict){.lost = 1};
                inject(INJECT_VERDICT, &verdict, 0);
            }
            for (;;) /* past her mail, or she would turn in circles until carol judges */
                post_wait_past(post_own->in.in_tail, POST_FOREVER);
        }
        judge();
    }
    inject(INJECT_VERDICT, &verdict, 0);
    /* The last return of the checkpoint: nothing has been posted. Bob may wait for it. */
    if (is_upcall())
        post_send(parties.dave, TAG_RESET, NULL, 0);
    else
        op->act();
    if (judged_by_carol())
        post_sleep(JUDGE_IN + 4);
    settle(post_in(100));
}

_Noreturn void be_alice(void)
{
    uint32_t words[POST_ANSWER] = {0};
    struct words text = {0};

    parties = (struct parties){.bob = post_open("bob"),
                               .carol = post_open("carol"),
                               .dave = post_open("dave"),
                               .pager = post_open("pager"),
                               .router = post_open("router")};
    ask(parties.router, TAG_WATCH, 1, words, POST_FOREVER);
    memset(words, 0, sizeof words);
    memcpy(&words[1], "plan", 5);
    if (post_ask(HANDLE_PAGER, TAG_MODULE, words, POST_ANSWER, words) == STATUS_OK)
        text = (struct words){.at = (const char *)(uintptr_t)words[1],
                              .end = (const char *)(uintptr_t)words[1] + words[2]};
    while (plan_next(&text, &line)) {
        say("line %u: %s %s %c\n", text.line, campaign_names[line.campaign],
            operations[line.operation].name, line.state);
        run_line();
        say("line %u: %u cases\n", text.line, keep.cases);
    }
    post_send(parties.pager, TAG_OFF, (uint32_t[]){0, 0}, 8);
    for (;;)
        post_wait(POST_FOREVER);
}

/* Where this task has started: shards.py compares. Before its first entry. */
static void say_start(void)
{
    const struct in_header *in = &post_own->in;
    const struct out_header *out = &post_own->out;

    say("start: out %x %x %x, in %x %x, generation %x, tick %x\n", out->out_tail, in->out_head,
        in->record.next, out->in_head, out->looked, post_self() >> 16, post_now());
}

int main(void)
{
    char name[NAME_BYTES];

    say_start();
    untouched[0] = 1; /* now it is there */
    canary[0] = INJECT_CANARY;
    post_name_of(post_self(), name);
    if (strcmp(name, "bob") == 0)
        be_bob();
    if (strcmp(name, "carol") == 0)
        be_carol();
    if (strncmp(name, "dave", 4) == 0)
        be_dave();
    be_alice();
}
