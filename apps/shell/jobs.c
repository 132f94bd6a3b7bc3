/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that the shell has started and waits for, ring 3: run, jobs, wc, spawn. Each is a job
 * with an open WAIT_EXIT at the pager; one of them may be in the foreground, and Ctrl-C kills that
 * one. The pager keeps WAITS_MAX such calls of a task.
 */
#include "shell.h"
#include "terminal.h"

#define JOBS 8

static struct job {
    uint32_t id; /* 0: there is no such job */
    char name[NAME_BYTES];
    struct open_call end;
} jobs[JOBS];

/* SPAWN with the words from words[0] on, the name first. The id; or 0, after saying why not. */
static uint32_t spawn(unsigned count, char **words)
{
    uint32_t request[1 + SPAWN_TEXT / 4] = {count - 1}, answer[POST_ANSWER] = {0};
    char *text = (char *)&request[1];
    unsigned bytes = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned length = strlen(words[i]) + 1;
        if (bytes + length > SPAWN_TEXT) {
            post_printf("%s: the arguments are longer than %u bytes\n", words[0], SPAWN_TEXT);
            return ID_NOBODY;
        }
        memcpy(text + bytes, words[i], length);
        bytes += length;
    }
    enum status status = ask_control(TAG_SPAWN, request, 1 + (bytes + 3) / 4, answer);
    if (status == STATUS_OK)
        return answer[1];
    if (status == STATUS_NO_SUCH && answer[1])
        post_printf("%s: the manifest has it, but its module was not booted\n", words[0]);
    else if (status == STATUS_NO_SUCH)
        post_printf("%s: the manifest has no task of that name (Tab shows which it has)\n",
                    words[0]);
    else if (status == STATUS_BUSY)
        post_printf("%s: it runs already, as ps shows\n", words[0]);
    else
        fail(words[0], status);
    return ID_NOBODY;
}

bool command_spawn(unsigned count, char **words)
{
    uint32_t id = spawn(count - 1, words + 1);
    if (id)
        post_printf("%s: started as %08x\n", words[1], id);
    return id != ID_NOBODY;
}

/* Says how it ended, in one text, and frees its place; true: well. */
static bool report(struct job *j, bool behind)
{
    enum status status = call_status(&j->end);
    uint32_t code = j->end.words[1];
    char text[POST_FAULT_TEXT], number[8] = "";

    if (status == STATUS_OK)
        post_end_text(text, sizeof text, &j->end.words[1]);
    else
        post_format(text, sizeof text, "%s", post_status_text(status));
    if (behind)
        post_format(number, sizeof number, "[%u] ", (unsigned)(j - jobs) + 1);
    post_printf("%s%s: %s\n", number, j->name, text);
    call_forget(&j->end);
    j->id = ID_NOBODY;
    return status == STATUS_OK && code == 0;
}

void jobs_report(void)
{
    for (unsigned i = 0; i < JOBS; i++)
        if (jobs[i].id && jobs[i].end.order)
            failed_commands += !report(&jobs[i], true);
}

bool command_jobs(unsigned count, char **words)
{
    (void)count, (void)words;
    for (unsigned i = 0; i < JOBS; i++)
        if (jobs[i].id)
            post_printf("[%u] %s, %08x\n", i + 1, jobs[i].name, jobs[i].id);
    return true;
}

/* Ctrl-C: what runs in the foreground ends. It goes on only if the pager will not have it. */
static bool interrupt(struct job *j)
{
    uint32_t request[POST_ANSWER] = {0, j->id};
    enum status status = ask_control(TAG_KILL, request, 2, request);

    if (status == STATUS_OK || status == STATUS_BAD_TASK) {
        for (uint32_t deadline = post_in(5000); !j->end.order && !post_passed(deadline);)
            calls_wait(deadline);
        if (j->end.order)
            return report(j, false);
    }
    post_printf("[%u] %s goes on, %08x\n", (unsigned)(j - jobs) + 1, j->name, j->id);
    return false;
}

bool command_run(unsigned count, char **words)
{
    bool behind = strcmp(words[count - 1], "&") == 0;
    unsigned place = 0;

    if (behind && --count < 2) {
        post_printf("run: which task?\n");
        return false;
    }
    while (place < JOBS && jobs[place].id)
        place++;
    if (place == JOBS) {
        post_printf("run: %u jobs run already\n", JOBS);
        return false;
    }
    struct job *j = &jobs[place];
    uint32_t id = spawn(count - 1, words + 1), request[] = {0, id, 1};
    if (!id)
        return false;
    post_format(j->name, sizeof j->name, "%s", words[1]);
    enum status status = call_begin(&j->end, HANDLE_PAGER, TAG_WAIT_EXIT, request, 3);
    if (status != STATUS_OK)
        return fail(words[1], status);
    j->id = id;
    if (behind) {
        post_printf("[%u] %s, %08x\n", place + 1, j->name, id);
        return true;
    }
    return terminal_foreground(&j->end, POST_FOREVER) ? report(j, false) : interrupt(j);
}

/* reader hands the file to digest, and teller prints what came out (apps/reader). */
bool command_wc(unsigned count, char **words)
{
    (void)count;
    return command_run(2, (char *[]){words[0], "reader"});
}
