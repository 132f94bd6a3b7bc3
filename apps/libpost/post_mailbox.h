/* SPDX-License-Identifier: BSD-2-Clause */
/* The task's own mailbox, the part of post.h from which the others start. */
#ifndef POST_MAILBOX_H
#define POST_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ringpost/directory.h>
#include <ringpost/gates.h>
#include <ringpost/mailbox.h>
#include <ringpost/protocol.h>
#include <ringpost/status.h>
#include <post_gate.h>

/*
 * The router, running for another task, may change in_tail, out_head, signals, held and
 * room_wanted at any moment. Code that reads one of them calls post_barrier() first. The lines
 * themselves are plain memory, because nobody writes a line that is ours to read.
 */
#define post_own ((struct mailbox *)OWN_MAILBOX)

static inline void post_barrier(void) { asm volatile("" ::: "memory"); }

/* This task's id. */
static inline uint32_t post_self(void) { return post_own->in.self; }

/* Words of a line that are written together whatever their types. */
typedef uint32_t __attribute__((may_alias)) post_word;

/*
 * Copy `bytes` bytes and zero the rest, up to `room` bytes, a multiple of 4 unless it is `bytes`: a
 * line tells nothing but its message.
 */
static inline void post_copy(void *to, const void *from, unsigned bytes, unsigned room)
{
    size_t n = bytes / 4;
    asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    n = bytes % 4;
    if (__builtin_expect(bytes != room || n, 0)) {
        asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
        n = -bytes % 4;
        asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0) : "memory");
        n = (room - bytes) / 4;
        asm volatile("rep stosl" : "+D"(to), "+c"(n) : "a"(0) : "memory");
    }
}

#endif
