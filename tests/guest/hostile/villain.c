/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The villain: asks main for a seed, and then does what a task may not do, or not so, in an order
 * that hangs on the seed alone, until it dies of it, or has had enough. It leaves libpost aside
 * where libpost would be in the way: after the first noise in its own mailbox that knows no more
 * what is true.
 *
 * Of memory it takes a little only: a task that takes all of it makes others end, as README says.
 */
#include "hostile.h"
#include "post_gate.h"

#define DEEDS 400

static uint32_t state, handle[8];
static uint32_t own[4096] __attribute__((aligned(PAGE_SIZE))) = {1};

static uint32_t any(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}
static uint32_t below(uint32_t n) { return any() % n; }
static bool once_in(uint32_t n) { return below(n) == 0; }

/* An address, or a number that might be taken for one. */
static uint32_t address(void)
{
    static const uint32_t places[] = {0,           PROGRAM_BASE, PROGRAM_END,  NAMEPLATE,
                                      CLOCK,       OWN_MAILBOX,  LANDING_BASE, LANDING_END,
                                      ROUTER_BASE, ROUTER_STACK, DIRECTORY,    WAKE_LIST,
                                      ROUTE_CACHE, WINDOW,       GATEHOUSE,    NANO_BASE};

    switch (below(6)) {
    case 0: return any();
    case 1: return places[below(16)];
    case 2: return places[below(16)] + (any() & 0xFFFFF);
    case 3: return places[below(16)] + below(32) * PAGE_SIZE;
    default: return (uint32_t)own + below(4) * PAGE_SIZE;
    }
}

static uint32_t number(void)
{
    static const uint32_t edges[] = {0,          1,          2,          3,         31,     32,
                                     33,         63,         64,         65,        0xFFFF, 0x10000,
                                     0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};

    switch (below(4)) {
    case 0: return any();
    case 1: return address();
    case 2: return edges[below(16)];
    default: return below(16);
    }
}

static uint32_t deadline(void)
{
    switch (below(5)) {
    case 0: return 0;
    case 1: return any();
    case 2: return post_now() - below(1000);
    default: return post_now() + below(4);
    }
}

/* ---- Messages -------------------------------------------------------------------------------- */

static void entry(struct line *line)
{
    uint32_t *words = (uint32_t *)line;

    for (unsigned i = 2; i < LINE_BYTES / 4; i++)
        words[i] = number();
    line->peer = once_in(4) ? number() : handle[below(8)];
    line->tag = once_in(8) ? any() : once_in(3) ? TAG_PAGES : below(112);
    line->lines = once_in(8) ? any() : 1 + below(3);
    line->flags = once_in(4) ? any() : 0;
    if (line->peer == HANDLE_PAGER && line->tag == TAG_ALLOC)
        line->w[2] = below(16);
    if (once_in(2))
        line->flags |= FLAG_CALL;
    if (once_in(4)) { /* a grant or a loan that looks right but for its addresses */
        line->peer = handle[3 + below(5)];
        line->flags = FLAG_GRANT | (once_in(2) ? FLAG_LEND | FLAG_CALL : 0);
        line->lines = 1;
        line->badge = 1;
        line->w[3] = 1 + (once_in(8) ? any() : below(4));
        for (unsigned i = 4; i < PAYLOAD_WORDS; i += 2) {
            line->w[i] = once_in(3) ? number() : address() & ~(PAGE_SIZE - 1);
            line->w[i + 1] = once_in(4) ? number() : 1 + below(3);
        }
    }
}

static void messages(void)
{
    struct out_header *out = &post_own->out;
    uint32_t count = 1 + below(once_in(4) ? 64 : 4);

    for (unsigned i = 0; i < count; i++)
        entry(&post_own->outbox[(out->out_tail + i) & post_own->in.out_mask]);
    post_barrier();
    out->out_tail += count;
    if (once_in(4))
        out->in_head = post_own->in.in_tail;
    post_gate(GATE_POST + below(3), post_now() + below(4));
    if (once_in(3)) /* or what is held holds up all */
        out->out_tail = post_own->in.out_head;
}

static void mailbox_noise(void)
{
    uint32_t *words = (uint32_t *)&post_own->out;
    uint32_t count = once_in(4) ? PAGE_SIZE / 4 : 1 + below(8);

    for (unsigned i = 0; i < count; i++)
        words[below(PAGE_SIZE / 4)] = number();
    if (once_in(16))
        *(volatile uint32_t *)(OWN_MAILBOX + (any() & 0xFFFC)) = number();
    else
        for (unsigned i = 0; i < count; i++)
            ((volatile uint32_t *)post_own->outbox)[below(64 * 16)] = number();
}

/* ---- Gates, flags, segments ------------------------------------------------------------------ */

/* 256 times int n; ret, of four bytes each: a vector cannot come from a register. */
asm(".text; .balign 4; interrupts: .set n, 0; .rept 256; .byte 0xCD, n, 0xC3, 0x90; .set n, n + 1; "
    ".endr");
extern const uint8_t interrupts[];

static void registers_lost(const void *code, uint32_t eax, uint32_t edx)
{
    asm volatile("mov %%ebp, post_ebp; call *%2; mov post_ebp, %%ebp"
                 : "+a"(eax), "+d"(edx)
                 : "c"(code)
                 : "ebx", "esi", "edi", "memory", "cc");
}

/* Anywhere by any selector; the gate comes back to where registers_lost would go on. */
static void far_away(bool jump)
{
    struct {
        uint32_t offset;
        uint16_t selector;
    } far = {address(), once_in(2) ? SEL_CALL_GATE : any()};
    uint32_t eax = number(), edx = deadline();

    asm volatile("mov %%ebp, post_ebp; movl $2f, %c[eip]; mov %%esp, %c[esp]; cmpb $0, %[jump]\n\t"
                 "jne 1f; lcall *%[far]; jmp 2f; 1: ljmp *%[far]; 2: mov post_ebp, %%ebp"
                 : "+a"(eax), "+d"(edx)
                 : [jump] "m"(jump), [far] "m"(far),
                   [eip] "i"(OWN_MAILBOX + offsetof(struct mailbox, out.restart_eip)),
                   [esp] "i"(OWN_MAILBOX + offsetof(struct mailbox, out.restart_esp))
                 : "ebx", "ecx", "esi", "edi", "memory", "cc");
}

static void flags(void)
{
    static const uint32_t bits[] = {0x100,   0x200,   0x400,   0x3000,  0x4000,
                                    0x10000, 0x20000, 0x40000, 0x80000, 0x200000};
    uint32_t f = 2;

    for (unsigned i = below(4); i < 4; i++)
        f |= bits[once_in(64) ? 0 : 1 + below(9)];
    asm volatile("push %0; popf" : : "r"(f) : "cc", "memory");
    post_gate(once_in(4) ? number() : GATE_POST, post_now() + below(3));
    asm volatile("push $0x202; popf" ::: "cc", "memory");
}

static void segments(void)
{
    uint32_t s = once_in(3) ? any() : below(GDT_ENTRIES) * 8 + below(4);

    switch (below(16)) {
    case 0: asm volatile("mov %w0, %%ss" : : "r"(s) : "memory"); break;
    case 1: asm volatile("mov %w0, %%ds" : : "r"(s) : "memory"); break;
    case 2: asm volatile("mov %w0, %%es" : : "r"(s) : "memory"); break;
    case 3: asm volatile("push %0; push $0; lret" : : "r"(s) : "memory"); break;
    case 4:
        asm volatile("push %0; push %1; push $0; iret" : : "r"(any()), "r"(s) : "memory");
        break;
    default: /* what is null, or ring 3's own, can be loaded */
        s = once_in(2) ? below(4) : SEL_APP_DS;
        asm volatile("mov %w0, %%fs; mov %w0, %%gs" : : "r"(s) : "memory");
    }
    post_gate(GATE_POST, POST_FOREVER);
}

/* ---- What it dies of ------------------------------------------------------------------------- */

static void touch(void)
{
    volatile uint32_t *at = (volatile uint32_t *)address();

    switch (below(4)) {
    case 0: *at = any(); break;
    case 1: registers_lost((const void *)at, number(), deadline()); break;
    default: own[1] = *at;
    }
}

static void instruction(void)
{
    switch (below(16)) {
    case 0: asm volatile("cli"); break;
    case 1: asm volatile("sti"); break;
    case 2: asm volatile("hlt"); break;
    case 3: asm volatile("lgdt %0" : : "m"(own)); break;
    case 4: asm volatile("mov %0, %%cr3" : : "r"(any())); break;
    case 5: asm volatile("mov %0, %%cr0" : : "r"(any())); break;
    case 6: asm volatile("outb %%al, %%dx" : : "a"(any()), "d"(any())); break;
    case 7: asm volatile("inb %%dx, %%al" : : "a"(0), "d"(any())); break;
    case 8: asm volatile("wrmsr" : : "a"(any()), "c"(0x174 + below(3)), "d"(0)); break;
    case 9: asm volatile("mov %0, %%db7" : : "r"(any())); break;
    case 10: asm volatile("ltr %w0" : : "r"(any())); break;
    case 11: asm volatile("sysenter"); break;
    case 12: asm volatile("mov %0, %%esp; push %0" : : "r"(address())); break;
    case 13:
        asm volatile("mov %0, %%esp; mov %1, %%eax; lcall %2, $0"
                     :
                     : "r"(address()), "r"(GATE_POST), "i"(SEL_CALL_GATE)
                     : "eax");
        break;
    case 14: asm volatile("ud2"); break;
    default: asm volatile("1: jmp 1b");
    }
}

static void deed(void)
{
    uint32_t what = below(1000);

    if (what < 500)
        messages();
    else if (what < 600)
        post_gate(once_in(2) ? number() : GATE_POST, deadline());
    else if (what < 700)
        flags();
    else if (what < 780)
        segments();
    else if (what < 900)
        mailbox_noise();
    else if (what < 960)
        post_gate(GATE_WAIT, post_now() + below(3));
    else if (what < 970)
        far_away(once_in(8));
    else if (what < 980)
        registers_lost(interrupts + 4 * (once_in(2) ? below(256) : below(VECTORS)), number(),
                       deadline());
    else if (what < 990)
        touch();
    else
        instruction();
}

int main(void)
{
    static const char *const names[] = {"caller", "giver", "taker", "asker", "echo"};
    uint32_t answer[POST_ANSWER] = {0};
    int boss = post_open("main");

    for (unsigned i = 0; i < 8; i++) {
        int opened = i < 3 ? (int)i + 1 : post_open(names[i - 3]);
        handle[i] = opened < 0 ? HANDLE_VOID : (uint32_t)opened;
    }
    if (post_ask(boss, TAG_SEED, answer, 1, answer) != STATUS_OK)
        return 1;
    state = mixed(answer[1]) | 1;
    for (unsigned i = 0; i < DEEDS; i++)
        deed();
    return 0;
}
