/*
 * The mourning nano: the real one, whole, with this behind a task's fault; an image of its own, for
 * the rows in which the pager dies. Then nobody is left to ask for the check of nano's
 * invariants (CHECK is the pager's), so it makes it by itself and says so on the debug port.
 */
#include "check.h"
#include "print.h"
#include "task.h"

void __real_task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address,
                       uint32_t eip, uint32_t esp);
void __wrap_task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address,
                       uint32_t eip, uint32_t esp);

void __wrap_task_fault(struct task *t, uint32_t vector, uint32_t error, uint32_t address,
                       uint32_t eip, uint32_t esp)
{
    bool pager = t->id == nano_page->pager;

    __real_task_fault(t, vector, error, address, eip, esp);
    if (pager)
        print("nano: after the pager: %u violations\n", check_invariants());
}
