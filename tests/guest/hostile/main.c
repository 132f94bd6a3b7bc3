/*
 * Hostile mailboxes: a task may write anything into what is its own to write, and call the router in
 * any state; the loss is its own. `vandal` (vandal.c) does what it is told; afterwards `echo` must
 * answer, the registrar give routes, and nano's tables be in order. The vandal is killed if it lives.
 */
#include "peer.h"
#include "tap.h"
#include "vandal.h"

static const char *const deeds[] = {
#define DEED(name, what) what,
    DEEDS
#undef DEED
};

static uint32_t pager, echo;

/* How the others are after it; NULL: well. */
static const char *damage(uint32_t n)
{
    uint32_t answer[POST_ANSWER] = {0};

    if (peer_ask(echo, TAG_PING, n, answer) != STATUS_OK || answer[1] != n)
        return "echo does not answer";
    answer[0] = 0;
    if (post_ask(HANDLE_PAGER, TAG_CHECK, answer, 1, answer) != STATUS_OK)
        return "the pager does not answer";
    return answer[1] ? "nano finds its tables in disorder" : NULL;
}

static void deed(uint32_t n)
{
    uint32_t id = peer_spawn(pager, "vandal"), words[3] = {0, n}, answer[2] = {STATUS_OK, 0};
    int vandal = post_open("vandal");
    const char *end = "it was still there and was killed", *wrong = NULL;

    if (!id || vandal < 0)
        wrong = "no vandal could be started";
    post_send(vandal, TAG_PING, words, 8);
    words[1] = id;
    enum status status =
        post_call(pager, TAG_WAIT_EXIT, words, 8, answer, 8, NULL, post_in(VANDAL_TICKS));
    if (status != STATUS_OK)
        post_call(pager, TAG_KILL, words, 8, answer, 8, NULL, post_in(5000));
    else if (answer[1] >= EXIT_KILLED)
        end = "a fault ended it";
    else if (answer[1])
        wrong = "it got what it should not have got";
    else
        end = "it ended";
    if (post_close(vandal) != STATUS_OK)
        wrong = "the registrar does not answer";
    const char *damaged = damage(n);
    if (damaged)
        wrong = damaged;
    if (!tap_ok(!wrong, "%s", deeds[n]))
        post_printf("# %s\n", wrong);
    post_printf("# %s (%u)\n", end, answer[1]);
}

int main(void)
{
    pager = tap_open("pager");
    echo = tap_open("echo");
    for (uint32_t n = 0; n < sizeof deeds / sizeof *deeds; n++)
        deed(n);
    tap_end();
}
