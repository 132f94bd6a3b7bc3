/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making tasks: from a line of the manifest to a task that runs.
 *
 * Ring 3, pager. The invariant: `parts` names exactly the frames that nano holds as the slot's
 * directories, own table and mailbox. So end.c takes a task down in the same way whether it ran
 * or its making failed half-way.
 */
#include "task.h"
#include "frames.h"
#include "gate.h"
#include "log.h"
#include "memory.h"
#include "module.h"
#include "send.h"
#include <ringpost/elf.h>

struct manifest manifest;
struct task *tasks;
uint32_t task_slots;
static struct task *pager;

/* Called when `tasks` is set: the pager takes the slot that nano gave it. */
void task_init(uint32_t slots, uint32_t pager_id)
{
    task_slots = slots;
    pager = &tasks[TASK_SLOT(pager_id)];
    *pager = (struct task){.id = pager_id, .stage = TASK_LIVE, .landing = LANDING_BASE};
}

struct task *task_pager(void) { return pager; }

struct task *task_by_id(uint32_t id)
{
    struct task *t = TASK_SLOT(id) < task_slots ? &tasks[TASK_SLOT(id)] : 0;

    return t && id && t->id == id && t->stage == TASK_LIVE ? t : 0;
}

const char *task_name(const struct task *t) { return t->program ? t->program->name : "pager"; }

bool task_is(const struct task *t, const char *name) { return names_equal(task_name(t), name); }

struct task *task_by_name(const char *name)
{
    for (uint32_t slot = 1; slot < task_slots; slot++)
        if (tasks[slot].stage == TASK_LIVE && task_is(&tasks[slot], name))
            return &tasks[slot];
    return 0;
}

/* Empty for ever: nano makes no further task there. */
static bool is_used_up(const struct task *t)
{
    return t->stage == TASK_EMPTY && t->last_id >> 16 == GENERATION_LAST;
}

uint32_t task_slots_used_up(void)
{
    uint32_t count = 0;

    for (uint32_t slot = 1; slot < task_slots; slot++)
        count += is_used_up(&tasks[slot]);
    return count;
}

/* The lowest empty slot in which a task can be made; 0: there is none. */
static uint32_t empty_slot(void)
{
    for (uint32_t slot = 1; slot < task_slots; slot++)
        if (tasks[slot].stage == TASK_EMPTY && !is_used_up(&tasks[slot]))
            return slot;
    return 0;
}

static enum status give_parts(struct task *t)
{
    for (uint32_t part = 0; part < PART_COUNT; part++) {
        uint32_t frame;
        enum status status;

        if ((part == PART_OUTBOX1 && t->program->out_lines == 64) ||
            (part == PART_INBOX1 && t->program->in_lines == 64))
            continue;
        frame = frames_take();
        if (!frame)
            return STATUS_NO_MEMORY;
        status = nano_do(PAGER_OP_TASK_PART, t->id, part, frame);
        if (status != STATUS_OK) {
            frames_give(frame);
            return status;
        }
        t->parts |= 1u << part;
    }
    return STATUS_OK;
}

/* Logs which program cannot start and why; returns `status`. */
static enum status complain(const struct program *p, const char *what, enum status status)
{
    log_line("%s: cannot start: %s: %s", p->name, what, status_text(status));
    return status;
}

/*
 * Empties the slot's books. They are made when the slot is first used and kept for its later
 * tasks, because the pager cannot give its own memory back.
 */
static bool clear_books(struct task *t)
{
    if (!t->lazy)
        t->lazy = memory_own(pager->id, sizeof *t->lazy);
    if (!t->tables)
        t->tables = memory_own(pager->id, sizeof *t->tables);
    if (!t->lazy || !t->tables)
        return false;
    t->lazy->count = 0;
    memset(t->tables, 0, sizeof *t->tables);
    return true;
}

/*
 * What comes last, so that a launch that fails takes it from nobody: a registrar becomes the one
 * that the router asks, and a driver gets its irq, which nano has for one task at a time.
 */
static enum status take_office(const struct task *t)
{
    const struct program *p = t->program;
    enum status status = STATUS_OK;

    if (names_equal(p->name, "registrar"))
        status = nano_do(PAGER_OP_SET_REGISTRAR, t->id, 0, 0);
    if (status != STATUS_OK)
        return complain(p, "becoming the registrar", status);
    if (p->irq)
        status = nano_do(PAGER_OP_IRQ, t->id, p->irq, 0);
    return status == STATUS_OK ? status : complain(p, "its irq", status);
}

/*
 * Everything after TASK_MAKE. TASK_START makes the task ready to run, but the pager goes on until
 * it waits.
 */
static enum status prepare(struct task *t, const struct boot_module *module,
                           const struct arguments *a)
{
    const struct program *p = t->program;
    const struct elf_header *elf = (const void *)(uintptr_t)module->address;
    enum status status = give_parts(t);
    const char *wrong;
    uint32_t esp;

    if (status != STATUS_OK)
        return complain(p, "its directories and mailbox", status);
    wrong = load(t, elf, module->bytes, &status);
    if (wrong) {
        log_line("%s: cannot start: module '%s': %s", p->name, module->name, wrong);
        return status;
    }
    if ((status = load_arguments(t, a, &esp)) != STATUS_OK)
        return complain(p, "its stack", status);
    if (p->ports && (status = nano_do(PAGER_OP_PORTS, t->id, p->port_first, p->ports)) != STATUS_OK)
        return complain(p, "its ports", status);
    /*
     * The registrar hears of the task before it runs: one that is more important than the pager
     * may ask for a route before the pager goes on. A new registrar hears of itself when it is in
     * office; until then there is the old one, which has ended.
     */
    t->stage = TASK_LIVE;
    if (!names_equal(p->name, "registrar"))
        send_news();
    status = nano_do(PAGER_OP_TASK_START, t->id, elf->entry, esp);
    return status == STATUS_OK ? take_office(t) : complain(p, "its first instruction", status);
}

/*
 * Starts a task and sets *id. If it cannot, it leaves a line on the log and nothing else. Returns
 * BUSY: a task of this name lives; NO_SUCH: its module is not there; NO_SLOT,
 * NO_MEMORY, BAD_ELF, NOT_GRANTABLE: as status.def says.
 */
enum status task_launch_with(const struct program *p, const struct arguments *a, uint32_t *id)
{
    const struct boot_module *module = module_find(p->module);
    uint32_t slot = empty_slot();
    struct gate g = {slot, p->priority, p->in_lines | p->out_lines << 16, 0, 0};
    struct task *t = &tasks[slot];
    enum status status;

    if (task_by_name(p->name))
        return STATUS_BUSY;
    if (!module) {
        log_line("%s: cannot start: there is no module '%s'", p->name, p->module);
        return STATUS_NO_SUCH;
    }
    if (!slot)
        return complain(p, "a slot of its own", STATUS_NO_SLOT);
    if (!clear_books(t))
        return complain(p, "its books", STATUS_NO_MEMORY);
    status = nano_call(PAGER_OP_TASK_MAKE, &g);
    if (status != STATUS_OK)
        return complain(p, "a slot of its own", status);
    *t = (struct task){.id = g.ebx,
                       .stage = TASK_MAKING,
                       .program = p,
                       .born = post_now(),
                       .landing = LANDING_BASE,
                       .lazy = t->lazy,
                       .tables = t->tables,
                       .told = t->told,
                       .last_id = t->last_id,
                       .last_code = t->last_code,
                       .last_fault = t->last_fault};
    status = prepare(t, module, a);
    if (status != STATUS_OK) {
        end_begin(t, EXIT_KILLED, false);
        return status;
    }
    send_news(); /* a new registrar is told of all */
    *id = t->id;
    return STATUS_OK;
}

/* The same without arguments. */
enum status task_launch(const struct program *p, uint32_t *id)
{
    return task_launch_with(p, &(struct arguments){0, strlen(p->name) + 1, p->name}, id);
}
