/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports of the router's deaths; see fault_report.h. Ring 0.
 *
 * Nano keeps a history, and not only the last, because nobody above could: the router may die
 * again before the pager runs next, and such bursts are what the reports are for.
 */
#include <ringpost/status.h>
#include "fault_report.h"
#include "tick.h"

static struct fault_report reports[FAULT_REPORTS];
static uint32_t report_count;

const struct fault_report *fault_report_make(const struct frame *f, const struct task *t, bool hang)
{
    struct fault_report *r = &reports[report_count++ % FAULT_REPORTS];

    *r = (struct fault_report){.vector = hang ? FAULT_HANG : f->vector,
                               .error = f->error,
                               .address = f->vector == X86_EXC_PF ? read_cr2() : 0,
                               .eip = f->eip,
                               .culprit = t->id,
                               .tick = tick_now(),
                               .began = read_time_stamp(),
                               .spent = 0};
    return r;
}

void fault_report_recovered(void)
{
    struct fault_report *r = &reports[(report_count - 1) % FAULT_REPORTS];

    r->spent = read_time_stamp() - r->began;
}

uint32_t fault_report_tell(struct frame *f)
{
    uint32_t n = f->ebx & ~FAULTS_SPENT;
    const struct fault_report *r = &reports[n % FAULT_REPORTS];

    if (n >= report_count)
        return STATUS_NONE;
    if (report_count - n > FAULT_REPORTS)
        return STATUS_NO_SUCH;
    if (f->ebx & FAULTS_SPENT) {
        f->ebx = r->spent;
        return STATUS_OK;
    }
    f->ebx = r->vector | r->error << 16;
    f->ecx = r->address;
    f->edx = r->eip;
    f->esi = NUMBER_OF(r->culprit);
    f->edi = r->tick;
    return STATUS_OK;
}
