/*
 * Alice: she prepares, makes a checkpoint, and from there runs one case after the other; the
 * checkpoint returns once for each (<ringpost/inject.h>). Between two cases only `keep`
 * survives: where in the plan's line the campaign is.
 */
#include "faults.h"
#include "plan.h"
#include <stb/stb_sprintf.h>

#define PATIENCE    60 /* ticks until a case counts as stuck */
#define JUDGE_IN    4  /* ticks until carol judges           */
#define CHECK_EVERY 64 /* cases: nano checks all its frames, which takes millions of instructions */

/* Everything that the next case depends on. */
static struct keep {
    uint32_t step, area, bit, again;
    uint32_t cases;
} keep __attribute__((aligned(64)));

static struct inject_plan plan __attribute__((aligned(128)));
static struct inject_result result __attribute__((aligned(64)));
static struct inject_verdict verdict __attribute__((aligned(64)));
static struct line_plan line;

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

static bool judged_by_carol(void)
{
    return line.campaign == CAMPAIGN_HOSTILE || line.campaign == CAMPAIGN_STOP;
}

/* The words that alice writes and the router reads: her out header, then the next lines. */
static uint32_t hostile_address(uint32_t number)
{
    uint32_t out_tail = post_own->out.out_tail & post_own->in.out_mask;

    return number < 7 ? OWN_MAILBOX + number * 4
                      : (uint32_t)(uintptr_t)&post_own->outbox[out_tail] + (number - 7) * 4;
}

static uint32_t hostile_value(uint32_t now, uint32_t number)
{
    const uint32_t values[] = {0,           ~0u,     now ^ 1, now + 1, now - 1, now ^ 0x80000000u,
                               0x01010001u, now + 64};

    return values[number % 8];
}

/* The case that `keep` stands at. */
static void make_plan(void)
{
    const struct operation *op = &operations[line.operation];
    bool upcall = strcmp(op->party, "gone") == 0;

    plan = (struct inject_plan){
        .name = {line.campaign, line.operation, (uint32_t)line.state, keep.step, keep.area,
                 keep.bit},
        .task = upcall ? 0 : task_id(op->party),
        .skip = upcall ? UPCALL_GONE : op->skip,
        .step = keep.step,
        .where = keep.area,
        .value = keep.bit,
        .patience = PATIENCE,
    };
    switch (line.campaign) {
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
        plan.action = INJECT_LINE;
        plan.value = 0;
        break;
    case CAMPAIGN_HANG: plan.action = INJECT_HANG; break;
    case CAMPAIGN_REGISTER: plan.action = INJECT_REGISTER; break;
    case CAMPAIGN_FLIP: plan.action = INJECT_FLIP; break;
    case CAMPAIGN_MAILBOX:
        plan.action = INJECT_FLIP;
        plan.where = WINDOW + (TASK_SLOT(task_id("bob")) << MAILBOX_SHIFT) + keep.area;
        break;
    case CAMPAIGN_HOSTILE:
        plan.action = INJECT_WRITE;
        plan.where = hostile_address(keep.area);
        break;
    case CAMPAIGN_STOP:
        plan.action = keep.area & 1 ? INJECT_STOP_KILL : INJECT_STOP;
        plan.where = task_id(keep.area / 2 ? "alice" : "bob");
        break;
    }
}

/* Has this campaign the dimension? The innermost first: again, bit, area; then step. */
static bool next(uint32_t *at, const struct range *range, uint32_t by)
{
    if (range->high - *at >= by) {
        *at += by;
        return true;
    }
    *at = range->low;
    return false;
}

/* On to the next case. False: that was the last. */
static bool step_on(bool recovery_activated)
{
    bool bits = line.campaign >= CAMPAIGN_REGISTER && line.campaign <= CAMPAIGN_HOSTILE;
    bool areas = bits || line.campaign == CAMPAIGN_STOP;
    uint32_t area_by = line.campaign == CAMPAIGN_FLIP || line.campaign == CAMPAIGN_MAILBOX ? 4 : 1;

    if (line.campaign == CAMPAIGN_PAIR && recovery_activated &&
        next(&keep.again, &line.again, line.every))
        return true;
    keep.again = line.again.low;
    if (bits && next(&keep.bit, &line.bit, 1))
        return true;
    if (areas && next(&keep.area, &line.area, area_by))
        return true;
    return next(&keep.step, &line.step, line.campaign == CAMPAIGN_PAIR ? 1 : line.every);
}

/* After a case has run. */
static bool advance(void)
{
    inject(INJECT_RESULT, &result, 0);
    return result.activated && step_on(result.recovery_activated);
}

/* Where the line begins; false: it has no case left. */
static bool begin(void)
{
    keep = (struct keep){line.step.low, line.area.low, line.bit.low, line.again.low, 0};
    if (!line.resumed)
        return true;
    keep = (struct keep){line.from_step, line.from_area, line.from_bit, line.from_again, 0};
    return step_on(true) && step_on(true);
}

/* The ledger's word on the case. */
static void judge(void)
{
    struct ledger ledger = {0};
    uint32_t words[11] = {0};
    bool done = settle(post_in(20));

    for (unsigned i = 0; done && i < 2; i++) /* life goes on */
        send_data(1, i ? FLAG_CALL : 0, i ? TAG_ASKED : TAG_DATA);
    done = done && settle(post_in(20)) && report(&ledger, post_in(20)) == STATUS_OK;
    if (done && keep.cases % CHECK_EVERY == 0)
        ask(HANDLE_PAGER, TAG_CHECK, 0, words, post_in(20));
    read_mail();
    inject(INJECT_RESULT, &result, 0);
    verdict = (struct inject_verdict){
        .lost = done ? ledger.lost + (parties.number - ledger.next) +
                           (ledger.signals < parties.signals) + (parties.replies > ledger.replies) +
                           (result.restarts && !parties.told)
                     : 0,
        .doubled = ledger.doubled + (parties.answers > parties.calls),
        .reordered = ledger.reordered,
        .altered = ledger.altered + parties.wrong,
        .status = parties.status,
        .stuck = !done,
        .violations = words[1],
    };
    if (parties.status == STATUS_POISONED) /* that one entry, and it was told to its sender */
        verdict.lost--;
    inject(INJECT_VERDICT, &verdict, 0);
}

static unsigned lines_of(const struct operation *op)
{
    return strcmp(op->name, "multi") == 0 ? 4 : 1;
}

static void run_line(void)
{
    const struct operation *op = &operations[line.operation];

    if (!begin())
        return;
    prepare_state(line.state, lines_of(op));
    op->prepare();
    if (judged_by_carol()) {
        uint32_t words[11];
        ask(parties.carol, TAG_JUDGE,
            JUDGE_IN + (line.campaign == CAMPAIGN_STOP ? JUDGE_BOB_DIED : 0), words, POST_FOREVER);
    }
    if (inject(INJECT_CHECKPOINT, &keep, sizeof keep / 4) == 0 || (keep.cases++, advance())) {
        make_plan();
        if (line.campaign == CAMPAIGN_HOSTILE)
            plan.value = hostile_value(*(volatile uint32_t *)(uintptr_t)plan.where, keep.bit);
        inject(INJECT_ARM, &plan, 0);
        op->act();
        if (judged_by_carol())
            for (;;)
                post_wait(POST_FOREVER);
        judge();
    }
    /* The last return of the checkpoint: nothing has been posted. Bob may wait for it. */
    if (strcmp(op->party, "gone") != 0)
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
                               .pager = post_open("pager")};
    ask(post_open("router"), TAG_WATCH, 1, words, POST_FOREVER);
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

int main(void)
{
    char name[NAME_BYTES];

    post_name_of(post_self(), name);
    if (strcmp(name, "bob") == 0)
        be_bob();
    if (strcmp(name, "carol") == 0)
        be_carol();
    if (strncmp(name, "dave", 4) == 0)
        be_dave();
    be_alice();
}
