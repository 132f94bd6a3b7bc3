/*
 * Commits the crime that it is told, w[1] of its first message, and exits with 1 if it gets away
 * with it (0 where the CPU is to ignore the deed, and did).
 */
#include "post.h"

static uint32_t scratch[16];

/* The address, of which the compiler then knows nothing. */
static void *somewhere(uint32_t address)
{
    asm("" : "+r"(address));
    return (void *)address;
}

__attribute__((noinline)) static uint32_t without_end(uint32_t depth)
{
    volatile uint8_t page[1024];
    page[0] = 1;
    return page[0] ? without_end(depth + 1) + page[0] : depth;
}

static _Noreturn void survived(bool unchanged) { post_exit(unchanged ? 0 : 2); }

/* IF and IOPL after an attempt to set the flags. */
static uint32_t flags_after(uint32_t flags)
{
    asm volatile("push %0; popf; pushf; pop %0" : "+r"(flags));
    return flags & 0x3200;
}

static bool readable(uint32_t selector)
{
    bool yes;
    asm volatile("verr %w1; setz %0" : "=q"(yes) : "r"(selector) : "cc");
    return yes;
}

static bool access_rights(uint32_t selector)
{
    bool yes;
    uint32_t rights;
    asm volatile("lar %2, %1; setz %0" : "=q"(yes), "=r"(rights) : "r"(selector) : "cc");
    return yes;
}

static void commit(uint32_t crime)
{
    switch (crime) {
#define CRIME(what, code, other, deed)                                                             \
    case __COUNTER__:                                                                              \
        deed;                                                                                      \
        break;
#include "crimes.h"
#undef CRIME
    }
}

int main(void)
{
    const struct line *line = post_next(POST_FOREVER);
    uint32_t crime = line->w[1];

    post_done(line);
    commit(crime);
    return 1;
}
