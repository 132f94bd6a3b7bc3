/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tab, ring 3: completes the word before the cursor, or lists what it may become. The first word
 * of a command is a command; behind run and spawn stands a task of the manifest, behind help a
 * command, elsewhere a task that lives.
 */
#include "edit.h"
#include "shell.h"

/* What the word may become: how many ways, and what they have in common. */
struct choice {
    const char *word;
    unsigned length;
    unsigned count;
    char common[NAME_BYTES];
    char list[512]; /* all of them, as far as there is room */
    unsigned listed;
};

static void offer(struct choice *c, const char *name)
{
    if (strncmp(name, c->word, c->length) != 0)
        return;
    if (sizeof c->list - c->listed > NAME_BYTES + 2)
        c->listed += post_format(c->list + c->listed, sizeof c->list - c->listed, "%s%s",
                                 c->count ? "  " : "", name);
    if (c->count++ == 0)
        post_format(c->common, sizeof c->common, "%s", name);
    for (unsigned i = 0; c->common[i]; i++)
        if (c->common[i] != name[i])
            c->common[i] = '\0';
}

static void offer_commands(struct choice *c)
{
    for (unsigned i = 0; i < command_count; i++)
        offer(c, commands[i].name);
}

static void offer_tasks(struct choice *c)
{
    struct listed_task task;
    for (unsigned slot = 1; list_task(slot, &task) == STATUS_OK; slot = TASK_SLOT(task.id) + 1)
        offer(c, task.name);
}

static void offer_programs(struct choice *c)
{
    for (uint32_t n = 0;; n++) {
        uint32_t words[POST_ANSWER] = {0, n};
        if (post_ask(HANDLE_PAGER, TAG_PROGRAMS, words, 2, words) != STATUS_OK)
            return;
        offer(c, (const char *)&words[2]);
    }
}

/* `command` is where the command begins in which the word stands. */
static void offer_all(struct choice *c, const char *command)
{
    if (command == c->word || strncmp(command, "help ", 5) == 0)
        offer_commands(c);
    else if (strncmp(command, "run ", 4) == 0 || strncmp(command, "spawn ", 6) == 0)
        offer_programs(c);
    else
        offer_tasks(c);
}

void complete(struct editor *e)
{
    const char *cursor = e->text + e->cursor, *word = cursor, *command;

    while (word > e->text && word[-1] != ' ' && word[-1] != ';')
        word--;
    for (command = word; command > e->text && command[-1] != ';';)
        command--;
    while (*command == ' ')
        command++;
    struct choice c = {.word = word, .length = cursor - word};
    offer_all(&c, command);
    unsigned known = strlen(c.common);
    if (c.count && known > c.length)
        edit_insert(e, c.common + c.length, known - c.length);
    if (c.count == 1) {
        edit_insert(e, " ", 1);
    } else if (c.count > 1 && known == c.length) {
        post_printf("%s\n", c.list);
    }
}
