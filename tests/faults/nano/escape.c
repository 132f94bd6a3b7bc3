/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a faulty router may not have written, and frames: the judge of a campaign's cases inside
 * nano. Ring 0, in builds with INJECT=1 only; called by inject.c at the end of each case. It
 * compares with the checkpoint (world.c):
 *
 *   descriptors, gatehouse   a digest of what SGDT and SIDT lead to, and of the stubs
 *   nano                     a digest of its text and constants
 *   page tables              with their copies, except accessed and dirty bits
 *   task directory           with nano's own records
 *   tasks' programs          a digest of text and constants
 *   all that is writable     with its copy, if no mapping's dirty bit says that somebody wrote it
 *   canaries of tasks        with their copies, whoever wrote them
 *
 * When the pager has changed tables meanwhile (it moves pages, or ends a task), neither they nor
 * what is written by them can be compared; there check_invariants() judges the tables, the canaries
 * what the router does to tasks, and programs, which no checkpoint puts back, are compared at the
 * end of the line.
 */
#include <ringpost/inject.h>
#include "check.h"
#include "frame.h"
#include "string.h"
#include "world.h"

#define DEEP_EVERY 64 /* cases: everything that may not change is compared */

/* Each step can be undone, so no change is lost on the way, whatever follows. */
static uint32_t digest_words(uint32_t digest, const uint32_t *from, const void *end)
{
    for (; from < (const uint32_t *)end; from++)
        digest = (digest ^ *from) * 0x01000193; /* FNV-1a, by words */
    return digest;
}

/* Programs only: modules that the pager keeps are as long as everything else. */
static void digest_program(pte_t *e)
{
    if (!(*e & (PTE_W | PTE_NX)) && frame_is(PTE_FRAME(*e), FRAME_MAPPED))
        world.digest[2] = digest_words(world.digest[2], frame_memory(PTE_FRAME(*e)),
                                       frame_memory(PTE_FRAME(*e) + 1));
}

/* 0: descriptors and stubs, 1: nano's text and constants, 2: tasks' programs. */
static void digest(uint32_t digests[3])
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) gdtr, idtr;

    asm volatile("sgdt %0; sidt %1" : "=m"(gdtr), "=m"(idtr));
    digests[0] = digest_words(1, (const uint32_t *)GATEHOUSE, gate_descriptors);
    digests[0] = digest_words(digests[0], (const uint32_t *)gdtr.base,
                              (uint8_t *)gdtr.base + gdtr.limit + 1);
    digests[0] = digest_words(digests[0], (const uint32_t *)idtr.base,
                              (uint8_t *)idtr.base + idtr.limit + 1);
    digests[1] = digest_words(1, (const uint32_t *)NANO_BASE, data_start);
    world.digest[2] = 1;
    world_for_tasks(world_no_table, digest_program);
    digests[2] = world.digest[2];
}

void escape_note(void) { digest(world.digest); }

/* Tables, without accessed and dirty bits. */
static bool tables_differ(void)
{
    for (uint32_t i = 0; i < world.count; i++) {
        const pte_t *now = frame_memory(world.saved[i].frame);
        const pte_t *then = frame_memory(world.store + i);

        for (unsigned n = 0; world.saved[i].when == IF_TABLES && n < PTES; n++)
            if ((now[n] ^ then[n]) & ~(ENTRY_A | ENTRY_D))
                return true;
    }
    return false;
}

static bool directory_differs(void)
{
    for (uint32_t s = 1; s < tasks_made; s++) {
        const struct task *t = task_at(s);
        const struct task_entry *e = task_entry(t);

        if (t->life == LIFE_STARTED &&
            (e->id != t->id || e->priority != t->priority || e->out_mask != t->out_lines - 1u ||
             e->in_mask != t->in_lines - 1u))
            return true;
    }
    return nano_page->tasks != tasks_made;
}

/*
 * Canaries; and, if `all`, what tasks, or the router in mailboxes, can write, but have not: no
 * mapping of it is dirty.
 */
static bool memory_differs(bool all)
{
    world_written();
    for (uint32_t i = 0; i < world.count; i++) {
        const struct saved *s = &world.saved[i];

        if ((s->canary || (all && s->when == IF_DIRTY && !s->dirty)) && world_changed(i))
            return true;
    }
    return false;
}

/*
 * What the router may not write and wrote: INJECT_ESCAPED_*. Directory and canaries are looked at
 * each time, everything else in the first of DEEP_EVERY cases and when the campaign ends (`deep`):
 * the checkpoint does not put back what nobody writes, so damage stays until somebody looks.
 */
uint32_t world_escapes(bool deep)
{
    uint32_t then[3] = {world.digest[0], world.digest[1], world.digest[2]}, now[3], escapes = 0;

    if (directory_differs())
        escapes |= INJECT_ESCAPED_DIRECTORY;
    deep = deep || injector.number % DEEP_EVERY == 0;
    if (memory_differs(deep && !world.tables_changed))
        escapes |= INJECT_ESCAPED_MEMORY;
    if (!deep)
        return escapes;
    digest(now);
    world.digest[2] = then[2];
    for (unsigned i = 0; i < 2; i++)
        escapes |= now[i] != then[i] ? 1u << i : 0;
    if (!world.tables_changed && tables_differ())
        escapes |= INJECT_ESCAPED_TABLES;
    if (!world.tables_changed && now[2] != then[2])
        escapes |= INJECT_ESCAPED_TASKS;
    return escapes;
}

/* Frames: each in one place, none lost. It takes a while, so mostly after tables have changed. */
uint32_t world_violations(void)
{
    return world.tables_changed || injector.number % DEEP_EVERY == 0 ? check_invariants() : 0;
}
