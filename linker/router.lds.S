/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's image, and names for what is at fixed addresses in ring 1's segment.
 *
 * Text (with the header that nano reads first), constants and data are three segments that
 * share no page, so that none is both writable and executable. The stack is not part of the
 * image: nano maps it at ROUTER_STACK, between two empty pages.
 */
#include <ringpost/layout.h>
#include "limits.h"

OUTPUT_FORMAT(elf32-i386)
ENTRY(call_entry)
PHDRS
{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
}
SECTIONS
{
    . = ROUTER_BASE;
    .text : { *(.header) *(.text .text.*) } :text
    router_text_end = .;
    . = ALIGN(PAGE_SIZE);
    .rodata : { *(.rodata .rodata.*) } :rodata
    . = ALIGN(PAGE_SIZE);
    .data : { *(.data .data.*) } :data
    .bss : { *(.bss .bss.* COMMON) } :data
    router_end = .;

    nameplate = NAMEPLATE;
    nano_page = DIRECTORY_PAGE;
    directory = DIRECTORY;
    wake_list = WAKE_LIST;
    trace_ring = TRACE_RING;
    route_cache = ROUTE_CACHE;
    window = WINDOW;

#if !defined DEBUG && !defined TRACE /* assertions and notes are not what is released */
    ASSERT(router_text_end - ROUTER_BASE <= ROUTER_TEXT_MAX, "too much text: see limits.h")
#endif
    ASSERT(router_end <= ROUTER_STACK - PAGE_SIZE, "the router runs into its stack's guard page")

#include "debug.h"
}
