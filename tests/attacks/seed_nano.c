/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Planting the seeds of seeds.h; a part of the surveying nano. Ring 0. A seed is a few words that
 * are changed by XOR and changed back at the next trap, whatever that is: so the machine never goes
 * on with one. Meanwhile the one who asked runs with interrupts off; IOPL 0 keeps them so.
 */
#include "audit.h"
#include "seed_nano.h"
#include "seeds.h"
#include "task.h"
#include "walk.h"

/* Bits of a descriptor's high word; SDM vol. 3, 3.4.5. */
#define ACCESSED    0x100u
#define TYPE_BIT1   0x200u /* code: readable; data: writable */
#define TYPE_BIT2   0x400u /* code: conforming; data: expands down */
#define PRESENT     0x8000u
#define LIMIT_BIT19 0x80000u

static struct {
    uint32_t at, flip;
} planted[4];
static unsigned plants;
static uint32_t flags_given;
static bool lasting;
static uint32_t flags_seen;

/* AC, NT, IOPL, DF, IF and TF: the gatehouse has cleared them, whoever came with them. */
#define FLAGS_CLEARED 0x47700u

void seed_note_flags(uint32_t flags) { flags_seen |= flags & FLAGS_CLEARED; }

static void plant(uint32_t at, uint32_t flip)
{
    *(volatile uint32_t *)at ^= flip;
    planted[plants].at = at;
    planted[plants++].flip = flip;
}

static uint32_t descriptor(uint32_t index)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) gdtr;

    asm("sgdt %0" : "=m"(gdtr));
    return gdtr.base + index * 8;
}

/* The CPU has read the TSS's descriptor for good (LTR), so
 * its place is free for a copy of another. */
static void plant_segment(uint32_t like, uint32_t flip)
{
    uint32_t from = descriptor(like), to = descriptor(GDT_TSS);

    for (uint32_t i = 0; i < 8; i += 4)
        plant(to + i, *(uint32_t *)(from + i) ^ *(uint32_t *)(to + i) ^ (i ? flip : 0));
}

/* A bit of the word that stands there in a task's view. */
static void plant_memory(struct task *t, uint32_t address)
{
    const pte_t *e = t ? view_pte(t, address) : NULL;

    if (e && *e & PTE_P)
        plant(((uint32_t)*e & ~(PAGE_SIZE - 1)) + address % PAGE_SIZE, 1);
}

/* The entry of SEED_TABLE_AT becomes one that leads to the table it is in. */
static void map_table(struct task *t)
{
    uint32_t entry_at = (uint32_t)view_pte(t, SEED_TABLE_AT);

    plant(entry_at, (entry_at & ~(PAGE_SIZE - 1)) | PTE_P | PTE_W | PTE_U);
    plant(entry_at + 4, PTE_NX >> 32);
}

static void uproot(void)
{
    while (plants) {
        plants--;
        *(volatile uint32_t *)planted[plants].at ^= planted[plants].flip;
    }
}

/* Does the audit find just one violation more for each read-only page, and are there any? */
static bool programs_known(uint32_t violations)
{
    struct audit a;
    uint32_t pages = 0, seen = 0;

    for (uint32_t s = 1; s < tasks_made; s++)
        for (uint32_t at = PROGRAM_BASE; at < PROGRAM_BASE + TABLE_SPAN; at += PAGE_SIZE) {
            const pte_t *e = view_pte(task_at(s), at);
            if (!e || !(*e & PTE_P) || *e & PTE_W)
                continue;
            plant_memory(task_at(s), at + PAGE_SIZE - 4);
            audit(&a);
            uproot();
            pages++;
            seen += a.violations == violations + 1;
        }
    return pages > tasks_made / 8 && seen == pages;
}

static void plant_seed(enum seed seed, struct frame *f, struct task *t)
{
    uint32_t gate = descriptor(GDT_CALL_GATE);

    switch (seed) {
    case SEED_NOTHING: break;
    case SEED_IOPL:
        flags_given = X86_EFLAGS_IOPL;
        f->eflags |= X86_EFLAGS_IOPL;
        plant((uint32_t)&t->saved.eflags, X86_EFLAGS_IOPL);
        break;
    case SEED_GATE_DPL: plant(gate + 4, 3 << 13); break;
    case SEED_GATE_ABSENT: plant(gate + 4, PRESENT); break;
    case SEED_GATE_COUNT: plant(gate + 4, 1); break;
    case SEED_GATE_TASK:
        plant(gate, (SEL_ROUTER_CS ^ SEL_TSS) << 16);
        plant(gate + 4, (0xC ^ 0x5) << 8);
        break;
    case SEED_CODE_CONFORMING: plant(descriptor(GDT_ROUTER_CS) + 4, TYPE_BIT2); break;
    case SEED_CODE_EXECUTE: plant_segment(GDT_APP_CS, TYPE_BIT1); break;
    case SEED_DATA_ABSENT: plant_segment(GDT_APP_DS, PRESENT); break;
    case SEED_DATA_READ: plant_segment(GDT_APP_DS, TYPE_BIT1); break;
    case SEED_DATA_SMALL: plant_segment(GDT_APP_DS, LIMIT_BIT19); break;
    case SEED_DATA_DOWN: plant_segment(GDT_APP_DS, TYPE_BIT2); break;
    case SEED_DATA_NOT_ACCESSED: plant_segment(GDT_APP_DS, ACCESSED); break;
    case SEED_TABLE_MAPPED: map_table(t); break;
    case SEED_ROUTER_TEXT: plant_memory(t, ROUTER_BASE); break;
    case SEED_MEMORY:
        plant_memory(task_find(f->ecx), f->ebx);
        lasting = true;
        break;
    case SEED_PROGRAMS: break;
    }
}

bool seed_trapped(struct frame *f, uint32_t view)
{
    struct audit before, after;
    bool asked = f->vector == X86_EXC_UD && f->eax == SURVEY_SEED && frame_ring(f) == RING_APP;

    if (plants && (asked || !lasting)) {
        uproot();
        f->eflags = (f->eflags & ~flags_given) | X86_EFLAGS_IF;
        flags_given = 0;
        lasting = false;
    }
    if (f->vector == X86_EXC_UD && f->eax == SURVEY_FLAGS && frame_ring(f) == RING_APP) {
        f->eax = flags_seen;
        flags_seen = 0;
        f->eip += 2;
        return true;
    }
    if (!asked)
        return false;
    audit(&before);
    plant_seed(f->edx, f, task_of_view(view));
    audit(&after);
    if (plants && !lasting)
        f->eflags &= ~X86_EFLAGS_IF;
    f->eax = f->edx == SEED_PROGRAMS
                 ? programs_known(before.violations)
                 : after.violations - before.violations + (after.text != before.text);
    f->eip += 2;
    return true;
}
