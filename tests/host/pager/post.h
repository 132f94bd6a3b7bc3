/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpost for the host tests of the pager: the part of it that the pager uses, over a mailbox
 * that is plain memory, with a router that is one function of the test (fake_router).
 */
#ifndef POST_H
#define POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <ringpost/mailbox.h>
#include <ringpost/protocol.h>
#include <ringpost/status.h>

extern struct mailbox fake_box;
extern uint32_t fake_now;
enum status fake_router(const struct line *line); /* delivers, or says why not */

#define post_own     (&fake_box)
#define POST_FOREVER 0u

struct post_caller {
    uint32_t task;
    uint32_t index;
    uint32_t cookie;
    uint32_t tag;
};

static inline struct post_caller post_caller(const struct line *call)
{
    return (struct post_caller){call->peer, call->w[0], call->cookie, call->tag};
}

static inline bool post_cancels(const struct line *line, const struct post_caller *caller)
{
    return line->flags == FLAG_CANCEL && line->peer == caller->task && line->w[0] == caller->index;
}

static inline uint32_t post_now(void) { return fake_now; }

static inline uint32_t post_in(uint32_t ticks) { return fake_now + ticks ? fake_now + ticks : 1; }

static inline bool post_passed(uint32_t deadline)
{
    return deadline != POST_FOREVER && (int32_t)(fake_now - deadline) >= 0;
}

static inline void post_address(struct line *line, uint32_t peer, unsigned tag, unsigned lines,
                                unsigned flags)
{
    line->peer = peer;
    line->tag = tag;
    line->lines = lines;
    line->flags = flags;
}

static inline struct line *post_slot(unsigned lines)
{
    uint32_t tail = post_own->out.out_tail;

    return tail + lines - post_own->in.out_head > post_own->in.out_mask + 1
               ? NULL
               : &post_own->outbox[tail & post_own->in.out_mask];
}

static inline void post_commit(unsigned lines) { post_own->out.out_tail += lines; }

enum status post_flush(void);
enum status post_gone(uint32_t end);
uint32_t post_wait(uint32_t deadline);
int post_format(char *text, unsigned size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
