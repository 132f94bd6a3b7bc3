/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line editor: bytes from a terminal in, lines out. No messages, no waiting: main.c feeds
 * it, and the host's unit tests do too.
 */
#pragma once

#include <stdbool.h>

#define LINE_MOST 240 /* characters in a line */
#define HISTORY   8   /* lines remembered     */

struct editor {
    char text[LINE_MOST + 1]; /* the line so far, NUL-terminated                     */
    unsigned length, cursor;
    unsigned shown, at; /* what the terminal shows: characters, and its cursor */
    char history[HISTORY][LINE_MOST + 1];
    unsigned remembered;       /* lines ever remembered; the newest is remembered - 1 */
    unsigned recalled;         /* how many lines back the text was taken from; 0: new */
    char draft[LINE_MOST + 1]; /* the new line, while an old one is shown            */
    enum { KEY_PLAIN, KEY_ESCAPE, KEY_BRACKET } key; /* inside an escape sequence    */
    unsigned parameter; /* the number in it                                    */
    bool after_return;  /* a line feed now belongs to the line before          */
    void (*show)(const char *bytes, unsigned n); /* to the terminal                  */
};

/* Start a new line, with nothing shown yet. Called after the prompt was shown. */
void edit_begin(struct editor *e);

/*
 * One byte from the terminal. EDIT_LINE: e->text is a line; EDIT_ABANDONED: Ctrl-C; after both
 * the terminal is at the start of a line, and edit_begin comes next.
 */
enum edit_result { EDIT_MORE, EDIT_LINE, EDIT_ABANDONED };
enum edit_result edit_byte(struct editor *e, char byte);
