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
#include "load.h"
#include "print.h"
#include "string.h"
#include "view.h"

#define PAGER_SLOT     1
#define PAGER_PRIORITY 30
#define PAGER_STACK    8 /* pages */
#define PAGER_LINES    (MAX_RING | MAX_RING << 16)

static struct task *pager;

/* A frame that stays free until it is given to something: take, then use, one at a time. */
static uint32_t free_frame(void)
{
    uint32_t frame = frame_run(1, FRAME_FREE);

    if (!frame)
        refuse("not enough memory for the pager; give the machine more");
    return frame;
}

static void ensure_table(uint32_t address)
{
    if (!view_pte(pager, address))
        view_give_table(pager, address & ~(TABLE_SPAN - 1), free_frame());
}

/* A new zeroed page at `address`; returns its memory. */
static void *new_page(uint32_t address, uint32_t rights)
{
    uint32_t frame;

    ensure_table(address);
    frame = free_frame();
    view_map(pager, address, frame, rights);
    return frame_memory(frame);
}

static void load_segments(const struct module *m)
{
    const struct elf_header *h = (const void *)m->start;
    const struct elf_segment *s = elf_segments(h);

    for (unsigned i = 0; i < h->phnum; i++, s++) {
        if (s->type != ELF_LOAD || !s->memsz)
            continue;
        for (uint32_t at = 0; at < s->memsz; at += PAGE_SIZE) {
            uint32_t rest = s->filesz > at ? s->filesz - at : 0;
            void *page = new_page(s->vaddr + at,
                                  (s->flags & ELF_W ? MAP_W : 0) | (s->flags & ELF_X ? MAP_X : 0));
            memcpy(page, (const uint8_t *)m->start + s->offset + at,
                   rest < PAGE_SIZE ? rest : PAGE_SIZE);
        }
    }
}

/* Hands a module's frames to the pager, read-only; bytes beyond its end are zeroed. */
static uint32_t give_module(const struct module *m, uint32_t address)
{
    memset((void *)m->end, 0, -m->end & (PAGE_SIZE - 1));
    for (uint32_t at = 0; at < m->end - m->start; at += PAGE_SIZE) {
        uint32_t frame = (m->start + at) >> 12;
        ensure_table(address + at);
        *view_pte(pager, address + at) = (pte_t)frame << 12 | PTE_P | PTE_U | PTE_NX;
        frame_set(frame, 1, FRAME_MAPPED);
    }
    return address;
}

static void fill_info(struct boot_info *info, const struct module *modules, uint32_t count,
                      const char *command_line)
{
    uint32_t address = BOOT_MODULES, length;

    *info = (struct boot_info){.abi = ABI_VERSION, .pager = pager->id, .tasks = tasks_made};
    memcpy(info->command_line, command_line, strlen(command_line) + 1);
    for (uint32_t i = 0; i < count; i++) {
        struct boot_module *b = &info->module[info->modules];
        if (!strcmp(modules[i].name, "router"))
            continue; /* nano's pristine copy */
        info->modules++;
        memcpy(b->name, modules[i].name, strlen(modules[i].name) + 1);
        b->bytes = modules[i].end - modules[i].start;
        b->address = give_module(&modules[i], address);
        /* Each module begins a table of its own, so that large ones can move by tables. */
        address = (address + b->bytes + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);
    }
    for (uint32_t f = frame_free_range(0, &length); length && info->ranges < BOOT_RANGES_MAX;
         f = frame_free_range(f + length, &length)) {
        info->range[info->ranges].first = f;
        info->range[info->ranges++].count = length;
    }
}

void load_pager(const struct module *m, const struct module *modules, uint32_t count,
                const char *command_line)
{
    const char *error = elf_check((void *)m->start, m->end - m->start, PROGRAM_BASE, PROGRAM_END);
    uint32_t id;
    struct boot_info *info;

    if (error)
        refuse("module pager: %s", error);
    task_make(PAGER_SLOT, PAGER_PRIORITY, PAGER_LINES, &id);
    pager = task_find(id);
    for (uint32_t p = 0; p < PART_COUNT; p++)
        view_give_part(pager, p, free_frame());
    load_segments(m);
    for (unsigned i = 1; i <= PAGER_STACK; i++)
        new_page(PROGRAM_END - i * PAGE_SIZE, MAP_W);
    info = new_page(BOOT_INFO, 0);
    fill_info(info, modules, count, command_line);
    nano_page->pager = id;
    task_start(pager, ((const struct elf_header *)m->start)->entry, PROGRAM_END);
}
