/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line editor: bytes from a terminal in, lines out. No messages, no waiting: main.c feeds
 * it, and the host's unit tests do too.
 */
#pragma once

#include <stdbool.h>

#define LINE_MOST 240 /* characters in a line */
#define HISTORY   8   /* lines remembered     */

/* Where in an escape sequence of the terminal the input stands. */
enum key_state {
    KEY_PLAIN,
    KEY_ESCAPE,
    KEY_BRACKET,
};

struct editor {
    char text[LINE_MOST + 1]; /* the line so far, NUL-terminated                     */
    unsigned length;
    unsigned cursor;
    unsigned shown; /* characters that the terminal shows */
    unsigned at;    /* where the terminal's cursor stands */
    char history[HISTORY][LINE_MOST + 1];
    unsigned remembered;       /* lines ever remembered; the newest is remembered - 1 */
    unsigned recalled;         /* how many lines back the text was taken from; 0: new */
    char draft[LINE_MOST + 1]; /* the new line, while an old one is shown            */
    enum key_state key;        /* where in an escape sequence the input stands       */
    unsigned parameter;        /* the number in that sequence                        */
    bool after_return;         /* a line feed now belongs to the line before          */
    void (*show)(const char *bytes, unsigned n); /* to the terminal                  */
};

/* Start a new line, with nothing shown yet. Called after the prompt was shown. */
void edit_begin(struct editor *e);

/* Show the line as it stands, with nothing of it shown yet. Called after the prompt was shown. */
void edit_again(struct editor *e);

/*
 * One byte from the terminal. EDIT_LINE: e->text is a line; EDIT_ABANDONED: Ctrl-C; after both
 * the terminal is at the start of a line, and edit_begin comes next.
 */
enum edit_result { EDIT_MORE, EDIT_LINE, EDIT_ABANDONED };
enum edit_result edit_byte(struct editor *e, char byte);
