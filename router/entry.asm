; SPDX-License-Identifier: BSD-2-Clause
; The two entries into ring 1, and the header that tells nano where they are.
;
; Through the call gate comes a caller whose DS, ES and flags are its own choice (SDM vol. 3,
; 5.8.3: the gate changes CS, EIP, SS and ESP, nothing else), so nothing is read or copied
; before they are the router's. TF cannot be helped here: the #DB on the first instruction is
; nano's, which clears it. The stack is TSS.ESP1, always from the top:
;
;       top - 4   caller's SS
;       top - 8   caller's ESP
;       top - 12  caller's CS
;       top - 16  caller's EIP    <- ESP at call_entry
;
; Nothing of it is ever read but by the RETF. It is a trust boundary all the same: the frame
; is the caller's own, pushed by the CPU, and a fault there is the caller's.

%include "offsets.inc"

FLAGS equ 0x202                 ; IF, and bit 1; no DF, NT, AC, TF

section .header progbits alloc noexec nowrite align=4
router_header:
        dd ROUTER_MAGIC, ABI_VERSION, call_entry, upcall_entry

section .text
extern call_gate, upcall
global call_entry:function (call_entry.end - call_entry)
global upcall_entry:function (upcall_entry.end - upcall_entry)
global call_return:function (call_entry.end - call_return)

; in:  EAX operation, EDX deadline; everything else is the caller's and hostile
; out: EAX result; ECX, EDX 0; EBX, ESI, EDI, EBP the caller's own, by the C convention; DS, ES
;      the application's
call_entry:
        push    FLAGS
        popf
        mov     ecx, SEL_ROUTER_DS
        mov     ds, ecx
        mov     es, ecx
        call    call_gate
        mov     ecx, SEL_APP_DS
        mov     ds, ecx
        mov     es, ecx
        xor     ecx, ecx
        xor     edx, edx
call_return:
        retf
.end:
call_entry.end equ call_return.end

; in:  EAX event, EDX argument; from nano, in the idle view
; out: never: upcall() ends with PARK
upcall_entry:
        push    FLAGS
        popf
        mov     ecx, SEL_ROUTER_DS
        mov     ds, ecx
        mov     es, ecx
        mov     esp, ROUTER_STACK_TOP
        jmp     upcall
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
