/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager: the one task that may ask nano for frames, views and tasks.
 *
 * Ring 3, like every task. Nano starts it with its own view ready (text, data and bss mapped, a
 * stack of eight pages, the boot information and the modules in its landing zone), and answers
 * VECTOR_PAGER from this view only. The pager starts the tasks of the manifest and then serves:
 * nano's events first, because tasks stand still until they are handled, then mail, then the
 * tasks that are ending. In that loop only post_wait, at its end, waits.
 *
 * Reading order: gate.h, frames.c, regions.c, tables.c, memory.c, piece.c, move.c, load.c, task.c,
 * end.c, restart.c, kept.c, fault.c, request.c, requests.h, request_pages.c, request_task.c,
 * request_machine.c, send.c; then large messages: extents.c, landing.c, settle.c, moving.c,
 * loans.c.
 */
#include "fault.h"
#include "frames.h"
#include "gate.h"
#include "log.h"
#include "memory.h"
#include "module.h"
#include "request.h"
#include "restart.h"
#include "send.h"
#include <ringpost/boot_info.h>

#define MAIL_TURN 64 /* messages in one turn of the loop */

static const struct boot_info *boot = (const struct boot_info *)BOOT_INFO;

/* Counts the pages that nano mapped for the pager, because PS counts the pages of every task. */
static uint32_t own_pages(void)
{
    uint32_t pages = module_pages(), at = PROGRAM_BASE, page;

    while (nano_get(PAGER_OP_QUERY_TABLE, boot->pager, at, &at) == STATUS_OK && at < OWN_BASE) {
        for (; nano_get(PAGER_OP_QUERY_PAGE, boot->pager, at, &page) == STATUS_OK; pages++)
            if ((at = page + PAGE_SIZE) % TABLE_SPAN == 0)
                break;
        at = (at + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);
    }
    return pages;
}

static bool has_module(const char *name) { return module_find(name) != NULL; }

static void read_manifest(void)
{
    const struct boot_module *m = module_find("manifest");
    struct text_error error;

    if (!m)
        log_stop("pager: there is no module 'manifest'");
    /* Slot 0 is nobody's, and one is the pager's. */
    if (manifest_parse(&manifest, (const char *)(uintptr_t)m->address, m->bytes, &error) &&
        manifest_fits(&manifest, has_module, boot->tasks - 2, &error))
        return;
    if (error.line == 0)
        log_stop("manifest: %s", error.reason);
    log_stop("manifest, line %u: %s%s%s%s", error.line, error.word[0] ? "'" : "", error.word,
             error.word[0] ? "': " : "", error.reason);
}

static void start(const struct program *p)
{
    uint32_t id;
    enum status status = task_launch(p, &id);

    if (status != STATUS_OK)
        log_stop("pager: %s was to start at boot: %s", p->name, status_text(status));
}

/* Starts the registrar first: the first messages of the others need routes. */
static void start_all(void)
{
    const struct program *registrar = manifest_find(&manifest, "registrar");

    if (registrar && registrar->start)
        start(registrar);
    for (uint32_t i = 0; i < manifest.count; i++)
        if (manifest.program[i].start && &manifest.program[i] != registrar)
            start(&manifest.program[i]);
}

static void set_up(void)
{
    if (boot->abi != ABI_VERSION)
        log_stop("pager: nano speaks ABI %u, this is %u", boot->abi, ABI_VERSION);
    for (uint32_t i = 0; i < boot->ranges; i++)
        frames_add(boot->range[i].first, boot->range[i].count);
    module_init(boot);
    tasks = memory_own(boot->pager, boot->tasks * sizeof *tasks);
    if (!tasks)
        log_stop("pager: out of memory: no room for %u tasks", boot->tasks);
    task_init(boot->tasks, boot->pager);
    task_pager()->pages = own_pages();
}

static void serve_mail(void)
{
    const struct line *line;

    for (unsigned i = 0; i < MAIL_TURN && (line = post_peek()); i++) {
        request_handle(line);
        post_done(line);
    }
}

/* One turn; `signals` were raised since the last one. Returns the deadline of the next wait. */
static uint32_t turn(uint32_t signals)
{
    bool ending, news;

    if (signals & SIGNAL_EVENT)
        fault_events();
    serve_mail();
    restart_turn();
    ending = end_step();
    news = send_news_left();
    /* If a step waits for the router, or for room at the registrar, try it again a tick later. */
    return ending || news ? post_in(1) : restart_next();
}

int main(void)
{
    uint32_t deadline = POST_FOREVER;

    set_up();
    read_manifest();
    start_all();
    for (;;)
        deadline = turn(post_wait_past(post_own->out.in_head, deadline)); /* all mail is read */
}
