/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In front of the router's upcall(): an assertion that fails in the first upcall after boot. Ring
 * 1, in an image of its own (debug.mk), which tests/boot/debug_test.py boots.
 */
#include <ringpost/assert.h>
#include "router.h"

BY_REGISTER _Noreturn void __real_upcall(uint32_t event, uint32_t argument);
BY_REGISTER _Noreturn void __wrap_upcall(uint32_t event, uint32_t argument);

BY_REGISTER void __wrap_upcall(uint32_t event, uint32_t argument)
{
    uint32_t restarts = nano_page.incarnation - 1;

    ASSERT(event == UPCALL_RECOVER || restarts > 0);
    __real_upcall(event, argument);
}
