/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line editor, ring 3. It changes its text first and then brings the terminal up to date, with
 * nothing but printable characters, backspaces and spaces, so that any terminal will do. Invariant:
 * cursor <= length <= LINE_MOST, and text[length] is NUL.
 *
 *   Ctrl-A, Home   to the start          Ctrl-E, End    to the end
 *   left, right    one character         up, down       older, newer lines
 *   Backspace      delete to the left    Delete         delete under the cursor
 *   Ctrl-U         delete to the start   Ctrl-W         delete the word to the left
 *   Ctrl-C         abandon the line
 */
#include <string.h>
#include "edit.h"

#define CTRL(letter) (letter & 0x1F)
#define ESCAPE       0x1B
#define BACKSPACE    0x7F

static void show_times(struct editor *e, char byte, unsigned n)
{
    while (n-- > 0)
        e->show(&byte, 1);
}

/* Show the text from character `from` on, where it may differ, and place the cursor. */
static void redraw(struct editor *e, unsigned from)
{
    if (from > e->at)
        e->show(e->text + e->at, from - e->at);
    else
        show_times(e, '\b', e->at - from);
    e->show(e->text + from, e->length - from);
    unsigned end = e->length;
    if (e->shown > e->length) {
        show_times(e, ' ', e->shown - e->length);
        end = e->shown;
    }
    show_times(e, '\b', end - e->cursor);
    e->shown = e->length;
    e->at = e->cursor;
}

static void move_to(struct editor *e, unsigned cursor)
{
    if (cursor > e->at)
        e->show(e->text + e->at, cursor - e->at);
    else
        show_times(e, '\b', e->at - cursor);
    e->cursor = e->at = cursor;
}

static void insert(struct editor *e, char c)
{
    if (e->length == LINE_MOST) {
        e->show("\a", 1);
        return;
    }
    memmove(e->text + e->cursor + 1, e->text + e->cursor, e->length - e->cursor + 1);
    e->text[e->cursor++] = c;
    e->length++;
    redraw(e, e->cursor - 1);
}

/* Delete what lies between `from` and `to`, and leave the cursor there. */
static void cut(struct editor *e, unsigned from, unsigned to)
{
    memmove(e->text + from, e->text + to, e->length - to + 1);
    e->length -= to - from;
    e->cursor = from;
    redraw(e, from);
}

static unsigned word_start(const struct editor *e)
{
    unsigned at = e->cursor;
    while (at > 0 && e->text[at - 1] == ' ')
        at--;
    while (at > 0 && e->text[at - 1] != ' ')
        at--;
    return at;
}

static void replace(struct editor *e, const char *text)
{
    e->length = e->cursor = strlen(text);
    memcpy(e->text, text, e->length + 1);
    redraw(e, 0);
}

/* Show the line `back` lines back; 0 is the new one, which `draft` keeps meanwhile. */
static void recall(struct editor *e, unsigned back)
{
    unsigned most = e->remembered < HISTORY ? e->remembered : HISTORY;
    if (back > most)
        return;
    if (e->recalled == 0)
        memcpy(e->draft, e->text, e->length + 1);
    e->recalled = back;
    replace(e, back ? e->history[(e->remembered - back) % HISTORY] : e->draft);
}

static void remember(struct editor *e)
{
    if (e->length == 0 ||
        (e->remembered && strcmp(e->history[(e->remembered - 1) % HISTORY], e->text) == 0))
        return;
    memcpy(e->history[e->remembered++ % HISTORY], e->text, e->length + 1);
}

/* Handle the last byte of ESC [ parameter byte. */
static void arrow(struct editor *e, char byte)
{
    if (byte == 'D' && e->cursor > 0)
        move_to(e, e->cursor - 1);
    else if (byte == 'C' && e->cursor < e->length)
        move_to(e, e->cursor + 1);
    else if (byte == 'A')
        recall(e, e->recalled + 1);
    else if (byte == 'B' && e->recalled > 0)
        recall(e, e->recalled - 1);
    else if (byte == 'H' || (byte == '~' && e->parameter == 1))
        move_to(e, 0);
    else if (byte == 'F' || (byte == '~' && e->parameter == 4))
        move_to(e, e->length);
    else if (byte == '~' && e->parameter == 3 && e->cursor < e->length)
        cut(e, e->cursor, e->cursor + 1);
}

/* Is the byte part of an escape sequence? If so, this handles it. */
static bool escape_sequence(struct editor *e, char byte)
{
    if (e->key == KEY_ESCAPE) {
        e->key = byte == '[' || byte == 'O' ? KEY_BRACKET : KEY_PLAIN;
        e->parameter = 0;
        return true;
    }
    if (e->key == KEY_BRACKET) {
        if (byte >= '0' && byte <= '9') {
            e->parameter = (e->parameter * 10 + (byte - '0')) % 1000;
        } else if (byte != ';') {
            e->key = KEY_PLAIN;
            arrow(e, byte);
        }
        return true;
    }
    if (byte == ESCAPE)
        e->key = KEY_ESCAPE;
    return byte == ESCAPE;
}

void edit_begin(struct editor *e)
{
    e->length = e->cursor = e->shown = e->at = e->recalled = 0;
    e->text[0] = '\0';
    e->key = KEY_PLAIN;
}

void edit_again(struct editor *e)
{
    e->shown = e->at = 0;
    redraw(e, 0);
}

enum edit_result edit_byte(struct editor *e, char byte)
{
    bool after_return = e->after_return;
    e->after_return = byte == '\r';

    if (escape_sequence(e, byte))
        return EDIT_MORE;
    switch (byte) {
    case '\n':
        if (after_return)
            return EDIT_MORE;
        /* fall through */
    case '\r':
        move_to(e, e->length);
        e->show("\n", 1);
        remember(e);
        return EDIT_LINE;
    case CTRL('C'):
        move_to(e, e->length);
        e->show("^C\n", 3);
        return EDIT_ABANDONED;
    case CTRL('A'): move_to(e, 0); break;
    case CTRL('E'): move_to(e, e->length); break;
    case CTRL('U'): cut(e, 0, e->cursor); break;
    case CTRL('W'): cut(e, word_start(e), e->cursor); break;
    case BACKSPACE:
    case '\b':
        if (e->cursor > 0)
            cut(e, e->cursor - 1, e->cursor);
        break;
    default:
        if (byte >= ' ' && byte < BACKSPACE)
            insert(e, byte);
    }
    return EDIT_MORE;
}
