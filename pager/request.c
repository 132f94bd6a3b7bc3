/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests by message, as <ringpost/protocol.h> lists them: one function each, one table.
 *
 * Ring 3, pager, from the main loop. What comes in is an allegation of the sender's: who sent it
 * and with what badge is the router's word and can be relied on, all else is checked here. Every
 * request ends in a bounded number of steps; WAIT_EXIT is answered later, from end.c.
 */
#include "request.h"
#include "frames.h"
#include "gate.h"
#include "landing.h"
#include "loans.h"
#include "log.h"
#include "memory.h"
#include "module.h"
#include "moving.h"
#include "piece.h"
#include "send.h"

#define NO_REPLY   STATUS_COUNT /* a handler's result: nothing is to be sent now */
#define TEXT_BYTES 40
#define PS_NAME    24

/* w[] is numbered as in protocol.h, on both sides; w[1] is the result's. */
typedef enum status handler(struct task *from, const struct line *in, uint32_t *w);

/* The text from w[2] on. */
static void text_of(const struct line *in, char text[TEXT_BYTES + 1])
{
    memcpy(text, &in->w[2], TEXT_BYTES);
    text[TEXT_BYTES] = 0;
}

static enum status do_alloc(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t pages = in->w[2], address;

    if (pages == 0)
        return STATUS_BAD;
    if (pages > frames_free())
        return STATUS_NO_MEMORY;
    address = regions_gap(from->lazy, from->heap, HEAP_END, pages * PAGE_SIZE);
    if (!address || !regions_add(from->lazy, address, address + pages * PAGE_SIZE))
        return STATUS_NO_MEMORY;
    w[2] = address;
    return STATUS_OK;
}

/*
 * Heap, which must have been got by ALLOC, or landing zone, where something must be mapped. What is
 * borrowed must be returned, and what is lent is not there.
 */
static enum status do_release(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t at = in->w[2], pages = in->w[3], to = at + pages * PAGE_SIZE, before = from->pages;
    bool landing;

    (void)w;
    if (at % PAGE_SIZE || pages == 0 || pages > (LANDING_END - at) / PAGE_SIZE || at >= LANDING_END)
        return STATUS_BAD_ADDRESS;
    landing = at >= LANDING_BASE;
    if (landing && loans_touch(from->borrowed, true, at, to))
        return STATUS_DENIED;
    if (!landing && (at < from->heap || to > HEAP_END || !regions_remove(from->lazy, at, to)))
        return STATUS_BAD_ADDRESS;
    memory_clear(from, &at, to, UINT32_MAX);
    return landing && from->pages == before ? STATUS_NOT_MAPPED : STATUS_OK;
}

static enum status do_spawn(struct task *from, const struct line *in, uint32_t *w)
{
    char name[TEXT_BYTES + 1];
    const struct program *p;

    (void)from;
    text_of(in, name);
    p = manifest_find(&manifest, name);
    return p ? task_launch(p, &w[2]) : STATUS_NO_SUCH;
}

/* A registrar that gives up (its policy is bad, and it has said so) is the end of a system. */
static enum status do_exit(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t code = in->w[1] % EXIT_KILLED; /* 0 to 255: nobody can say that he was killed */

    (void)w;
    if (code && task_is(from, "registrar"))
        log_stop("registrar: exit code %u: there can be no routes", code);
    if (code)
        log_line("%s: exit code %u", task_name(from), code);
    task_end(from, code, true);
    return NO_REPLY;
}

/* Killed is killed: the manifest's restart=always is not asked. */
static enum status do_kill(struct task *from, const struct line *in, uint32_t *w)
{
    struct task *t = task_by_id(in->w[2]);

    (void)w;
    if (!t)
        return STATUS_BAD_TASK;
    if (t == task_pager() || task_is(t, "registrar"))
        return STATUS_DENIED;
    log_line("%s: killed by %s", task_name(t), task_name(from));
    task_end(t, EXIT_KILLED + 255, false);
    return STATUS_OK;
}

static enum status do_ps(struct task *from, const struct line *in, uint32_t *w)
{
    (void)from;
    for (uint32_t slot = in->w[2]; slot < task_slots; slot++) {
        struct gate g = {slot, 0, 0, 0, 0};
        const struct task *t = &tasks[slot];

        if (t->stage != TASK_LIVE || gate_call(PAGER_OP_QUERY_TASK, &g) != STATUS_OK)
            continue;
        w[2] = t->id;
        w[3] = g.ecx;
        w[4] = g.edx;
        w[5] = t->pages;
        memcpy(&w[6], task_name(t), strnlen(task_name(t), PS_NAME));
        return STATUS_OK;
    }
    return STATUS_NONE;
}

static enum status do_memory(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {0};
    enum status status = gate_call(PAGER_OP_QUERY_MEMORY, &g);

    (void)from, (void)in;
    w[2] = g.ebx;
    w[3] = g.ecx;
    w[4] = g.edx;
    w[5] = g.esi;
    w[6] = move_counts.tables;
    w[7] = move_counts.pages;
    return status;
}

/* Nano's invariants, and one of ours: what nano counts as free is what the bitmap holds. */
static enum status do_check(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {0};
    enum status status = gate_get(PAGER_OP_CHECK, 0, 0, &w[2]);

    (void)from, (void)in;
    if (status == STATUS_OK && (status = gate_call(PAGER_OP_QUERY_MEMORY, &g)) == STATUS_OK &&
        g.ecx != frames_free()) {
        log_line("pager: %u frames are free in the bitmap, %u in nano's table", frames_free(),
                 g.ecx);
        w[2]++;
    }
    return status;
}

/* What the rings' separation rests on, and two digests; see <ringpost/pager_gate.h>. */
static enum status do_audit(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {0};
    enum status status = gate_call(PAGER_OP_AUDIT, &g);

    (void)from, (void)in;
    w[2] = g.ebx;
    w[3] = g.ecx;
    w[4] = g.edx;
    return status;
}

static enum status do_off(struct task *from, const struct line *in, uint32_t *w)
{
    (void)from, (void)w;
    gate_do(PAGER_OP_POWER_OFF, in->w[1] & 127, 0, 0);
    log_line("pager: this machine cannot be switched off");
    return NO_REPLY;
}

/* Of the task that was last in the slot. */
static void tell_end(const struct task *t, uint32_t *w)
{
    w[2] = t->last_code;
    w[3] = t->last_fault.error;
    w[4] = t->last_fault.address;
    w[5] = t->last_fault.eip;
}

static enum status do_wait_exit(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t id = in->w[2];
    const struct task *t = TASK_SLOT(id) < task_slots ? &tasks[TASK_SLOT(id)] : 0;

    if (!t || !id || (t->id != id && t->last_id != id))
        return STATUS_BAD_TASK;
    if (t->id != id) {
        tell_end(t, w);
        return STATUS_OK;
    }
    if (!(in->flags & FLAG_CALL) || t == from)
        return STATUS_BAD;
    for (uint32_t i = 0; i < WAITS_MAX; i++) {
        if (from->waits[i].target == 0) {
            from->waits[i] = (struct wait){id, post_caller(in)};
            return NO_REPLY;
        }
    }
    return STATUS_LEDGER;
}

static enum status do_restarts(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {in->w[2], 0, 0, 0, 0};
    enum status status = gate_call(PAGER_OP_FAULTS, &g);

    (void)from;
    w[2] = g.ebx;
    w[3] = g.ecx;
    w[4] = g.edx;
    w[5] = g.esi;
    w[6] = g.edi;
    if (status == STATUS_OK)
        gate_get(PAGER_OP_FAULTS, in->w[2] | FAULTS_SPENT, 0, &w[7]);
    return status;
}

static enum status do_module(struct task *from, const struct line *in, uint32_t *w)
{
    char name[TEXT_BYTES + 1];
    const struct boot_module *m;
    uint32_t pages, address = 0;
    enum status status;

    text_of(in, name);
    if (!from->program || !manifest_gives(from->program, name))
        return STATUS_NOT_GRANTABLE;
    m = module_find(name);
    if (!m)
        return STATUS_NO_SUCH;
    pages = (m->bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    if (pages) {
        address = landing_find(from, pages, m->address, 0);
        if (!address)
            return STATUS_NO_ROOM;
        /* Its pages are read-only already; the tables that come with them are the receiver's. */
        status = move_pages(task_pager(), m->address, from, address, pages, MAP_W);
        if (status != STATUS_OK)
            return status;
    }
    module_gone(m);
    w[2] = address;
    w[3] = m->bytes;
    return STATUS_OK;
}

static enum status do_land(struct task *from, const struct line *in, uint32_t *w)
{
    (void)w;
    return landing_area(from, in->w[2], in->w[3]);
}

static const struct {
    uint16_t tag;
    bool control; /* only with BADGE_CONTROL */
    handler *handle;
} requests[] = {
    {TAG_ALLOC, false, do_alloc},
    {TAG_RELEASE, false, do_release},
    {TAG_SPAWN, true, do_spawn},
    {TAG_EXIT, false, do_exit},
    {TAG_KILL, true, do_kill},
    {TAG_PS, false, do_ps},
    {TAG_MEMORY, false, do_memory},
    {TAG_CHECK, true, do_check},
    {TAG_AUDIT, true, do_audit},
    {TAG_OFF, true, do_off},
    {TAG_WAIT_EXIT, false, do_wait_exit},
    {TAG_RESTARTS, false, do_restarts},
    {TAG_MODULE, false, do_module},
    {TAG_LAND, false, do_land},
};

static enum status dispatch(struct task *from, const struct line *in, uint32_t *w)
{
    for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++)
        if (requests[i].tag == in->tag)
            return requests[i].control && in->badge != BADGE_CONTROL
                       ? STATUS_DENIED
                       : requests[i].handle(from, in, w);
    return STATUS_BAD_OP;
}

/* Deals with one message, which stays the caller's to drop. Mail from the dying is stale. */
void request_handle(const struct line *in)
{
    struct task *from = task_by_id(in->peer); /* the router is no task */
    uint32_t w[1 + REPLY_WORDS] = {0};
    struct post_caller caller;
    enum status status;

    if (in->peer == ID_ROUTER && in->tag == TAG_MOVE_ASK && in->flags == 0)
        moving_ask(in);
    if (!from)
        return;
    status = dispatch(from, in, w);
    if (status == NO_REPLY || !(in->flags & FLAG_CALL))
        return;
    w[1] = status;
    caller = post_caller(in);
    send_reply(&caller, &w[1]);
}

/* A task has ended: answers those who wait for it. */
void request_ended(uint32_t id)
{
    uint32_t w[1 + REPLY_WORDS] = {0, STATUS_OK};

    tell_end(&tasks[TASK_SLOT(id)], w);
    for (uint32_t slot = 1; slot < task_slots; slot++) {
        for (uint32_t i = 0; i < WAITS_MAX; i++) {
            struct wait *wait = &tasks[slot].waits[i];

            if (wait->target == id) {
                wait->target = 0;
                send_reply(&wait->caller, &w[1]);
            }
        }
    }
}
