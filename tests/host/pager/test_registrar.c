/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registrar's two halves: the policy (parser and question) and the routes (names, handles,
 * revocation). The policy that the system boots with is read too.
 *
 * Sources: apps/registrar/policy.c apps/registrar/routes.c apps/registrar/table.c
 * Sources: apps/registrar/store.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../../../apps/registrar/routes.h"

static struct policy policy;
static struct table table;

static void says_nothing(uint32_t slot, uint32_t handle)
{
    fail_msg("slot %u, handle %u", slot, handle);
}

static int fresh(void **state)
{
    (void)state;
    memset(&table, 0, sizeof table);
    routes_start(&table, 0, &policy, says_nothing);
    return 0;
}

static bool parse(const char *text, struct text_error *e)
{
    size_t bytes = strlen(text);
    char *copy = malloc(bytes ? bytes : 1);
    bool ok;

    memcpy(copy, text, bytes);
    ok = policy_parse(&policy, copy, bytes, e);
    free(copy);
    return ok;
}

static void must_parse(const char *text)
{
    struct text_error e;

    if (!parse(text, &e))
        fail_msg("line %u: %s: %s", e.line, e.word, e.reason);
}

static void policy_says_line_and_reason(void **state)
{
    static const struct {
        uint32_t line;
        const char *word, *reason, *text;
    } bad[] = {
        {1, "deny", "a line begins with 'allow'", "deny a to b"},
        {3, "", "a line is 'allow WHO to WHOM ...'", "# x\n\nallow a b"},
        {1, "", "a line is 'allow WHO to WHOM ...'", "allow a to"},
        {1, "a*", "WHO is the name of a task, or *", "allow a* to b"},
        {1, "*", "WHOM is the name of a task, or router", "allow a to *"},
        {1, "badge=x", "badge is a 32-bit number", "allow a to b badge=x"},
        {1, "badge=0x100000000", "badge is a 32-bit number", "allow a to b badge=0x100000000"},
        {1, "rights=send,fly", "no such right", "allow a to b rights=send,fly"},
        {1, "rights=", "no such right", "allow a to b rights="},
        {1, "rights=send,", "no such right", "allow a to b rights=send,"},
        {1, "tags=7-6", "tags is LO-HI, within 0 to 0xffff", "allow a to b tags=7-6"},
        {1, "tags=0-0x10000", "tags is LO-HI, within 0 to 0xffff", "allow a to b tags=0-0x10000"},
        {1, "bagde=1", "unknown key", "allow a to b bagde=1"},
        {1, "badge", "not KEY=VALUE", "allow a to b badge"},
        {1, "b", "only the router can be monitored", "allow a to b rights=monitor"},
        {3, "a", "a line above decides for these two, so this one never does",
         "allow * to c\nallow * to b tags=64\nallow a to b badge=1"},
        {2, "a", "a line above decides for these two, so this one never does",
         "allow a to b tags=1\nallow a to b tags=2"},
        {2, "*", "a line above decides for these two, so this one never does",
         "allow * to b\nallow * to b rights=send"},
        {0, "", "it allows nothing", ""},
        {0, "", "it allows nothing", "# nothing\n"},
        {2, "", "too many words", "\nallow a to b c d e f g h i j k l m n o p q r"},
    };
    struct text_error e;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(parse(bad[i].text, &e));
        assert_string_equal(e.reason, bad[i].reason);
        assert_string_equal(e.word, bad[i].word);
        assert_int_equal(e.line, bad[i].line);
        assert_int_equal(policy.count, 0);
    }
}

static void first_fitting_line_decides(void **state)
{
    const struct rule *r;

    (void)state;
    must_parse("allow shell to echo badge=0xffffffff rights=send,grant tags=80-90\n"
               "allow * to echo tags=80\n"
               "allow shell to router rights=call,monitor");
    r = policy_find(&policy, "shell", "echo");
    assert_int_equal(r->badge, 0xffffffff);
    assert_int_equal(r->rights, RIGHT_SEND | RIGHT_GRANT);
    assert_int_equal(r->first_tag, 80);
    assert_int_equal(r->last_tag, 90);
    r = policy_find(&policy, "hello", "echo");
    assert_int_equal(r->badge, 0);
    assert_int_equal(r->rights, RIGHT_SEND | RIGHT_CALL | RIGHT_NOTIFY);
    assert_int_equal(r->last_tag, 80);
    assert_null(policy_find(&policy, "hello", "shell"));
    assert_null(policy_find(&policy, "hello", "router"));
    assert_null(policy_find(&policy, "shel", "router"));
    assert_true(policy_knows(&policy, "shell") && policy_knows(&policy, "router"));
    assert_false(policy_knows(&policy, "hello") || policy_knows(&policy, ""));
}

static uint32_t open_route(uint32_t id, const char *name)
{
    uint32_t handle = 0;

    assert_int_equal(routes_open(&policy, id, name, &handle), STATUS_OK);
    return handle;
}

static enum status refusal(uint32_t id, const char *name)
{
    uint32_t handle;

    return routes_open(&policy, id, name, &handle);
}

#define SHELL TASK_ID(3, 1)
#define ECHO  TASK_ID(4, 1)

static void handles_are_the_lowest_free(void **state)
{
    uint32_t h;

    (void)state;
    must_parse("allow shell to echo\nallow shell to a\nallow shell to b\nallow x to shell");
    routes_up(SHELL, "shell");
    routes_up(ECHO, "echo");
    h = open_route(SHELL, "echo");
    assert_int_equal(h, HANDLE_FIRST);
    assert_int_equal(open_route(SHELL, "a"), HANDLE_FIRST + 1); /* not up, but allowed */
    assert_int_equal(open_route(SHELL, "echo"), h);
    assert_int_equal(routes_close(SHELL, h), STATUS_OK);
    assert_int_equal(routes_close(SHELL, h), STATUS_NO_ROUTE);
    assert_int_equal(open_route(SHELL, "b"), h);
    assert_int_equal(routes_news(SHELL, h), NEWS_OPEN);
    assert_int_equal(routes_news(SHELL, HANDLE_FIRST + 1), NEWS_NONE);
    assert_int_equal(routes_news(SHELL, HANDLES), NEWS_NONE);
    assert_int_equal(open_route(SHELL, "echo"), HANDLE_FIRST + 2);
    assert_int_equal(refusal(SHELL, "shell"), STATUS_DENIED);
    assert_int_equal(refusal(SHELL, "x"), STATUS_DENIED); /* known, though not up */
    assert_int_equal(refusal(SHELL, "nobody"), STATUS_NO_SUCH);
    assert_int_equal(refusal(ECHO, "shell"), STATUS_DENIED);
    assert_int_equal(refusal(TASK_ID(3, 2), "echo"), STATUS_BAD_TASK);
    assert_int_equal(refusal(0, "echo"), STATUS_BAD_TASK);
    assert_int_equal(refusal(TASK_ID(0xFFFF, 1), "echo"), STATUS_BAD_TASK);
}

static void routes_outlive_their_receiver(void **state)
{
    struct route_view v;
    uint32_t h;

    (void)state;
    must_parse("allow shell to echo badge=7");
    routes_up(SHELL, "shell");
    routes_up(ECHO, "echo");
    h = open_route(SHELL, "echo");
    assert_int_equal(routes_look(SHELL, h, &v), STATUS_OK);
    assert_int_equal(v.receiver, ECHO);
    assert_int_equal(v.rule->badge, 7);
    routes_down(ECHO);
    assert_int_equal(routes_look(SHELL, h, &v), STATUS_DEAD);
    assert_null(routes_name_of(ECHO));
    routes_up(TASK_ID(9, 5), "echo");
    assert_int_equal(routes_look(SHELL, h, &v), STATUS_OK);
    assert_int_equal(v.receiver, TASK_ID(9, 5));
    assert_string_equal(routes_name_of(TASK_ID(9, 5)), "echo");
    /* One that comes up under a name takes it over. */
    routes_up(ECHO, "echo");
    assert_int_equal(routes_id_of("echo"), ECHO);
    assert_null(routes_name_of(TASK_ID(9, 5)));
    /* The sender's routes end with it. */
    routes_down(SHELL);
    assert_int_equal(routes_look(SHELL, h, &v), STATUS_NO_ROUTE);
    routes_up(TASK_ID(3, 2), "shell");
    assert_int_equal(routes_look(TASK_ID(3, 2), h, &v), STATUS_NO_ROUTE);
    assert_int_equal(routes_look(TASK_ID(3, 2), HANDLES, &v), STATUS_NO_ROUTE);
}

static void revoked_stays_revoked(void **state)
{
    struct route_view v;
    uint32_t h;

    (void)state;
    must_parse("allow shell to echo");
    routes_up(SHELL, "shell");
    routes_up(ECHO, "echo");
    h = open_route(SHELL, "echo");
    assert_int_equal(routes_revoke(SHELL, h + 1), STATUS_NO_ROUTE);
    assert_int_equal(routes_revoke(SHELL, 0xFFFFFFFF), STATUS_NO_ROUTE);
    assert_int_equal(routes_revoke(99, h), STATUS_BAD_TASK);
    assert_int_equal(routes_revoke(SHELL, h), STATUS_OK);
    assert_int_equal(routes_look(SHELL, h, &v), STATUS_REVOKED);
    assert_int_equal(routes_close(SHELL, h), STATUS_REVOKED);
    assert_int_equal(refusal(SHELL, "echo"), STATUS_REVOKED);
    assert_int_equal(routes_news(SHELL, h), NEWS_GONE);
}

static void the_router_is_a_receiver(void **state)
{
    struct route_view v;

    (void)state;
    must_parse("allow shell to router rights=call,monitor");
    routes_up(SHELL, "shell");
    assert_int_equal(routes_look(SHELL, open_route(SHELL, "router"), &v), STATUS_OK);
    assert_int_equal(v.receiver, ID_ROUTER);
    assert_int_equal(v.rule->rights, RIGHT_CALL | RIGHT_MONITOR);
    assert_string_equal(routes_name_of(ID_ROUTER), "router");
}

static void all_handles_in_use(void **state)
{
    static char text[HANDLES * 32];
    struct route_view v;
    char name[16];

    (void)state;
    for (int i = 0; i < HANDLES; i++)
        sprintf(text + strlen(text), "allow shell to t%d\n", i);
    must_parse(text);
    routes_up(SHELL, "shell");
    for (unsigned i = 0; i < HANDLES - HANDLE_FIRST; i++) {
        sprintf(name, "t%u", i);
        assert_int_equal(open_route(SHELL, name), HANDLE_FIRST + i);
    }
    assert_int_equal(refusal(SHELL, "t60"), STATUS_NO_ROOM);
    assert_int_equal(routes_list(SHELL, 59, &v), STATUS_OK);
    assert_int_equal(v.handle, HANDLES - 1);
    assert_int_equal(routes_list(SHELL, 60, &v), STATUS_NONE);
    assert_int_equal(routes_list(99, 0, &v), STATUS_BAD_TASK);
}

static void the_shipped_policy_is_good(void **state)
{
    static char text[65536];
    struct text_error e;
    FILE *f = fopen("apps/policy.txt", "r");
    size_t bytes;

    (void)state;
    if (!f)
        skip(); /* not run from the top of the tree */
    bytes = fread(text, 1, sizeof text, f);
    fclose(f);
    if (!policy_parse(&policy, text, bytes, &e))
        fail_msg("line %u: %s: %s", e.line, e.word, e.reason);
    assert_int_equal(policy_find(&policy, "shell", "pager")->badge, 1);
    assert_null(policy_find(&policy, "echo", "pager"));
    assert_non_null(policy_find(&policy, "hello", "console"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_says_line_and_reason),
        cmocka_unit_test(first_fitting_line_decides),
        cmocka_unit_test_setup(handles_are_the_lowest_free, fresh),
        cmocka_unit_test_setup(routes_outlive_their_receiver, fresh),
        cmocka_unit_test_setup(revoked_stays_revoked, fresh),
        cmocka_unit_test_setup(the_router_is_a_receiver, fresh),
        cmocka_unit_test_setup(all_handles_in_use, fresh),
        cmocka_unit_test(the_shipped_policy_is_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
