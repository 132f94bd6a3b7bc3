/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plan: what alice shall do, a text module with a line for each campaign on one operation in
 * one state of the mailboxes:
 *
 *   CAMPAIGN OPERATION STATE [step=LO-HI] [every=N] [area=LO-HI] [bit=LO-HI] [again=LO-HI]
 *
 * With from-step=, from-area=, from-bit= and from-again= it goes on after the case that follows
 * that one: the one that stopped the machine. step is the router's instruction, area a range of
 * addresses or of numbers, again the instruction of the recovery. Ring 3; the words are split by
 * <ringpost/words.h>.
 */
#ifndef FAULTS_PLAN_H
#define FAULTS_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/words.h>

struct range {
    uint32_t low, high;
};

enum campaign {
    CAMPAIGN_COUNT, /* nothing goes wrong: how many instructions are there?  */
    CAMPAIGN_KILL,
    CAMPAIGN_PAIR,   /* again in the recovery                                 */
    CAMPAIGN_POISON, /* the same entry kills it three times: it is refused     */
    CAMPAIGN_TICK,
    CAMPAIGN_HANG,
    CAMPAIGN_REGISTER, /* area: registers; bit                                  */
    CAMPAIGN_FLIP,     /* area: addresses; bit: any of the router's memory      */
    CAMPAIGN_MAILBOX,  /* the same in what the router writes of bob's mailbox   */
    CAMPAIGN_CACHE,    /* the same in the routes that it remembers of the caller     */
    CAMPAIGN_HOSTILE,  /* area: word number of what a task writes; bit: which value */
    CAMPAIGN_STOP,     /* area: whom                                            */
    CAMPAIGN_IRQ,      /* as tick, but the irq of a task                         */
    CAMPAIGN_PAIRS,    /* pair, at each point that can differ: traced            */
    CAMPAIGN_HOSTILES, /* hostile, likewise                                      */
    CAMPAIGN_CODE,     /* nothing goes wrong: which instructions are executed?   */
    CAMPAIGN_USES,     /* nothing goes wrong: which use each word of the area?    */
    CAMPAIGNS
};
extern const char *const campaign_names[CAMPAIGNS];

struct line_plan {
    uint32_t campaign, operation;
    char state;
    uint32_t every; /* of steps (pair: of again) */
    struct range step, area, bit, again;
    uint32_t from_step, from_area, from_bit, from_again;
    bool resumed;
};

/* Reads the next line; false: there is none. A mistake in it ends the run. */
bool plan_next(struct words *words, struct line_plan *plan);

#endif
