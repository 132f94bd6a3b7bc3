/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registrar's table outlives the registrar. It is cut short at every store of every change, and
 * the next registrar must find the state before or after that change, and nothing damaged. And it
 * is damaged on purpose, bit by bit: what was revoked must not come back.
 *
 * Sources: apps/registrar/policy.c apps/registrar/routes.c apps/registrar/table.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../../../apps/registrar/routes.h"

#define SHELL TASK_ID(3, 1)
#define ECHO  TASK_ID(4, 1)
#define NEXT  TASK_ID(4, 2) /* echo's successor, in its slot */
#define FAR   TASK_ID(40, 1)
#define OTHER TASK_ID(40, 2) /* in its slot */

static struct policy policy;
static struct table table;

/* ---- The store that the registrar dies of -------------------------------------------------- */

static jmp_buf death;
static unsigned stores_left; /* 0: it lives */

void table_store(uint32_t *word, uint32_t value)
{
    if (stores_left && --stores_left == 0)
        longjmp(death, 1);
    *word = value;
}

/* ---- Registrars, one after the other ------------------------------------------------------- */

static unsigned complaints;

static void says(uint32_t slot, uint32_t handle)
{
    (void)slot, (void)handle;
    complaints++;
}

static const char rules[] = "allow shell to echo badge=5\nallow shell to a\nallow shell to b\n"
                            "allow shell to far\nallow echo to shell\nallow far to echo\n";

static int fresh(void **state)
{
    struct text_error e;

    (void)state;
    memset(&table, 0, sizeof table);
    stores_left = complaints = 0;
    routes_start(&table, 0, &policy, says);
    return policy_parse(&policy, rules, sizeof rules - 1, &e) ? 0 : -1;
}

/* The next registrar; the pager tells it of the tasks that are up by now. */
static void take_over(uint32_t echo, uint32_t far)
{
    routes_start(&table, TABLE_PAGES, &policy, says);
    routes_up(SHELL, "shell");
    if (echo)
        routes_up(echo, "echo");
    if (far)
        routes_up(far, far == FAR ? "far" : "other");
    table_confirmed();
}

static void next_registrar(uint32_t echo, uint32_t far)
{
    stores_left = 0;
    take_over(echo, far);
}

/* ---- Changes ------------------------------------------------------------------------------- */

static uint32_t opened;

static void up_shell(void) { routes_up(SHELL, "shell"); }
static void up_echo(void) { routes_up(ECHO, "echo"); }
static void up_next(void) { routes_up(NEXT, "echo"); }
static void up_far(void) { routes_up(FAR, "far"); }
static void up_other(void) { routes_up(OTHER, "other"); }
static void down_echo(void) { routes_down(ECHO); }
static void down_next(void) { routes_down(NEXT); }
static void open_echo(void) { routes_open(&policy, SHELL, "echo", &opened); }
static void open_a(void) { routes_open(&policy, SHELL, "a", &opened); }
static void open_b(void) { routes_open(&policy, SHELL, "b", &opened); }
static void open_shell(void) { routes_open(&policy, ECHO, "shell", &opened); }
static void close_first(void) { routes_close(SHELL, HANDLE_FIRST); }
static void revoke_second(void) { routes_revoke(SHELL, HANDLE_FIRST + 1); }

static const struct change {
    void (*make)(void);
    uint32_t echo; /* which task of that name is up after it */
    uint32_t far;  /* which task is up in that slot */
} changes[] = {
    {up_shell, 0, 0},           {up_echo, ECHO, 0},    {open_echo, ECHO, 0},
    {open_a, ECHO, 0},          {open_shell, ECHO, 0}, {revoke_second, ECHO, 0},
    {close_first, ECHO, 0},     {open_b, ECHO, 0},     {open_echo, ECHO, 0},
    {up_far, ECHO, FAR},        {down_echo, 0, FAR},   {up_next, NEXT, FAR},
    {revoke_second, NEXT, FAR}, {down_next, 0, FAR},   {up_other, 0, OTHER},
};

#define CHANGES (sizeof changes / sizeof *changes)

/* All that a task can see of the table. */
struct sight {
    uint32_t echo, far;
    struct {
        enum status status;
        uint32_t receiver;
        const struct rule *rule;
        enum route_news news;
    } route[5][HANDLES];
};

static struct sight look(void)
{
    static const uint32_t ids[] = {SHELL, ECHO, NEXT, FAR, OTHER};
    struct sight s;

    memset(&s, 0, sizeof s);
    s.echo = routes_id_of("echo");
    s.far = routes_id_of("far");
    for (unsigned i = 0; i < 5; i++) {
        for (uint32_t h = 0; h < HANDLES; h++) {
            struct route_view v = {0};

            s.route[i][h].status = routes_look(ids[i], h, &v);
            s.route[i][h].receiver = v.receiver;
            s.route[i][h].rule = v.rule;
            s.route[i][h].news = routes_news(ids[i], h);
        }
    }
    return s;
}

/* Makes the changes; the registrar dies of the n-th store. Returns that change, or CHANGES. */
static unsigned make_until(unsigned n)
{
    static volatile unsigned i;

    stores_left = n;
    i = 0;
    if (setjmp(death) == 0)
        for (; i < CHANGES; i++)
            changes[i].make();
    stores_left = 0;
    return i;
}

static void a_change_is_made_or_not(void **state)
{
    static struct sight after[CHANGES], now;
    unsigned died;

    (void)state;
    for (unsigned i = 0; i < CHANGES; i++) {
        changes[i].make();
        after[i] = look();
    }
    assert_int_equal(after[CHANGES - 1].route[0][HANDLE_FIRST + 1].status, STATUS_REVOKED);
    for (unsigned n = 1;; n++) {
        fresh(NULL);
        died = make_until(n);
        if (died == CHANGES) {
            assert_true(n > 200); /* or these were not all stores */
            return;
        }
        next_registrar(changes[died].echo, changes[died].far);
        assert_int_equal(complaints, 0);
        now = look();
        if (memcmp(&now, &after[died], sizeof now) != 0) {
            assert_true(died > 0);
            assert_memory_equal(&now, &after[died - 1], sizeof now);
        }
        /* Asked again, it is made; and all goes on. */
        for (unsigned i = died; i < CHANGES; i++) {
            changes[i].make();
            now = look();
            assert_memory_equal(&now, &after[i], sizeof now);
        }
    }
}

/* ---- Damage -------------------------------------------------------------------------------- */

static void build(void)
{
    fresh(NULL);
    make_until(0);
    routes_up(NEXT, "echo");
    routes_up(FAR, "far");
}

static void build_with(unsigned damage)
{
    build();
    if (damage == 1)
        table.row[3].name[2] ^= 1;
    if (damage == 2)
        table.head ^= 4;
    if (damage == 3)
        memset(&table.row[3], 0, sizeof table.row[3]);
}

/* False: the registrar has died of the n-th store. */
static bool take_over_until(unsigned n)
{
    stores_left = n;
    if (setjmp(death))
        return false;
    take_over(NEXT, FAR);
    stores_left = 0;
    return true;
}

/* The next registrar may die of its first stores, too. */
static void a_take_over_can_be_cut_short(void **state)
{
    static struct sight whole, now;

    (void)state;
    for (unsigned damage = 0; damage < 4; damage++) {
        build_with(damage);
        assert_true(take_over_until(0));
        whole = look();
        for (unsigned n = 1;; n++) {
            build_with(damage);
            if (take_over_until(n))
                break;
            next_registrar(NEXT, FAR);
            now = look();
            assert_memory_equal(&now, &whole, sizeof now);
        }
    }
}

static void check_after_damage(void)
{
    struct route_view v;
    uint32_t h;
    enum status status;

    next_registrar(NEXT, FAR);
    assert_string_equal(routes_name_of(SHELL), "shell");
    /* The revoked route: to a, in the second handle. */
    assert_int_not_equal(routes_open(&policy, SHELL, "a", &h), STATUS_OK);
    status = routes_look(SHELL, HANDLE_FIRST + 1, &v);
    assert_true(status == STATUS_REVOKED || status == STATUS_NO_ROUTE);
    assert_int_equal(routes_news(SHELL, HANDLE_FIRST + 1), NEWS_GONE);
    /* What is open leads where it led, or nowhere. */
    status = routes_look(SHELL, HANDLE_FIRST + 2, &v);
    assert_true(status == STATUS_REVOKED || (status == STATUS_OK && v.rule->badge == 5));
    /* Others are as before. */
    assert_int_equal(routes_open(&policy, FAR, "echo", &h), STATUS_OK);
    assert_int_equal(h, HANDLE_FIRST);
}

static void no_flip_brings_a_revoked_route_back(void **state)
{
    struct row *r = &table.row[3];
    uint32_t *first = (uint32_t *)r, words = sizeof *r / 4;

    (void)state;
    for (uint32_t at = 0; at < words; at++) {
        bool used = at < 2 + NAME_BYTES / 4 || at >= 2 + NAME_BYTES / 4 + HANDLE_FIRST;

        for (unsigned bit = 0; bit < 32; bit++) {
            build();
            first[at] ^= 1u << bit;
            check_after_damage();
            assert_int_equal(complaints != 0, used);
        }
    }
}

static void whole_rows_and_the_head(void **state)
{
    static const uint8_t fill[] = {0, 0xFF, 0x55};

    (void)state;
    for (unsigned i = 0; i < sizeof fill; i++) {
        build();
        memset(&table.row[3], fill[i], sizeof table.row[3]);
        check_after_damage();
        assert_int_equal(complaints, 1);
        build();
        memset(&table.head, fill[i], 4);
        check_after_damage();
        assert_true(complaints > 0);
    }
    srand(1);
    for (unsigned i = 0; i < 200; i++) {
        build();
        for (unsigned j = 0; j < 20; j++)
            ((uint8_t *)&table.row[3])[(unsigned)rand() % sizeof table.row[3]] = (uint8_t)rand();
        check_after_damage();
    }
    /* Noise everywhere: there is nothing left to keep, but it stands. */
    for (size_t i = 0; i < sizeof table; i++)
        ((uint8_t *)&table)[i] = (uint8_t)rand();
    next_registrar(NEXT, FAR);
    assert_int_equal(routes_id_of("echo"), NEXT);
}

/* A handle that is lost closes its task, until that ends; others and its good handles go on. */
static void what_is_lost_is_closed(void **state)
{
    struct route_view v;
    uint32_t h;

    (void)state;
    build();
    table.row[3].route[HANDLE_FIRST + 9] ^= 0x100; /* which was free */
    next_registrar(NEXT, FAR);
    assert_int_equal(complaints, 1);
    assert_int_equal(routes_news(SHELL, HANDLE_FIRST + 9), NEWS_GONE);
    assert_int_equal(routes_look(SHELL, HANDLE_FIRST + 9, &v), STATUS_REVOKED);
    assert_int_equal(routes_close(SHELL, HANDLE_FIRST + 9), STATUS_REVOKED);
    assert_int_equal(routes_open(&policy, SHELL, "far", &h), STATUS_REVOKED);
    assert_int_equal(routes_open(&policy, SHELL, "echo", &h), STATUS_OK);
    next_registrar(NEXT, FAR);
    assert_int_equal(complaints, 1); /* it is not damaged any more, but as lost as before */
    assert_int_equal(routes_open(&policy, SHELL, "far", &h), STATUS_REVOKED);
    routes_up(TASK_ID(3, 2), "shell");
    assert_int_equal(routes_open(&policy, TASK_ID(3, 2), "far", &h), STATUS_OK);
}

static void a_task_that_ended_meanwhile_is_forgotten(void **state)
{
    (void)state;
    build();
    next_registrar(0, FAR);
    assert_null(routes_name_of(NEXT));
    assert_int_equal(routes_id_of("echo"), 0);
    assert_int_equal(complaints, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_change_is_made_or_not, fresh),
        cmocka_unit_test_setup(a_take_over_can_be_cut_short, fresh),
        cmocka_unit_test_setup(no_flip_brings_a_revoked_route_back, fresh),
        cmocka_unit_test_setup(whole_rows_and_the_head, fresh),
        cmocka_unit_test_setup(what_is_lost_is_closed, fresh),
        cmocka_unit_test_setup(a_task_that_ended_meanwhile_is_forgotten, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
