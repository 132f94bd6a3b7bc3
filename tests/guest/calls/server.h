/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of the calls test; each is a CALL. */
#ifndef SERVER_H
#define SERVER_H

#include "post.h"

#define TAG_FIRST     100 /* kept, until TAG_SECOND has been answered        */
#define TAG_SECOND    101
#define TAG_SLOW      102 /* w2 ticks: answered after so long                */
#define TAG_LINES     103 /* w2 lines: a reply of that length                */
#define TAG_TWICE     104 /* answered twice                                  */
#define TAG_TOLD      105 /* -> w2: what the router said to the last reply   */
#define TAG_DIE       106 /* exits with code 7 and no answer                 */
#define TAG_STUFF     107 /* not a CALL: sends to `main` until told to stop  */
#define TAG_STOP      108
#define TAG_PASS      110 /* sealed; forwarded to `second`, which answers with the words, sealed */
#define TAG_NO_ANSWER 109 /* answered with a status that is not OK           */

#endif
