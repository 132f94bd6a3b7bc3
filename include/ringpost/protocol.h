/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages that the system's own tasks understand. Each message names its words; wN is w[N].
 * w[0] is the call index in every CALL and REPLY, so payload begins at w[1]. A reply has the tag of
 * its call, and its w[1] is an enum status. CALLs to registrar and pager leave w[1] free, so that
 * post_ask() can take the answer from where the request was. Unless a message says otherwise, text
 * is at most 40 bytes from w[2] on, and shorter text ends with NUL.
 *
 * All messages take one line, except those that say "bytes". Any request may be refused with BAD_OP
 * (no such tag; the router says BAD), DENIED (not for this sender) or BAD (malformed).
 * In the tables "->" stands before
 * the words of the reply.
 */
#ifndef RINGPOST_PROTOCOL_H
#define RINGPOST_PROTOCOL_H

#define NAME_BYTES 32 /* of a task or module, with its NUL */

/*
 * To HANDLE_ROUTER, or through a route to ID_ROUTER (right MONITOR).
 *
 * ROUTE_ANSWER   only from the registrar; w1 task id, w2 handle, w3 receiver id,
 *                w4 badge, w5 rights, w6 first tag | last tag << 16;
 *                refused: w3 0, w4 enum status
 * ROUTE_REVOKE   only from the registrar; w1 task id, w2 handle: REVOKED from the next entry on
 * MOVE_ANSWER    only from the pager; w0 to w2 as in the ask, w3 enum status | runs << 16,
 *                w4.. (address, pages) where each run landed: one for each inline extent, or one
 *                for a list
 * STATS          CALL, right MONITOR; w1 slot, or 0 for totals
 *                -> w1 status (BAD_TASK: no task has this slot), w2 task id, w3.. struct counters
 *                (8 words); totals: the sums of these words over all tasks
 * WATCH          CALL, right MONITOR; w1 1: raise SIGNAL_RESTART at each restart of the router
 *                from now on, 0: stop that -> w1 status. Two restarts may raise one signal: read
 *                RESTARTS (pager) from the first unknown one to the last. Ends with the task.
 */
#define TAG_ROUTE_ANSWER 1
#define TAG_ROUTE_REVOKE 2
#define TAG_MOVE_ANSWER  3
#define TAG_STATS        4
#define TAG_WATCH        5

/*
 * To the registrar (HANDLE_REGISTRAR).
 *
 * ROUTE_ASK      only from the router; w1 task id, w2 handle: answered by ROUTE_ANSWER
 * OPEN           CALL; text from w2: name of a task, or "router" -> w1 status (NO_SUCH: no line of
 *                the policy has that name and no task bears it; DENIED: no line of the policy
 *                allows it; NO_ROOM: too many handles), w2 handle: to the name, whoever bears it
 *                when it is used (DEAD while nobody does)
 * CLOSE          CALL; w2 handle -> w1 status
 * ROUTES         CALL; w2 task id or 0 for mine, w3 n (from 0): the n-th route of that task
 *                -> w1 status (NONE: no more), w2 handle, w3 receiver id, w4 badge, w5 rights,
 *                w6 first tag | last tag << 16
 * TASK_UP        only from the pager; w1 task id, text from w2: its name
 * TASK_DOWN      only from the pager; w1 task id
 * TASK_ALL       only from the pager: it has told this registrar of all tasks that are up
 * NAME_OF        CALL; w2 task id -> w1 status, text from w2
 * REVOKE         CALL, badge BADGE_CONTROL; w2 task id, w3 handle -> w1 status
 */
#define TAG_ROUTE_ASK 16
#define TAG_OPEN      17
#define TAG_CLOSE     18
#define TAG_ROUTES    19
#define TAG_TASK_UP   20
#define TAG_TASK_DOWN 21
#define TAG_NAME_OF   22
#define TAG_REVOKE    23
#define TAG_TASK_ALL  24

/*
 * To the pager (HANDLE_PAGER; messages marked * need a route with BADGE_CONTROL, which the policy
 * gives).
 *
 * ALLOC          CALL; w2 pages -> w1 status (BAD; NO_MEMORY: too few are free, or too few in a
 *                row), w2 address: zero-filled, mapped on first touch
 * RELEASE        CALL; w2 address, w3 pages -> w1 status (BAD_ADDRESS; NOT_MAPPED; DENIED: they are
 *                borrowed)
 * SPAWN *        CALL, bytes; w1 number of arguments (up to ARGUMENTS_MAX), text from w2 on, over
 *                further lines: the name of a task in the manifest, then the arguments, a NUL
 *                behind each. The new task's main(argc, argv) gets them; argv[0] is its name. The
 *                next life by restart= gets none -> w1 status (NO_SUCH: the manifest has no
 *                task of that name, or, with w2 1, no module with its program was booted; BUSY: it
 *                lives; BAD_ELF, NO_MEMORY, NO_SLOT), w2 id
 * PROGRAMS       CALL; w2 n (from 0): the n-th task of the manifest -> w1 status (NONE: no more),
 *                text from w3: its name
 * EXIT           w1 exit code (its low 8 bits count): no reply, the sender ends
 * KILL *         CALL; w2 task id -> w1 status
 * PS             CALL; w2 slot: the first task at this slot or above it -> w1 status (NONE: there
 *                is none), w2 id, w3 readiness | priority << 8, w4 ticks used, w5 pages mapped,
 *                name from w6 (24 bytes)
 * MEMORY         CALL -> w1 status, w2 frames in all, w3 free, w4 mapped, w5 tables and mailboxes;
 *                w6 page tables moved since boot, w7 pages moved one by one; w8 slots used up
 * CHECK *        CALL -> w1 status, w2 violations of nano's invariants. CHECK and AUDIT keep
 *                interrupts off for many thousand instructions, so they need BADGE_CONTROL
 * OFF *          w1 exit code 0..127: no reply, the machine ends
 * AUDIT *        CALL -> w1 status, w2 violations, w3, w4 digests: nano's AUDIT (pager_gate.h)
 * WAIT_EXIT      CALL; w2 task id, w3 1: I tell a person of it, so the log shall not -> when it has
 *                ended, unless it is cancelled: w1 status, w2 exit code (if it faulted: EXIT_KILLED
 *                + vector; then w3 error code, w4 address of a #PF, w5 EIP, w6 what it was about:
 *                enum fault_place; vector FAULT_KILLER: the router died on its behalf again and
 *                again, last at w5)
 * RESTARTS       CALL; w2 n (from 0): nano's n-th fault report of the router, which any task may
 *                read -> w1 status (NONE: no more; NO_SUCH: too old, nano keeps FAULT_REPORTS of
 *                them, pager_gate.h), w2 vector | error << 16, w3 address, w4 EIP, w5 culprit id,
 *                w6 tick, w7 TSC ticks until recovery was done (0: not yet). Vector FAULT_HANG: the
 *                router hung; FAULT_ASKED: RESTART_ROUTER (then w3 to w5 are 0)
 * MODULE         CALL; text from w2: name of a boot module that the manifest gives to this
 *                task -> w1 status, w2 address, w3 bytes: its frames moved to the landing zone
 *                (one that is started again, and the registrar, get a copy: so there it is the next
 *                time, too)
 * KEEP           CALL; only for a task that is started again, and the registrar; w2 pages -> w1
 *                status (DENIED; NO_ROOM: more than KEEP_MOST, or not as many as before), w2
 *                address, mapped on first touch, w3 n: the first n pages may hold what earlier
 *                tasks of this name left there, the rest is zero; w4 the pager's id. When the task
 *                ends, the pager keeps the pages for the next one that asks.
 * LAND           CALL; w2 address, w3 pages in the sender's landing zone -> w1 status: frames that
 *                arrive by message shall land there (0, 0: the pager chooses again)
 * RESTART_ROUTER * CALL -> w1 status: nano resets the router, which recovers as it does when it has
 *                died, and the answer comes after that. For demonstrations and watchdogs
 * CRASH *        CALL; w2 task id -> w1 status (BAD_TASK; DENIED: the pager): ends the
 *                task as if it had faulted (#UD at 0); the manifest says if it is started again
 * MOVE_ASK       only from the router; w0 a number: the router counts its asks for this sender's
 *                entries, and only the answer to the last one counts; w1 sender id, w2 entry index,
 *                w3 receiver id, w4 MOVE_* flags | number of extents << 16, extents from w5 on,
 *                over further lines; MOVE_RETURN: w5 the call index of the loan. Answered by
 *                MOVE_ANSWER
 * LOG            only from the registrar and from drivers (tasks with I/O ports); w1 bytes (at most
 *                LOG_BYTES), text from w2 on, over further lines: a line of the debug log, behind
 *                the sender's name. For what must be said where the console cannot say it
 */
#define TAG_ALLOC     32
#define TAG_RELEASE   33
#define TAG_SPAWN     34
#define TAG_EXIT      35
#define TAG_KILL      36
#define TAG_PS        37
#define TAG_MEMORY    38
#define TAG_CHECK     39
#define TAG_OFF       40
#define TAG_WAIT_EXIT 41
#define TAG_RESTARTS  42
#define TAG_MODULE    43
#define TAG_MOVE_ASK  44
#define TAG_LAND      45
#define TAG_AUDIT     46
#define TAG_LOG       47
#define TAG_RESTART_ROUTER 48
#define TAG_CRASH     49
#define TAG_KEEP      50
#define TAG_PROGRAMS  51

#define LOG_BYTES 120
#define KEEP_MOST 2048 /* pages */

#define MOVE_LEND      1 /* the frames will come back    */
#define MOVE_RETURN    2 /* the frames of a loan go back */
#define MOVE_READ_ONLY 4 /* they arrive read-only        */
#define MOVE_LIST      8 /* the extents come as one run; more than 4 always do */

#define BADGE_CONTROL 1
#define ARGUMENTS_MAX 15  /* of a program, beside its name */
#define EXIT_KILLED   256 /* + 255: by KILL; + vector: by an exception           */

/*
 * To the console (a route named "console").
 *
 * WRITE          w1 bytes (at most MAX_INLINE - 8), text from w2 on, over further lines.
 *                May be a CALL -> w1 status, when all text has been sent
 * READ           CALL, lines reserved 1; w2 most bytes (1..36), w3 1: no further than the end of
 *                a line -> w1 status (BUSY: another task is reading), w2 bytes, text from w3; the
 *                reply waits for at least one byte. A READ that is given up takes none
 * BREAK          CALL -> w1 status (BUSY: another task waits for it), when Ctrl-C has been typed;
 *                what was typed before it and not read is dropped. While nobody waits for it,
 *                Ctrl-C is a byte that READ gives
 * LINE           w1 bytes, w2 bytes (at most LINE_MOST_SHOWN), text from w3 on, over further lines:
 *                w1 bytes to write now, and w2 bytes that show the line that is being typed anew.
 *                It stands in one row. When others write, the console erases that row and shows it
 *                again behind their text. w2 0: nothing is being typed
 */
#define TAG_WRITE 64
#define TAG_READ  65
#define TAG_BREAK 66
#define TAG_LINE  67

#define LINE_MOST_SHOWN 512

/* To echo, which answers any CALL with the same words. */
#define TAG_PING  80

#endif
