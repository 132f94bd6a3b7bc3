/* SPDX-License-Identifier: BSD-2-Clause */
/* The world of the router's host tests; see world.h. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include "world.h"

struct mailbox window[TASKS];
struct task_entry directory[TASKS];
struct nano_page nano_page;
struct nameplate nameplate;
struct wake_list wake_list;
union routes route_cache[TASKS];

unsigned kill_at;
uint32_t start_index;
void (*at_barrier)(void);
static jmp_buf out;
static struct outcome outcome;

void world_abort(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: it must hold that %s\n", file, line, condition);
    abort();
}

void park(uint32_t to, uint32_t deadline)
{
    outcome.parked = true;
    outcome.to = to;
    outcome.deadline = deadline;
    longjmp(out, 1);
}

void commit_barrier(void)
{
    __asm__ volatile("" ::: "memory");
    if (at_barrier)
        at_barrier();
    if (kill_at && --kill_at == 0) {
        outcome.killed = true;
        longjmp(out, 1);
    }
}

uint32_t id_of(unsigned slot) { return directory[slot].id; }

void start_task(unsigned slot, unsigned generation, unsigned lines)
{
    memset(&window[slot], 0, sizeof window[slot]);
    directory[slot] = (struct task_entry){.state = READY_FREE,
                                          .id = TASK_ID(slot, generation),
                                          .priority = 10,
                                          .out_mask = lines - 1,
                                          .in_mask = lines - 1};
    window[slot].out = (struct out_header){
        .abi = ABI_VERSION, .out_tail = start_index, .in_head = start_index, .looked = start_index};
    window[slot].in.out_head = window[slot].in.in_tail = start_index;
}

void end_task(unsigned slot)
{
    uint32_t id = id_of(slot);

    directory[slot] = (struct task_entry){0};
    upcall_from_nano(UPCALL_GONE, id);
    memset(&window[slot], 0xEE, sizeof window[slot]);
}

void world_make(void)
{
    memset(window, 0, sizeof window);
    memset(directory, 0, sizeof directory);
    memset(route_cache, 0, sizeof route_cache);
    memset(&wake_list, 0, sizeof wake_list);
    memset(&waking, 0, sizeof waking);
    for (unsigned slot = 1; slot < TASKS; slot++)
        start_task(slot, 1, slot % 2 ? 64 : 128);
    nano_page = (struct nano_page){.abi = ABI_VERSION,
                                   .tasks = TASKS,
                                   .pager = id_of(PAGER),
                                   .registrar = id_of(REGISTRAR),
                                   .incarnation = 1};
    kill_at = 0;
}

void set_route(unsigned slot, unsigned handle, uint32_t dest, uint32_t badge, uint32_t rights)
{
    if (window[slot].in.self != id_of(slot))
        mailbox_take_up(slot);
    route_cache[slot].row[handle] = (struct route){.dest = dest,
                                                   .badge = badge,
                                                   .rights = (uint16_t)rights,
                                                   .incarnation = (uint16_t)nano_page.incarnation,
                                                   .last_tag = 0xFFFF};
    lane_close(slot);
    if (dest != ID_ROUTER)
        mailbox_find(dest);
}

struct line *post_lines(unsigned slot, uint32_t peer, unsigned tag, unsigned flags, unsigned lines)
{
    struct mailbox *box = &window[slot];
    struct line *first = &box->outbox[box->out.out_tail & directory[slot].out_mask];

    for (unsigned i = 0; i < lines; i++)
        memset(&box->outbox[(box->out.out_tail + i) & directory[slot].out_mask], 0x40 + (int)i,
               LINE_BYTES);
    *first = (struct line){.peer = peer,
                           .tag = (uint16_t)tag,
                           .lines = (uint8_t)lines,
                           .flags = (uint8_t)flags,
                           .w = {0, box->out.out_tail}};
    box->out.out_tail += lines;
    return first;
}

struct line *post_line(unsigned slot, uint32_t peer, unsigned tag, unsigned flags)
{
    return post_lines(slot, peer, tag, flags, 1);
}

struct outcome call(unsigned slot, uint32_t op, uint32_t deadline)
{
    nameplate =
        (struct nameplate){ABI_VERSION, id_of(slot), slot, &window[slot].in, &route_cache[slot]};
    outcome = (struct outcome){0};
    if (setjmp(out) == 0)
        outcome.result = call_gate(op, deadline);
    return outcome;
}

struct outcome upcall_from_nano(uint32_t event, uint32_t argument)
{
    nameplate = (struct nameplate){0xDEAD, 0xDEAD, 0xDEAD, NULL, NULL};
    outcome = (struct outcome){0};
    if (setjmp(out) == 0)
        upcall(event, argument);
    return outcome;
}

struct outcome restart_router(unsigned culprit)
{
    memset(&waking, 0, sizeof waking);
    memset(&wake_list, 0, sizeof wake_list);
    nano_page.incarnation++;
    return upcall_from_nano(UPCALL_RECOVER, culprit ? id_of(culprit) : 0);
}

uint32_t unread(unsigned slot) { return window[slot].in.in_tail - window[slot].out.in_head; }

const struct line *peek(unsigned slot)
{
    must(unread(slot) != 0);
    return &window[slot].inbox[window[slot].out.in_head & directory[slot].in_mask];
}

const struct line *take(unsigned slot)
{
    const struct line *line = peek(slot);

    window[slot].out.in_head += line->lines;
    return line;
}

enum status held(unsigned slot) { return window[slot].in.held.reason; }

bool pending(unsigned slot, uint32_t signals)
{
    return (window[slot].in.signals ^ window[slot].out.seen) & signals;
}

void see(unsigned slot) { window[slot].out.seen = window[slot].in.signals; }

bool woken(unsigned slot)
{
    for (uint32_t i = 0; i < wake_list.count; i++)
        if (wake_list.id[i] == id_of(slot))
            return true;
    return false;
}

void nano_reads_wake_list(void) { wake_list.count = 0; }

void check_mailboxes(void)
{
    must(wake_list.count <= WAKE_MAX);
    for (unsigned slot = 1; slot < TASKS; slot++) {
        const struct in_header *in = &window[slot].in;
        uint32_t reserved = 0, open = 0, half = (directory[slot].in_mask + 1) / 2;

        if (in->self == 0 || in->self != id_of(slot))
            continue;
        for (unsigned i = 0; i <= directory[slot].out_mask; i++)
            if (in->ledger[i].server) {
                must((in->ledger[i].index & directory[slot].out_mask) == i);
                reserved += in->ledger[i].room & ~CALL_LENT;
                open++;
            }
        must(in->reserved == reserved);
        must(in->open_calls == open);
        must(in->held.reason < STATUS_COUNT);
        must(in->record.next == in->out_head);
        must(in->notice.server == ID_NOBODY);
        must(in->plain_room <= 0 || (in->reserved <= half && in->room_wanted == 0));
        must(in->plain_room <= (int32_t)half);
    }
}
