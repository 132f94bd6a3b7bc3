/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the main task of a guest test does with its other tasks: start them by the name that they
 * have in the manifest, ask them, and see how they end. `pager` is a route to the pager
 * with BADGE_CONTROL.
 */
#ifndef PEER_H
#define PEER_H

#include "post.h"

/* SPAWN: the new task's id, or 0. */
static inline uint32_t peer_spawn(uint32_t pager, const char *name)
{
    uint32_t answer[POST_ANSWER], words[POST_ANSWER] = {0};

    memcpy(words + 1, name, strnlen(name, NAME_BYTES - 1));
    return post_ask(pager, TAG_SPAWN, words, POST_ANSWER, answer) == STATUS_OK ? answer[1] : 0;
}

/* WAIT_EXIT: the exit code. */
static inline uint32_t peer_exit_code(uint32_t pager, uint32_t id)
{
    uint32_t answer[POST_ANSWER] = {0, id};
    return post_ask(pager, TAG_WAIT_EXIT, answer, 2, answer) == STATUS_OK ? answer[1] : ~0u;
}

/* A request of the test's own: one word there, up to ten back. */
static inline enum status peer_ask(uint32_t peer, uint16_t tag, uint32_t word,
                                   uint32_t answer[POST_ANSWER])
{
    uint32_t words[2] = {0, word};
    return post_ask(peer, tag, words, 2, answer);
}

#endif
