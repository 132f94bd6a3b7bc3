; SPDX-License-Identifier: BSD-2-Clause
; Where a task begins, in ring 3. The pager starts it with ESP at its arguments (argc, argv[],
; NULL: pager/load.c); the pager itself has none, and begins at the end of the program's
; addresses. Flat segments, and every other register 0. The frame is made such that a
; back-trace ends here: EBP 0, return address 0, stack aligned as the i386 ABI wants it at a
; call (16 bytes).

bits 32
section .text

extern post_start

global _start:function (_start.end - _start)
_start:
    xor ebp, ebp
    mov eax, esp
    and esp, ~15
    sub esp, 12
    push eax
    push ebp
    jmp post_start
.end:
