/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls one at a time, and the beginning of those that are out together, ring 3. As a rule a call
 * of one line each way is one gate call, and its reply is the next line of the inbox
 * (post_call_go). All else goes the way of the calls that are out together (pending.c).
 *
 * Invariant: a call that returns has taken its reply out of the inbox, or knows that none can come,
 * or has given it up; so no stray reply is ever mistaken for mail.
 */
#include "internal.h"

/*
 * An open call keeps its ledger slot; this steps over it with void lines, so that it does not hold
 * up the calls that come after.
 */
enum status post_call_slot_until(struct line **line, unsigned lines, uint32_t deadline)
{
    const struct in_header *in = &post_own->in;
    enum status status = post_slot_until(line, lines, deadline);

    while (status == STATUS_OK && in->open_calls <= in->out_mask &&
           in->ledger[post_own->out.out_tail & in->out_mask].server != ID_NOBODY) {
        post_address(*line, HANDLE_VOID, 0, 1, 0);
        post_commit(1);
        status = post_slot_until(line, lines, deadline);
    }
    return status;
}

struct line *post_call_slot_wait(unsigned lines)
{
    struct line *line;
    post_call_slot_until(&line, lines, POST_FOREVER);
    return line;
}

bool post_call_deliver(struct post_pending *call, unsigned lines, uint32_t deadline)
{
    post_pending_add(call);
    post_gate(GATE_POST, POST_FOREVER);
    enum status status = post_push(call->index, call->index + lines, deadline);
    if (status == STATUS_OK)
        return true;
    post_cancel(call);
    call->status = status;
    return false;
}

/* The committed call at the end of the outbox: sees it delivered, and waits for its end. */
static enum status see_through(struct post_pending *call, uint32_t deadline)
{
    unsigned lines = post_own->out.out_tail - call->index;

    return post_call_deliver(call, lines, deadline) ? post_pending_end(call, deadline)
                                                    : call->status;
}

const struct line *post_call_rest(uint32_t deadline, enum status *status)
{
    struct post_pending call = {.index = post_own->out.out_tail - 1, .in_place = true};

    *status = see_through(&call, deadline);
    return *status == STATUS_OK ? call.line : NULL;
}

enum status post_call_late(void *reply, unsigned size, unsigned *got, uint32_t deadline)
{
    struct post_pending call = {.index = post_own->out.out_tail - 1, .reply = reply, .size = size};
    enum status status = see_through(&call, deadline);

    if (got)
        *got = call.got;
    return status;
}

void post_call_done_rest(const struct line *reply)
{
    post_take_out(post_index(reply));
    post_skip_taken();
}

/* Writes and commits a call. */
static enum status commit(struct post_pending *call, uint32_t handle, uint16_t tag,
                          const void *data, unsigned bytes, uint32_t deadline)
{
    unsigned beside = call->sealed ? 8 : 4; /* w[0] and the seal */
    struct line *line;

    if (bytes > MAX_INLINE - beside)
        return STATUS_BAD;
    if (handle == HANDLE_VOID)
        return STATUS_NO_ROUTE;
    if (call->size > MAX_INLINE - beside) /* no reply is longer */
        call->size = MAX_INLINE - beside;
    unsigned lines = post_lines(bytes + beside);
    enum status status = post_call_slot_until(&line, lines, deadline);
    if (status != STATUS_OK)
        return status;
    post_call_address(line, handle, tag, lines, FLAG_CALL, call->size + beside - 4);
    line->w[0] = 0;
    post_copy(&line->w[1], data, bytes, lines * LINE_BYTES - 20);
    if (call->sealed)
        post_seal(line);
    call->index = post_own->out.out_tail;
    post_commit(lines);
    return STATUS_OK;
}

static enum status make_call(struct post_pending *call, uint32_t handle, uint16_t tag,
                             const void *data, unsigned bytes, unsigned *got, uint32_t deadline)
{
    enum status status = commit(call, handle, tag, data, bytes, deadline);

    if (status == STATUS_OK)
        status = see_through(call, deadline);
    if (got)
        *got = call->got;
    return status;
}

enum status post_call_any(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                          void *reply, unsigned size, unsigned *got, uint32_t deadline)
{
    struct post_pending call = {.reply = reply, .size = size};
    return make_call(&call, handle, tag, data, bytes, got, deadline);
}

enum status post_call_sealed(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                             void *reply, unsigned size, unsigned *got, uint32_t deadline)
{
    struct post_pending call = {.reply = reply, .size = size, .sealed = true};
    return make_call(&call, handle, tag, data, bytes, got, deadline);
}

enum status post_begin(struct post_pending *call, uint32_t handle, uint16_t tag, const void *data,
                       unsigned bytes, void *reply, unsigned size)
{
    *call = (struct post_pending){.reply = reply, .size = size};
    call->status = commit(call, handle, tag, data, bytes, POST_FOREVER);
    if (call->status == STATUS_OK)
        post_pending_add(call);
    return call->status;
}

void post_call_cancel(uint32_t index)
{
    struct line *line;

    if (post_withdraw(index))
        return;
    line = post_slot_wait(1);
    post_cancel_address(line, index);
    post_commit(1);
}

enum status post_ask(uint32_t handle, uint16_t tag, const uint32_t *words, unsigned n,
                     uint32_t answer[POST_ANSWER])
{
    enum status status = (n <= POST_ANSWER ? post_call_short : post_call_any)(
        handle, tag, words, n * 4, answer, POST_ANSWER * 4, NULL, POST_FOREVER);
    return status ? status : answer[0];
}
