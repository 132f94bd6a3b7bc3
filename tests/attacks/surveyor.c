/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The surveyor: probes every page of 4 GiB, first from ring 3, then through the hostile router from
 * ring 1, each in its own view; has the pager and nano do the same for theirs; and prints what it
 * found as runs of pages. Needs the surveying nano (survey_nano.c), where a probe may fail.
 */
#include <post.h>
#include "survey.h"

#define RUNS 512

static struct survey_run runs[2][RUNS];
static unsigned counts[2];

static void note(unsigned ring, uint32_t page, uint32_t rights)
{
    if (counts[ring] && runs[ring][counts[ring] - 1].rights == rights)
        return;
    if (counts[ring] < RUNS)
        runs[ring][counts[ring]++] = (struct survey_run){page << 12, rights};
}

static void print(unsigned ring)
{
    static const char *const names[] = {"task", "router"};

    for (unsigned i = 0; i < counts[ring]; i++)
        if (runs[ring][i].rights)
            post_printf("survey: %s probed %08x %08x %x\n", names[ring], runs[ring][i].from,
                        (i + 1 < counts[ring] ? runs[ring][i + 1].from : 0) - 1,
                        runs[ring][i].rights);
}

int main(void)
{
    int pager = post_open("pager");
    uint32_t words[POST_ANSWER] = {0};

    post_printf("survey: begin\n"); /* and the stack has been as deep as it will be */
    for (uint32_t page = 0; page < 1u << 20; page++)
        note(0, page, survey_page(page << 12));
    for (uint32_t page = 0; page < 1u << 20; page++) {
        if (page % 64 == 0)
            post_gate(GATE_POST,
                      POST_FOREVER); /* which yields if a tick has come: a probe does not */
        note(1, page, post_gate(SURVEY_OPERATION, page << 12));
    }
    survey_tables(0);
    print(0);
    print(1);
    post_ask(pager, TAG_SURVEY, words, 1, words);
    asm volatile("ud2" : : "a"(SURVEY_NANO) : "memory");
    asm volatile("ud2" : : "a"(SURVEY_BREAK) : "memory");
    post_printf("survey: end\n");
    post_drain(post_in(20000));
    post_send(pager, TAG_OFF, (uint32_t[]){0, 0}, 8);
    for (;;)
        post_wait(POST_FOREVER);
}
