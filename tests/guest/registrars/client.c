/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens, uses and closes a route all the time, and counts what goes wrong. Any call ends a round of
 * it: the answer is how often all went well since the last one, and the last thing that did not.
 */
#include "post.h"

static uint32_t rounds, wrong;

static void use_a_route(void)
{
    uint32_t answer[POST_ANSWER] = {0, rounds};
    int echo = post_open("echo");
    enum status status = -echo;

    if (echo > 0)
        status = post_ask(echo, TAG_PING, answer, 2, answer);

    if (status == STATUS_OK && answer[1] != rounds)
        status = STATUS_BAD;
    if (status == STATUS_OK)
        status = post_close(echo);
    if (status == STATUS_OK)
        rounds++;
    else
        wrong = status;
}

int main(void)
{
    for (;;) {
        const struct line *line = post_peek();

        if (!line) {
            use_a_route();
            continue;
        }
        if (line->flags & FLAG_CALL) {
            struct post_caller caller = post_caller(line);
            uint32_t answer[] = {STATUS_OK, rounds, wrong};

            rounds = wrong = 0;
            post_reply(&caller, answer, sizeof answer);
        }
        post_done(line);
    }
}
