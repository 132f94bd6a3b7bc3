/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's own header, ring 1: what its files share.
 *
 * Everything that must outlive a restart is in the mailboxes (written here) and in the
 * task directory (written by nano). What is private to the router is a cache: route_cache,
 * and `me`, which says on whose behalf it runs and means nothing between two entries.
 *
 * The fixed objects are symbols of the linker script in the guest, and plain arrays of
 * the test on the host, so nothing here knows an address. The router is never entered a
 * second time while it runs, and no task runs meanwhile; yet every word that a task
 * writes is read through read_once(), checked, and used from the copy.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/directory.h>
#include <ringpost/gates.h>
#include <ringpost/mailbox.h>
#include <ringpost/protocol.h>
#include <ringpost/status.h>
#include "trace.h"

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* For what the fast path seldom needs: keeps it out of the fast path's registers. */
#define OUT_OF_LINE __attribute__((noinline, cold))

/* How entry.asm passes arguments: in EAX, EDX, ECX. The host has its own convention. */
#ifdef __i386__
#define BY_REGISTER __attribute__((regparm(3)))
#else
#define BY_REGISTER
#endif

/*
 * A row of the route cache: 64 for each task slot. It counts only if its incarnation is the
 * router's, so a restart empties the cache. With dest 0 the badge is a status:
 * STATUS_OK for "not asked yet", else a refusal. Refusals have no rights.
 */
struct route {
    uint32_t dest, badge;
    uint16_t rights, incarnation, first_tag, last_tag;
};
_Static_assert(sizeof(struct route) == 16, "64 rows are 1 KiB");

/*
 * The lane of a task: its last route, found and checked, so that the fast path need not look
 * again (lane.c). It takes the place of rows 0 to 3, which no route has. All zero is a closed lane.
 */
struct lane {
    uint32_t handle;
    uint32_t first,
        tags; /* word 1 of a plain line with the first tag allowed; how many (0: closed) */
    uint32_t badge, dest; /* what the receiver sees, and its id                       */
    uint32_t yield_at; /* the attention at which a POST yields: 0 for a more important receiver */
    struct mailbox *to;
    const struct task_entry *entry;
};
#define PLAIN_LINE 0x00010000u /* word 1: one line, no flags */

union routes {
    struct route row[HANDLES];
    struct lane lane;
};
_Static_assert(sizeof(struct lane) <= HANDLE_FIRST * sizeof(struct route), "the lane's place");

extern struct mailbox window[];
extern struct task_entry directory[];
extern struct nano_page nano_page;
extern struct nameplate nameplate; /* absent in upcalls */
extern struct wake_list wake_list;
extern union routes route_cache[];

/*
 * On whose behalf the router runs: the caller, or nobody (0, 0) in an upcall. The fast path of a
 * call leaves it alone (call.c).
 */
struct caller {
    uint32_t id, slot;
    bool yield;                /* it woke somebody more important, or filled the wake list    */
    bool wakes_owed;           /* the wake list was full: wake_owed() when somebody next enters */
    const struct line *landed; /* the answer of the pager that delivers an entry, or NULL */
};
extern struct caller me;

/* One outbox entry: its header words read once, then rewritten for the receiver. */
struct post {
    uint32_t index, handle, argument; /* of its first line; peer and badge as the sender set them */
    uint32_t peer, badge, cookie, w0; /* as the receiver will see them             */
    uint32_t first;                   /* origin.first                              */
    uint16_t tag;
    uint8_t lines, flags;
};

/* call.room: the call lent frames, and the reply has to wait until they are back. */
#define CALL_LENT 0x80000000u

/* So often may an entry kill the router; then it is held as POISONED. */
#define KILLS_MAX 3

/* in.room_wanted: the slot of the one that waits, or this. */
#define ROOM_MANY 0xFFFFFFFFu

/* A word that a task may change at any time: one load, never repeated. */
static inline uint32_t read_once(const void *word)
{
    typedef uint32_t __attribute__((may_alias)) any_word;
    return *(const volatile any_word *)word;
}

/*
 * The same value, but the compiler does not know where it came from: it keeps an address in a
 * register, instead of computing it anew at each use.
 */
#define opaque(value)                                                                              \
    ({                                                                                             \
        __typeof__(value) opaque_ = (value);                                                       \
        __asm__("" : "+r"(opaque_));                                                               \
        opaque_;                                                                                   \
    })

/* &array[index], for one of the fixed arrays: its base stays a displacement of each access. */
#define element(array, index)                                                                      \
    ((__typeof__(&(array)[0]))((uintptr_t)(array) + opaque((uintptr_t)(index) * sizeof *(array))))

/*
 * What is stored before this is in memory before what is stored after it: the compiler must
 * not move the commit. On the host the tests define it, and can stop the router there.
 */
#ifdef __i386__
static inline void commit_barrier(void) { __asm__ volatile("" ::: "memory"); }
#else
void commit_barrier(void);
#endif

/* Lines in the inbox that its task has not read; more than the ring if it lies. */
static inline uint32_t room_used(const struct mailbox *box)
{
    return box->in.in_tail - read_once(&box->out.in_head);
}

/*
 * One line; returns where it went. Straight-line code: REP costs an instruction for setting it
 * up. The result is what EDI says afterwards, so that no other register need hold it.
 */
static inline struct line *copy_line(struct line *to, const struct line *from)
{
#ifdef __i386__
    __asm__ volatile(".rept 16; movsl; .endr" : "+D"(to), "+S"(from) : : "memory");
    return to - 1;
#else
    *to = *from;
    return to;
#endif
}

/* Word 1 (tag, lines, flags) as one store. */
static inline void line_set_word1(struct line *line, uint32_t word)
{
    typedef uint32_t __attribute__((may_alias)) any_word;
    *(any_word *)&line->tag = word;
}

/* call.c */
BY_REGISTER uint32_t gate_call(uint32_t op, uint32_t deadline);
BY_REGISTER _Noreturn void park(uint32_t to, uint32_t deadline); /* nano's gate; park_guest.c */

/* mailbox.c */
struct mailbox *mailbox_find(uint32_t id);
struct mailbox *mailbox_in_use(uint32_t slot);
void mailbox_take_up(uint32_t slot);
void mailbox_set_aside(uint32_t slot);

/* deliver.c */
uint32_t deliver(uint32_t index, uint32_t available);
uint32_t deliver_landed(uint32_t index);
uint32_t hold(uint32_t index, enum status reason, uint32_t peer, uint32_t lines);
void settle(uint32_t slot, uint32_t index);
void deliver_own(uint32_t slot, const struct line *line, uint32_t sender, uint32_t next);

/* move.c */
uint32_t move_ask(const struct post *post, uint32_t dest);
uint32_t move_return(const struct post *post);
enum status move_answer(const struct line *answer);

/* room.c */
uint32_t room_left(uint32_t slot);
bool room_for(uint32_t slot, uint32_t sender, uint32_t lines);
uint32_t room_hold(uint32_t index, uint32_t slot, uint32_t lines);
void room_tell(uint32_t slot);

/* ledger.c */
bool ledger_prepare(struct post *post, uint32_t to);
enum status ledger_find(uint32_t caller, uint32_t slot, const struct call **found);
void ledger_assign(uint32_t caller, uint32_t slot, uint32_t server);
void ledger_close(uint32_t task, uint32_t slot, uint32_t server);
void ledger_bury(uint32_t task, uint32_t died);
bool ledger_recount(uint32_t task);

/* forward.c */
enum status forward(struct post *post, const struct route *route);

/* route.c */
enum status route_find(uint32_t handle, struct route *found);
uint32_t route_ask(const struct post *post);
void route_forget(uint32_t slot);
enum status route_answer(const struct line *line);
enum status route_revoke(const struct line *line);

/* lane.c */
BY_REGISTER bool lane_find(struct lane *lane, uint32_t handle);
void lane_close(uint32_t slot);
void lane_close_to(uint32_t dest);
void lane_close_all(void);

/* order.c */
uint32_t order(const struct post *post);
uint32_t statistics(const struct post *post);

/* signal.c */
void wake(const struct task_entry *entry);
void wake_owed(void);
void signal_raise(uint32_t slot, uint32_t bits);

/* upcall.c, recover.c */
BY_REGISTER _Noreturn void upcall(uint32_t event, uint32_t argument);
void recover(uint32_t culprit);
