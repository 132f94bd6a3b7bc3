/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * monitor: says on the console when the router was restarted, where it died and in whose call,
 * ring 3. `spawn monitor` at the prompt starts it. The policy gives it the right to watch.
 *
 * SIGNAL_RESTART does not say how many restarts there were: two may raise one signal. So monitor
 * reads nano's reports from the first that it does not know to the last.
 */
#include <post.h>
#include <ringpost/pager_gate.h>

static void show(const uint32_t report[POST_ANSWER])
{
    struct post_fault fault = post_router_fault(report);
    char name[NAME_BYTES] = "nobody", text[POST_FAULT_TEXT];

    if (report[4] && post_name_of(report[4], name) != STATUS_OK)
        post_format(name, sizeof name, "%08x (gone)", report[4]);
    if (fault.vector == FAULT_ASKED) {
        post_printf("monitor: the router was restarted, by request\n");
        return;
    }
    post_fault_text(text, sizeof text, &fault);
    post_printf("monitor: the router was restarted: it %s, for %s\n", text, name);
}

/* Shows the reports from the n-th on, as far as nano has kept them; returns how many there are. */
static uint32_t show_from(uint32_t n)
{
    uint32_t end = post_restarts();

    for (n = end - n > FAULT_REPORTS ? end - FAULT_REPORTS : n; n < end; n++) {
        uint32_t report[POST_ANSWER] = {0, n};

        if (post_ask(HANDLE_PAGER, TAG_RESTARTS, report, 2, report) == STATUS_OK)
            show(report);
    }
    return end;
}

int main(void)
{
    uint32_t answer[POST_ANSWER] = {1}, known;
    int router = post_open("router");
    enum status status = -router;

    if (router > 0)
        status = post_ask(router, TAG_WATCH, answer, 1, answer);
    if (status != STATUS_OK) {
        post_printf("monitor: router: %s\n", post_status_text(status));
        return 1;
    }
    for (known = post_restarts();; known = show_from(known))
        while (!(post_wait(POST_FOREVER) & SIGNAL_RESTART))
            ;
}
