/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pager's gate. Ring 0; `f` is the pager's frame: registers in, registers out. Every
 * argument is an allegation: tasks are looked up by id, frames by type, addresses by range.
 */
#include <ringpost/status.h>
#include "fault_report.h"
#include "frame.h"
#include "life.h"
#include "map.h"
#include "pager_gate.h"
#include "part.h"
#include "pic.h"
#include "ports.h"
#include "print.h"
#include "refuse.h"
#include "walk.h"

static uint32_t query_table(struct task *t, struct frame *f)
{
    for (uint32_t a = f->ecx & ~(TABLE_SPAN - 1); a < LANDING_END; a += TABLE_SPAN) {
        pte_t *d = view_address_ok(a) ? view_directory_pte(t, a) : NULL;
        if (d && *d & PTE_P) {
            f->ebx = a;
            return STATUS_OK;
        }
    }
    return STATUS_NONE;
}

static uint32_t query_page(struct task *t, struct frame *f)
{
    uint32_t a = f->ecx & ~(PAGE_SIZE - 1), end = (a | (TABLE_SPAN - 1)) + 1;
    pte_t *e = view_address_ok(a) ? view_pte(t, a) : NULL;

    for (; e && a != end; a += PAGE_SIZE, e++)
        if (*e & PTE_P) {
            f->ebx = a;
            f->ecx = PTE_FRAME(*e);
            f->edx = (*e & PTE_W ? MAP_W : 0) | (*e & PTE_NX ? 0 : MAP_X);
            return STATUS_OK;
        }
    return STATUS_NONE;
}

static uint32_t grant_irq(struct task *t, uint32_t irq)
{
    if (irq >= 16 || !irq_grantable(irq))
        REFUSE(STATUS_NOT_GRANTABLE);
    nano_page->irq_task[irq] = t->id;
    pic_enable(irq);
    return STATUS_OK;
}

/* Operations that name a task in EBX. */
static uint32_t on_task(struct task *t, struct frame *f)
{
    struct task *to;

    switch (f->eax) {
    case PAGER_OP_TASK_PART: return part_give(t, f->ecx, f->edx);
    case PAGER_OP_TASK_START: return task_start(t, f->ecx, f->edx);
    case PAGER_OP_TASK_STOP:
        if (t->life != LIFE_STARTED || t->id == nano_page->pager)
            REFUSE(STATUS_BUSY);
        task_stop(t);
        return STATUS_OK;
    case PAGER_OP_TASK_RESUME: return task_resume(t);
    case PAGER_OP_TASK_RETIRE: return task_retire(t);
    case PAGER_OP_TASK_TAKE: return part_take(t, f->ecx, &f->ebx);
    case PAGER_OP_TASK_END: return task_vacate(t);
    case PAGER_OP_TABLE_GIVE: return view_give_table(t, f->ecx, f->edx);
    case PAGER_OP_TABLE_TAKE: return view_take_table(t, f->ecx, &f->ebx);
    case PAGER_OP_MAP: return view_map(t, f->ecx, f->edx, f->esi);
    case PAGER_OP_UNMAP: return view_unmap(t, f->ecx, &f->ebx);
    case PAGER_OP_PROTECT: return view_protect(t, f->ecx, f->esi);
    case PAGER_OP_MOVE:
    case PAGER_OP_MOVE_TABLE:
        if (!(to = task_find(f->edx)))
            REFUSE(STATUS_BAD_TASK);
        return (f->eax == PAGER_OP_MOVE ? view_move : view_move_tables)(
            t, f->ecx, to, f->edi, f->esi & 0xFFFF, f->esi >> 16);
    case PAGER_OP_QUERY_TABLE: return query_table(t, f);
    case PAGER_OP_QUERY_PAGE: return query_page(t, f);
    case PAGER_OP_IRQ: return grant_irq(t, f->ecx);
    case PAGER_OP_PORTS: return ports_grant(t, f->ecx, f->edx);
    default: REFUSE(STATUS_BAD_OP);
    }
}

static uint32_t next_event(struct frame *f)
{
    for (uint32_t s = 1; s < tasks_made; s++) {
        struct task *t = task_at(s);
        if (t->life != LIFE_STARTED || !t->event)
            continue;
        t->event = false;
        f->ebx = t->id;
        f->ecx = t->fault_vector | t->fault_error << 16;
        f->edx = t->fault_address;
        f->esi = t->fault_eip;
        f->edi = t->fault_esp;
        return STATUS_OK;
    }
    return STATUS_NONE;
}
static uint32_t query_task(struct frame *f)
{
    struct task *t = task_at(f->ebx);

    if (f->ebx >= tasks_made)
        REFUSE(STATUS_BAD_TASK);
    if (t->life == LIFE_NONE)
        return STATUS_NONE;
    f->ebx = t->id;
    f->ecx = task_entry(t)->state | t->priority << 8;
    f->edx = t->ticks;
    return STATUS_OK;
}
static uint32_t query_memory(struct frame *f)
{
    f->ecx = frame_count(FRAME_FREE);
    f->edx = frame_count(FRAME_MAPPED);
    f->esi = frame_count(FRAME_TABLE) + frame_count(FRAME_MAILBOX);
    f->ebx = f->ecx + f->edx + f->esi + frame_count(FRAME_NANO) + frame_count(FRAME_ROUTER);
    return STATUS_OK;
}
static uint32_t set_registrar(struct frame *f)
{
    if (f->ebx && !task_running_id(f->ebx))
        REFUSE(STATUS_BAD_TASK);
    nano_page->registrar = f->ebx;
    return STATUS_OK;
}
static uint32_t faults(struct frame *f)
{
    bool more;
    const struct fault_report *r = fault_report(f->ebx & ~FAULTS_SPENT, &more);

    if (!r)
        return more ? STATUS_NO_SUCH : STATUS_NONE;
    if (f->ebx & FAULTS_SPENT) {
        f->ebx = r->spent;
        return STATUS_OK;
    }
    f->ebx = r->vector | r->error << 16;
    f->ecx = r->address;
    f->edx = r->eip;
    f->esi = r->culprit;
    f->edi = r->tick;
    return STATUS_OK;
}
static uint32_t log_text(struct frame *f)
{
    const uint32_t text[] = {f->ebx, f->ecx, f->edx, f->esi, f->edi};

    for (unsigned i = 0; i < sizeof text; i++) {
        char c = text[i / 4] >> i % 4 * 8;
        if (!c)
            break;
        print_char(c);
    }
    return STATUS_OK;
}

static uint32_t named_task(struct frame *f)
{
    struct task *t = task_find(f->ebx);

    if (!t && f->eax > PAGER_OP_PORTS)
        REFUSE(STATUS_BAD_OP);
    if (!t)
        REFUSE(STATUS_BAD_TASK);
    return on_task(t, f);
}

void pager_gate(struct frame *f)
{
    switch (f->eax) {
    case PAGER_OP_TASK_MAKE: f->eax = task_make(f->ebx, f->ecx, f->edx, &f->ebx); break;
    case PAGER_OP_NEXT_EVENT: f->eax = next_event(f); break;
    case PAGER_OP_QUERY_TASK: f->eax = query_task(f); break;
    case PAGER_OP_QUERY_MEMORY: f->eax = query_memory(f); break;
    case PAGER_OP_SET_REGISTRAR: f->eax = set_registrar(f); break;
    case PAGER_OP_POWER_OFF:
        print("nano: power off, exit code %u\n", f->ebx & 127);
        power_off(f->ebx & 127);
    case PAGER_OP_FAULTS: f->eax = faults(f); break;
    case PAGER_OP_LOG: f->eax = log_text(f); break;
    default: f->eax = named_task(f); /* PORTS is the last */
    }
}
