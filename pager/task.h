/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's tasks: one record for each slot, with everything that nano does not keep.
 *
 *   EMPTY -> MAKING -> LIVE -> CLEARING -> LEAVING -> EMPTY
 *
 * A slot whose last task had GENERATION_LAST is used up: it stays EMPTY.
 *
 * MAKING lasts no longer than task_launch. CLEARING: the task is stopped, and the pager gives its
 * pages back to the bitmap. LEAVING: the task is retired; the pager gets its parts back once the
 * router knows. A making that fails goes to CLEARING too, so there is one way out.
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

/* An open WAIT_EXIT: the pager answers `caller` when `target` has ended. */
struct wait {
    struct wait *next;
    uint32_t target;
    bool tells; /* a person of it, so the log need not */
    struct post_caller caller;
};

/* The fault that ended a task; all 0 if no fault did. */
struct fault {
    uint32_t vector;
    uint32_t error;
    uint32_t address;
    uint32_t eip;
    uint32_t place; /* enum fault_place */
};

#define LEFT_MAX 4

/* Pages that left a task for good. */
struct left {
    uint32_t from;
    uint32_t to;
    uint32_t how; /* FAULT_PLACE_GRANTED or _RELEASED */
};

enum task_stage { TASK_EMPTY, TASK_MAKING, TASK_LIVE, TASK_CLEARING, TASK_LEAVING };

struct task {
    uint32_t id;
    enum task_stage stage;
    const struct program *program; /* NULL: the pager itself */
    uint32_t parts;                /* a bit for each enum task_part that nano has from us */
    uint32_t pages;                /* how many are mapped */
    uint32_t heap;                 /* where its heap may begin */
    uint32_t landing;              /* where the search for the next landing address starts */
    uint32_t area;                 /* where the task wants its arrivals; 0: anywhere */
    uint32_t area_end;             /* the first address behind the area */
    uint32_t area_next;            /* where the search in the area starts */
    uint32_t keep;                 /* where the pages are that outlive it; 0: it has none */
    uint32_t cleared;              /* CLEARING: nothing is mapped below this address */
    uint32_t exit_code;
    struct fault fault;
    bool again;                 /* start it again when it has ended */
    bool followed;              /* the next one has been started, or is waited for */
    uint32_t born;              /* the tick of its start */
    uint32_t told;              /* the task that the registrar knows in this slot; 0: none */
    uint32_t known;             /* the task of this slot that any registrar has been told of */
    uint32_t last_id;           /* the slot's previous task */
    uint32_t last_code;         /* its exit code */
    struct fault last_fault;    /* the fault that ended it */
    struct regions *lazy;       /* filled on first touch; NULL: the pager itself */
    struct tables *tables;      /* its page tables; NULL: the pager itself */
    struct move *lent;          /* open loans that it made */
    struct move *borrowed;      /* open loans that it got */
    struct wait *waits;         /* what this task waits for */
    struct left left[LEFT_MAX]; /* the last of them */
    uint32_t left_next;         /* how many there were */
};

/* What a new task's main gets: its name and `count` arguments, a NUL behind each. */
struct arguments {
    uint32_t count;
    uint32_t bytes;
    const char *text;
};

extern struct manifest manifest;
extern struct task *tasks; /* by slot */
extern uint32_t task_slots;

void task_init(uint32_t slots, uint32_t pager);
struct task *task_by_id(uint32_t id);        /* live, or NULL */
struct task *task_by_name(const char *name); /* live, or NULL */
const char *task_name(const struct task *t);
bool task_is(const struct task *t, const char *name);
uint32_t task_slots_used_up(void);
struct task *task_pager(void);
enum status task_launch(const struct program *p, uint32_t *id);
enum status task_launch_with(const struct program *p, const struct arguments *a, uint32_t *id);

/* end.c */
void end_begin(struct task *t, uint32_t exit_code, bool again);
bool end_step(void);
