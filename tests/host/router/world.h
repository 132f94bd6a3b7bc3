/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small world for the router on the host: eight task slots with mailboxes in plain memory, and
 * what nano would do around it. A test writes outboxes as a task would, enters the router with
 * call() or upcall_from_nano(), and reads inboxes as a task would.
 *
 * Slot 1 is the registrar, 2 the pager, 3 to 7 are ordinary tasks; those in odd slots have
 * rings of 64 lines, the others of 128. All are parked at first, with no routes.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stddef.h>
#include <string.h>
#include "router/call.h"
#include "router/lane.h"
#include "router/ledger.h"
#include "router/mailbox.h"
#include "router/park.h"
#include "router/room.h"
#include "router/signal.h"
#include "router/upcall.h"

#define TASKS     8
#define REGISTRAR 1
#define PAGER     2
#define A         3
#define B         4
#define C         5
#define D         6
#define E         7

/* What must hold in every test, in fuzzing too: else the run is aborted, saying where. */
#define must(condition) ((condition) ? (void)0 : world_abort(#condition, __FILE__, __LINE__))
_Noreturn void world_abort(const char *condition, const char *file, int line);

#define ALL_RIGHTS (RIGHT_SEND | RIGHT_CALL | RIGHT_NOTIFY)

/* How a call ended: PARK's arguments, or the result in EAX. */
struct outcome {
    bool parked;
    bool killed; /* at the commit point that kill_at named */
    uint32_t result;
    uint32_t to, deadline;
};

/* Kills the router at the n-th commit_barrier() from now (1: the next); 0: never. */
extern unsigned kill_at;

/* Where a new task's heads stand in both rings. */
extern uint32_t start_index;

/* Called at each commit_barrier(), before the router is killed there; NULL: nothing is. */
extern void (*at_barrier)(void);

void world_make(void);
uint32_t id_of(unsigned slot);
void start_task(unsigned slot, unsigned generation, unsigned lines);
void end_task(unsigned slot);
void set_route(unsigned slot, unsigned handle, uint32_t dest, uint32_t badge, uint32_t rights);

struct line *post_line(unsigned slot, uint32_t peer, unsigned tag, unsigned flags);
struct line *post_lines(unsigned slot, uint32_t peer, unsigned tag, unsigned flags, unsigned lines);
struct outcome call(unsigned slot, uint32_t op, uint32_t deadline);
struct outcome upcall_from_nano(uint32_t event, uint32_t argument);
struct outcome restart_router(unsigned culprit);

uint32_t unread(unsigned slot);
const struct line *peek(unsigned slot); /* the next unread line, which must be there */
const struct line *take(unsigned slot); /* the same, and the message is read */
enum status held(unsigned slot);
bool pending(unsigned slot, uint32_t signals);
void see(unsigned slot);   /* looks at all signals */
bool woken(unsigned slot); /* is it in the wake list? */
void nano_reads_wake_list(void);
void check_mailboxes(void); /* what must hold between any two calls */

#endif
