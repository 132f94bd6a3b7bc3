/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot modules that nano mapped for the pager. */
#pragma once

#include <ringpost/boot_info.h>

void module_init(const struct boot_info *info);
const struct boot_module *module_find(const char *name);
void module_gone(const struct boot_module *module);
uint32_t module_pages(void);
