/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nano leaves for the pager at BOOT_INFO, read-only: where the modules are and which frames
 * are free. Nano has mapped the modules' frames, read-only, from BOOT_MODULES on; if the pager
 * unmaps them they are free, too.
 */
#ifndef RINGPOST_BOOT_INFO_H
#define RINGPOST_BOOT_INFO_H

#include <stdint.h>
#include "protocol.h"
#include "types.h"

#define BOOT_MODULES_MAX 48
#define BOOT_RANGES_MAX  256

struct boot_module {
    char name[NAME_BYTES];  /* last word of the module's command line, no folder, no ".elf" */
    uint32_t address;       /* linear, page-aligned                            */
    uint32_t bytes;
};

struct boot_info {
    uint32_t abi;
    task_id_t pager;        /* the pager's own task id                         */
    uint32_t tasks;         /* slots; slot 0 is nobody's                       */
    uint32_t modules;       /* how many of module[] there are                  */
    uint32_t ranges;        /* and of range[]                                  */
    struct {
        frame_t first;
        uint32_t count;
    } range[BOOT_RANGES_MAX]; /* free user frames                              */
    struct boot_module module[BOOT_MODULES_MAX];
};
_Static_assert(sizeof(struct boot_info) <= 4096, "boot_info is a page");

#endif
