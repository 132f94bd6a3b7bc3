/*
 * Each crime of crimes.h is committed by a task of its own, `criminal`. It must end as the row
 * says, and then everybody else goes on: `echo` answers, and nano finds its tables in order. This
 * task is the more important one, so that it waits for the exit before the crime happens.
 */
#include "peer.h"
#include "tap.h"

static const struct row {
    const char *what;
    uint32_t code, other;
} rows[] = {
#define CRIME(what, code, other, deed) {what, code, other},
#include "crimes.h"
#undef CRIME
};

static uint32_t pager, echo;

/* The exit code of a criminal who was told crime number n; ~0: it got nowhere, and was killed. */
static uint32_t commit(uint32_t n)
{
    uint32_t id = peer_spawn(pager, "criminal"), words[3] = {0, n}, answer[2] = {~0u, ~0u};
    int criminal = post_open("criminal");

    if (!id || criminal < 0)
        return ~0u;
    post_send(criminal, TAG_PING, words, 8);
    words[1] = id;
    if (post_call(pager, TAG_WAIT_EXIT, words, 8, answer, 8, NULL, post_in(5000)) != STATUS_OK)
        post_call(pager, TAG_KILL, words, 8, answer, 8, NULL, post_in(5000));
    post_close(criminal);
    return answer[0] == STATUS_OK ? answer[1] : ~0u;
}

int main(void)
{
    unsigned count = sizeof rows / sizeof *rows;
    uint32_t answer[POST_ANSWER];

    pager = tap_open("pager");
    echo = tap_open("echo");
    for (unsigned n = 0; n < count; n++) {
        uint32_t code = commit(n);
        bool lives = peer_ask(echo, TAG_PING, n, answer) == STATUS_OK;
        if (!tap_ok((code == rows[n].code || code == rows[n].other) && lives, "%s", rows[n].what))
            post_printf("# exit code %u, not %u; echo %s\n", code, rows[n].code,
                        lives ? "answers" : "does not answer");
    }
    answer[0] = 0;
    tap_status(post_ask(HANDLE_PAGER, TAG_CHECK, answer, 1, answer), STATUS_OK,
               "nano checks itself");
    tap_is(answer[1], 0, "and finds nothing wrong");
    tap_end();
}
