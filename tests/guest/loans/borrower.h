/* SPDX-License-Identifier: BSD-2-Clause */
/* What main asks of borrower, the other end of this test. */
#ifndef BORROWER_H
#define BORROWER_H

#include "post.h"

/* A call with lent pages: w1 says what borrower does before it answers with w1 status. */
enum deed {
    DEED_NOTHING,
    DEED_WRITE,   /* adds 1 to each word                              */
    DEED_PASS_ON, /* grants them to main: the status is the answer     */
    DEED_LEND_ON, /* lends them to main: likewise                      */
    DEED_RELEASE, /* releases them: likewise                           */
    DEED_DIE,     /* exits                                             */
    DEED_WAIT,    /* answers when it is told to (TAG_ANSWER)            */
    DEED_FAULT,   /* #UD                                               */
};

#define TAG_LEND    96
#define TAG_ANSWER  97  /* CALL: answer the loan that waits -> w1 what post_return() says */
#define KEEPER_KEEP 98  /* pages, kept                                                 */
#define TAG_WORD    99  /* CALL -> w1 OK, w2 the first word of the pages that it has     */
#define TAG_FREE    100 /* CALL -> w1 what post_release() says of them                 */

#endif
