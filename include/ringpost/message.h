/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message: one 64-byte line, or up to 32 consecutive lines with bytes inline.
 *
 *   word    sender sets               router rewrites             receiver sees
 *   peer    route handle (0: void)    the sender's task id        who, unforgeable
 *   tag     message id                -                           the same
 *   lines   1..32                     -                           the same
 *   flags   FLAG_*                    -                           the same
 *   badge   CALL: lines reserved for  the route's badge           what this sender was given
 *           the reply (0 means 1);
 *           FORWARD: inbox index of
 *           the line passed on
 *   cookie  anything                  -                           the same; a reply brings it back
 *   w[0]    CALL: anything            CALL: the call index        CALL: the reply's w[0] repeats it
 *   w[1..]  payload                   -                           the same
 *
 * Further lines of a message are 64 bytes of payload each; they follow w[11]
 * without a gap, because a ring's pages are mapped twice in a row.
 *
 * A REPLY's peer is not a route but the task id of the caller: the peer of the
 * received line, or, if that has FLAG_FORWARD, what in.first says of it
 * (mailbox.h). Its w[0] is the w[0] received and its cookie the call's cookie. The
 * router accepts one reply for each call, at any time, in any order.
 *
 * A death notice is a reply by the router itself: peer ID_ROUTER, flags REPLY and
 * NOTIFY, tag STATUS_DEAD, w[0] the call index, w[1] who died, cookie the call's.
 *
 * FORWARD of a CALL passes the duty to reply on to the new receiver. With the INTERPOSE right the
 * receiver sees the first sender's peer and badge and no FORWARD flag, so neither of the two tasks
 * sees the filter between them.
 *
 * GRANT (a message or a CALL of one line) moves page frames to the receiver; with LEND (a CALL)
 * they come back with the reply. The router holds the entry (MOVE) until the pager has moved them.
 *
 *   w[1..2]   payload                   -                      the same
 *   w[3]      extents: how many, 1..4,  -                      how many runs arrived
 *             or EXTENT_LIST | 1..248;
 *             EXTENT_READ_ONLY
 *   w[4..11]  (address, pages) of each; where they landed      (address, pages) of each; a list
 *             a list stands in the                             arrives as one run
 *             sender's out header
 *
 * NOTIFY delivers no line: it raises user signal (tag & 15) at the receiver.
 *
 * CANCEL (one line, no other flag, any peer but 0) says in w[0] which of its open calls the task
 * does not wait for any more. The call is closed. The server that was to answer it receives a line
 * with the caller's id as peer, CANCEL, the call index in w[0], and zeros; or nothing, if it has no
 * room. Its reply is refused (NO_CALL), which every server must bear. Just one of reply, death
 * notice and cancel happens: if the call is closed already, the entry is passed over as if void.
 * A call that lent frames cannot be cancelled before they are back (BUSY).
 */
#ifndef RINGPOST_MESSAGE_H
#define RINGPOST_MESSAGE_H

#include <stdint.h>
#include <ringpost/types.h>

#define LINE_BYTES   64
#define MAX_LINES    32                       /* lines in one message          */
#define MAX_ENTRIES  64                       /* entries in one GATE_POST      */
#define PAYLOAD_WORDS 12                      /* in the first line             */
#define MAX_INLINE   (PAYLOAD_WORDS * 4 + (MAX_LINES - 1) * LINE_BYTES) /* 2,032 bytes */

enum message_flag {
    FLAG_CALL = 0x01,    /* opens the ledger; room for the reply is reserved   */
    FLAG_REPLY = 0x02,   /* answers a call; peer is the caller's task id       */
    FLAG_FORWARD = 0x04, /* passes a received line on                          */
    FLAG_GRANT = 0x08,   /* names frames that move                             */
    FLAG_LEND = 0x10,    /* the frames come back                               */
    FLAG_ROUTE = 0x20,   /* reserved for passing a route on: refused, DENIED   */
    FLAG_NOTIFY = 0x40,  /* raises a signal, delivers no line                  */
    FLAG_CANCEL = 0x80,  /* w[0] names a call of mine that I do not wait for   */
};

struct line {
    uint32_t peer;
    uint16_t tag;
    uint8_t lines;
    uint8_t flags;
    uint32_t badge;
    uint32_t cookie;
    uint32_t w[PAYLOAD_WORDS];
};
_Static_assert(sizeof(struct line) == LINE_BYTES, "a line is 64 bytes");

/* w[3] of a GRANT. Pages arrive with the sender's rights, never executable. */
#define EXTENT_COUNT     0x0000FFFFu
#define EXTENT_READ_ONLY 0x40000000u
#define EXTENT_LIST      0x80000000u
#define EXTENT_LIST_MAX  248u

/* Rights of a route (protocol.h says who decides them). */
enum right {
    RIGHT_SEND = 0x01,
    RIGHT_CALL = 0x02,
    RIGHT_NOTIFY = 0x04,
    RIGHT_GRANT = 0x08,
    RIGHT_LEND = 0x10,
    RIGHT_FORWARD = 0x20,
    RIGHT_INTERPOSE = 0x40,
    RIGHT_MONITOR = 0x80, /* route to ID_ROUTER: STATS and WATCH                */
};

#define TASK_SLOT(id) slot_of(id)

/* Route handles: a small number of the task's own, like a file descriptor. */
#define HANDLE_VOID      AS_KIND(handle_t, 0)
#define HANDLE_ROUTER    AS_KIND(handle_t, 1)
#define HANDLE_REGISTRAR AS_KIND(handle_t, 2)
#define HANDLE_PAGER     AS_KIND(handle_t, 3)
#define HANDLE_FIRST     AS_KIND(handle_t, 4) /* the first that the registrar gives             */
#define HANDLES          64

#endif
