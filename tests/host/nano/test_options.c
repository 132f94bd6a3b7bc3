/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nano's command line: what is understood, and that all else is refused, and named.
 * Sources: nano/options.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ringpost/layout.h>
#include "nano/options.h"
#include "nano/print.h"

static jmp_buf stopped;
static char said[1024];

void nano_stop(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
    longjmp(stopped, 1);
}

/* Reads an exact copy on the heap: the sanitizer sees a byte too far. False: it was refused. */
static bool reads(const char *line)
{
    char *copy = strdup(line);
    bool good = true;

    options = (struct options){true, true, true, DEFAULT_TASKS};
    said[0] = 0;
    if (setjmp(stopped))
        good = false;
    else
        options_read(copy);
    free(copy);
    return good;
}

static void what_there_is_is_read(void **state)
{
    static const struct {
        const char *line;
        bool user, page, segment;
        uint32_t tasks;
    } rows[] = {
        {"", 1, 1, 1, DEFAULT_TASKS},
        {"   ", 1, 1, 1, DEFAULT_TASKS},
        {"build/nano.elf ", 1, 1, 1, DEFAULT_TASKS},
        {"/a=b/nano.elf tasks=8", 1, 1, 1, 8},
        {"fences=none", 0, 0, 0, DEFAULT_TASKS},
        {"fences=user", 1, 0, 0, DEFAULT_TASKS},
        {"fences=page+user", 1, 1, 0, DEFAULT_TASKS},
        {"nano.elf  tasks=11264  fences=segment+page+user ", 1, 1, 1, MAX_TASKS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!reads(rows[i].line))
            fail_msg("\"%s\": %s", rows[i].line, said);
        assert_int_equal(options.user_fence, rows[i].user);
        assert_int_equal(options.page_fence, rows[i].page);
        assert_int_equal(options.segment_fence, rows[i].segment);
        assert_int_equal(options.tasks, rows[i].tasks);
    }
}

static void all_else_is_refused_and_named(void **state)
{
    static const struct {
        const char *line, *word;
    } rows[] = {
        {"fence=none", "fence=none"},
        {"task=64", "task=64"},
        {"nano.elf quiet", "quiet"},
        {"quiet nano.elf", "quiet"},
        {"tasks=8 nano.elf", "nano.elf"},
        {"fences=nano.elf", "fences=nano.elf"},
        {"tasks=64abc", "tasks=64abc"},
        {"tasks=", "tasks="},
        {"tasks=7", "tasks=7"},
        {"tasks=11265", "tasks=11265"},
        {"tasks=99999999999999999999", "tasks=99999999999999999999"},
        {"tasks=0x40", "tasks=0x40"},
        {"tasks=-9", "tasks=-9"},
        {"tasks=9,", "tasks=9,"},
        {"tasks=9\ttasks=10", "tasks=9\ttasks=10"},
        {"tasks=9 tasks=9", "tasks=9"},
        {"fences=none fences=user+page+segment", "fences=user+page+segment"},
        {"fences=", "fences="},
        {"fences=user+segmnt", "fences=user+segmnt"},
        {"fences=user+pgae+segment", "fences=user+pgae+segment"},
        {"fences=user,page", "fences=user,page"},
        {"fences=nonesuch", "fences=nonesuch"},
        {"fences=none+user", "fences=none+user"},
        {"fences=user+none", "fences=user+none"},
        {"fences=user+", "fences=user+"},
        {"fences=+user", "fences=+user"},
        {"fences=user++page", "fences=user++page"},
        {"fences=users", "fences=users"},
        {"fences=pageuser", "fences=pageuser"},
        {"fences=user page", "page"},
        {"fences=\"user\"", "fences=\"user\""},
        {"FENCES=user", "FENCES=user"},
    };
    char named[200];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (reads(rows[i].line))
            fail_msg("\"%s\" is read", rows[i].line);
        snprintf(named, sizeof named,
                 "command line: '%s' is refused; there are fences=", rows[i].word);
        assert_int_equal(strncmp(said, named, strlen(named)), 0);
    }
}

/* Boot loaders cut nothing, so what matters may stand behind any number of characters. */
static void a_long_line_is_read_to_its_end(void **state)
{
    static char line[4096];

    (void)state;
    memset(line, ' ', 3000);
    strcpy(line + 3000, "fences=page");
    assert_true(reads(line));
    assert_true(options.page_fence && !options.user_fence);
    strcpy(line + 3000, "fences=pgae");
    assert_false(reads(line));
    memset(line, 'x', 3000);
    assert_false(reads(line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_there_is_is_read),
        cmocka_unit_test(all_else_is_refused_and_named),
        cmocka_unit_test(a_long_line_is_read_to_its_end),
    };
    return cmocka_run_group_tests_name("command line", tests, NULL, NULL);
}
