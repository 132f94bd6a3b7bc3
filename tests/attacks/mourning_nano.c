/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mourning nano: the real one, whole, with this behind a task's fault and a death in an upcall;
 * an image of its own, for the rows after which nothing goes on. Then nobody is left to ask for the
 * check of nano's invariants and for the audit (both are the pager's), so it makes them by itself
 * and says so on the debug port.
 */
#include "audit.h"
#include "check.h"
#include "print.h"
#include "life.h"
#include "upcall.h"

void __real_task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address,
                       uint32_t eip, uint32_t esp);
void __wrap_task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address,
                       uint32_t eip, uint32_t esp);
uint32_t __real_upcall_died(void);
uint32_t __wrap_upcall_died(void);

static void look(const char *after)
{
    uint32_t violations = check_invariants();
    struct audit a;

    audit(&a);
    print("nano: after the %s: %u violations, audit %u, digests %08x %08x\n", after, violations,
          a.violations, a.text, a.tables);
}

uint32_t __wrap_upcall_died(void)
{
    uint32_t died = __real_upcall_died();

    if (died)
        look("router");
    return died;
}

void __wrap_task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address,
                       uint32_t eip, uint32_t esp)
{
    bool pager = t->id == nano_page->pager;

    __real_task_fault(t, vector, error, address, eip, esp);
    if (pager)
        look("pager");
}
