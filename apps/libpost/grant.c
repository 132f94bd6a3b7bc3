/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending pages, ring 3. An entry with pages stays at the outbox head (MOVE) until the pager has
 * moved them. The out header has only one extent list, and it belongs to the entry that waits; so
 * each entry with pages is seen through before the next one.
 *
 * Invariant: a buffer is AWAY or LENT if and only if its entry was delivered, or was lost with the
 * mailbox (RESET). After RESET nobody knows where the pages are, and the ledger, which said when a
 * loan is back, is empty. Borrowed pages go back with the reply, or never if the lender is dead.
 */
#include "internal.h"

/* Can the task send these buffers? BAD: too many, or none; BUSY: not all of them are mine. */
static enum status check(struct post_buffer *buffers, unsigned n)
{
    if (n == 0 || n > EXTENT_LIST_MAX)
        return STATUS_BAD;
    for (unsigned i = 0; i < n; i++)
        if (!post_mine(&buffers[i]))
            return STATUS_BUSY;
    return STATUS_OK;
}

/* Fill an entry with the buffers' pages; the caller fills the rest. */
static void fill(struct line *line, uint32_t handle, uint16_t tag, unsigned flags,
                 const uint32_t words[2], const struct post_buffer *buffers, unsigned n,
                 unsigned how)
{
    struct extent *extents = (struct extent *)(void *)&line->w[4];
    uint32_t count = n | (how & POST_READ_ONLY);

    if (n > INLINE_EXTENTS) {
        extents = post_own->out.extents;
        count |= EXTENT_LIST;
    }
    post_address(line, handle, tag, 1, flags);
    line->badge = line->cookie = line->w[0] = 0;
    line->w[1] = words[0];
    line->w[2] = words[1];
    line->w[3] = count;
    for (unsigned i = 0; i < n; i++) {
        extents[i].address = (uint32_t)(uintptr_t)buffers[i].data;
        extents[i].pages = buffers[i].pages;
    }
}

static void mark(struct post_buffer *buffers, unsigned n, enum post_state state, uint32_t call)
{
    for (unsigned i = 0; i < n; i++) {
        buffers[i].state = state;
        buffers[i].call = call;
    }
}

enum status post_grant(uint32_t handle, uint16_t tag, const uint32_t words[2],
                       struct post_buffer *buffers, unsigned n, unsigned how, uint32_t deadline)
{
    enum status status = check(buffers, n);
    struct line *line;

    if (status == STATUS_OK)
        status = post_slot_until(&line, 1, deadline);
    if (status != STATUS_OK)
        return status;
    fill(line, handle, tag, FLAG_GRANT, words, buffers, n, how);
    post_commit(1);
    status = post_deliver(1, deadline);
    if (status == STATUS_OK || status == STATUS_RESET)
        mark(buffers, n, POST_AWAY, 0);
    return status;
}

static enum status call_with(uint32_t handle, uint16_t tag, unsigned flags,
                             struct post_pages_call *c, uint32_t deadline)
{
    enum status status = handle == HANDLE_VOID ? STATUS_NO_ROUTE : check(c->buffers, c->n);
    struct post_pending call = {.reply = c->reply, .loan = flags & FLAG_LEND};
    struct line *line;

    if (c->size > MAX_INLINE - 4) /* no reply is longer */
        c->size = MAX_INLINE - 4;
    if (status == STATUS_OK)
        status = post_call_slot_until(&line, 1, deadline);
    if (status != STATUS_OK)
        return status;
    fill(line, handle, tag, flags, c->words, c->buffers, c->n, c->how);
    post_call_address(line, handle, tag, 1, flags, c->size);
    call.size = c->size;
    call.index = post_own->out.out_tail;
    post_commit(1);
    bool delivered = post_call_deliver(&call, 1, deadline);
    status = delivered ? post_pending_end(&call, deadline) : call.status;
    c->got = call.got;
    if (!delivered && status != STATUS_RESET)
        return status;
    if (flags & FLAG_LEND && status != STATUS_RESET)
        mark(c->buffers, c->n, status == STATUS_TIMEOUT ? POST_LENT : POST_MINE, call.index);
    else
        mark(c->buffers, c->n, POST_AWAY, 0);
    return status;
}

enum status post_lend(uint32_t handle, uint16_t tag, struct post_pages_call *call,
                      uint32_t deadline)
{
    return call_with(handle, tag, FLAG_GRANT | FLAG_LEND | FLAG_CALL, call, deadline);
}

enum status post_grant_call(uint32_t handle, uint16_t tag, struct post_pages_call *call,
                            uint32_t deadline)
{
    return call_with(handle, tag, FLAG_GRANT | FLAG_CALL, call, deadline);
}

/* The router says DEAD only if the caller is gone, so the pages never went back. */
enum status post_return(const struct post_caller *caller, const void *data, unsigned bytes,
                        struct post_buffer *buffers, unsigned n)
{
    enum status status = post_reply_now(caller, data, bytes);

    if (status != STATUS_OK && status != STATUS_DEAD)
        return status;
    for (unsigned i = 0; i < n; i++) {
        if (buffers[i].state != POST_BORROWED)
            continue;
        if (status == STATUS_DEAD)
            post_release(buffers[i].data, buffers[i].pages);
        buffers[i] = (struct post_buffer){0};
    }
    return status;
}
