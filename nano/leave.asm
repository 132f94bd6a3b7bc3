; SPDX-License-Identifier: BSD-2-Clause
; The way out of ring 0: into a view and on with a frame, or idle in a view. Ring 0, a part of the
; gatehouse: mapped read-only in every view, because it goes on after CR3 has changed.

%include "offsets.inc"

extern entry_stack_top

section .gate_text progbits alloc exec nowrite align=16

; void leave(struct frame *f, uint32_t view): f is on the entry stack.
; Every instruction that takes something from the frame can fault on a bad one; the
; faults are blamed on the task whose view is loaded (blamed_start).
global leave:function (leave.end - leave)
leave:
    mov ecx, [esp + 4]
    mov eax, [esp + 8]
    mov esp, ecx
    mov cr3, eax
blame_gs:
    pop gs
blame_fs:
    pop fs
blame_es:
    pop es
blame_ds:
    pop ds
    popa
    add esp, 8
blame_iret:
    iret
.end:
leave.end equ blame_iret.end

; void idle(uint32_t view): waits for an interrupt in a view that is nobody's memory.
global idle:function (idle.end - idle)
global idle_halts, idle_halted
idle:
    mov eax, [esp + 4]
    mov esp, entry_stack_top
    mov cr3, eax
.again:
    sti
idle_halts:                         ; an interrupt is taken here if an NMI came right after STI:
    hlt                             ; its IRET ends the shadow
idle_halted:
    cli                             ; an NMI comes back here: no tick before the next HLT
    jmp idle.again
.end:
idle.end equ idle_halted.end

; Instructions that can fault on behalf of a task: trap.c blames it. The linker collects them.
section .blamed progbits alloc noexec nowrite align=4
    dd blame_gs, blame_fs, blame_es, blame_ds, blame_iret

; Words that the gatehouse reads and nano writes once, at boot.
section .gate_data progbits alloc noexec write align=8
global nano_view_cr3, task_base, tasks_made
nano_view_cr3: dd 0
task_base:     dd 0
tasks_made:    dd 0
