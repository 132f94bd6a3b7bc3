/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text to the console, ring 3: WRITE messages with the text inline (protocol.h). The first print
 * opens the route; a later one opens it again if the program has closed it. A console that was
 * started again is reached by the same handle.
 */
#include "internal.h"
#define STB_SPRINTF_NOFLOAT
#include <stb/stb_sprintf.h>

#define WRITE_MOST (MAX_INLINE - 8)

static int console;

/*
 * Does the handle lead nowhere? REVOKED may mean that the program gave it back; a task that may not
 * print gets DENIED when it asks for a new one.
 */
static bool is_lost(enum status status)
{
    return status == STATUS_NO_ROUTE || status == STATUS_REVOKED;
}

enum status post_write(const char *text, unsigned bytes)
{
    while (bytes > 0) {
        unsigned n = bytes < WRITE_MOST ? bytes : WRITE_MOST;
        if (console <= 0 && (console = post_open("console")) < 0)
            return -console;
        enum status status = post_send_counted(console, TAG_WRITE, text, n);
        if (is_lost(status)) {
            post_close(console);
            if ((console = post_open("console")) < 0)
                return -console;
            status = post_send_counted(console, TAG_WRITE, text, n);
        }
        if (status != STATUS_OK)
            return status;
        text += n;
        bytes -= n;
    }
    return STATUS_OK;
}

/* The console answers a WRITE that is a call when all text before it is out. */
enum status post_drain(uint32_t deadline)
{
    uint32_t nothing = 0;

    if (console <= 0 && (console = post_open("console")) < 0)
        return -console;
    enum status status;
    for (bool again = false;; again = true) {
        status = post_call(console, TAG_WRITE, &nothing, sizeof nothing, NULL, 0, NULL, deadline);
        if (again || !is_lost(status))
            return status;
        post_close(console);
        if ((console = post_open("console")) < 0)
            return -console;
    }
}

enum status post_vprintf(const char *format, va_list arguments)
{
    static char text[WRITE_MOST + 1];
    int length = stbsp_vsnprintf(text, sizeof text, format, arguments);
    return post_write(text, length < WRITE_MOST ? length : WRITE_MOST);
}

enum status(post_printf)(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum status status = post_vprintf(format, arguments);
    va_end(arguments);
    return status;
}

int(post_format)(char *text, unsigned size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = stbsp_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length < (int)size ? length : (int)size - 1;
}
