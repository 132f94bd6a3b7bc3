/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands about tasks, ring 3: ps, kill, crash. They ask the pager, which knows all
 * tasks. Commands that change something need the badge that the policy gives to the shell.
 */
#include <ringpost/pager_gate.h>
#include "shell.h"

bool fail(const char *name, enum status status)
{
    post_printf("%s: %s\n", name, post_status_text(status));
    return false;
}

bool parse_number(const char *word, uint32_t *number)
{
    uint64_t value = 0;
    unsigned base = word[0] == '0' && word[1] == 'x' ? 16 : 10;

    if (base == 16)
        word += 2;
    if (!*word)
        return false;
    for (; *word; word++) {
        char c = *word | 0x20;
        unsigned digit = *word >= '0' && *word <= '9' ? *word - '0'
                         : c >= 'a' && c <= 'f'       ? c - 'a' + 10
                                                      : 16;
        if (digit >= base)
            return false;
        value = value * base + digit;
        if (value > UINT32_MAX)
            return false;
    }
    *number = value;
    return true;
}

int control_route(void)
{
    static int pager;
    if (pager <= 0)
        pager = post_open("pager");
    return pager;
}

enum status ask_control(uint16_t tag, const uint32_t *words, unsigned n,
                        uint32_t answer[POST_ANSWER])
{
    int pager = control_route();
    if (pager < 0)
        return -pager;
    return post_ask(pager, tag, words, n, answer);
}

enum status list_task(unsigned slot, struct listed_task *task)
{
    uint32_t words[POST_ANSWER] = {0, slot};
    enum status status = post_ask(HANDLE_PAGER, TAG_PS, words, 2, words);
    if (status != STATUS_OK)
        return status;
    task->id = words[1];
    task->readiness = words[2] & 0xFF;
    task->priority = words[2] >> 8;
    task->ticks = words[3];
    task->pages = words[4];
    memcpy(task->name, &words[5], 24);
    task->name[24] = '\0';
    return STATUS_OK;
}

/* An id as ps prints it, eight hexadecimal digits, or a slot. */
static bool names_id(const char *word, const struct listed_task *task)
{
    char id[12];
    uint32_t number;
    post_format(id, sizeof id, "%08x", task->id);
    if (strcmp(word, id) == 0)
        return true;
    return parse_number(word, &number) && (number == task->id || number == TASK_SLOT(task->id));
}

bool find_task(const char *word, struct listed_task *task)
{
    for (unsigned by_id = 0; by_id <= 1; by_id++) {
        enum status status;
        for (unsigned slot = 1; (status = list_task(slot, task)) == STATUS_OK;
             slot = TASK_SLOT(task->id) + 1)
            if (by_id ? names_id(word, task)
                      : strncmp(word, task->name, sizeof task->name - 1) == 0)
                return true;
        if (status != STATUS_NONE)
            return fail("pager", status);
    }
    return fail(word, STATUS_BAD_TASK);
}

static const char *state_text(const struct listed_task *task)
{
    if (task->id == post_self())
        return "running";
    switch (task->readiness) {
    case READY_STOPPED: return "stopped";
    case READY_QUEUED: return "ready";
    default: return "waiting";
    }
}

bool command_ps(unsigned count, char **words)
{
    struct listed_task task;
    enum status status;
    (void)count;

    post_printf("id       name                 state    prio      ticks      KiB\n");
    for (unsigned slot = 1; (status = list_task(slot, &task)) == STATUS_OK;
         slot = TASK_SLOT(task.id) + 1)
        post_printf("%08x %-20s %-8s %4u %10u %8u\n", task.id, task.name, state_text(&task),
                    task.priority, task.ticks, task.pages * (PAGE_SIZE / 1024));
    return status == STATUS_NONE || fail(words[0], status);
}

bool command_kill(unsigned count, char **words)
{
    struct listed_task task;
    (void)count;
    if (!find_task(words[1], &task))
        return false;
    uint32_t request[POST_ANSWER] = {0, task.id};
    enum status status = ask_control(TAG_KILL, request, 2, request);
    if (status == STATUS_DENIED && strcmp(task.name, "pager") == 0) {
        post_printf(
            "pager: it maps the memory of all tasks, itself too: nothing runs without it\n");
        return false;
    }
    if (status == STATUS_DENIED && strcmp(task.name, "registrar") == 0) {
        post_printf("registrar: it has all routes, and the pager does not end it on request\n");
        return false;
    }
    if (status != STATUS_OK)
        return fail(words[1], status);
    post_printf("%s: %08x has ended\n", task.name, task.id);
    return true;
}

/* The router's restart leaves everything else as it is; a task's end is told as a fault's. */
bool command_crash(unsigned count, char **words)
{
    struct listed_task task = {.name = "router"};
    bool router = strcmp(words[1], "router") == 0;
    (void)count;
    if (!router && !find_task(words[1], &task))
        return false;
    uint32_t request[POST_ANSWER] = {0, task.id};
    enum status status = ask_control(router ? TAG_RESTART_ROUTER : TAG_CRASH, request, 2, request);
    if (status != STATUS_OK)
        return fail(words[1], status);
    if (router)
        post_printf("router: restarted; this line came through it\n");
    else
        post_printf("%s: %08x has crashed\n", task.name, task.id);
    return true;
}
