; SPDX-License-Identifier: BSD-2-Clause
; The first instructions, ring 0, paging off, at the load address. Multiboot 1 (GRUB and
; QEMU -kernel). Refuses a CPU without PAE or NX in words, because nothing can be protected
; there; then maps low memory as it is, gatehouse and nano where they are linked, turns
; paging on and goes to main. view.c narrows the rights of these tables later.

%include "offsets.inc"

MULTIBOOT_MAGIC equ 0x1BADB002
MULTIBOOT_FLAGS equ 3               ; modules on pages, memory map

extern main, nano_stack_top
extern nano_view, nano_dirs, gate_table, nano_table
extern gate_phys, gate_pages, nano_phys, nano_pages

section .multiboot
align 4
    dd MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

section .boot_stack nobits alloc write align=16
boot_stack: resb 1024
.top:

section .boot progbits alloc exec write align=16
global boot_start
; EAX = 0x2BADB002, EBX = multiboot information
boot_start:
    cli
    cld
    mov esp, boot_stack.top
    mov esi, eax
    mov edi, ebx

    mov eax, 1
    cpuid
    test edx, 1 << 6
    mov ebp, no_pae
    jz refuse
    mov eax, 0x80000000
    cpuid
    cmp eax, 0x80000001
    mov ebp, no_nx
    jb refuse
    mov eax, 0x80000001
    cpuid
    test edx, 1 << 20
    jz refuse

    ; Low 3 GiB: 1,536 pages of 2 MiB, present, writable.
    mov eax, 0x83
    xor ecx, ecx
.low:
    mov [nano_dirs + ecx * 8], eax
    add eax, 0x200000
    inc ecx
    cmp ecx, 3 * 512
    jb .low

    mov eax, gate_phys
    mov ecx, gate_pages
    mov edx, gate_table
    call map
    mov eax, nano_phys
    mov ecx, nano_pages
    mov edx, nano_table
    call map
    mov dword [nano_dirs + 3 * 4096 + DIRECTORY_INDEX_GATEHOUSE * 8], gate_table + 3
    mov dword [nano_dirs + 3 * 4096 + DIRECTORY_INDEX_NANO * 8], nano_table + 3

    mov eax, cr4
    or eax, X86_CR4_PAE
    mov cr4, eax
    mov ecx, X86_MSR_EFER
    rdmsr
    or eax, X86_EFER_NXE
    wrmsr
    mov eax, nano_view
    mov cr3, eax
    mov eax, cr0
    or eax, X86_CR0_PG | X86_CR0_WP
    mov cr0, eax
    mov esp, nano_stack_top
    push edi
    push esi
    mov eax, main
    call eax
.stop:
    hlt
    jmp .stop

; EAX physical address, ECX pages, EDX table
map:
    or eax, 3
.page:
    mov [edx], eax
    add eax, 4096
    add edx, 8
    loop .page
    ret

; EBP = text. To the debug port and, since nobody may look there, to the screen.
refuse:
    mov edi, 0xB8000
.next:
    mov al, [ebp]
    test al, al
    jz .done
    out 0xE9, al
    mov ah, 0x4F
    mov [edi], ax
    add edi, 2
    inc ebp
    jmp .next
.done:
    mov al, 1
    out 0xF4, al                    ; QEMU's isa-debug-exit
    hlt
    jmp .done

no_pae: db "ringpost: this CPU has no PAE, and page tables with NX need it. "
        db "QEMU: use -cpu max. Bochs: cpu: model=corei7_skylake_x", 10, 0
no_nx:  db "ringpost: this CPU has no NX, so data could be executed. "
        db "QEMU's default CPU has none: use -cpu max", 10, 0
