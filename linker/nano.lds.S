/*
 * Nano's image: a boot part that runs at its load address with paging off, the
 * gatehouse (mapped in every view) and nano proper (mapped in its own view only).
 * The load addresses follow each other from 1 MiB; each part with rights of its own
 * starts on a page, because nano/view.c maps them by the symbols defined here.
 */
#include <ringpost/layout.h>

OUTPUT_FORMAT(elf32-i386)
ENTRY(boot_start)
PHDRS
{
    boot PT_LOAD FLAGS(5);
    tables PT_LOAD FLAGS(6);
    gate_text PT_LOAD FLAGS(5);
    gate_data PT_LOAD FLAGS(6);
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
}
SECTIONS
{
    . = 0x100000;
    image_start = .;
    .boot : { *(.multiboot) *(.boot) } :boot
    .boot_tables (NOLOAD) : ALIGN(PAGE_SIZE) { *(.boot_tables) } :tables
    gate_phys = ALIGN(PAGE_SIZE);

    . = GATEHOUSE;
    .gate_text : AT(gate_phys) { *(.gate_text) . = ALIGN(PAGE_SIZE); } :gate_text
    gate_descriptors = .;
    .gate_data : { *(.gate_data) . = ALIGN(PAGE_SIZE); } :gate_data
    gate_stack = .;
    .gate_stack : { . += PAGE_SIZE; } :gate_data
    entry_stack_top = .;
    gate_end = .;
    nano_phys = gate_phys + (gate_end - GATEHOUSE);

    . = NANO_BASE;
    .text : AT(nano_phys) { *(.text .text.*) . = ALIGN(PAGE_SIZE); } :text
    rodata_start = .;
    .rodata : { *(.rodata .rodata.* .gates) . = ALIGN(PAGE_SIZE); } :rodata
    data_start = .;
    .data : { *(.data .data.*) } :data
    .bss : { *(.bss .bss.* COMMON) . = ALIGN(PAGE_SIZE); } :data
    nano_end = .;
    image_end = nano_phys + (nano_end - NANO_BASE);

    gate_pages = (gate_end - GATEHOUSE) / PAGE_SIZE;
    nano_pages = (nano_end - NANO_BASE) / PAGE_SIZE;
    ASSERT(entry_stack_top - gate_stack == PAGE_SIZE, "the entry stack is one page")
    ASSERT(nano_end - NANO_BASE <= TABLE_SPAN, "one page table maps nano")

#include "debug.h"
}
