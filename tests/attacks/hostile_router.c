/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hostile router: the real one, whole, with this in front of its operations. Ring 1; linked
 * into an image of its own that no release contains (Makefile: --wrap). A task that calls the gate
 * with HOSTILE_OPERATION | row has that row of attacks.def committed on its behalf.
 */
#include "call.h"
#include "lane.h"
#include "recover.h"
#include "upcall.h"
#include "deeds.h"
#include "survey.h"

uint32_t __real_call_gate(uint32_t op, uint32_t deadline) BY_REGISTER;
uint32_t __wrap_call_gate(uint32_t op, uint32_t deadline) BY_REGISTER;
void __real_recover(uint32_t culprit);
void __wrap_recover(uint32_t culprit);
BY_REGISTER _Noreturn void __real_upcall(uint32_t event, uint32_t argument);
BY_REGISTER _Noreturn void __wrap_upcall(uint32_t event, uint32_t argument);

/* What the next upcall does. Survives a restart, as all of the trace ring does. */
#define ARM_DEATH 1 /* in each recovery it dies */
#define ARM_LEAVE 2 /* it goes to ring 3        */
#define ARM_PAGER 3 /* none: in each call of the pager's it dies */
#define ARMED     (*(volatile uint32_t *)(TRACE_RING + (TRACE_PAGES - 1) * PAGE_SIZE))

/* Data of the router's own: a restart makes it what it was when it was linked. */
static volatile uint32_t pristine = 0x600D;

/* Reads through FS, loaded with `selector`. */
static uint32_t read_by(uint32_t selector, uint32_t address)
{
    asm volatile("mov %1, %%fs; mov %%fs:(%0), %0" : "+r"(address) : "r"(selector) : "memory");
    return address;
}

/* To ring 3 by IRET. ES, DS, FS, GS for a VM frame. */
static void to_ring3(uint32_t flags, uint32_t eip, uint32_t esp)
{
    asm volatile(
        "pushl $0; pushl $0; pushl $0; pushl $0; push %[ss]; push %[esp]; push %[flags]\n\t"
        "push %[cs]; push %[eip]; mov %[ss], %%ds; mov %[ss], %%es; iret"
        :
        : "a"(HOSTILE_RESULT | HELD), [ss] "b"(SEL_APP_DS), [esp] "c"(esp), [flags] "d"(flags),
          [cs] "S"(SEL_APP_CS), [eip] "D"(eip)
        : "memory");
}

/* The same to the caller's restart point, or to `eip`. */
static void resume_caller(uint32_t flags, uint32_t eip)
{
    const struct out_header *out = &window[nameplate.slot].out;

    to_ring3(flags, eip ? eip : read_once(&out->restart_eip), read_once(&out->restart_esp));
}

static void wake_caller(void)
{
    wake_list.id[0] = nameplate.id;
    wake_list.count = 1;
}

static void park_with(uint32_t flags)
{
    wake_caller();
    asm volatile("push %0; popf; int %1"
                 :
                 : "r"(flags), "i"(VECTOR_PARK), "a"(0), "d"(0)
                 : "memory");
}

static void park_to(task_id_t to)
{
    wake_caller();
    asm volatile("int %0" : : "i"(VECTOR_PARK), "a"(to), "d"(0) : "memory");
}

static void park_esp(uint32_t esp)
{
    wake_caller();
    asm volatile("mov %0, %%esp; int %1" : : "r"(esp), "i"(VECTOR_PARK), "a"(0), "d"(0) : "memory");
}

static void park_null(void)
{
    wake_caller();
    asm volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs; int %1"
                 :
                 : "r"(0), "i"(VECTOR_PARK), "a"(0), "d"(0)
                 : "memory");
}

/* One call can park once: junk in the list, junk as target, in a chain of noise of its own. */
static void park_junk(void)
{
    uint32_t noise = 99991;

    for (unsigned i = 1; i < WAKE_MAX; i++)
        wake_list.id[i] = noise = noise * 1664525 + 1013904223;
    wake_caller();
    wake_list.id[1] = 0;
    wake_list.id[2] = 0xFFFFFFFF;
    wake_list.id[3] = nano_page.tasks;
    wake_list.id[4] = 1;
    wake_list.count = 0xFFFFFFFF;
    asm volatile("int %0" : : "i"(VECTOR_PARK), "a"(0xFFFF2BFF), "d"(0) : "memory");
}

static void false_wakeups(void)
{
    for (unsigned i = 0; i < WAKE_MAX; i++)
        wake_list.id[i] = directory[i + 1].id;
    wake_list.id[0] = nameplate.id;
    wake_list.count = WAKE_MAX;
    asm volatile("int %0" : : "i"(VECTOR_PARK), "a"(0), "d"(0) : "memory");
}

static void scribble_words(uint32_t address, uint32_t bytes)
{
    volatile uint32_t *at = (volatile uint32_t *)address;

    for (uint32_t i = 0; i < bytes / 4; i++)
        at[i] = 0xA5A5A5A5;
}

static void scribble(void)
{
    scribble_words(ROUTE_CACHE, nano_page.tasks * 1024);
    scribble_words(TRACE_RING, (TRACE_PAGES - 1) * PAGE_SIZE);
    scribble_words(WAKE_LIST, PAGE_SIZE);
}

/* Interrupts come meanwhile, and use it: each leaves the frame that it came with, or not at all. */
static void scribble_entry_stack(void) { scribble_words(NANO_gate_stack, PAGE_SIZE); }

/* The router carries the mail: it can read it, and change it. */
static void alter(void)
{
    volatile struct line *line = &window[TASK_SLOT(nano_page.registrar)].inbox[0];
    uint32_t word = line->w[11];

    line->w[11] = ~word;
    line->w[11] = word;
}

/* Another's mail into its caller's inbox: there it is for the caller to read. True if it is. */
static bool leak(void)
{
    const struct line *from = &window[TASK_SLOT(nano_page.registrar)].inbox[0];
    struct mailbox *to = &window[nameplate.slot];
    struct line *line = &to->inbox[to->in.in_tail & to->in.in_mask];

    *line = *from;
    return line->peer && line->peer == from->peer && line->w[1] == from->w[1];
}

/*
 * Says that the last line in its caller's inbox is a delivery of the caller's under way: recovery
 * then believes that an entry was delivered which was not even posted, and skips it. Then puts all
 * back.
 */
static bool forge_commit(void)
{
    struct in_header *in = &window[nameplate.slot].in;
    uint32_t head = in->out_head;

    in->record = (struct record){.tail = in->in_tail, .dest = nameplate.id, .next = head + 1};
    __real_recover(0);
    bool skipped = in->out_head == head + 1 || in->held.reason == STATUS_RESET;
    in->out_head = in->record.next = head;
    in->held.reason = STATUS_OK;
    return skipped;
}

/* A line into its caller's inbox, as deliver() puts it there. */
static void carry(struct mailbox *box, const struct line *line, uint32_t flip)
{
    uint32_t place = box->in.in_tail & box->in.in_mask;

    box->inbox[place] = *line;
    box->inbox[place].peer = nameplate.id;
    box->inbox[place].w[3] ^= flip;
    box->in.first[place] = ID_NOBODY;
    box->in.in_tail++;
}

static uint32_t tamper(enum tamper how)
{
    struct mailbox *box = &window[nameplate.slot];
    const struct line *line = &box->outbox[box->in.out_head & box->in.out_mask];

    if (how != TAMPER_DROP)
        carry(box, line, how == TAMPER_ALTER ? 1 << 4 : 0);
    if (how == TAMPER_TWICE)
        carry(box, line, 0);
    box->in.record.next = ++box->in.out_head;
    return THROUGH;
}

/* Parks its caller, who waits for nothing, and tells nobody to wake it. */
static void withhold(void)
{
    wake_list.count = 0;
    asm volatile("int %0" : : "i"(VECTOR_PARK), "a"(0), "d"(0) : "memory");
}

static void die_in_recovery(void)
{
    ARMED = ARM_DEATH;
    asm volatile("ud2");
}

static uint32_t die(enum death how)
{
    if (how == DEATH_OF_PAGER) {
        ARMED = ARM_PAGER;
        return HELD;
    }
    if (how == DEATH_AFTER)
        __real_call_gate(GATE_POST, 0);
    if (how == DEATH_HANG)
        asm volatile("1: jmp 1b");
    asm volatile("ud2");
    return THROUGH;
}

void __wrap_recover(uint32_t culprit)
{
    if (ARMED == ARM_DEATH)
        asm volatile("ud2");
    __real_recover(culprit);
}

/* In an upcall nobody's view is loaded: what is in ring 3 there is the router. */
BY_REGISTER _Noreturn void __wrap_upcall(uint32_t event, uint32_t argument)
{
    if (ARMED == ARM_LEAVE) {
        ARMED = 0;
        to_ring3(0x202, PROGRAM_BASE, OWN_BASE);
    }
    __real_upcall(event, argument);
}

#define DEED_ROUTER(...)          __VA_ARGS__
#define DEED_ROUTER_LAST(...)     __VA_ARGS__
#define DEED_TOGETHER(helps, ...) __VA_ARGS__
#include "commit.h"

BY_REGISTER uint32_t __wrap_call_gate(uint32_t op, uint32_t deadline)
{
    if (op == SURVEY_OPERATION)
        return survey_page(deadline);
    if (op == HOSTILE_PRISTINE)
        return HOSTILE_RESULT | (pristine == 0x600D ? HELD : CHANGED);
    if (ARMED == ARM_PAGER && nameplate.id == nano_page.pager)
        asm volatile("ud2");
    if (op == HOSTILE_DIE)
        return HOSTILE_RESULT | die(deadline);
    if (op == HOSTILE_TAMPER)
        return HOSTILE_RESULT | tamper(deadline);
    if (op == HOSTILE_SHORT)
        park_to(nameplate.id);
    if ((op & ~(HOSTILE_ROWS - 1)) == HOSTILE_OPERATION)
        return HOSTILE_RESULT | commit(op & (HOSTILE_ROWS - 1), deadline);
    return __real_call_gate(op, deadline);
}
