/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nano's gate for the pager: int VECTOR_PAGER from the pager's view. From any
 * other view it is that task's fault (#GP).
 *
 *   in:  EAX = operation; EBX, ECX, EDX, ESI, EDI = arguments
 *   out: EAX = enum status; EBX, ECX, EDX, ESI, EDI = results where named
 *
 * Each call takes one page, one run or one table, and does all of it or nothing. A task is named by
 * its id, a frame by its number (physical address / 4096). An address is linear, page-aligned, and
 * in PROGRAM_BASE..PROGRAM_END-1 or the landing zone. Nano believes none of the arguments.
 *
 * Statuses that any operation may return where they make sense: BAD_OP; BAD_TASK (no such id or
 * slot); BAD_ADDRESS; BAD_FRAME (not free, or no frame of memory); NO_TABLE, NOT_MAPPED, MAPPED
 * (what is there now); NOT_EMPTY (a table or directory to be taken); WRITE_EXEC; BUSY (the task is
 * in the wrong state); NOT_GRANTABLE (irq or port); BAD (a number out of its range). The table
 * names all others. Units: a tick is 1 ms, a TSC tick is one of the CPU's time-stamp counter.
 *
 *   TASK_MAKE      EBX slot, ECX priority 1-31, EDX lines (64/128: in | out << 16)
 *                  -> EBX id. The task is stopped and has no frames yet. NO_SLOT: the slot is used
 *                  up (GENERATION_LAST)
 *   TASK_PART      EBX id, ECX part (enum task_part), EDX a free user frame
 *                  nano zeroes the frame and makes it a table or a mailbox page.
 *   TASK_START     EBX id, ECX EIP, EDX ESP: first run; all parts must be there
 *   TASK_STOP      EBX id: it does not run any more
 *   TASK_RESUME    EBX id: after a fault was dealt with
 *   TASK_RETIRE    EBX id: a stopped task is dead from now on: its id names nobody
 *                  any more and the router is told (UPCALL_GONE). The view remains.
 *   TASK_TAKE      EBX the retired id, ECX part -> EBX frame. After UPCALL_GONE was
 *                  accepted (else BUSY), and PD parts only when empty
 *   TASK_END       EBX the retired id: the slot is free again when no part is left
 *   TABLE_GIVE     EBX id, ECX address, EDX a free user frame: becomes the page table there
 *   TABLE_TAKE     EBX id, ECX address -> EBX frame; the table must be empty
 *   MAP            EBX id, ECX address, EDX a free user frame, ESI MAP_W | MAP_X | MAP_RESUME
 *                  nano zeroes the frame. Not W and X both. MAP_RESUME: then TASK_RESUME, which
 *                  may find nothing to do
 *   UNMAP          EBX id, ECX address -> EBX frame, free now
 *   PROTECT        EBX id, ECX address, ESI MAP_W | MAP_X
 *   MOVE           EBX from id, ECX address, EDX to id, EDI address, ESI rights | pages << 16
 *                  a run of 1..512 pages that stays in one table at both ends; the pages
 *                  arrive with rights no greater than they had
 *   MOVE_TABLE     EBX from id, ECX address, EDX to id, EDI address, ESI rights | tables << 16
 *                  1..512 whole tables that stay in one GiB at both ends, both 2 MiB-aligned.
 *                  The tables get the rights, and pages keep their own. The table's rights cap
 *                  its pages, now and later; the cap never rises
 *   NEXT_EVENT     -> EAX STATUS_NONE or OK; EBX id, ECX vector | error code << 16, EDX address
 *                  (CR2 of a #PF), ESI EIP, EDI ESP. EVENT_MORE in ECX: there may be more; without
 *                  it there is none that SIGNAL_EVENT has told of. A fault: the task is stopped.
 *                  FAULT_KILLER: the router died on its behalf in eight ticks in a row; ESI is
 *                  where, last
 *   QUERY_TASK     EBX slot -> EBX id, ECX readiness | priority << 8, EDX ticks used
 *   QUERY_TABLE    EBX id, ECX address -> EBX first address at or above it with a page table (NONE)
 *   QUERY_PAGE     EBX id, ECX address -> EBX first mapped page at or above it in that table,
 *                  ECX frame, EDX MAP_W | MAP_X (NONE)
 *   QUERY_MEMORY   -> EBX frames in all, ECX user free, EDX user mapped, ESI tables and mailboxes
 *   IRQ            EBX id, ECX irq 1..15 (not 2, the cascade): nano tells the router of each, and
 *                  the task gets SIGNAL_IRQ
 *   PORTS          EBX id, ECX first, EDX count: I/O ports 0x100..0x3FF
 *   SET_REGISTRAR  EBX id or 0
 *   POWER_OFF      EBX exit code 0..127: ends the run (QEMU, Bochs)
 *   FAULTS         the router's fault reports, oldest first: EBX index -> EBX vector | error << 16,
 *                  ECX address, EDX EIP, ESI culprit id, EDI tick (NO_SUCH: too old, nano keeps
 *                  FAULT_REPORTS; NONE: no more). EBX index | FAULTS_SPENT -> EBX TSC ticks until
 *                  recovery was done
 *   CHECK          checks the invariants of frames and views -> EBX violations (0: clean); BAD_OP
 *                  in a release
 *   LOG            EBX, ECX, EDX, ESI, EDI: up to 20 bytes of text, ended by NUL or the last
 *                  register, for the debug port
 *   AUDIT          walks descriptors, page tables and registers as the CPU sees them -> EBX
 *                  violations (0: clean), ECX digest of nano's and the router's text and constants
 *                  and of descriptors, EDX digest of nano's own tables and the shared ones; BAD_OP
 *                  in a release
 *   RESTART_ROUTER the router is reset and recovers, as if it had died between two calls; nobody is
 *                  to blame. The call returns after recovery
 */
#ifndef RINGPOST_PAGER_GATE_H
#define RINGPOST_PAGER_GATE_H

enum pager_op {
    PAGER_OP_TASK_MAKE = 1,
    PAGER_OP_TASK_PART,
    PAGER_OP_TASK_START,
    PAGER_OP_TASK_STOP,
    PAGER_OP_TASK_RESUME,
    PAGER_OP_TASK_RETIRE,
    PAGER_OP_TASK_TAKE,
    PAGER_OP_TASK_END,
    PAGER_OP_TABLE_GIVE,
    PAGER_OP_TABLE_TAKE,
    PAGER_OP_MAP,
    PAGER_OP_UNMAP,
    PAGER_OP_PROTECT,
    PAGER_OP_MOVE,
    PAGER_OP_MOVE_TABLE,
    PAGER_OP_NEXT_EVENT,
    PAGER_OP_QUERY_TASK,
    PAGER_OP_QUERY_TABLE,
    PAGER_OP_QUERY_PAGE,
    PAGER_OP_QUERY_MEMORY,
    PAGER_OP_IRQ,
    PAGER_OP_PORTS,
    PAGER_OP_SET_REGISTRAR,
    PAGER_OP_POWER_OFF,
    PAGER_OP_FAULTS,
    PAGER_OP_CHECK,
    PAGER_OP_LOG,
    PAGER_OP_AUDIT,
    PAGER_OP_RESTART_ROUTER,
    PAGER_OP_COUNT
};

/* Nano grants ports within these bounds, and no irq of this set: the tick and the cascade. */
#define PORTS_FIRST 0x100
#define PORTS_END   0x400
#define IRQ_NEVER   (1u << 0 | 1u << 2)

/*
 * FAULTS: how many reports nano keeps; and the vectors that it reports if no exception ended the
 * router: it hung, or the pager asked for it (then address, EIP and culprit are 0).
 */
#define FAULT_REPORTS 64
#define FAULT_HANG    0xFF
#define FAULT_ASKED   0xFE

/* NEXT_EVENT: the vector of a task that no exception has stopped; see there. */
#define FAULT_KILLER 0xFD
#define EVENT_MORE   0x8000u
#define FAULTS_SPENT 0x80000000u

#define MAP_W 1
#define MAP_X 2

#define MAP_RESUME 4

/* The frames that a task is made of: 44 KiB at most. */
enum task_part {
    PART_DIRECTORY0, /* page directories of the three low GiB */
    PART_DIRECTORY1,
    PART_DIRECTORY2,
    PART_OWN_TABLE, /* the page table at OWN_BASE            */
    PART_NAMEPLATE,
    PART_OUT_HEADER,
    PART_IN_HEADER,
    PART_OUTBOX0,
    PART_OUTBOX1, /* only with 128 lines                   */
    PART_INBOX0,
    PART_INBOX1, /* only with 128 lines                   */
    PART_COUNT
};

#endif
