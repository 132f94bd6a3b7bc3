/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router as libpost sees it: router_model.h. A wait ends by what came during it, or
 * moves the clock to the deadline; a wait that nothing would ever end fails the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include <ringpost/directory.h>
#include <ringpost/gates.h>
#include "router_model.h"
#include "apps/libpost/internal.h"

#define box ((struct mailbox *)OWN_MAILBOX)
#define now (((struct clock *)CLOCK)->now)

struct line model_taken[4096];
unsigned model_taken_count, model_gates, model_waits, model_full_waits, model_cancelled;
bool model_restart_next;
void (*model_at_wait)(void);
void (*model_pager)(struct line *reply);

static struct line owed[64]; /* replies that come at the next wait */
static unsigned owed_count;

void model_reset(uint32_t lines)
{
    static bool mapped;
    if (!mapped) {
        void *at = mmap((void *)CLOCK, OWN_MAILBOX + sizeof *box - CLOCK, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        assert_ptr_equal(at, (void *)CLOCK);
        mapped = true;
    }
    memset(box, 0, sizeof *box);
    memset(box->outbox, 0xA5, sizeof box->outbox); /* what earlier messages left */
    box->in.self = MODEL_SELF;
    box->in.out_mask = box->in.in_mask = lines - 1;
    /* Indices run free: begin shortly before they come round. */
    box->out.out_tail = box->in.out_head = 0u - 40;
    box->out.in_head = box->in.in_tail = 0u - 20;
    now = 1000;
    model_taken_count = model_gates = model_waits = model_full_waits = owed_count = 0;
    model_cancelled = 0;
    model_restart_next = false;
    model_at_wait = NULL;
    model_pager = NULL;
}

int model_begin(void **state)
{
    (void)state;
    model_reset(64);
    post_signals();
    post_odd = post_dropped = 0;
    post_in_limit = post_collected = box->out.in_head;
    post_out_limit = box->out.out_tail;
    return 0;
}

static struct call *ledger(uint32_t index) { return &box->in.ledger[index & box->in.out_mask]; }

void model_answered(uint32_t index)
{
    if (ledger(index)->server == ID_NOBODY || ledger(index)->index != index)
        return;
    ledger(index)->server = ID_NOBODY;
    box->in.open_calls--;
}

static void put(const struct line *line)
{
    if (line->flags & FLAG_REPLY)
        model_answered(line->w[0]);
    assert_true(box->in.in_tail - box->out.in_head <= box->in.in_mask);
    box->inbox[box->in.in_tail++ & box->in.in_mask] = *line;
}

void model_mail(uint32_t peer, uint16_t tag, uint8_t flags, uint32_t cookie, uint32_t w0)
{
    put(&(struct line){
        .peer = peer, .tag = tag, .lines = 1, .flags = flags, .cookie = cookie, .w = {w0}});
}

static void raise_held(void)
{
    if (!((box->in.signals ^ box->out.seen) & SIGNAL_HELD))
        box->in.signals ^= SIGNAL_HELD;
}

/* As mailbox_set_aside() does (router/mailbox.c). */
void model_set_aside(void)
{
    memset(box->in.ledger, 0, sizeof box->in.ledger);
    box->in.open_calls = 0;
    owed_count = 0;
    box->in.out_head = box->out.out_tail;
    box->in.held.reason = STATUS_RESET;
    box->in.held.index = box->in.out_head - 1;
    raise_held();
}

static bool hold(enum status reason, uint32_t peer)
{
    box->in.held.reason = reason;
    box->in.held.index = box->in.out_head;
    box->in.held.peer = peer;
    return false;
}

/* A call of the task's own: the server hears of it if it is open; it answers none of these. */
static void cancel(uint32_t index)
{
    if (ledger(index)->server == ID_NOBODY || ledger(index)->index != index)
        return;
    model_answered(index);
    model_cancelled++;
    for (unsigned i = 0; i < owed_count; i++)
        if (owed[i].w[0] == index)
            owed[i--] = owed[--owed_count];
}

/* Deliver the entry at the head; false: it is held. */
static bool deliver(void)
{
    const struct line *line = &box->outbox[box->in.out_head & box->in.out_mask];

    if (line->peer != HANDLE_VOID && line->flags == FLAG_CANCEL) {
        cancel(line->w[0]);
        box->in.out_head++;
        return true;
    }
    switch (line->peer) {
    case HANDLE_VOID: break;
    case MODEL_DEAD: return hold(STATUS_DEAD, 0);
    case MODEL_DENIES: return hold(STATUS_DENIED, 0);
    case MODEL_SELF_FULL: return hold(STATUS_FULL, MODEL_SELF);
    case MODEL_FULL:
    case MODEL_MOVES:
        if (model_full_waits > 0)
            return hold(line->peer == MODEL_FULL ? STATUS_FULL : STATUS_MOVE, 0x00010009);
        /* fall through */
    default:
        assert_in_range(line->lines, 1, MAX_LINES);
        model_taken[model_taken_count++] = *line;
        assert_true(model_taken_count < 4096);
    }
    if (line->flags & FLAG_CALL && line->peer != HANDLE_VOID) {
        if (ledger(box->in.out_head)->server != ID_NOBODY)
            return hold(STATUS_LEDGER, 0);
        *ledger(box->in.out_head) = (struct call){line->peer, line->cookie, box->in.out_head, 1};
        box->in.open_calls++;
    }
    bool pager = line->peer == HANDLE_PAGER && model_pager;
    if (line->flags & FLAG_CALL &&
        (pager || line->peer == MODEL_SERVES || line->peer == MODEL_DIES)) {
        struct line *reply = &owed[owed_count++];
        *reply = *line;
        reply->peer = line->peer == MODEL_DIES ? ID_ROUTER : line->peer;
        reply->w[0] = box->in.out_head;
        reply->flags = FLAG_REPLY | (line->peer == MODEL_DIES ? FLAG_NOTIFY : 0);
        reply->tag = line->peer == MODEL_DIES ? STATUS_DEAD : line->tag;
        reply->lines = 1;
        if (pager)
            model_pager(reply);
    }
    box->in.out_head += line->lines;
    box->in.held.reason = STATUS_OK;
    return true;
}

static bool wait_is_over(void)
{
    return box->in.signals != box->out.seen || box->in.in_tail != box->out.looked;
}

unsigned post_gate(unsigned operation, uint32_t deadline)
{
    model_gates++;
    if (model_restart_next) {
        model_restart_next = false;
        raise_held();
        return STATUS_RESTARTED;
    }
    if (operation & GATE_POST)
        for (int n = 0; n < MAX_ENTRIES && box->in.out_head != box->out.out_tail; n++)
            if (!deliver())
                break;
    bool left = box->in.out_head != box->out.out_tail;
    bool refused = left && status_refuses(box->in.held.reason);
    bool more = left && box->in.held.reason == STATUS_OK;
    if (!(operation & GATE_WAIT) || refused || more || wait_is_over())
        return STATUS_OK;

    model_waits++;
    for (unsigned i = 0; i < owed_count; i++)
        put(&owed[i]);
    owed_count = 0;
    if (model_at_wait)
        model_at_wait();
    if (model_full_waits > 0) {
        if (--model_full_waits == 0)
            raise_held();
        now++;
        return STATUS_OK; /* a wait may always return early */
    }
    if (wait_is_over())
        return STATUS_OK;
    if (deadline == 0)
        fail_msg("a wait that never ends");
    now = deadline;
    return STATUS_TIMEOUT;
}
