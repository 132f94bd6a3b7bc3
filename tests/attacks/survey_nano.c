/*
 * The surveying nano: the real one, whole, with this in front of its traps; an image of its own, for
 * `make authority` only. It lets probes of any ring fail without dying (survey.h), says what the
 * page tables of a view allow, by a walk of its own, and probes its own ring.
 */
#include "trap.h"
#include "print.h"
#include <ringpost/x86.h>
#include "survey.h"

void __real_trap(struct frame *f, uint32_t view) __attribute__((noreturn));
void __wrap_trap(struct frame *f, uint32_t view) __attribute__((noreturn));

#define MAP_P 1u
#define MAP_WRITE 2u
#define MAP_USER 4u
#define MAP_RUN 8u

/* What the tables of `view` say of a page. */
static uint32_t rights(uint32_t view, uint32_t address)
{
    const entry *table = (const entry *)view;
    entry e = table[address >> 30];
    uint32_t all = MAP_WRITE | MAP_USER | MAP_RUN;

    for (unsigned level = 0; level < 2; level++) {
        if (!(e & ENTRY_P))
            return 0;
        if (level && e & ENTRY_PS)
            break;
        table = (const entry *)((uint32_t)e & ~0xFFFu);
        e = table[address >> (level ? 12 : 21) & 511];
        if (!(e & ENTRY_P))
            return 0;
        all &= (e & ENTRY_W ? MAP_WRITE : 0) | (e & ENTRY_U ? MAP_USER : 0) | (e & ENTRY_NX ? 0 : MAP_RUN);
    }
    return MAP_P | all;
}

static void print_run(const char *name, const char *what, uint32_t from, uint32_t end, uint32_t is)
{
    if (is)
        print("survey: %s %s %08x %08x %x\n", name, what, from, end - 1, is);
}

static void print_tables(const char *name, uint32_t view)
{
    uint32_t from = 0, was = 0, is;

    for (uint32_t page = 0; page < 1u << 20; page++, was = is) {
        is = rights(view, page << 12);
        if (is != was) {
            print_run(name, "tables", from, page << 12, was);
            from = page << 12;
        }
    }
    print_run(name, "tables", from, 0, was);
}

static void print_segments(void)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) gdtr;

    asm("sgdt %0" : "=m"(gdtr));
    for (uint32_t at = gdtr.base; at < gdtr.base + gdtr.limit; at += 8) {
        uint32_t low = ((uint32_t *)at)[0], high = ((uint32_t *)at)[1];
        if (high & 0x1000)
            print("survey: segment ring%u %s %08x\n", high >> 13 & 3, high & 0x800 ? "code" : "data",
                  ((high & 0xF0000) | (low & 0xFFFF)) << 12 | 0xFFF);
    }
}

static void probe_self(void)
{
    uint32_t from = 0, was = 0, is;

    for (uint32_t page = 0; page < 1u << 20; page++, was = is) {
        is = survey_page(page << 12);
        if (is != was) {
            print_run("nano", "probed", from, page << 12, was);
            from = page << 12;
        }
    }
    print_run("nano", "probed", from, 0, was);
}

void __wrap_trap(struct frame *f, uint32_t view)
{
    if (f->eax == SURVEY_PROBE && (f->vector == X86_EXC_PF || f->vector == X86_EXC_GP || f->vector == 12)) {
        f->eax = 1;
        f->eip = f->ebx;
        leave(f, view);
    }
    if (f->vector == X86_EXC_UD && f->eax == SURVEY_TABLES) {
        print_tables(f->edx ? "pager" : "task", view);
        f->eip += 2;
        leave(f, view);
    }
    if (f->vector == X86_EXC_UD && f->eax == SURVEY_NANO) {
        print_segments();
        print_tables("nano", read_cr3());
        probe_self();
        f->eip += 2;
        leave(f, view);
    }
    __real_trap(f, view);
}
