/* SPDX-License-Identifier: BSD-2-Clause */
/* The pager's task; see load_pager.c. */
#pragma once

#include "multiboot.h"

/* Makes the task and its view, with everything that was booted mapped for it. */
void load_pager(const struct module *m, const struct booted *from);
