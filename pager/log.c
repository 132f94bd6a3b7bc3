/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's voice: text to nano's debug port, 20 bytes a gate call. Ring 3, pager; called from
 * everywhere in it, never re-entered.
 */
#include "log.h"
#include "gate.h"

#define CHUNK 20 /* bytes that fit the five argument registers */

char log_text[LOG_MAX];

static void write_chunk(const char *text, unsigned bytes)
{
    struct gate g = {0};

    memcpy(&g, text, bytes < CHUNK ? bytes : CHUNK);
    nano_call(PAGER_OP_LOG, &g);
}

void log_write(void)
{
    unsigned length = strlen(log_text);

    for (unsigned at = 0; at < length; at += CHUNK)
        write_chunk(log_text + at, length - at);
    write_chunk("\n", 1);
}

_Noreturn void log_power_off(void)
{
    nano_do(PAGER_OP_POWER_OFF, 1, 0, 0);
    for (;;) /* the machine has nothing to switch it off with */
        post_wait(POST_FOREVER);
}
