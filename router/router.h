/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all files of the router share, ring 1: the fixed objects, and the small helpers that reach
 * them. Each other header belongs to the one C file of its name.
 *
 * Everything that must outlive a restart is in the mailboxes (written here) and in the task
 * directory (written by nano). What is private to the router is a cache: the route cache (lane.c),
 * what is owed to sleepers (signal.c), and the call in hand (call.c).
 *
 * The fixed objects are symbols of the linker script in the guest, and plain arrays of the test on
 * the host, so nothing here knows an address. The router is never entered a second time while it
 * runs, and no task runs meanwhile; yet every word that a task writes is read through read_once()
 * or read_index(), checked, and used from the copy.
 */
#ifndef ROUTER_H
#define ROUTER_H

#include <stdbool.h>
#include <stdint.h>
#include <ringpost/assert.h>
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

/*
 * How entry.asm passes arguments: in EAX, EDX, ECX. The router's own C code does the same
 * (-mregparm in the Makefile); the host has its own convention.
 */
#ifdef __i386__
#define BY_REGISTER __attribute__((regparm(3)))
#else
#define BY_REGISTER
#endif

extern struct mailbox window[];
extern struct task_entry directory[];
extern struct nano_page nano_page;
extern struct nameplate nameplate; /* absent in upcalls */
extern struct wake_list wake_list;

/* On whose behalf the router runs, or nobody (0, 0) in an upcall. Whoever needs it is passed it. */
struct caller {
    task_id_t id;
    slot_t slot;
};

/* So often may an entry kill the router; then it is held as POISONED. */
#define KILLS_MAX 3

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

/* Both are for slots below nano_page.tasks only. */
static inline struct mailbox *box_of(slot_t slot) { return opaque(&window[NUMBER_OF(slot)]); }

/* The parts of a mailbox from its in header on: each by one displacement. */
#define MAILBOX_PART(in, part)                                                                     \
    ((uintptr_t)(in)-offsetof(struct mailbox, in) + offsetof(struct mailbox, part))

static inline struct out_header *out_of(const struct in_header *in)
{
    return (struct out_header *)MAILBOX_PART(in, out);
}
static inline const struct line *outbox_of(const struct in_header *in)
{
    return (const struct line *)MAILBOX_PART(in, outbox);
}
static inline struct line *inbox_of(const struct in_header *in)
{
    return (struct line *)MAILBOX_PART(in, inbox);
}

static inline const struct task_entry *entry_of(slot_t slot) { return &directory[NUMBER_OF(slot)]; }

/* Slot 0 is nobody's. */
static inline bool is_slot(slot_t slot) { return slot != 0 && NUMBER_OF(slot) < nano_page.tasks; }

static inline slot_t next_slot(slot_t slot) { return AS_KIND(slot_t, NUMBER_OF(slot) + 1); }

#define SLOT_FIRST          AS_KIND(slot_t, 1)
#define FOR_EACH_SLOT(slot) for (slot_t slot = SLOT_FIRST; is_slot(slot); slot = next_slot(slot))

/* A word that a task may change at any time: one load, never repeated. */
static inline uint32_t read_once(const void *word)
{
    typedef uint32_t __attribute__((may_alias)) any_word;
    return *(const volatile any_word *)word;
}

/* The same for a ring index of the task. */
static inline ring_index_t read_index(const ring_index_t *index)
{
    return AS_KIND(ring_index_t, read_once(index));
}

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

/* In the guest a ring's pages are mapped twice in a row; on the host they are not. */
#ifdef __i386__
#define RINGS_TWICE true
#else
#define RINGS_TWICE false
#endif

/* Lines in the inbox that its task has not read; more than the ring if it lies. */
static inline uint32_t room_used(const struct mailbox *box)
{
    return index_distance(read_index(&box->out.in_head), box->in.in_tail);
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

/*
 * The same without peer, word 1 and badge, which the router writes itself. Both then point to the
 * line after it.
 */
static inline void copy_payload(struct line **to, const struct line **from)
{
#ifdef __i386__
    const uint32_t *source = &(*from)->cookie;
    uint32_t *at = &(*to)->cookie;

    __asm__ volatile(".rept 13; movsl; .endr" : "+D"(at), "+S"(source) : : "memory");
    *to = (struct line *)at;
    *from = (const struct line *)source;
#else
    (*to)->cookie = (*from)->cookie;
    for (unsigned i = 0; i < PAYLOAD_WORDS; i++)
        (*to)->w[i] = (*from)->w[i];
    (*to)++;
    (*from)++;
#endif
}

/* One less. False: it was 0 or less. */
static inline bool count_down(int32_t *count)
{
#ifdef __i386__
    bool was_positive;

    __asm__ volatile("decl %0" : "+m"(*count), "=@ccns"(was_positive));
    return was_positive;
#else
    return --*count >= 0;
#endif
}

/* Makes so many words zero. */
static inline void clear_words(void *at, uint32_t words)
{
#ifdef __i386__
    __asm__ volatile("rep stosl" : "+D"(at), "+c"(words) : "a"(0) : "memory");
#else
    for (uint32_t i = 0; i < words; i++)
        ((uint32_t *)at)[i] = 0;
#endif
}

/* Word 1 (tag, lines, flags) as one store. */
static inline void line_set_word1(struct line *line, uint32_t word)
{
    typedef uint32_t __attribute__((may_alias)) any_word;
    *(any_word *)&line->tag = word;
}

#endif
