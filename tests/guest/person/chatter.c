/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that prints now and then while a person types; the last text has no newline. */
#include <post.h>

int main(void)
{
    for (int i = 0; i < 10; i++) {
        post_sleep(100);
        post_printf("chatter: %d\n", i);
    }
    post_printf("chatter: done");
    return 0;
}
