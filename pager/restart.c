/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting programs again, as restart= in the manifest says. It never gives up: a program that
 * ends RESTART_QUICK times in a row soon after its start is still started again, but later each
 * time, so that one which dies at its first instruction does not keep the machine busy with dying.
 * A start that fails (memory, slots) counts as a quick ending.
 *
 * Ring 3, pager: from end.c when a task has ended, and from each turn of the main loop.
 */
#include "restart.h"
#include "log.h"
#include "task.h"
#include <ringpost/protocol.h>

static struct pace {
    uint32_t quick; /* quick endings in a row */
    uint32_t due;   /* the deadline at which it is started; POST_FOREVER: it is not waited for */
    bool failed;    /* the last try to start it failed */
} paces[MANIFEST_MAX];
static uint32_t waiting; /* how many have a deadline */

/* Does restart= want it started again after this end? */
bool restart_wanted(const struct program *p, uint32_t exit_code)
{
    bool fault = exit_code >= EXIT_KILLED && exit_code != EXIT_KILLED + 255;

    return p->restart == RESTART_ALWAYS || (p->restart == RESTART_FAULT && fault);
}

/* The ticks to wait after that many quick endings in a row. */
static uint32_t pause_after(uint32_t quick)
{
    uint32_t pause = RESTART_FIRST;

    if (quick <= RESTART_QUICK)
        return 0;
    for (uint32_t i = RESTART_QUICK + 1; i < quick && pause < RESTART_MOST; i++)
        pause *= 2;
    return pause < RESTART_MOST ? pause : RESTART_MOST;
}

static bool start(const struct program *p)
{
    uint32_t id;
    enum status status = task_launch(p, &id);

    if (status == STATUS_OK)
        log_line("%s: started again", p->name);
    return status == STATUS_OK || status == STATUS_BUSY; /* BUSY: somebody has started it */
}

static void start_in(const struct program *p, uint32_t ticks)
{
    struct pace *r = &paces[p - manifest.program];

    waiting += r->due == POST_FOREVER;
    r->due = post_in(ticks);
}

/* Starts it; if that fails, tries again later. */
static void start_or_wait(const struct program *p)
{
    struct pace *r = &paces[p - manifest.program];
    uint32_t pause;

    r->failed = !start(p);
    if (!r->failed)
        return;
    r->quick = r->quick < RESTART_QUICK ? RESTART_QUICK + 1 : r->quick + 1;
    pause = pause_after(r->quick);
    log_line("%s: tried again in %u ms", p->name, pause);
    start_in(p, pause);
}

/* Starts the program again now or later; a task of it has ended, after `life` ticks. */
void restart_after(const struct program *p, uint32_t life)
{
    struct pace *r = &paces[p - manifest.program];
    uint32_t pause;

    r->quick = life < RESTART_CALM ? r->quick + 1 : 0;
    pause = pause_after(r->quick);
    if (pause == 0) {
        start_or_wait(p);
        return;
    }
    r->failed = false;
    log_line("%s: ended %u times in a row within %u s of its start: started again in %u ms",
             p->name, r->quick, RESTART_CALM / 1000, pause);
    start_in(p, pause);
}

/* Is its start put off, because it has ended too often, and not because it failed? */
bool restart_put_off(const struct program *p)
{
    const struct pace *r = &paces[p - manifest.program];

    return r->due != POST_FOREVER && !r->failed;
}

/* The next deadline, or POST_FOREVER. */
uint32_t restart_next(void)
{
    uint32_t next = POST_FOREVER;

    for (uint32_t i = 0; waiting && i < manifest.count; i++) {
        uint32_t due = paces[i].due;

        if (due != POST_FOREVER && (next == POST_FOREVER || (int32_t)(due - next) < 0))
            next = due;
    }
    return next;
}

/* Starts what is due. */
void restart_turn(void)
{
    for (uint32_t i = 0; waiting && i < manifest.count; i++) {
        if (post_passed(paces[i].due)) {
            paces[i].due = POST_FOREVER;
            waiting--;
            start_or_wait(&manifest.program[i]);
        }
    }
}
