/*
 * The pager's gate. Ring 0; `f` is the pager's frame: registers in, registers out. Every
 * argument is an allegation: tasks are looked up by id, frames by type, addresses by range.
 * One function an operation; the table at the end is indexed by enum pager_op.
 */
#include <ringpost/status.h>
#include "check.h"
#include "frame.h"
#include "pager_gate.h"
#include "pic.h"
#include "ports.h"
#include "print.h"
#include "queue.h"
#include "router_fault.h"
#include "view.h"

/* Operations on a task that may be in any life. */
static uint32_t on_part(struct task *t, struct frame *f)
{
    return view_give_part(t, f->ecx, f->edx);
}
static uint32_t on_take(struct task *t, struct frame *f)
{
    return view_take_part(t, f->ecx, &f->ebx);
}
static uint32_t on_start(struct task *t, struct frame *f)
{
    return task_start(t, f->ecx, f->edx);
}
static uint32_t on_stop(struct task *t, struct frame *f)
{
    (void)f;
    if (t->life != LIFE_STARTED || t->id == nano_page->pager)
        return STATUS_BUSY;
    task_stop(t);
    return STATUS_OK;
}
static uint32_t on_resume(struct task *t, struct frame *f)
{
    (void)f;
    if (t->life != LIFE_STARTED || task_entry(t)->state != READY_STOPPED || !t->interrupted)
        return STATUS_BUSY;
    t->event = false;
    queue_put(t, true);
    return STATUS_OK;
}
static uint32_t on_retire(struct task *t, struct frame *f)
{
    (void)f;
    return task_retire(t);
}
static uint32_t on_end(struct task *t, struct frame *f)
{
    (void)f;
    return task_end(t);
}
static uint32_t on_table_give(struct task *t, struct frame *f)
{
    return view_give_table(t, f->ecx, f->edx);
}
static uint32_t on_table_take(struct task *t, struct frame *f)
{
    return view_take_table(t, f->ecx, &f->ebx);
}
static uint32_t on_map(struct task *t, struct frame *f)
{
    return view_map(t, f->ecx, f->edx, f->esi);
}
static uint32_t on_unmap(struct task *t, struct frame *f)
{
    return view_unmap(t, f->ecx, &f->ebx);
}
static uint32_t on_protect(struct task *t, struct frame *f)
{
    return view_protect(t, f->ecx, f->esi);
}
static uint32_t on_move(struct task *t, struct frame *f)
{
    struct task *to = task_find(f->edx);
    return to ? view_move(t, f->ecx, to, f->edi, f->esi & 0xFFFF, f->esi >> 16) : STATUS_BAD_TASK;
}
static uint32_t on_move_table(struct task *t, struct frame *f)
{
    struct task *to = task_find(f->edx);
    return to ? view_move_tables(t, f->ecx, to, f->edi, f->esi & 0xFFFF, f->esi >> 16)
              : STATUS_BAD_TASK;
}
static uint32_t on_query_table(struct task *t, struct frame *f)
{
    for (uint32_t a = f->ecx & ~(TABLE_SPAN - 1); a < LANDING_END; a += TABLE_SPAN) {
        entry *d = view_address_ok(a) ? view_directory_entry(t, a) : NULL;
        if (d && *d & ENTRY_P) {
            f->ebx = a;
            return STATUS_OK;
        }
    }
    return STATUS_NONE;
}
static uint32_t on_query_page(struct task *t, struct frame *f)
{
    uint32_t a = f->ecx & ~(PAGE_SIZE - 1);

    for (; view_address_ok(a); a += PAGE_SIZE) {
        entry *e = view_page_entry(t, a);
        if (!e)
            return STATUS_NONE;
        if (*e & ENTRY_P) {
            f->ebx = a;
            f->ecx = ENTRY_FRAME(*e);
            f->edx = (*e & ENTRY_W ? MAP_W : 0) | (*e & ENTRY_NX ? 0 : MAP_X);
            return STATUS_OK;
        }
        if ((a + PAGE_SIZE) % TABLE_SPAN == 0)
            break;
    }
    return STATUS_NONE;
}
static uint32_t on_line(struct task *t, struct frame *f)
{
    if (f->ecx >= 16 || !line_grantable(f->ecx))
        return STATUS_NOT_GRANTABLE;
    nano_page->line_task[f->ecx] = t->id;
    pic_enable(f->ecx);
    return STATUS_OK;
}
static uint32_t on_ports(struct task *t, struct frame *f)
{
    return ports_grant(t, f->ecx, f->edx);
}

/* Operations that name no task. */
static uint32_t make(struct frame *f)
{
    return task_make(f->ebx, f->ecx, f->edx, &f->ebx);
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
        return STATUS_BAD_TASK;
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
        return STATUS_BAD_TASK;
    nano_page->registrar = f->ebx;
    return STATUS_OK;
}
static uint32_t off(struct frame *f)
{
    print("nano: power off, exit code %u\n", f->ebx & 127);
    power_off(f->ebx & 127);
}
static uint32_t faults(struct frame *f)
{
    const struct fault_report *r = fault_report(f->ebx);

    if (!r)
        return STATUS_NONE;
    f->ebx = r->vector | r->error << 16;
    f->ecx = r->address;
    f->edx = r->eip;
    f->esi = r->culprit;
    f->edi = r->tick;
    return STATUS_OK;
}
static uint32_t check(struct frame *f)
{
    f->ebx = check_invariants();
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

static const struct {
    uint32_t (*on_task)(struct task *t, struct frame *f);
    uint32_t (*plain)(struct frame *f);
} operations[PAGER_OP_COUNT] = {
    [PAGER_OP_TASK_MAKE] = {.plain = make},
    [PAGER_OP_TASK_PART] = {on_part},
    [PAGER_OP_TASK_START] = {on_start},
    [PAGER_OP_TASK_STOP] = {on_stop},
    [PAGER_OP_TASK_RESUME] = {on_resume},
    [PAGER_OP_TASK_RETIRE] = {on_retire},
    [PAGER_OP_TASK_TAKE] = {on_take},
    [PAGER_OP_TASK_END] = {on_end},
    [PAGER_OP_TABLE_GIVE] = {on_table_give},
    [PAGER_OP_TABLE_TAKE] = {on_table_take},
    [PAGER_OP_MAP] = {on_map},
    [PAGER_OP_UNMAP] = {on_unmap},
    [PAGER_OP_PROTECT] = {on_protect},
    [PAGER_OP_MOVE] = {on_move},
    [PAGER_OP_MOVE_TABLE] = {on_move_table},
    [PAGER_OP_NEXT_EVENT] = {.plain = next_event},
    [PAGER_OP_QUERY_TASK] = {.plain = query_task},
    [PAGER_OP_QUERY_TABLE] = {on_query_table},
    [PAGER_OP_QUERY_PAGE] = {on_query_page},
    [PAGER_OP_QUERY_MEMORY] = {.plain = query_memory},
    [PAGER_OP_LINE] = {on_line},
    [PAGER_OP_PORTS] = {on_ports},
    [PAGER_OP_SET_REGISTRAR] = {.plain = set_registrar},
    [PAGER_OP_POWER_OFF] = {.plain = off},
    [PAGER_OP_FAULTS] = {.plain = faults},
    [PAGER_OP_CHECK] = {.plain = check},
    [PAGER_OP_LOG] = {.plain = log_text},
};

void pager_gate(struct frame *f)
{
    uint32_t op = f->eax;
    struct task *t;

    if (op < PAGER_OP_COUNT && operations[op].plain)
        f->eax = operations[op].plain(f);
    else if (op >= PAGER_OP_COUNT || !operations[op].on_task)
        f->eax = STATUS_BAD_OP;
    else if (!(t = task_find(f->ebx)))
        f->eax = STATUS_BAD_TASK;
    else
        f->eax = operations[op].on_task(t, f);
}
