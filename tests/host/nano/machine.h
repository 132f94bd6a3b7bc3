/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for nano's frame and view code on the host: 16 MiB of memory at a low address that is
 * "physical", so that frame numbers and pointers agree as they do in nano's identity map, and the
 * few things of nano that the code under test calls.
 */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include "nano/frame.h"
#include "nano/map.h"
#include "nano/part.h"
#include "nano/tick.h"
#include "nano/view.h"
#include "nano/walk.h"

#define MEMORY       0x10000000u
#define MEMORY_BYTES 0x01000000u
#define FIRST_FRAME  (MEMORY >> 12)
#define FRAMES       (MEMORY_BYTES >> 12)

/* What is mapped in the shared directory: the last call, by window page of slot 1 and 2. */
static pte_t shared_tables[2][PTES];
static struct task tasks[3] __attribute__((aligned(32)));

void view_map_shared(uint32_t address, uint32_t frame, pte_t rights)
{
    shared_tables[(address - WINDOW) / TABLE_SPAN][address / PAGE_SIZE % PTES] =
        (pte_t)frame << 12 | PTE_P | rights;
}

void view_unmap_shared(uint32_t address)
{
    shared_tables[(address - WINDOW) / TABLE_SPAN][address / PAGE_SIZE % PTES] = 0;
}

pte_t tick_clock_pte(void) { return PTE_P | PTE_U | PTE_NX; }

static pte_t *window_pte(uint32_t slot, uint32_t page)
{
    uint32_t address = WINDOW + (slot << MAILBOX_SHIFT) + page * PAGE_SIZE;
    return &shared_tables[(address - WINDOW) / TABLE_SPAN][address / PAGE_SIZE % PTES];
}

/* A fresh machine: all memory free, tasks 1 and 2 being made, with small rings. */
static void machine_reset(void)
{
    static void *memory;

    if (!memory)
        memory = mmap((void *)(uintptr_t)MEMORY, MEMORY_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    assert_true(memory == (void *)(uintptr_t)MEMORY);
    memset(memory, 0xA5, MEMORY_BYTES);
    memset(shared_tables, 0, sizeof shared_tables);
    frame_set(0, FRAMES_MAX, FRAME_RESERVED);
    frame_set(FIRST_FRAME, FRAMES, FRAME_FREE);
    for (unsigned s = 0; s < 3; s++)
        tasks[s] = (struct task){.slot = s,
                                 .id = TASK_ID(s, 1),
                                 .life = LIFE_MADE,
                                 .in_lines = MAX_RING / 2,
                                 .out_lines = MAX_RING / 2};
}

/* The lowest free frame. */
static uint32_t any_free(void)
{
    uint32_t count;
    return frame_free_range(0, &count);
}

/* Gives a task all its parts. */
static void give_parts(struct task *t)
{
    for (uint32_t p = 0; p < PART_COUNT; p++)
        if ((p != PART_OUTBOX1 || t->out_lines == MAX_RING) &&
            (p != PART_INBOX1 || t->in_lines == MAX_RING))
            assert_int_equal(part_give(t, p, any_free()), STATUS_OK);
}

#endif
