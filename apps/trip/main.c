/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trip: lets the injector kill the router in the middle of trip's own calls to echo, each time some
 * instructions further on, and counts the right answers, ring 3. It needs the injector: make run
 * INJECT=1. In any other build its first int3 is its own #BP, and ends it.
 */
#include <post.h>
#include <ringpost/inject.h>

#define DEATHS 8
#define APART  35 /* instructions of the router; a call takes about 300 after a restart */

/*
 * Plans one kill, after `step` instructions of my next gate call that posts. A plan must lie in one
 * page.
 */
static void arm(uint32_t step)
{
    static struct inject_plan plan __attribute__((aligned(128)));
    uint32_t op = INJECT_MAGIC + INJECT_ARM;

    plan = (struct inject_plan){
        .task = post_self(), .step = step, .action = INJECT_KILL, .patience = UINT32_MAX};
    asm volatile("int3" : "+a"(op) : "b"(&plan), "c"(0) : "memory");
}

int main(void)
{
    unsigned right = 0;
    int echo = post_open("echo");

    if (echo < 0) {
        post_printf("trip: echo: %s\n", post_status_text(-echo));
        return 1;
    }
    for (uint32_t i = 0; i < DEATHS; i++) {
        uint32_t answer = 0;

        arm(i * APART);
        right += post_call(echo, TAG_PING, &i, sizeof i, &answer, sizeof answer, NULL,
                           post_in(2000)) == STATUS_OK &&
                 answer == i;
    }
    post_printf("trip: %u calls in which the router was killed, %u right answers\n", DEATHS, right);
    return right != DEATHS;
}
