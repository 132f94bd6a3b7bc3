; SPDX-License-Identifier: BSD-2-Clause
; Memory of page tables: nano's own view, and the directory that all other views share. Ring 0;
; physical addresses. boot.asm fills them as far as turning paging on needs, view.c narrows them.

%define PRESENT 1

section .boot_tables nobits alloc write align=4096
global nano_dirs, gate_table, nano_table, shared_dir
nano_dirs:  resb 4 * 4096           ; 0-2 map the low 3 GiB, 3 is gatehouse and nano
gate_table: resb 4096               ; the gatehouse, as nano sees it
nano_table: resb 4096               ; nano proper
shared_dir: resb 4096               ; the fourth directory of every other view

section .boot progbits alloc exec write align=32
global nano_view
nano_view:                          ; four directory pointers of 64 bits
    dd nano_dirs + PRESENT, 0
    dd nano_dirs + 1 * 4096 + PRESENT, 0
    dd nano_dirs + 2 * 4096 + PRESENT, 0
    dd nano_dirs + 3 * 4096 + PRESENT, 0
