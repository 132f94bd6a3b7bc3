/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocates, touches, and exits without giving anything back. */
#include "post.h"

int main(void)
{
    volatile uint8_t *block = post_alloc(512);

    for (unsigned i = 0; block && i < 512; i++)
        block[i * PAGE_SIZE] = 1;
    return block ? 3 : 1;
}
