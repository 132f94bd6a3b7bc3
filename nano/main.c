/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot, in order: what Multiboot says, memory, descriptors, views, the clock, router and pager loaded;
 * then the first dispatch. Ring 0, once; called by boot.asm on nano's
 * stack with paging on. Multiboot 1: the specification's section 3.
 */
#include <ringpost/boot_info.h>
#include "cpu.h"
#include "dispatch.h"
#include "frame.h"
#include "gdt.h"
#include "load.h"
#include "options.h"
#include "pic.h"
#include "print.h"
#include "string.h"
#include "tick.h"
#include "view.h"

#define MULTIBOOT_LOADED  0x2BADB002
#define MULTIBOOT_CMDLINE (1u << 2)
#define MULTIBOOT_MODULES (1u << 3)
#define MULTIBOOT_MEMORY  (1u << 6)
#define MULTIBOOT_RAM     1

struct multiboot {
    uint32_t flags, lower, upper, boot_device, cmdline, mods_count, mods, syms[4], mmap_length,
        mmap;
};
struct multiboot_module {
    uint32_t start, end, string, reserved;
};
struct multiboot_range {
    uint32_t size;
    uint64_t base, length;
    uint32_t type;
} __attribute__((packed));

void main(uint32_t magic, const struct multiboot *mb);

uint8_t nano_stack[2 * PAGE_SIZE] __attribute__((aligned(16)));
asm(".globl nano_stack_top; .set nano_stack_top, nano_stack + 8192");

extern uint8_t image_start[], image_end[];
extern pte_t nano_view[4];
extern uint32_t nano_view_cr3;

/* Multiboot's own data may lie anywhere: all of it is copied before memory is given out. */
static struct module modules[BOOT_MODULES_MAX];
static char names[BOOT_MODULES_MAX][NAME_BYTES];
static uint32_t module_count;
static char command_line[256];

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
    const struct multiboot_module *m = (const void *)mb->mods;

    if (!(mb->flags & MULTIBOOT_MODULES))
        return;
    if (mb->mods_count > BOOT_MODULES_MAX)
        refuse("%u modules; at most %u", mb->mods_count, BOOT_MODULES_MAX);
    for (; module_count < mb->mods_count; module_count++, m++) {
        set_name(names[module_count], (const char *)m->string);
        modules[module_count] = (struct module){names[module_count], m->start, m->end};
        if (m->start % PAGE_SIZE)
            refuse("module %s: not on a page; the boot loader must honour flag 0",
                   names[module_count]);
    }
}

static void read_memory(const struct multiboot *mb)
{
    const struct multiboot_range *r = (const void *)mb->mmap;

    if (!(mb->flags & MULTIBOOT_MEMORY))
        refuse("the boot loader gives no memory map");
    while ((uint32_t)r < mb->mmap + mb->mmap_length) {
        uint64_t first = (r->base + PAGE_SIZE - 1) / PAGE_SIZE;
        uint64_t end = (r->base + r->length) / PAGE_SIZE;
        if (r->type == MULTIBOOT_RAM && end > first && first < FRAMES_MAX)
            frame_set(first, end - first < FRAMES_MAX ? end - first : FRAMES_MAX, FRAME_FREE);
        r = (const void *)((uint32_t)r + r->size + 4);
    }
    frame_set(0, 0x100, FRAME_RESERVED); /* the first MiB: firmware, video */
    frame_set((uint32_t)image_start >> 12,
              ((uint32_t)image_end - (uint32_t)image_start + 4095) >> 12, FRAME_NANO);
    for (uint32_t i = 0; i < module_count; i++)
        frame_set(modules[i].start >> 12, (modules[i].end - modules[i].start + 4095) >> 12,
                  FRAME_RESERVED);
}

static const struct module *find_module(const char *name)
{
    for (uint32_t i = 0; i < module_count; i++)
        if (!strncmp(modules[i].name, name, NAME_BYTES))
            return &modules[i];
    refuse("module %s is missing; boot with router, pager, manifest, policy and the applications",
           name);
}

void main(uint32_t magic, const struct multiboot *mb)
{
    const struct module *router, *pager;

    if (magic != MULTIBOOT_LOADED)
        refuse("not booted by Multiboot 1 (magic %08x)", magic);
    if (mb->flags & MULTIBOOT_CMDLINE) {
        size_t n = strlen((const char *)mb->cmdline);
        memcpy(command_line, (const char *)mb->cmdline,
               n < sizeof command_line ? n : sizeof command_line - 1);
    }
    read_modules(mb);
    read_memory(mb);
    options_read(command_line);
    router = find_module("router");
    pager = find_module("pager");

    cpu_init();
    nano_view_cr3 = (uint32_t)nano_view;
    descriptors_init();
    print("Ringpost: a message router in ring 1 on a nanokernel in ring 0\n");
    print("nano: cpu %s, smep=%u smap=%u umip=%u nx=1 pae=1\n", cpu.vendor, cpu.smep, cpu.smap,
          cpu.umip);
    view_init(options.user_fence, options.page_fence);
    gdt_set_limits(options.segment_fence);
    print("nano: fences: user=%s page=%s segment=%s\n", options.user_fence ? "on" : "off",
          options.page_fence ? "on" : "off", options.segment_fence ? "on" : "off");
    tasks_init(options.tasks);
    pic_init();
    tick_init();
    pic_enable(0);
    load_router(router);
    print("nano: memory: %u KiB free, tasks: up to %u, modules: %u\n", frame_count(FRAME_FREE) * 4,
          options.tasks - 1, module_count);
    load_pager(pager, modules, module_count, command_line);
    dispatch();
}
