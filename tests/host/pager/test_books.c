/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's books: free frames, regions of first touch, how often a task may start again, and
 * the manifest. All plain C; the books are held against a naive model of each.
 *
 * Sources: pager/frames.c pager/regions.c pager/manifest.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ringpost/layout.h>
#include "../../../pager/frames.h"
#include "../../../pager/manifest.h"
#include "../../../pager/regions.h"

static void frames_are_taken_once(void **state)
{
    bool out[200] = {false};

    (void)state;
    assert_int_equal(frames_take(), 0);
    frames_add(100, 50);
    frames_add(20, 30);
    frames_add(FRAMES_MAX - 1, 5); /* one of these exists */
    assert_int_equal(frames_free(), 81);
    for (int i = 0; i < 80; i++) {
        uint32_t f = frames_take();

        assert_true((f >= 100 && f < 150) || (f >= 20 && f < 50));
        assert_false(out[f]);
        out[f] = true;
    }
    assert_int_equal(frames_take(), FRAMES_MAX - 1);
    assert_int_equal(frames_take(), 0);
    assert_true(frames_give(30));
    assert_false(frames_give(30)); /* free already */
    assert_false(frames_give(0));
    assert_false(frames_give(FRAMES_MAX));
    assert_int_equal(frames_free(), 1);
    assert_int_equal(frames_take(), 30);
}

#define MODEL 300 /* pages */

enum state { NONE, HOME, AWAY };

static bool model_all(const enum state *model, uint32_t from, uint32_t to, enum state value)
{
    for (uint32_t i = from; i < to; i++)
        if (model[i] != value)
            return false;
    return true;
}

static void model_set(enum state *model, uint32_t from, uint32_t to, enum state value)
{
    for (uint32_t i = from; i < to; i++)
        model[i] = value;
}

static void regions_in_order(const struct regions *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        assert_true(r->at[i].from < r->at[i].to);
        assert_true(i == 0 || r->at[i - 1].to <= r->at[i].from);
        assert_true(i == 0 || r->at[i - 1].to < r->at[i].from || r->at[i - 1].away ||
                    r->at[i].away);
    }
}

static void regions_follow_the_model(void **state)
{
    static struct regions r;
    enum state model[MODEL] = {NONE};
    struct {
        uint32_t from, to;
    } sent[20];
    unsigned sent_count = 0;

    (void)state;
    srand(1);
    for (int round = 0; round < 200000; round++) {
        uint32_t from = rand() % MODEL, to = from + rand() % 12, gap, bytes;
        bool none, home, away;

        if (to > MODEL)
            to = MODEL;
        none = to > from && model_all(model, from, to, NONE);
        home = to > from && model_all(model, from, to, HOME);
        assert_int_equal(regions_hold(&r, from << 12, to << 12), home);
        assert_int_equal(regions_sent(&r, from << 12), model[from] == AWAY);
        switch (rand() % 5) {
        case 0:
        case 1:
            assert_int_equal(regions_add(&r, from << 12, to << 12), none);
            if (none)
                model_set(model, from, to, HOME);
            break;
        case 2:
            assert_int_equal(regions_remove(&r, from << 12, to << 12), home);
            if (home)
                model_set(model, from, to, NONE);
            break;
        case 3: /* what lies outside of regions goes along unnoticed */
            if (sent_count == 20 || from == to)
                break;
            away = false;
            for (uint32_t i = from; i < to; i++)
                away |= model[i] == AWAY;
            if (away)
                break;
            assert_true(regions_send(&r, from << 12, to << 12));
            for (uint32_t i = from; i < to; i++)
                model[i] = model[i] == HOME ? AWAY : model[i];
            sent[sent_count].from = from;
            sent[sent_count++].to = to;
            break;
        case 4:
            if (sent_count == 0)
                break;
            from = sent[--sent_count].from;
            to = sent[sent_count].to;
            home = rand() % 2;
            if (home)
                regions_return(&r, from << 12, to << 12);
            else
                regions_forget(&r, from << 12, to << 12);
            for (uint32_t i = from; i < to; i++)
                model[i] = model[i] != AWAY ? model[i] : home ? HOME : NONE;
            break;
        }
        regions_in_order(&r);
        bytes = 1 + rand() % 8;
        from = 1 + rand() % MODEL;
        gap = regions_gap(&r, from << 12, MODEL << 12, bytes << 12) >> 12;
        for (; from + bytes <= MODEL && !model_all(model, from, from + bytes, NONE); from++)
            ;
        assert_int_equal(gap, from + bytes <= MODEL ? from : 0);
    }
}

/* When the table is full, what needs no new place still works: above all to return. */
static void regions_have_a_limit(void **state)
{
    static struct regions r;
    uint32_t last = REGIONS_MAX * 8 * PAGE_SIZE;

    (void)state;
    assert_true(regions_add(&r, last, last + 6 * PAGE_SIZE));
    assert_true(regions_send(&r, last + PAGE_SIZE, last + 2 * PAGE_SIZE));
    for (uint32_t i = 1; r.count < REGIONS_MAX; i++)
        assert_true(regions_add(&r, i * 2 * PAGE_SIZE, (i * 2 + 1) * PAGE_SIZE));
    assert_false(regions_add(&r, last + 20 * PAGE_SIZE, last + 21 * PAGE_SIZE));
    assert_false(regions_remove(&r, last + 3 * PAGE_SIZE, last + 4 * PAGE_SIZE));
    assert_false(regions_send(&r, last + 3 * PAGE_SIZE, last + 4 * PAGE_SIZE));
    assert_int_equal(r.count, REGIONS_MAX);
    regions_in_order(&r);
    assert_true(regions_hold(&r, last + 2 * PAGE_SIZE, last + 6 * PAGE_SIZE));
    regions_return(&r, last + PAGE_SIZE, last + 2 * PAGE_SIZE);
    assert_int_equal(r.count, REGIONS_MAX - 2);
    assert_true(regions_hold(&r, last, last + 6 * PAGE_SIZE));
}

static void gap_beyond_the_end(void **state)
{
    static struct regions r;

    (void)state;
    assert_true(regions_add(&r, 0x1000, 0x9000));
    assert_int_equal(regions_gap(&r, 0x2000, 0x8000, 0x1000), 0);
    assert_int_equal(regions_gap(&r, 0x9000, 0x8000, 0x1000), 0);
    assert_int_equal(regions_gap(&r, 0x2000, 0xA000, 0xFFFFF000), 0);
    assert_int_equal(regions_gap(&r, 0x2000, 0xA000, 0x1000), 0x9000);
}

static bool parse(struct manifest *m, const char *text, struct text_error *e)
{
    /* An exact copy on the heap: the sanitizer sees a byte read too far. */
    size_t bytes = strlen(text);
    char *copy = malloc(bytes ? bytes : 1);
    bool ok;

    memcpy(copy, text, bytes);
    ok = manifest_parse(m, copy, bytes, e);
    free(copy);
    return ok;
}

static void manifest_reads_every_column(void **state)
{
    static struct manifest m;
    struct text_error e;
    const struct program *p;

    (void)state;
    assert_true(parse(&m,
                      "# comment\n\n"
                      "task console module=con priority=24 lines=128/64 ports=0x3f8-0x3ff irq=4 "
                      "modules=a,b.c? start=yes restart=always # more\r\n"
                      "\ttask hello module=hello priority=8",
                      &e));
    assert_int_equal(m.count, 2);
    p = manifest_find(&m, "console");
    assert_non_null(p);
    assert_string_equal(p->module, "con");
    assert_int_equal(p->priority, 24);
    assert_int_equal(p->in_lines, 128);
    assert_int_equal(p->out_lines, 64);
    assert_int_equal(p->port_first, 0x3f8);
    assert_int_equal(p->ports, 8);
    assert_int_equal(p->irq, 4);
    assert_true(p->start && p->restart == RESTART_ALWAYS);
    assert_true(manifest_gives(p, "a") && manifest_gives(p, "b.c"));
    assert_true(!p->may_lack[0] && p->may_lack[1]);
    assert_false(manifest_gives(p, "b") || manifest_gives(p, ""));
    p = manifest_find(&m, "hello");
    assert_non_null(p);
    assert_int_equal(p->in_lines, 64);
    assert_int_equal(p->ports, 0);
    assert_false(p->start || p->restart != RESTART_NEVER);
    assert_null(manifest_find(&m, "hell"));
}

static void manifest_says_line_and_reason(void **state)
{
    static const struct {
        uint32_t line;
        const char *word, *reason, *text;
    } bad[] = {
        {0, "", "it names no task", "# nothing\n"},
        {0, "", "it names no task", ""},
        {1, "tasc", "a line begins with 'task'", "tasc a module=a priority=1"},
        {1, "", "a name is 1 to 31 letters, digits, '_', '.' or '-'", "task"},
        {1, "a/b", "a name is 1 to 31 letters, digits, '_', '.' or '-'", "task a/b"},
        {2, "pager", "the system keeps this name for itself", "\ntask pager module=a priority=1"},
        {2, "a", "another task already has this name",
         "task a module=a priority=1\ntask a module=b priority=1"},
        {1, "a", "module= is missing", "task a priority=1"},
        {1, "a", "priority= is missing", "task a module=a"},
        {1, "priority=0", "priority is 1 to 31", "task a priority=0"},
        {1, "priority=32", "priority is 1 to 31", "task a priority=32"},
        {1, "priority=99999999999", "priority is 1 to 31", "task a priority=99999999999"},
        {1, "priority=", "priority is 1 to 31", "task a priority="},
        {1, "module=", "not the name of a module", "task a module="},
        {1, "lines=128", "lines is IN/OUT, each 64 or 128", "task a lines=128"},
        {1, "lines=96/64", "lines is IN/OUT, each 64 or 128", "task a lines=96/64"},
        {1, "ports=0x3f8-0x400", "ports is LO-HI, within 0x100 to 0x3ff",
         "task a ports=0x3f8-0x400"},
        {1, "ports=0x109-0x108", "ports is LO-HI, within 0x100 to 0x3ff",
         "task a ports=0x109-0x108"},
        {1, "ports=0x60-0x64", "ports is LO-HI, within 0x100 to 0x3ff", "task a ports=0x60-0x64"},
        {1, "ports=0xff-0x100", "ports is LO-HI, within 0x100 to 0x3ff", "task a ports=0xff-0x100"},
        {1, "irq=0", "irq is 1 or 3 to 15", "task a irq=0"},
        {1, "irq=2", "irq is 1 or 3 to 15", "task a irq=2"},
        {1, "irq=16", "irq is 1 or 3 to 15", "task a irq=16"},
        {2, "irq=4", "another task already has this irq",
         "task a module=a priority=1 irq=4\ntask b module=b priority=1 irq=4"},
        {2, "ports=0x3f8-0x3f9", "another task already has one of these ports",
         "task a module=a priority=1 ports=0x3f0-0x3f8\ntask b ports=0x3f8-0x3f9"},
        {1, "modules=a,b,c,d,e", "modules is up to four names with commas between them",
         "task a modules=a,b,c,d,e"},
        {1, "modules=?", "modules is up to four names with commas between them",
         "task a modules=?"},
        {1, "modules=a?b", "modules is up to four names with commas between them",
         "task a modules=a?b"},
        {1, "module=a?", "not the name of a module", "task a module=a?"},
        {1, "modules=a,", "modules is up to four names with commas between them",
         "task a modules=a,"},
        {1, "start=maybe", "start is yes or no", "task a start=maybe"},
        {1, "restart=yes", "restart is never, fault or always", "task a restart=yes"},
        {2, "restart=allways", "restart is never, fault or always",
         "task a module=a priority=1 restart=fault\ntask b restart=allways"},
        {1, "restart=", "restart is never, fault or always", "task a restart="},
        {1, "prioriyt=3", "unknown key", "task a prioriyt=3"},
        {1, "loose", "not KEY=VALUE", "task a loose"},
        {1, "start=no", "the line has this key twice", "task a start=yes start=no"},
        {1, "", "too many words", "task a b c d e f g h i j k l m n o p q r s t"},
        {1, "x?????", "a line begins with 'task'", "x\x01\x02\x7f\xff\x80"},
        {1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a name is 1 to 31 letters, digits, '_', '.' or '-'",
         "task aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa module=a priority=1"},
    };
    static struct manifest m;
    struct text_error e;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(parse(&m, bad[i].text, &e));
        assert_string_equal(e.reason, bad[i].reason);
        assert_string_equal(e.word, bad[i].word);
        assert_int_equal(e.line, bad[i].line);
    }
}

static bool there(const char *module) { return !strncmp(module, "is", 2); }

static void manifest_fits_the_boot(void **state)
{
#define REGISTRAR "task registrar module=is1 priority=28 start=yes\n"
    static const struct {
        uint32_t line;
        const char *word, *reason, *text;
    } rows[] = {
        {0, "", NULL, REGISTRAR "task b module=is2 priority=1 start=yes modules=is1,not?"},
        {0, "", NULL, REGISTRAR "task b module=is2 priority=1\ntask c module=is2 priority=1"},
        {2, "no", "there is no such boot module", REGISTRAR "task b module=no priority=1"},
        {3, "not", "there is no such boot module; NAME? need not be there",
         "\n" REGISTRAR "task b module=is priority=1 modules=is1,not"},
        {3, "c", "more tasks to start than slots; tasks=N makes more",
         REGISTRAR "task b module=is priority=1 start=yes\ntask c module=is priority=1 start=yes"},
        {0, "", "no task 'registrar' has start=yes, so nobody could open a route",
         "task registar module=is1 priority=28 start=yes"},
        {0, "", "no task 'registrar' has start=yes, so nobody could open a route",
         "task registrar module=is1 priority=28"},
    };
    static struct manifest m;
    struct text_error e;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(parse(&m, rows[i].text, &e));
        assert_int_equal(manifest_fits(&m, there, 2, &e), !rows[i].reason);
        assert_int_equal(e.line, rows[i].line);
        assert_string_equal(e.word, rows[i].word);
        if (rows[i].reason)
            assert_string_equal(e.reason, rows[i].reason);
    }
}

static void manifest_has_a_limit(void **state)
{
    static struct manifest m;
    static char text[MANIFEST_MAX * 40 + 100];
    struct text_error e;

    (void)state;
    for (int i = 0; i < MANIFEST_MAX; i++)
        sprintf(text + strlen(text), "task t%d module=a priority=1\n", i);
    assert_true(parse(&m, text, &e));
    assert_int_equal(m.count, MANIFEST_MAX);
    strcat(text, "task more module=a priority=1\n");
    assert_false(parse(&m, text, &e));
    assert_string_equal(e.reason, "too many tasks");
    assert_int_equal(e.line, MANIFEST_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_taken_once),
        cmocka_unit_test(regions_follow_the_model),
        cmocka_unit_test(regions_have_a_limit),
        cmocka_unit_test(gap_beyond_the_end),
        cmocka_unit_test(manifest_reads_every_column),
        cmocka_unit_test(manifest_says_line_and_reason),
        cmocka_unit_test(manifest_fits_the_boot),
        cmocka_unit_test(manifest_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
