/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The panic screen, on the debug port: a verdict line with the exception decoded, registers, a
 * back-trace by frame pointers, and a command to paste. Ring 0. A second panic halts silently.
 */
#include "panic.h"
#include "print.h"
#include "string.h"
#include "task.h"

#define BACKTRACE_MAX 12

struct epitaph epitaph;

static const char *const mnemonics[] = {"#DE",
                                        "#DB",
                                        "NMI",
                                        "#BP",
                                        "#OF",
                                        "#BR",
                                        "#UD",
                                        "#NM",
                                        "#DF",
                                        "coprocessor",
                                        "#TS",
                                        "#NP",
                                        "#SS",
                                        "#GP",
                                        "#PF",
                                        "reserved",
                                        "#MF",
                                        "#AC",
                                        "#MC, a machine check",
                                        "#XM"};

extern uint8_t gate_descriptors[], data_start[], nano_end[];

static bool in_nano_data(uint32_t address)
{
    return address >= (uint32_t)data_start && address < (uint32_t)nano_end && address % 4 == 0;
}

static void print_verdict(const struct frame *f)
{
    const char *name =
        f->vector < sizeof mnemonics / sizeof mnemonics[0] ? mnemonics[f->vector] : "interrupt";
    print("\nnano: panic: %s", name);
    if (f->vector == X86_EXC_PF)
        print(" %s %s %08x",
              f->error & X86_PF_I   ? "executing"
              : f->error & X86_PF_W ? "writing"
                                    : "reading",
              f->error & X86_PF_P ? "against the rights of" : "unmapped", epitaph.cr2);
    else if (f->vector >= 10 && f->vector <= 13 && f->error)
        print(", selector %04x", f->error & 0xFFFC);
    print(", at %s %08x\n",
          f->eip < (uint32_t)gate_descriptors && f->eip >= GATEHOUSE ? "gatehouse"
          : f->eip >= NANO_BASE                                      ? "nano"
                                                                     : "ring 1 or 3:",
          f->eip);
}

void panic_trap(struct frame *f, uint32_t view)
{
    uint32_t ebp = f->ebp;

    if (epitaph.panicked)
        for (;;)
            asm volatile("cli; hlt");
    epitaph.panicked = 1;
    epitaph.view = view;
    epitaph.cr2 = read_cr2();
    /* Of ring 0, at the top of the entry stack, the last two words are not there. */
    memcpy(&epitaph.frame, f, frame_ring(f) == RING_NANO ? offsetof(struct frame, esp) : sizeof *f);
    print_verdict(f);
    print("  eax %08x ebx %08x ecx %08x edx %08x\n", f->eax, f->ebx, f->ecx, f->edx);
    print("  esi %08x edi %08x ebp %08x esp %08x\n", f->esi, f->edi, f->ebp, frame_esp(f));
    print("  eip %08x cs %04x eflags %08x error %x vector %u\n", f->eip, f->cs & 0xFFFF, f->eflags,
          f->error, f->vector);
    print("  cr0 %08x cr2 %08x cr3 %08x cr4 %08x, trapped in view %08x\n", read_cr0(), epitaph.cr2,
          read_cr3(), read_cr4(), view);
    print("  paste: i686-linux-gnu-addr2line -pfie build/nano.elf %08x", f->eip);
    for (unsigned i = 0; i < BACKTRACE_MAX && in_nano_data(ebp); i++) {
        const uint32_t *frame = (const uint32_t *)ebp;
        print(" %08x", frame[1]);
        ebp = frame[0];
    }
    print("\n");
    power_off(2);
}
