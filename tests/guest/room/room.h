/* SPDX-License-Identifier: BSD-2-Clause */
/* What main and the senders of this test agree on: the content of message number n, and the tags.
 */
#ifndef ROOM_H
#define ROOM_H

#include "post.h"

#define TAG_READY 100 /* CALL -> w2 lines of a message, w3 how; answered when all are there */
#define TAG_FLOOD 101 /* w1 its number, from 0; room_word(number, i) in every further word */

enum how {
    HOW_WAITS, /* fills its outbox, and waits to be told */
    HOW_EAGER  /* posts all the time, told or not        */
};

static inline uint32_t room_word(uint32_t number, uint32_t i)
{
    return (number + 1) * 2654435761u ^ i * 40503u;
}

/* The words behind w1. */
static inline unsigned room_words(unsigned lines) { return lines * (LINE_BYTES / 4) - 6; }

#endif
