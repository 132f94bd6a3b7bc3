/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing what comes from outside into pager and registrar: the text of manifest and policy, and
 * programs. The first byte picks one. A text is parsed from an exact copy, so that a read beyond
 * its end shows, and what the parser accepted is checked against its promises. A program is a good
 * ELF file with the input's words written over it (offset / 4, word), or the input as it is; it is
 * launched against the nano of fake.h and ended again, and every frame must be back.
 */
// Sources: apps/libpost/fault.c
// Sources: tests/host/pager/fake.c tests/host/pager/fake_pages.c $(filter-out pager/main.c
// Sources: pager/gate.c,$(wildcard pager/*.c)) apps/registrar/policy.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ringpost/elf.h>
#include "fake.h"
#include "../../../apps/registrar/policy.h"
#include "../../../pager/frames.h"
#include "../../../pager/memory.h"
#include "../../../pager/module.h"

#define FILE_PAGES 16

static struct boot_info boot = {.modules = 1,
                                .module = {{.name = "prog", .address = BOOT_MODULES}}};

/* Not assert: it must hold in every build. */
#define must(condition) ((condition) ? (void)0 : broken(__LINE__, #condition))

static void broken(int line, const char *condition)
{
    fprintf(stderr, "line %d: not so: %s\n", line, condition);
    abort();
}

enum status fake_router(const struct line *line)
{
    (void)line;
    return STATUS_OK;
}

static void name_ok(const char *name) { must(name[0] && strnlen(name, NAME_BYTES) < NAME_BYTES); }

static void error_ok(const struct text_error *e, const char *text, size_t size)
{
    uint32_t lines = 1;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    must(e->reason && e->line <= lines && strnlen(e->word, NAME_BYTES) < NAME_BYTES);
}

static void fuzz_manifest(const char *text, size_t size)
{
    static struct manifest m;
    struct text_error e;

    if (!manifest_parse(&m, text, size, &e)) {
        error_ok(&e, text, size);
        return;
    }
    must(m.count > 0 && m.count <= MANIFEST_MAX);
    for (uint32_t i = 0; i < m.count; i++) {
        const struct program *p = &m.program[i];

        name_ok(p->name);
        name_ok(p->module);
        must(manifest_find(&m, p->name) == p); /* so names are unique */
        must(p->priority >= 1 && p->priority <= 31 && p->irq <= 15);
        must(p->in_lines == 64 || p->in_lines == 128);
        must(p->out_lines == 64 || p->out_lines == 128);
        must(p->port_first + p->ports <= 0x400 && (!p->ports || p->port_first >= 0x100));
        must(p->irq != 2);
        for (int g = 0; g < MANIFEST_GIVES && p->gives[g][0]; g++)
            must(manifest_gives(p, p->gives[g]));
    }
}

static void fuzz_policy(const char *text, size_t size)
{
    static struct policy p;
    struct text_error e;

    if (!policy_parse(&p, text, size, &e)) {
        error_ok(&e, text, size);
        must(p.count == 0);
        return;
    }
    must(p.count > 0 && p.count <= POLICY_MAX);
    for (uint32_t i = 0; i < p.count; i++) {
        const struct rule *r = &p.rule[i];

        name_ok(r->who);
        name_ok(r->whom);
        must(r->rights && r->rights <= 0xFF && r->first_tag <= r->last_tag &&
             r->last_tag <= 0xFFFF);
        must(policy_find(&p, r->who, r->whom) == r); /* so no line stands in vain */
    }
}

static void good_program(uint8_t *at)
{
    struct elf_header *h = (void *)at;
    struct elf_segment *s = (void *)(at + sizeof *h);

    *h = (struct elf_header){.ident = {0x7F, 'E', 'L', 'F', 1, 1, 1},
                             .type = 2,
                             .machine = 3,
                             .version = 1,
                             .entry = 0x400000,
                             .phoff = sizeof *h,
                             .phentsize = sizeof *s,
                             .phnum = 3};
    s[0] = (struct elf_segment){ELF_LOAD, 0x1000, 0x400000, 0, 0x1100, 0x1100, ELF_R | ELF_X, 4096};
    s[1] = (struct elf_segment){ELF_LOAD, 0x3000, 0x402000, 0, 0x1100, 0x1100, ELF_R, 4096};
    s[2] = (struct elf_segment){ELF_LOAD, 0x5010, 0x404010, 0, 0x100, 0x80100, ELF_R | ELF_W, 4096};
}

/* No page of a program is writable and executable, and its first instruction is executable. */
static void program_ok(uint32_t id, const struct elf_header *h)
{
    bool entry = false;

    for (uint32_t i = 0; i < h->phnum; i++) {
        const struct elf_segment *s = elf_segments(h) + i;
        uint32_t pages = 0;

        for (uint32_t at = s->vaddr & ~0xFFFu;
             s->type == ELF_LOAD && s->memsz && at < s->vaddr + s->memsz && pages < 600;
             at += PAGE_SIZE, pages++) {
            struct fake_page p = fake_page(id, at);

            must((p.rights & (MAP_W | MAP_X)) != (MAP_W | MAP_X));
            must(p.frame || (s->flags & ELF_W));
            entry |= p.frame && (p.rights & MAP_X) && at == (h->entry & ~0xFFFu);
        }
        entry |= pages == 600;
    }
    must(entry);
}

static void fuzz_program(void)
{
    uint32_t before = frames_free(), id;
    enum status status = task_launch(&manifest.program[0], &id);

    must(status == STATUS_OK || status == STATUS_BAD_ELF || status == STATUS_NO_MEMORY);
    if (status == STATUS_OK) {
        program_ok(id, (const void *)(uintptr_t)BOOT_MODULES);
        end_begin(task_by_id(id), 0, false);
    }
    while (end_step())
        fake_router_lets_go();
    must(frames_free() == before && fake_free() == before);
    fake_log[0] = 0;
}

static void set_up(void)
{
    static const char text[] = "task prog module=prog priority=8";
    struct text_error e;

    fake_start();
    fake_module(BOOT_MODULES, FILE_PAGES * PAGE_SIZE);
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
    must(manifest_parse(&manifest, text, sizeof text - 1, &e));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    uint8_t *file = (uint8_t *)(uintptr_t)BOOT_MODULES;
    char *copy;

    if (!ready)
        set_up();
    ready = true;
    if (size == 0 || size > FILE_PAGES * PAGE_SIZE)
        return 0;
    copy = malloc(size);
    memcpy(copy, data + 1, size - 1);
    copy = realloc(copy, size > 1 ? size - 1 : 1);
    switch (data[0] % 4) {
    case 0: fuzz_manifest(copy, size - 1); break;
    case 1: fuzz_policy(copy, size - 1); break;
    case 2:
        memset(file, 0, FILE_PAGES * PAGE_SIZE);
        memcpy(file, copy, size - 1);
        boot.module[0].bytes = size - 1;
        fuzz_program();
        break;
    case 3:
        memset(file, 0xAA, FILE_PAGES * PAGE_SIZE);
        good_program(file);
        boot.module[0].bytes = FILE_PAGES * PAGE_SIZE;
        for (size_t i = 0; i + 5 <= size - 1; i += 5) /* the headers are in the first 148 bytes */
            memcpy(file + (uint8_t)copy[i] % 37 * 4, copy + i + 1, 4);
        fuzz_program();
        break;
    }
    free(copy);
    return 0;
}
