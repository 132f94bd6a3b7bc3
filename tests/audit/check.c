/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invariant checker, for tests and for the shell's `mem check`. Ring 0, on demand only:
 * it walks every view and compares with the frame table.
 *
 *   - what a ring-3 address leads to is a mapped user frame, a mailbox page or the clock
 *   - every user frame is mapped once if its type says so, and otherwise nowhere
 *   - directories and tables of tasks are table frames, each reached once
 *   - no page is writable and executable
 */
#include "check.h"
#include "frame.h"
#include "print.h"
#include "string.h"
#include "tick.h"
#include "walk.h"

static uint8_t seen[FRAMES_MAX / 8];
static uint32_t violations;

static void violation(const struct task *t, uint32_t address, uint32_t frame, const char *what)
{
    if (violations++ < 16)
        print("nano: check: task %08x, address %08x, frame %05x: %s\n", t->id, address, frame,
              what);
}

/* The frame must be of the type and not have been met before. */
static void meet(const struct task *t, uint32_t address, uint32_t frame, enum frame_type type)
{
    if (!frame_is(frame, type))
        violation(t, address, frame, "the frame is of another type");
    else if (seen[frame / 8] & 1 << frame % 8)
        violation(t, address, frame, "the frame is mapped twice");
    else
        seen[frame / 8] |= 1 << frame % 8;
}

static void check_table(const struct task *t, uint32_t address, const pte_t *table)
{
    for (unsigned i = 0; i < PTES; i++, address += PAGE_SIZE) {
        if (!(table[i] & PTE_P))
            continue;
        if (table[i] & PTE_W && !(table[i] & PTE_NX))
            violation(t, address, PTE_FRAME(table[i]), "writable and executable");
        meet(t, address, PTE_FRAME(table[i]), FRAME_MAPPED);
    }
}

/* The own table holds mailbox frames (the rings twice in a row) and the clock. */
static void check_own_table(const struct task *t, const pte_t *table)
{
    for (unsigned i = 0; i < PTES; i++) {
        uint32_t address = OWN_BASE + i * PAGE_SIZE;
        if (!(table[i] & PTE_P) || address == CLOCK)
            continue;
        if (!frame_is(PTE_FRAME(table[i]), FRAME_MAILBOX))
            violation(t, address, PTE_FRAME(table[i]), "no mailbox page");
    }
    for (unsigned p = PART_NAMEPLATE; p < PART_COUNT; p++)
        if (t->part[p])
            meet(t, OWN_MAILBOX, t->part[p], FRAME_MAILBOX);
}

static void check_view(const struct task *t)
{
    for (unsigned d = 0; d < 3; d++) {
        const pte_t *directory = frame_memory(PTE_FRAME(t->view[d]));
        if (!(t->view[d] & PTE_P))
            continue;
        meet(t, d * DIRECTORY_SPAN, PTE_FRAME(t->view[d]), FRAME_TABLE);
        for (unsigned i = 0; i < PTES; i++) {
            uint32_t address = d * DIRECTORY_SPAN + i * TABLE_SPAN;
            const pte_t *table = frame_memory(PTE_FRAME(directory[i]));
            if (!(directory[i] & PTE_P))
                continue;
            meet(t, address, PTE_FRAME(directory[i]), FRAME_TABLE);
            if (address == OWN_BASE)
                check_own_table(t, table);
            else
                check_table(t, address, table);
        }
    }
}

uint32_t check_invariants(void)
{
    violations = 0;
    memset(seen, 0, (frame_end() + 7) / 8);
    for (uint32_t s = 1; s < tasks_made; s++)
        if (task_at(s)->life != LIFE_NONE)
            check_view(task_at(s));
    for (uint32_t f = 0; f < frame_end(); f++) {
        enum frame_type type = frame_type(f);
        if ((type == FRAME_MAPPED || type == FRAME_TABLE || type == FRAME_MAILBOX) &&
            !(seen[f / 8] & 1 << f % 8))
            violation(task_at(0), 0, f, "of a type that is mapped, but mapped nowhere");
    }
    return violations;
}
