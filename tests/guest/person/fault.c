/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that does what its argument says, and dies of it: `run fault null`. */
#include <post.h>

/* An address that the compiler knows nothing about. */
static volatile int *at(uint32_t address)
{
    asm volatile("" : "+r"(address));
    return (volatile int *)address;
}

static void null(void) { *at(0x10) = 1; }

static void wild(void) { *at(0x12345678) = 1; }

static void system(void) { *at(0xC0000010) = 1; }

static void constant(void) { *(volatile char *)(uintptr_t) "constant" = 'C'; }

static void mailbox(void) { post_own->in.self = 1; }

static void jump(void)
{
    static uint8_t data[] = {0xC3};
    ((void (*)(void))(uintptr_t)data)();
}

static int stack_depth(volatile int depth)
{
    volatile char room[1000];
    room[0] = (char)depth;
    return depth < 1 << 24 ? stack_depth(depth + 1) + room[0] : 0;
}

static void stack(void) { stack_depth(0); }

static void released(void)
{
    volatile char *page = post_alloc(1);
    page[0] = 1;
    post_release((void *)(uintptr_t)page, 1);
    page[0] = 2;
}

static void granted(void)
{
    struct post_buffer b = {0};
    volatile char *data;
    post_prepare(&b, 100000);
    data = b.data;
    enum status status = post_give(post_open("keeper"), 100, &b);
    if (status == STATUS_OK)
        data[5000] = 1;
}

static void port(void) { asm volatile("outb %%al, %%dx" : : "a"(0), "d"(0x300)); }

static void privileged(void) { asm volatile("cli"); }

static void gate(void) { asm volatile("int $0x80"); }

static void trap(void) { __builtin_trap(); }

static void fpu(void) { asm volatile("fldz"); }

static void divide(void) { asm volatile("divl %0" : : "r"(0), "a"(1), "d"(0)); }

static const struct {
    const char *name;
    void (*crime)(void);
} crimes[] = {
    {"null", null},       {"wild", wild}, {"system", system},         {"constant", constant},
    {"mailbox", mailbox}, {"jump", jump}, {"stack", stack},           {"released", released},
    {"granted", granted}, {"port", port}, {"privileged", privileged}, {"gate", gate},
    {"trap", trap},       {"fpu", fpu},   {"divide", divide}};

int main(int argc, char **argv)
{
    if (strcmp(argv[0], "keeper") == 0)
        for (;;)
            post_done(post_next(POST_FOREVER));
    for (unsigned i = 0; argc > 1 && i < sizeof crimes / sizeof *crimes; i++)
        if (strcmp(argv[1], crimes[i].name) == 0)
            crimes[i].crime();
    return 77; /* it lives */
}
