/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot loader's memory map; see memory_map.c. */
#pragma once

#include <stdint.h>

/* Makes the frames of the map free or reserved in the frame table. */
void memory_map_read(const void *map, uint32_t bytes);
