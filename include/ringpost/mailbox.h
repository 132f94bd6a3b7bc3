/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mailbox: 64 KiB of addresses. Its task sees it at OWN_MAILBOX, the router at
 * WINDOW + slot * 64 KiB. Each part has one writer, and the page tables enforce that in both rings:
 *
 *   page    part         written by   ring 3   ring 1
 *   0       out header   the task     rw       r
 *   1       in header    the router   r        rw
 *   2-3     (empty: a guard)
 *   4-7     outbox       the task     rw       r     its pages twice in a row
 *   8-11    inbox        the router   r        rw    its pages twice in a row
 *   12-15   (empty: a guard)
 *
 * Indices count lines and run free: they have 32 bits and are masked on use. The index of an entry
 * is that of its first line; the call index of a call is the index of its outbox entry. Whatever
 * the task writes is hostile to the router: it reads a word once, checks the copy, and uses the
 * copy.
 */
#ifndef RINGPOST_MAILBOX_H
#define RINGPOST_MAILBOX_H

#include <stddef.h>
#include "layout.h"
#include "message.h"
#include "types.h"
#include "version.h"

#define MAX_RING      128      /* lines in a ring: 64 or 128                   */
#define MAX_EXTENTS   256      /* places in the out header's extent list; a message names up to
                                  EXTENT_LIST_MAX, so that its MOVE_ASK fits MAX_LINES */
#define INLINE_EXTENTS 4       /* in a message                                 */

/* A run of pages: page-aligned linear address, number of pages. */
struct extent {
    uint32_t address;
    uint32_t pages;
};

/* Signals: a bit is pending while it differs between in.signals and out.seen. */
#define SIGNAL_HELD    0x00000001u  /* look at the held slot, post again        */
#define SIGNAL_EVENT   0x00000002u  /* pager: nano has events to fetch          */
#define SIGNAL_IRQ     0x00000004u  /* my interrupt line was raised             */
#define SIGNAL_RESTART 0x00000008u  /* monitor: the router was restarted        */
#define SIGNAL_USER    0x00010000u  /* first of 16 that tasks raise by NOTIFY   */

struct out_header {
    uint32_t abi;             /* ABI_VERSION                                   */
    ring_index_t out_tail;    /* one past the last line posted                 */
    ring_index_t in_head;     /* first line not yet read                       */
    ring_index_t looked;      /* the inbox tail last looked at                 */
    uint32_t seen;            /* signals last seen                             */
    uint32_t restart_eip;     /* where to go on after being parked; below 3 GiB */
    uint32_t restart_esp;
    uint32_t unused[505];
    struct extent extents[MAX_EXTENTS]; /* a long list for GRANT and LEND       */
};

/*
 * The delivery under way from this outbox: what a restart must know to finish it. At most one in
 * the system is under way; at rest `next` is out_head, however far heads have gone.
 */
struct record {
    ring_index_t tail;        /* the receiver's inbox tail after the commit    */
    task_id_t dest;           /* the receiver                                  */
    ring_index_t next;        /* where out_head goes: stored last              */
    ring_index_t by;          /* GRANT, LEND: where the out_head of the pager goes, who answered */
};

/* The death notice under way to this task: the call that it answers is open until it is closed. */
struct notice {
    ring_index_t call;
    ring_index_t tail;        /* the inbox tail after the commit               */
    task_id_t server;         /* who died; stored last. 0: none is under way   */
};

/* in.first of an inbox line that is not the first of its message. */
#define FIRST_INSIDE AS_KIND(task_id_t, 0xFFFFFFFFu)

/* An open call, at the ring position of its outbox index. */
struct call {
    task_id_t server;         /* who may reply; 0: this slot is closed         */
    uint32_t cookie;
    ring_index_t index;       /* the call index: its outbox index, w[0] of call and reply      */
    uint32_t room;            /* inbox lines reserved for the reply            */
};

/* Why the entry at the outbox head is still there. */
struct held {
    uint32_t reason;          /* enum status; STATUS_OK: nothing is held       */
    ring_index_t index;       /* the entry                                     */
    task_id_t peer;           /* the task that it waits for, if any            */
    uint32_t kills;           /* how often it has killed the router            */
    union {
        uint32_t lines;       /* FULL: how many lines it needs                 */
        uint32_t loan;        /* MOVE: FLAG_LEND or 0; of a reply: the loan's call index */
    };
    uint32_t ask;             /* number of the last MOVE_ASK for an entry of this task */
    task_id_t as;             /* FULL: whose lines it would be there           */
    uint32_t unused[5];
};

/* Since the task began; 32 bits, which come round. */
struct counters {
    uint32_t calls;           /* entries through the call gate                 */
    uint32_t sent;            /* messages delivered from this outbox           */
    uint32_t received;        /* messages delivered to this inbox              */
    uint32_t lines;           /* lines delivered to this inbox                 */
    uint32_t full;            /* times this task's entry was held for room     */
    uint32_t refused;         /* refusals                                      */
    uint32_t notified;        /* signals raised by messages                    */
    uint32_t parked;          /* times it was parked in a call                 */
};

/*
 * In the in header three of them are told by how far an index has run, so that the fast path need
 * not count: `sent` is what out_head is more than the number, `received` and `lines` what in_tail
 * is more.
 */

struct in_header {
    uint32_t abi;             /* ABI_VERSION once the router has taken it up   */
    task_id_t self;           /* this task's id                                */
    uint32_t out_mask;        /* lines in the outbox - 1; 0 before the first gate call */
    uint32_t in_mask;         /* lines in the inbox - 1; the same               */
    ring_index_t in_tail;     /* one past the last line delivered              */
    ring_index_t out_head;    /* the first entry not delivered                 */
    uint32_t signals;
    uint32_t reserved;        /* inbox lines kept free for replies             */
    uint32_t open_calls;      /* ledger slots in use                           */
    int32_t plain_room;       /* that many plain lines have room here without a look: they fill
                                 half the inbox; a count that only runs down; 0 or less: look */
    slot_t room_wanted;       /* who waits longest for room here; 0: nobody    */
    struct record record;
    struct notice notice;
    struct held held;
    struct counters counters;
    struct call ledger[MAX_RING]; /* by outbox index & mask                     */
    task_id_t first[MAX_RING]; /* by inbox index & mask, of the first line of a message: who sent
                                 it first, if it was forwarded, else 0; or FIRST_INSIDE */
    uint32_t watches;         /* not 0: SIGNAL_RESTART at each restart (WATCH)  */
};
/* 2 KiB ledger + 0.5 KiB first + the rest: one page. */

struct mailbox {
    struct out_header out;
    union {
        struct in_header in;
        uint8_t in_page[PAGE_SIZE * 3];
    };
    struct line outbox[2 * MAX_RING];
    struct line inbox[2 * MAX_RING];
    uint8_t guard[4 * PAGE_SIZE];
};
_Static_assert(sizeof(struct out_header) == PAGE_SIZE, "the out header is a page");
_Static_assert(sizeof(struct in_header) <= PAGE_SIZE, "the in header fits a page");
_Static_assert(sizeof(struct mailbox) == 1 << MAILBOX_SHIFT, "a mailbox is 64 KiB");
_Static_assert(offsetof(struct mailbox, outbox) == 4 * PAGE_SIZE, "outbox: page 4");
_Static_assert(offsetof(struct mailbox, inbox) == 8 * PAGE_SIZE, "inbox: page 8");

#endif
