/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the rows about large messages agree on (section F of attacks.def): the mover, which directs
 * them; the peers, which send each other pages as it says; and the hostile pager, which it tells
 * what to do wrong. The mover holds no pages itself, because who waits for a move can say nothing
 * else.
 */
#ifndef MOVES_H
#define MOVES_H

#include <post.h>

/* CALL to the hostile pager; w1 one of these, w2.. its arguments -> w1 status, w2.. results. */
#define TAG_TRICK 203
enum trick {
    TRICK_PUT_OFF, /* w2 1: MOVE_ASKs are put off from now on; 0: no more. Those put off stay so  */
    TRICK_ASKED,   /* -> w2.. w1 to w7 of the last ask that was put off (NONE)                    */
    TRICK_GO,      /* the last ask that was put off goes to the real pager now                    */
    TRICK_ANSWER,  /* MOVE_ANSWER: w2 sender, w3 entry, w4 status | runs << 16, w5 address, w6 pages
                      -> w2 what the router says                                                  */
    TRICK_MOVE,  /* by nano: w2 from, w3 address, w4 to, w5 target, w6 pages                     */
    TRICK_TRIM,  /* w2 task, w3 address: the page table there, which MOVE gave, is taken         */
    TRICK_COUNT, /* from now on, steps in moves are counted; w2 the one before which to die, or 0 */
    TRICK_STEPS, /* -> w2 how many there were, w3.. four to a word: nano's operation or STEP_*   */
    TRICK_LARGE, /* sends a large message of its own -> w2 why it is held, w3 the same when it has
                      answered itself, w4 what the router says to that answer                     */
    TRICK_DIE,   /* no reply                                                                    */
};
#define STEP_ANSWER 100 /* the answer to the router */
#define STEP_END    101 /* the move is done with: nothing more for now */

/*
 * To a peer. A buffer's words say which they are, so that LOOK can tell page for page.
 *
 * FILL   CALL; w2 pages, w3 pages before it that are left alone -> w1 status, w2 address
 * GIVE   w1 its handle of the receiver, w2 ticks until it gives up (0: never), w3 1: as a loan
 * HOW    CALL -> w1 status of the last GIVE or reply to a loan, w2 are its pages its own?
 * LOOK   CALL; w2 address, w3 pages, w4 which pages they must be -> w1 OK or CORRUPT
 * GOT    CALL -> w1 OK, w2 messages with pages so far, w3 address, w4 pages of the last
 * NAMED  CALL; text from w2: a name -> w1 status, w2 its handle
 * AREA   CALL; w2 address, w3 pages: announces where arrivals shall land -> w1 status
 * HOLD   w2 1: loans are not answered until this comes with 0. CALL -> w1 OK
 */
#define TAG_FILL  96
#define TAG_GIVE  97
#define TAG_HOW   98
#define TAG_LOOK  99
#define TAG_GOT   100
#define TAG_NAMED 101
#define TAG_AREA  102
#define TAG_HOLD  103
#define TAG_PAGES 104 /* between peers */

/* After the pager's death nobody would map another page of stack. */
static inline void touch_stack(void)
{
    volatile char stack[3 * PAGE_SIZE];

    for (unsigned i = 0; i < sizeof stack; i += PAGE_SIZE)
        stack[i] = 0;
}

#endif
