/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy parser, and the search for the line that decides. One line is one permission:
 *
 *   allow WHO to WHOM [badge=N] [rights=a,b,...] [tags=LO-HI]
 *
 * WHO is the name of a task, or * for every task; WHOM is the name of a task, or "router". Without
 * rights= the line gives send,call,notify; without tags= every tag; without badge= badge 0. The
 * first line that fits decides, so exceptions stand before the rule, and a line behind one that
 * fits all that it fits is an error.
 *
 * Ring 3, the registrar; plain C without calls, also built on the host (tests and a fuzzer).
 */
#include "policy.h"
#include <ringpost/message.h>

#define RIGHTS_DEFAULT (RIGHT_SEND | RIGHT_CALL | RIGHT_NOTIFY)

static const struct {
    const char *name;
    uint32_t right;
} right_names[] = {
    {"send", RIGHT_SEND},           {"call", RIGHT_CALL},       {"notify", RIGHT_NOTIFY},
    {"grant", RIGHT_GRANT},         {"lend", RIGHT_LEND},       {"forward", RIGHT_FORWARD},
    {"interpose", RIGHT_INTERPOSE}, {"monitor", RIGHT_MONITOR},
};

static bool one_right(struct word word, uint32_t *rights)
{
    for (uint32_t i = 0; i < sizeof right_names / sizeof *right_names; i++) {
        if (word_is(word, right_names[i].name)) {
            *rights |= right_names[i].right;
            return true;
        }
    }
    return false;
}

static bool right_list(struct word list, uint32_t *rights)
{
    struct word name, rest;

    *rights = 0;
    while (word_split(list, ',', &name, &rest)) {
        if (!one_right(name, rights))
            return false;
        list = rest;
    }
    return one_right(list, rights);
}

/* Returns NULL, or what is wrong with the value. */
static const char *set(struct rule *r, struct word key, struct word value)
{
    if (word_is(key, "badge"))
        return word_number(value, UINT32_MAX, &r->badge) ? 0 : "badge is a 32-bit number";
    if (word_is(key, "rights"))
        return right_list(value, &r->rights) ? 0 : "no such right";
    if (word_is(key, "tags"))
        return word_range(value, 0xFFFF, &r->first_tag, &r->last_tag)
                   ? 0
                   : "tags is LO-HI, within 0 to 0xffff";
    return "unknown key";
}

/* Does a line above decide wherever this one could? */
static bool is_shadowed(const struct policy *p, const struct rule *r)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct rule *above = &p->rule[i];

        if (names_equal(above->whom, r->whom) &&
            (above->who[0] == '*' || names_equal(above->who, r->who)))
            return true;
    }
    return false;
}

static bool parse_line(struct policy *p, const struct words *w, struct text_error *error)
{
    struct word none = {"", 0}, key, value;
    struct rule *r = &p->rule[p->count];

    if (w->count > WORDS_MAX)
        return words_error(w, error, none, "too many words");
    if (!word_is(w->word[0], "allow"))
        return words_error(w, error, w->word[0], "a line begins with 'allow'");
    if (p->count == POLICY_MAX)
        return words_error(w, error, none, "too many lines");
    if (w->count < 4 || !word_is(w->word[2], "to"))
        return words_error(w, error, none, "a line is 'allow WHO to WHOM ...'");
    *r = (struct rule){.rights = RIGHTS_DEFAULT, .last_tag = 0xFFFF};
    if (word_is(w->word[1], "*"))
        r->who[0] = '*';
    else if (!word_name(w->word[1], r->who))
        return words_error(w, error, w->word[1], "WHO is the name of a task, or *");
    if (!word_name(w->word[3], r->whom))
        return words_error(w, error, w->word[3], "WHOM is the name of a task, or router");
    for (uint32_t i = 4; i < w->count; i++) {
        const char *reason;

        if (!word_split(w->word[i], '=', &key, &value))
            return words_error(w, error, w->word[i], "not KEY=VALUE");
        reason = set(r, key, value);
        if (reason)
            return words_error(w, error, w->word[i], reason);
    }
    if (r->rights & RIGHT_MONITOR && !names_equal(r->whom, "router"))
        return words_error(w, error, w->word[3], "only the router can be monitored");
    if (is_shadowed(p, r))
        return words_error(w, error, w->word[1],
                           "a line above decides for these two, so this one never does");
    p->count++;
    return true;
}

/* False: *error says where and why, and the policy is empty. */
bool policy_parse(struct policy *p, const char *text, uint32_t bytes, struct text_error *error)
{
    struct words w = {.at = text, .end = text + bytes};

    p->count = 0;
    *error = (struct text_error){0};
    while (words_next(&w)) {
        if (!parse_line(p, &w, error)) {
            p->count = 0;
            return false;
        }
    }
    if (p->count == 0)
        error->reason = "it allows nothing";
    return p->count != 0;
}

/* The line that lets `who` post to `whom`, or NULL. */
const struct rule *policy_find(const struct policy *p, const char *who, const char *whom)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct rule *r = &p->rule[i];

        if ((r->who[0] == '*' || names_equal(r->who, who)) && names_equal(r->whom, whom))
            return r;
    }
    return 0;
}

/* Does the policy speak of a task of that name? */
bool policy_knows(const struct policy *p, const char *name)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (names_equal(p->rule[i].who, name) || names_equal(p->rule[i].whom, name))
            return true;
    return false;
}
