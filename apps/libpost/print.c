/*
 * Text to the console, ring 3: WRITE messages with the text inline (protocol.h). The
 * route is opened when something is first printed, and again if the console has died since.
 */
#include "internal.h"
#define STB_SPRINTF_NOFLOAT
#include <stb/stb_sprintf.h>

#define WRITE_MOST (MAX_INLINE - 8)

static int console;

/* One WRITE: text of at most WRITE_MOST bytes. */
static enum status write_once(const char *text, unsigned bytes)
{
    unsigned lines = post_lines(bytes + 8);
    struct line *line = post_slot_wait(lines);

    post_address(line, console, TAG_WRITE, lines, 0);
    line->badge = 0;
    line->cookie = 0;
    line->w[0] = 0;
    line->w[1] = bytes;
    post_copy(&line->w[2], text, bytes, lines * LINE_BYTES - 24);
    post_commit(lines);
    uint32_t end = post_own->out.out_tail;
    post_gate(GATE_POST, POST_FOREVER);
    return post_push(end - lines, end, POST_FOREVER);
}

enum status post_write(const char *text, unsigned bytes)
{
    while (bytes > 0) {
        unsigned n = bytes < WRITE_MOST ? bytes : WRITE_MOST;
        if (console <= 0 && (console = post_open("console")) < 0)
            return -console;
        enum status status = write_once(text, n);
        if (status == STATUS_DEAD || status == STATUS_NO_ROUTE) {
            /* A console that was started again has another id: ask once more. */
            post_close(console);
            if ((console = post_open("console")) < 0)
                return -console;
            status = write_once(text, n);
        }
        if (status != STATUS_OK)
            return status;
        text += n;
        bytes -= n;
    }
    return STATUS_OK;
}

enum status post_vprintf(const char *format, va_list arguments)
{
    static char text[WRITE_MOST + 1];
    int length = stbsp_vsnprintf(text, sizeof text, format, arguments);
    return post_write(text, length < WRITE_MOST ? length : WRITE_MOST);
}

enum status post_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    enum status status = post_vprintf(format, arguments);
    va_end(arguments);
    return status;
}

int post_format(char *text, unsigned size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = stbsp_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length < (int)size ? length : (int)size - 1;
}
