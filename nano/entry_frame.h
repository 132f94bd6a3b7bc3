/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame: what a trap leaves on the entry stack, and what ring 0 is left by. Pushed by the CPU
 * (SDM vol. 3, 6.12) and by gatehouse.asm, which has a picture of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ringpost/layout.h>
#include <ringpost/x86.h>

struct frame {
    /* pushed by software */
    uint32_t gs;
    uint32_t fs;
    uint32_t es;
    uint32_t ds;
    uint32_t edi;
    uint32_t esi;
    uint32_t ebp;
    uint32_t pusha_esp;
    uint32_t ebx;
    uint32_t edx;
    uint32_t ecx;
    uint32_t eax;
    uint32_t vector;
    /* pushed by the CPU, or 0 by software where the CPU pushes none */
    uint32_t error;
    /* pushed by the CPU */
    uint32_t eip;
    uint32_t cs;
    uint32_t eflags;
    /* only when the ring changed: use frame_esp() */
    uint32_t esp;
    uint32_t ss;
};

/* The ring that was interrupted. Virtual-8086 mode first: there CS is no selector. */
static inline unsigned frame_ring(const struct frame *f)
{
    return f->eflags & X86_EFLAGS_VM ? RING_APP : f->cs & 3;
}

/* ESP of the interrupted code; the CPU pushed it only when the ring changed. */
static inline uint32_t frame_esp(const struct frame *f)
{
    return frame_ring(f) == RING_NANO ? (uint32_t)(uintptr_t)&f->esp : f->esp;
}

/* Makes a frame that begins to run at EIP and ESP, with nothing in the general registers. */
static inline void frame_begin(struct frame *f, uint32_t cs, uint32_t ds, uint32_t eip,
                               uint32_t esp)
{
    *f = (struct frame){.ds = ds,
                        .es = ds,
                        .eip = eip,
                        .cs = cs,
                        .eflags = X86_EFLAGS_FIXED | X86_EFLAGS_IF,
                        .esp = esp,
                        .ss = ds};
}

/* Where a frame from an outer ring always lies: the top of the entry stack. */
extern uint8_t gate_stack[]; /* one page, from the linker script */
#define ENTRY_FRAME_AT ((struct frame *)(gate_stack + PAGE_SIZE - sizeof(struct frame)))
