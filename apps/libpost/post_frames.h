/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large messages, the part of post.h that is about them: pages that change hands, and one way to
 * give anything of any size.
 *
 *   sender:                           receiver:
 *   struct post_buffer b = {0};       const struct line *line = post_next(POST_FOREVER);
 *   post_prepare(&b, bytes);          struct post_view v = post_view(line);
 *   ... fill b.data ...               ... read v.data, v.bytes ...
 *   post_give(handle, TAG, &b);       post_done(line); post_free(&v.pages);
 *
 * post_give copies small contents into the message, and the receiver reads them in place. Large
 * contents go by their frames: then the sender has the pages no more, and a touch is its fault. A
 * buffer knows which of the two happened: post_mine() tells, and post_prepare() gets new pages if
 * it must.
 *
 * Where the two cross was measured: one way, in guest instructions of all rings, without the cost
 * of writing and reading the contents. `make bench` fails if they cross elsewhere.
 *
 *   256 bytes in the message            1,403 instructions (bench:give-inline-256)
 *   1,024 bytes in the message          2,010 instructions (bench:give-inline-1024)
 *   2,024 bytes in the message          2,768 instructions (bench:give-inline-2024)
 *   4,048 bytes in two messages         5,364 instructions (bench:give-inline-4048)
 *   6,072 bytes in three messages       9,374 instructions (bench:give-inline-6072)
 *   4,096 bytes by frames               4,935 instructions (bench:give-frames-4096)
 *   65,536 bytes by frames              5,081 instructions (bench:give-frames-65536)
 *
 * They cross at two messages or three; a page is more than two hold. So what fits one message
 * (POST_GIVE_INLINE bytes) goes in the message, and all else by frames. This holds for pages that
 * the sender has at hand. With fresh pages, which the sender touches and the receiver releases, it
 * takes 12,602 instructions (bench:give-fresh-4096): beside the move there are two calls to the
 * pager (ALLOC, RELEASE), the page fault of the first touch, and 1,024 words to be cleared. Libpost
 * keeps no pages for reuse, because they would gather at the receiver. A task that gives often
 * should get its pages back, or pass on those that it was given. A further page costs next to
 * nothing. Memory that is aligned to 2 MiB moves by whole page tables, 512 pages at the cost of
 * one; so post_alloc aligns blocks of that size.
 *
 * On the wire a given message is w[1] bytes, then the bytes from w[2] on; or, with FLAG_GRANT,
 * w[1] bytes, w[2] 0, and the pages (message.h).
 */
#ifndef POST_FRAMES_H
#define POST_FRAMES_H

#include "post_call.h"
#include "post_reply.h"

#define POST_GIVE_INLINE (MAX_INLINE - 8)

/* What a task may do with the pages of a buffer. */
enum post_state {
    POST_NOTHING,  /* there are no pages */
    POST_MINE,     /* anything */
    POST_AWAY,     /* nothing: the task has granted them away */
    POST_LENT,     /* nothing, until the call that lent them is answered */
    POST_BORROWED, /* read and write, not grant or release: the reply returns them */
};

/*
 * If the lender of BORROWED pages dies before the reply, the pages stay. A server that must not
 * leak them answers by post_return.
 */
struct post_buffer {
    void *data; /* page-aligned */
    uint32_t pages;
    uint32_t bytes; /* of contents: what post_give sends */
    enum post_state state;
    uint32_t call; /* POST_LENT: the call index */
};

/* A message that was given: its contents, and the pages that they came in, if any. */
struct post_view {
    void *data;
    uint32_t bytes;
    struct post_buffer pages;
};

/* Are the pages of the buffer mine? Lent pages are mine again when the call is answered. */
static inline bool post_mine(struct post_buffer *b)
{
    if (b->state == POST_LENT && !post_call_open(b->call))
        b->state = POST_MINE;
    return b->state == POST_MINE;
}

/*
 * Give the buffer pages of its own for `bytes` bytes, and note that as the size of its contents. If
 * its pages are enough they stay as they are; fresh pages are zero. An empty buffer is {0}.
 * STATUS_OK, NO_MEMORY, or BUSY: its pages are lent, or borrowed.
 */
enum status post_prepare(struct post_buffer *b, unsigned bytes);

/* Give the pages back to the system, if they are mine; then the buffer is empty. BUSY as above. */
enum status post_free(struct post_buffer *b);

/* ---- Sending ----------------------------------------------------------------------------- */

#define POST_READ_ONLY EXTENT_READ_ONLY /* `how`: the pages arrive read-only */

/*
 * Send the pages of `n` buffers (1..EXTENT_LIST_MAX), whole, and see the message delivered; words[]
 * become w[1] and w[2]. Up to four buffers arrive as runs of their own; more arrive as one run.
 * STATUS_OK: the buffers are AWAY. RESET: nobody knows where the pages are, so the buffers are
 * AWAY, too. Otherwise they are as they were:
 *   BUSY           one of them is not mine
 *   BAD            n is wrong
 *   DENIED, DEAD…  the router refused it (DENIED: the route lacks the right)
 *   BAD_ADDRESS, NOT_MAPPED, NO_ROOM, NO_MEMORY
 *                  the pager refused it (the last two: at the receiver)
 *   FULL, MOVE…    the deadline passed, and the message was still waiting for this
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
 * Call with pages and wait for the reply. When this returns OK or DEAD, lent pages are back at
 * their own addresses. TIMEOUT: the borrower still has them (LENT), until it answers. Granted pages
 * are AWAY, unless the call was refused. RESET: both kinds are AWAY, though lent pages may come
 * back when the borrower ends. Statuses as post_grant and post_call.
 */
enum status post_lend(uint32_t handle, uint16_t tag, struct post_pages_call *call,
                      uint32_t deadline);
enum status post_grant_call(uint32_t handle, uint16_t tag, struct post_pages_call *call,
                            uint32_t deadline);

/*
 * Give something of any size. Its type decides how post_give knows the size:
 *
 *   post_give(handle, tag, &thing)    a struct, an array, a number: sizeof thing
 *   post_give(handle, tag, array)     all of the array, unless it is one of char: a string
 *   post_give(handle, tag, "text")    a string, with its NUL
 *   post_give(handle, tag, &buffer)   a struct post_buffer: its first buffer.bytes bytes
 *
 * The first two stay what they are: if they are large, a copy in fresh pages goes. A buffer is AWAY
 * if it was large. A void pointer does not compile: call post_give_bytes with its size. Large
 * contents need the right "grant" on the route (apps/policy.txt); without it they are DENIED.
 * Statuses as post_grant with POST_FOREVER.
 */
#define post_give(handle, tag, what)                                                               \
    _Generic((what),                                                                               \
        char *: post_give_text,                                                                    \
        const char *: post_give_text,                                                              \
        struct post_buffer *: post_give_buffer,                                                    \
        void *: post_give_untyped,                                                                 \
        const void *: post_give_untyped,                                                           \
        default: post_give_bytes)(handle, tag, what, POST_GIVE_SIZE(what))

/* An array is not of the type that it turns into when something is added to it. */
#define POST_GIVE_SIZE(what)                                                                       \
    (__builtin_types_compatible_p(__typeof__(what), __typeof__((what) + 0)) ? sizeof *(what)       \
                                                                            : sizeof(what))

enum status post_give_bytes(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_give_text(uint32_t handle, uint16_t tag, const char *text, unsigned unused);
/* BAD: it is an array of several; post_grant sends these. */
enum status post_give_buffer(uint32_t handle, uint16_t tag, struct post_buffer *b, unsigned size);
enum status post_give_untyped(uint32_t handle, uint16_t tag, const void *data, unsigned unused)
    __attribute__((error("post_give cannot know the size of what a void pointer points to")));

/* ---- Receiving ----------------------------------------------------------------------------- */

/* How many runs of pages came with the message. */
static inline unsigned post_runs(const struct line *line)
{
    return line->flags & FLAG_GRANT ? line->w[3] & EXTENT_COUNT : 0;
}

/* The n-th of these runs, from 0: MINE, or BORROWED if the message was a LEND. */
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
 * Answer a call that lent pages, as post_reply, and see it delivered. buffers[] are the `n` runs
 * that came with it (post_landed, or &view.pages and 1). Waits as post_send. Returns
 *   STATUS_OK      the pages are back with the lender; the buffers are empty
 *   DEAD           the lender is gone, and this has released the pages; the buffers are empty, too
 *   BAD, TOO_BIG   the buffers are BORROWED as before; answer with less
 *   NO_CALL        the same, but the call was answered before, or the lender has lost its mailbox
 *                  (RESET)
 * Do not try post_release instead: where pages went back, others may have landed since.
 */
enum status post_return(const struct post_caller *caller, const void *data, unsigned bytes,
                        struct post_buffer *buffers, unsigned n);

/*
 * The contents of a message that was given. If they are in the message they stay in the inbox until
 * post_done. If they are in pages they stay until post_free(&view.pages), and the task may grant
 * the pages on as any buffer. The size is what the sender says, but never more than has come.
 * post_give sends one run; if a message has more, this releases their pages (lent ones go back with
 * the reply). So a program that takes several runs uses post_runs and post_landed, and not
 * post_view.
 */
struct post_view post_view(const struct line *line);

/*
 * Choose where pages that come with messages land: an area of the landing zone, page-aligned, with
 * `pages` pages. NULL and 0: the pager chooses. STATUS_OK or BAD_ADDRESS.
 */
enum status post_land(void *area, unsigned pages);

/*
 * Take the frames of a boot module that the manifest gives to this task (modules=), read-only.
 * STATUS_OK; NOT_GRANTABLE: the manifest does not give it; NO_SUCH: there is none, or a task took
 * it before.
 */
enum status post_module(const char *name, struct post_buffer *b);

#endif
