/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shell: reads lines from the console, runs the commands in them, and counts those that fail,
 * ring 3. Commands do everything by messages, and say in words what went wrong. A line may hold
 * several commands, separated by semicolons.
 */
#include "edit.h"
#include "shell.h"
#include "terminal.h"

#define PROMPT       "ringpost> "
#define PROMPT_BYTES (sizeof PROMPT - 1)
#define OUTPUT_MOST  512
#define CTRL_C       3

unsigned failed_commands;

static struct editor editor;
static bool at_prompt;
/* Of the editor: one message for each burst of keys; behind it, what shows the line anew. */
static char output[OUTPUT_MOST + LINE_MOST_SHOWN];
static unsigned output_bytes;

static void flush_output(void)
{
    unsigned shown = 0;

    if (at_prompt) {
        char *line = output + output_bytes;
        memcpy(line, PROMPT, PROMPT_BYTES);
        shown =
            PROMPT_BYTES + edit_row(&editor, line + PROMPT_BYTES, LINE_MOST_SHOWN - PROMPT_BYTES);
    }
    terminal_line(output, output_bytes, shown);
    output_bytes = 0;
}

static void show(const char *bytes, unsigned n)
{
    while (n-- > 0) {
        if (output_bytes == OUTPUT_MOST)
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
    terminal_interrupted = false;
    while (line && !terminal_interrupted) {
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
    jobs_report();
    edit_begin(&editor);
    show(PROMPT, PROMPT_BYTES);
    at_prompt = true;
}

/* The console was started again: whatever was on its way to the terminal is lost. */
static void prompt_again(void)
{
    output_bytes = 0;
    show("\n" PROMPT, sizeof PROMPT);
    edit_again(&editor);
}

static void take_key(char key)
{
    enum edit_result result = edit_byte(&editor, key);

    if (result == EDIT_TAB) {
        flush_output(); /* what complete() prints comes behind it */
        complete(&editor);
    }
    if (result != EDIT_LINE && result != EDIT_ABANDONED)
        return;
    at_prompt = false;
    flush_output();
    if (result == EDIT_LINE)
        run_line(editor.text);
    prompt();
}

int main(void)
{
    terminal_open();
    editor.show = show;
    post_printf("Ringpost. help lists the commands.\n");
    prompt();
    for (;;) {
        char keys[READ_MOST];
        unsigned n = 0;

        flush_output();
        switch (terminal_wait(keys, &n)) {
        case TERMINAL_KEYS:
            for (unsigned i = 0; i < n; i++)
                take_key(keys[i]);
            break;
        case TERMINAL_BREAK: take_key(CTRL_C); break;
        case TERMINAL_LOST: prompt_again(); break;
        case TERMINAL_OTHER: jobs_report(); break;
        }
    }
}
