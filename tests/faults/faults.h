/*
 * What the four tasks of the fault campaigns share. One program, four roles, told apart by
 * their names: alice posts and drives the campaign, bob receives and keeps the ledger, carol
 * judges when alice is a party that may be harmed, dave never answers and may be killed.
 *
 * A ledger message carries its sequence number in cookie and w[1], and words made of it in the rest;
 * whoever gets it can tell lost, doubled, reordered and altered apart without asking.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <post.h>
#include <ringpost/inject.h>

#define TAG_DATA    100 /* a ledger message                                                */
#define TAG_ACKED   101 /* the same; the receiver answers by user signal 2                 */
#define TAG_ASKED   102 /* the same, a CALL: answered by w1 = the number, w2.. its words     */
#define TAG_STALL   103 /* w1 ticks: leave your mail alone so long                         */
#define TAG_REPORT  104 /* CALL -> w1 OK, then struct ledger                               */
#define TAG_RESET   105 /* CALL: the ledger begins anew                                    */
#define TAG_CALL_ME 106 /* w1 number: CALL me with it, and check the reply                 */
#define TAG_JUDGE   107 /* CALL, to carol: answered; then she judges w1 ticks later        */

#define JUDGE_BOB_DIED 256 /* added to the ticks: do not ask him */

#define SIGNAL_NEWS (SIGNAL_USER << 1)
#define SIGNAL_ACK  (SIGNAL_USER << 2)

struct ledger {
    uint32_t received; /* each counted once             */
    uint32_t lost, doubled, reordered, altered;
    uint32_t signals; /* news: raised                  */
    uint32_t replies; /* to CALL_ME, right ones        */
    uint32_t in_tail; /* of the reporter               */
    uint32_t next;    /* the number expected           */
};

/* ledger.c */
void ledger_fill(struct line *line, uint32_t number, unsigned lines);
bool ledger_right(const struct line *line, uint32_t number, uint32_t badge);
void ledger_note(struct ledger *ledger, const struct line *line, uint32_t badge);

/* roles.c */
_Noreturn void be_bob(void);
_Noreturn void be_carol(void);
_Noreturn void be_dave(void);

/* campaign.c */
_Noreturn void be_alice(void);

/* operations.c: the operations of which one meets the fault. */
struct operation {
    const char *name;
    const char *states; /* those that make a difference, letters of STATES */
    const char *party;  /* whose gate call: "alice"; or "gone": an upcall    */
    uint32_t skip;      /* his calls that go by first                       */
    void (*prepare)(void);
    void (*act)(void);
};
extern const struct operation operations[];
extern const unsigned operation_count;
#define STATES "eo1fwh" /* empty, one, full - 1, full, wrapped, held */

extern struct parties {
    int bob, carol, dave, pager; /* handles */
    uint32_t number;             /* ledger messages sent to bob    */
    uint32_t calls, answers;     /* CALLs made; right replies      */
    uint32_t wrong;              /* replies and mail that were not right */
    uint32_t status;             /* a refusal                       */
    uint32_t replies, signals;   /* what bob's ledger must say     */
    uint32_t acks, acks_due;
    bool told;  /* of a restart, by signal         */
    bool death; /* a death notice came            */
} parties;

void prepare_state(char state, unsigned lines);
bool settle(uint32_t deadline);
void read_mail(void);
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
