/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpost: what a task in ring 3 needs to live by messages. This header is the whole
 * of it, with post_frames.h for messages that are large, and for giving anything of any size, and
 * post_seal.h for an end-to-end checksum; message.h and mailbox.h say what the words mean, protocol.h what the system's own
 * tasks understand.
 *
 * A task has two rings of 64-byte lines, and two ways to use each:
 *
 *                 in place (no copy)                   copying
 *   sending       post_slot, fill, post_commit,        post_put, post_send, post_batch,
 *                 then post_flush or any wait           post_reply, post_call
 *   receiving     post_next or post_peek, read,        post_recv
 *                 post_done
 *
 * The two mix freely: everything committed leaves in the order of its commits, and mail is
 * read in the order of its arrival, except that post_call takes its own reply out
 * of the middle and leaves other mail unread, in order.
 *
 * Rules that hold throughout:
 * - Committing is not posting. Lines leave with the next gate call: post_flush,
 *   post_send, or any wait, so that a server answers and waits in one.
 * - An entry that must wait (receiver full, route being asked) waits at the head of the
 *   outbox, and all behind it with it. An entry that is refused is voided so that
 *   the rest goes on: post_send, post_call, post_batch and post_flush return the
 *   reason; where nobody is asking (a wait), it is counted in post_dropped.
 * - Deadlines are absolute ticks of 1 ms (post_in(250) is in a quarter of a second);
 *   POST_FOREVER is none.
 * - A router that is restarted in the middle of a call is no event here: the library
 *   posts again.
 *
 * A task has one thread, and nothing here may be used from two.
 */
#ifndef POST_H
#define POST_H

#include <stdarg.h>
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
 * The task's own mailbox. Other tasks' calls change in_tail, out_head, signals, held and
 * room_wanted at any moment, so what reads them says post_barrier() first; the lines
 * themselves are plain memory, because nobody writes a line that is ours to read.
 */
#define post_own ((struct mailbox *)OWN_MAILBOX)

#define POST_FOREVER 0u

static inline void post_barrier(void) { asm volatile("" ::: "memory"); }

/* Cookies from here on are post_call's own: tasks that make calls in place stay below. */
#define POST_COOKIE 0x80000000u

/* ---- Time ------------------------------------------------------------------------ */

/* Ticks since boot; a tick is 1 ms. Comes round after 49 days, and comparisons below allow for that. */
static inline uint32_t post_now(void)
{
    post_barrier();
    return ((const struct clock *)CLOCK)->now;
}

/* The deadline `ticks` (below 2^31) from now; never POST_FOREVER. */
static inline uint32_t post_in(uint32_t ticks)
{
    uint32_t deadline = post_now() + ticks;
    return deadline ? deadline : 1;
}

/* Has this deadline passed? POST_FOREVER never has. */
static inline bool post_passed(uint32_t deadline)
{
    return deadline != POST_FOREVER && (int32_t)(post_now() - deadline) >= 0;
}

/* Do nothing for `ticks`. Mail stays unread, signals stay for post_wait. */
void post_sleep(uint32_t ticks);

/* ---- In place: sending ------------------------------------------------------------ */

/* Words of a line that are written together whatever their types. */
typedef uint32_t __attribute__((may_alias)) post_word;

/* Lines of a message whose payload, counted from w[0], has `bytes` bytes (0..MAX_INLINE). */
static inline unsigned post_lines(unsigned bytes)
{
    return bytes <= PAYLOAD_WORDS * 4 ? 1 : (bytes + 16 + LINE_BYTES - 1) / LINE_BYTES;
}

/* Outbox lines below this index are free; it follows out_head when it is run into. */
extern uint32_t post_out_limit;
struct line *post_slot_rest(unsigned lines);

/*
 * The next `lines` (1..MAX_LINES) lines of the outbox, in a row, or NULL if so many are not
 * free. They hold what an earlier message left: write every word that the receiver
 * should not guess at. The same lines come again until they are committed.
 */
static inline struct line *post_slot(unsigned lines)
{
    uint32_t tail = post_own->out.out_tail;
    if (__builtin_expect(__builtin_constant_p(lines) && lines == 1 ? tail == post_out_limit
                                                                   : post_out_limit - tail < lines,
                         0))
        return post_slot_rest(lines);
    return &post_own->outbox[tail & post_own->in.out_mask];
}

/* As post_slot, but posts and waits for room where there is none, without end. Never NULL. */
struct line *post_slot_wait(unsigned lines);

/* Peer (a route handle), tag, number of lines and flags of a message, in two stores. */
static inline void post_address(struct line *line, uint32_t peer, unsigned tag, unsigned lines,
                                unsigned flags)
{
    line->peer = peer;
    ((post_word *)line)[1] = tag | lines << 16 | flags << 24;
}

/* The slot is filled: it leaves with the next gate call. `lines` as asked of post_slot. */
static inline void post_commit(unsigned lines)
{
    post_barrier();
    post_own->out.out_tail += lines;
}

enum status post_flush_rest(unsigned gate);

/*
 * Post what is committed. STATUS_OK: all of it is delivered. FULL, ROUTE, MOVE or LEDGER: the first
 * entry waits for that and stays; post again later. Anything else: the first entry was refused and is
 * void now; flush again for the rest. RESET is no result of this: entries that were lost with the mailbox
 * have left, too; post_gone(post_own->out.out_tail) tells.
 *
 * Not `while (post_flush()) post_wait(POST_FOREVER)`: every wait posts first, and when that has delivered
 * the rest there is nothing left that would end it. To see everything delivered, let the wait be
 * for mail that is sure to come, or give it a deadline: `while (post_flush()) post_wait(post_in(10))`;
 * what was sent by post_send or post_send_until is delivered when that returns.
 */
static inline enum status post_flush(void)
{
    unsigned gate = post_gate(GATE_POST, POST_FOREVER);
    if (__builtin_expect(post_own->in.out_head == post_own->out.out_tail, 1))
        return STATUS_OK;
    return post_flush_rest(gate);
}

/*
 * What became of entries up to outbox index `end` that have left the outbox: OK, delivered; or RESET, lost with all
 * that was in it. It can be told until the next is delivered.
 */
enum status post_gone(uint32_t end);

/* Entries that were refused while nobody asked, and the last such reason. */
extern uint32_t post_dropped;
extern enum status post_dropped_reason;

/* ---- In place: receiving ---------------------------------------------------------- */

/*
 * Lines from in_head up to this index are unread mail and nothing else; it follows in_tail
 * when it is reached. post_odd is 0 if there is nothing but mail beyond it either.
 */
extern uint32_t post_in_limit;
extern uint32_t post_odd;
const struct line *post_peek_rest(void);
const struct line *post_next_rest(uint32_t deadline);

/*
 * The first unread line of the inbox, or NULL. Never waits; enters the router only when
 * all that it knew of is read and somebody waits for room.
 */
static inline const struct line *post_peek(void)
{
    uint32_t head = post_own->out.in_head;
    if (__builtin_expect(head == post_in_limit, 0))
        return post_peek_rest();
    return &post_own->inbox[head & post_own->in.in_mask];
}

/*
 * The first unread line; if there is none, posts what is committed and waits for one. NULL when
 * the deadline passes. Signals do not end the wait; they stay for post_wait.
 */
static inline const struct line *post_next(uint32_t deadline)
{
    uint32_t head = post_own->out.in_head;
    if (head == post_in_limit) {
        post_own->out.looked = head;
        post_gate(GATE_POST_WAIT, deadline);
        head = post_own->out.in_head;
        uint32_t tail = post_own->in.in_tail;
        if (__builtin_expect(head == tail || (post_odd | post_own->in.held.reason), 0))
            return post_next_rest(deadline);
        post_in_limit = tail;
    }
    return &post_own->inbox[head & post_own->in.in_mask];
}

/*
 * The message at `line`, which must be the first unread one, is read: its lines are the
 * router's again. Those who wait for room here are told at the next gate call, and so not for
 * each message but for all that post_next or post_peek knew of when they last looked.
 */
static inline void post_done(const struct line *line)
{
    unsigned lines = line->lines;
    post_barrier();
    post_own->out.in_head += lines;
}

/* The inbox index of a line that post_peek or post_next returned (for FORWARD). */
static inline uint32_t post_index(const struct line *line)
{
    uint32_t head = post_own->out.in_head;
    return head + (((uint32_t)(line - post_own->inbox) - head) & post_own->in.in_mask);
}

/* ---- Waiting and signals ----------------------------------------------------------- */

/*
 * Wait until mail is unread, a signal was raised, or the deadline. Returns the signals
 * (SIGNAL_*, mailbox.h) raised since they were last returned, 0 if none; SIGNAL_HELD is
 * dealt with inside and never shows. What is committed is posted, unless there is a
 * reason to return at once. May return early: look, and call again.
 */
uint32_t post_wait(uint32_t deadline);

/*
 * As post_wait, but mail before inbox index `looked` does not end the wait: for a task
 * that leaves mail unread on purpose (post_own->in.in_tail: only new mail does).
 */
uint32_t post_wait_past(uint32_t looked, uint32_t deadline);

/* The signals that post_wait would return at once. */
uint32_t post_signals(void);

/* ---- Copying: sending --------------------------------------------------------------- */

/* Copy `bytes` bytes and zero the words up to `room`: a line tells nothing but its message. */
static inline void post_copy(void *to, const void *from, unsigned bytes, unsigned room)
{
    size_t n = bytes / 4;
    asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    if (__builtin_expect(bytes != room, 0)) {
        n = bytes % 4;
        asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
        n = room - bytes;
        asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0) : "memory");
    }
}

/* Fill a slot of post_lines(bytes) lines and commit it. */
static inline void post_fill(struct line *line, uint32_t handle, unsigned tag, const void *data,
                             unsigned bytes)
{
    unsigned lines = post_lines(bytes);
    post_address(line, handle, tag, lines, 0);
    line->badge = 0;
    line->cookie = 0;
    post_copy(line->w, data, bytes, lines * LINE_BYTES - 16);
    post_commit(lines);
}

/*
 * Copy a message into the outbox, without posting it. `data` fills the payload from w[0] on; the
 * rest of its last line is zero. Waits for room in the outbox if it has to, without end. STATUS_OK,
 * or STATUS_BAD if `bytes` is more than MAX_INLINE.
 */
static inline enum status post_put(uint32_t handle, uint16_t tag, const void *data, unsigned bytes)
{
    if (__builtin_expect(bytes > MAX_INLINE, 0))
        return STATUS_BAD;
    struct line *line = post_slot(post_lines(bytes));
    if (__builtin_expect(!line, 0))
        line = post_slot_wait(post_lines(bytes));
    post_fill(line, handle, tag, data, bytes);
    return STATUS_OK;
}

/*
 * Send one message and see it delivered. FULL, ROUTE and LEDGER are waited for.
 * STATUS_OK: it is in the receiver's inbox. Otherwise it is not and never will be: the refusal
 * (NO_ROUTE, DEAD, REVOKED, BAD, DENIED, …), or, in post_send_until, what it was still
 * waiting for at the deadline, itself or the one at the head of a full outbox.
 */
enum status post_send(uint32_t handle, uint16_t tag, const void *data, unsigned bytes);
enum status post_send_until(uint32_t handle, uint16_t tag, const void *data, unsigned bytes,
                            uint32_t deadline);

/*
 * Raise user signal n (0..15; of a larger one the low four bits count) at the receiver, who is told of it as
 * SIGNAL_USER << n. As post_send. To a policy that says tags=, signal n is tag n.
 */
enum status post_notify(uint32_t handle, unsigned n);

/* One of several messages; post_batch sets `status` as post_send would have returned it. */
struct post_message {
    uint32_t handle;
    const void *data;
    uint16_t bytes;
    uint16_t tag;
    enum status status;
};

/*
 * Send n messages, with as few gate calls as there are outboxes full of them. Those
 * behind a refused one still go. Returns STATUS_OK, or the first refusal.
 */
enum status post_batch(struct post_message *messages, unsigned n);

/* ---- Copying: receiving -------------------------------------------------------------- */

/* What it takes to answer a call, at once or much later: nothing else need be kept. */
struct post_caller {
    uint32_t task;
    uint32_t slot;
    uint32_t cookie;
    uint32_t tag;
};

/* The caller of a received CALL, while it is in the inbox. */
static inline struct post_caller post_caller(const struct line *call)
{
    uint32_t at = (uint32_t)(call - post_own->inbox) & post_own->in.in_mask;
    struct post_caller caller = {
        .task = call->flags & FLAG_FORWARD ? post_own->in.origins[at].first : call->peer,
        .slot = call->w[0],
        .cookie = call->cookie,
        .tag = call->tag,
    };
    return caller;
}

/* A copied message: the first four words of its line, its size, and whom to answer. */
struct post_mail {
    uint32_t peer;
    uint16_t tag;
    uint8_t lines;
    uint8_t flags;
    uint32_t badge;
    uint32_t cookie;
    uint32_t bytes;            /* of payload, from w[0] on: 48 + 64 a further line */
    struct post_caller caller; /* only with FLAG_CALL                              */
};

/*
 * Copy the first unread message out, waiting for one if there is none. `data` takes the
 * payload from w[0] on and should hold 48 bytes at least; `size` is what it holds. STATUS_OK;
 * STATUS_TIMEOUT; STATUS_TOO_BIG: the payload does not fit, mail->bytes says what would,
 * and the message stays unread.
 */
static inline enum status post_recv(struct post_mail *mail, void *data, unsigned size,
                                    uint32_t deadline)
{
    const struct line *line = post_next(deadline);
    if (__builtin_expect(!line, 0))
        return STATUS_TIMEOUT;
    mail->peer = line->peer;
    ((post_word *)mail)[1] = ((const post_word *)line)[1];
    mail->badge = line->badge;
    mail->cookie = line->cookie;
    unsigned bytes = mail->bytes = line->lines * LINE_BYTES - 16;
    if (__builtin_expect(bytes > size, 0))
        return STATUS_TOO_BIG;
    if (line->flags & FLAG_CALL)
        mail->caller = post_caller(line);
    post_copy(data, line->w, bytes, bytes);
    post_done(line);
    return STATUS_OK;
}

/*
 * Answer a call with `data` from w[1] on (at most MAX_INLINE - 4 bytes, and no more lines than
 * the caller reserved). Committed, not posted: it leaves with the next gate call, and
 * never finds the caller's inbox full. STATUS_OK or STATUS_BAD.
 */
enum status post_reply(const struct post_caller *caller, const void *data, unsigned bytes);

/* Answer a call with a status and nothing else. */
void post_answer(const struct post_caller *caller, enum status status);

/*
 * Pass an unread message of the inbox on as it is (message.h says what FORWARD does), and see it
 * delivered. Call it before post_done. Statuses as post_send; BAD for replies and pages.
 */
enum status post_forward(uint32_t handle, const struct line *line);

/* ---- Calls ---------------------------------------------------------------------------- */

/*
 * Call and wait for the reply. `data` goes from w[1] on, `reply` takes what comes back from
 * w[1] on, at most `size` bytes (the room reserved for it is made of `size`; NULL and 0 will
 * do). At most MAX_INLINE - 4 bytes either way: BAD if `bytes` is more. *got, if not NULL, is how many bytes came, in whole lines. Other mail that arrives
 * meanwhile stays unread. STATUS_OK: `reply` is filled. TIMEOUT: delivered but not answered; a
 * late reply is thrown away. DEAD: the receiver died. NO_ROOM: unread mail leaves no room for
 * the reply. Else as post_send_until.
 */
enum status post_call(uint32_t handle, uint16_t tag, const void *data, unsigned bytes, void *reply,
                      unsigned size, unsigned *got, uint32_t deadline);

/*
 * A request in the manner of protocol.h: send words[0..n-1] as w[1].. and put w[1..11] of the
 * one-line reply into answer[0..10] (words and answer may be the same array). Returns what
 * post_call returns, or, if that is STATUS_OK, the status in the reply's w[1]. Waits without end.
 */
#define POST_ANSWER 11
enum status post_ask(uint32_t handle, uint16_t tag, const uint32_t *words, unsigned n,
                     uint32_t answer[POST_ANSWER]);

/* ---- The system ------------------------------------------------------------------------ */

/* This task's id. */
static inline uint32_t post_self(void) { return post_own->in.self; }

/*
 * A route to the task of that name, or to "router": a handle above 0, or minus an enum status: NO_SUCH
 * (nobody of that name lives now), DENIED (by the policy), NO_ROOM (60 handles are open), DEAD (there is no
 * registrar). Waits until the registrar answers.
 */
int post_open(const char *name);

/*
 * Give a handle back: NO_ROUTE if it is none. Waits as post_open. A name has one handle in a task, however
 * often it is opened, so this closes it for all of the task.
 */
enum status post_close(uint32_t handle);

/* Write the name of a task into name[NAME_BYTES], with its NUL. BAD_TASK, and "", if it has none. */
enum status post_name_of(uint32_t task, char *name);

/*
 * `pages` zero-filled pages of 4 KiB, or NULL: so many are not free, or not in a row below 1 GiB; and
 * back. Blocks of 2 MiB and more are aligned to 2 MiB. post_release also takes pages that have landed.
 */
void *post_alloc(unsigned pages);
enum status post_release(void *address, unsigned pages);

/*
 * End this task. Returning from main does the same with main's result. What is committed and
 * still waits after a second is dropped. As elsewhere the low 8 bits
 * of the code are what WAIT_EXIT and the shell's `run` tell: -1 is 255.
 */
_Noreturn void post_exit(int code);

/* The text of a status. Never NULL. */
const char *post_status_text(enum status status);

#include "post_frames.h"
#include "post_seal.h"

/* ---- Text ------------------------------------------------------------------------------- */

/*
 * Print to the console. %d %i %u %x %X %o %c %s %p %% with flags, width and precision, and %ll; no
 * floating point. At most MAX_INLINE - 8 bytes a call, what is beyond is cut; each call's
 * text comes out whole. The first call opens the route "console". Statuses as
 * post_send; STATUS_NO_SUCH while there is no console.
 */
enum status post_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum status post_vprintf(const char *format, va_list arguments);

/* The same for text that is not a format. Longer texts take several messages. */
enum status post_write(const char *text, unsigned bytes);

/* Wait until all text is printed, down to the last bit on the serial line. Statuses as post_call. */
enum status post_drain(uint32_t deadline);

/* Format into text[size]; always ends it with NUL. Returns the length without the NUL. */
int post_format(char *text, unsigned size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
