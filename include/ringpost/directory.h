/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nano tells the other rings: the task directory (ring 1 reads it), the
 * nameplate of each view (ring 1 reads it), the clock (ring 3 reads it). Nano is
 * the only writer of all of these; in every view they are read-only.
 */
#ifndef RINGPOST_DIRECTORY_H
#define RINGPOST_DIRECTORY_H

#include <stdint.h>
#include <ringpost/types.h>

/* Readiness. A free task other than the one in CR3 is parked. */
enum readiness {
    READY_STOPPED = 0,  /* may not run: faulted, being made or ended; no task   */
    READY_FREE = 1,     /* running or parked; which, CR3 tells                  */
    READY_QUEUED = 2,   /* will run                                             */
    READY_SPECIAL = 3,  /* as FREE, with a deadline armed or I/O ports          */
};

#define PRIORITIES 32          /* 1 (low) to 31; 0 is nobody                   */

struct task_entry {
    uint32_t ready;            /* the priority while the state is FREE, else 0 */
    uint32_t state;            /* enum readiness                               */
    task_id_t id;              /* 0: the slot is empty; else slot + generation */
    uint32_t priority;
    uint32_t out_mask;         /* lines in the outbox - 1                      */
    uint32_t in_mask;          /* lines in the inbox - 1                       */
    uint32_t view;             /* what CR3 is while it runs                    */
    uint32_t window;           /* the linear address of its mailbox there      */
};
_Static_assert(sizeof(struct task_entry) == 32, "the gatehouse shifts by 5");

#define ATTENTION_ALL 0xFFFFFFFFu

/* One page at DIRECTORY_PAGE. */
struct nano_page {
    uint32_t abi;
    /* ATTENTION_ALL: come the plain way; else the highest queued priority, or 1 */
    uint32_t attention;
    uint32_t tasks;            /* slots in the directory; slot 0 is nobody's   */
    task_id_t pager;           /* task ids of the two that the router itself must know; 0: none */
    task_id_t registrar;
    uint32_t incarnation;      /* of the router: 1 at boot, one more each restart */
    task_id_t irq_task[16];    /* id of whom an interrupt line signals, or 0   */
    task_id_t culprit;         /* at RECOVER: in whose call the router died    */
};

struct in_header;
union routes;

/* One page at NAMEPLATE in each view. */
struct nameplate {
    uint32_t abi;
    task_id_t id;
    slot_t slot;
    struct in_header *in;      /* the task's, in the window                    */
    union routes *routes;      /* its place in the route cache                 */
};

/* One page at CLOCK in each view. */
struct clock {
    uint32_t now;              /* ticks since boot; a tick is 1 ms             */
    uint32_t hz;               /* ticks a second                               */
    uint32_t ring0_entries;    /* by gate or exception so far; interrupts not counted */
};

/* One page at WAKE_LIST: the router writes, nano reads and checks. */
#define WAKE_MAX 15
struct wake_list {
    uint32_t count;
    task_id_t id[WAKE_MAX];
};

/*
 * Upcall events: nano enters the router at `upcall_entry` of its header (router_header)
 * in the idle view with EAX = event, EDX = argument. The same event is offered again
 * until a PARK accepts it.
 */
enum upcall {
    UPCALL_IRQ = 1,     /* EDX: the interrupt line                              */
    UPCALL_EVENT = 2,   /* the pager has events to fetch                        */
    UPCALL_GONE = 3,    /* EDX: id of a task that has ended                     */
    UPCALL_RECOVER = 4, /* the router was restarted; EDX: the culprit's id or 0 */
};

/* The first bytes of the router's image, at ROUTER_BASE. Both entries must lie in its text. */
#define ROUTER_MAGIC 0x54534F50u /* "POST" */
struct router_header {
    uint32_t magic;
    uint32_t abi;
    uint32_t call_entry;       /* target of the call gate                      */
    uint32_t upcall_entry;
};

#endif
