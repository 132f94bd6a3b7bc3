/* SPDX-License-Identifier: BSD-2-Clause */
/* What main, the leaver and the holder of this test agree on. */
#ifndef LEAKS_H
#define LEAKS_H

#include "post.h"

#define TAG_LEND  100 /* CALL with lent pages, both ways: not answered                   */
#define TAG_CALL  101 /* CALL, both ways: not answered                                   */
#define TAG_READY 102 /* CALL, leaver to main -> w2 enum way: all is open                */
#define TAG_TURN  103 /* CALL, main to holder: lend and call, too                        */
#define TAG_SETTLE                                                                                 \
    104              /* CALL, main to holder: the leaver is dead. -> w1 status, w2 loans that      \
                        were open, w3 calls, w4 what is wrong                           */
#define TAG_GONE 105 /* pages that are granted in the moment of death                   */

enum way { WAY_EXIT, WAY_FAULT, WAY_KILL, WAY_GRANT, WAYS };

#define LOANS 2 /* that the leaver has open at the holder */
#define CALLS 3

#endif
