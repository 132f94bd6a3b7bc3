/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Constants for entry.asm, made from the headers: compiled with -S and never linked; the
 * Makefile turns the @define lines into offsets.inc.
 */
#include <ringpost/directory.h>
#include <ringpost/layout.h>
#include <ringpost/mailbox.h>

#define OFFSET(name, value) __asm__ volatile("\n@define " #name " %c0" : : "i"(value))

void offsets(void)
{
    OFFSET(ROUTER_MAGIC, ROUTER_MAGIC);
    OFFSET(ABI_VERSION, ABI_VERSION);
    OFFSET(ROUTER_STACK_TOP, ROUTER_STACK + PAGE_SIZE);
    OFFSET(SEL_ROUTER_DS, SEL_ROUTER_DS);
    OFFSET(SEL_APP_DS, SEL_APP_DS);
}
