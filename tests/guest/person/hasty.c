/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that reads the keyboard without patience: it gives up more READs than it has slots for
 * open calls, and then gets the keys that were typed since, all of them.
 */
#include <post.h>

int main(void)
{
    uint32_t read[3] = {0, 36, 1}, answer[POST_ANSWER], given_up = 0, keys = 0;
    int console = post_open("console");

    for (unsigned i = 0; i < 100; i++)
        given_up += post_call(console, TAG_READ, read, sizeof read, answer, sizeof answer, NULL,
                              post_in(2)) == STATUS_TIMEOUT;
    post_printf("hasty: %u given up; now\n", given_up);
    post_sleep(300); /* keys are typed, and nobody reads */
    for (char last = 0; last != '\n' && last != '\r' && keys < 100;) {
        uint32_t w[POST_ANSWER] = {0, 36, 1};
        if (post_ask(console, TAG_READ, w, 3, w) != STATUS_OK)
            return 1;
        keys += w[1];
        last = ((char *)&w[2])[w[1] - 1];
    }
    post_printf("hasty: %u keys\n", keys);
    return 0;
}
