/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control registers. Ring 0, once. No FPU in tasks, router or nano: CR0.EM makes its use #NM
 * or #UD, the user's fault. SYSENTER_CS is 0, so SYSENTER is #GP.
 */
#include "cpu.h"
#include "options.h"
#include "string.h"
#include <ringpost/x86.h>

struct cpu cpu;

#define LEAF_FEATURES   1
#define LEAF_STRUCTURED 7
#define EDX_MCE         (1u << 7)
#define EDX_SEP         (1u << 11)
#define EBX_SMEP        (1u << 7)
#define EBX_SMAP        (1u << 20)
#define ECX_UMIP        (1u << 2)

void cpu_init(void)
{
    uint32_t r[4], highest, cr4 = X86_CR4_PAE;

    cpuid(0, r);
    highest = r[0];
    memcpy(cpu.vendor, &r[1], 4);
    memcpy(cpu.vendor + 4, &r[3], 4);
    memcpy(cpu.vendor + 8, &r[2], 4);
    cpuid(LEAF_FEATURES, r);
    if (r[3] & EDX_SEP)
        write_msr(X86_MSR_SYSENTER_CS, 0);
    if (r[3] & EDX_MCE) /* without it a machine check ends the machine without a word */
        cr4 |= X86_CR4_MCE;
    if (highest >= LEAF_STRUCTURED) {
        cpuid(LEAF_STRUCTURED, r);
        cpu.smep = r[1] & EBX_SMEP;
        cpu.smap = r[1] & EBX_SMAP;
        cpu.umip = r[2] & ECX_UMIP;
    }
    /* With the user fence off nano's own pages are user pages: SMEP and SMAP would stop nano. */
    cr4 |= (cpu.smep && options.user_fence ? X86_CR4_SMEP : 0) |
           (cpu.smap && options.user_fence ? X86_CR4_SMAP : 0) | (cpu.umip ? X86_CR4_UMIP : 0);
    write_cr4(cr4);
    write_cr0(X86_CR0_PG | X86_CR0_WP | X86_CR0_NE | X86_CR0_EM | X86_CR0_PE);
}
