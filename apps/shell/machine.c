/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands about the machine: mem, audit, sleep, off.
 */
#include "shell.h"
#include "terminal.h"

/* A release (RELEASE=1) is without both: nano then says that there is no such operation. */
static bool fail_check(const char *command, enum status status)
{
    if (status != STATUS_BAD_OP)
        return fail(command, status);
    post_printf("%s: not in a release build: nano has no checks of itself there\n", command);
    return false;
}

bool command_mem(unsigned count, char **words)
{
    uint32_t answer[POST_ANSWER] = {0};
    enum status status;

    if (count == 2 && strcmp(words[1], "check") != 0) {
        post_printf("usage: mem [check]\n");
        return false;
    }
    if (count == 2) {
        if ((status = ask_control(TAG_CHECK, answer, 1, answer)) != STATUS_OK)
            return fail_check("mem check", status);
        post_printf("mem: %u violations of nano's invariants\n", answer[1]);
        return answer[1] == 0;
    }
    if ((status = post_ask(HANDLE_PAGER, TAG_MEMORY, answer, 1, answer)) != STATUS_OK)
        return fail(words[0], status);
    static const char *const names[] = {"in all", "free", "mapped by tasks",
                                        "tables and mailboxes"};
    for (unsigned i = 0; i < 4; i++)
        post_printf("%8u frames %9u KiB  %s\n", answer[1 + i], answer[1 + i] * (PAGE_SIZE / 1024),
                    names[i]);
    post_printf("%8u slots for tasks used up: each has had %u tasks\n", answer[7], GENERATION_LAST);
    return true;
}

/* Nano walks descriptors, tables and registers, and says on the debug port what is wrong. */
bool command_audit(unsigned count, char **words)
{
    uint32_t answer[POST_ANSWER] = {0};
    enum status status = ask_control(TAG_AUDIT, answer, 1, answer);

    (void)count;
    if (status != STATUS_OK)
        return fail_check(words[0], status);
    post_printf("audit: %u violations; digests: text %08x, tables %08x\n", answer[1], answer[2],
                answer[3]);
    return answer[1] == 0;
}

bool command_sleep(unsigned count, char **words)
{
    uint32_t ticks;
    (void)count;
    if (!parse_number(words[1], &ticks) || ticks > INT32_MAX) {
        post_printf("sleep: %s is not a number of milliseconds\n", words[1]);
        return false;
    }
    terminal_foreground(NULL, post_in(ticks));
    return !terminal_interrupted;
}

bool command_off(unsigned count, char **words)
{
    uint32_t code = failed_commands < 127 ? failed_commands : 127;
    if (count == 2 && (!parse_number(words[1], &code) || code > 127)) {
        post_printf("off: %s is not an exit code from 0 to 127\n", words[1]);
        return false;
    }
    if (count == 1 && failed_commands)
        post_printf("off: %u command%s failed\n", failed_commands,
                    failed_commands == 1 ? " has" : "s have");
    post_drain(post_in(2000));
    uint32_t request[2] = {0, code};
    int pager = control_route();
    if (pager < 0)
        return fail(words[0], -pager);
    enum status status = post_send(pager, TAG_OFF, request, sizeof request);
    if (status != STATUS_OK)
        return fail(words[0], status);
    post_sleep(2000);
    post_printf("off: still here; may this task end the machine?\n");
    return false;
}
