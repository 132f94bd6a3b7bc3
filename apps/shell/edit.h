/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line editor: bytes from a terminal in, lines out. No messages, no waiting: main.c feeds
 * it, and the host's unit tests do too.
 */
#pragma once

#include <stdbool.h>

#define LINE_MOST 240 /* bytes in a line                                               */
#define HISTORY   8   /* lines remembered                                              */
#define COLUMNS   67  /* of text in one row: 80, less the prompt, "^C", a place for the cursor */

/* Where in an escape sequence of the terminal the input stands. */
enum key_state {
    KEY_PLAIN,
    KEY_ESCAPE,
    KEY_BRACKET,
};

/* One column of the row: a character of up to four bytes in UTF-8. */
struct cell {
    unsigned char bytes;
    char byte[4];
};

struct row {
    unsigned columns;
    struct cell cell[COLUMNS];
};

struct editor {
    char text[LINE_MOST + 1]; /* the line so far, NUL-terminated                     */
    unsigned length;
    unsigned cursor; /* a byte in text, the first of a character */
    unsigned left;   /* the first byte of the text that the row shows */
    struct row row;  /* what the terminal shows               */
    unsigned at;     /* the column where its cursor stands    */
    char history[HISTORY][LINE_MOST + 1];
    unsigned remembered;       /* lines ever remembered; the newest is remembered - 1 */
    unsigned recalled;         /* how many lines back the text was taken from; 0: new */
    char draft[LINE_MOST + 1]; /* the new line, while an old one is shown            */
    enum key_state key;        /* where in an escape sequence the input stands       */
    unsigned parameter;        /* the number in that sequence                        */
    struct cell typed;         /* the bytes of a character that is not complete yet  */
    bool after_return;         /* a line feed now belongs to the line before          */
    void (*show)(const char *bytes, unsigned n); /* to the terminal                  */
};

/* Start a new line, with nothing shown yet. Called after the prompt was shown. */
void edit_begin(struct editor *e);

/* Show the line as it stands, with nothing of it shown yet. Called after the prompt was shown. */
void edit_again(struct editor *e);

/*
 * One byte from the terminal. EDIT_LINE: e->text is a line; EDIT_ABANDONED: Ctrl-C; after both
 * the terminal is at the start of a line, and edit_begin comes next. EDIT_TAB: the caller may
 * complete the word before the cursor, by edit_insert.
 */
enum edit_result { EDIT_MORE, EDIT_LINE, EDIT_ABANDONED, EDIT_TAB };
enum edit_result edit_byte(struct editor *e, char byte);

/* Insert text at the cursor, as if it had been typed. */
void edit_insert(struct editor *e, const char *text, unsigned bytes);

/* Show the line anew behind a prompt that was just shown: the terminal has lost its row. */
void edit_again(struct editor *e);

/* What shows the row anew behind a prompt, cursor included: its bytes, at most `size`. */
unsigned edit_row(const struct editor *e, char *to, unsigned size);
