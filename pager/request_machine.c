/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests about the machine: MEMORY, CHECK, AUDIT, RESTARTS, RESTART_ROUTER, OFF, LOG. Nano knows
 * the answers.
 *
 * Ring 3, pager, called by request.c.
 */
#include "requests.h"
#include "frames.h"
#include "gate.h"
#include "log.h"
#include "piece.h"

enum status request_memory(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {0};
    enum status status = nano_call(PAGER_OP_QUERY_MEMORY, &g);

    (void)from, (void)in;
    w[2] = g.ebx;
    w[3] = g.ecx;
    w[4] = g.edx;
    w[5] = g.esi;
    w[6] = move_counts.tables;
    w[7] = move_counts.pages;
    w[8] = task_slots_used_up();
    return status;
}

/* Nano checks its invariants; the pager checks one: nano counts as free what the bitmap holds. */
enum status request_check(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {0};
    enum status status = nano_get(PAGER_OP_CHECK, 0, 0, &w[2]);

    (void)from, (void)in;
    if (status == STATUS_OK && (status = nano_call(PAGER_OP_QUERY_MEMORY, &g)) == STATUS_OK &&
        g.ecx != frames_free()) {
        log_line("pager: %u frames are free in the bitmap, %u in nano's table", frames_free(),
                 g.ecx);
        w[2]++;
    }
    return status;
}

/* Nano checks what separates the rings and makes two digests; see <ringpost/pager_gate.h>. */
enum status request_audit(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {0};
    enum status status = nano_call(PAGER_OP_AUDIT, &g);

    (void)from, (void)in;
    w[2] = g.ebx;
    w[3] = g.ecx;
    w[4] = g.edx;
    return status;
}

enum status request_restarts(struct task *from, const struct line *in, uint32_t *w)
{
    struct gate g = {in->w[2], 0, 0, 0, 0};
    enum status status = nano_call(PAGER_OP_FAULTS, &g);

    (void)from;
    w[2] = g.ebx;
    w[3] = g.ecx;
    w[4] = g.edx;
    w[5] = g.esi;
    w[6] = g.edi;
    if (status == STATUS_OK)
        nano_get(PAGER_OP_FAULTS, in->w[2] | FAULTS_SPENT, 0, &w[7]);
    return status;
}

/* Nano lets the pager go on when the router has recovered. */
enum status request_restart_router(struct task *from, const struct line *in, uint32_t *w)
{
    (void)in, (void)w;
    log_line("router: restarted for %s", task_name(from));
    return nano_do(PAGER_OP_RESTART_ROUTER, 0, 0, 0);
}

enum status request_off(struct task *from, const struct line *in, uint32_t *w)
{
    (void)from, (void)w;
    nano_do(PAGER_OP_POWER_OFF, in->w[1] & 127, 0, 0);
    log_line("pager: this machine cannot be switched off");
    return REQUEST_NO_REPLY;
}

/* What does not print is replaced: nobody but the pager begins a line. */
enum status request_log(struct task *from, const struct line *in, uint32_t *w)
{
    uint32_t bytes = in->w[1];
    char text[LOG_BYTES + 1];

    (void)w;
    if (!task_is(from, "registrar") && !(from->program && from->program->ports))
        return STATUS_DENIED;
    if (bytes > LOG_BYTES || bytes > in->lines * LINE_BYTES - 24u)
        return STATUS_BAD;
    memcpy(text, &in->w[2], bytes);
    text[bytes] = 0;
    for (char *c = text; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    log_line("%s: %s", task_name(from), text);
    return STATUS_OK;
}
