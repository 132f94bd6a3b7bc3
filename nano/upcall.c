/* SPDX-License-Identifier: BSD-2-Clause */
/* Upcalls; see upcall.h. Ring 0. */
#include "culprit.h"
#include "fault_report.h"
#include "gdt.h"
#include "leave.h"
#include "life.h"
#include "load_router.h"
#include "owed.h"
#include "upcall.h"

static uint32_t running, argument;          /* enum upcall, 0: none */
static uint32_t deaths[UPCALL_RECOVER + 1]; /* in each, since it was accepted last */

bool upcall_running(void) { return running != 0; }
bool upcall_recovering(void) { return running == UPCALL_RECOVER; }

void upcall_accept(void)
{
    if (running == UPCALL_GONE)
        task_told(task_find(AS_KIND(task_id_t, argument)));
    if (running == UPCALL_RECOVER) {
        fault_report_recovered();
        culprit_recovered();
    }
    owed_accepted(running, argument);
    deaths[running] = 0;
    running = 0;
}

uint32_t upcall_died(void)
{
    uint32_t died = running ? ++deaths[running] : 0;

    running = 0;
    return died;
}

void upcall_start(void)
{
    struct frame *f = ENTRY_FRAME_AT;

    running = owed_first(&argument);
    frame_begin(f, SEL_ROUTER_CS, SEL_ROUTER_DS, router_upcall_entry(), ROUTER_STACK + PAGE_SIZE);
    f->eax = running;
    f->edx = argument;
    tss_set_ports(NULL); /* not those of the task that ran last */
    leave(f, task_view(task_nobody()));
}
