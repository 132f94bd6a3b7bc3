/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that never waits and never ends: what Ctrl-C is for. */
#include <post.h>

int main(void)
{
    post_printf("spin: spinning\n");
    for (;;)
        asm volatile("pause");
}
