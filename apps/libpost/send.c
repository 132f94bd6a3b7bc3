/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sending by copy, ring 3: post_send and its relatives. Each writes its entry behind those already
 * committed, posts, and returns when its own entry has left or was refused.
 */
#include "internal.h"

enum status post_send_until(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                            uint32_t deadline)
{
    struct line *line;

    if (bytes > MAX_INLINE)
        return STATUS_BAD;
    enum status status = post_slot_until(&line, post_lines(bytes), deadline);
    if (status != STATUS_OK)
        return status;
    post_fill(line, handle, tag, data, bytes);
    return post_deliver(post_lines(bytes), deadline);
}

enum status post_send(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    return post_send_until(handle, tag, data, bytes, POST_FOREVER);
}

enum status post_send_counted(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    unsigned lines = post_lines(bytes + 8);
    struct line *line = post_slot_wait(lines);

    post_address(line, handle, tag, lines, 0);
    line->badge = line->cookie = line->w[0] = 0;
    line->w[1] = bytes;
    post_copy(&line->w[2], data, bytes, lines * LINE_BYTES - 24);
    post_commit(lines);
    return post_deliver(lines, POST_FOREVER);
}

enum status post_notify(uint32_t handle, unsigned n)
{
    struct line *line = post_slot_wait(1);

    memset(line, 0, sizeof *line);
    post_address(line, handle, n & 15, 1, FLAG_NOTIFY);
    post_commit(1);
    return post_deliver(1, POST_FOREVER);
}

/* Cookie and payload stay as they came; the router knows the first sender and the call index. */
enum status post_forward(uint32_t handle, const struct line *line)
{
    unsigned lines = line->lines;
    struct line *entry = post_slot_wait(lines);

    memcpy(entry, line, lines * LINE_BYTES);
    post_address(entry, handle, line->tag, lines, FLAG_FORWARD);
    entry->badge = post_index(line);
    post_commit(lines);
    return post_deliver(lines, POST_FOREVER);
}

/* Copy as many of the messages into the outbox as fit, at least one; at[i] is where i begins. */
static unsigned place(struct post_message *messages, unsigned n, uint32_t at[MAX_RING])
{
    unsigned placed = 0;
    while (placed < n && placed < MAX_RING) {
        struct post_message *m = &messages[placed];
        m->status = m->bytes > MAX_INLINE      ? STATUS_BAD
                    : m->handle == HANDLE_VOID ? STATUS_NO_ROUTE
                                               : STATUS_OK;
        at[placed++] = post_own->out.out_tail;
        if (m->status)
            continue;
        struct line *line = post_slot(post_lines(m->bytes));
        if (!line && placed > 1)
            return placed - 1;
        if (!line)
            line = post_slot_wait(post_lines(m->bytes));
        post_fill(line, m->handle, m->tag, m->data, m->bytes);
    }
    return placed;
}

/*
 * As a rule one gate call delivers what was placed. If something is left, this sees each message
 * through by itself, in order; a message that has left already costs a comparison. It does the same
 * if the messages left because they were lost with the mailbox.
 */
enum status post_batch(struct post_message *messages, unsigned n)
{
    enum status first_refusal = STATUS_OK;
    uint32_t at[MAX_RING + 1];

    while (n > 0) {
        unsigned placed = place(messages, n, at);
        at[placed] = post_own->out.out_tail;
        post_gate(GATE_POST, POST_FOREVER);
        for (unsigned i = 0; i < placed; i++) {
            if (post_own->in.out_head == at[placed] && post_gone(at[placed]) == STATUS_OK)
                break;
            if (at[i] != at[i + 1])
                messages[i].status = post_push(at[i], at[i + 1], POST_FOREVER);
        }
        for (unsigned i = 0; i < placed && first_refusal == STATUS_OK; i++)
            first_refusal = messages[i].status;
        messages += placed;
        n -= placed;
    }
    return first_refusal;
}
