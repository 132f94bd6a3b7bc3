/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tasks and what nano keeps of them.
 *
 * A view's four directory pointers are the first bytes of the task structure, so CR3 is the
 * task's address and nobody can be mistaken about who runs. The structures stand in one
 * physical array (task_base), reached through nano's identity map. Slot 0 is nobody: its view
 * is the idle view, in which the CPU idles and upcalls run.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/directory.h>
#include <ringpost/pager_gate.h>
#include <ringpost/x86.h>
#include "entry_frame.h"

#define TASK_SHIFT 9
#define PORTS      0x400 /* grantable I/O ports are below this */

enum life {
    LIFE_NONE,    /* the slot is empty                                        */
    LIFE_MADE,    /* has an id; parts are being given                          */
    LIFE_STARTED, /* stands in the task directory                             */
    LIFE_RETIRED, /* dead; the router has not been told yet                   */
    LIFE_TOLD,    /* dead; parts are being taken                              */
};

struct task {
    pte_t view[4]; /* directory pointers: P only (4.4.1); must be first */
    slot_t slot;
    task_id_t id;
    uint8_t life;     /* enum life                                */
    uint8_t priority; /* 1-31                                     */
    bool interrupted; /* go on from `saved`, not at the restart point */
    bool event;       /* a fault that the pager has not fetched   */
    bool has_ports;
    bool deadline_armed;
    uint16_t out_lines;
    uint16_t in_lines;
    uint32_t result;            /* EAX at the restart point                 */
    uint32_t deadline;          /* the tick that wakes it                   */
    uint32_t ticks;             /* how many found it running                */
    struct task *next;          /* in its queue */
    struct task *next_deadline; /* among deadlines */
    frame_t part[PART_COUNT];   /* frame numbers; 0: not given                  */
    uint32_t fault_vector;
    uint32_t fault_error;
    uint32_t fault_address;
    uint32_t fault_eip;
    uint32_t fault_esp;
    struct frame saved;
    uint8_t ports[PORTS / 8]; /* 1: denied, as the CPU reads it (SDM vol. 1, 19.5.2) */
};
_Static_assert(sizeof(struct task) <= 1 << TASK_SHIFT, "CR3 is computed by a shift");

extern uint32_t task_base; /* physical; in the gatehouse, so that it is found in every view */
extern uint32_t tasks_made;

static inline uint32_t task_view(const struct task *t) { return (uint32_t)(uintptr_t)t; }

static inline uint32_t task_window(const struct task *t)
{
    return WINDOW + (NUMBER_OF(t->slot) << MAILBOX_SHIFT);
}

/* The task whose view CR3 is; slot 0's for the idle view. */
static inline struct task *task_of_view(uint32_t cr3) { return (struct task *)(uintptr_t)cr3; }
static inline struct task *task_at(slot_t slot)
{
    return (struct task *)(uintptr_t)(task_base + (NUMBER_OF(slot) << TASK_SHIFT));
}
static inline struct task *task_nobody(void) { return task_at(AS_KIND(slot_t, 0)); }
static inline struct task *task_next(const struct task *t)
{
    return (struct task *)(uintptr_t)(task_view(t) + (1u << TASK_SHIFT));
}

/* Every slot but nobody's, whether there is a task in it or not. */
#define FOR_EACH_SLOT(t)                                                                           \
    for (struct task *t = task_next(task_nobody()), *end_ = task_at(AS_KIND(slot_t, tasks_made));  \
         t < end_; t = task_next(t))

struct task *task_find(task_id_t id);       /* any life but NONE; or NULL      */
struct task *task_running_id(task_id_t id); /* started only; or NULL           */
void tasks_init(uint32_t tasks);

extern struct nano_page *nano_page;     /* the head of the task directory */
extern struct task_entry *task_entries; /* and the rest of it */

static inline struct task_entry *task_entry(const struct task *t)
{
    return &task_entries[NUMBER_OF(t->slot)];
}

/* Its row says how it stands; only who is free and nothing more is ready (gatehouse.asm). */
static inline void task_set_state(struct task *t, enum readiness state)
{
    struct task_entry *entry = task_entry(t);

    entry->state = state;
    entry->ready = state == READY_FREE ? t->priority : 0;
}
static inline enum readiness task_state_free(const struct task *t)
{
    return t->has_ports ? READY_SPECIAL : READY_FREE;
}
