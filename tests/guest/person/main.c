/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person's first programs rely on: arguments arrive as they were given, and what cannot be
 * arguments is refused; a handle is to a name; an array is given whole. Ring 3; words.c gets the
 * arguments, late.c comes late.
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

/* What the late task was given last. It ends. */
static uint32_t given(int late)
{
    uint32_t words[POST_ANSWER];
    return post_ask(late, 100, words, 0, words) == STATUS_OK ? words[1] : ~0u;
}

static void a_handle_is_to_a_name(uint32_t pager)
{
    int late = post_open("late");
    static const uint32_t twenty[20] = {1, 2, 3};
    struct post_buffer two[2] = {{0}};

    tap_ok(late > 0, "a name that nobody bears yet has a handle");
    tap_status(post_send(late, 100, NULL, 0), STATUS_DEAD, "by which nothing can be sent");
    uint32_t start = post_now();
    tap_status(-post_open_wait("late", post_in(50)), STATUS_NO_SUCH, "to wait for one in vain");
    tap_ok(post_now() - start >= 50, "takes until the deadline");
    tap_status(-post_open_wait("nobody", post_in(10000)), STATUS_NO_SUCH, "a name unknown to all");
    tap_ok(post_now() - start < 5000, "is not waited for");
    peer_spawn(pager, "late");
    tap_is(post_open_wait("late", post_in(5000)), late, "when it has come it is the same handle");
    tap_status(post_give(late, 100, twenty), STATUS_OK, "an array is given");
    tap_status(post_give(late, 100, two), STATUS_BAD, "several buffers are not");
    tap_is(given(late), sizeof twenty, "all of the array, and nothing else");
}

static void statuses_have_texts(void)
{
    tap_ok(strcmp(post_status_text(STATUS_DENIED), post_status_text(-STATUS_DENIED)) == 0,
           "minus a status has the text of the status");
    tap_ok(post_status_text(-1000)[0] && post_status_text(1000)[0], "any number has one");
    tap_is(post_restarts(), 0, "the router was never restarted");
}

int main(void)
{
    uint32_t pager = tap_open("pager");

    arguments_arrive(pager);
    what_is_no_argument_is_refused(pager);
    a_handle_is_to_a_name(pager);
    statuses_have_texts();
    tap_end();
}
