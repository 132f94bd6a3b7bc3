/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's world for `make prove`: Frama-C's Eva runs the decision code of router/ (ring 1)
 * over everything that hostile tasks can have written, all at once, and reports each operation that
 * could go wrong. Never compiled; prove.py calls Eva with one of the prove_... functions as its
 * start.
 *
 * What a task may write at any time, its out header and outbox, is left *uninitialised*, so that
 * each plain load of it is an alarm. read_once() is a volatile load: any value, and another one
 * each time. No alarm therefore means also that what was checked is what is used. What the router
 * wrote itself, in headers and inboxes, is unknown too, but for what world_make() says; what it
 * says, router_left() shows to hold again when the router is left. Nano's words are right.
 */
#include "__fc_builtin.h"
#include <stddef.h>
#include <stdint.h>

struct line;
volatile uint32_t any;

/*@ requires \valid_read((const uint32_t *)word);
    assigns \result \from any; */
static inline uint32_t read_once(const void *word);

#include "router/router.h"
#include "router/lane.c"
#include "router/mailbox.c"
#include "router/signal.c"
#include "router/record.c"
#include "router/held.c"
#include "router/room.c"
#include "router/ledger.c"
#include "router/inbox.c"
#include "router/route.c"
#include "router/forward.c"
#include "router/move.c"
#include "router/stats.c"
#include "router/cancel.c"
#include "router/deliver.c"
#include "router/order.c"
#include "router/outbox.c"
#include "router/quick.c"
#include "router/run.c"
#include "router/drain.c"
#include "router/call.c"
#include "router/recover.c"
#include "router/upcall.c"

#define TASKS 3 /* slots; 0 is nobody's. RING and CALLER come from prove.py */

struct mailbox window[TASKS];
struct task_entry directory[TASKS];
struct nano_page nano_page;
struct nameplate nameplate;
struct wake_list wake_list;
union routes route_cache[TASKS];

/*@ requires \valid(to) && \valid_read(from);
    assigns *to \from any;
    assigns \result \from to;
    ensures \initialized((uint32_t *)to + (0 .. 15));
    ensures \result == to; */
static inline struct line *copy_line(struct line *to, const struct line *from);

/*@ requires \valid(*to) && \valid_read(*from);
    assigns (*to)->cookie, (*to)->w[0 .. 11] \from any;
    assigns *to \from *to;
    assigns *from \from *from;
    ensures \initialized(&\old(*to)->cookie) && \initialized(&\old(*to)->w[0 .. 11]);
    ensures *to == \old(*to) + 1 && *from == \old(*from) + 1; */
static inline void copy_payload(struct line **to, const struct line **from);

void commit_barrier(void) {}

#define unknown(object) Frama_C_make_unknown((char *)&(object), sizeof(object))

static uint32_t below(uint32_t count) { return Frama_C_unsigned_int_interval(0, count - 1); }

/* Recovery: 1, and a bit for each task; else 0. Eva keeps its values apart (prove.py). */
unsigned alive;

/* What the next entry may rely on. */
void router_left(void)
{
    uint32_t slot = below(TASKS), handle = HANDLE_FIRST + below(HANDLES - HANDLE_FIRST);
    uint32_t dest = route_cache[slot].row[handle].dest;
    const struct lane *lane = &route_cache[slot].lane;
    const struct waiting *waiting = &route_cache[slot].waiting;
    //@ assert in_masks: slot == 0 || window[slot].in.in_mask < RING;
    //@ assert out_masks: slot == 0 || window[slot].in.out_mask < RING;
    //@ assert lanes: slot == 0 || (lane->dest & 0xFFFF) < TASKS;
    //@ assert lanes_to: slot == 0 || \valid(lane->to);
    //@ assert routes: (dest & 0xFFFF) < TASKS;
    //@ assert queues: slot == 0 || window[slot].in.room_wanted < TASKS;
    //@ assert at: waiting->at < TASKS;
    //@ assert links: alive != 0 || (waiting->next < TASKS && waiting->last < TASKS);
    //@ assert count: wake_list.count <= WAKE_MAX;
    //@ assert empty_1: alive == 0 || directory[1].id == 0 || window[1].in.room_wanted == 0;
    //@ assert empty_2: alive == 0 || directory[2].id == 0 || window[2].in.room_wanted == 0;
}

_Noreturn void park(uint32_t to, uint32_t deadline)
{
    router_left();
    Frama_C_abort();
}

static void world_make(void)
{
    struct out_header out;
    struct line outbox;

    unknown(nano_page);
    nano_page.abi = ABI_VERSION;
    nano_page.tasks = TASKS;
    nano_page.registrar = any ? TASK_ID(1, 7) : 0;
    nano_page.pager = any ? TASK_ID(2, 7) : 0;
    unknown(wake_list);
    wake_list.count = below(WAKE_MAX + 1);
    waking.owed = any != 0;
    waking.yield = any != 0;
    for (uint32_t slot = 0; slot < TASKS; slot++) {
        struct mailbox *box = &window[slot];

        unknown(directory[slot]);
        directory[slot].id = slot && any ? TASK_ID(slot, 7) : 0;
        directory[slot].in_mask = directory[slot].out_mask = RING - 1;
        box->out = out;
        unknown(box->out.in_head);
        for (unsigned i = 0; i < 2 * MAX_RING; i++)
            box->outbox[i] = outbox;
        unknown(box->in);
        unknown(box->inbox);
        box->in.in_mask = box->in.out_mask = any ? RING - 1 : 0;
        unknown(route_cache[slot]);
        for (unsigned handle = HANDLE_FIRST; handle < HANDLES; handle++)
            route_cache[slot].row[handle].dest = TASK_ID(below(TASKS), below(9));
        box->in.room_wanted = below(TASKS);
        route_cache[slot].waiting = (struct waiting){below(TASKS), below(TASKS), below(TASKS), any,
                                                     (enum turn)below(TURN_MISSED + 1)};
        struct lane *lane = &route_cache[slot].lane;
        unsigned dest = below(TASKS);
        lane->to = &window[dest].in;
        lane->dest = TASK_ID(dest, below(9));
    }
}

static void caller(void)
{
    world_make();
    nameplate.slot = CALLER;
    nameplate.id = TASK_ID(nameplate.slot, 7);
    nameplate.in = &window[CALLER].in;
    nameplate.routes = &route_cache[CALLER];
    directory[nameplate.slot].id = nameplate.id;
}

/* POST, WAIT, POST_WAIT, and what is none of them. */
void prove_call(void)
{
    caller();
    call_gate(any, any);
    router_left();
}

/* The same, but short: for the seeded error. */
void prove_wait(void)
{
    caller();
    call_gate(GATE_WAIT, any);
    router_left();
}

/* An event, and a task that it may name, or one that had the slot before it. */
void prove_upcall(void)
{
    world_make();
    upcall(any, TASK_ID(1 + below(TASKS - 1), 6 + (any & 1)));
}

/* In headers hold anything at all: the router may have died anywhere, and wrong. */
void prove_recover(void)
{
    alive = below(1 << TASKS) | 1;
    world_make();
    unknown(wake_list);
    for (unsigned slot = 1; slot < TASKS; slot++) {
        directory[slot].id = alive & 1 << slot ? TASK_ID(slot, 7) : 0;
        if (directory[slot].id) {
            unknown(window[slot].in);
            window[slot].in.self = directory[slot].id;
        }
        unknown(route_cache[slot].waiting); /* the router's own memory may have been damaged */
    }
    upcall(UPCALL_RECOVER, any);
}
