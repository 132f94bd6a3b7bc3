/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests by message: <ringpost/protocol.h> lists them, requests.h declares one handler for
 * each, and the table here joins the two. To add a request: a tag there, a handler, a row here.
 *
 * Ring 3, pager, from the main loop. What comes in is an allegation of the sender's. The router
 * vouches for the sender and its badge; the handlers check all else. Every request ends in a
 * bounded number of steps. The answer to WAIT_EXIT may come later (request_ended).
 */
#include "request.h"
#include "moving.h"
#include "requests.h"
#include "send.h"

static const struct {
    uint16_t tag;
    bool control; /* only with BADGE_CONTROL */
    request_handler *handle;
} requests[] = {
    {TAG_ALLOC, false, request_alloc},
    {TAG_RELEASE, false, request_release},
    {TAG_SPAWN, true, request_spawn},
    {TAG_PROGRAMS, false, request_programs},
    {TAG_EXIT, false, request_exit},
    {TAG_KILL, true, request_kill},
    {TAG_CRASH, true, request_crash},
    {TAG_PS, false, request_ps},
    {TAG_MEMORY, false, request_memory},
    {TAG_CHECK, true, request_check},
    {TAG_AUDIT, true, request_audit},
    {TAG_OFF, true, request_off},
    {TAG_WAIT_EXIT, false, request_wait_exit},
    {TAG_RESTARTS, false, request_restarts},
    {TAG_RESTART_ROUTER, true, request_restart_router},
    {TAG_MODULE, false, request_module},
    {TAG_LAND, false, request_land},
    {TAG_LOG, false, request_log},
    {TAG_KEEP, false, request_keep},
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

static void serve(struct task *from, const struct line *in)
{
    uint32_t w[1 + REPLY_WORDS] = {0};
    enum status status = dispatch(from, in, w);
    struct post_caller caller;

    if (status == REQUEST_NO_REPLY || !(in->flags & FLAG_CALL))
        return;
    w[1] = status;
    caller = post_caller(in);
    send_reply(&caller, &w[1]);
}

/* Handles one message; the caller drops it. Mail of a task that is ending is ignored. */
void request_handle(const struct line *in)
{
    struct task *from = task_by_id(in->peer); /* the router is no task */

    if (from && in->flags == FLAG_CANCEL)
        request_cancelled(from, in);
    else if (from)
        serve(from, in);
    else if (in->peer == ID_ROUTER && in->tag == TAG_MOVE_ASK && in->flags == 0)
        moving_ask(in);
}
