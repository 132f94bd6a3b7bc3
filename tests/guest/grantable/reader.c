/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads 1, 2 or 4 bytes, as it is told, at the port that it is told, and exits with 0. */
#include "post.h"

int main(void)
{
    const struct line *line = post_next(POST_FOREVER);
    uint16_t port = line->w[1];
    uint32_t bytes = line->w[2];

    post_done(line);
    if (bytes == 1)
        asm volatile("inb %0, %%al" ::"Nd"(port) : "eax");
    else if (bytes == 2)
        asm volatile("inw %0, %%ax" ::"Nd"(port) : "eax");
    else
        asm volatile("inl %0, %%eax" ::"Nd"(port) : "eax");
    return 0;
}
