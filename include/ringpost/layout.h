/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address map: one linear address means the same in every ring.
 *
 * Every constant that more than one ring needs is here and nowhere else. C, the linker scripts
 * (through the C preprocessor) and the assembler (through offsets generated from C) all read this
 * file, so it holds #defines only.
 *
 * PAE splits 4 GiB into four directories of 1 GiB (SDM vol. 3, 4.4). The three low ones belong to a
 * task. All tasks' views share the fourth; nano's own view has another one there.
 *
 *   name             from        size        ring 3             ring 1
 */
#ifndef RINGPOST_LAYOUT_H
#define RINGPOST_LAYOUT_H

#define PAGE_SIZE       0x1000
#define TABLE_SPAN      0x200000    /* one page table covers 2 MiB        */
#define DIRECTORY_SPAN  0x40000000  /* one page directory covers 1 GiB    */

/* Below 4 MiB nothing is ever mapped: null pointers, and virtual-8086 mode. */
#define PROGRAM_BASE    0x00400000  /* text, data, heap, stack: by segment     */
#define PROGRAM_END     0x3FE00000  /* the stack grows down from here          */
#define OWN_BASE        0x3FE00000  /* nano's one table of the task's own:     */
#define NAMEPLATE       0x3FE00000  /* 1 page      -                  r        */
#define CLOCK           0x3FE01000  /* 1 page      r                  -        */
#define OWN_MAILBOX     0x3FE10000  /* 64 KiB      see mailbox.h      -        */
#define LANDING_BASE    0x40000000  /* 2 GiB       rw nx, by message  -        */
#define LANDING_END     0xC0000000

#define ROUTER_BASE     0xC0000000  /* 16 MiB      -                  image    */
#define ROUTER_STACK    0xC0FFE000  /* 1 page      -                  rw nx    */
#define ROUTER_END      0xC1000000  /* (its last page and the one below the stack stay empty) */
#define DIRECTORY_PAGE  0xC1000000  /* struct nano_page: nano writes, r        */
#define DIRECTORY       0xC1001000  /* struct task_entry[]: nano writes, r     */
#define WAKE_LIST       0xC1200000  /* 1 page      -                  rw nx    */
#define TRACE_RING      0xC1300000  /* 16 pages    -                  rw nx    */
#define TRACE_PAGES     16
#define ROUTE_CACHE     0xC1400000  /* 1 KiB a task                   rw nx    */
#define WINDOW          0xC4000000  /* 64 KiB a task: every mailbox            */
#define WINDOW_END      0xF0000000

#define GATEHOUSE       0xF0000000  /* supervisor, beyond ring 1's limit       */
#define NANO_BASE       0xF0200000  /* absent from every task's view           */

#define RING3_LIMIT     0xC0000000  /* first address beyond ring 3's segments  */
#define RING1_LIMIT     0xF0000000  /* first address beyond ring 1's segments  */

#define MAILBOX_SHIFT   16          /* a mailbox is 64 KiB of window           */
#define ROUTES_SHIFT    10          /* a task's routes are 1 KiB of the cache  */
#define MAX_TASKS       11264       /* what the window holds                   */
#define DEFAULT_TASKS   256         /* slots made at boot, or tasks=N          */

/* Where nano leaves struct boot_info and the modules for the pager. */
#define BOOT_INFO       LANDING_BASE
#define BOOT_MODULES    (LANDING_BASE + TABLE_SPAN)

/* GDT indices and the selectors made of them (SDM vol. 3, 3.4.2). */
#define RING_NANO   0
#define RING_ROUTER 1
#define RING_APP    3

#define GDT_NANO_CS   1
#define GDT_NANO_DS   2
#define GDT_ROUTER_CS 3
#define GDT_ROUTER_DS 4
#define GDT_APP_CS    5
#define GDT_APP_DS    6
#define GDT_TSS       7
#define GDT_CALL_GATE 8
#define GDT_ENTRIES   9

#define SELECTOR(index, ring) ((index) * 8 + (ring))
#define SEL_NANO_CS   SELECTOR(GDT_NANO_CS, RING_NANO)
#define SEL_NANO_DS   SELECTOR(GDT_NANO_DS, RING_NANO)
#define SEL_ROUTER_CS SELECTOR(GDT_ROUTER_CS, RING_ROUTER)
#define SEL_ROUTER_DS SELECTOR(GDT_ROUTER_DS, RING_ROUTER)
#define SEL_APP_CS    SELECTOR(GDT_APP_CS, RING_APP)
#define SEL_APP_DS    SELECTOR(GDT_APP_DS, RING_APP)
#define SEL_TSS       SELECTOR(GDT_TSS, RING_NANO)
#define SEL_CALL_GATE SELECTOR(GDT_CALL_GATE, RING_APP)

/* Interrupt vectors beyond the exceptions (0-31). */
#define VECTOR_IRQ    32           /* 32-47: irq 0-15, the interrupt lines    */
#define VECTOR_PARK   48           /* ring 1 to ring 0, DPL 1                 */
#define VECTOR_PAGER  49           /* ring 3 to ring 0, DPL 3, the pager only */
#define VECTORS       50

#endif
