/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests to the system's own tasks, ring 3: routes and names from the registrar, the task's end
 * from the pager (memory: buffer.c). All are calls or messages as protocol.h defines them; a task
 * has no other way to ask for anything.
 */
#include "internal.h"

int post_open(const char *name)
{
    uint32_t words[POST_ANSWER] = {0};
    size_t length = strlen(name);

    if (length >= NAME_BYTES)
        return -STATUS_NO_SUCH;
    memcpy(&words[1], name, length);
    enum status status = post_ask(HANDLE_REGISTRAR, TAG_OPEN, words, POST_ANSWER, words);
    return status ? -(int)status : (int)words[1];
}

enum status post_close(uint32_t handle)
{
    uint32_t words[POST_ANSWER] = {0, handle};
    return post_ask(HANDLE_REGISTRAR, TAG_CLOSE, words, 2, words);
}

enum status post_name_of(uint32_t task, char *name)
{
    uint32_t words[POST_ANSWER] = {0, task};
    enum status status = post_ask(HANDLE_REGISTRAR, TAG_NAME_OF, words, 2, words);
    memcpy(name, &words[1], NAME_BYTES);
    name[status ? 0 : NAME_BYTES - 1] = '\0';
    return status;
}

/*
 * The pager ends the sender of EXIT; until then this waits. Entries that were committed before have
 * a second to leave. Then this drops them, one entry a turn, because their reason to wait may never
 * end.
 */
_Noreturn void post_exit(int code)
{
    uint32_t words[2] = {0, (uint32_t)code};
    for (uint32_t grace = 1000;; grace = 10) {
        if (post_waits(
                post_send_until(HANDLE_PAGER, TAG_EXIT, words, sizeof words, post_in(grace))))
            post_drop_held();
        else
            post_sleep(1000);
    }
}

void post_sleep(uint32_t ticks)
{
    uint32_t deadline = post_in(ticks);
    while (!post_passed(deadline)) {
        post_keep_signals();
        post_own->out.looked = post_own->in.in_tail;
        post_gate(GATE_POST_WAIT, deadline);
        post_drop_refused();
    }
}

const char *post_status_text(enum status status) { return status_text(status); }
