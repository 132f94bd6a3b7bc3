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
#include "router_fault.h"
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
            f->ecx = NUMBER_OF(PTE_FRAME(*e));
            f->edx = pte_rights(*e) & pte_rights(*view_directory_pte(t, a));
            return STATUS_OK;
        }
    return STATUS_NONE;
}

static uint32_t grant_irq(struct task *t, struct frame *f)
{
    uint32_t irq = f->ecx;

    if (irq >= 16 || !irq_grantable(irq))
        REFUSE(STATUS_NOT_GRANTABLE);
    nano_page->irq_task[irq] = t->id;
    pic_enable(irq);
    return STATUS_OK;
}

static uint32_t stop(struct task *t, struct frame *f)
{
    (void)f;
    if (t->life != LIFE_STARTED || t->id == nano_page->pager)
        REFUSE(STATUS_BUSY);
    task_stop(t);
    return STATUS_OK;
}

static uint32_t start(struct task *t, struct frame *f) { return task_start(t, f->ecx, f->edx); }

static uint32_t resume(struct task *t, struct frame *f)
{
    (void)f;
    return task_resume(t);
}

static uint32_t retire(struct task *t, struct frame *f)
{
    (void)f;
    return task_retire(t);
}

static uint32_t vacate(struct task *t, struct frame *f)
{
    (void)f;
    return task_vacate(t);
}

static uint32_t give_part(struct task *t, struct frame *f)
{
    return part_give(t, f->ecx, AS_KIND(frame_t, f->edx));
}

static uint32_t take_part(struct task *t, struct frame *f)
{
    frame_t frame = AS_KIND(frame_t, f->ebx);
    uint32_t status = part_take(t, f->ecx, &frame);

    f->ebx = NUMBER_OF(frame);
    return status;
}

static uint32_t give_table(struct task *t, struct frame *f)
{
    return view_give_table(t, f->ecx, AS_KIND(frame_t, f->edx));
}

static uint32_t take_table(struct task *t, struct frame *f)
{
    frame_t frame = AS_KIND(frame_t, f->ebx);
    uint32_t status = view_take_table(t, f->ecx, &frame);

    f->ebx = NUMBER_OF(frame);
    return status;
}

static uint32_t map(struct task *t, struct frame *f)
{
    uint32_t status = view_map(t, f->ecx, AS_KIND(frame_t, f->edx), f->esi);

    if (status == STATUS_OK && f->esi & MAP_RESUME)
        task_resume(t);
    return status;
}

static uint32_t unmap(struct task *t, struct frame *f)
{
    frame_t frame = AS_KIND(frame_t, f->ebx);
    uint32_t status = view_unmap(t, f->ecx, &frame);

    f->ebx = NUMBER_OF(frame);
    return status;
}

static uint32_t protect(struct task *t, struct frame *f) { return view_protect(t, f->ecx, f->esi); }

static uint32_t move(struct task *t, struct frame *f)
{
    struct task *to = task_find(AS_KIND(task_id_t, f->edx));

    if (!to)
        REFUSE(STATUS_BAD_TASK);
    return view_move(t, f->ecx, to, f->edi, f->esi & 0xFFFF, f->esi >> 16);
}

static uint32_t move_tables(struct task *t, struct frame *f)
{
    struct task *to = task_find(AS_KIND(task_id_t, f->edx));

    if (!to)
        REFUSE(STATUS_BAD_TASK);
    return view_move_tables(t, f->ecx, to, f->edi, f->esi & 0xFFFF, f->esi >> 16);
}

static uint32_t grant_ports(struct task *t, struct frame *f)
{
    return ports_grant(t, f->ecx, f->edx);
}

static uint32_t make(struct frame *f)
{
    task_id_t id;
    uint32_t status = task_make(AS_KIND(slot_t, f->ebx), f->ecx, f->edx, &id);

    if (status == STATUS_OK)
        f->ebx = NUMBER_OF(id);
    return status;
}

static uint32_t next_event(struct frame *f)
{
    const struct task *t = task_event();

    if (!t)
        return STATUS_NONE;
    f->ebx = NUMBER_OF(t->id);
    f->ecx = t->fault_vector | (task_events() ? EVENT_MORE : 0) | t->fault_error << 16;
    f->edx = t->fault_address;
    f->esi = t->fault_eip;
    f->edi = t->fault_esp;
    return STATUS_OK;
}

static uint32_t query_task(struct frame *f)
{
    struct task *t = task_at(AS_KIND(slot_t, f->ebx));

    if (f->ebx >= tasks_made)
        REFUSE(STATUS_BAD_TASK);
    if (t->life == LIFE_NONE)
        return STATUS_NONE;
    f->ebx = NUMBER_OF(t->id);
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
    task_id_t id = AS_KIND(task_id_t, f->ebx);

    if (id && !task_running_id(id))
        REFUSE(STATUS_BAD_TASK);
    nano_page->registrar = id;
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

static uint32_t end_run(struct frame *f)
{
    print("nano: power off, exit code %u\n", f->ebx & 127);
    power_off(f->ebx & 127);
}

/* What each operation comes to: by itself, or with the task that EBX names. */
static const struct operation {
    uint32_t (*alone)(struct frame *f);
    uint32_t (*on_task)(struct task *t, struct frame *f);
} operations[PAGER_OP_COUNT] = {
    [PAGER_OP_TASK_MAKE] = {.alone = make},
    [PAGER_OP_TASK_PART] = {.on_task = give_part},
    [PAGER_OP_TASK_START] = {.on_task = start},
    [PAGER_OP_TASK_STOP] = {.on_task = stop},
    [PAGER_OP_TASK_RESUME] = {.on_task = resume},
    [PAGER_OP_TASK_RETIRE] = {.on_task = retire},
    [PAGER_OP_TASK_TAKE] = {.on_task = take_part},
    [PAGER_OP_TASK_END] = {.on_task = vacate},
    [PAGER_OP_TABLE_GIVE] = {.on_task = give_table},
    [PAGER_OP_TABLE_TAKE] = {.on_task = take_table},
    [PAGER_OP_MAP] = {.on_task = map},
    [PAGER_OP_UNMAP] = {.on_task = unmap},
    [PAGER_OP_PROTECT] = {.on_task = protect},
    [PAGER_OP_MOVE] = {.on_task = move},
    [PAGER_OP_MOVE_TABLE] = {.on_task = move_tables},
    [PAGER_OP_NEXT_EVENT] = {.alone = next_event},
    [PAGER_OP_QUERY_TASK] = {.alone = query_task},
    [PAGER_OP_QUERY_TABLE] = {.on_task = query_table},
    [PAGER_OP_QUERY_PAGE] = {.on_task = query_page},
    [PAGER_OP_QUERY_MEMORY] = {.alone = query_memory},
    [PAGER_OP_IRQ] = {.on_task = grant_irq},
    [PAGER_OP_PORTS] = {.on_task = grant_ports},
    [PAGER_OP_SET_REGISTRAR] = {.alone = set_registrar},
    [PAGER_OP_POWER_OFF] = {.alone = end_run},
    [PAGER_OP_FAULTS] = {.alone = fault_report_tell},
    [PAGER_OP_LOG] = {.alone = log_text},
    [PAGER_OP_RESTART_ROUTER] = {.alone = router_restart},
};

static uint32_t operate(struct frame *f)
{
    const struct operation *operation = &operations[f->eax];

    if (f->eax >= PAGER_OP_COUNT)
        REFUSE(STATUS_BAD_OP);
    if (operation->on_task) {
        struct task *t = task_find(AS_KIND(task_id_t, f->ebx));
        if (!t)
            REFUSE(STATUS_BAD_TASK);
        return operation->on_task(t, f);
    }
    if (!operation->alone)
        REFUSE(STATUS_BAD_OP);
    return operation->alone(f);
}

void pager_gate(struct frame *f) { f->eax = operate(f); }
