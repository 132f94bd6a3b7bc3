/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile pager's tricks with large messages: linked in front of its asks, its answers and its
 * calls to nano (--wrap), and told by the mover what to do (moves.h). Ring 3, with nano's gate.
 *
 * The real pager's books know nothing of what is moved here; whoever was lied to ends with its row.
 */
#include "frames.h"
#include "gate.h"
#include "moves.h"
#include "moving.h"
#include "send.h"
#include "task.h"
#include "tricks.h"

enum status __real_nano_call(enum pager_op op, struct gate *g);
enum status __wrap_nano_call(enum pager_op op, struct gate *g);
enum status __real_send_answer(const struct asked *asked, enum status status, uint32_t runs,
                               const struct extent *landed);
enum status __wrap_send_answer(const struct asked *asked, enum status status, uint32_t runs,
                               const struct extent *landed);
void __real_moving_ask(const struct line *in);
void __wrap_moving_ask(const struct line *in);

#define STEPS_MAX 32

static bool putting_off, was_asked, counting, in_move;
static struct line asked; /* the first line is all that the rows need */
static uint32_t
    last_number; /* of the last ask: a lie about anything else must get as far as it can */
static uint32_t die_at, steps;
static uint8_t step_list[STEPS_MAX];

/* ---- Steps, and dying before one of them ----------------------------------------------------- */

static void step(uint8_t what)
{
    if (!counting || !in_move)
        return;
    if (steps < STEPS_MAX)
        step_list[steps] = what;
    if (++steps == die_at)
        asm volatile("hlt");
}

enum status __wrap_nano_call(enum pager_op op, struct gate *g)
{
    step(op);
    return __real_nano_call(op, g);
}

enum status __wrap_send_answer(const struct asked *asked, enum status status, uint32_t runs,
                               const struct extent *landed)
{
    step(STEP_ANSWER);
    return __real_send_answer(asked, status, runs, landed);
}

void __wrap_moving_ask(const struct line *in)
{
    last_number = in->w[0];
    if (putting_off) {
        asked = *in;
        was_asked = true;
        return;
    }
    in_move = true;
    __real_moving_ask(in);
    step(STEP_END);
    in_move = false;
}

/* ---- What it does by itself ------------------------------------------------------------------ */

/* A run in one page table at both ends; the table at the target is given if it is missing. */
static enum status move(const uint32_t *w)
{
    uint32_t from = w[2], address = w[3], to = w[4], target = w[5], pages = w[6];
    enum status status = nano_move(PAGER_OP_MOVE, from, address, to, target, MAP_W, pages);

    if (status != STATUS_NO_TABLE)
        return status;
    nano_do(PAGER_OP_TABLE_GIVE, to, target & ~(TABLE_SPAN - 1), frames_take());
    return nano_move(PAGER_OP_MOVE, from, address, to, target, MAP_W, pages);
}

static enum status trim(uint32_t task, uint32_t address)
{
    uint32_t frame = 0;
    enum status status = nano_get(PAGER_OP_TABLE_TAKE, task, address & ~(TABLE_SPAN - 1), &frame);

    return status == STATUS_OK && !frames_give(frame) ? STATUS_BAD_FRAME : status;
}

/* Why the entry at the head of its own outbox is held. */
static enum status held(void)
{
    post_gate(GATE_POST, POST_FOREVER);
    post_barrier();
    return post_own->in.out_head == post_own->out.out_tail ? STATUS_OK : post_own->in.held.reason;
}

/*
 * A large message of the pager's own: the router asks the pager, that is itself, and its answer
 * waits behind the message. So it takes the message back, and the answer finds nothing to be
 * answered.
 */
static enum status large(uint32_t *w)
{
    int handle = post_open("taker");
    struct line *line;
    uint32_t index;

    if (handle < 0)
        return (enum status) - handle;
    held(); /* what was committed before goes first */
    index = post_own->out.out_tail;
    line = post_slot(2);
    memset(line, 0, 2 * sizeof *line);
    post_address(&line[0], handle, TAG_PAGES, 1, FLAG_GRANT);
    line[0].w[3] = 1;
    line[0].w[4] = LANDING_BASE;
    line[0].w[5] = 1;
    post_commit(1);
    while ((w[1] = held()) == STATUS_ROUTE)
        post_sleep(1);
    post_address(&line[1], HANDLE_ROUTER, TAG_MOVE_ANSWER, 1, 0);
    line[1].w[0] = 1; /* its first ask */
    line[1].w[1] = post_self();
    line[1].w[2] = index;
    line[1].w[3] = STATUS_OK | 1 << 16;
    line[1].w[4] = LANDING_BASE;
    line[1].w[5] = 1;
    post_commit(1);
    w[2] = held();
    line[0].peer = HANDLE_VOID;
    w[3] = held();
    line[1].peer = HANDLE_VOID;
    return held();
}

/* ---- The switch ------------------------------------------------------------------------------ */

enum status trick(const struct line *in, uint32_t *w)
{
    switch (in->w[1]) {
    case TRICK_PUT_OFF:
        putting_off = in->w[2];
        was_asked &= !putting_off;
        return STATUS_OK;
    case TRICK_ASKED: memcpy(&w[1], &asked.w[1], 7 * 4); return was_asked ? STATUS_OK : STATUS_NONE;
    case TRICK_GO: __real_moving_ask(&asked); return STATUS_OK;
    case TRICK_ANSWER:
        w[1] =
            __real_send_answer(&(struct asked){last_number, in->w[2], in->w[3]}, in->w[4] & 0xFFFF,
                               in->w[4] >> 16, (const struct extent *)&in->w[5]);
        return STATUS_OK;
    case TRICK_MOVE: return move(in->w);
    case TRICK_TRIM: return trim(in->w[2], in->w[3]);
    case TRICK_COUNT:
        counting = true;
        die_at = in->w[2];
        steps = 0;
        return STATUS_OK;
    case TRICK_STEPS:
        counting = false;
        w[1] = steps;
        memcpy(&w[2], step_list, STEPS_MAX);
        return STATUS_OK;
    case TRICK_LARGE: return large(w);
    case TRICK_DIE: asm volatile("hlt");
    }
    return STATUS_BAD_OP;
}
