/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What DEBUG=1 adds to nano. Ring 0; linked in front of nano's functions (--wrap, see debug.mk).
 *
 *   panic_trap     an assertion of nano's own: its text goes before the panic
 *   router_fault   an assertion of the router: its text goes before the report
 *   load_router    remembers the router's module, in which that text is looked up
 *
 * and debug_refused(), which REFUSE() calls. The router may have jumped anywhere, so its EIP is an
 * allegation. Nothing is read from its memory: what stands at an address is taken from the boot
 * module, which only nano can reach, and only where a segment of it has bytes.
 */
#include <ringpost/assert.h>
#include <ringpost/elf.h>
#include <ringpost/pager_gate.h>
#include <ringpost/status.h>
#include "load_router.h"
#include "panic.h"
#include "print.h"
#include "refuse.h"
#include "router_fault.h"

#define TEXT_MAX     160
#define OPCODE_UD2   0x0B0F
#define UD2_BYTES    2
#define RECORD_BYTES (UD2_BYTES + 8) /* UD2, mark, address of the text */

void __real_load_router(const struct module *m);
void __wrap_load_router(const struct module *m);
_Noreturn void __real_router_fault(struct frame *f, struct task *t, bool hang);
_Noreturn void __wrap_router_fault(struct frame *f, struct task *t, bool hang);
_Noreturn void __real_panic_trap(struct frame *f, uint32_t view);
_Noreturn void __wrap_panic_trap(struct frame *f, uint32_t view);

extern uint8_t data_start[];

static const uint8_t *router_module;

/* A span of an image: `address` in its ring, where nano reads it, how many bytes follow. */
struct span {
    const uint8_t *at;
    uint32_t bytes;
};

static struct span span_of_nano(uint32_t address)
{
    if (address < NANO_BASE || address >= (uint32_t)data_start)
        return (struct span){0};
    return (struct span){(const uint8_t *)address, (uint32_t)data_start - address};
}

/* load_router() has checked the module's header and segments against its size (elf_check). */
static struct span span_of_router(uint32_t address)
{
    const struct elf_header *h = (const void *)router_module;
    const struct elf_segment *s = elf_segments(h);

    for (unsigned i = 0; i < h->phnum; i++, s++)
        if (s->type == ELF_LOAD && address - s->vaddr < s->filesz)
            return (struct span){router_module + s->offset + (address - s->vaddr),
                                 s->filesz - (address - s->vaddr)};
    return (struct span){0};
}

/* If an assertion stopped at `eip`, prints its text behind `whose`. */
static void print_assertion(const char *whose, uint32_t eip, struct span (*span_of)(uint32_t))
{
    struct span code = span_of(eip), text;
    const uint32_t *record = (const void *)(code.at + UD2_BYTES);

    if (code.bytes < RECORD_BYTES || *(const uint16_t *)code.at != OPCODE_UD2 ||
        record[0] != ASSERT_MARK)
        return;
    text = span_of(record[1]);
    print("nano: %s assertion failed: ", whose);
    for (uint32_t i = 0; i < text.bytes && i < TEXT_MAX && text.at[i]; i++)
        print_char(text.at[i] >= ' ' && text.at[i] < 0x7F ? (char)text.at[i] : '?');
    print("\n");
}

void __wrap_load_router(const struct module *m)
{
    router_module = (const uint8_t *)m->start;
    __real_load_router(m);
}

void __wrap_router_fault(struct frame *f, struct task *t, bool hang)
{
    if (!hang && f->vector == X86_EXC_UD && frame_ring(f) == RING_ROUTER)
        print_assertion("the router's", f->eip, span_of_router);
    __real_router_fault(f, t, hang);
}

void __wrap_panic_trap(struct frame *f, uint32_t view)
{
    if (f->vector == X86_EXC_UD && frame_ring(f) == RING_NANO)
        print_assertion("nano's", f->eip, span_of_nano);
    __real_panic_trap(f, view);
}

#define OP(name) [PAGER_OP_##name] = #name
static const char *const op_names[PAGER_OP_COUNT] = {
    OP(TASK_MAKE),   OP(TASK_PART),  OP(TASK_START),    OP(TASK_STOP),      OP(TASK_RESUME),
    OP(TASK_RETIRE), OP(TASK_TAKE),  OP(TASK_END),      OP(TABLE_GIVE),     OP(TABLE_TAKE),
    OP(MAP),         OP(UNMAP),      OP(PROTECT),       OP(MOVE),           OP(MOVE_TABLE),
    OP(NEXT_EVENT),  OP(QUERY_TASK), OP(QUERY_TABLE),   OP(QUERY_PAGE),     OP(QUERY_MEMORY),
    OP(IRQ),         OP(PORTS),      OP(SET_REGISTRAR), OP(POWER_OFF),      OP(FAULTS),
    OP(CHECK),       OP(LOG),        OP(AUDIT),         OP(RESTART_ROUTER),
};

static const char *const status_names[STATUS_COUNT] = {
#define STATUS(name, number, text) [number] = #name,
#include <ringpost/status.def>
#undef STATUS
};

static const char *name_of(const char *const *names, uint32_t count, uint32_t n)
{
    return n < count && names[n] ? names[n] : "unknown";
}

/* At boot nano makes the pager's task by the same functions, without a request. */
uint32_t debug_refused(const char *place, uint32_t status)
{
    const struct frame *f = ENTRY_FRAME_AT;
    const char *name = name_of(status_names, STATUS_COUNT, status);

    if (f->vector == VECTOR_PAGER)
        print("nano: refused: %s, task %08x: %s, %s\n", name_of(op_names, PAGER_OP_COUNT, f->eax),
              f->ebx, name, place);
    else
        print("nano: refused at boot: %s, %s\n", name, place);
    return status;
}
