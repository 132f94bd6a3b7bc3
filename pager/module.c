/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot modules: files that the boot loader put into memory. Nano mapped them, read-only, into the
 * pager's landing zone. Programs stay here, and the pager loads them again and again. A module
 * that a task has asked for (MODULE) has left with its frames, and module_find does not find it.
 *
 * Ring 3, pager. The invariant: all of what module_find returns is mapped.
 */
#include "module.h"
#include <ringpost/layout.h>
#include <ringpost/words.h>

static const struct boot_info *boot;
static bool gone[BOOT_MODULES_MAX];

void module_init(const struct boot_info *info)
{
    boot = info;
    for (uint32_t i = 0; i < BOOT_MODULES_MAX; i++)
        gone[i] = false;
}

const struct boot_module *module_find(const char *name)
{
    for (uint32_t i = 0; i < boot->modules; i++)
        if (!gone[i] && names_equal(boot->module[i].name, name))
            return &boot->module[i];
    return 0;
}

void module_gone(const struct boot_module *module) { gone[module - boot->module] = true; }

/* How many pages the modules that are still here take. */
uint32_t module_pages(void)
{
    uint32_t pages = 0;

    for (uint32_t i = 0; i < boot->modules; i++)
        if (!gone[i])
            pages += (boot->module[i].bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    return pages;
}
