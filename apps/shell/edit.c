/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line editor, ring 3. It changes its text first and then brings the terminal up to date
 * (row.c). What is typed is UTF-8; only whole characters come into the text. Invariant: cursor <=
 * length <= LINE_MOST, both at the start of a character, and text[length] is NUL.
 *
 *   Ctrl-A, Home   to the start          Ctrl-E, End    to the end
 *   left, right    one character         up, down       older, newer lines
 *   Backspace      delete to the left    Delete         delete under the cursor
 *   Ctrl-U         delete to the start   Ctrl-W         delete the word to the left
 *   Ctrl-C         abandon the line      Tab            complete (complete.c)
 */
#include <string.h>
#include "row.h"

#define CTRL(letter) (letter & 0x1F)
#define ESCAPE       0x1B
#define BACKSPACE    0x7F

static void move_to(struct editor *e, unsigned cursor)
{
    e->cursor = cursor;
    row_draw(e);
}

void edit_insert(struct editor *e, const char *text, unsigned bytes)
{
    if (bytes > LINE_MOST - e->length) {
        e->show("\a", 1);
        return;
    }
    memmove(e->text + e->cursor + bytes, e->text + e->cursor, e->length - e->cursor + 1);
    memcpy(e->text + e->cursor, text, bytes);
    e->cursor += bytes;
    e->length += bytes;
    row_draw(e);
}

/* Bytes of a character of UTF-8 that begins with this one; 0: none does. */
static unsigned character_bytes(char first)
{
    unsigned char byte = first;
    return byte < 0x80   ? 1
           : byte < 0xC2 ? 0
           : byte < 0xE0 ? 2
           : byte < 0xF0 ? 3
           : byte < 0xF5 ? 4
                         : 0;
}

/* Collects the bytes of a character and inserts it when all of them have come. */
static void insert_byte(struct editor *e, char byte)
{
    struct cell *c = &e->typed;

    if (!is_inside(byte))
        c->bytes = 0; /* what did not become a character is dropped */
    else if (c->bytes == 0)
        return;
    c->byte[c->bytes++] = byte;
    unsigned wanted = character_bytes(c->byte[0]);
    if (wanted > c->bytes)
        return;
    if (wanted)
        edit_insert(e, c->byte, wanted);
    c->bytes = 0;
}

/* Delete what lies between `from` and `to`, and leave the cursor there. */
static void cut(struct editor *e, unsigned from, unsigned to)
{
    memmove(e->text + from, e->text + to, e->length - to + 1);
    e->length -= to - from;
    e->cursor = from;
    row_draw(e);
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
    e->left = 0;
    row_draw(e);
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
        move_to(e, row_before(e, e->cursor));
    else if (byte == 'C' && e->cursor < e->length)
        move_to(e, row_behind(e, e->cursor));
    else if (byte == 'A')
        recall(e, e->recalled + 1);
    else if (byte == 'B' && e->recalled > 0)
        recall(e, e->recalled - 1);
    else if (byte == 'H' || (byte == '~' && e->parameter == 1))
        move_to(e, 0);
    else if (byte == 'F' || (byte == '~' && e->parameter == 4))
        move_to(e, e->length);
    else if (byte == '~' && e->parameter == 3 && e->cursor < e->length)
        cut(e, e->cursor, row_behind(e, e->cursor));
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
    e->length = e->cursor = e->left = e->at = e->recalled = 0;
    e->row.columns = e->typed.bytes = 0;
    e->text[0] = '\0';
    e->key = KEY_PLAIN;
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
            cut(e, row_before(e, e->cursor), e->cursor);
        break;
    case '\t': return EDIT_TAB;
    default:
        if ((unsigned char)byte >= ' ')
            insert_byte(e, byte);
    }
    return EDIT_MORE;
}
