/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probing the engine. Ring 0, boot only. Each probe makes one access that a protection must
 * stop, from ring 0; UMIP, which stops outer rings only, by two instructions in ring 3. Traps come
 * here by an IDT of the probes' own (SDM vol. 3, 6.10), so nano's trap() never sees one.
 */
#include "frame.h"
#include "print.h"
#include "probe.h"
#include "string.h"
#include "walk.h"

#define OPCODE_RET    0xC3
#define PROBE_VECTORS 20 /* probe.asm has both too */
#define PROBE_STUB    8

uint32_t probe_read(uint32_t selector, uint32_t address);
uint32_t probe_write(uint32_t address);
uint32_t probe_execute(uint32_t address);
uint32_t probe_ring3(uint32_t address);
extern const uint8_t probe_stubs[], probe_nmi[];
extern pte_t nano_dirs[4][PTES];

struct idtr {
    uint16_t limit;
    uint32_t base;
} __attribute__((packed));

static struct {
    uint16_t low, selector, type, high;
} probe_idt[PROBE_VECTORS];

static void load_idt(const struct idtr *idtr) { asm volatile("lidt %0" : : "m"(*idtr)); }

/* Returns nano's. */
static struct idtr use_own_idt(void)
{
    const struct idtr own = {sizeof probe_idt - 1, (uint32_t)probe_idt};
    struct idtr nanos;

    for (unsigned v = 0; v < PROBE_VECTORS; v++) {
        uint32_t stub = (uint32_t)(v == X86_EXC_NMI ? probe_nmi : probe_stubs + v * PROBE_STUB);

        probe_idt[v].low = stub;
        probe_idt[v].selector = SEL_NANO_CS;
        probe_idt[v].type = 0x8E00; /* a 32-bit interrupt gate for ring 0 */
        probe_idt[v].high = stub >> 16;
    }
    asm volatile("sidt %0" : "=m"(nanos));
    load_idt(&own);
    return nanos;
}

/* Makes the 2 MiB of low memory at `address` a user page in nano's view, or not any more. */
static void set_user(uint32_t address, pte_t bits)
{
    pte_t *d = &nano_dirs[0][address / TABLE_SPAN];

    *d = (*d & ~(PTE_U | PTE_NX)) | bits;
    write_cr3(read_cr3());
}

void probe_engine(void)
{
    static const uint32_t read_only = 0;
    uint32_t page, run = frame_run(2 * PTES - 1, FRAME_NANO);         /* has 2 MiB to itself */
    static const uint8_t smsw_ud2[] = {0x0F, 0x01, 0xE0, 0x0F, 0x0B}; /* SMSW EAX; UD2 */
    struct idtr nanos;
    bool smep, smap, umip;

    if (!run)
        nano_stop("not enough memory: less than 4 MiB in one piece; give the machine more");
    page = ((run + PTES - 1) << 12) & ~(TABLE_SPAN - 1);
    *(uint8_t *)frame_memory(page >> 12) = OPCODE_RET;
    nanos = use_own_idt();
    print("nano: enforced: limit=%s null=%s wp=%s nx=%s",
          probe_read(SEL_ROUTER_DS, NANO_BASE) ? "yes" : "no", probe_read(0, page) ? "yes" : "no",
          probe_write((uint32_t)&read_only) ? "yes" : "no", probe_execute(page) ? "yes" : "no");
    set_user(page, PTE_U);
    smep = probe_execute(page);
    smap = probe_read(SEL_NANO_DS, page);
    set_user(page, PTE_NX);
    memcpy((void *)page, smsw_ud2, sizeof smsw_ud2);
    set_user(page, PTE_U);
    umip = probe_ring3(page) == X86_EXC_GP;
    set_user(page, PTE_NX);
    print(" smep=%s smap=%s umip=%s\n", smep ? "yes" : "no", smap ? "yes" : "no",
          umip ? "yes" : "no");
    load_idt(&nanos);
    frame_set(run, 2 * PTES - 1, FRAME_FREE);
}
