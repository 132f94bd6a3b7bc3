/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests to the system's own tasks, ring 3: routes and names from the registrar, the task's end
 * from the pager (memory: buffer.c). All are calls or messages as protocol.h defines them; a task
 * has no other way to ask for anything.
 */
#include "internal.h"

#define REGISTRARS 3 /* how many of them may die of one request */

/*
 * Asks the registrar; if it dies before it has answered, the next one. *again: it was asked more
 * than once, and may have done it before it died.
 */
static enum status ask_registrar(uint16_t tag, uint32_t words[POST_ANSWER], bool *again)
{
    uint32_t asked[POST_ANSWER];
    enum status status = STATUS_DEAD;

    memcpy(asked, words, sizeof asked);
    for (unsigned i = 0; i < REGISTRARS && status == STATUS_DEAD; i++) {
        *again = i > 0;
        memcpy(words, asked, sizeof asked);
        status = post_ask(HANDLE_REGISTRAR, tag, words, POST_ANSWER, words);
    }
    return status;
}

int post_open(const char *name)
{
    bool again;

    uint32_t words[POST_ANSWER] = {0};
    size_t length = strlen(name);

    if (length >= NAME_BYTES)
        return -STATUS_NO_SUCH;
    memcpy(&words[1], name, length);
    enum status status = ask_registrar(TAG_OPEN, words, &again);
    return status ? -(int)status : (int)words[1];
}

enum status post_close(uint32_t handle)
{
    uint32_t words[POST_ANSWER] = {0, handle};
    bool again;
    enum status status = ask_registrar(TAG_CLOSE, words, &again);
    return again && status == STATUS_NO_ROUTE ? STATUS_OK : status;
}

enum status post_name_of(uint32_t task, char *name)
{
    uint32_t words[POST_ANSWER] = {0, task};
    bool again;
    enum status status = ask_registrar(TAG_NAME_OF, words, &again);
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

const char *post_status_text(int status) { return status_text(status < 0 ? -status : status); }

/*
 * The reports are NO_SUCH up to the oldest that nano keeps, then OK, and NONE behind the last; so
 * the number is found by halving, however many there were.
 */
uint32_t post_restarts(void)
{
    uint32_t low = 0, high = 0, step = 1; /* of the n-th: low - 1 is there; high is not, if not 0 */

    while (high == 0 || low < high) {
        uint32_t n = high ? low + (high - low) / 2 : low + step - 1;
        uint32_t words[POST_ANSWER] = {0, n};
        enum status status = post_ask(HANDLE_PAGER, TAG_RESTARTS, words, 2, words);

        if (status == STATUS_OK || status == STATUS_NO_SUCH)
            low = n + 1;
        else if ((high = n) == 0)
            break;
        step *= 2;
    }
    return low;
}

/* Does a task bear the name now to which this handle leads? The registrar says it. */
static bool is_borne(int handle)
{
    for (uint32_t n = 0;; n++) {
        uint32_t words[POST_ANSWER] = {0, 0, n};

        if (post_ask(HANDLE_REGISTRAR, TAG_ROUTES, words, 3, words) != STATUS_OK)
            return false;
        if (words[1] == (uint32_t)handle)
            return words[2] != ID_NOBODY;
    }
}

int post_open_wait(const char *name, uint32_t deadline)
{
    int handle = post_open(name);

    while (handle > 0 && !is_borne(handle)) {
        if (post_passed(deadline))
            return -STATUS_NO_SUCH;
        post_sleep(10);
    }
    return handle;
}
