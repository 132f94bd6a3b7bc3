/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shell's line editor, against a model of a terminal: after every key the terminal must
 * show the prompt, the line, and nothing else, with its cursor where the editor's is.
 * Sources: apps/shell/edit.c apps/shell/row.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "apps/shell/edit.h"

#define WIDTH 70 /* of 80, behind the prompt; the cursor may stand in the last one */
#define UP    "\x1b[A"
#define DOWN  "\x1b[B"
#define RIGHT "\x1b[C"
#define LEFT  "\x1b[D"

static struct editor editor;
static char screen[WIDTH][5]; /* a character each */
static unsigned column, bells;

static void clear(void)
{
    for (unsigned i = 0; i < WIDTH; i++)
        strcpy(screen[i], " ");
    column = 0;
}

static void terminal(const char *bytes, unsigned n)
{
    for (; n > 0; n--, bytes++) {
        if (*bytes == '\b') {
            assert_true(column > 0);
            column--;
        } else if (*bytes == '\n') {
            clear();
        } else if (*bytes == '\a') {
            bells++;
        } else if ((*bytes & 0xC0) == 0x80) { /* inside a character */
            assert_true(column > 0);
            assert_in_range(strlen(screen[column - 1]), 1, 3);
            strncat(screen[column - 1], bytes, 1);
        } else {
            assert_true(*bytes & 0x80 || (*bytes >= ' ' && *bytes <= '~'));
            assert_true(column < WIDTH - 1); /* nothing ever wraps */
            memset(screen[column], 0, sizeof screen[column]);
            screen[column++][0] = *bytes;
        }
    }
}

static int begin(void **state)
{
    (void)state;
    memset(&editor, 0, sizeof editor);
    clear();
    bells = 0;
    editor.show = terminal;
    edit_begin(&editor);
    return 0;
}

/* The row shows the text from `left` on, and marks where there is more. */
static void check_screen(void)
{
    unsigned at = editor.left, i = 0, cursor_at = WIDTH;
    char blank[5] = " ";

    assert_true(editor.cursor <= editor.length && editor.length <= LINE_MOST);
    assert_int_equal(strlen(editor.text), editor.length);
    for (; i < COLUMNS && at < editor.length; i++) {
        char character[5] = {editor.text[at]};
        if (at == editor.cursor)
            cursor_at = i;
        for (at++; at < editor.length && (editor.text[at] & 0xC0) == 0x80; at++)
            strncat(character, &editor.text[at], 1);
        if (i == 0 && editor.left > 0)
            assert_string_equal(screen[i], "<");
        else if (i == COLUMNS - 1 && at < editor.length)
            assert_string_equal(screen[i], ">");
        else
            assert_string_equal(screen[i], character);
    }
    if (at == editor.cursor)
        cursor_at = i;
    assert_int_equal(column, cursor_at);
    assert_true(column > 0 || editor.left == 0);
    for (; i < WIDTH; i++)
        assert_string_equal(screen[i], blank);
}

/* What the console would draw anew is what the terminal shows, cursor included. */
static void check_drawn_anew(void)
{
    char bytes[COLUMNS * 5], before[sizeof screen];
    unsigned where = column, n = edit_row(&editor, bytes, sizeof bytes);

    memcpy(before, screen, sizeof screen);
    clear();
    terminal(bytes, n);
    assert_memory_equal(screen, before, sizeof screen);
    assert_int_equal(column, where);
}

/* Type keys; returns the last line that they completed, or NULL. */
static const char *type(const char *keys)
{
    static char line[LINE_MOST + 1];
    const char *got = NULL;
    for (; *keys; keys++) {
        enum edit_result result = edit_byte(&editor, *keys);
        if (result == EDIT_MORE || result == EDIT_TAB) {
            check_screen();
            check_drawn_anew();
            continue;
        }
        assert_int_equal(column, 0);
        if (result == EDIT_LINE)
            got = strcpy(line, editor.text);
        edit_begin(&editor);
    }
    return got;
}

static void keys_edit_the_line(void **state)
{
    (void)state;
    assert_string_equal(type("ping echo\n"), "ping echo");
    assert_string_equal(type("pingg\x7f echo\r"), "ping echo");
    assert_string_equal(type("png" LEFT LEFT "i" RIGHT "\b\bin\x05!\r"), "ping!");
    assert_string_equal(type("abc\x15xyz\n"), "xyz");
    assert_string_equal(type("one two  three  \x17\x17+\n"), "one +");
    assert_string_equal(type("abc\x01\x1b[3~X\x1b[F\x1b[HY\n"), "YXbc");
    assert_string_equal(type("\x7f\b" LEFT RIGHT "\x15\x17\n"), "");
    assert_string_equal(type("a\x1b[1;5Db\x1bOD\x1b[99xc\n"), "cba");
}

static void return_and_line_feed_are_one_end(void **state)
{
    (void)state;
    assert_string_equal(type("a\r\nb\r\n"), "b");
    assert_string_equal(type("c\n\n"), "");
    assert_null(type("x\x03"));
    assert_string_equal(type("y\n"), "y");
}

static void old_lines_come_back(void **state)
{
    (void)state;
    type("first\nsecond\nsecond\n\nthird\n");
    assert_string_equal(type(UP UP UP "\n"), "first");
    assert_string_equal(type("new" UP UP DOWN DOWN "er\n"), "newer");
    for (char c = 'a'; c <= 'z'; c++)
        type((char[]){c, '\n', 0});
    assert_string_equal(type(UP UP UP UP UP UP UP UP UP UP UP "\n"), "s");
}

static void a_full_line_rings(void **state)
{
    (void)state;
    for (int i = 0; i < LINE_MOST + 5; i++)
        type("w");
    assert_int_equal(bells, 5);
    assert_int_equal(editor.length, LINE_MOST);
}

static void a_long_line_moves_along_in_its_row(void **state)
{
    (void)state;
    for (int i = 0; i < COLUMNS; i++)
        type("x");
    assert_int_equal(editor.left, 0);
    type("y");
    assert_true(editor.left > 0);
    assert_string_equal(screen[0], "<");
    type("\x01"); /* to the start */
    assert_int_equal(editor.left, 0);
    assert_string_equal(screen[COLUMNS - 1], ">");
    type("\x1b[F" LEFT "z");
    assert_string_equal(editor.text + COLUMNS, "zy");
    type("\x15\x1b[3~");
    assert_int_equal(editor.length, 0);
}

static void utf8_is_kept(void **state)
{
    (void)state;
    assert_string_equal(type("gr\xc3\xbc\xc3\x9f\x65 \xe2\x82\xac \xf0\x9f\x98\x80!\n"),
                        "gr\xc3\xbc\xc3\x9f\x65 \xe2\x82\xac \xf0\x9f\x98\x80!");
    assert_string_equal(type("\xc3\xa4\xc3\xb6\x7f\xc3\xbc\n"), "\xc3\xa4\xc3\xbc");
    assert_string_equal(type("\xe2\x82\xac" LEFT "a" RIGHT "b\x01\x1b[3~\n"), "\xe2\x82\xac\x62");
    /* What is no character is no part of the line. */
    assert_string_equal(type("a\xc3\x62\xbf\xff\xc0\xaf\xe2\x82\x63\n"), "abc");
}

static void a_lost_line_is_shown_again(void **state)
{
    (void)state;
    type("ping ecko" LEFT);
    clear(); /* another terminal, or console */
    edit_again(&editor);
    check_screen();
    assert_string_equal(type("\x7fh\n"), "ping echo");
}

static void any_bytes_leave_the_screen_right(void **state)
{
    static const char *const keys[] = {UP,
                                       DOWN,
                                       LEFT,
                                       RIGHT,
                                       "\x1b[3~",
                                       "\x7f",
                                       "\x17",
                                       "\x15",
                                       "\x01",
                                       "\x05",
                                       "a",
                                       "bc d",
                                       "\n",
                                       "\x03",
                                       "\xff",
                                       "\x1b",
                                       "[",
                                       "\t",
                                       "5",
                                       "\xc3\xa4",
                                       "\xe2\x82\xac",
                                       "a long word, and another"};
    (void)state;
    srand(1);
    for (int i = 0; i < 200000; i++)
        type(keys[(unsigned)rand() % (sizeof keys / sizeof keys[0])]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(keys_edit_the_line, begin),
        cmocka_unit_test_setup(return_and_line_feed_are_one_end, begin),
        cmocka_unit_test_setup(old_lines_come_back, begin),
        cmocka_unit_test_setup(a_full_line_rings, begin),
        cmocka_unit_test_setup(a_long_line_moves_along_in_its_row, begin),
        cmocka_unit_test_setup(utf8_is_kept, begin),
        cmocka_unit_test_setup(a_lost_line_is_shown_again, begin),
        cmocka_unit_test_setup(any_bytes_leave_the_screen_right, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
