/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one table of commands, and `help`, which prints it. To add a command: a row here, its
 * prototype in shell.h, its function in the file of its kind.
 */
#include "shell.h"

const struct command commands[] = {
    {"help", "[COMMAND]", 0, 1, "list the commands, or explain COMMAND", command_help},
    {"ps", "", 0, 0, "list the tasks: id, name, state, priority, ticks used, memory", command_ps},
    {"stats", "[TASK]", 0, 1, "count messages and gate calls, of TASK or of all; show restarts",
     command_stats},
    {"ping", "TASK [N]", 1, 2, "call TASK N times (4) and check what comes back", command_ping},
    {"spawn", "NAME [WORD...]", 1, ARGUMENTS - 1, "start a task of the manifest; WORDs: its argv",
     command_spawn},
    {"run", "NAME [WORD...] [&]", 1, ARGUMENTS - 1, "spawn, and wait until it ends; &: do not wait",
     command_run},
    {"jobs", "", 0, 0, "list what runs with &", command_jobs},
    {"wc", "", 0, 0, "count and hash the file of make run FILE=path", command_wc},
    {"kill", "TASK", 1, 1, "end a task", command_kill},
    {"crash", "router|TASK", 1, 1, "restart the router; or end a task as if it had faulted",
     command_crash},
    {"routes", "[TASK]", 0, 1, "list the routes of the shell or of TASK: to whom, badge, rights",
     command_routes},
    {"mem", "[check]", 0, 1, "count page frames; check: test nano's invariants", command_mem},
    {"audit", "", 0, 0, "test descriptors, page tables and registers against the rules",
     command_audit},
    {"sleep", "MS", 1, 1, "do nothing for MS milliseconds", command_sleep},
    {"off", "[CODE]", 0, 1, "end the machine; CODE: failed commands so far", command_off},
};
const unsigned command_count = sizeof commands / sizeof commands[0];

static void show(const struct command *c)
{
    char usage[40];
    post_format(usage, sizeof usage, "%s %s", c->name, c->arguments);
    post_printf("  %-22s %s\n", usage, c->help);
}

bool command_help(unsigned count, char **words)
{
    for (unsigned i = 0; i < command_count; i++) {
        if (count == 1) {
            show(&commands[i]);
        } else if (strcmp(words[1], commands[i].name) == 0) {
            show(&commands[i]);
            return true;
        }
    }
    if (count > 1) {
        post_printf("help: there is no command %s\n", words[1]);
        return false;
    }
    post_printf("TASK is a name, a slot or an id; several commands on a line: a; b; c\n"
                "Ctrl-C ends what runs, or the line. Tab completes. Up, down: older lines.\n"
                "Left, right, Home, End (Ctrl-A, Ctrl-E) move; Backspace, Delete, Ctrl-W (a word)\n"
                "and Ctrl-U (to the start) delete.\n");
    return true;
}
