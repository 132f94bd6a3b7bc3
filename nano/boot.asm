; SPDX-License-Identifier: BSD-2-Clause
; The first instructions, ring 0, paging off, at the load address. Multiboot 1 (GRUB and
; QEMU -kernel). Refuses in words a CPU without PAE or NX, because nothing can be protected
; there, or without what the compiler uses; then maps low memory as it is, gatehouse and nano
; where they are linked, turns paging on and goes to main. view.c narrows the rights of these
; tables later.

%include "offsets.inc"

MULTIBOOT_MAGIC equ 0x1BADB002
MULTIBOOT_FLAGS equ 3               ; modules on pages, memory map

CPUID_FEATURES          equ 1
CPUID_EXTENDED          equ 0x80000000      ; EAX: the highest extended leaf
CPUID_EXTENDED_FEATURES equ 0x80000001
EDX_TSC                 equ 1 << 4
EDX_PAE                 equ 1 << 6
EDX_CMOV                equ 1 << 15
EDX_NX                  equ 1 << 20

PTE_PRESENT  equ 0x01
PTE_WRITABLE equ 0x02
PTE_LARGE    equ 0x80
PTE_BYTES    equ 8
PAGE_BYTES   equ 0x1000
LARGE_BYTES  equ 0x200000
PTES         equ 512                        ; in a table or directory

DEBUG_PORT   equ 0xE9
EXIT_PORT    equ 0xF4                       ; QEMU's isa-debug-exit
SCREEN       equ 0xB8000
WHITE_ON_RED equ 0x4F

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

    mov ebp, no_pae
    mov eax, CPUID_FEATURES
    cpuid
    test edx, EDX_PAE
    jz refuse
    mov ebp, no_cmov
    not edx
    test edx, EDX_CMOV | EDX_TSC
    jnz refuse

    mov ebp, no_nx
    mov eax, CPUID_EXTENDED
    cpuid
    cmp eax, CPUID_EXTENDED_FEATURES
    jb refuse
    mov eax, CPUID_EXTENDED_FEATURES
    cpuid
    test edx, EDX_NX
    jz refuse

    ; Low 3 GiB: 1,536 pages of 2 MiB.
    mov eax, PTE_LARGE | PTE_WRITABLE | PTE_PRESENT
    xor ecx, ecx
.low:
    mov [nano_dirs + ecx * PTE_BYTES], eax
    add eax, LARGE_BYTES
    inc ecx
    cmp ecx, 3 * PTES
    jb .low

    mov eax, gate_phys
    mov ecx, gate_pages
    mov edx, gate_table
    call map
    mov eax, nano_phys
    mov ecx, nano_pages
    mov edx, nano_table
    call map
    mov eax, gate_table + PTE_WRITABLE + PTE_PRESENT
    mov [nano_dirs + 3 * PAGE_BYTES + DIRECTORY_INDEX_GATEHOUSE * PTE_BYTES], eax
    mov eax, nano_table + PTE_WRITABLE + PTE_PRESENT
    mov [nano_dirs + 3 * PAGE_BYTES + DIRECTORY_INDEX_NANO * PTE_BYTES], eax

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
    or eax, PTE_WRITABLE | PTE_PRESENT
.page:
    mov [edx], eax
    add eax, PAGE_BYTES
    add edx, PTE_BYTES
    loop .page
    ret

; EBP = text. To the debug port and, since nobody may look there, to the screen.
refuse:
    mov edi, SCREEN
.next:
    mov al, [ebp]
    test al, al
    jz .done
    out DEBUG_PORT, al
    mov ah, WHITE_ON_RED
    mov [edi], ax
    add edi, 2
    inc ebp
    jmp .next
.done:
    mov al, 1
    out EXIT_PORT, al
    hlt
    jmp .done

no_pae: db "ringpost: this CPU has no PAE, and page tables with NX need it. "
        db "QEMU: use -cpu max. Bochs: cpu: model=corei7_skylake_x", 10, 0
no_cmov: db "ringpost: this CPU has no CMOV or no TSC. QEMU: use -cpu max", 10, 0
no_nx:  db "ringpost: this CPU has no NX, so data could be executed. "
        db "QEMU's default CPU has none: use -cpu max", 10, 0
