/*
 * The attacker: a fresh task for each row of attacks.def. It is told the row, commits it, or asks
 * the hostile router to, and exits with the verdict, if it lives.
 *
 * Every way back through the call gate is looked at: flags and segment registers of ring 3 must be
 * as they were, whatever ring 1 did.
 */
#include <post.h>
#include "deeds.h"
#include "survey.h"
#include "hostile_symbols.h" /* ROUTER_name: addresses, from the hostile router */

static struct out_header *const out = &post_own->out;
static uint32_t seed = 12345;

static uint32_t noise(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    return seed ^= seed << 5;
}

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

/* ---- The call gate in odd states ------------------------------------------------------------- */

/* The gate, with something done to the CPU just before. Is everything as it should be after? */
#define GATE_WITH(before)                                                                          \
    ({                                                                                             \
        uint32_t status = GATE_POST, selectors = 0, at = (uint32_t)&out->restart_eip;              \
        asm volatile("movl %%ebp, post_ebp; movl $1f, (%2); movl %%esp, 4(%2)\n\t" before          \
                     "\n\tlcall %3, $0\n1:\tpushl $0x202; popf; movl post_ebp, %%ebp\n\t"          \
                     "movw %%es, %w1; shll $16, %1; movw %%ds, %w1"                                \
                     : "+a"(status), "+d"(selectors), "+b"(at)                                     \
                     : "i"(SEL_CALL_GATE)                                                          \
                     : "ecx", "esi", "edi", "memory", "cc");                                       \
        status == STATUS_OK &&selectors == (SEL_APP_DS | SEL_APP_DS << 16);                        \
    })

#define GATE_BY(selector)                                                                          \
    ({                                                                                             \
        uint32_t status = 0xBAD, none = 0, at = (uint32_t)&out->restart_eip;                       \
        asm volatile("movl %%ebp, post_ebp; movl $1f, (%2); movl %%esp, 4(%2)\n\t"                 \
                     "lcall %3, $0xDEADBEEF\n1:\tmovl post_ebp, %%ebp"                             \
                     : "+a"(status), "+d"(none), "+b"(at)                                          \
                     : "i"(selector)                                                               \
                     : "ecx", "esi", "edi", "memory", "cc");                                       \
        status == STATUS_BAD_OP;                                                                   \
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
static void park_at(uint32_t eip, uint32_t esp)
{
    for (unsigned i = 0; i < 10; i++) {
        uint32_t operation = GATE_WAIT, deadline = post_in(5);
        out->looked = post_own->in.in_tail;
        asm volatile("movl %%esp, %%esi; testl %%ecx, %%ecx; cmovzl %%esi, %%ecx\n\t"
                     "movl %%ebx, (%%edi); movl %%ecx, 4(%%edi); lcall %[gate], $0"
                     : "+a"(operation), "+d"(deadline), "+b"(eip), "+c"(esp)
                     : "D"(&out->restart_eip), [gate] "i"(SEL_CALL_GATE)
                     : "esi", "memory", "cc");
    }
}

/* ---- Mailboxes ------------------------------------------------------------------------------- */

/* Posts one line and says how the router took it; afterwards the outbox is empty again. */
static enum status post_line(const struct line *content)
{
    struct line *line = post_slot_wait(1);
    enum status status;

    *line = *content;
    out->out_tail++;
    post_gate(GATE_POST, POST_FOREVER);
    for (unsigned i = 0; post_barrier(), i < 100 && post_own->in.out_head != out->out_tail &&
                                             (post_own->in.held.reason == STATUS_ROUTE ||
                                              post_own->in.held.reason == STATUS_MOVE ||
                                              post_own->in.held.reason == STATUS_OK);
         i++)
        post_gate(GATE_POST_WAIT, post_in(5));
    status = post_own->in.out_head == out->out_tail ? STATUS_OK : post_own->in.held.reason;
    line->peer = HANDLE_VOID;
    ((post_word *)line)[1] = 1 << 16;
    post_gate(GATE_POST, POST_FOREVER);
    for (const struct line *mail; (mail = post_peek());)
        post_done(mail);
    return status;
}

/* OK means that the router let others run first. */
static bool is_bad_operation(uint32_t op)
{
    uint32_t status = STATUS_OK;

    for (unsigned i = 0; i < 5 && status == STATUS_OK; i++)
        status = post_gate(op, noise());
    return status == STATUS_BAD_OP;
}

static bool bad_operations(void)
{
    bool good = post_gate(GATE_POST, POST_FOREVER) == STATUS_OK;

    for (uint32_t i = 0; i < 65536; i++)
        good &= (i >= GATE_POST && i <= GATE_POST_WAIT) || is_bad_operation(i);
    for (uint32_t i = 0; i < 4096; i++) {
        uint32_t op = noise() | 4;
        good &= (op & ~(2 * HOSTILE_ROWS - 1)) == (HOSTILE_OPERATION & ~(2 * HOSTILE_ROWS - 1)) ||
                op == SURVEY_OPERATION || is_bad_operation(op);
    }
    return good;
}

static bool bad_handles(void)
{
    static const uint32_t handles[] = {40, 63, 64, 255, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};
    bool good = post_line(&line) == STATUS_OK;

    for (unsigned i = 0; i < sizeof handles / sizeof *handles; i++) {
        line.peer = handles[i];
        good &= post_line(&line) >= STATUS_NO_ROUTE;
    }
    return good;
}

static bool bad_lengths(void)
{
    static const uint8_t lengths[] = {0, 5, 33, 128, 255};
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};
    bool good = post_line(&line) == STATUS_OK;

    for (unsigned i = 0; i < sizeof lengths; i++) {
        line.lines = lengths[i];
        good &= post_line(&line) == STATUS_BAD;
    }
    return good;
}

static bool bad_tail(uint32_t ahead)
{
    uint32_t tail = out->out_tail, head = post_own->in.out_head;

    out->out_tail = tail + ahead;
    post_gate(GATE_POST, POST_FOREVER);
    post_barrier();
    bool good = post_own->in.out_head == head && post_own->in.held.reason >= STATUS_NO_ROUTE;
    out->out_tail = tail;
    return good && post_gate(GATE_POST, POST_FOREVER) == STATUS_OK;
}

/* It costs the liar its own mail at most. */
static bool bad_head(void)
{
    uint32_t head = out->in_head;
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};

    out->in_head += 1000;
    post_gate(GATE_WAIT, post_in(5));
    out->in_head = head;
    return post_line(&line) == STATUS_OK;
}

static bool header_noise(void)
{
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};
    static struct out_header kept;

    kept = *out;
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < sizeof *out / 4; i++)
            ((volatile uint32_t *)out)[i] = noise();
        post_gate(GATE_POST, POST_FOREVER);
    }
    *out = kept;
    out->out_tail = post_own->in.out_head;
    out->in_head = out->looked = post_own->in.in_tail;
    post_out_limit = out->out_tail + post_own->in.out_mask + 1;
    post_in_limit = out->in_head;
    return post_line(&line) == STATUS_OK;
}

/* The judge looks at what arrives: peer and badge are the router's words. */
static bool forged_sender(void)
{
    struct line line = {.peer = post_open("judge"),
                        .tag = TAG_FORGED,
                        .lines = 1,
                        .badge = 0x666,
                        .cookie = 1,
                        .w = {0, TASK_ID(1, 1)}};

    return post_line(&line) == STATUS_OK;
}

static bool flood(void)
{
    struct line line = {.peer = post_open("echo"), .tag = TAG_PING, .lines = 1};
    unsigned sent = 0;

    for (unsigned i = 0; i < 2000; i++)
        sent += post_line(&line) == STATUS_OK;
    return sent > 0;
}

static bool deaf(void)
{
    int echo = post_open("echo");
    enum status status = STATUS_OK;

    for (unsigned i = 0; i < 200 && status == STATUS_OK; i++) {
        struct line *line = post_slot(1);
        if (!line)
            break;
        *line = (struct line){
            .peer = echo, .tag = TAG_PING, .lines = 1, .flags = FLAG_CALL, .cookie = 1};
        post_commit(1);
        post_gate(GATE_POST, POST_FOREVER);
        post_barrier();
        status = post_own->in.out_head == out->out_tail ? STATUS_OK : post_own->in.held.reason;
        if (status != STATUS_OK)
            line->peer = HANDLE_VOID;
    }
    return status == STATUS_LEDGER || status == STATUS_FULL || status == STATUS_NO_ROOM;
}

static bool wait_true(void)
{
    uint32_t begin = post_now();

    for (unsigned i = 0; i < 100; i++) {
        out->looked = post_own->in.in_tail - 1;
        if (post_gate(GATE_WAIT, post_in(2000)) != STATUS_OK)
            return false;
    }
    return post_now() - begin < 2000;
}

/* Grants one run of pages; by a route to itself, which may grant, unless another is named. */
static enum status grant(const char *to, uint32_t address, uint32_t pages, unsigned flags)
{
    struct line line = {.peer = post_open(to),
                        .tag = TAG_PING,
                        .lines = 1,
                        .flags = FLAG_GRANT | flags,
                        .w = {[3] = 1, [4] = address, [5] = pages}};
    enum status status = post_line(&line);

    post_close(line.peer);
    return status;
}

static bool bad_grants(void)
{
    static const uint32_t addresses[] = {0,           PROGRAM_BASE - PAGE_SIZE,
                                         OWN_BASE,    OWN_MAILBOX,
                                         CLOCK,       LANDING_BASE,
                                         LANDING_END, ROUTER_BASE,
                                         WINDOW,      GATEHOUSE,
                                         NANO_BASE,   0xFFFFF000,
                                         0x400001};
    static const uint32_t counts[] = {0, 1, 512, 0x100000, 0xFFFFFFFF};
    bool good = true;

    for (unsigned i = 0; i < sizeof addresses / sizeof *addresses; i++)
        for (unsigned n = 0; n < sizeof counts / sizeof *counts; n++)
            good &= grant("attacker", addresses[i], counts[n], i % 2 ? FLAG_CALL : 0) != STATUS_OK;
    volatile uint32_t *page = post_alloc(1);
    *page = 1;
    good &= grant("attacker", (uint32_t)page, 2, 0) != STATUS_OK;
    return good && grant("attacker", (uint32_t)page, 1, 0) == STATUS_OK;
}

/* Sends a page of its own and goes on to write to it. */
static void write_sent_page(void)
{
    volatile uint32_t *page = post_alloc(1);

    *page = 7;
    if (grant("attacker", (uint32_t)page, 1, 0) == STATUS_OK)
        *page = 8;
    else
        asm volatile("ud2");
}

static bool grant_without_right(void)
{
    volatile uint32_t *page = post_alloc(1);

    *page = 7;
    return grant("echo", (uint32_t)page, 1, 0) == STATUS_DENIED && *page == 7;
}

static bool entry_noise(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        struct line line;
        for (unsigned w = 0; w < 16; w++)
            ((post_word *)&line)[w] = noise();
        line.peer = i % 4 ? noise() % 8 : line.peer;
        line.lines = i % 3 ? 1 : line.lines;
        line.tag = i % 2 ? noise() % 100 : line.tag;
        if (line.tag == TAG_EXIT || line.tag == TAG_ALLOC)
            line.tag = TAG_PING;
        post_line(&line);
    }
    return true;
}

/* ---- The switch ------------------------------------------------------------------------------ */

static uint32_t commit(uint32_t row)
{
    switch (row) {
#define DEED_TASK(...)      __VA_ARGS__
#define DEED_TASK_LAST(...) __VA_ARGS__
#define DEED_ROUTER(...)
#define DEED_ROUTER_LAST(...)
#define DEED_PAGER(...)
#define DEED_PAGER_LAST(...)
#define DEED_NONE(...)
#define ROW(id, name, ring, what, rule, expect, control, ...)                                      \
    case __COUNTER__: {                                                                            \
        DEED_##ring(__VA_ARGS__);                                                                  \
        break;                                                                                     \
    }
#include "attacks.def"
#undef ROW
    }
    return THROUGH;
}

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
        return RESTARTED;
    if ((flags & 0x67700) != 0x200 || (ds & 0xFFFF) != SEL_APP_DS || (es & 0xFFFF) != SEL_APP_DS ||
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

    post_done(line);
    return router ? ask_router(row, elsewhere_wanted) : commit(row);
}
