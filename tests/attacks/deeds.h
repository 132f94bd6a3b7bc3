/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words that attacks.def is written in, for ring 3 and ring 1 alike. A deed is C in a function
 * that has `argument` and returns an enum verdict; falling out at its end is THROUGH.
 *
 * Writes are to places where nobody would notice (attacks must be able to succeed, with the
 * fences off, and the next row to follow); what would be noticed is read-only whatever the fences.
 */
#ifndef DEEDS_H
#define DEEDS_H

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/layout.h>
#include "hostile.h"
#include "seeds.h"
#include "nano_symbols.h" /* NANO_name: addresses, from baited.elf */

#define HELD_IF(condition) return (condition) ? HELD : CHANGED
#define DO(code)                                                                                   \
    do {                                                                                           \
        asm volatile("" : : : "memory");                                                           \
        asm("pusha; " code "; popa");                                                              \
        asm volatile("" : : : "memory", "cc");                                                     \
    } while (0)
#define READ(a)        (*(volatile uint32_t *)somewhere((uint32_t)(a)))
#define WRITE(a)       (*(volatile uint32_t *)somewhere((uint32_t)(a)) = 0)
#define JUMP(a)        asm volatile("call *%0" : : "r"(somewhere((uint32_t)(a))) : "memory", "cc")
#define FAR(op, sel)   asm volatile(op " %0, $0" : : "i"(sel) : "memory")
#define LOAD(reg, sel) asm volatile("movl %0, %%" reg : : "r"(sel) : "memory")
#define INT(vector)                                                                                \
    asm volatile("int %0" : : "i"(vector), "a"(1) : "ebx", "ecx", "edx", "esi", "edi", "memory")

/* Nano's secret: two words in its data (bait_nano.c); SPARE_AT is one that nobody uses. */
#define SECRET    0x52494E47u
#define SECRET_AT NANO_nano_secret
#define SPARE_AT  (NANO_nano_secret + 4)

uint32_t scratch[16] __attribute__((aligned(64))), fxarea[128] __attribute__((aligned(64)));

/* The address; the compiler does not know where it came from. */
static inline void *somewhere(uint32_t address)
{
    asm("" : "+r"(address));
    return (void *)address;
}

static inline uint32_t flags_after(uint32_t flags)
{
    asm volatile("push %0; popf; pushf; pop %0; push $0x202; popf" : "+r"(flags) : : "cc");
    return flags;
}

static inline bool verified(uint32_t selector)
{
    bool readable, writable;
    asm volatile("verr %w2; setz %0; verw %w2; setz %1"
                 : "=&q"(readable), "=q"(writable)
                 : "r"(selector)
                 : "cc");
    return readable || writable;
}

static inline bool described(uint32_t selector)
{
    bool rights, limit;
    uint32_t told;
    asm volatile("lar %3, %2; setz %0; lsl %3, %2; setz %1"
                 : "=&q"(rights), "=&q"(limit), "=&r"(told)
                 : "r"(selector)
                 : "cc");
    return rights || limit;
}

#endif
