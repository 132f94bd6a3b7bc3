; SPDX-License-Identifier: BSD-2-Clause
; The gatehouse: what a trap needs before it can change views, and the short hand-off. Ring 0,
; mapped read-only in every view; only the entry stack is writable. leave.asm is the way out.
;
; The table of gates at the end is the one place that states vector, DPL and error code; it
; emits each stub and a row that gdt.c builds the IDT from (SDM vol. 3, 6.11, 6.12).
;
; The entry stack after trap_common (struct frame in entry_frame.h); ESP0 is its top:
;
;   top -4   SS        only when the ring changed
;       -8   ESP       only when the ring changed
;       -12  EFLAGS
;       -16  CS
;       -20  EIP
;       -24  error code, or 0
;       -28  vector
;       -60  pusha: EAX ECX EDX EBX ESP EBP ESI EDI
;       -76  DS ES FS GS
;
; Nothing on the entry stack outlives a trap: ring 1 shares paging's supervisor rights
; with it, so it is trusted only while interrupts are off and nano runs.

%include "offsets.inc"

extern trap
extern nano_view_cr3, task_base, tasks_made

section .gate_text progbits alloc exec nowrite align=16

; In: the frame up to the vector on the entry stack; DS, ES, FS, GS anything at all.
; Out: trap(frame, view) on nano's stack in nano's view. It does not return.
global trap_common:function (trap_common.end - trap_common)
trap_common:
    pusha
    push ds
    push es
    push fs
    push gs
    mov eax, ss                     ; the CPU loaded SS0, or it was nano's already
    mov ds, eax
    mov es, eax
    push 2
    popf                            ; DF, AC, NT cleared: an interrupt gate leaves DF and AC
    mov ecx, cr3
    mov eax, [nano_view_cr3]
    mov edx, esp
    cmp ecx, eax
    je .in_nano                     ; nano itself trapped: keep its stack for the panic
    mov cr3, eax
    mov esp, nano_stack_top
.in_nano:
    push ecx
    push edx
    call trap
    ud2
.end:

; PARK, the short hand-off: from one task to a parked one without changing any word.
;
; In: EAX task id to run or 0, EDX deadline or 0, from ring 1 (DPL 1 keeps ring 3 out).
; Any doubt (a deadline, attention wanted, a target that is not plainly free, a restart point
; beyond ring 3) goes the plain way through nano. Until the segments are loaded every access is
; by SS, because ring 1 may come with any DS. What is left in registers is the target's own (its
; slot, its restart point); IRET nulls FS and GS if ring 1 left a selector of its own there.
global park_stub:function (park_stub.end - park_stub)
park_stub:
    test edx, edx
    jnz park_plain
    movzx ecx, ax                   ; its slot; slot 0 (nobody) is never ready
    cmp ecx, ss:[tasks_made]
    jae park_plain
    shl ecx, TASK_ENTRY_SHIFT
    mov ebx, ss:[ATTENTION]         ; 1 at least
    cmp ss:[ecx + ENTRY_READY], ebx ; free, and no less important than anybody who is queued
    jb park_plain
    mov edi, ss:[ecx + ENTRY_WINDOW]
    mov esi, ss:[edi + RESTART_EIP]
    cmp esi, RING3_LIMIT
    jae park_plain
    mov ebp, ss:[edi + RESTART_ESP]
    mov ecx, ss:[ecx + ENTRY_VIEW]
    mov cr3, ecx
    mov [esp], esi                  ; ESP-based: SS
    mov dword [esp + 4], SEL_APP_CS
    mov dword [esp + 8], 0x202
    mov [esp + 12], ebp
    mov dword [esp + 16], SEL_APP_DS
    mov ecx, SEL_APP_DS             ; and no physical address any more
    mov ds, ecx
    mov es, ecx
    xor eax, eax                    ; STATUS_OK
blame_short:
    iret
park_plain:
    push 0
    push VECTOR_PARK
    jmp trap_common
.end:
park_stub.end equ park_plain.end

; GATE vector, name, ring that may call, has the CPU an error code
%macro GATE 4
section .gate_text
%ifidn %2, park
%define STUB park_stub
%else
%define STUB gate_%2
global gate_%2:function (gate_%2.end - gate_%2)
gate_%2:
%if %4 == 0
    push 0
%endif
    push %1
    jmp trap_common
.end:
%endif
section .gates
    dd STUB
    dw %1, %3
%endmacro

section .gates progbits alloc noexec nowrite align=4
global gate_table_start, gate_table_end
gate_table_start:

;    vector           name            ring         error code
GATE 0,               de,             RING_NANO,   0
GATE 1,               db,             RING_NANO,   0
GATE 2,               nmi,            RING_NANO,   0
GATE 3,               bp,             RING_APP,    0
GATE 4,               of,             RING_APP,    0
GATE 5,               br,             RING_NANO,   0
GATE 6,               ud,             RING_NANO,   0
GATE 7,               nm,             RING_NANO,   0
GATE 8,               df,             RING_NANO,   1
GATE 9,               coprocessor,    RING_NANO,   0
GATE 10,              ts,             RING_NANO,   1
GATE 11,              np,             RING_NANO,   1
GATE 12,              ss,             RING_NANO,   1
GATE 13,              gp,             RING_NANO,   1
GATE 14,              pf,             RING_NANO,   1
GATE 15,              reserved15,     RING_NANO,   0
GATE 16,              mf,             RING_NANO,   0
GATE 17,              ac,             RING_NANO,   1
GATE 18,              mc,             RING_NANO,   0
GATE 19,              xm,             RING_NANO,   0
%assign irq 0
%rep 16
GATE VECTOR_IRQ + irq, irq%[irq], RING_NANO,   0
%assign irq irq + 1
%endrep
GATE VECTOR_PARK,     park,           RING_ROUTER, 0
GATE VECTOR_PAGER,    pager,          RING_APP,    0

gate_table_end:

; Instructions that can fault on behalf of a task: trap.c blames it. The linker collects them.
section .blamed progbits alloc noexec nowrite align=4
    dd blame_short

; Nano's stack: every trap begins at its top.
section .bss nobits alloc noexec write align=16
global nano_stack, nano_stack_top
nano_stack: resb 2 * 4096
nano_stack_top:
