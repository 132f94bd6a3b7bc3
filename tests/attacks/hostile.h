/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the judge, the attackers and the runner agree on: numbers of verdicts, and how a task tells
 * a hostile router or pager which row of attacks.def it shall commit. Rows are counted from 0.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

/* The call gate with this | row as operation: the hostile router commits the row; EDX: argument. */
#define HOSTILE_OPERATION 0x40A77000u
#define HOSTILE_ROWS      0x1000u
#define HOSTILE_RESULT    0x40A70000u /* | verdict, in EAX, if it comes back */
/* is the router as it was linked? */
#define HOSTILE_PRISTINE (HOSTILE_OPERATION | (HOSTILE_ROWS - 1))
#define HOSTILE_TAMPER   (HOSTILE_OPERATION | (HOSTILE_ROWS - 2)) /* EDX: enum tamper */
/* It parks its caller, and hands off to it: nano's short way. */
#define HOSTILE_SHORT (HOSTILE_OPERATION | (HOSTILE_ROWS - 4))

#define HOSTILE_DIE (HOSTILE_OPERATION | (HOSTILE_ROWS - 3)) /* EDX: enum death  */

/* How the router dies, in this call of its caller's. */
enum death {
    DEATH_AT_ONCE,  /* before anything of the caller's is read               */
    DEATH_AFTER,    /* what the caller has posted is delivered first         */
    DEATH_HANG,     /* it hangs                                              */
    DEATH_OF_PAGER, /* not in this call: from now on in each of the pager's  */
};

/* What the hostile router does with the next line of its
 * caller's outbox, instead of carrying it. */
enum tamper {
    TAMPER_CARRY,    /* to the caller itself, as it should if that is whom it is for */
    TAMPER_DROP,     /* to nobody                                                    */
    TAMPER_TWICE,    /* to the caller, twice                                         */
    TAMPER_MISROUTE, /* to the caller, whoever it is for                             */
    TAMPER_ALTER,    /* to the caller, with a bit of w[3] changed                    */
};

/* A call to the hostile pager: w1 the row -> w1 status, w2 verdict, w3 where it went wrong. */
#define TAG_HOSTILE 200
/* To the judge, from an attacker that claims to be somebody else (row D08). */
#define TAG_FORGED 201

/*
 * To the bystander. A call, w1 anything -> w1 the same, w2 how many words of its memory are not
 * what they must be, w3 and w4 what it saw when it last watched the clock, in ticks and in
 * hundredths of a tick by the TSC; w5 its id, w6 where its array is. SENTRY, no call: until the
 * next message.
 */
#define TAG_WHOLE  204
#define TAG_SENTRY 205
/* The same as a call: it sends this to the judge, too -> w1 status of that. */
#define TAG_KNOCK 206

/* To deadly.c: have the router die in all of your calls; w1 enum death, w2 the tick to begin at. */
#define TAG_DIE 207

enum verdict {
    HELD,      /* it was tried, and nothing came of it     */
    THROUGH,   /* it succeeded                             */
    CHANGED,   /* not what the row expects of a held fence */
    WRONG,     /* it read something, but not the secret    */
    RESTARTED, /* the router was restarted under it        */
    UNSEEN,    /* the audit did not see a seed             */
};

#endif
