/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests about tasks: SPAWN, PROGRAMS, EXIT, KILL, CRASH, PS, WAIT_EXIT.
 *
 * Ring 3, pager, called by request.c. A WAIT_EXIT for a task that lives is kept in a list of the
 * task that waits, until end.c calls request_ended, which answers it, or the call is cancelled. A
 * task has as many as it has open calls: two with the same place in the ledger are not open
 * together, so the new one takes the old one's record.
 */
#include "request.h"
#include "requests.h"
#include "gate.h"
#include "log.h"
#include "memory.h"
#include "send.h"

#define VECTOR_UD       6
#define PS_NAME         24
#define SPAWN_BYTES_MAX (PAGE_SIZE / 2) /* of a stack's first page; a message is no longer */

/* Measures name and arguments; false: the texts are not there, or are too many. */
static bool read_arguments(const struct line *in, struct arguments *a)
{
    uint32_t most = in->lines * LINE_BYTES - offsetof(struct line, w[2]);

    *a = (struct arguments){.count = in->w[1], .text = (const char *)&in->w[2]};
    if (a->count > ARGUMENTS_MAX || most > SPAWN_BYTES_MAX)
        return false;
    for (uint32_t i = 0; i <= a->count; i++) {
        uint32_t length = strnlen(a->text + a->bytes, most - a->bytes);

        if (length == most - a->bytes)
            return false;
        a->bytes += length + 1;
    }
    return true;
}

enum status request_spawn(struct task *from, const struct line *in, uint32_t *w)
{
    const struct program *p;
    struct arguments a;

    (void)from;
    if (!read_arguments(in, &a))
        return STATUS_BAD;
    p = manifest_find(&manifest, a.text);
    w[2] = p != 0; /* what a missing module leaves there */
    return p ? task_launch_with(p, &a, &w[2]) : STATUS_NO_SUCH;
}

enum status request_programs(struct task *from, const struct line *in, uint32_t *w)
{
    (void)from;
    if (in->w[2] >= manifest.count)
        return STATUS_NONE;
    memcpy(&w[3], manifest.program[in->w[2]].name, NAME_BYTES);
    return STATUS_OK;
}

/* If the registrar gives up (its policy is bad, and it has said so), the system stops. */
enum status request_exit(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t code = in->w[1] % EXIT_KILLED; /* 0..255: a task cannot claim that it was killed */

    (void)w;
    if (code && task_is(from, "registrar"))
        log_stop("registrar: exit code %u: there can be no routes", code);
    if (code && !request_is_told(from->id))
        log_line("%s: exit code %u", task_name(from), code);
    end_begin(from, code, true);
    return REQUEST_NO_REPLY;
}

/*
 * Ends the task that `in` names, any but the pager: as `fault` says, with `code` beyond
 * EXIT_KILLED. The manifest says if it is started again.
 */
static enum status end(const struct task *from, const struct line *in, const char *how,
                       uint32_t code, struct fault fault)
{
    struct task *t = task_by_id(in->w[2]);

    if (!t)
        return STATUS_BAD_TASK;
    if (t == task_pager())
        return STATUS_DENIED;
    if (!request_is_told(t->id))
        log_line("%s: %s by %s", task_name(t), how, task_name(from));
    t->fault = fault;
    end_begin(t, EXIT_KILLED + code, true);
    return STATUS_OK;
}

enum status request_kill(struct task *from, const struct line *in, uint32_t *w)
{
    (void)w;
    return end(from, in, "killed", 255, (struct fault){0});
}

/* As a fault of its own would end it. */
enum status request_crash(struct task *from, const struct line *in, uint32_t *w)
{
    (void)w;
    return end(from, in, "crashed", VECTOR_UD, (struct fault){.vector = VECTOR_UD});
}

enum status request_ps(struct task *from, const struct line *in, uint32_t *w)
{
    (void)from;
    for (uint32_t slot = in->w[2]; slot < task_slots; slot++) {
        struct gate g = {slot, 0, 0, 0, 0};
        const struct task *t = &tasks[slot];

        if (t->stage != TASK_LIVE || nano_call(PAGER_OP_QUERY_TASK, &g) != STATUS_OK)
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

/* Fills in how the slot's last task ended. */
static void tell_end(const struct task *t, uint32_t *w)
{
    w[2] = t->last_code;
    w[3] = t->last_fault.error;
    w[4] = t->last_fault.address;
    w[5] = t->last_fault.eip;
    w[6] = t->last_fault.place;
}

static struct wait *free_waits;

/* Takes a record off its list. */
static void forget(struct wait **at)
{
    struct wait *wait = *at;

    *at = wait->next;
    wait->next = free_waits;
    free_waits = wait;
}

/* A record for the call, in the list of its caller. NULL: out of memory. */
static struct wait *wait_for(struct task *waiter, uint32_t call)
{
    struct wait *wait;

    for (wait = waiter->waits; wait; wait = wait->next)
        if (wait->caller.index % MAX_RING == call % MAX_RING)
            return wait;
    if ((wait = free_waits))
        free_waits = wait->next;
    else
        wait = memory_own(task_pager()->id, sizeof *wait);
    if (wait) {
        wait->next = waiter->waits;
        waiter->waits = wait;
    }
    return wait;
}

enum status request_wait_exit(struct task *from, const struct line *in, uint32_t *w)
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
    struct post_caller caller = post_caller(in);
    struct task *waiter = task_by_id(caller.task); /* `from` may have forwarded it */
    struct wait *wait = waiter ? wait_for(waiter, caller.index) : 0;

    if (!wait)
        return waiter ? STATUS_NO_MEMORY : REQUEST_NO_REPLY;
    wait->target = id;
    wait->tells = in->w[3] == 1;
    wait->caller = caller;
    return REQUEST_NO_REPLY;
}

/* The task does not wait for the answer to one of its calls any more. */
void request_cancelled(struct task *from, const struct line *in)
{
    for (struct wait **at = &from->waits; *at; at = &(*at)->next)
        if (post_cancels(in, &(*at)->caller)) {
            forget(at);
            return;
        }
}

void request_forget_waits(struct task *t)
{
    while (t->waits)
        forget(&t->waits);
}

/* Does somebody wait for the end of this task who tells a person of it? */
bool request_is_told(uint32_t id)
{
    for (uint32_t slot = 1; slot < task_slots; slot++)
        for (const struct wait *wait = tasks[slot].waits; wait; wait = wait->next)
            if (wait->target == id && wait->tells)
                return true;
    return false;
}

/* Called when a task has ended: answers the tasks that wait for it. */
void request_ended(uint32_t id)
{
    uint32_t w[1 + REPLY_WORDS] = {0, STATUS_OK};

    tell_end(&tasks[TASK_SLOT(id)], w);
    for (uint32_t slot = 1; slot < task_slots; slot++) {
        struct wait **at = &tasks[slot].waits;

        while (*at) {
            if ((*at)->target != id) {
                at = &(*at)->next;
                continue;
            }
            send_reply(&(*at)->caller, &w[1]);
            forget(at);
        }
    }
}
