; SPDX-License-Identifier: BSD-2-Clause
; One protected access each, expected to trap. A trap goes on at probe_after (probe.c), where the
; stack is put back; cdecl; each returns the vector of the trap, or 0 if the access went through.

%include "offsets.inc"

section .text
global probe_read, probe_write, probe_execute, probe_ring3, probe_after
global probe_stack

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

passed:
    xor eax, eax
probe_after:
    mov esp, [probe_stack]
    mov dword [probe_stack], 0
    xor ecx, ecx
    mov fs, ecx
    ret

section .bss
probe_stack: resd 1                 ; not 0: a probe is being tried
