/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pager and applications: ring-3 programs at PROGRAM_BASE. Text, rodata and data each have pages
 * and a segment of their own, so that none is both writable and executable (elf.h checks it). The
 * stack is not part of the image: it grows down from PROGRAM_END.
 */
#include <ringpost/layout.h>

ENTRY(_start)

PHDRS
{
    text PT_LOAD FLAGS(5);   /* R X */
    rodata PT_LOAD FLAGS(4); /* R   */
    data PT_LOAD FLAGS(6);   /* R W */
}

SECTIONS
{
    . = PROGRAM_BASE;
    .text : { *(.text .text.*) } :text

    . = ALIGN(PAGE_SIZE);
    .rodata : { *(.rodata .rodata.*) } :rodata
    .eh_frame : { *(.eh_frame) } :rodata

    . = ALIGN(PAGE_SIZE);
    .data : { *(.data .data.*) } :data
    .bss : { *(.bss .bss.* COMMON) } :data
    program_end = .;

    /DISCARD/ : { *(.note .note.* .comment .eh_frame_hdr) }

    ASSERT(program_end < PROGRAM_END - 0x100000, "the program leaves no room for its stack")
}
