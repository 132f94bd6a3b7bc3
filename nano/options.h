/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot parameters: words of the form key=value on nano's command line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct options {
    bool user_fence; /* fences=user+page+segment | none */
    bool page_fence;
    bool segment_fence;
    uint32_t tasks; /* tasks=N: slots, 8..MAX_TASKS */
};
extern struct options options;

/* Reads the whole line, of any length, and cuts it into words. Refuses what it does not know. */
void options_read(char *line);
