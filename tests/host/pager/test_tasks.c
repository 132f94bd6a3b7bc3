/*
 * The pager's work on tasks, against a nano and a router of the test's own (fake.h): loading,
 * faults, requests, ends and restarts. After every scenario each frame must be where it was: the
 * pager's bitmap and the fake's frame types are counted against each other.
 *
 * Sources: tests/host/pager/fake.c pager/frames.c pager/regions.c pager/manifest.c pager/memory.c
 * Sources: pager/move.c pager/load.c pager/task.c pager/end.c pager/fault.c pager/request.c
 * Sources: pager/send.c pager/log.c pager/module.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ringpost/elf.h>
#include "fake.h"
#include "../../../pager/fault.h"
#include "../../../pager/frames.h"
#include "../../../pager/memory.h"
#include "../../../pager/module.h"
#include "../../../pager/request.h"
#include "../../../pager/send.h"

#define PROGRAM  BOOT_MODULES
#define BROKEN   (BOOT_MODULES + TABLE_SPAN)
#define DATA     (BOOT_MODULES + 2 * TABLE_SPAN)
#define DATA_LEN (TABLE_SPAN + 5 * PAGE_SIZE + 100) /* one whole table and a bit */
#define TEXT     0x00400000u
#define RW       0x00600000u
#define RW_FILE  (PAGE_SIZE + 300)
#define BIG_BSS  (100 * PAGE_SIZE)

static struct boot_info boot;

/* ---- The router: it keeps what was delivered, and can be told to refuse. ------------------ */

static struct line sent[4096];
static unsigned sent_count;
static enum status registrar_says = STATUS_OK;
static uint32_t dead; /* a caller that has died */

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

/* The last thing sent to that peer with that tag, or NULL. */
static const struct line *last_sent(uint32_t peer, uint16_t tag)
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

    *h = (struct elf_header){.ident = {0x7F, 'E', 'L', 'F', 1, 1, 1}, .type = 2, .machine = 3,
                             .version = 1, .entry = TEXT + 0x123, .phoff = sizeof *h,
                             .phentsize = sizeof *s, .phnum = 2};
    s[0] = (struct elf_segment){.type = ELF_LOAD, .offset = 0x1000, .vaddr = TEXT,
                                .filesz = 0x1100, .memsz = 0x1100, .flags = ELF_R | ELF_X};
    s[1] = (struct elf_segment){.type = ELF_LOAD, .offset = 0x3010, .vaddr = RW + 0x10,
                                .filesz = RW_FILE, .memsz = RW_FILE + BIG_BSS,
                                .flags = ELF_R | ELF_W};
    for (uint32_t i = 0x1000; i < 0x6000; i++)
        at[i] = i * 7 + (i >> 8);
}

static const char manifest_text[] = "task registrar module=prog priority=28 lines=128/128 start=yes\n"
                                    "task one module=prog priority=8 line=4 ports=1-2 modules=data\n"
                                    "task two module=prog priority=8 restart=always lines=64/128\n"
                                    "task lost module=nowhere priority=8\n"
                                    "task bad module=broken priority=8\n"
                                    "task greedy module=prog priority=8 line=3\n";

static int set_up(void **state)
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
    for (uint32_t f = 1; f < FAKE_FRAMES; f++) {
        struct gate g = {FAKE_PAGER, OWN_BASE, f, 0, 0}; /* refused, so nothing happens, but: */

        (void)g;
    }
    return manifest_parse(&manifest, manifest_text, sizeof manifest_text - 1, &e) ? 0 : -1;
}
