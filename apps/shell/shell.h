/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the shell's files share, ring 3: the table of commands, and what most commands need.
 */
#pragma once

#include <post.h>

#define ARGUMENTS  18  /* words in a command, its name included */
#define SPAWN_TEXT 232 /* bytes of a program's name and arguments */

/* One command of the table. `run` returns false if it failed, after saying why. */
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

/* Read a number, decimal or 0x hexadecimal. False: the word is none, or above 0xFFFFFFFF. */
bool parse_number(const char *word, uint32_t *number);

/* A task of the pager's list, as one line of `ps` shows it. */
struct listed_task {
    uint32_t id;
    uint32_t readiness;
    uint32_t priority;
    uint32_t ticks;
    uint32_t pages;
    char name[25];
};

/* The first task at or above a slot. STATUS_NONE: there is none. */
enum status list_task(unsigned slot, struct listed_task *task);

/* Find a task by name, slot or id as ps shows it. False, after saying so: there is none. */
bool find_task(const char *word, struct listed_task *task);

/*
 * Send the pager a request that needs the control badge, which the policy gives with a route that
 * the shell opens by name. As post_ask.
 */
enum status ask_control(uint16_t tag, const uint32_t *words, unsigned n,
                        uint32_t answer[POST_ANSWER]);
int control_route(void);

/* Say which jobs have ended since. */
void jobs_report(void);

/* Complete the word before the cursor. */
struct editor;
void complete(struct editor *e);

bool command_help(unsigned count, char **words);
bool command_ps(unsigned count, char **words);
bool command_spawn(unsigned count, char **words);
bool command_run(unsigned count, char **words);
bool command_jobs(unsigned count, char **words);
bool command_wc(unsigned count, char **words);
bool command_kill(unsigned count, char **words);
bool command_crash(unsigned count, char **words);
bool command_ping(unsigned count, char **words);
bool command_stats(unsigned count, char **words);
bool command_routes(unsigned count, char **words);
bool command_mem(unsigned count, char **words);
bool command_audit(unsigned count, char **words);
bool command_sleep(unsigned count, char **words);
bool command_off(unsigned count, char **words);
