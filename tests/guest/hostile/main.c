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

static void deed(uint32_t n)
{
    uint32_t id = peer_spawn(pager, "vandal"), words[POST_ANSWER] = {0, n}, answer[POST_ANSWER];
    int vandal = post_open("vandal");
    bool good = id && vandal > 0;

    post_send(vandal, TAG_PING, words, 8);
    words[1] = id;
    enum status status =
        post_call(pager, TAG_WAIT_EXIT, words, 8, answer, 8, NULL, post_in(VANDAL_TICKS));
    const char *end = "it was still there and is killed";
    if (status == STATUS_OK)
        end = answer[1] >= EXIT_KILLED ? "a fault ended it" : answer[1] ? "it says it was wronged" : "it ended";
    else
        post_call(pager, TAG_KILL, words, 8, answer, 8, NULL, post_in(5000));
    good &= !(status == STATUS_OK && answer[1] && answer[1] < EXIT_KILLED);
    good &= post_close(vandal) == STATUS_OK;
    good &= peer_ask(echo, TAG_PING, n, words) == STATUS_OK && words[1] == n;
    words[0] = 0;
    good &= post_ask(HANDLE_PAGER, TAG_CHECK, words, 1, words) == STATUS_OK && words[1] == 0;
    tap_ok(good, "%s", deeds[n]);
    post_printf("# %s (%u)\n", end, status == STATUS_OK ? answer[1] : 0);
}

int main(void)
{
    pager = tap_open("pager");
    echo = tap_open("echo");
    for (uint32_t n = 0; n < sizeof deeds / sizeof *deeds; n++)
        deed(n);
    tap_end();
}
