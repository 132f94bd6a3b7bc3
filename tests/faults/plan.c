/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the plan; see plan.h. Ring 3, alice. */
#include "plan.h"
#include "faults.h"

const char *const campaign_names[CAMPAIGNS] = {
    [CAMPAIGN_COUNT] = "count",       [CAMPAIGN_KILL] = "kill",
    [CAMPAIGN_PAIR] = "pair",         [CAMPAIGN_POISON] = "poison",
    [CAMPAIGN_TICK] = "tick",         [CAMPAIGN_HANG] = "hang",
    [CAMPAIGN_REGISTER] = "register", [CAMPAIGN_FLIP] = "flip",
    [CAMPAIGN_MAILBOX] = "mailbox",   [CAMPAIGN_CACHE] = "cache",
    [CAMPAIGN_HOSTILE] = "hostile",   [CAMPAIGN_STOP] = "stop",
    [CAMPAIGN_IRQ] = "irq",           [CAMPAIGN_PAIRS] = "pairs",
    [CAMPAIGN_HOSTILES] = "hostiles", [CAMPAIGN_CODE] = "code",
    [CAMPAIGN_USES] = "uses",
};

static _Noreturn void bad(const struct words *words)
{
    say("faults: plan, line %u: no such line\n", words->line);
    post_send(parties.pager, TAG_OFF, (uint32_t[]){0, 3}, 8);
    for (;;)
        post_wait(POST_FOREVER);
}

static bool set(struct line_plan *plan, struct word key, struct word value)
{
    struct {
        const char *name;
        struct range *range;
    } const ranges[] = {
        {"step", &plan->step}, {"area", &plan->area}, {"bit", &plan->bit}, {"again", &plan->again}};

    struct {
        const char *name;
        uint32_t *number;
    } const numbers[] = {{"from-step", &plan->from_step},
                         {"from-area", &plan->from_area},
                         {"from-bit", &plan->from_bit},
                         {"from-again", &plan->from_again}};

    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (word_is(key, numbers[i].name)) {
            plan->resumed = true;
            return word_number(value, UINT32_MAX, numbers[i].number);
        }
    if (word_is(key, "every"))
        return word_number(value, UINT32_MAX, &plan->every) && plan->every;
    for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (word_is(key, ranges[i].name))
            return word_range(value, UINT32_MAX, &ranges[i].range->low, &ranges[i].range->high);
    return false;
}

bool plan_next(struct words *words, struct line_plan *plan)
{
    struct word key, value;

    *plan = (struct line_plan){.campaign = CAMPAIGNS,
                               .operation = operation_count,
                               .every = 1,
                               .step = {0, UINT32_MAX},
                               .bit = {0, 31},
                               .again = {1, UINT32_MAX}};
    if (!words_next(words))
        return false;
    if (words->count < 3 || words->word[2].length != 1)
        bad(words);
    plan->state = words->word[2].text[0];
    for (unsigned i = 0; i < CAMPAIGNS; i++)
        if (word_is(words->word[0], campaign_names[i]))
            plan->campaign = i;
    for (unsigned i = 0; i < operation_count; i++)
        if (word_is(words->word[1], operations[i].name))
            plan->operation = i;
    if (plan->campaign == CAMPAIGNS || plan->operation == operation_count)
        bad(words);
    for (unsigned i = 3; i < words->count; i++)
        if (!word_split(words->word[i], '=', &key, &value) || !set(plan, key, value))
            bad(words);
    return true;
}
