/* SPDX-License-Identifier: BSD-2-Clause */
/* The world of the tests about tasks; tasks_world.h says what is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ringpost/elf.h>
#include "tasks_world.h"

static struct boot_info boot;

/* ---- The router: it keeps what was delivered, and can be told to refuse. ------------------ */

struct line sent[TASKS_SENT];
unsigned sent_count;
enum status registrar_says = STATUS_OK;
uint32_t dead;

enum status fake_router(const struct line *line)
{
    if (line->peer == HANDLE_REGISTRAR && registrar_says != STATUS_OK)
        return registrar_says;
    if (dead && line->peer == dead)
        return STATUS_DEAD;
    assert_true(sent_count < sizeof sent / sizeof *sent);
    sent[sent_count++] = *line;
    return STATUS_OK;
}

const struct line *last_sent(uint32_t peer, uint16_t tag)
{
    post_flush();
    for (unsigned i = sent_count; i-- > 0;)
        if (sent[i].peer == peer && sent[i].tag == tag)
            return &sent[i];
    return NULL;
}

/* ---- The world ------------------------------------------------------------------------ */

static void add_module(const char *name, uint32_t address, uint32_t bytes)
{
    struct boot_module *m = &boot.module[boot.modules++];

    strcpy(m->name, name);
    m->address = address;
    m->bytes = bytes;
    fake_module(address, bytes);
}

/* Text that fills a page and a bit, data of two pages in the file, bss beyond eagerness. */
static void make_program(uint8_t *at)
{
    struct elf_header *h = (void *)at;
    struct elf_segment *s = (void *)(at + sizeof *h);

    *h = (struct elf_header){.ident = {0x7F, 'E', 'L', 'F', 1, 1, 1},
                             .type = 2,
                             .machine = 3,
                             .version = 1,
                             .entry = TEXT + 0x123,
                             .phoff = sizeof *h,
                             .phentsize = sizeof *s,
                             .phnum = 2};
    s[0] = (struct elf_segment){.type = ELF_LOAD,
                                .offset = 0x1000,
                                .vaddr = TEXT,
                                .filesz = 0x1100,
                                .memsz = 0x1100,
                                .flags = ELF_R | ELF_X};
    s[1] = (struct elf_segment){.type = ELF_LOAD,
                                .offset = 0x3010,
                                .vaddr = RW + 0x10,
                                .filesz = RW_FILE,
                                .memsz = RW_FILE + BIG_BSS,
                                .flags = ELF_R | ELF_W};
    for (uint32_t i = 0x1000; i < 0x6000; i++)
        at[i] = i * 7 + (i >> 8);
}

static const char manifest_text[] =
    "task registrar module=prog priority=28 lines=128/128 modules=data start=yes\n"
    "task one module=prog priority=8 irq=4 ports=0x101-0x102 modules=data\n"
    "task two module=prog priority=8 restart=always lines=64/128\n"
    "task three module=prog priority=8 restart=fault\n"
    "task never module=prog priority=8 restart=never\n"
    "task keeper module=prog priority=8 restart=always modules=data\n"
    "task lost module=nowhere priority=8\n"
    "task bad module=broken priority=8\n"
    "task greedy module=prog priority=8 irq=3\n";

int set_up(void **state)
{
    struct text_error e;

    (void)state;
    fake_start();
    add_module("prog", PROGRAM, 0x6000);
    make_program((uint8_t *)(uintptr_t)PROGRAM);
    add_module("broken", BROKEN, 100);
    add_module("data", DATA, DATA_LEN);
    memset((void *)(uintptr_t)DATA, 0xDA, DATA_LEN);
    module_init(&boot);
    for (uint32_t f = 1; f < FAKE_FRAMES; f++)
        if (fake_is_free(f))
            frames_add(f, 1);
    tasks = memory_own(FAKE_PAGER, FAKE_SLOTS * sizeof *tasks);
    task_init(FAKE_SLOTS, FAKE_PAGER);
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++) { /* now, or the counts would change */
        tasks[slot].lazy = memory_own(FAKE_PAGER, sizeof *tasks[slot].lazy);
        tasks[slot].tables = memory_own(FAKE_PAGER, sizeof *tasks[slot].tables);
    }
    return manifest_parse(&manifest, manifest_text, sizeof manifest_text - 1, &e) ? 0 : -1;
}

uint32_t launch(const char *name)
{
    uint32_t id = 0;

    assert_int_equal(task_launch(manifest_find(&manifest, name), &id), STATUS_OK);
    assert_true(fake_started(id));
    return id;
}

void nobody_is_ending(void)
{
    for (int turns = 0; end_step(); turns++) {
        assert_true(turns < 1000);
        fake_router_lets_go();
    }
}

uint32_t request_index = 0u - 60;

enum status request(uint32_t from, uint16_t tag, uint32_t badge, uint32_t w1, uint32_t w2,
                    uint32_t w3, const char *text, struct line *reply)
{
    struct line in = {.peer = from,
                      .tag = tag,
                      .lines = 1,
                      .flags = FLAG_CALL,
                      .badge = badge,
                      .cookie = 0xC00C1E,
                      .w = {++request_index, w1, w2, w3}};
    unsigned before;

    post_flush();
    before = sent_count;
    if (text)
        strncpy((char *)&in.w[2], text, 40);
    request_handle(&in);
    post_flush();
    for (unsigned i = before; i < sent_count; i++) {
        if (sent[i].peer == from && sent[i].flags == FLAG_REPLY) {
            assert_int_equal(sent[i].tag, tag);
            assert_int_equal(sent[i].cookie, 0xC00C1E);
            assert_int_equal(sent[i].w[0], request_index);
            *reply = sent[i];
            return sent[i].w[1];
        }
    }
    return STATUS_COUNT; /* no reply */
}

enum status simple(uint32_t from, uint16_t tag, uint32_t badge, uint32_t w1, uint32_t w2)
{
    struct line reply;

    return request(from, tag, badge, w1, w2, 0, NULL, &reply);
}

uint32_t baseline;

int count_before(void **state)
{
    (void)state;
    baseline = fake_free();
    fake_log[0] = 0;
    fake_now += 5000;
    sent_count = 0;
    registrar_says = STATUS_OK;
    dead = 0;
    return 0;
}

int count_after(void **state)
{
    (void)state;
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++) {
        if (tasks[slot].stage == TASK_LIVE)
            end_begin(&tasks[slot], 0, false);
    }
    nobody_is_ending();
    if (fake_free() != frames_free() || fake_free() != baseline) {
        print_error("frames: %u before, %u now, %u in the bitmap\n", baseline, fake_free(),
                    frames_free());
        return -1;
    }
    return 0;
}

void check_page(uint32_t id, uint32_t page, uint32_t rights, const uint8_t *bytes, uint32_t from,
                uint32_t to)
{
    struct fake_page p = fake_page(id, page);
    const uint8_t *is;

    assert_int_not_equal(p.frame, 0);
    assert_int_equal(p.rights, rights);
    is = fake_bytes(p.frame);
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        assert_int_equal(is[i], i >= from && i < to ? bytes[i] : 0);
}
