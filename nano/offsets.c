/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Constants for the assembler, generated from the C that defines them: compiled with -S,
 * and the Makefile turns each "@define" line into a NASM %define. Never run.
 */
#include <stddef.h>
#include <ringpost/directory.h>
#include <ringpost/gates.h>
#include <ringpost/layout.h>
#include <ringpost/mailbox.h>
#include <ringpost/status.h>
#include "entry_frame.h"
#include "task.h"
#include <ringpost/x86.h>

#define OFFSET(name, value) asm volatile("\n@define " #name " %c0" ::"i"(value))

void offsets(void);
void offsets(void)
{
    OFFSET(DIRECTORY_INDEX_GATEHOUSE, (GATEHOUSE - 3u * DIRECTORY_SPAN) / TABLE_SPAN);
    OFFSET(DIRECTORY_INDEX_NANO, (NANO_BASE - 3u * DIRECTORY_SPAN) / TABLE_SPAN);
    OFFSET(X86_CR0_PG, X86_CR0_PG);
    OFFSET(X86_CR0_WP, X86_CR0_WP);
    OFFSET(X86_CR4_PAE, X86_CR4_PAE);
    OFFSET(X86_MSR_EFER, X86_MSR_EFER);
    OFFSET(X86_EFER_NXE, X86_EFER_NXE);

    OFFSET(SEL_NANO_DS, SEL_NANO_DS);
    OFFSET(SEL_APP_CS, SEL_APP_CS);
    OFFSET(SEL_APP_DS, SEL_APP_DS);
    OFFSET(SEL_NANO_CS, SEL_NANO_CS);
    OFFSET(VECTOR_IRQ, VECTOR_IRQ);
    OFFSET(VECTOR_PARK, VECTOR_PARK);
    OFFSET(VECTOR_PAGER, VECTOR_PAGER);
    OFFSET(RING_NANO, RING_NANO);
    OFFSET(RING_ROUTER, RING_ROUTER);
    OFFSET(RING_APP, RING_APP);
    OFFSET(RING3_LIMIT, RING3_LIMIT);
    OFFSET(STATUS_OK, STATUS_OK);

    OFFSET(ATTENTION, DIRECTORY_PAGE + offsetof(struct nano_page, attention));
    OFFSET(TASK_ENTRY_SHIFT, 5);
    OFFSET(ENTRY_READY, DIRECTORY + offsetof(struct task_entry, ready));
    OFFSET(ENTRY_VIEW, DIRECTORY + offsetof(struct task_entry, view));
    OFFSET(ENTRY_WINDOW, DIRECTORY + offsetof(struct task_entry, window));
    OFFSET(RESTART_EIP, offsetof(struct mailbox, out.restart_eip));
    OFFSET(RESTART_ESP, offsetof(struct mailbox, out.restart_esp));

    OFFSET(FRAME_EIP, offsetof(struct frame, eip));
    OFFSET(FRAME_SIZE, sizeof(struct frame));
}
