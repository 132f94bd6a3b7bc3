/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors. Ring 0. They lie in the gatehouse: writable in nano's view only, read-only in
 * every other, so all accessed bits are set beforehand and LTR is done before anyone else runs.
 *
 * The segment fence is made here: every descriptor that ring 1 or 3 can load ends below nano.
 * All bases are 0. There is no LDT, no task gate, no conforming and no 16-bit segment.
 */
#include <ringpost/layout.h>
#include "gdt.h"
#include "string.h"
#include "task.h"

/* Access bytes, SDM vol. 3, 3.4.5: present, DPL, code or data, accessed. */
#define ACCESS_CODE(ring)      (0x9B | (ring) << 5) /* execute, read  */
#define ACCESS_DATA(ring)      (0x93 | (ring) << 5) /* read, write    */
#define ACCESS_TSS             0x89
#define ACCESS_CALL_GATE(ring) (0x8C | (ring) << 5)
#define ACCESS_INT_GATE(ring)  (0x8E | (ring) << 5)
#define FLAGS_PAGES_32         0xC /* granularity 4 KiB, 32-bit */

struct tss {
    uint32_t back_link;
    uint32_t esp0;
    uint32_t ss0;
    uint32_t esp1;
    uint32_t ss1;
    uint32_t esp2;
    uint32_t ss2;
    uint32_t cr3;
    uint32_t eip;
    uint32_t eflags;
    uint32_t general[8];
    uint32_t es, cs, ss, ds, fs, gs;
    uint32_t ldt;
    uint16_t trap;
    uint16_t ports_offset;
    uint8_t ports[PORTS / 8];
    uint32_t ports_end; /* all ones, up to the limit: the CPU takes these bytes for ports, too */
};

#define GATE_DATA __attribute__((section(".gate_data"), aligned(8)))
static uint64_t gdt[GDT_ENTRIES] GATE_DATA = {0};
static uint64_t idt[VECTORS] GATE_DATA = {0};
static struct tss tss GATE_DATA = {0};

extern uint8_t entry_stack_top[]; /* from the linker script */

static uint64_t segment(uint32_t access, uint32_t limit)
{
    uint32_t pages = limit ? (limit >> 12) - 1 : 0xFFFFF;
    return (pages & 0xFFFF) | (uint64_t)access << 40 | (uint64_t)(pages >> 16) << 48 |
           (uint64_t)FLAGS_PAGES_32 << 52;
}

static uint64_t gate(uint32_t access, uint32_t selector, uint32_t offset)
{
    return (offset & 0xFFFF) | selector << 16 | (uint64_t)access << 40 |
           (uint64_t)(offset >> 16) << 48;
}

void gdt_set_limits(bool segment_fence)
{
    uint32_t ring1 = segment_fence ? RING1_LIMIT : 0, ring3 = segment_fence ? RING3_LIMIT : 0;

    gdt[GDT_NANO_CS] = segment(ACCESS_CODE(RING_NANO), 0);
    gdt[GDT_NANO_DS] = segment(ACCESS_DATA(RING_NANO), 0);
    gdt[GDT_ROUTER_CS] = segment(ACCESS_CODE(RING_ROUTER), ring1);
    gdt[GDT_ROUTER_DS] = segment(ACCESS_DATA(RING_ROUTER), ring1);
    gdt[GDT_APP_CS] = segment(ACCESS_CODE(RING_APP), ring3);
    gdt[GDT_APP_DS] = segment(ACCESS_DATA(RING_APP), ring3);
}

void gdt_set_call_gate(uint32_t entry)
{
    gdt[GDT_CALL_GATE] = gate(ACCESS_CALL_GATE(RING_APP), SEL_ROUTER_CS, entry);
}

static void build_tss(void)
{
    uint64_t base = (uint32_t)&tss;

    tss.ss0 = SEL_NANO_DS;
    tss.esp0 = (uint32_t)entry_stack_top;
    tss.ss1 = SEL_ROUTER_DS;
    tss.esp1 = ROUTER_STACK + PAGE_SIZE;
    tss_set_ports(NULL);
    gdt[GDT_TSS] = (sizeof tss - 1) | (base & 0xFFFFFF) << 16 | (uint64_t)ACCESS_TSS << 40 |
                   (base >> 24) << 56;
}

void tss_set_ports(const uint8_t *ports)
{
    if (!ports) {
        tss.ports_offset = sizeof tss; /* beyond the limit: every port is denied */
        return;
    }
    memcpy(tss.ports, ports, sizeof tss.ports);
    tss.ports_end = ~0u;
    tss.ports_offset = __builtin_offsetof(struct tss, ports);
}

void descriptors_init(const struct gate *first, const struct gate *end)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) gdtr = {sizeof gdt - 1, (uint32_t)gdt},
                              idtr = {sizeof idt - 1, (uint32_t)idt};

    gdt_set_limits(true);
    build_tss();
    for (const struct gate *g = first; g < end; g++)
        idt[g->vector] = gate(ACCESS_INT_GATE(g->dpl), SEL_NANO_CS, g->stub);
    asm volatile("lgdt %0; lidt %1; ljmp %2, $1f; 1:\n"
                 "mov %3, %%ds; mov %3, %%es; mov %3, %%ss\n"
                 "mov %4, %%fs; mov %4, %%gs; lldt %w4; ltr %w5" ::"m"(gdtr),
                 "m"(idtr), "i"(SEL_NANO_CS), "r"(SEL_NANO_DS), "r"(0), "r"(SEL_TSS)
                 : "memory");
}
