/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that waits for an answer which never comes: it calls the task "silent", which is this
 * program, too. */
#include <post.h>

int main(int argc, char **argv)
{
    uint32_t answer[POST_ANSWER];

    (void)argc;
    if (strcmp(argv[0], "silent") == 0)
        for (;;)
            post_done(post_next(POST_FOREVER));
    int silent = post_open("silent");
    post_printf("caller: calling\n");
    return post_ask(silent, 100, answer, 0, answer);
}
