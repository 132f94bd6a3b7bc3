/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's task, made with the same operations that the pager later uses for others: its
 * program, eight pages of stack, the boot information and all modules but the router. Ring 0,
 * boot only.
 */
#include <ringpost/boot_info.h>
#include <ringpost/elf.h>
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include "frame.h"
#include "life.h"
#include "load_pager.h"
#include "map.h"
#include "part.h"
#include "print.h"
#include "program.h"
#include "string.h"
#include "walk.h"

#define PAGER_SLOT     AS_KIND(slot_t, 1)
#define PAGER_PRIORITY 30
#define PAGER_STACK    8 /* pages */
#define PAGER_LINES    (MAX_RING | MAX_RING << 16)

static struct task *pager;

/* The same operations refuse the pager things later; here a refusal means that it cannot run. */
static void must(uint32_t status, const char *what)
{
    if (status != STATUS_OK)
        nano_stop("module pager: its %s is refused, status %u", what, status);
}

/* A frame that stays free until it is given to something: take, then use, one at a time. */
static frame_t free_frame(void)
{
    frame_t frame = frame_run(1, FRAME_FREE);

    if (!frame)
        nano_stop("not enough memory for the pager; give the machine more");
    return frame;
}

static void ensure_table(uint32_t address)
{
    if (!view_pte(pager, address))
        must(view_give_table(pager, address & ~(TABLE_SPAN - 1), free_frame()), "page table");
}

/* A new zeroed page at `address`; returns its memory. */
static void *new_page(uint32_t address, uint32_t rights)
{
    frame_t frame;

    ensure_table(address);
    frame = free_frame();
    must(view_map(pager, address, frame, rights), "page");
    return frame_memory(frame);
}

static void load_segments(const struct module *m)
{
    const struct elf_segment *s;

    ELF_FOR_EACH_LOAD (s, (const void *)m->start)
        for (uint32_t at = 0; at < s->memsz; at += PAGE_SIZE) {
            uint32_t rest = s->filesz > at ? s->filesz - at : 0;
            void *page = new_page(s->vaddr + at,
                                  (s->flags & ELF_W ? MAP_W : 0) | (s->flags & ELF_X ? MAP_X : 0));
            memcpy(page, (const uint8_t *)m->start + s->offset + at,
                   rest < PAGE_SIZE ? rest : PAGE_SIZE);
        }
}

/* Hands a module's frames to the pager, read-only; bytes beyond its end are zeroed. */
static uint32_t give_module(const struct module *m, uint32_t address)
{
    memset((void *)m->end, 0, -m->end & (PAGE_SIZE - 1));
    for (uint32_t at = 0; at < m->end - m->start; at += PAGE_SIZE) {
        frame_t frame = frame_at(m->start + at);
        ensure_table(address + at);
        *view_pte(pager, address + at) = PTE_TO(frame) | PTE_P | PTE_U | PTE_NX;
        frame_set(frame, 1, FRAME_MAPPED);
    }
    return address;
}

/* Every module but the router, whose pristine copy is nano's, and their addresses. */
static void give_modules(struct boot_info *info, const struct booted *from)
{
    uint32_t address = BOOT_MODULES;

    for (uint32_t i = 0; i < from->modules; i++) {
        const struct module *m = &from->module[i];
        struct boot_module *b = &info->module[info->modules];

        if (!strcmp(m->name, "router"))
            continue;
        if (m->end - m->start > LANDING_END - address)
            nano_stop("the modules have more than 2 GiB");
        info->modules++;
        memcpy(b->name, m->name, strlen(m->name) + 1);
        b->bytes = m->end - m->start;
        b->address = give_module(m, address);
        /* Each module begins a table of its own, so that large ones can move by tables. */
        address = (address + b->bytes + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);
    }
}

/* What the list has no room for is nobody's, or nano would count it as free for ever. */
static void tell_free_memory(struct boot_info *info)
{
    uint32_t length;

    for (frame_t f = frame_free_range(0, &length); length;
         f = frame_free_range(frame_plus(f, length), &length)) {
        if (info->ranges == BOOT_RANGES_MAX) {
            print("nano: more than %u ranges of free memory: %u KiB are not used\n",
                  BOOT_RANGES_MAX, length * 4);
            frame_set(f, length, FRAME_RESERVED);
            continue;
        }
        info->range[info->ranges].first = f;
        info->range[info->ranges++].count = length;
    }
}

static struct task *make_task(void)
{
    task_id_t id;
    struct task *t;

    must(task_make(PAGER_SLOT, PAGER_PRIORITY, PAGER_LINES, &id), "task");
    t = task_find(id);
    for (uint32_t p = 0; p < PART_COUNT; p++)
        must(part_give(t, p, free_frame()), "part");
    return t;
}

void load_pager(const struct module *m, const struct booted *from)
{
    struct boot_info *info;

    program_check(m, PROGRAM_BASE, PROGRAM_END);
    pager = make_task();
    load_segments(m);
    for (unsigned i = 1; i <= PAGER_STACK; i++)
        new_page(PROGRAM_END - i * PAGE_SIZE, MAP_W);
    info = new_page(BOOT_INFO, 0);
    *info = (struct boot_info){.abi = ABI_VERSION, .pager = pager->id, .tasks = tasks_made};
    give_modules(info, from);
    tell_free_memory(info);
    nano_page->pager = pager->id;
    must(task_start(pager, ((const struct elf_header *)m->start)->entry, PROGRAM_END), "start");
}
