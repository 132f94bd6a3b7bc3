/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a task's fault was about, for a person: what lies at the address of a page fault, and which
 * instruction it was that a task may not execute. The pager has the books of the task's memory, and
 * the bytes at its EIP in the module that it was loaded from. It decides nothing by the answer.
 *
 * Ring 3, pager. Of what has left a task for good the pager remembers the last few runs only.
 */
#include "place.h"
#include "loans.h"
#include "module.h"
#include <ringpost/elf.h>

#define VECTOR_UD   6
#define VECTOR_GP   13
#define VECTOR_PF   14
#define GP_IDT      0x02        /* #GP's error code: the index is one of the IDT */
#define OVER        (64 * 1024) /* how far below the stack still means the stack */
#define PREFIXES    4
#define INSTRUCTION 8

/* Called when pages have left the task for good. */
void place_left(struct task *t, uint32_t from, uint32_t to, enum fault_place how)
{
    t->left[t->left_next++ % LEFT_MAX] = (struct left){from, to, how};
}

static enum fault_place left_as(const struct task *t, uint32_t address)
{
    for (uint32_t i = 1; i <= LEFT_MAX && i <= t->left_next; i++) {
        const struct left *l = &t->left[(t->left_next - i) % LEFT_MAX];

        if (address >= l->from && address < l->to)
            return l->how;
    }
    return regions_sent(t->lazy, address & ~(PAGE_SIZE - 1)) ? FAULT_PLACE_GRANTED
                                                             : FAULT_PLACE_NOTHING;
}

static enum fault_place of_address(const struct task *t, const struct fault *f)
{
    uint32_t at = f->address, page = at & ~(PAGE_SIZE - 1);

    if (at < PROGRAM_BASE)
        return FAULT_PLACE_NULL;
    if (at >= LANDING_END)
        return FAULT_PLACE_SYSTEM;
    if (at >= OWN_BASE && at < LANDING_BASE)
        return f->error & PF_PRESENT ? FAULT_PLACE_MAILBOX : FAULT_PLACE_NOTHING;
    if (f->error & PF_PRESENT)
        return f->error & PF_FETCH ? FAULT_PLACE_NO_CODE : FAULT_PLACE_READ_ONLY;
    if (at < STACK_LOW && at >= STACK_LOW - OVER)
        return FAULT_PLACE_BELOW_STACK;
    if (loans_touch(t->lent, false, page, page + PAGE_SIZE))
        return FAULT_PLACE_LENT;
    return left_as(t, at);
}

/* Copies the bytes at `eip` from the program's module; those that it does not have are 0. */
static void code_at(const struct task *t, uint32_t eip, uint8_t code[INSTRUCTION])
{
    const struct boot_module *m = t->program ? module_find(t->program->module) : 0;
    const uint8_t *image = m ? (const uint8_t *)(uintptr_t)m->address : 0;
    const struct elf_segment *s;

    memset(code, 0, INSTRUCTION);
    if (!m || elf_check(image, m->bytes, PROGRAM_BASE, HEAP_END))
        return;
    ELF_FOR_EACH_LOAD (s, image)
        for (uint32_t i = 0; i < INSTRUCTION; i++)
            if (eip + i - s->vaddr < s->filesz)
                code[i] = image[s->offset + (eip + i - s->vaddr)];
}

static bool is_prefix(uint8_t byte)
{
    return byte == 0x66 || byte == 0x67 || byte == 0xF0 || byte == 0xF2 || byte == 0xF3 ||
           (byte & 0xE7) == 0x26 || byte == 0x64 || byte == 0x65;
}

/* IN, OUT, INS, OUTS (SDM vol. 2). */
static bool is_port(uint8_t byte) { return (byte & 0xF4) == 0xE4 || (byte & 0xFC) == 0x6C; }

/* CLI, STI, HLT; or behind 0x0F: LLDT, LTR, LGDT, LIDT, LMSW, INVLPG, CLTS, INVD, WBINVD, MOV of
 * control and debug registers, WRMSR, RDMSR, RDPMC. */
static bool is_privileged(const uint8_t *code)
{
    uint8_t second = code[1];

    if (code[0] != 0x0F)
        return code[0] == 0xFA || code[0] == 0xFB || code[0] == 0xF4;
    return second <= 1 || second == 6 || second == 8 || second == 9 ||
           (second >= 0x20 && second <= 0x23) || second == 0x30 || second == 0x32 || second == 0x33;
}

static bool is_sse(uint8_t second)
{
    return (second & 0xF8) == 0x10 || (second & 0xF8) == 0x28 || (second & 0xF0) == 0x50 ||
           (second & 0xF0) == 0x60 || (second & 0xF0) == 0x70 || (second & 0xE0) == 0xE0;
}

static enum fault_place of_instruction(const struct task *t, const struct fault *f)
{
    uint8_t bytes[INSTRUCTION], *code = bytes;

    code_at(t, f->eip, bytes);
    while (code < bytes + PREFIXES && is_prefix(*code))
        code++;
    if (f->vector == VECTOR_UD)
        return code[0] != 0x0F   ? FAULT_PLACE_UNKNOWN
               : code[1] == 0x0B ? FAULT_PLACE_TRAP
               : is_sse(code[1]) ? FAULT_PLACE_SSE
                                 : FAULT_PLACE_UNKNOWN;
    if (f->error & GP_IDT)
        return FAULT_PLACE_GATE;
    if (f->error)
        return FAULT_PLACE_SELECTOR;
    return is_port(code[0])      ? FAULT_PLACE_PORT
           : is_privileged(code) ? FAULT_PLACE_PRIVILEGED
                                 : FAULT_PLACE_UNKNOWN;
}

enum fault_place place_of(const struct task *t, const struct fault *f)
{
    if (f->vector == VECTOR_PF)
        return of_address(t, f);
    if (f->vector == VECTOR_UD || f->vector == VECTOR_GP)
        return of_instruction(t, f);
    return FAULT_PLACE_UNKNOWN;
}
