/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's image: its frames, its mappings in the shared directory, and the pristine copy
 * (the boot module itself) from which a fault resets it. Ring 0.
 */
#include <ringpost/elf.h>
#include <ringpost/mailbox.h>
#include "frame.h"
#include "gdt.h"
#include "load_router.h"
#include "print.h"
#include "program.h"
#include "string.h"
#include "view.h"
#include "wake.h"
#include "walk.h"

static const void *pristine;                   /* the ELF image; its frames are nano's */
static frame_t image_frames[ELF_SEGMENTS_MAX]; /* first frame of each segment */
static struct router_header header;

static uint32_t pages(uint32_t bytes) { return (bytes + PAGE_SIZE - 1) / PAGE_SIZE; }

void router_reset(void)
{
    const struct elf_segment *s;

    ELF_FOR_EACH_LOAD (s, pristine) {
        uint8_t *to = frame_memory(image_frames[s - elf_segments(pristine)]);
        const uint8_t *from = (const uint8_t *)pristine + s->offset;
        /* What is as it should be is not written: the CPU would decode it anew, and an emulator
         * translate it anew, which is most of a restart's time there. */
        if (!same_words(to, from, (s->filesz + 3) / 4))
            for (uint32_t at = 0; at < s->filesz; at += 64)
                if (!same_words(to + at, from + at, 16))
                    memcpy(to + at, from + at, 64);
        if (s->memsz != s->filesz)
            memset(to + s->filesz, 0, s->memsz - s->filesz);
    }
    /* The stack needs nothing: every entry begins at its top, and reads nothing it did not push. */
    wake_list_clear();
}

/* Ring 1's limit and NX are met there. Not the zeroes behind what the file holds. */
static bool in_text(uint32_t address)
{
    const struct elf_segment *s;

    ELF_FOR_EACH_LOAD (s, pristine)
        if (s->flags & ELF_X && address - s->vaddr < s->filesz)
            return true;
    return false;
}

void load_router(const struct module *m)
{
    const struct elf_segment *s;

    program_check(m, ROUTER_BASE, ROUTER_STACK);
    pristine = (const void *)m->start;
    frame_set(frame_at(m->start), pages(m->end - m->start), FRAME_NANO);
    ELF_FOR_EACH_LOAD (s, pristine) {
        pte_t rights = (s->flags & ELF_W ? PTE_W : 0) | (s->flags & ELF_X ? 0 : PTE_NX);
        frame_t frame = frame_run(pages(s->memsz), FRAME_ROUTER);
        if (!frame)
            nano_stop("not enough memory for the router; give the machine more");
        image_frames[s - elf_segments(pristine)] = frame;
        for (uint32_t i = 0; i < pages(s->memsz); i++)
            view_map_shared(s->vaddr + i * PAGE_SIZE, frame_plus(frame, i), rights);
    }
    view_make_shared(ROUTER_STACK, PAGE_SIZE, PTE_W);
    wake_list_init(view_make_shared(WAKE_LIST, sizeof(struct wake_list), PTE_W));
    view_make_shared(TRACE_RING, TRACE_PAGES * PAGE_SIZE, PTE_W);
    router_reset();
    ELF_FOR_EACH_LOAD (s, pristine)
        if (s->vaddr == ROUTER_BASE && s->filesz >= sizeof header)
            memcpy(&header, (const uint8_t *)pristine + s->offset, sizeof header);
    if (header.magic != ROUTER_MAGIC || header.abi != ABI_VERSION)
        nano_stop("module router: no header for ABI version %u at %08x", ABI_VERSION, ROUTER_BASE);
    if (!in_text(header.call_entry) || !in_text(header.upcall_entry))
        nano_stop("module router: its entry %08x, by the call gate, or %08x, by an upcall, is "
                  "outside its text",
                  header.call_entry, header.upcall_entry);
    gdt_set_call_gate(header.call_entry);
}

uint32_t router_upcall_entry(void) { return header.upcall_entry; }
