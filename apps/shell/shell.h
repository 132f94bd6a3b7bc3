/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the shell's files share: the table of commands, and a few things that most of them do.
 */
#pragma once

#include <post.h>

#define ARGUMENTS 8 /* words in a command, its name included */

/* A command returns whether it did what was asked; if not, it has said why. */
struct command {
    const char *name;
    const char *arguments; /* as help shows them */
    unsigned least;        /* arguments at least */
    unsigned most;         /* and at most        */
    const char *help;
    bool (*run)(unsigned count, char **words); /* words[0] is the name */
};
extern const struct command commands[];
extern const unsigned command_count;

/* Commands that have failed since the shell began: the exit code of `off`. */
extern unsigned failed_commands;

/* Print "name: text of the status" and return false. */
bool fail(const char *name, enum status status);

/* A number, decimal or 0x hexadecimal. False if the word is none, or above 0xFFFFFFFF. */
bool parse_number(const char *word, uint32_t *number);

/* As one line of `ps`: a task of the pager's list. */
struct listed_task {
    uint32_t id;
    uint32_t readiness;
    uint32_t priority;
    uint32_t ticks;
    uint32_t pages;
    char name[25];
};

/* The first task in or above a slot. STATUS_NONE: there is none. */
enum status list_task(unsigned slot, struct listed_task *task);

/* A task by name, slot or id as ps shows it. False after saying that there is none. */
bool find_task(const char *word, struct listed_task *task);

/*
 * A request to the pager that needs the control badge: the policy gives it with a route that is
 * asked for by name. As post_ask.
 */
enum status ask_control(uint16_t tag, const uint32_t *words, unsigned n,
                        uint32_t answer[POST_ANSWER]);
int control_route(void);

/* Put a name into the text of a request, from w[2] on. False if it is too long. */
bool put_name(uint32_t words[POST_ANSWER], const char *name);

bool command_help(unsigned count, char **words);
bool command_ps(unsigned count, char **words);
bool command_spawn(unsigned count, char **words);
bool command_run(unsigned count, char **words);
bool command_wc(unsigned count, char **words);
bool command_kill(unsigned count, char **words);
bool command_ping(unsigned count, char **words);
bool command_stats(unsigned count, char **words);
bool command_routes(unsigned count, char **words);
bool command_mem(unsigned count, char **words);
bool command_audit(unsigned count, char **words);
bool command_sleep(unsigned count, char **words);
bool command_off(unsigned count, char **words);
