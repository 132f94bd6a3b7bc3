/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the four tasks of the fault campaigns share. One program, four roles, told apart by
 * their names: alice posts and drives the campaign, bob receives and keeps the ledger, carol
 * judges when alice is a party that may be harmed, dave answers late and may be killed.
 *
 * A ledger message carries its sequence number in cookie and w[1], and words made of it in the
 * rest; whoever gets it can tell lost, doubled, reordered and altered apart without asking.
 *
 * One bit of 320 is not flipped: EFLAGS.VM. In ring 1 neither POPF nor IRET nor RETF can set it
 * (SDM vol. 2, POPF; vol. 1, 3.4.3.3; QEMU's IRET does: attack row E05), virtual-8086 mode is ring
 * 3 by definition, and a CPU with VM set and ring 1's segments loaded is in no state that the
 * manual knows; what an injector would test is the IRET of its own by which it came about.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <post.h>
#include <ringpost/inject.h>

/* What a changed tag of a ledger message turns into is no order: the numbers lie apart. */
#define TAG_DATA    100 /* a ledger message                                                */
#define TAG_ACKED   101 /* the same; the receiver answers by user signal 2                 */
#define TAG_ASKED   102 /* the same, a CALL: answered by w1 = the number, w2.. its words     */
#define TAG_STALL   130 /* w1 ticks: leave your mail alone so long; w2 lines: fill it so far */
#define TAG_REPORT  104 /* CALL -> w1 OK, then struct ledger; sealed                       */
#define TAG_RESET   140 /* CALL: the ledger begins anew                                    */
#define TAG_CALL_ME 150 /* w1 number: CALL me with it, and check the reply                 */
#define TAG_JUDGE   170 /* CALL, to carol: answered; then she judges w1 ticks later        */
#define TAG_PASS    108 /* as ASKED: bob passes it on to carol, who answers                */
#define TAG_PAGE    109 /* GRANT: w1 number; a page full of its words                      */
#define TAG_CROWD   160 /* what bob fills his inbox with                                   */
#define TAG_LENT    110 /* CALL, LEND: the same; the borrower adds 1 to its first word     */
#define TAG_LETTER  111 /* the same, and the reply has more than one line                  */

#define JUDGE_BOB_DIED 256 /* added to the ticks: do not ask him */

#define LETTER_WORDS 27 /* of payload beside w[0]: two lines */

#define HOSTILE_BOB    256 /* area: bob's words begin here */
#define HOSTILE_VALUES 8

#define ROUTES_BYTES 1024 /* of the route cache, for each task: layout.h */

#define PATIENCE_STEP 8 /* ticks for a step of a verdict */

#define SIGNAL_NEWS   (SIGNAL_USER << 1)
#define SIGNAL_ACK    (SIGNAL_USER << 2)
#define SIGNAL_DEVICE (SIGNAL_USER << 3) /* dave to alice: his line was raised */
#define DAVES_LINE    5                  /* as manifest.txt says               */

struct ledger {
    uint32_t lost, doubled, reordered, altered;
    uint32_t signals; /* news: raised                  */
    uint32_t replies; /* to CALL_ME, right ones        */
    uint32_t in_tail; /* of the reporter               */
    uint32_t next;    /* the number expected           */
    uint32_t missed;  /* of those altered: ledger_missed() */
};

/*
 * Every ledger message is sealed (post_seal.h): DATA, ACKED, ASKED, PASS, and the replies. CORRUPT:
 * the seal says so. MISSED: something else than was sent, and the seal does not say so. BADGE: only
 * the badge is another, which is the router's to write and not under the seal. UNSEALED: a message
 * with pages, whose lines the router writes for the most part; what is in the pages shows whether
 * they are the right ones. Or somebody else's reply, whole: a seal does not say for whom it is.
 */
enum ledger_verdict {
    LEDGER_RIGHT,
    LEDGER_CORRUPT,
    LEDGER_MISSED,
    LEDGER_BADGE,
    LEDGER_UNSEALED,
};

/* As one number: missed ones, wrong badges from bit 16 on, those without a seal from bit 24 on. */
static inline uint32_t ledger_missed(enum ledger_verdict verdict)
{
    static const uint32_t numbers[] = {
        [LEDGER_MISSED] = 1, [LEDGER_BADGE] = 1 << 16, [LEDGER_UNSEALED] = 1 << 24};

    return numbers[verdict];
}

/* ledger.c */
void ledger_fill(struct line *line, uint32_t number, unsigned lines);
enum ledger_verdict ledger_right(const struct line *line, uint32_t number, uint32_t badge);
void ledger_note(struct ledger *ledger, const struct line *line, uint32_t badge);
void ledger_note_number(struct ledger *ledger, uint32_t number, enum ledger_verdict verdict);
void ledger_fill_page(uint32_t *page, uint32_t number);
bool ledger_page_right(const uint32_t *page, uint32_t number, uint32_t added);

/* roles.c */
_Noreturn void be_bob(void);
_Noreturn void be_carol(void);
_Noreturn void be_dave(void);

/* campaign.c */
_Noreturn void be_alice(void);

/* operations.c: one of these operations meets the fault. */
struct operation {
    const char *name;
    const char *states; /* those that make a difference, letters of STATES */
    const char *party;  /* whose gate call, by name; or "gone": an upcall    */
    uint32_t skip;      /* his calls that go by first                       */
    void (*prepare)(void);
    void (*act)(void);
};
extern const struct operation operations[];
extern const unsigned operation_count;

/*
 * Bob's inbox is empty, has one line, alice's share of it but one, or all of it (more is FULL for
 * her), its indices wrap, or her outbox head is held; or bob has filled it up himself, and she has
 * the last place in the ring, or there is none (brimful: l, b; for some operations only, it takes
 * long).
 */
#define STATES "eo1fwh"

extern struct parties {
    int bob, carol, dave, pager, router; /* handles */
    uint32_t number;                     /* ledger messages sent to bob    */
    uint32_t calls, answers;             /* CALLs made; right replies      */
    uint32_t wrong;                      /* mail and results that nobody can explain */
    uint32_t altered, missed;            /* replies, and what their seals said: ledger_missed() */
    uint32_t status;                     /* a refusal                       */
    uint32_t replies, signals;           /* what bob's ledger must say     */
    uint32_t acks, acks_due;
    uint32_t devices; /* dave's line, as often as he said so */
    bool told;        /* of a restart, by signal         */
    bool death;       /* a death notice came            */
} parties;

void prepare_state(char state, unsigned lines);
bool settle(uint32_t deadline);
void read_mail(void);
void note_signals(uint32_t signals);
enum status report(struct ledger *ledger, uint32_t deadline);
enum status ask(int handle, uint16_t tag, uint32_t word, uint32_t *answer, uint32_t deadline);
void send_data(unsigned lines, unsigned flags, uint16_t tag);
uint32_t task_id(const char *name);

/* The injector's gate. `memory` must lie in one page. */
static inline uint32_t inject(enum inject_op op, volatile void *memory, uint32_t words)
{
    uint32_t result = INJECT_MAGIC + op;
    asm volatile("int3" : "+a"(result) : "b"(memory), "c"(words) : "memory");
    return result;
}

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
