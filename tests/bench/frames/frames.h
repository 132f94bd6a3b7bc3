/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two tasks of this benchmark share. "frames" drives and prints; "frames-peer", the same
 * program under its other name, is the other end. For each phase frames calls the peer, and both
 * run their half. The peer notes the time at which it had the last message, and tells it with what
 * it found: contents that are not what was sent make the figure worth nothing.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "../small/measure.h"

#define TAG_DONE 97 /* CALL -> w1 the time, low word; w2 high word; w3 the sum */
#define TAG_DATA 98
#define TAG_ACK  99

#define MIB    0x100000u
#define BULK   (100 * MIB)
#define CHUNK  (2 * MIB)
#define FRAMES (CHUNK / PAGE_SIZE)
#define BATCH  64 /* lines that are posted before the peer acknowledges them */

enum phase {
    PHASE_16,     /* bulk by messages of 16 bytes                  */
    PHASE_64,     /* by whole lines: 48 bytes of payload each      */
    PHASE_INLINE, /* by the longest messages                       */
    PHASE_COPIES, /* through a buffer of 2 MiB that goes to and fro */
    PHASE_BACK,   /* pages, granted back with the time             */
    PHASE_GIVE,   /* given messages, given back                    */
    PHASE_FREE,   /* given messages, read and released             */
};

/* bulk.c: the halves of the phases that move 100 MiB by copies. */
void bulk_send(enum phase phase, int handle, const uint8_t *from, struct post_buffer *chunk);
void bulk_receive(enum phase phase, int handle, uint8_t *to);

#endif
