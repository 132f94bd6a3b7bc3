/*
 * Does the deed that it is told. Exit code 0: done, and nothing happened to it; 1: it was given
 * something that it should not have got. Many deeds leave no way to exit: main kills it then.
 */
#include "post.h"
#include "vandal.h"

static uint32_t seed = 12345;

static uint32_t noise(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    return seed ^= seed << 5;
}

static struct out_header *const out = &post_own->out;

/* Posts one line and says how the router took it; the line is void afterwards. */
static enum status post_line(const struct line *content, unsigned tail_lines)
{
    struct line *line = post_slot_wait(1);
    enum status status;

    *line = *content;
    out->out_tail += tail_lines;
    post_gate(GATE_POST, POST_FOREVER);
    post_barrier();
    status = post_own->in.out_head == out->out_tail ? STATUS_OK : post_own->in.held.reason;
    line->peer = HANDLE_VOID;
    ((post_word *)line)[1] = 1 << 16;
    return status;
}

static void entry_noise(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        struct line line = {0};
        for (unsigned w = 0; w < 16; w++)
            ((post_word *)&line)[w] = noise();
        line.peer = i % 4 ? noise() % 8 : line.peer;
        line.lines = i % 3 ? 1 : line.lines;
        line.tag = i % 2 ? noise() % 100 : line.tag;
        if (line.tag == TAG_EXIT)
            line.tag++;
        post_line(&line, 1);
        while (post_own->in.out_head != out->out_tail && post_own->in.held.reason == STATUS_ROUTE)
            post_gate(GATE_POST_WAIT, post_in(5));
        for (const struct line *mail; (mail = post_peek());)
            post_done(mail);
    }
}

/* Is each of these refused, and nothing of it delivered? */
static bool bad_lines(void)
{
    static const uint8_t lengths[] = {0, 33, 255};
    bool good = true;

    for (unsigned i = 0; i < sizeof lengths; i++) {
        struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PS, .lines = lengths[i]};
        good &= post_line(&line, 1) != STATUS_OK;
    }
    return good;
}

static bool bad_grant(void)
{
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PS, .lines = 1, .flags = FLAG_GRANT};

    for (unsigned i = 0; i < PAYLOAD_WORDS; i++)
        line.w[i] = NANO_BASE + i;
    return post_line(&line, 1) != STATUS_OK;
}

/* OK means that the router let others run first. */
static bool is_bad_operation(uint32_t op, uint32_t deadline)
{
    uint32_t status = STATUS_OK;

    for (unsigned i = 0; i < 5 && status == STATUS_OK; i++)
        status = post_gate(op, deadline);
    return status == STATUS_BAD_OP;
}

static bool bad_operation(void)
{
    bool good = true;

    for (uint32_t i = 4; i < 100; i++)
        good &= is_bad_operation(i, POST_FOREVER);
    good &= is_bad_operation(0, POST_FOREVER);
    return good && is_bad_operation(0xFFFFFFFF, 0xFFFFFFFF);
}

/*
 * Parks with a restart point of one's choice; comes back only if it was not used. A wait may
 * return early, so it is tried more than once.
 */
static void park_at(uint32_t eip, uint32_t esp)
{
    for (unsigned i = 0; i < 10; i++) {
        uint32_t operation = GATE_WAIT, deadline = post_in(20);
        out->looked = post_own->in.in_tail;
        asm volatile("movl %%esp, %%esi; testl %%ecx, %%ecx; cmovzl %%esi, %%ecx\n\t"
                     "movl %%ebx, (%%edi); movl %%ecx, 4(%%edi); lcall %[gate], $0"
                     : "+a"(operation), "+d"(deadline), "+b"(eip), "+c"(esp)
                     : "D"(&out->restart_eip), [gate] "i"(SEL_CALL_GATE)
                     : "esi", "memory", "cc");
    }
}

/* The gate, with something done to the CPU just before; returns EAX, DS | ES << 16 after. */
#define GATE_WITH(before, after)                                                                   \
    ({                                                                                             \
        uint32_t status = GATE_POST, selectors;                                                    \
        asm volatile("movl $1f, (%2); movl %%esp, 4(%2)\n\t" before "\n\tlcall %3, $0\n1:\t" after \
                     "\n\tmovw %%es, %w1; shll $16, %1; movw %%ds, %w1"                            \
                     : "+a"(status), "=d"(selectors)                                               \
                     : "b"(&out->restart_eip), "i"(SEL_CALL_GATE), "1"(0)                          \
                     : "ecx", "esi", "memory", "cc");                                              \
        status == STATUS_OK &&selectors == (SEL_APP_DS | SEL_APP_DS << 16);                        \
    })

static bool do_deed(enum deed deed)
{
    switch (deed) {
    case DEED_TAIL_AHEAD:
        out->out_tail += 100000;
        post_gate(GATE_POST, POST_FOREVER);
        return true;
    case DEED_TAIL_BACK:
        out->out_tail -= 1;
        post_gate(GATE_POST, POST_FOREVER);
        return true;
    case DEED_HEAD_AHEAD:
        out->in_head += 1000;
        post_gate(GATE_WAIT, post_in(20));
        return true;
    case DEED_HEADER_NOISE:
        for (unsigned round = 0; round < 200; round++) {
            for (unsigned i = 0; i < sizeof *out / 4; i++)
                ((volatile uint32_t *)out)[i] = noise();
            post_gate(GATE_POST, POST_FOREVER);
        }
        return true;
    case DEED_ENTRY_NOISE: entry_noise(); return true;
    case DEED_BAD_LINES: return bad_lines();
    case DEED_BEYOND_TAIL: {
        struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PS, .lines = 5};
        return post_line(&line, 1) != STATUS_OK;
    }
    case DEED_BAD_GRANT: return bad_grant();
    case DEED_BAD_OPERATION: return bad_operation();
    case DEED_EIP_ROUTER: park_at(ROUTER_BASE, 0); return false;
    case DEED_EIP_NANO: park_at(NANO_BASE, 0); return false;
    case DEED_EIP_NULL: park_at(0, 0); return false;
    case DEED_ESP_NANO: park_at((uint32_t) && resumed, NANO_BASE); return false;
    case DEED_ESP_NULL: park_at((uint32_t) && resumed, 8); return false;
    case DEED_STACK_GATE:
        asm volatile(
            "movl $1f, (%1); movl $0, 4(%1); xorl %%esp, %%esp; lcall %2, $0\n1: push %%eax"
            :
            : "a"(GATE_POST), "b"(&out->restart_eip), "i"(SEL_CALL_GATE), "d"(0)
            : "memory");
        return false;
    case DEED_FLAGS_GATE: return GATE_WITH("pushl $0x44602; popf", "pushl $2; popf");
    case DEED_TRAP_GATE: return GATE_WITH("pushl $0x102; popf", "pushl $2; popf");
    case DEED_SELECTOR_GATE:
        return GATE_WITH("xorl %%ecx, %%ecx; movl %%ecx, %%ds; movl %%ecx, %%es", "");
    }
resumed:
    asm volatile("push %eax"); /* the stack is not there: this faults */
    return false;
}

int main(void)
{
    const struct line *line = post_next(POST_FOREVER);
    uint32_t deed = line->w[1];

    post_done(line);
    return do_deed(deed) ? 0 : 1;
}
