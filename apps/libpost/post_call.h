/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls, the part of post.h that is about them; servers: post_reply.h. A call is open from its
 * delivery until its reply, the death notice of the task that was to answer it, or its cancel:
 * just one of the three happens. Its call index names it: the caller's outbox index of the call.
 *
 *                     by copying                        in place
 *   one at a time     post_call, post_ask               post_call_line, post_call_go,
 *                                                       post_call_done
 *   several at once   post_begin, post_answered,        post_call_line, post_call_commit; the
 *                     post_await, post_await_any,       replies are mail; post_call_open,
 *                     post_cancel                       post_call_cancel
 *
 * A task has as many open calls as its outbox has lines (manifest: lines=), and room for each
 * reply is kept free in its inbox.
 */
#ifndef POST_CALL_H
#define POST_CALL_H

#include "post_receive.h"
#include "post_send.h"

/* ---- A caller: one call, and its reply --------------------------------------------- */

/* The cookie of libpost's own calls. Programs whose replies come as mail use lower ones. */
#define POST_COOKIE 0x80000000u

/*
 * Call and wait for the reply. `data` goes from w[1] on, at most MAX_INLINE - 4 bytes. `reply`
 * takes what comes back from w[1] on, at most `size` bytes (also MAX_INLINE - 4 at most; NULL
 * and 0 will do): libpost reserves room for a reply of that size. If `got` is not NULL, *got
 * becomes the number of bytes that came, in whole lines. Other mail that arrives meanwhile stays
 * unread. Returns
 *   STATUS_OK    `reply` is filled
 *   TIMEOUT      the call was delivered but not answered; libpost has cancelled it
 *   DEAD         the receiver died
 *   NO_ROOM      unread mail leaves no room for the reply
 *   BAD          `bytes` is too large
 * and else what post_send_until returns. At the deadline it returns even if the outbox is held: the
 * cancel then goes as soon as it can, and a reply that comes before it is thrown away.
 */
static inline enum status post_call(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                                    void *reply, unsigned size, unsigned *got, uint32_t deadline);

/* What has come: STATUS_OK: a server's reply, from w[1] on; DEAD: the server will not answer. */
static inline enum status post_reply_status(const struct line *reply)
{
    bool notice = reply->flags & FLAG_NOTIFY && reply->peer == ID_ROUTER;
    return notice ? (enum status)reply->tag : STATUS_OK;
}

/*
 * A request in the manner of protocol.h: send words[0..n-1] as w[1].. and put w[1..11] of the
 * one-line reply into answer[0..10] (words and answer may be the same array). Returns what
 * post_call returns, or, if that is STATUS_OK, the status in the reply's w[1]. Waits without
 * end.
 */
#define POST_ANSWER 11
enum status post_ask(uint32_t handle, uint16_t tag, const uint32_t *words, unsigned n,
                     uint32_t answer[POST_ANSWER]);

/* ---- A caller: several calls out at the same time ---------------------------------- */

/*
 * A call that was begun. It stays where it is until post_await or post_await_any has returned it,
 * or post_cancel took it back. The program reads these two of it; the rest is libpost's.
 */
struct post_pending {
    enum status status; /* when it is answered: what post_call would have returned */
    unsigned got;       /* bytes that came, in whole lines                         */
    uint32_t index;     /* call index                                              */
    uint8_t state;      /* enum post_pending_state                                 */
    bool sealed;        /* the call, and so must be the reply                      */
    bool in_place;      /* the reply stays in the inbox: `line`                    */
    bool loan;          /* it cannot be cancelled                                  */
    unsigned size;
    void *reply;
    const struct line *line;
    struct post_pending *next;
};
enum post_pending_state { POST_CALL_NONE, POST_CALL_OUT, POST_CALL_ANSWERED };

/*
 * Begin a call, without waiting for the reply, which goes to `reply` some time later: in any
 * function of libpost that waits, or reads mail. Sizes as for post_call. It commits and does not
 * post: the call leaves with the next gate call. It waits, without end, if the outbox has no room.
 * STATUS_OK; BAD: `bytes` is too large; NO_ROUTE: `handle` is HANDLE_VOID. Only if it is OK, the
 * call is out. What the router refuses is an answer, too: it is in call->status.
 */
enum status post_begin(struct post_pending *call, uint32_t handle, uint16_t tag, const void *data,
                       unsigned bytes, void *reply, unsigned size);

/* Is it answered (or refused)? Never waits and never posts. */
bool post_answered(struct post_pending *call);

/*
 * Wait for the answer to this call. Returns what post_call returns; RESET, too: it was lost with
 * the mailbox. TIMEOUT: the deadline passed, and the call is still out. Other mail stays unread.
 */
enum status post_await(struct post_pending *call, uint32_t deadline);

/*
 * Wait for the answer to any of the calls that are out: returns each of them once, in the order of
 * their answers. NULL: the deadline passed, or no call is out. Mail and signals do not end the
 * wait; a task that waits for these, too, waits by post_wait, which an answer ends, and then looks
 * with post_await_any(post_now()).
 */
struct post_pending *post_await_any(uint32_t deadline);

/*
 * Take a call back, whether it is answered or not: from here on nobody writes to its buffer, and it
 * may be begun again. The router forgets it when the outbox is next posted, and tells the server,
 * which may be at work on it nevertheless.
 */
void post_cancel(struct post_pending *call);

/* Is the call of this call index delivered and not answered? */
static inline bool post_call_open(uint32_t index)
{
    const struct call *call = &post_own->in.ledger[index & post_own->in.out_mask];
    post_barrier();
    return call->server != ID_NOBODY && call->index == index;
}

/* ---- A caller, in place ------------------------------------------------------------- */

struct line *post_call_slot_wait(unsigned lines);

/* A line whose slot of the ledger is free; NULL: look closer. */
static inline struct line *post_call_slot(void)
{
    uint32_t tail = post_own->out.out_tail, place = tail & post_own->in.out_mask;

    if (__builtin_expect(tail == post_out_limit || post_own->in.ledger[place].server != ID_NOBODY,
                         0))
        return NULL;
    return &post_own->outbox[place];
}

/*
 * A line for a call of one line, addressed, that has room for a reply of `room` lines: write all
 * words from w[1] on. Waits for a free one, without end. Then either post_call_go; or write a
 * cookie of your own, below POST_COOKIE, and post_call_commit.
 */
static inline struct line *post_call_line(uint32_t handle, unsigned tag, unsigned room)
{
    struct line *line = post_call_slot();

    if (__builtin_expect(!line, 0))
        line = post_call_slot_wait(1);
    post_address(line, handle, tag, 1, FLAG_CALL);
    line->badge = room;
    line->cookie = POST_COOKIE;
    return line;
}

/*
 * Commits and posts the call in the last post_call_line, and waits for the reply in the same gate
 * call: it is the line at out.looked. NULL: the call is committed, and nothing more is known.
 *
 * It waits in that gate call only if the entry cannot be held for room in the task's own inbox:
 * that room would never come. It cannot if the outbox was empty, and the inbox has room, by what
 * this knew when it noted how far it had looked: if mail came since, the gate returns at once.
 */
static inline const struct line *post_call_try(uint32_t deadline)
{
    uint32_t mine = post_own->out.out_tail, tail = post_own->in.in_tail;

    post_commit(1);
    uint32_t used = tail - post_own->out.in_head + post_own->in.reserved;
    if (__builtin_expect(post_own->in.out_head != mine || used > post_own->in.in_mask ||
                             post_own->in.room_wanted,
                         0))
        return NULL;
    post_own->out.looked = tail;
    post_gate(GATE_POST_WAIT, deadline);
    tail = post_own->out.looked; /* loading again is cheaper than keeping */
    if (__builtin_expect(post_own->in.in_tail == tail, 0))
        return NULL;
    post_barrier();
    const struct line *line = &post_own->inbox[tail & post_own->in.in_mask];
    if (__builtin_expect(line->flags != FLAG_REPLY || line->w[0] != post_own->out.out_tail - 1, 0))
        return NULL;
    return line;
}

const struct line *post_call_rest(uint32_t deadline, enum status *status);
void post_call_done_rest(const struct line *reply);

/*
 * Commit and post the call in the last post_call_line, and wait for the reply: the line in the
 * inbox where it begins, to be read until post_call_done. Other mail stays unread, and none may be
 * read before that. NULL: there is no reply. *status as post_call returns it.
 */
static inline const struct line *post_call_go(uint32_t deadline, enum status *status)
{
    const struct line *line = post_call_try(deadline);

    *status = STATUS_OK;
    return __builtin_expect(line != NULL, 1) ? line : post_call_rest(deadline, status);
}

/* The reply was read: its lines belong to the router again. */
static inline void post_call_done(const struct line *reply)
{
    uint32_t head = post_own->out.in_head;

    if (__builtin_expect(reply != &post_own->inbox[head & post_own->in.in_mask], 0)) {
        post_call_done_rest(reply);
        return;
    }
    head += reply->lines;
    post_barrier();
    post_own->out.in_head = post_in_limit = head;
}

#define POST_CALL_SHORT (PAYLOAD_WORDS * 4 - 4) /* bytes from w[1] on in one line */

enum status post_call_any(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                          void *reply, unsigned size, unsigned *got, uint32_t deadline);
enum status post_call_late(void *reply, unsigned size, unsigned *got, uint32_t deadline);

/* post_call if all fits a line each way. Inline: with
 * known sizes it takes half the instructions. */
__attribute__((always_inline)) static inline enum status
post_call_short(uint32_t handle, uint16_t tag, const void *data, unsigned bytes, void *reply,
                unsigned size, unsigned *got, uint32_t deadline)
{
    struct line *line = post_call_slot();

    if (__builtin_expect(!line || handle == HANDLE_VOID, 0))
        return post_call_any(handle, tag, data, bytes, reply, size, got, deadline);
    post_address(line, handle, tag, 1, FLAG_CALL);
    line->badge = 1;
    line->cookie = POST_COOKIE;
    post_copy(&line->w[1], data, bytes, POST_CALL_SHORT);
    const struct line *answer = post_call_try(deadline);
    if (__builtin_expect(!answer, 0))
        return post_call_late(reply, size, got, deadline);
    post_copy(reply, &answer->w[1], size, size);
    if (got)
        *got = size;
    if (__builtin_expect(post_own->out.looked == post_own->out.in_head, 1))
        post_own->out.in_head = post_in_limit = post_own->out.looked + 1;
    else
        post_call_done_rest(answer);
    return STATUS_OK;
}

static inline enum status post_call(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                                    void *reply, unsigned size, unsigned *got, uint32_t deadline)
{
    if (__builtin_constant_p(bytes <= POST_CALL_SHORT && size <= POST_CALL_SHORT) &&
        bytes <= POST_CALL_SHORT && size <= POST_CALL_SHORT)
        return post_call_short(handle, tag, data, bytes, reply, size, got, deadline);
    return post_call_any(handle, tag, data, bytes, reply, size, got, deadline);
}

/*
 * Commit the call in the last post_call_line. It leaves with the next gate call; its reply, or the
 * death notice, is mail with FLAG_REPLY and the program's cookie (post_reply_status). Returns the
 * call index. If the router refuses the call, libpost counts it in post_dropped, and no reply
 * comes.
 */
static inline uint32_t post_call_commit(void)
{
    post_commit(1);
    return post_own->out.out_tail - 1;
}

/*
 * Take back a call whose reply would be mail. Waits, without end, if the outbox has no room. If the
 * reply is quicker it comes all the same.
 */
void post_call_cancel(uint32_t index);

#endif
