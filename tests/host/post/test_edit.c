/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shell's line editor, against a model of a terminal: after every key the terminal must
 * show the prompt, the line, and nothing else, with its cursor where the editor's is.
 * Sources: apps/shell/edit.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "apps/shell/edit.h"

#define WIDTH (LINE_MOST + 2)
#define UP    "\x1b[A"
#define DOWN  "\x1b[B"
#define RIGHT "\x1b[C"
#define LEFT  "\x1b[D"

static struct editor editor;
static char screen[WIDTH];
static unsigned column, bells;

static void terminal(const char *bytes, unsigned n)
{
    for (; n > 0; n--, bytes++) {
        if (*bytes == '\b') {
            assert_true(column > 0);
            column--;
        } else if (*bytes == '\n') {
            memset(screen, ' ', WIDTH);
            column = 0;
        } else if (*bytes == '\a') {
            bells++;
        } else {
            assert_in_range(*bytes, ' ', '~');
            assert_true(column < WIDTH);
            screen[column++] = *bytes;
        }
    }
}

static int begin(void **state)
{
    (void)state;
    memset(&editor, 0, sizeof editor);
    memset(screen, ' ', WIDTH);
    column = bells = 0;
    editor.show = terminal;
    edit_begin(&editor);
    return 0;
}

static void check_screen(void)
{
    assert_true(editor.cursor <= editor.length && editor.length <= LINE_MOST);
    assert_int_equal(strlen(editor.text), editor.length);
    assert_int_equal(column, editor.cursor);
    assert_memory_equal(screen, editor.text, editor.length);
    for (unsigned i = editor.length; i < WIDTH; i++)
        assert_int_equal(screen[i], ' ');
}

/* Type keys; returns the last line that they completed, or NULL. */
static const char *type(const char *keys)
{
    static char line[LINE_MOST + 1];
    const char *got = NULL;
    for (; *keys; keys++) {
        enum edit_result result = edit_byte(&editor, *keys);
        if (result == EDIT_MORE) {
            check_screen();
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

static void a_lost_line_is_shown_again(void **state)
{
    (void)state;
    type("ping ecko" LEFT);
    memset(screen, ' ', WIDTH); /* another terminal, or console */
    column = 0;
    edit_again(&editor);
    check_screen();
    assert_string_equal(type("\x7fh\n"), "ping echo");
}

static void any_bytes_leave_the_screen_right(void **state)
{
    static const char *const keys[] = {UP,     DOWN,   LEFT,   RIGHT, "\x1b[3~", "\x7f", "\x17",
                                       "\x15", "\x01", "\x05", "a",   "bc d",    "\n",   "\x03",
                                       "\xff", "\x1b", "[",    "\t",  "5"};
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
        cmocka_unit_test_setup(a_lost_line_is_shown_again, begin),
        cmocka_unit_test_setup(any_bytes_leave_the_screen_right, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
