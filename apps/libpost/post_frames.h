/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large messages, the part of post.h that is about them: pages that change hands, and one way to
 * give anything of any size.
 *
 *   struct post_buffer b = {0};                   const struct line *line = post_next(POST_FOREVER);
 *   post_prepare(&b, bytes);                      struct post_view v = post_view(line);
 *   ... fill b.data ...                           ... read v.data, v.bytes ...
 *   post_give(handle, TAG, &b);                   post_done(line); post_free(&v.pages);
 *
 * What is small is copied into the message (and read in place by the receiver), what is large goes
 * by its frames: then the pages are not here any more, and a touch is this task's fault. A buffer
 * knows which of the two it was: post_mine() tells, post_prepare() gets new pages if need be.
 *
 * The crossover, measured one way, in guest instructions of everybody, without what it costs to write and
 * read the contents (make bench, which fails if the two cross elsewhere):
 *
 *      256 bytes inline                    1,360 (bench:give-inline-256)
 *    1,024 bytes inline                    2,165 (bench:give-inline-1024)
 *    2,024 bytes inline                    3,141 (bench:give-inline-2024)
 *    4,048 bytes inline, in two messages   6,112 (bench:give-inline-4048)
 *    4,096 bytes by frames                 5,489 (bench:give-frames-4096)
 *   65,536 bytes by frames                 5,744 (bench:give-frames-65536)
 *
 * It lies between one message and two: so what fits one message (POST_GIVE_INLINE bytes) goes inline,
 * and all else by frames. That holds for pages that are at hand. Fresh ones, touched, given, and
 * released by the receiver cost 25,993 (bench:give-fresh-4096): beside the move, two calls to the pager
 * (ALLOC and RELEASE), the page fault of the first touch, and a page table that
 * comes and goes with the only page in it. To keep pages for reuse would not help here, because they gather
 * at the receiver; so who gives often gets its pages back, or passes on those that it was given. A
 * further page costs next to nothing, and memory that is aligned to 2 MiB moves by whole page
 * tables, 512 pages at the cost of one: which is why post_alloc aligns blocks of that size.
 *
 * On the wire a given message is w[1] bytes, then the bytes from w[2] on; or, with FLAG_GRANT,
 * w[1] bytes, w[2] 0, and the pages (message.h).
 */
#ifndef POST_FRAMES_H
#define POST_FRAMES_H

#include "post_call.h"

#define POST_GIVE_INLINE (MAX_INLINE - 8)

/* What a task may do with the pages of a buffer. */
enum post_state {
    POST_NOTHING,  /* there are none                                              */
    POST_MINE,     /* anything                                                    */
    POST_AWAY,     /* nothing: they were granted to somebody                      */
    POST_LENT,     /* nothing, until the call that lent them is answered          */
    POST_BORROWED, /* read and write, but not grant or release: the reply returns them. If the lender
                    * dies first, they stay, so a server that must not leak answers by post_return */
};

struct post_buffer {
    void *data; /* page-aligned                                                */
    uint32_t pages;
    uint32_t bytes; /* of contents: what post_give sends                           */
    enum post_state state;
    uint32_t call; /* POST_LENT: the outbox index of the call                     */
};

/* A message that was given: its contents, and the pages that they came in, if they did. */
struct post_view {
    void *data;
    uint32_t bytes;
    struct post_buffer pages;
};

/* The call in this outbox index has not been answered yet. */
static inline bool post_call_open(uint32_t index)
{
    const struct call *call = &post_own->in.ledger[index & post_own->in.out_mask];
    post_barrier();
    return call->server != ID_NOBODY && call->index == index;
}

/* Are the pages of the buffer mine? Lent ones are again when the call was answered. */
static inline bool post_mine(struct post_buffer *b)
{
    if (b->state == POST_LENT && !post_call_open(b->call))
        b->state = POST_MINE;
    return b->state == POST_MINE;
}

/*
 * See to it that the buffer has pages of its own for `bytes` bytes, and note that as its contents.
 * Pages that are enough stay as they are; fresh ones are zero. An empty buffer is {0}. STATUS_OK,
 * NO_MEMORY, or BUSY: they are lent, or borrowed.
 */
enum status post_prepare(struct post_buffer *b, unsigned bytes);

/* Give the pages back to the system, if they are mine; the buffer is empty. BUSY as above. */
enum status post_free(struct post_buffer *b);

/* ---- Sending ----------------------------------------------------------------------------- */

#define POST_READ_ONLY EXTENT_READ_ONLY /* `how`: the pages arrive read-only */

/*
 * Send the pages of `n` buffers (1..EXTENT_LIST_MAX), whole, and see the message delivered; words[]
 * become w[1] and w[2]. Up to four arrive each where it suits it; more arrive as one run. STATUS_OK:
 * the buffers are AWAY. Otherwise they are as they were: BUSY if one of them is not mine, BAD if n
 * is wrong, a refusal of the router's (DENIED: the route lacks the right; DEAD, …) or of the pager's
 * (BAD_ADDRESS, NOT_MAPPED, NO_ROOM, NO_MEMORY: at the receiver), or, at the deadline, what it was
 * still waiting for. After RESET nobody knows where they are: they are AWAY.
 */
enum status post_grant(uint32_t handle, uint16_t tag, const uint32_t words[2],
                       struct post_buffer *buffers, unsigned n, unsigned how, uint32_t deadline);

/* What a call with pages sends and takes back; reply, size and got as in post_call. */
struct post_pages_call {
    uint32_t words[2];
    struct post_buffer *buffers;
    unsigned n;
    unsigned how;
    void *reply;
    unsigned size;
    unsigned got;
};

/*
 * Call with pages and wait for the reply. Lent pages are back, at their own addresses, when
 * this returns with OK or DEAD; TIMEOUT: the borrower has them still (LENT) until it answers. Granted
 * ones are AWAY, unless the call was refused. RESET: AWAY, both, though what was lent may come back
 * when the borrower ends. Statuses as post_grant and post_call.
 */
enum status post_lend(uint32_t handle, uint16_t tag, struct post_pages_call *call,
                      uint32_t deadline);
enum status post_grant_call(uint32_t handle, uint16_t tag, struct post_pages_call *call,
                            uint32_t deadline);

/*
 * Give something of any size. What it is decides how its size is known:
 *
 *   post_give(handle, tag, &thing)    a struct, an array, a number: sizeof thing
 *   post_give(handle, tag, "text")    a string, with its NUL
 *   post_give(handle, tag, &buffer)   a struct post_buffer: its first buffer.bytes bytes
 *
 * The first two stay what they are: if they are large, it is a copy in fresh pages that goes. A
 * buffer is AWAY if it was large. A void pointer is an error: say post_give_bytes with its size.
 * Large ones need the right "grant" on the route (apps/policy.txt), or they are DENIED. Statuses as
 * post_grant with POST_FOREVER.
 */
#define post_give(handle, tag, what)                                                               \
    _Generic((what),                                                                               \
        char *: post_give_text,                                                                    \
        const char *: post_give_text,                                                              \
        struct post_buffer *: post_give_buffer,                                                    \
        void *: post_give_untyped,                                                                 \
        const void *: post_give_untyped,                                                           \
        default: post_give_bytes)(handle, tag, what, sizeof *(what))

enum status post_give_bytes(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_give_text(uint32_t handle, uint16_t tag, const char *text, unsigned unused);
enum status post_give_buffer(uint32_t handle, uint16_t tag, struct post_buffer *b, unsigned unused);
enum status post_give_untyped(uint32_t handle, uint16_t tag, const void *data, unsigned unused)
    __attribute__((error("post_give cannot know the size of what a void pointer points to")));

/* ---- Receiving ----------------------------------------------------------------------------- */

/* How many runs of pages came with the message. */
static inline unsigned post_runs(const struct line *line)
{
    return line->flags & FLAG_GRANT ? line->w[3] & EXTENT_COUNT : 0;
}

/* The n-th of them: MINE, or BORROWED if the message was a LEND. */
static inline struct post_buffer post_landed(const struct line *line, unsigned n)
{
    struct post_buffer b = {
        .data = (void *)(uintptr_t)line->w[4 + 2 * n],
        .pages = line->w[5 + 2 * n],
        .bytes = line->w[5 + 2 * n] * PAGE_SIZE,
        .state = line->flags & FLAG_LEND ? POST_BORROWED : POST_MINE,
    };
    return b;
}

/*
 * Answer a call that lent pages, as post_reply, and see it delivered: buffers[] are the `n` runs that
 * came with it (post_landed, or &view.pages and 1). Waits as post_send. STATUS_OK: they are back
 * with the lender, and the buffers are empty. DEAD: the lender is gone, and what it lent has been
 * released; they are empty, too. Otherwise they are BORROWED as before: BAD or TOO_BIG, answer with
 * less; NO_CALL, it was answered before, or the lender has lost its mailbox (RESET). To try
 * post_release instead is no good: of pages that went back, it might hit others that landed there since.
 */
enum status post_return(const struct post_caller *caller, const void *data, unsigned bytes,
                        struct post_buffer *buffers, unsigned n);

/*
 * The contents of a message that was given. Inline they are in the inbox, until post_done; in pages
 * they stay until post_free(&view.pages), and may be granted on as any buffer. The size is what the
 * sender says, but never more than there is. What is given comes as one run: if a message has more, their
 * pages are released here (lent ones go back with the reply). So who takes several runs looks at
 * none of such a message by post_view, but by post_runs and post_landed.
 */
struct post_view post_view(const struct line *line);

/*
 * Where pages that come with messages shall land: an area of the landing zone, page-aligned,
 * with `pages` pages. NULL and 0: where the pager likes. STATUS_OK or BAD_ADDRESS.
 */
enum status post_land(void *area, unsigned pages);

/*
 * The frames of a boot module that the manifest gives to this task (modules=), read-only. STATUS_OK,
 * NOT_GRANTABLE, or NO_SUCH: there is none, or it was taken before.
 */
enum status post_module(const char *name, struct post_buffer *b);

#endif
