/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person's first programs rely on: arguments arrive as they were given, and what cannot be
 * arguments is refused. Ring 3; words.c is the program that gets them.
 */
#include "peer.h"
#include "tap.h"

/* SPAWN "words" with `count` arguments in `text`, whose bytes are counted with the last NUL. */
static enum status spawn(uint32_t pager, uint32_t count, const char *text, unsigned bytes,
                         uint32_t *id)
{
    uint32_t words[128] = {count}, answer[POST_ANSWER];

    memcpy(&words[1], text, bytes);
    enum status status = post_ask(pager, TAG_SPAWN, words, (bytes + 7) / 4, answer);
    *id = answer[1];
    return status;
}

static void arguments_arrive(uint32_t pager)
{
    static const char three[] = "words\0one two\0\0three";
    static char long_one[300] = "words";
    uint32_t id = peer_spawn(pager, "words");

    tap_is(peer_exit_code(pager, id), 1, "without arguments there is the name");
    tap_status(spawn(pager, 3, three, sizeof three, &id), STATUS_OK, "three arguments");
    tap_is(peer_exit_code(pager, id), 4, "a blank in one, nothing in one: as they were sent");
    memset(long_one + 6, 'x', sizeof long_one - 7);
    tap_status(spawn(pager, 1, long_one, sizeof long_one, &id), STATUS_OK, "a long one");
    tap_is(peer_exit_code(pager, id), 2, "over several lines of the message");
}

static void what_is_no_argument_is_refused(uint32_t pager)
{
    static char open_end[40 + 64];
    uint32_t id;

    memset(open_end, 'w', sizeof open_end);
    tap_status(spawn(pager, 0, open_end, sizeof open_end, &id), STATUS_BAD, "a name without end");
    tap_status(spawn(pager, ARGUMENTS_MAX + 1, "words", 6, &id), STATUS_BAD, "too many");
    memcpy(open_end, "words", 6);
    tap_status(spawn(pager, 1, open_end, sizeof open_end, &id), STATUS_BAD,
               "an argument without end");
}

int main(void)
{
    uint32_t pager = tap_open("pager");

    arguments_arrive(pager);
    what_is_no_argument_is_refused(pager);
    tap_end();
}
