/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader's memory map (Multiboot 1, section 3.3: mmap_addr). Ring 0, once. Plain C on a
 * plain array: also built on the host, for tests.
 *
 * Firmware makes these maps, and some overlap. A frame is free if RAM covers all of it and nothing
 * else covers any of it, whatever the order of the entries.
 */
#include <stdbool.h>
#include "frame.h"
#include "memory_map.h"
#include "print.h"

#define MULTIBOOT_RAM 1

struct range {
    uint32_t size; /* of what follows */
    uint64_t base;
    uint64_t length;
    uint32_t type;
} __attribute__((packed));

static void set_range(const struct range *r, bool ram)
{
    uint64_t end = r->base + r->length < r->base ? UINT64_MAX : r->base + r->length;
    uint64_t first = r->base >> 12, last = end >> 12; /* last is the first beyond */

    if (ram)
        first += r->base % 4096 != 0;
    else
        last += end % 4096 != 0;
    if (last > FRAMES_MAX)
        last = FRAMES_MAX;
    if (last > first)
        frame_set(AS_KIND(frame_t, first), last - first, ram ? FRAME_FREE : FRAME_RESERVED);
}

void memory_map_read(const void *map, uint32_t bytes)
{
    for (unsigned pass = 0; pass < 2; pass++) /* first all RAM, then all else */
        for (uint32_t at = 0, size; at < bytes; at += size) {
            const struct range *r = (const void *)((const uint8_t *)map + at);

            if (bytes - at < sizeof *r || r->size < sizeof *r - 4 || r->size > bytes - at - 4)
                nano_stop("the boot loader's memory map is no map from its byte %u on", at);
            size = r->size + 4;
            if ((r->type == MULTIBOOT_RAM) == !pass)
                set_range(r, !pass);
        }
}
