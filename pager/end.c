/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ending tasks, in small steps, so that the end of a task of a gigabyte does not keep the others
 * waiting. The pager stops the task, returns what it has borrowed, clears its pages and retires
 * it. When the router has let go of it the pager takes its parts back, answers the tasks that
 * waited for the end, and starts it again if the manifest says so.
 *
 * Ring 3, pager: end_begin from requests and faults, end_step from the main loop until
 * nobody is ending. Several tasks may be ending at once.
 */
#include "task.h"
#include "frames.h"
#include "gate.h"
#include "kept.h"
#include "loans.h"
#include "log.h"
#include "memory.h"
#include "moving.h"
#include "request.h"
#include "restart.h"
#include "send.h"

#define CLEAR_STEPS 256 /* pages of one task that are cleared in one turn of the main loop */

static uint32_t ending;

/*
 * The router asks the old registrar until there is a new one (successor_awaited); if none is to
 * come, it asks nobody.
 */
static void registrar_ends(const struct task *t)
{
    if (!t->again) {
        nano_do(PAGER_OP_SET_REGISTRAR, 0, 0, 0);
        log_line("registrar: it has ended; no new routes until there is another");
    }
    send_forget();
}

/*
 * Stops the task; end_step does the rest. `again`: start it again afterwards if restart= in the
 * manifest says so.
 */
void end_begin(struct task *t, uint32_t exit_code, bool again)
{
    nano_do(PAGER_OP_TASK_STOP, t->id, 0, 0);
    t->again = again && restart_wanted(t->program, exit_code);
    if (t->stage == TASK_LIVE && task_is(t, "registrar"))
        registrar_ends(t);
    moving_end(t);
    loans_end(t);
    kept_take(t);
    t->stage = TASK_CLEARING;
    t->cleared = PROGRAM_BASE;
    t->exit_code = exit_code;
    ending++;
    send_news();
}

/* Takes the parts back, the page directories last. BUSY: the router has not let go of them yet. */
static enum status take_parts(struct task *t)
{
    for (uint32_t part = PART_COUNT; part-- > 0;) {
        uint32_t frame;
        enum status status;

        if (!(t->parts & 1u << part))
            continue;
        status = nano_get(PAGER_OP_TASK_TAKE, t->id, part, &frame);
        if (status != STATUS_OK)
            return status;
        frames_give(frame);
        t->parts &= ~(1u << part);
    }
    return nano_do(PAGER_OP_TASK_END, t->id, 0, 0);
}

/* The slot is empty from here on. */
static void ended(struct task *t)
{
    t->last_id = t->id;
    t->last_code = t->exit_code;
    t->last_fault = t->fault;
    t->id = 0;
    t->stage = TASK_EMPTY;
    request_forget_waits(t);
    ending--;
    request_ended(t->last_id);
    if (t->again && !t->followed)
        restart_after(t->program, post_now() - t->born);
}

/*
 * A registrar that is started again stays, stopped, until the next one is there, however long that
 * is put off: its mailbox takes the messages to it and the router's questions, and nobody is told
 * that there is no registrar. The next one is asked them again. Only if it cannot be started now,
 * the old one makes room for it.
 */
static bool successor_awaited(struct task *t)
{
    if (!t->again || !task_is(t, "registrar"))
        return false;
    if (!t->followed) {
        t->followed = true;
        restart_after(t->program, post_now() - t->born);
    }
    return restart_put_off(t->program) && !task_by_name(t->program->name);
}

/* True: there is more to do at once. */
static bool step(struct task *t)
{
    enum status status;

    if (t->stage == TASK_CLEARING && t->cleared < LANDING_END &&
        memory_clear(t, &t->cleared, LANDING_END, CLEAR_STEPS))
        t->cleared = LANDING_END;
    if (t->stage == TASK_CLEARING && t->cleared >= LANDING_END) {
        if (successor_awaited(t))
            return false;
        nano_do(PAGER_OP_TASK_RETIRE, t->id, 0, 0);
        t->stage = TASK_LEAVING;
    }
    if (t->stage == TASK_LEAVING) {
        status = take_parts(t);
        if (status == STATUS_OK)
            ended(t);
        else if (status != STATUS_BUSY)
            log_stop("pager: cannot end %s: %s", task_name(t), status_text(status));
    }
    return t->stage == TASK_CLEARING || t->stage == TASK_LEAVING;
}

/* Does a step for each task that is ending; true if there is more to do at once. */
bool end_step(void)
{
    bool more = false;

    for (uint32_t slot = 1; ending && slot < task_slots; slot++)
        more |= step(&tasks[slot]);
    return more;
}
