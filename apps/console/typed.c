/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line that a person is typing, ring 3. Whoever draws it (the shell) tells the console with
 * each change how it looks, by LINE. When other tasks write, the console erases the row, writes
 * their text, and shows the row again when they have finished: once for all that has come
 * meanwhile. So what a person has typed stays in one piece, and so does each text of a task.
 */
#include <post.h>
#include "typed.h"
#include "uart.h"

#define ERASE "\r\x1b[K"

static uint32_t owner;
static char row[LINE_MOST_SHOWN];
static unsigned row_bytes;
static bool hidden;
static bool open_end; /* the text of others does not end with a newline */

uint32_t typed_owner(void) { return hidden ? ID_NOBODY : owner; }

void typed_forget(void)
{
    owner = ID_NOBODY;
    hidden = false;
}

bool typed_hide(void)
{
    if (!owner || hidden)
        return true;
    if (!uart_write(ERASE, sizeof ERASE - 1))
        return false;
    hidden = true;
    open_end = false;
    return true;
}

void typed_written(const char *text, unsigned bytes)
{
    if (bytes)
        open_end = text[bytes - 1] != '\n';
}

/* The row as it is drawn anew; a newline comes first if the text before has none. */
static bool show(void)
{
    char text[sizeof "\n" ERASE + LINE_MOST_SHOWN];
    unsigned bytes = post_format(text, sizeof text, "%s" ERASE, open_end ? "\n" : "");

    memcpy(text + bytes, row, row_bytes);
    return uart_write(text, bytes + row_bytes);
}

void typed_show(void)
{
    if (hidden)
        hidden = !show();
}

bool typed_set(uint32_t task, const char *text, unsigned now, unsigned shown)
{
    typed_show();
    if (hidden || !uart_write(text, now))
        return false;
    owner = shown ? task : ID_NOBODY;
    memcpy(row, text + now, shown);
    row_bytes = shown;
    return true;
}
