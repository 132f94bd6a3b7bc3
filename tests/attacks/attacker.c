/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attacker: a fresh task for each row of attacks.def. It is told the row, commits it, or asks
 * the hostile router to, and exits with the verdict, if it lives.
 *
 * Every way back through the call gate is looked at: flags and segment registers of ring 3 must be
 * as they were, whatever ring 1 did. What is done with mailboxes is in attacker_mail.c, with flags
 * in attacker_flags.c, about messages that are tampered with in attacker_tamper.c.
 */
#include <post.h>
#include "attacker_flags.h"
#include "attacker_mail.h"
#include "attacker_tamper.h"
#include "deeds.h"
#include "survey.h"
#include "hostile_symbols.h" /* ROUTER_name: addresses, from the hostile router */

static struct out_header *const out = &post_own->out;

__attribute__((noinline)) static uint32_t without_end(uint32_t depth)
{
    volatile uint8_t page[1024];
    page[0] = 1;
    return page[0] ? without_end(depth + 1) + page[0] : depth;
}

/* ---- Frames and stacks ----------------------------------------------------------------------- */

/* IRET with these flags to the next instruction, by this CS; the flags afterwards. */
static uint32_t iret_with(uint32_t flags, uint32_t cs)
{
    asm volatile("push %0; push %1; push $1f; iret; 1: pushf; pop %0"
                 : "+r"(flags)
                 : "r"(cs)
                 : "memory", "cc");
    return flags;
}

static bool retf_legal(void)
{
    asm volatile("push %0; push $1f; lret; 1:" : : "i"(SEL_APP_CS) : "memory");
    return true;
}

static void retf_at(uint32_t esp) { asm volatile("mov %0, %%esp; lret" : : "r"(esp) : "memory"); }

static void push_at(uint32_t esp)
{
    asm volatile("mov %%esp, %%ecx; mov %0, %%esp; push %%ecx; mov %%ecx, %%esp"
                 :
                 : "r"(esp)
                 : "ecx", "memory");
}

static uint32_t read_ebp(uint32_t address)
{
    asm volatile("push %%ebp; mov %0, %%ebp; mov (%%ebp), %0; pop %%ebp"
                 : "+r"(address)
                 :
                 : "memory");
    return address;
}

static void read_fs(uint32_t address)
{
    asm volatile("mov %1, %%fs; mov %%fs:(%0), %0; mov %2, %%fs"
                 : "+r"(address)
                 : "r"(SEED_SELECTOR), "r"(0)
                 : "memory");
}

static void write_fs(uint32_t address)
{
    asm volatile("mov %1, %%fs; mov %0, %%fs:(%0); mov %2, %%fs"
                 :
                 : "r"(address), "r"(SEED_SELECTOR), "r"(0)
                 : "memory");
}

static bool read_null(void)
{
    uint32_t value = 0;
    scratch[0] = 5;
    asm volatile("xor %%ecx, %%ecx; mov %%ecx, %%fs; mov %%fs:scratch, %0"
                 : "=r"(value)
                 :
                 : "ecx", "memory");
    return value == 5;
}

/* ---- Seeds: flaws that the surveying nano makes for a moment --------------------------------- */

static bool seeded;

/* True if the audit saw it. */
static bool plant_at(enum seed seed, uint32_t id, uint32_t address)
{
    uint32_t violations = SURVEY_SEED;

    seeded = seed != SEED_NOTHING;
    asm volatile("ud2" : "+a"(violations) : "b"(address), "c"(id), "d"(seed) : "memory");
    return violations != 0;
}
static bool plant(enum seed seed) { return plant_at(seed, 0, 0); }
#define SEED(name)                                                                                 \
    if (!plant(SEED_##name))                                                                       \
    return UNSEEN

/* The bystander's answer (hostile.h), w1 first. */
static bool ask_bystander(uint32_t w[POST_ANSWER])
{
    int bystander = post_open("bystander");

    memset(w, 0, POST_ANSWER * 4);
    return bystander > 0 &&
           post_call(bystander, TAG_WHOLE, w, 4, w, POST_ANSWER * 4, NULL, post_in(2000)) ==
               STATUS_OK &&
           post_close(bystander) == STATUS_OK;
}

/* A bit of the bystander's program. True if the audit saw it. */
static bool plant_in_text(void)
{
    uint32_t w[POST_ANSWER];

    return ask_bystander(w) && plant_at(SEED_MEMORY, w[4], PROGRAM_BASE);
}

/* A bit of what it may write: it says that one word differs, and none when the bit is back. */
static enum verdict plant_in_pattern(bool outbox)
{
    uint32_t w[POST_ANSWER];

    if (!ask_bystander(w) || w[1] != 0)
        return WRONG;
    plant_at(SEED_MEMORY, w[4],
             outbox ? (uint32_t)&post_own->outbox[3].w[PAYLOAD_WORDS - 1] : w[5]);
    if (!ask_bystander(w) || w[1] != 1)
        return UNSEEN;
    plant(SEED_NOTHING);
    return ask_bystander(w) && w[1] == 0 ? THROUGH : CHANGED;
}

/* What was set of EFLAGS in nano, at any trap since this was last asked; asked with `flags` set. */
static uint32_t nano_flags(uint32_t flags)
{
    uint32_t seen = SURVEY_FLAGS;

    asm volatile("push %1; popf; ud2; push $0x202; popf"
                 : "+a"(seen)
                 : "r"(flags)
                 : "memory", "cc");
    return seen;
}

/* Rows by their ring and name: some commit another one, in the hostile router. */
enum row {
#define ROW(id, name, ring, ...) ROW_##ring##_##id##_##name,
#include "attacks.def"
#undef ROW
};

static uint32_t in_router(enum row row) { return post_gate(HOSTILE_OPERATION | row, POST_FOREVER); }

/* AC, NT and DF set by a task, by one whose router parks, and nobody: nano has none of them. */
static bool flags_stay_out(void)
{
    nano_flags(0x202);
    return nano_flags(0x44602) == 0 && in_router(ROW_ROUTER_E16_park_nt_df) == STATUS_OK &&
           in_router(ROW_ROUTER_E17_park_ac) == STATUS_OK && nano_flags(0x202) == 0;
}

/* In a conforming segment of ring 1: the ring that runs there. */
static uint32_t conforming_ring(void)
{
    uint32_t cs;

    asm volatile("ljmp %1, $1f; 1: mov %%cs, %0; ljmp %2, $2f; 2:"
                 : "=r"(cs)
                 : "i"(SEL_ROUTER_CS), "i"(SEL_APP_CS)
                 : "memory");
    return cs & 3;
}

/*
 * A gate that copies a parameter takes it from where ESP points: to a word of the router's text,
 * which is not ring 3's. The router's RETF knows of no parameter, so it comes back as ESP, and the
 * old ESP as SS: that is why its low bits are a selector.
 */
static uint32_t leak_by_gate(void)
{
    uint32_t leaked, eax = GATE_POST, edx = 0;

    asm volatile(
        "mov %%ebp, post_ebp; mov %%esp, scratch; mov %[from], %%esp; lcall %[gate], $0\n\t"
        "mov %%esp, %0; mov scratch, %%esp; mov post_ebp, %%ebp"
        : "=c"(leaked), "+a"(eax), "+d"(edx)
        : [from] "i"(ROUTER_BASE + SEL_APP_DS), [gate] "i"(SEL_CALL_GATE)
        : "ebx", "esi", "edi", "memory", "cc");
    return leaked;
}

/* ---- The call gate in odd states ------------------------------------------------------------- */

/* No interrupt comes while a seed stands. */
static bool flags_as_before(uint32_t flags) { return flags_good(flags | (seeded ? 0x200 : 0)); }

/*
 * The gate, with something done to the CPU just before. Is everything as it should be after? The
 * flags that come back are those that the router ran with, because RETF leaves them, unless it
 * yields in that call, as it does in a fresh task's first: so it is done many times.
 */
#define GATE_WITH(before)                                                                          \
    ({                                                                                             \
        bool good = true;                                                                          \
        for (unsigned i = 0; i < 100; i++) {                                                       \
            uint32_t status = GATE_POST, selectors = 0, at = (uint32_t)&out->restart_eip, flags;   \
            asm volatile("movl %%ebp, post_ebp; movl $1f, (%2); movl %%esp, 4(%2)\n\t" before      \
                         "\n\tlcall %4, $0\n1:\tpushf; popl %3; pushl $0x202; popf\n\t"            \
                         "movl post_ebp, %%ebp; movw %%es, %w1; shll $16, %1; movw %%ds, %w1"      \
                         : "+a"(status), "+d"(selectors), "+b"(at), "=c"(flags)                    \
                         : "i"(SEL_CALL_GATE)                                                      \
                         : "esi", "edi", "memory", "cc");                                          \
            good &= status == STATUS_OK && flags_as_before(flags) &&                               \
                    selectors == (SEL_APP_DS | SEL_APP_DS << 16);                                  \
        }                                                                                          \
        good;                                                                                      \
    })

/* An operation that there is not; or a tick was due, and the router yielded instead: OK. */
#define GATE_BY(selector)                                                                          \
    ({                                                                                             \
        uint32_t status = 0xBAD, none = 0, at = (uint32_t)&out->restart_eip;                       \
        asm volatile("movl %%ebp, post_ebp; movl $1f, (%2); movl %%esp, 4(%2)\n\t"                 \
                     "lcall %3, $0xDEADBEEF\n1:\tmovl post_ebp, %%ebp"                             \
                     : "+a"(status), "+d"(none), "+b"(at)                                          \
                     : "i"(selector)                                                               \
                     : "ecx", "esi", "edi", "memory", "cc");                                       \
        status == STATUS_BAD_OP || status == STATUS_OK;                                            \
    })

static bool gate_any_rpl(void)
{
    return GATE_BY(SEL_CALL_GATE & ~3) && GATE_BY((SEL_CALL_GATE & ~3) | 1) &&
           GATE_BY((SEL_CALL_GATE & ~3) | 2) && GATE_BY(SEL_CALL_GATE | 3);
}

static void gate_with_esp(uint32_t esp)
{
    asm volatile("movl $1f, (%1); movl %2, 4(%1); movl %2, %%esp; lcall %3, $0\n1: push %%eax"
                 :
                 : "a"(GATE_POST), "b"(&out->restart_eip), "S"(esp), "i"(SEL_CALL_GATE), "d"(0)
                 : "memory");
}

__attribute__((naked)) static void push_once(void) { asm("push %eax; ud2"); }

/* Parks, with a restart point of its own choice; a wait may return early, so more than once. */
static void park_by(uint32_t op, uint32_t eip, uint32_t esp)
{
    for (unsigned i = 0; i < 10; i++) {
        uint32_t operation = op, deadline = post_in(5);
        out->looked = post_own->in.in_tail;
        asm volatile("movl %%esp, %%esi; testl %%ecx, %%ecx; cmovzl %%esi, %%ecx\n\t"
                     "movl %%ebx, (%%edi); movl %%ecx, 4(%%edi); lcall %[gate], $0"
                     : "+a"(operation), "+d"(deadline), "+b"(eip), "+c"(esp)
                     : "D"(&out->restart_eip), [gate] "i"(SEL_CALL_GATE)
                     : "esi", "memory", "cc");
    }
}

static void park_at(uint32_t eip, uint32_t esp) { park_by(GATE_WAIT, eip, esp); }

/* ---- Two who may not talk -------------------------------------------------------------------- */

#define COVERT_BITS  16
#define COVERT_WORD  0xB5A3u
#define COVERT_TICKS 16 /* a bit: 62 bit/s */
#define COVERT_TRIES 3  /* a busy host takes whole ticks from both, now and then */

static uint32_t part; /* of a pair: the first tick, times two, and 1 for the one that receives */

/*
 * Row D18. To send 1 is to keep the CPU for the time of a bit, 0 to sleep; to receive is to count
 * the ticks that one sees go by: among equals, half of them are another's if another wants them.
 * Two bits of 16 may be wrong: guessing does not do that.
 */
static bool covert_word(uint32_t begin, bool receive)
{
    uint32_t word = 0;

    for (uint32_t bit = 0; bit < COVERT_BITS; bit++) {
        uint32_t end = begin + (bit + 1) * COVERT_TICKS, seen = 0;
        if (!receive && !(COVERT_WORD & 1u << bit) && end > post_now())
            post_sleep(end - post_now());
        for (uint32_t now = post_now(), was = now; now < end; was = now) {
            now = post_now();
            seen += now != was;
        }
        word |= (seen < COVERT_TICKS * 3 / 4) << bit;
    }
    return !receive || __builtin_popcount(word ^ COVERT_WORD) <= 2;
}

static uint32_t covert(void)
{
    uint32_t begin = part >> 1;
    bool through = false;

    post_sleep(begin - post_now());
    for (unsigned i = 0; i < COVERT_TRIES; i++, begin += COVERT_BITS * COVERT_TICKS)
        through |= covert_word(begin, part & 1);
    return through ? THROUGH : HELD;
}

/* ---- The switch ------------------------------------------------------------------------------ */

#define DEED_TASK(...)      __VA_ARGS__
#define DEED_TASK_LAST(...) __VA_ARGS__
#define DEED_SEED(...)      __VA_ARGS__
#define DEED_PAIR(...)      __VA_ARGS__
#include "commit.h"

/* Where a hostile router may resume its caller. */
static void elsewhere(void) { post_exit(THROUGH); }

__attribute__((naked)) static void just_return(void) { asm("ret"); }

/* What the router is given as address: of the two functions it may want one. */
static uint32_t argument_for(uint32_t elsewhere_wanted)
{
    return (uint32_t)(elsewhere_wanted ? &elsewhere : &just_return);
}

/* The hostile router's turn; then a look at what it left of the CPU. */
static uint32_t ask_router(uint32_t row, uint32_t elsewhere_wanted)
{
    uint32_t result = post_gate(HOSTILE_OPERATION | row, argument_for(elsewhere_wanted));
    uint32_t flags, ds, es, fs, gs;

    asm volatile("pushf; pop %0" : "=r"(flags));
    asm volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
                 : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
    asm volatile("push $0x202; popf" : : : "cc");
    if (result == STATUS_RESTARTED)
        return post_gate(HOSTILE_PRISTINE, POST_FOREVER) == (HOSTILE_RESULT | HELD) ? RESTARTED
                                                                                    : CHANGED;
    if (!flags_good(flags) || (ds & 0xFFFF) != SEL_APP_DS || (es & 0xFFFF) != SEL_APP_DS ||
        (fs & 3) != (fs ? RING_APP : 0) || (gs & 3) != (gs ? RING_APP : 0))
        return CHANGED;
    return result == STATUS_OK                       ? HELD
           : (result & 0xFFFF0000) == HOSTILE_RESULT ? (result & 0xFFFF)
                                                     : WRONG;
}

/* w1 the row, w2 whose it is (0: its own, 1: the router's), w3 where the router may resume it. */
int main(void)
{
    const struct line *line = post_next(POST_FOREVER);
    uint32_t row = line->w[1], router = line->w[2], elsewhere_wanted = line->w[3];

    part = line->w[3];

    post_done(line);
    if (router)
        return ask_router(row, elsewhere_wanted);
    uint32_t verdict = commit(row, 0);
    if (seeded)
        plant(SEED_NOTHING);
    return verdict;
}
