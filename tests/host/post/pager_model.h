/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager as libpost sees it, played by the test beside the router (router_model.h): it gives out
 * addresses in a row, and notes what it is asked.
 */
#ifndef PAGER_MODEL_H
#define PAGER_MODEL_H

#include "router_model.h"
#include "apps/libpost/internal.h"

#define HEAP 0x50000000u /* memory for tests that write to what they have allocated */

extern struct model_memory {
    uint32_t next;  /* address of the next ALLOC                   */
    uint32_t pages; /* most that ALLOC gives                       */
    unsigned allocs, releases;
    uint32_t asked; /* pages, at the last ALLOC */
    struct {
        uint32_t at, pages;
    } released[8];
    uint32_t bytes; /* of every module          */
} model_memory;

/* For cmocka: before each test, and before all. */
int pager_model_begin(void **state);
int pager_model_map(void **state);

/* Some pages of this task's, which nobody touches. */
struct post_buffer model_mine(uint32_t address, unsigned pages);

/* The last message that the router took; requests to the pager are none. */
const struct line *model_last(void);

#endif
