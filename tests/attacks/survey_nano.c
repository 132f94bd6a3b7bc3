/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The surveying nano: the real one, whole, with this in front of its traps; an image of its own,
 * for `make authority` only. It lets probes of any ring fail without dying (survey.h), says what
 * the page tables of a view allow, by a walk of its own, and probes its own ring.
 */
#include "audit.h"
#include "print.h"
#include "seed_nano.h"
#include "task.h"
#include "leave.h"
#include "trap.h"
#include <ringpost/x86.h>
#include "survey.h"

void __real_trap(struct frame *f, uint32_t view) __attribute__((noreturn));
void __wrap_trap(struct frame *f, uint32_t view) __attribute__((noreturn));

#define MAP_P     1u
#define MAP_WRITE 2u
#define MAP_USER  4u
#define MAP_RUN   8u

/* What the tables of `view` say of a page. */
static uint32_t rights(uint32_t view, uint32_t address)
{
    const pte_t *table = (const pte_t *)view;
    pte_t e = table[address >> 30];
    uint32_t all = MAP_WRITE | MAP_USER | MAP_RUN;

    for (unsigned level = 0; level < 2; level++) {
        if (!(e & PTE_P))
            return 0;
        if (level && e & PTE_PS)
            break;
        table = (const pte_t *)((uint32_t)e & ~0xFFFu);
        e = table[address >> (level ? 12 : 21) & 511];
        if (!(e & PTE_P))
            return 0;
        all &=
            (e & PTE_W ? MAP_WRITE : 0) | (e & PTE_U ? MAP_USER : 0) | (e & PTE_NX ? 0 : MAP_RUN);
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
            print("survey: segment ring%u %s %08x\n", high >> 13 & 3,
                  high & 0x800 ? "code" : "data",
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

/* ---- The audit's own control: each rule is broken once, and the audit must see it ------------ */

static void broken(const char *what)
{
    struct audit a;

    audit(&a);
    print("survey: broken %u %s\n", a.violations, what);
}

/* Changes a word for the time of an audit. */
static void with(uint32_t at, uint32_t flip, const char *what)
{
    *(volatile uint32_t *)at ^= flip;
    broken(what);
    *(volatile uint32_t *)at ^= flip;
}

static uint32_t page_pte(uint32_t view, uint32_t address)
{
    const pte_t *table = (const pte_t *)((uint32_t)((const pte_t *)view)[address >> 30] & ~0xFFFu);
    return ((uint32_t)table[address >> 21 & 511] & ~0xFFFu) + (address >> 12 & 511) * 8;
}

static uint32_t directory_entry(uint32_t view, uint32_t address)
{
    return ((uint32_t)((const pte_t *)view)[address >> 30] & ~0xFFFu) + (address >> 21 & 511) * 8;
}

static void break_descriptors(void)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) gdtr, idtr;
    uint32_t tss, at;

    asm("sgdt %0; sidt %1" : "=m"(gdtr), "=m"(idtr));
    at = gdtr.base + GDT_TSS * 8;
    tss = *(uint32_t *)at >> 16 | (*(uint32_t *)(at + 4) & 0xFF) << 16 |
          (*(uint32_t *)(at + 4) & 0xFF000000);
    with(gdtr.base + GDT_ROUTER_DS * 8 + 4, 0x10000, "ring 1's data segment reaches nano");
    with(gdtr.base + GDT_APP_DS * 8 + 4, 0x40000, "ring 3's data segment reaches the router");
    with(gdtr.base + GDT_APP_CS * 8 + 4, 0x100, "an accessed bit is 0");
    with(gdtr.base + GDT_NANO_CS * 8 + 4, 0x400, "a conforming segment");
    with(gdtr.base + GDT_APP_CS * 8 + 4, 0x400000, "a 16-bit segment");
    with(gdtr.base + GDT_ROUTER_CS * 8, 0x10000, "a segment with a base");
    with(gdtr.base + GDT_CALL_GATE * 8 + 4, 1, "a call gate with a parameter");
    with(gdtr.base + GDT_CALL_GATE * 8, 0x100000, "a call gate to another segment");
    with(gdtr.base + GDT_TSS * 8 + 4, 0x6000, "a TSS of DPL 3");
    with(gdtr.base, 1, "a null descriptor that is not null");
    with(idtr.base + 8 * 8 + 4, 0x6000, "int 8 for ring 3");
    with(idtr.base + VECTOR_PARK * 8 + 4, 0x4000, "the router's gate for ring 3");
    with(idtr.base + 14 * 8 + 4, 0x100, "a trap gate");
    with(idtr.base + 14 * 8 + 4, 0x30000000, "a gate out of the gatehouse");
    with(tss, SEL_TSS, "a back-link");
    with(tss + 12, 0x10000000, "another stack for ring 1");
    with(tss + 24, SEL_NANO_DS, "an SS2");
    with(tss + 96, 8, "an LDT in the TSS");
}

static void break_registers(uint32_t view)
{
    uint32_t r[4];

    with(view + offsetof(struct task, saved.eflags), X86_EFLAGS_IOPL, "IOPL in a saved frame");
    asm volatile("lldt %w0" : : "r"(1));
    broken("LDTR not 0");
    asm volatile("lldt %w0" : : "r"(0));

    write_cr4(read_cr4() | 0x80);
    broken("CR4.PGE");
    write_cr4(read_cr4() & ~0x80u);
    write_cr0(read_cr0() & ~X86_CR0_WP);
    broken("CR0.WP 0");
    write_cr0(read_cr0() | X86_CR0_WP);
    asm volatile("mov %0, %%dr7" : : "r"(0x401));
    broken("DR7");
    asm volatile("mov %0, %%dr7" : : "r"(0x400));
    cpuid(1, r);
    if (r[3] & 1 << 11) {
        write_msr(X86_MSR_SYSENTER_CS, 8);
        broken("SYSENTER_CS");
        write_msr(X86_MSR_SYSENTER_CS, 0);
    }
}

static void break_tables(uint32_t view)
{
    uint32_t nano = page_pte(read_cr3(), NANO_BASE), text = page_pte(view, PROGRAM_BASE);

    with(directory_entry(view, NANO_BASE), *(uint32_t *)directory_entry(read_cr3(), NANO_BASE),
         "nano in the tasks' views");
    with(view, PTE_W, "a directory pointer with more than P");
    with(view + 24, PAGE_SIZE, "another fourth directory");
    with(page_pte(view, ROUTER_BASE), PTE_W, "router's text writable");
    with(page_pte(view, ROUTER_STACK), PTE_U, "router's stack for users");
    with(page_pte(view, ROUTER_STACK) + 4, 0x80000000, "router's stack executable");
    with(page_pte(view, ROUTER_STACK), 0x100, "a global page");
    with(page_pte(view, GATEHOUSE + PAGE_SIZE), PTE_W, "the GDT writable");
    with(page_pte(view, (uint32_t)gate_stack), PTE_W, "an entry stack read-only");
    with(directory_entry(view, PROGRAM_BASE), PTE_PS, "a large page for a task");
    with(directory_entry(view, PROGRAM_BASE), PTE_U, "a task's table for ring 1 only");
    with(directory_entry(view, 0), *(uint32_t *)directory_entry(view, PROGRAM_BASE),
         "a table below 4 MiB");
    with(text, PTE_W, "a task's text writable");
    with(text, *(uint32_t *)text ^ (*(uint32_t *)(text + 8)), "a frame mapped twice");
    with(text, (*(uint32_t *)text & ~0xFFFu) ^ (*(uint32_t *)nano & ~0xFFFu),
         "nano's text mapped for a task");
    with(page_pte(view, OWN_MAILBOX + PAGE_SIZE), PTE_W, "an in header that its task may write");
    with(page_pte(view, NAMEPLATE), PTE_U, "a nameplate for users");
    with(directory_entry(read_cr3(), 0x80000000), PTE_U, "nano's memory for users");
    with(nano, PTE_W, "nano's text writable");
}

void __wrap_trap(struct frame *f, uint32_t view)
{
    uint32_t flags;

    asm volatile("pushf; pop %0" : "=r"(flags));
    seed_note_flags(flags);
    if (seed_trapped(f, view))
        leave(f, view);
    if (f->vector == X86_EXC_UD && f->eax == SURVEY_BREAK) {
        break_descriptors();
        break_registers(view);
        break_tables(view);
        broken("nothing");
        f->eip += 2;
        leave(f, view);
    }
    if (f->eax == SURVEY_PROBE &&
        (f->vector == X86_EXC_PF || f->vector == X86_EXC_GP || f->vector == 12)) {
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
