/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot loader says; see multiboot.c. */
#pragma once

#include <stdint.h>
#include <ringpost/boot_info.h>

struct module {
    const char *name;
    uint32_t start; /* physical, on a page */
    uint32_t end;
};

extern struct booted {
    struct module module[BOOT_MODULES_MAX];
    uint32_t modules;
    char *command_line; /* the boot loader's; not to be read once memory is given out */
} booted;

struct multiboot; /* as the boot loader left it */
void multiboot_read(uint32_t magic, const struct multiboot *mb);

/* A module that must be there. */
const struct module *multiboot_module(const char *name);
