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
#include "loans.h"
#include "log.h"
#include "memory.h"
#include <ringpost/protocol.h>

#define VECTOR_PF 14

/* Page-fault error code. */
#define PF_PRESENT 0x01
#define PF_WRITE   0x02
#define PF_FETCH   0x10

static const char *const mnemonics[32] = {
    [0] = "#DE",  [1] = "#DB",  [2] = "NMI",  [3] = "#BP",  [4] = "#OF",
    [5] = "#BR",  [6] = "#UD",  [7] = "#NM",  [8] = "#DF",  [10] = "#TS",
    [11] = "#NP", [12] = "#SS", [13] = "#GP", [14] = "#PF", [16] = "#MF",
    [17] = "#AC", [18] = "#MC", [19] = "#XM", [21] = "#CP",
};

static const char *access(uint32_t error)
{
    return error & PF_FETCH ? "fetch" : error & PF_WRITE ? "write" : "read";
}

static void stop(struct task *t, const struct fault *f, const char *why)
{
    const char *mnemonic = f->vector < 32 ? mnemonics[f->vector] : 0;

    if (f->vector == FAULT_KILLER)
        log_line("%s: killed the router, last at 0x%08x: stopped", task_name(t), f->eip);
    else if (f->vector == VECTOR_PF)
        log_line("%s: #PF at 0x%08x, address 0x%08x, %s, error 0x%02x%s: stopped", task_name(t),
                 f->eip, f->address, access(f->error), f->error, why);
    else if (mnemonic)
        log_line("%s: %s at 0x%08x, error 0x%04x: stopped", task_name(t), mnemonic, f->eip,
                 f->error);
    else
        log_line("%s: vector %u at 0x%08x, error 0x%04x: stopped", task_name(t), f->vector, f->eip,
                 f->error);
    t->fault = *f;
    end_begin(t, EXIT_KILLED + f->vector, true);
}

static void handle(struct task *t, const struct fault *f)
{
    uint32_t page = f->address & ~(PAGE_SIZE - 1);
    enum status status;

    if (f->vector != VECTOR_PF || f->error & PF_PRESENT ||
        !regions_hold(t->lazy, page, page + PAGE_SIZE)) {
        stop(t, f,
             loans_touch(t->lent, false, page, page + PAGE_SIZE) ? ", it has lent this page" : "");
        return;
    }
    status = memory_map(t, page, MAP_W);
    if (status == STATUS_OK || status == STATUS_MAPPED)
        nano_do(PAGER_OP_TASK_RESUME, t->id, 0, 0);
    else
        stop(t, f, status == STATUS_NO_MEMORY ? ", out of memory" : ", the page cannot be mapped");
}

/* Handles nano's events until there are none; ignores those of tasks that are ending already. */
void fault_events(void)
{
    struct gate g = {0};

    while (nano_call(PAGER_OP_NEXT_EVENT, &g) == STATUS_OK) {
        struct task *t = task_by_id(g.ebx);
        struct fault f = {g.ecx & 0xFFFF, g.ecx >> 16, g.edx, g.esi};

        if (t)
            handle(t, &f);
        g = (struct gate){0};
    }
}
