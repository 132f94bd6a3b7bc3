/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands about messages, ring 3: ping, stats, routes. The router has the counters (the policy
 * gives the shell a route to it), the registrar has the routes.
 */
#include <ringpost/pager_gate.h>
#include "shell.h"
#include "terminal.h"

#define PING_WORDS 11 /* a call's line has w[1] to w[11] for them */

/* FNV-1a (Fowler, Noll, Vo), 32 bits. */
static uint32_t hash(const void *data, unsigned bytes)
{
    const uint8_t *at = data;
    uint32_t value = 2166136261u;
    while (bytes-- > 0)
        value = (value ^ *at++) * 16777619u;
    return value;
}

/* Does one round trip with words made from `seed`. Says how it went if `aloud`, or if it failed. */
static bool ping_once(const char *name, int handle, uint32_t seed, bool aloud)
{
    static struct open_call call;
    uint32_t question[PING_WORDS], *answer = call.words;

    for (unsigned i = 0; i < PING_WORDS; i++)
        question[i] = seed = seed * 1664525u + 1013904223u; /* Numerical Recipes' generator */
    uint32_t start = post_now();
    enum status status = call_begin(&call, handle, TAG_PING, question, PING_WORDS);
    if (status == STATUS_OK)
        status = terminal_foreground(&call, post_in(2000)) ? call.call.status : STATUS_TIMEOUT;
    call_forget(&call);
    if (terminal_interrupted)
        return false;
    if (status == STATUS_BAD && strcmp(name, "router") == 0)
        status = STATUS_BAD_OP; /* its word for a tag that it does not know */
    if (status != STATUS_OK)
        return fail(name, status);
    if (memcmp(question, answer, sizeof question) != 0) {
        if (answer[0] != STATUS_OK && answer[0] < STATUS_COUNT)
            return fail(name, answer[0]);
        post_printf("%s: other words came back: check %08x, not %08x\n", name,
                    hash(answer, sizeof question), hash(question, sizeof question));
        return false;
    }
    if (aloud)
        post_printf("%s: %u bytes came back, check %08x, %u ms\n", name, call.call.got,
                    hash(answer, sizeof question), post_now() - start);
    return true;
}

bool command_ping(unsigned count, char **words)
{
    uint32_t rounds = 4, good = 0;

    if (count == 3 && (!parse_number(words[2], &rounds) || rounds == 0)) {
        post_printf("ping: %s is not a number of round trips\n", words[2]);
        return false;
    }
    int handle = post_open(words[1]);
    if (handle < 0)
        return fail(words[1], -handle);
    uint32_t start = post_now();
    uint32_t i = 0;
    while (i < rounds && good == i) /* one failure is enough to see */
        good += ping_once(words[1], handle, ++i, rounds <= 10);
    post_printf("%s: %u round trips, %u good, %u ms\n", words[1], i, good, post_now() - start);
    /* The handle stays open: the shell has one for each name, and other commands may use it too. */
    return good == rounds;
}

/* The counters of a slot, 0 for totals. */
static enum status read_counters(unsigned slot, struct counters *counters)
{
    static int router;
    uint32_t words[POST_ANSWER] = {slot};

    if (router <= 0 && (router = post_open("router")) < 0)
        return -router;
    enum status status = post_ask(router, TAG_STATS, words, 1, words);
    memcpy(counters, &words[2], sizeof *counters);
    return status;
}

static void show_counters(const char *name, const struct counters *c)
{
    post_printf("%-16s %9u %9u %9u %9u %7u %7u %7u %8u\n", name, c->calls, c->sent, c->received,
                c->lines, c->full, c->refused, c->notified, c->parked);
}

/* A task's name; of one that is gone, its id. */
static void name_of(char name[NAME_BYTES], uint32_t id)
{
    if (post_name_of(id, name) != STATUS_OK)
        post_format(name, NAME_BYTES, "%08x (gone)", id);
}

/* TSC ticks are cycles, or what an emulator makes of them: instructions with -icount shift=0. */
static void show_restart(const uint32_t report[POST_ANSWER])
{
    struct post_fault fault = post_router_fault(report);
    char name[NAME_BYTES] = "nobody", text[POST_FAULT_TEXT];

    if (report[4])
        name_of(name, report[4]);
    post_fault_text(text, sizeof text, &fault);
    if (fault.vector == FAULT_ASKED)
        post_printf("router: restarted at tick %u: by request; %u TSC ticks\n", report[5],
                    report[6]);
    else
        post_printf("router: restarted at tick %u: it %s, for %s; %u TSC ticks\n", report[5], text,
                    name, report[6]);
}

/* Shows nano's reports of the router's deaths, as many as nano keeps (FAULT_REPORTS). */
static void show_restarts(void)
{
    uint32_t restarts = post_restarts();
    uint32_t first = restarts > FAULT_REPORTS ? restarts - FAULT_REPORTS : 0;

    for (uint32_t n = first; n < restarts; n++) {
        uint32_t report[POST_ANSWER] = {0, n};

        if (post_ask(HANDLE_PAGER, TAG_RESTARTS, report, 2, report) == STATUS_OK)
            show_restart(report); /* else there were more meanwhile */
    }
    post_printf("router: %u restarts%s\n", restarts, first ? ", the first no longer reported" : "");
}

bool command_stats(unsigned count, char **words)
{
    struct listed_task task;
    struct counters counters;
    enum status status;

    if (count == 2 && !find_task(words[1], &task))
        return false;
    unsigned slot = count == 2 ? TASK_SLOT(task.id) : 0;
    if ((status = read_counters(slot, &counters)) != STATUS_OK)
        return fail(words[0], status);
    post_printf("task                 calls      sent  received     lines    full refused "
                "signals   parked\n");
    if (count == 2) {
        show_counters(task.name, &counters);
        return true;
    }
    for (slot = 1; list_task(slot, &task) == STATUS_OK; slot = TASK_SLOT(task.id) + 1)
        if (read_counters(TASK_SLOT(task.id), &counters) == STATUS_OK)
            show_counters(task.name, &counters);
    if ((status = read_counters(0, &counters)) != STATUS_OK)
        return fail(words[0], status);
    show_counters("total", &counters);
    show_restarts();
    return true;
}

static void rights_text(char *text, uint32_t rights)
{
    static const char *const names[] = {"send", "call",    "notify",    "grant",
                                        "lend", "forward", "interpose", "monitor"};
    char *at = text;
    for (unsigned i = 0; i < 8; i++)
        if (rights & 1u << i) {
            if (at != text)
                *at++ = ',';
            memcpy(at, names[i], strlen(names[i]));
            at += strlen(names[i]);
        }
    *at = '\0';
}

bool command_routes(unsigned count, char **words)
{
    struct listed_task task = {.id = 0};
    enum status status;

    if (count == 2 && !find_task(words[1], &task))
        return false;
    post_printf("handle to                   badge tags        rights\n");
    for (uint32_t n = 0;; n++) {
        uint32_t route[POST_ANSWER] = {0, task.id, n};
        char name[NAME_BYTES], rights[64];
        if ((status = post_ask(HANDLE_REGISTRAR, TAG_ROUTES, route, 3, route)) != STATUS_OK)
            break;
        if (route[2] == ID_ROUTER)
            memcpy(name, "router", sizeof "router");
        else
            name_of(name, route[2]);
        rights_text(rights, route[4]);
        post_printf("%6u %-16s %9x %5u-%-5u %s\n", route[1], name, route[3], route[5] & 0xFFFF,
                    route[5] >> 16, rights);
    }
    return status == STATUS_NONE || fail(words[0], status);
}
