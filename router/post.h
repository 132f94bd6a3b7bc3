/* SPDX-License-Identifier: BSD-2-Clause */
/* One outbox entry as the router sees it: its header, read once and then believed. */
#ifndef ROUTER_POST_H
#define ROUTER_POST_H

#include "record.h"

/* The first three as the sender set them; the others are what the receiver is to see. */
struct post {
    ring_index_t index; /* of its first line                                      */
    handle_t handle;    /* a reply has the caller's id there: post_caller()       */
    uint32_t argument;  /* a CALL: lines for the reply; a FORWARD: an inbox index */
    task_id_t peer;
    uint32_t badge;
    uint32_t cookie;
    uint32_t w0;
    task_id_t first; /* FORWARD: who sent it first; else 0 */
    ring_index_t by; /* record.by */
    uint16_t tag;
    uint8_t lines;
    uint8_t flags;
};

/* Whose call the reply answers. */
static inline task_id_t post_caller(const struct post *post)
{
    return AS_KIND(task_id_t, NUMBER_OF(post->handle));
}

/* The entry leaves the outbox, and nothing of it was committed. Returns true: it has left. */
static inline bool post_pass(const struct caller *caller, const struct post *post)
{
    record_pass(&box_of(caller->slot)->in, index_plus(post->index, post->lines));
    return true;
}

/* The first line of the entry: its task may change it at any time. */
static inline const struct line *post_line_of(const struct caller *caller, ring_index_t index)
{
    return &box_of(caller->slot)->outbox[index_place(index, entry_of(caller->slot)->out_mask)];
}

/* The header of the entry at `index`; the payload stays where it is until it is copied. */
static inline void post_read(const struct caller *caller, struct post *post, ring_index_t index)
{
    const struct line *line = post_line_of(caller, index);
    uint32_t word = read_once(&line->tag);

    *post = (struct post){.index = index,
                          .handle = AS_KIND(handle_t, read_once(&line->peer)),
                          .argument = read_once(&line->badge),
                          .cookie = read_once(&line->cookie),
                          .w0 = read_once(&line->w[0]),
                          .peer = caller->id,
                          .tag = (uint16_t)word,
                          .lines = (uint8_t)(word >> 16),
                          .flags = (uint8_t)(word >> 24)};
}

#endif
