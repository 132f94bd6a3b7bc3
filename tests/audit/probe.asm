; SPDX-License-Identifier: BSD-2-Clause
; One protected access each, expected to trap; ring 0, in nano's view, at boot. A trap comes to a
; stub here, by the IDT that probe.c has loaded for the time of the probes, and goes on at
; probe_after, where the stack is put back. cdecl; each probe returns the vector of the trap, or 0
; if the access went through.

%include "offsets.inc"

PROBE_VECTORS equ 20                ; probe.c has it too
PROBE_STUB    equ 8                 ; bytes

section .text
global probe_read, probe_write, probe_execute, probe_ring3
global probe_stubs, probe_nmi

; probe_read(selector, address): through FS
probe_read:
    mov [probe_stack], esp
    mov fs, [esp + 4]
    mov edx, [esp + 8]
    mov edx, [fs:edx]
    jmp passed

; probe_write(address): writes back what is there
probe_write:
    mov [probe_stack], esp
    mov edx, [esp + 4]
    lock or dword [edx], 0
    jmp passed

; probe_execute(address): there is a RET
probe_execute:
    mov [probe_stack], esp
    call [esp + 4]
    jmp passed

; probe_ring3(address): there are instructions that end in UD2
probe_ring3:
    mov [probe_stack], esp
    mov edx, [esp + 4]
    push SEL_APP_DS
    push 0
    push 2                          ; EFLAGS: nothing but the bit that is always set
    push SEL_APP_CS
    push edx
    iret

; In: the vector on whichever stack the CPU chose; DS and ES null if ring 3 was interrupted.
probe_trapped:
    pop eax
    mov ecx, SEL_NANO_DS
    mov ds, ecx
    mov es, ecx
    jmp probe_after

passed:
    xor eax, eax
probe_after:
    mov esp, [probe_stack]
    xor ecx, ecx
    mov fs, ecx
    ret

; An NMI may come at any time and is nobody's fault: the probe goes on.
probe_nmi:
    iret

; A stub for each vector, PROBE_STUB bytes apart.
align PROBE_STUB
probe_stubs:
%assign vector 0
%rep PROBE_VECTORS
    align PROBE_STUB
    push byte vector
    jmp near probe_trapped
%assign vector vector + 1
%endrep

section .bss
probe_stack: resd 1                 ; ESP of the probe that is being tried
