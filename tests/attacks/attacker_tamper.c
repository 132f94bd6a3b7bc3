/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes of a message that a hostile router drops, doubles, leads astray or changes: rows E30,
 * a part of the attacker, ring 3. The attacker sends to itself (or, to be led astray, to echo), has
 * the router carry one message by its own hand (HOSTILE_TAMPER), and looks at its inbox. What must
 * hold is that the damage ends there: the messages before and after are whole, in order, and come
 * once.
 */
#include <post.h>
#include "attacker_tamper.h"

#define WORDS 4 /* of each message: its number, and three that follow from it */

static int self;

static void fill(uint32_t *words, uint32_t number)
{
    for (uint32_t i = 0; i < WORDS; i++)
        words[i] = number * 0x01010101u * (i + 1);
}

/* The next unread message: is it that one, whole? */
static bool came(uint32_t number)
{
    uint32_t words[WORDS];
    const struct line *line = post_peek();

    if (!line)
        return false;
    fill(words, number);
    bool whole = line->peer == post_self() && line->lines == 1 && line->tag == TAG_PING &&
                 memcmp(line->w, words, sizeof words) == 0;
    post_done(line);
    return whole;
}

static bool sent(uint32_t number)
{
    uint32_t words[WORDS];

    fill(words, number);
    return post_send(self, TAG_PING, words, sizeof words) == STATUS_OK;
}

/* Commits that message; the router then changes it as `how` says. */
static bool sent_by_hand(int to, uint32_t number, enum tamper how)
{
    uint32_t words[WORDS];

    fill(words, number);
    return post_put(to, TAG_PING, words, sizeof words) == STATUS_OK &&
           post_gate(HOSTILE_TAMPER, how) == (HOSTILE_RESULT | THROUGH);
}

bool tampered(enum tamper how)
{
    int echo = post_open("echo");
    uint32_t words[POST_ANSWER] = {7};
    bool good;

    self = post_open("attacker");
    good = sent(1) && sent_by_hand(how == TAMPER_MISROUTE ? echo : self, 2, how) && sent(3);
    good = good && came(1);
    if (how == TAMPER_ALTER)
        good = good && !came(2);
    else if (how != TAMPER_DROP)
        good = good && came(2);
    if (how == TAMPER_TWICE)
        good = good && came(2);
    return good && came(3) && !post_peek() &&
           post_call(echo, TAG_PING, words, 4, words, sizeof words, NULL, post_in(2000)) ==
               STATUS_OK &&
           words[0] == 7;
}

/* Sealed, the same message by the same hand: as it was, and changed. */
static enum status sealed(enum tamper how)
{
    const struct line *line;
    uint32_t words[WORDS];
    enum status status;

    fill(words, 5);
    if (post_put_sealed(self, TAG_PING, words, sizeof words) != STATUS_OK ||
        post_gate(HOSTILE_TAMPER, how) != (HOSTILE_RESULT | THROUGH) || !(line = post_peek()))
        return STATUS_NONE;
    status = post_sealed(line);
    post_drop(line);
    return status;
}

bool seal_finds_it(void)
{
    self = post_open("attacker");
    return sealed(TAMPER_CARRY) == STATUS_OK && sealed(TAMPER_ALTER) == STATUS_CORRUPT &&
           sealed(TAMPER_CARRY) == STATUS_OK && sent(6) && came(6) && !post_peek();
}
