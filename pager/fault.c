/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults: nano has stopped a task and tells why (NEXT_EVENT). If the task touched a missing page
 * inside a region of first touch, the pager maps a zeroed page and the task goes on. Anything
 * else ends the task (also a touch of a page that it has sent away), with a line on the log that
 * a person can read.
 *
 * Ring 3, pager, from the main loop when SIGNAL_EVENT is pending. SDM vol. 3, 6.15 (the
 * exceptions) and 4.7 (the page-fault error code).
 */
#include "fault.h"
#include "gate.h"
#include "log.h"
#include "memory.h"
#include "place.h"
#include "request.h"
#include "post_fault.h"
#include <ringpost/protocol.h>

#define VECTOR_PF 14

/*
 * Ends the task. Whoever waits for its end may tell why; else the log does. Not inline, because
 * GDB stops here (ringpost catch).
 */
__attribute__((noinline)) void fault_stop(struct task *t, const struct fault *f)
{
    struct post_fault told = {.vector = f->vector,
                              .error = f->error,
                              .address = f->address,
                              .eip = f->eip,
                              .place = f->place};
    char text[POST_FAULT_TEXT];

    if (!request_is_told(t->id)) {
        post_fault_text(text, sizeof text, &told);
        log_line("%s: %s", task_name(t), text);
    }
    t->fault = *f;
    end_begin(t, EXIT_KILLED + f->vector, true);
}

static void handle(struct task *t, struct fault *f)
{
    uint32_t page = f->address & ~(PAGE_SIZE - 1);
    enum status status;

    if (f->vector != VECTOR_PF || f->error & PF_PRESENT ||
        !regions_hold(t->lazy, page, page + PAGE_SIZE)) {
        f->place = place_of(t, f);
        fault_stop(t, f);
        return;
    }
    status = memory_map(t, page, MAP_W | MAP_RESUME);
    if (status == STATUS_MAPPED)
        nano_do(PAGER_OP_TASK_RESUME, t->id, 0, 0);
    if (status == STATUS_OK || status == STATUS_MAPPED)
        return;
    f->place = status == STATUS_NO_MEMORY ? FAULT_PLACE_NO_MEMORY : FAULT_PLACE_UNKNOWN;
    fault_stop(t, f);
}

/* Handles nano's events until there are none; ignores those of tasks that are ending already. */
void fault_events(void)
{
    bool more = true;

    while (more) {
        struct gate g = {0};

        if (nano_call(PAGER_OP_NEXT_EVENT, &g) != STATUS_OK)
            return;
        more = g.ecx & EVENT_MORE;

        struct task *t = task_by_id(g.ebx);
        struct fault f = {g.ecx & 0xFF, g.ecx >> 16, g.edx, g.esi, 0};

        if (t)
            handle(t, &f);
    }
}
