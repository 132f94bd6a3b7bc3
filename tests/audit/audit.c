/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit. Ring 0, in nano's view. It starts from what the CPU holds (SGDT, SIDT, STR, CR3) and
 * from the list of tasks, and walks with a walk of its own: with the code that builds descriptors
 * and tables it shares the constants of layout.h, x86.h and mailbox.h, the list of tasks (task.h)
 * and nothing else, so that one mistake cannot hide another. The frame table (frame.h) it asks only
 * for what it holds against the tables: which frames are said to be mapped, and how many there are.
 * It judges what is there, whatever fences= was: with a fence off it must complain, and the attack
 * suite sees to it that it does.
 */
#include "audit.h"
#include "frame.h"
#include "options.h"
#include "print.h"
#include "string.h"
#include "task.h"
#include <ringpost/x86.h>
#include <ringpost/mailbox.h>

#define ENTRY_G       0x100ull
#define ENTRY_NOISE   0x60ull /* accessed, dirty; TCG marks even directory pointers accessed */
#define ADDRESS(e)    ((uint32_t)(e) & ~(PAGE_SIZE - 1))
#define TABLE_AT(e)   ((const pte_t *)(uintptr_t)ADDRESS(e))
#define CR4_FORBIDDEN 0x183u /* VME, PVI, PGE, PCE */
#define IOPL          0x3000u
#define MSR_CS        X86_MSR_SYSENTER_CS

extern uint8_t data_start[], gate_descriptors[];

struct pointer {
    uint16_t limit;
    uint32_t base;
} __attribute__((packed));

static struct audit now;
static uint8_t met[FRAMES_MAX / 8];

/*
 * Read-only pages of tasks' programs, as they were when they were met first. They come one by one,
 * as they are used, so that one sum over all would say nothing. Each is in the first place, from
 * its own on, that no other page of a living task has.
 */
static struct program_page {
    uint32_t id, at, sum;
} programs[4096];
#define PROGRAMS (sizeof programs / sizeof *programs)

static void rule(bool good, uint32_t where, const char *what)
{
    if (!good && now.violations++ < 16)
        print("nano: audit: %08x: %s\n", where, what);
}

static void digest(uint32_t *sum, uint32_t word) { *sum = (*sum ^ word) * 16777619; }

static void digest_text(uint32_t from, uint32_t end)
{
    for (; from < end; from += 4)
        digest(&now.text, *(const uint32_t *)from);
}

static void audit_program(const struct task *t, pte_t e, uint32_t at)
{
    uint32_t i = t->slot * 4 + at / PAGE_SIZE, end = i + PROGRAMS, sum = 0;
    struct program_page *place = NULL, *known;

    for (uint32_t j = 0; j < PAGE_SIZE; j += 4)
        digest(&sum, *(const uint32_t *)(ADDRESS(e) + j));
    do {
        known = &programs[i++ % PROGRAMS];
        if (known->id == t->id && known->at == at) {
            rule(known->sum == sum, at, "a read-only page of a task has changed");
            return;
        }
        if (!place && !task_find(known->id))
            place = known; /* further on may still be what is looked for */
    } while (known->id && i != end);
    rule(place, at, "more read-only pages than the audit knows");
    if (place)
        *place = (struct program_page){t->id, at, sum};
}

/* A frame that may stand in one place only. */
static void meet(pte_t e, uint32_t where)
{
    uint32_t f = ADDRESS(e) >> 12;

    rule(f < frame_end() && !(met[f / 8] & 1 << f % 8), where, "a frame is mapped twice");
    if (f < frame_end())
        met[f / 8] |= 1 << f % 8;
}

static void audit_gdt(uint32_t *tss)
{
    struct pointer gdtr;
    uint16_t task, local;

    asm("sgdt %0; str %1; sldt %2" : "=m"(gdtr), "=r"(task), "=r"(local));
    rule(gdtr.limit == GDT_ENTRIES * 8 - 1, gdtr.base, "the GDT is not as long as it should be");
    rule(task == SEL_TSS && local == 0, task, "TR is not the TSS, or LDTR is not 0");
    for (uint32_t i = 0; i < GDT_ENTRIES; i++) {
        uint32_t at = gdtr.base + i * 8, low = ((uint32_t *)at)[0], high = ((uint32_t *)at)[1];
        uint32_t access = high >> 8 & 0xFF, ring = access >> 5 & 3;
        uint32_t base = low >> 16 | (high & 0xFF) << 16 | (high & 0xFF000000);
        uint32_t last = (high & 0xF0000) | (low & 0xFFFF); /* in pages */

        if (access & 0x10) {
            rule(base == 0 && (high & 0xE00000) == 0xC00000, at,
                 "a segment with a base, of 16 bits or of bytes");
            rule(access & 1, at, "a segment's accessed bit is not set beforehand");
            rule(!(access & 4), at, "a conforming or expand-down segment");
            rule((access & 0x82) == 0x82 && i < GDT_TSS, at,
                 "a segment that is absent, half a segment, or one too many");
            rule(ring == RING_NANO || last < (ring == RING_APP ? RING3_LIMIT : RING1_LIMIT) >> 12,
                 at, "a segment of an outer ring reaches an inner one");
        } else if (i == GDT_TSS) {
            rule(access == 0x8B, at, "the TSS is not a busy one of DPL 0");
            *tss = base;
        } else if (i == GDT_CALL_GATE) {
            rule(access == 0xEC && !(high & 0x1F) && (low >> 16 & ~3u) == (SEL_ROUTER_CS & ~3u), at,
                 "the call gate is not one to ring 1 without parameters");
        } else {
            rule(!low && !high, at, "a descriptor that should not be there");
        }
    }
    digest_text(gdtr.base, gdtr.base + GDT_ENTRIES * 8);
}

static void audit_idt(void)
{
    struct pointer idtr;

    asm("sidt %0" : "=m"(idtr));
    rule(idtr.limit == VECTORS * 8 - 1, idtr.base, "the IDT is not as long as it should be");
    for (uint32_t v = 0; v < VECTORS; v++) {
        uint32_t at = idtr.base + v * 8, low = ((uint32_t *)at)[0], high = ((uint32_t *)at)[1];
        uint32_t ring = v == 3 || v == 4 || v == VECTOR_PAGER ? RING_APP
                        : v == VECTOR_PARK                    ? RING_ROUTER
                                                              : RING_NANO;
        uint32_t to = (high & 0xFFFF0000) | (low & 0xFFFF);

        if (low || high)
            rule((high & 0xFFFF) == (0x8E00 | ring << 13) && low >> 16 == SEL_NANO_CS &&
                     to >= GATEHOUSE && to < (uint32_t)gate_descriptors,
                 at, "a gate is not an interrupt gate into the gatehouse for its ring");
    }
    digest_text(idtr.base, idtr.base + VECTORS * 8);
}

static void audit_cpu(const uint32_t *tss)
{
    uint32_t dr7, flags, r[4], low, high;

    asm("mov %%dr7, %0; pushf; pop %1" : "=r"(dr7), "=r"(flags));
    cpuid(1, r);
    rule((tss[0] & 0xFFFF) == 0 && (tss[24] & 0xFFFF) == 0 && tss[6] == 0, (uint32_t)tss,
         "the TSS has a back-link, an LDT or an SS2");
    rule(tss[2] == SEL_NANO_DS && tss[4] == SEL_ROUTER_DS && tss[3] == ROUTER_STACK + PAGE_SIZE,
         (uint32_t)tss, "the TSS's stacks");
    rule((read_cr0() & (X86_CR0_PG | X86_CR0_WP | X86_CR0_EM)) ==
             (X86_CR0_PG | X86_CR0_WP | X86_CR0_EM),
         read_cr0(), "CR0");
    rule((read_cr4() & (CR4_FORBIDDEN | X86_CR4_PAE)) == X86_CR4_PAE, read_cr4(), "CR4");
    rule(dr7 == 0x400 && !(flags & X86_EFLAGS_IOPL), dr7, "DR7, or IOPL in ring 0");
    if (r[3] & 1 << 11) { /* SEP */
        asm("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_CS));
        rule(low == 0, low, "SYSENTER_CS");
    }
    digest_text((uint32_t)tss, (uint32_t)&tss[7]);
}

/* What every entry of a table or directory must be; `user`: all with the user bit, or none. */
static void audit_pte(pte_t e, bool user, uint32_t where)
{
    rule(!(e & ENTRY_G), where, "a global page");
    rule(!(e & PTE_U) == !user, where,
         user ? "no user page where one should be" : "a user page where none should be");
}

static void audit_leaf(pte_t e, bool user, uint32_t where)
{
    audit_pte(e, user, where);
    rule(!(e & PTE_W) || e & PTE_NX, where, "writable and executable");
}

/* Fills `shared` with the entry of the shared directory for `address`, or 0. */
static pte_t shared_page(const pte_t *shared, uint32_t address)
{
    pte_t d = shared[address / TABLE_SPAN % PTES];
    return d & PTE_P ? TABLE_AT(d)[address / PAGE_SIZE % PTES] : 0;
}

/* The mailbox region: each page also in the window, one of the two at most writable. */
static void audit_own(const struct task *t, const pte_t *table, const pte_t *shared)
{
    for (uint32_t i = 0; i < PTES; i++) {
        uint32_t at = OWN_BASE + i * PAGE_SIZE, in = at - OWN_MAILBOX;
        pte_t e = table[i], w;

        if (!(e & PTE_P))
            continue;
        audit_leaf(e, at != NAMEPLATE, at);
        rule((e & PTE_NX) &&
                 (in < 1 << MAILBOX_SHIFT || (!(e & PTE_W) && (at == NAMEPLATE || at == CLOCK))),
             at, "a page of the task's own that should not be so");
        if (at >= OWN_MAILBOX) {
            w = shared_page(shared, WINDOW + (t->slot << MAILBOX_SHIFT) + in);
            rule(ADDRESS(w) == ADDRESS(e) && !(w & e & PTE_W), at,
                 "the window shows another page, or two may write it");
        }
        /* A ring's one or two pages appear twice in a row. */
        if (at == NAMEPLATE || (at != CLOCK && ADDRESS(e) != ADDRESS(table[i - 1]) &&
                                ADDRESS(e) != ADDRESS(table[i - 2])))
            meet(e, at);
    }
}

static void audit_view(const struct task *t, const pte_t *shared)
{
    rule((t->view[3] & ~ENTRY_NOISE) == ((uint32_t)shared | PTE_P), t->slot,
         "a view's fourth directory is not the shared one");
    rule(!(t->saved.eflags & X86_EFLAGS_IOPL), t->id, "a task's saved IOPL");
    for (uint32_t i = 0; i < 3 * PTES; i++) {
        pte_t p = t->view[i / PTES], d;
        uint32_t at = i * TABLE_SPAN;

        if (i % PTES == 0 && p) {
            rule((p & ~ENTRY_NOISE) == (ADDRESS(p) | PTE_P) && t->slot, at,
                 "a directory pointer with more than P, or in the idle view");
            meet(p, at);
        }
        if (!(p & PTE_P) || !((d = TABLE_AT(p)[i % PTES]) & PTE_P))
            continue;
        audit_pte(d, true, at);
        rule(!(d & PTE_PS) && at >= PROGRAM_BASE, at, "a large page, or one below 4 MiB");
        meet(d, at);
        if (at == OWN_BASE) {
            audit_own(t, TABLE_AT(d), shared);
            continue;
        }
        for (uint32_t j = 0; j < PTES; j++) {
            pte_t e = TABLE_AT(d)[j];
            if (e & PTE_P) {
                audit_leaf(e, true, at + j * PAGE_SIZE);
                meet(e, at + j * PAGE_SIZE);
                if (at < OWN_BASE && !(e & PTE_W))
                    audit_program(t, e, at + j * PAGE_SIZE);
            }
        }
    }
}

/* A fourth directory: the shared one, or nano's own (`inside`), which alone has nano in it. */
static void audit_fourth(const pte_t *directory, bool inside, uint32_t entry_stack)
{
    meet((uint32_t)directory, 0);
    for (uint32_t i = 0; i < PTES; i++) {
        uint32_t at = 3u * DIRECTORY_SPAN + i * TABLE_SPAN;
        pte_t d = directory[i];

        if (!(d & PTE_P))
            continue;
        audit_pte(d, false, at);
        rule(!(d & PTE_PS), at, "a large page");
        rule(inside ? at >= GATEHOUSE && at <= NANO_BASE : at < NANO_BASE, at,
             inside ? "nano's view has more than nano" : "nano is in the tasks' views");
        if (inside || at != NANO_BASE)
            meet(d, at);
        for (uint32_t j = 0; j < PTES; j++, at += PAGE_SIZE) {
            pte_t e = TABLE_AT(d)[j];
            if (!(e & PTE_P))
                continue;
            audit_leaf(e, false, at);
            if (at >= GATEHOUSE && at < NANO_BASE && !inside)
                rule(!(e & PTE_W) == (at + PAGE_SIZE != entry_stack), at,
                     "of the gatehouse the entry stack is writable, and nothing else");
            else if (at < WINDOW || (inside && at >= GATEHOUSE))
                meet(e, at);
            rule(e & PTE_NX || at >= GATEHOUSE || at < ROUTER_END, at,
                 "executable beyond the router's image");
            if (at < ROUTER_END && !(e & PTE_W))
                digest_text(ADDRESS(e), ADDRESS(e) + PAGE_SIZE);
            if (at < WINDOW || at >= WINDOW_END)
                digest(&now.tables, ADDRESS(e) | (e & ~ENTRY_NOISE & (PAGE_SIZE - 1)) |
                                        (e & PTE_NX ? 0x800 : 0));
        }
    }
}

/* The low 3 GiB of nano's view: memory as it is, nobody's to execute, no user page. */
static void audit_low(const pte_t *view)
{
    for (uint32_t i = 0; i < 3 * PTES; i++)
        rule((TABLE_AT(view[i / PTES])[i % PTES] & ~ENTRY_NOISE) ==
                 ((pte_t)i * TABLE_SPAN | PTE_NX | PTE_PS | PTE_W | PTE_P),
             i * TABLE_SPAN, "nano's view of memory");
}

void audit(struct audit *result)
{
    const pte_t *view = (const pte_t *)read_cr3(), *shared = TABLE_AT(task_at(0)->view[3]);
    uint32_t tss = 0;

    now = (struct audit){0, 2166136261, 2166136261};
    memset(met, 0, (frame_end() + 7) / 8);
    digest_text(GATEHOUSE, (uint32_t)gate_descriptors);
    digest_text(NANO_BASE, (uint32_t)data_start);
    audit_gdt(&tss);
    audit_idt();
    audit_cpu((const uint32_t *)tss);
    audit_low(view);
    audit_fourth(TABLE_AT(view[3]), true, ((const uint32_t *)tss)[1]);
    audit_fourth(shared, false, ((const uint32_t *)tss)[1]);
    for (uint32_t s = 0; s < tasks_made; s++)
        audit_view(task_at(s), shared);
    for (uint32_t f = 0; f < frame_end(); f++)
        rule(!frame_is(f, FRAME_MAPPED) || met[f / 8] & 1 << f % 8, f << 12,
             "a frame that is said to be mapped, and is not");
    *result = now;
}

void audit_boot(void)
{
    struct audit a;

    audit(&a);
    print("nano: audit: %u violations, digests %08x %08x\n", a.violations, a.text, a.tables);
    if (a.violations && options.user_fence && options.page_fence && options.segment_fence)
        nano_stop("the audit of descriptors and page tables failed; nothing is run on them");
}
