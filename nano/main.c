/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot, in order: what the boot loader says, descriptors, views, tasks, the clock, router and pager
 * loaded; then the first dispatch. Ring 0, once; called by boot.asm on nano's stack with paging on.
 */
#include <ringpost/version.h>
#include "cpu.h"
#include "dispatch.h"
#include "frame.h"
#include "gdt.h"
#include "leave.h"
#include "load_pager.h"
#include "load_router.h"
#include "multiboot.h"
#include "options.h"
#include "pic.h"
#include "print.h"
#include "task.h"
#include "tick.h"
#include "view.h"

void main(uint32_t magic, const struct multiboot *mb);

extern pte_t nano_view[4]; /* from tables.asm */

void main(uint32_t magic, const struct multiboot *mb)
{
    const struct module *router, *pager;

    multiboot_read(magic, mb);
    options_read(booted.command_line);
    router = multiboot_module("router");
    pager = multiboot_module("pager");

    cpu_init();
    nano_view_cr3 = (uint32_t)nano_view;
    descriptors_init(gate_table_start, gate_table_end);
    print("Ringpost %s (%s): a message router in ring 1 on a nanokernel in ring 0\n",
          RINGPOST_VERSION, ringpost_commit);
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
          options.tasks - 1, booted.modules);
    load_pager(pager, &booted);
    dispatch();
}
