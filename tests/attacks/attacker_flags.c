/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an attacker finds in its EFLAGS: that it cannot turn interrupts off, and that IOPL is 0
 * after each way back from an inner ring. There are four: the gate's RETF, the frame of the
 * gatehouse's short hand-off, a frame that nano makes for a task that was parked, and one that it
 * saved. Ring 3, a part of the attacker. A flag that one way leaves set would be gone after
 * another, so each is looked at many times by itself.
 */
#include <post.h>
#include "attacker_flags.h"

/* Time passes, though POPF was asked to let no interrupt come. */
bool preempted(void)
{
    uint32_t begin = post_now();

    asm volatile("push $0x2; popf" : : : "cc");
    for (uint32_t i = 0; i < 1u << 28; i++)
        if (post_now() - begin >= 5)
            return true;
    return false;
}

static uint32_t flags_now(void)
{
    uint32_t flags;

    asm volatile("pushf; pop %0" : "=r"(flags));
    return flags;
}

/* Through the gate's RETF. */
bool iopl_by_gate(void)
{
    bool good = true;

    for (unsigned i = 0; i < 1000; i++) {
        post_gate(GATE_POST, POST_FOREVER);
        good &= flags_good(flags_now());
    }
    return good;
}

/* A call to a parked server, and its answer: each is a short hand-off, unless a tick comes. */
bool iopl_by_handoff(void)
{
    int echo = post_open("echo");
    bool good = true;

    for (unsigned i = 0; i < 1000; i++) {
        struct line *line = post_slot_wait(1);
        *line = (struct line){
            .peer = echo, .tag = TAG_PING, .lines = 1, .flags = FLAG_CALL, .badge = 1, .cookie = i};
        post_commit(1);
        const struct line *reply = post_next(POST_FOREVER);
        good &= reply->cookie == i && flags_good(flags_now());
        post_done(reply);
    }
    return good;
}

/* From a frame that nano makes for a task that it wakes. */
bool iopl_by_switch(void)
{
    bool good = true;

    for (unsigned i = 0; i < 10; i++) {
        post_sleep(2);
        good &= flags_good(flags_now());
    }
    return good;
}

/* From a frame that nano saved, at a tick or for another task. */
bool iopl_by_tick(void)
{
    bool good = true;

    for (uint32_t end = post_now() + 20; post_now() < end;)
        good &= flags_good(flags_now());
    return good;
}
