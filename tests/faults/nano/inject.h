/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fault injector's own header: inject.c says what it does, hooks.c where it comes in. Ring 0,
 * in builds with INJECT=1 only.
 */
#pragma once

#include <stdbool.h>
#include <ringpost/inject.h>
#include "task.h"
#include "entry_frame.h"

#define TRACED_CODE 0x4000 /* bytes of the router from ROUTER_BASE on */

/* What the injector knows; outside of every checkpoint, so on pages of its own. */
extern struct injector {
    struct inject_plan plan;
    struct inject_result result;
    uint32_t stage;
    uint32_t skip;
    uint32_t ticks;
    bool armed;           /* a case is under way                     */
    uint32_t steps_asked; /* of the stub                             */
    bool recovered;       /* stepping through a recovery happens once */
    uint32_t number;      /* of the case since the checkpoint */
    uint32_t victim;      /* its next gate call ends the restart's cost */
    uint32_t died_at;
    uint32_t stop; /* a task that stops when the recovery begins */
    uint32_t traced[INJECT_TRACE_MAX];
    uint32_t traced_count;
    uint8_t executed[TRACED_CODE / 8];     /* INJECT_TRACE_CODE: a bit for each byte */
} __attribute__((aligned(4096))) injector; /* a type of whole pages */

/* Boot, before memory is given out: takes what the checkpoint needs. */
void inject_init(void);

/* Every trap, before nano looks at it. True: it was the injector's, go on from `f`. */
bool inject_trapped(struct frame *f, uint32_t view);

/* An upcall begins: flags for its frame. */
uint32_t inject_upcall(uint32_t event);

/* The router died. True: it was on purpose, say nothing. */
bool inject_died(const struct frame *f, bool hang);

/* back.c: sets back what comes round. What it did: INJECT_BACK_*. */
uint32_t back(const struct inject_back *b);

/* fault.c: the faults. */
bool fault_put(struct frame *f, struct task *t); /* false: nano shall see the changed frame */
void fault_kill(struct frame *f);
void fault_stop_task(uint32_t id);

/* trace.c: what a traced case meets. */
void trace_begin(void);
bool trace_steps_all(void); /* of the call: each instruction is looked at */
void trace_step(const struct frame *f, uint32_t step, uint32_t hit);
void trace_print(void);

/* world.c: the checkpoint. */
void world_init(void);
void world_save(const struct frame *f, uint32_t view, uint32_t keep, uint32_t words);
_Noreturn void world_restore(uint32_t result);
uint32_t world_escapes(bool deep);  /* deep: compare everything, not only now and then */
bool world_is_saved(void);          /* a campaign has made its checkpoint              */
void world_keep(void);              /* the keep area as it is now survives the case    */
void world_touch(const void *word); /* the injector changes memory itself              */
void world_slow_clock(void);
bool world_written(void);        /* has the router written a mailbox since it was last asked? */
uint32_t world_violations(void); /* of nano's invariants                            */
void world_tables_change(void);  /* the pager may change tables                     */

/* An address in a task's view, as memory of nano's; NULL if nothing is there. */
void *inject_memory(struct task *t, uint32_t address);
