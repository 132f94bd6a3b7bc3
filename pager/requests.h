/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handlers of requests, one for each tag of <ringpost/protocol.h>. request.c calls them from
 * its table.
 *
 * `from` has sent `in`; the router vouches for that and for the badge. All else in `in` is an
 * allegation, which the handler checks. w[] is the reply and is numbered as in protocol.h: the
 * handler fills w[2] and on; its result becomes w[1].
 */
#pragma once

#include <post.h>
#include "task.h"

#define REQUEST_NO_REPLY   STATUS_COUNT /* a handler's result: nothing is to be sent now */
#define REQUEST_TEXT_BYTES 40           /* of text in w[2] and on */

typedef enum status request_handler(struct task *from, const struct line *in, uint32_t *w);

/* The text from w[2] on, with a NUL behind it. */
static inline void request_text(const struct line *in, char text[REQUEST_TEXT_BYTES + 1])
{
    memcpy(text, &in->w[2], REQUEST_TEXT_BYTES);
    text[REQUEST_TEXT_BYTES] = 0;
}

/* request_pages.c */
request_handler request_alloc;
request_handler request_release;
request_handler request_module;
request_handler request_keep;
request_handler request_land;

/* request_task.c */
request_handler request_spawn;
request_handler request_programs;
request_handler request_exit;
request_handler request_kill;
request_handler request_crash;
request_handler request_ps;
request_handler request_wait_exit;

/* request_machine.c */
request_handler request_memory;
request_handler request_check;
request_handler request_audit;
request_handler request_restarts;
request_handler request_restart_router;
request_handler request_off;
request_handler request_log;
