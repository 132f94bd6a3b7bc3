/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * @: a client of SERVER, ring 3. It waits a second for the server, asks for the sum of its two
 * arguments, and prints it: `run @ 20 22`.
 */
#include <post.h>
#include "../SERVER/SERVER.h"

static uint32_t number(const char *word)
{
    uint32_t n = 0;
    for (; *word >= '0' && *word <= '9'; word++)
        n = n * 10 + (*word - '0');
    return n;
}

int main(int argc, char **argv)
{
    uint32_t w[POST_ANSWER] = {0, argc > 1 ? number(argv[1]) : 1, argc > 2 ? number(argv[2]) : 1};
    int server = post_open_wait("SERVER", post_in(1000));

    if (server < 0) {
        post_printf("@: SERVER: %s\n", post_status_text(server));
        return 1;
    }
    enum status status = post_ask(server, TAG_ADD, w, 3, w); /* w[1] is the sum now */
    if (status != STATUS_OK) {
        post_printf("@: SERVER: %s\n", post_status_text(status));
        return 1;
    }
    post_printf("@: the sum is %u\n", w[1]);
    return 0;
}
