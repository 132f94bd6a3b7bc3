/* SPDX-License-Identifier: BSD-2-Clause */
/* What main and sink of this test agree on: the content of message number n, and the tags. */
#ifndef SINK_H
#define SINK_H

#include "post.h"

#define TAG_STREAM 100 /* content by sink_fill; numbered from 0 after each report           */
#define TAG_REPORT 101 /* CALL -> w2 messages, w3 faults, w4 their sender, w5 first fault    */
#define TAG_SEALED 103 /* as STREAM, but sealed; CORRUPT ones are faults, and not messages */
#define TAG_CALLED                                                                                 \
    104 /* CALL, sealed; w1 -> w1 the same, sealed; odd: answered without a seal     */
#define TAG_STALL 102 /* CALL; w2 ticks: answered at once, then sleep with mail unread */

static inline uint32_t sink_word(uint32_t message, uint32_t word)
{
    return (message + 1) * 2654435761u ^ word * 40503u;
}

static inline void sink_fill(void *data, unsigned bytes, uint32_t message)
{
    for (unsigned i = 0; i < bytes / 4; i++)
        ((post_word *)data)[i] = sink_word(message, i);
}

static inline bool sink_check(const void *data, unsigned bytes, uint32_t message)
{
    for (unsigned i = 0; i < bytes / 4; i++)
        if (((const post_word *)data)[i] != sink_word(message, i))
            return false;
    return true;
}

#endif
