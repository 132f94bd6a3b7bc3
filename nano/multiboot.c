/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader says: modules, memory, command line (Multiboot 1, section 3). Ring 0, once.
 * It may lie anywhere: all of it is copied, or read, before memory is given out.
 */
#include <ringpost/layout.h>
#include "frame.h"
#include "memory_map.h"
#include "multiboot.h"
#include "print.h"
#include "string.h"

#define MULTIBOOT_LOADED  0x2BADB002
#define MULTIBOOT_CMDLINE (1u << 2)
#define MULTIBOOT_MODULES (1u << 3)
#define MULTIBOOT_MEMORY  (1u << 6)

struct multiboot {
    uint32_t flags;
    uint32_t lower;
    uint32_t upper;
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t mods_count;
    uint32_t mods;
    uint32_t syms[4];
    uint32_t mmap_length;
    uint32_t mmap;
};

struct module_row {
    uint32_t start;
    uint32_t end;
    uint32_t string;
    uint32_t reserved;
};

extern uint8_t image_start[], image_end[]; /* from the linker script */

static char names[BOOT_MODULES_MAX][NAME_BYTES];
struct booted booted = {.command_line = (char[1]){0}};

/* The last word of a module's command line, without folder and ending. */
static void set_name(char *name, const char *line)
{
    const char *word = line, *end;
    size_t n;

    for (const char *c = line; *c; c++)
        if ((*c == ' ' || *c == '/') && c[1] && c[1] != ' ')
            word = c + 1;
    for (end = word; *end && *end != ' ' && *end != '.'; end++)
        ;
    n = end - word < NAME_BYTES - 1 ? end - word : NAME_BYTES - 1;
    memcpy(name, word, n);
    name[n] = 0;
}

static void read_modules(const struct multiboot *mb)
{
    const struct module_row *m = (const void *)mb->mods;

    if (!(mb->flags & MULTIBOOT_MODULES))
        return;
    if (mb->mods_count > BOOT_MODULES_MAX)
        nano_stop("%u modules; at most %u", mb->mods_count, BOOT_MODULES_MAX);
    for (; booted.modules < mb->mods_count; booted.modules++, m++) {
        set_name(names[booted.modules], (const char *)m->string);
        booted.module[booted.modules] = (struct module){names[booted.modules], m->start, m->end};
        if (m->start % PAGE_SIZE)
            nano_stop("module %s: not on a page; the boot loader must honour flag 0",
                      names[booted.modules]);
    }
}

static void read_memory(const struct multiboot *mb)
{
    if (!(mb->flags & MULTIBOOT_MEMORY))
        nano_stop("the boot loader gives no memory map");
    memory_map_read((const void *)mb->mmap, mb->mmap_length);
    frame_set(0, 0x100, FRAME_RESERVED); /* the first MiB: firmware, video */
    frame_set(frame_at((uint32_t)image_start),
              ((uint32_t)image_end - (uint32_t)image_start + 4095) >> 12, FRAME_NANO);
    for (const struct module *m = booted.module; m < booted.module + booted.modules; m++) {
        if (m->end > m->start && !frame_is(frame_at(m->start), FRAME_FREE))
            nano_stop("module %u of %u lies where there is no memory; give the machine more",
                      m - booted.module + 1, booted.modules);
        frame_set(frame_at(m->start), (m->end - m->start + 4095) >> 12, FRAME_RESERVED);
    }
}

const struct module *multiboot_module(const char *name)
{
    for (uint32_t i = 0; i < booted.modules; i++)
        if (!strncmp(booted.module[i].name, name, NAME_BYTES))
            return &booted.module[i];
    nano_stop(
        "module %s is missing; boot with router, pager, manifest, policy and the applications",
        name);
}

void multiboot_read(uint32_t magic, const struct multiboot *mb)
{
    if (magic != MULTIBOOT_LOADED)
        nano_stop("not booted by Multiboot 1 (magic %08x)", magic);
    if (mb->flags & MULTIBOOT_CMDLINE)
        booted.command_line = (char *)mb->cmdline;
    read_modules(mb);
    read_memory(mb);
}
