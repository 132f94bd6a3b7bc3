/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The injector's checkpoint, for the two files that have to do with it: world.c saves
 * and restores, escape.c compares. Ring 0, in builds with INJECT=1 only.
 */
#pragma once

#include "inject.h"
#include "walk.h"

#define SAVED_MAX  3072    /* frames                                                 */
#define MAPPED_MAX 4096    /* writable mappings of them                              */
#define FRAMES     0x10000 /* a campaign's machine has at most 256 MiB               */
#define ENTRY_A    0x020ull
#define ENTRY_D    0x040ull

extern uint8_t gate_descriptors[], data_start[];

/* When a saved frame is put back. */
enum when {
    IF_DIRTY,   /* some mapping of it is dirty              */
    ALWAYS,     /* nano writes there, which leaves no trace */
    IF_TOUCHED, /* the router's text: by the injector alone */
    IF_TABLES,  /* page tables: by the pager                */
};

struct saved {
    uint32_t frame;
    enum when when;
    bool dirty;
    bool canary;
};

struct mapping {
    pte_t *e;
    uint32_t index; /* in saved[]                        */
    bool shared;    /* by it the router writes a mailbox */
};

extern struct world {
    uint32_t kept[PAGE_SIZE / 4];
    struct saved saved[SAVED_MAX];
    struct mapping mapped[MAPPED_MAX];
    uint16_t index_of[FRAMES]; /* in saved[], plus 1                     */
    uint32_t count;
    uint32_t mapped_count;
    uint32_t store;      /* first frame of the copies                    */
    uint32_t data_store; /* of nano's data                               */
    uint32_t descriptor_store;
    uint32_t view;
    uint32_t keep;
    uint32_t keep_words;
    struct frame frame;
    uint32_t digest[3]; /* descriptors, nano, programs of tasks          */
    bool tables_changed;
    uint32_t boot_tsc;
    uint32_t divisor;                        /* of the tick */
} __attribute__((aligned(PAGE_SIZE))) world; /* a type of whole pages */

/* Is a saved frame other than its copy? */
bool world_changed(uint32_t i);

/* Calls `leaf` for each page of every task's own, `table` for each of its tables. */
void world_for_tasks(void (*table)(uint32_t frame), void (*leaf)(pte_t *e));
void world_no_table(uint32_t frame);

/* escape.c: what is now must be so for the whole campaign. */
void escape_note(void);
