/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections that are in the file but never in memory: debug information, and those that the linker
 * makes for itself. Every linker script includes this, so that an orphan section is a mistake. It
 * has no include guard because it is text for the linker, not declarations.
 */
    .debug_aranges 0 : { *(.debug_aranges) }
    .debug_pubnames 0 : { *(.debug_pubnames) }
    .debug_info 0 : { *(.debug_info) }
    .debug_abbrev 0 : { *(.debug_abbrev) }
    .debug_line 0 : { *(.debug_line) }
    .debug_macro 0 : { *(.debug_macro) }
    .debug_frame 0 : { *(.debug_frame) }
    .debug_str 0 : { *(.debug_str) }
    .debug_line_str 0 : { *(.debug_line_str) }
    .debug_loc 0 : { *(.debug_loc) }
    .debug_loclists 0 : { *(.debug_loclists) }
    .debug_ranges 0 : { *(.debug_ranges) }
    .debug_rnglists 0 : { *(.debug_rnglists) }
    .symtab 0 : { *(.symtab) }
    .strtab 0 : { *(.strtab) }
    .shstrtab 0 : { *(.shstrtab) }
    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.rel.*) *(.got*) *(.igot*) *(.iplt) }
