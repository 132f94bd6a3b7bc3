/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal as the shell has it, ring 3: two calls to the console that are answered when
 * something is typed. BREAK is always open, so Ctrl-C is noticed whatever runs. READ is open at
 * the prompt only: while a program runs in the foreground, the keys are the program's if it asks
 * for them. READ takes no more than a line, so keys behind a command are still there for it.
 */
#include "shell.h"
#include "terminal.h"

#define TEXT_MOST 1024

bool terminal_interrupted;

static int console;
static bool lost;
static struct open_call read_call, break_call;

void terminal_open(void)
{
    while (post_drain(POST_FOREVER) != STATUS_OK || (console = post_open("console")) < 0)
        post_sleep(50);
}

/* There is no console any more: until one answers, each attempt comes here. */
static void reopen(void)
{
    call_forget(&read_call);
    call_forget(&break_call);
    lost = true;
    post_sleep(50);
    post_close(console);
    terminal_open();
}

static void begin(struct open_call *c, uint16_t tag)
{
    static const uint32_t words[] = {0, READ_MOST, 1};

    if (!c->begun && call_begin(c, console, tag, words, 3) != STATUS_OK)
        reopen();
}

/* Takes the answer; false: there is none to be had, and the call is to be made again. */
static bool take(struct open_call *c)
{
    static bool said;
    enum status status = call_status(c);

    call_forget(c);
    if (status == STATUS_BUSY) {
        if (!said)
            post_printf("shell: console: another task reads the keyboard; waiting\n");
        said = true;
        post_sleep(500);
    } else if (status != STATUS_OK) {
        reopen();
    } else {
        said = false;
    }
    return status == STATUS_OK;
}

enum terminal_event terminal_wait(char keys[READ_MOST], unsigned *n)
{
    if (!read_call.order && !break_call.order) {
        begin(&break_call, TAG_BREAK);
        begin(&read_call, TAG_READ);
        if (!lost)
            calls_wait(POST_FOREVER);
    }
    if (lost) {
        lost = false;
        return TERMINAL_LOST;
    }
    if (break_call.order && !(read_call.order && read_call.order < break_call.order))
        return take(&break_call) ? TERMINAL_BREAK : TERMINAL_OTHER;
    if (read_call.order) {
        struct open_call answer = read_call;
        if (take(&read_call) && answer.words[1] <= READ_MOST) {
            memcpy(keys, &answer.words[2], *n = answer.words[1]);
            return TERMINAL_KEYS;
        }
    }
    return TERMINAL_OTHER;
}

void terminal_line(const char *text, unsigned now, unsigned shown)
{
    static struct {
        uint32_t w[3]; /* w[0] to w[2] of the message */
        char text[TEXT_MOST];
    } line;

    if (now + shown > TEXT_MOST)
        return;
    line.w[1] = now;
    line.w[2] = shown;
    memcpy(line.text, text, now + shown);
    post_send(console, TAG_LINE, &line, sizeof line.w + now + shown);
}

bool terminal_foreground(const struct open_call *c, uint32_t deadline)
{
    while (!terminal_interrupted && !(c && c->order) && !post_passed(deadline)) {
        begin(&break_call, TAG_BREAK);
        calls_wait(deadline);
        if (break_call.order && take(&break_call)) {
            terminal_interrupted = true;
            post_write("^C\n", 3);
        }
    }
    return c && c->order && !terminal_interrupted;
}
