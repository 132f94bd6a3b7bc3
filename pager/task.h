/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's tasks: one record a slot, for everything that nano does not keep.
 *
 *   EMPTY -> MAKING -> LIVE -> CLEARING -> LEAVING -> EMPTY
 *
 * MAKING lasts no longer than task_launch. CLEARING: stopped, its pages on their way back to
 * the bitmap. LEAVING: retired; its parts come back once the router knows. A making that
 * fails goes to CLEARING too, so there is one way out and nothing is forgotten on it.
 */
#pragma once

#include <ringpost/layout.h>
#include <ringpost/status.h>
#include "manifest.h"
#include <post.h>
#include "regions.h"
#include "tables.h"

#define STACK_PAGES 256
#define STACK_LOW   (PROGRAM_END - STACK_PAGES * PAGE_SIZE)
#define HEAP_END    (STACK_LOW - PAGE_SIZE) /* an unmapped page below the stack */

#define WAITS_MAX 4 /* WAIT_EXITs that a task may have open */

/* An open WAIT_EXIT: who is answered when `target` has ended; target 0: none. */
struct wait {
    uint32_t target;
    struct post_caller caller;
};

/* What ended a task; all 0 if it was not a fault. */
struct fault {
    uint32_t vector, error, address, eip;
};

enum task_stage { TASK_EMPTY, TASK_MAKING, TASK_LIVE, TASK_CLEARING, TASK_LEAVING };

struct task {
    uint32_t id;
    enum task_stage stage;
    const struct program *program; /* NULL: the pager itself */
    uint32_t parts;                /* bit by enum task_part: what nano has of us for it */
    uint32_t pages;                /* mapped */
    uint32_t heap;                 /* where its heap may begin */
    uint32_t landing;              /* where the next landing address is looked for */
    uint32_t area, area_end;       /* where the task wants its arrivals; area 0: it does not care */
    uint32_t area_next;
    uint32_t cleared; /* CLEARING: nothing is mapped below */
    uint32_t exit_code;
    struct fault fault;
    bool again;                  /* start it again when it has ended */
    uint32_t told;               /* who is up in this slot, to the registrar's knowledge */
    uint32_t last_id, last_code; /* who was in this slot before, and how that ended */
    struct fault last_fault;
    struct regions *lazy;         /* filled on first touch; NULL: the pager itself */
    struct tables *tables;        /* its page tables; NULL: the pager itself */
    uint32_t moved;               /* as in its in header: one past the last entry moved for */
    struct move *lent, *borrowed; /* open loans, from it and to it */
    struct wait waits[WAITS_MAX]; /* what this task waits for */
};

extern struct manifest manifest;
extern struct task *tasks; /* by slot */
extern uint32_t task_slots;

void task_init(uint32_t slots, uint32_t pager);
struct task *task_by_id(uint32_t id);        /* live, or NULL */
struct task *task_by_name(const char *name); /* live, or NULL */
const char *task_name(const struct task *t);
bool task_is(const struct task *t, const char *name);
struct task *task_pager(void);
enum status task_launch(const struct program *p, uint32_t *id);

/* end.c */
void end_begin(struct task *t, uint32_t exit_code, bool again);
bool end_step(void);
