/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the Intel SDM names: registers, bits, exceptions, and the instructions that C lacks. Section
 * numbers are those of volume 3 (System Programming Guide). Ports, control registers and MSRs are
 * for ring 0; ring 3 may use the ports that its task was given.
 */
#ifndef RINGPOST_X86_H
#define RINGPOST_X86_H

#include <stdint.h>
#include <ringpost/types.h>

#define X86_CR0_PE 0x00000001u /* 2.5 */
#define X86_CR0_EM 0x00000004u
#define X86_CR0_NE 0x00000020u
#define X86_CR0_WP 0x00010000u
#define X86_CR0_PG 0x80000000u

#define X86_CR4_PAE  0x00000020u
#define X86_CR4_MCE  0x00000040u
#define X86_CR4_UMIP 0x00000800u
#define X86_CR4_SMEP 0x00100000u
#define X86_CR4_SMAP 0x00200000u

#define X86_EFLAGS_FIXED 0x00000002u
#define X86_EFLAGS_TF    0x00000100u
#define X86_EFLAGS_IF    0x00000200u
#define X86_EFLAGS_IOPL  0x00003000u
#define X86_EFLAGS_VM    0x00020000u

#define X86_MSR_SYSENTER_CS 0x174u
#define X86_MSR_EFER        0xC0000080u
#define X86_EFER_NXE        0x800u

#define X86_EXC_DB  1 /* 6.3.1 */
#define X86_EXC_NMI 2
#define X86_EXC_UD  6
#define X86_EXC_DF  8
#define X86_EXC_GP  13
#define X86_EXC_PF  14
#define X86_EXC_MC  18

#define X86_PF_P 0x01u /* 4.7: the page was present: a violation of its rights */
#define X86_PF_W 0x02u
#define X86_PF_U 0x04u
#define X86_PF_I 0x10u

/* A page-table entry (PAE), 4.4.2. The same bits at both levels; PS in directories only. */
typedef uint64_t pte_t;
#define PTE_P        0x001ull
#define PTE_W        0x002ull
#define PTE_U        0x004ull
#define PTE_PS       0x080ull
#define PTE_NX       (1ull << 63)
#define PTE_FRAME(e) AS_KIND(frame_t, (uint32_t)((e) >> 12))
#define PTE_TO(frame) ((pte_t)NUMBER_OF(frame) << 12)
#define PTES        512

static inline void outb(uint16_t port, uint8_t value)
{
    asm volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}
static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
static inline uint32_t read_cr0(void)
{
    uint32_t v;
    asm volatile("mov %%cr0, %0" : "=r"(v));
    return v;
}
static inline void write_cr0(uint32_t v) { asm volatile("mov %0, %%cr0" ::"r"(v) : "memory"); }
static inline uint32_t read_cr2(void)
{
    uint32_t v;
    asm volatile("mov %%cr2, %0" : "=r"(v));
    return v;
}
static inline uint32_t read_cr3(void)
{
    uint32_t v;
    asm volatile("mov %%cr3, %0" : "=r"(v));
    return v;
}
static inline void write_cr3(uint32_t v) { asm volatile("mov %0, %%cr3" ::"r"(v) : "memory"); }
static inline uint32_t read_cr4(void)
{
    uint32_t v;
    asm volatile("mov %%cr4, %0" : "=r"(v));
    return v;
}
static inline void write_cr4(uint32_t v) { asm volatile("mov %0, %%cr4" ::"r"(v) : "memory"); }
static inline void write_msr(uint32_t msr, uint64_t v) { asm volatile("wrmsr" ::"c"(msr), "A"(v)); }
static inline uint32_t read_time_stamp(void)
{
    uint32_t low;
    asm volatile("rdtsc" : "=a"(low) : : "edx");
    return low;
}
static inline void cpuid(uint32_t leaf, uint32_t out[4])
{
    asm volatile("cpuid"
                 : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                 : "a"(leaf), "c"(0));
}

#endif
