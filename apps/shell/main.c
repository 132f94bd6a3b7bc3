/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shell: reads lines from the console, runs the commands in them, and counts those that fail,
 * ring 3. Commands do everything by messages, and say in words what went wrong. A line may hold
 * several commands, separated by semicolons.
 */
#include "edit.h"
#include "shell.h"

#define PROMPT    "ringpost> "
#define READ_MOST 36 /* what console answers at most (protocol.h) */

unsigned failed_commands;

static struct editor editor;
static char output[512]; /* of the editor: one message for each burst of keys */
static unsigned output_bytes;

static void flush_output(void)
{
    post_write(output, output_bytes);
    output_bytes = 0;
}

static void show(const char *bytes, unsigned n)
{
    while (n-- > 0) {
        if (output_bytes == sizeof output)
            flush_output();
        output[output_bytes++] = *bytes++;
    }
}

/* Run one command, given as text that is cut into words in place. */
static bool run_command(char *text)
{
    char *words[ARGUMENTS];
    unsigned count = 0;

    for (char *at = text;;) {
        while (*at == ' ')
            *at++ = '\0';
        if (!*at)
            break;
        if (count == ARGUMENTS) {
            post_printf("%s: more than %u words\n", words[0], ARGUMENTS);
            return false;
        }
        words[count++] = at;
        while (*at && *at != ' ')
            at++;
    }
    if (count == 0)
        return true;
    for (unsigned i = 0; i < command_count; i++) {
        const struct command *c = &commands[i];
        if (strcmp(words[0], c->name) != 0)
            continue;
        if (count - 1 >= c->least && count - 1 <= c->most)
            return c->run(count, words);
        post_printf("usage: %s %s\n", c->name, c->arguments);
        return false;
    }
    post_printf("%s: unknown command; help lists the commands\n", words[0]);
    return false;
}

static void run_line(char *line)
{
    while (line) {
        char *next = strchr(line, ';');
        if (next)
            *next++ = '\0';
        if (!run_command(line))
            failed_commands++;
        line = next;
    }
}

static void prompt(void)
{
    edit_begin(&editor);
    show(PROMPT, sizeof PROMPT - 1);
}

/* After the console was started again: whatever was on its way to the terminal is lost. */
static void prompt_again(void)
{
    output_bytes = 0;
    show("\n" PROMPT, sizeof PROMPT);
    edit_again(&editor);
    flush_output();
}

static void take_keys(const char *keys, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        switch (edit_byte(&editor, keys[i])) {
        case EDIT_LINE:
            flush_output();
            run_line(editor.text);
            prompt();
            break;
        case EDIT_ABANDONED: prompt(); break;
        case EDIT_MORE: break;
        }
    }
    flush_output();
}

/* Opens the route to the console; waits until one answers, because without it nobody is told. */
static int open_console(void)
{
    int console;
    while (post_drain(POST_FOREVER) != STATUS_OK || (console = post_open("console")) < 0)
        post_sleep(50);
    return console;
}

int main(void)
{
    uint32_t request[2] = {0, READ_MOST}, answer[2 + READ_MOST / 4];
    int console = open_console();

    editor.show = show;
    post_printf("Ringpost. help lists the commands.\n");
    prompt();
    flush_output();
    for (;;) {
        unsigned got;
        enum status status = post_call(console, TAG_READ, request, sizeof request, answer,
                                       sizeof answer, &got, POST_FOREVER);
        if (status == STATUS_OK)
            status = answer[0];
        if (status == STATUS_OK && got == sizeof answer && answer[1] <= READ_MOST) {
            take_keys((const char *)&answer[2], answer[1]);
            continue;
        }
        if (status == STATUS_BUSY) {
            post_printf("shell: console: another task reads; waiting\n");
            post_sleep(500);
        } else {
            post_sleep(50);
            console = open_console();
            prompt_again();
        }
    }
}
