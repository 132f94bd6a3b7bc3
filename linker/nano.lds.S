/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nano's image: a boot part that runs at its load address with paging off, the
 * gatehouse (mapped in every view) and nano proper (mapped in its own view only).
 * The load addresses follow each other from 1 MiB; each part with rights of its own
 * starts on a page, because nano/view.c maps them by the symbols defined here.
 */
#include <ringpost/layout.h>
#include "limits.h"

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
    .boot_tables (NOLOAD) : ALIGN(PAGE_SIZE) { *(.boot_tables) *(.boot_stack) } :tables
    gate_phys = ALIGN(PAGE_SIZE);

    . = GATEHOUSE;
    .gate_text : AT(gate_phys) { *(.gate_text) } :gate_text
    gate_descriptors = ALIGN(PAGE_SIZE);
    .gate_data gate_descriptors : AT(gate_phys + (gate_descriptors - GATEHOUSE))
        { *(.gate_data) } :gate_data
    gate_stack = ALIGN(PAGE_SIZE);
    .gate_stack gate_stack : { . += PAGE_SIZE; } :gate_data
    entry_stack_top = .;
    gate_end = .;
    nano_phys = gate_phys + (gate_end - GATEHOUSE);

    . = NANO_BASE;
    .text : AT(nano_phys) { *(.text .text.*) } :text
    rodata_start = ALIGN(PAGE_SIZE);
    .rodata rodata_start : AT(nano_phys + (rodata_start - NANO_BASE))
    {
        *(.rodata .rodata.* .gates)
        . = ALIGN(4);
        blamed_start = .;
        *(.blamed)
        blamed_end = .;
    } :rodata
    data_start = ALIGN(PAGE_SIZE);
    .data data_start : AT(nano_phys + (data_start - NANO_BASE)) { *(.data .data.*) } :data
    .bss : { *(.bss .bss.* COMMON) } :data
    nano_end = ALIGN(PAGE_SIZE);
    image_end = nano_phys + (nano_end - NANO_BASE);

    gate_pages = (gate_end - GATEHOUSE) / PAGE_SIZE;
    nano_pages = (nano_end - NANO_BASE) / PAGE_SIZE;
    ASSERT(entry_stack_top - gate_stack == PAGE_SIZE, "the entry stack is one page")
    ASSERT(nano_end - NANO_BASE <= TABLE_SPAN, "one page table maps nano")
#ifdef RELEASE /* other builds have programs beside nano linked in */
    ASSERT(SIZEOF(.boot) + SIZEOF(.gate_text) + SIZEOF(.text) <= NANO_TEXT_MAX,
           "nano has too much text: limits.h")
#endif

#include "debug.h"
}
