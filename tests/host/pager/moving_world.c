/* SPDX-License-Identifier: BSD-2-Clause */
/* See moving_world.h. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <ringpost/elf.h>
#include "moving_world.h"
#include "../../../pager/fault.h"
#include "../../../pager/module.h"

enum status world_router_says;
struct line world_answer;

static struct line reply;
static uint32_t asked[FAKE_SLOTS]; /* the number of the last ask for each task's entries */
static struct boot_info boot = {
    .modules = 1, .module = {{.name = "prog", .address = BOOT_MODULES, .bytes = 3 * PAGE_SIZE}}};

enum status fake_router(const struct line *line)
{
    if (line->peer == HANDLE_ROUTER) {
        assert(line->tag == TAG_MOVE_ANSWER && line->lines == 1 && line->flags == 0);
        world_answer = *line;
        return line->w[0] == asked[TASK_SLOT(line->w[1])] ? world_router_says : STATUS_NO_CALL;
    }
    reply = *line;
    return STATUS_OK;
}

static void make_program(uint8_t *at)
{
    struct elf_header *h = (void *)at;

    *h = (struct elf_header){.ident = {0x7F, 'E', 'L', 'F', 1, 1, 1},
                             .type = 2,
                             .machine = 3,
                             .version = 1,
                             .entry = WORLD_TEXT,
                             .phoff = sizeof *h,
                             .phentsize = sizeof(struct elf_segment),
                             .phnum = 1};
    *(struct elf_segment *)(at + sizeof *h) = (struct elf_segment){.type = ELF_LOAD,
                                                                   .offset = PAGE_SIZE,
                                                                   .vaddr = WORLD_TEXT,
                                                                   .filesz = 2 * PAGE_SIZE,
                                                                   .memsz = 2 * PAGE_SIZE,
                                                                   .flags = ELF_R | ELF_X};
}

/* The pager's records grow once, before frames are counted. */
static void grow_records(void)
{
    struct move *m[64];

    for (int i = 0; i < 64; i++) {
        m[i] = move_new();
        for (int j = 0; j < 64; j++)
            piece_new(m[i]);
    }
    for (int i = 0; i < 64; i++)
        move_free(m[i]);
}

void world_start(void)
{
    static const char text[] = "task a module=prog priority=8\ntask b module=prog priority=8\n"
                               "task c module=prog priority=8\n";
    struct text_error e;

    fake_start();
    make_program(fake_module(BOOT_MODULES, 3 * PAGE_SIZE));
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
    grow_records();
    if (!manifest_parse(&manifest, text, sizeof text - 1, &e))
        abort();
}

uint32_t world_launch(const char *name)
{
    uint32_t id = 0;
    enum status status = task_launch(manifest_find(&manifest, name), &id);

    assert(status == STATUS_OK);
    return id;
}

void world_settle(void)
{
    while (end_step())
        fake_router_lets_go();
}

void world_end_all(void)
{
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++)
        if (tasks[slot].stage == TASK_LIVE)
            end_begin(&tasks[slot], 0, false);
    world_settle();
}

static enum status request(uint32_t id, uint16_t tag, uint32_t w2, uint32_t w3)
{
    struct line in = {.peer = id, .tag = tag, .lines = 1, .flags = FLAG_CALL, .w = {5, 0, w2, w3}};

    reply.w[1] = STATUS_COUNT;
    request_handle(&in);
    post_flush();
    return reply.w[1];
}

uint32_t world_alloc(uint32_t id, uint32_t pages)
{
    return request(id, TAG_ALLOC, pages, 0) == STATUS_OK ? reply.w[2] : 0;
}

enum status world_release(uint32_t id, uint32_t address, uint32_t pages)
{
    return request(id, TAG_RELEASE, address, pages);
}

enum status world_land(uint32_t id, uint32_t address, uint32_t pages)
{
    return request(id, TAG_LAND, address, pages);
}

void world_touch(uint32_t id, uint32_t address, uint32_t value)
{
    struct fake_page p = fake_page(id, address);

    if (!p.frame) {
        fake_fault(id, 14, 6, address, WORLD_TEXT);
        fault_events();
        p = fake_page(id, address);
    }
    if (p.frame && p.rights & MAP_W)
        memcpy((void *)fake_bytes(p.frame), &value, sizeof value);
}

uint32_t world_index(void)
{
    static uint32_t index = 0xFFFFFF80; /* it wraps on the way */

    return index++;
}

enum status world_ask_counted(uint32_t from, uint32_t index, uint32_t to, uint32_t flags,
                              const struct extent *list, uint32_t count, uint32_t alleged)
{
    uint32_t bytes = offsetof(struct line, w[5]) + count * sizeof *list;
    uint32_t lines = (bytes + LINE_BYTES - 1) / LINE_BYTES;
    static struct line *in; /* exact, so that the sanitizer sees what is read beyond it */

    assert(lines <= MAX_LINES);
    free(in);
    in = calloc(lines, sizeof *in);
    in->peer = ID_ROUTER;
    in->tag = TAG_MOVE_ASK;
    in->lines = lines;
    in->w[0] = ++asked[TASK_SLOT(from)];
    in->w[1] = from;
    in->w[2] = index;
    in->w[3] = to;
    in->w[4] = flags | alleged << 16;
    memcpy((uint8_t *)in + offsetof(struct line, w[5]), list, count * sizeof *list);
    world_answer.w[3] = STATUS_COUNT;
    request_handle(in);
    assert(world_answer.w[1] == from && world_answer.w[2] == index);
    return world_answer.w[3] & 0xFFFF;
}

enum status world_ask(uint32_t from, uint32_t index, uint32_t to, uint32_t flags,
                      const struct extent *list, uint32_t count)
{
    return world_ask_counted(from, index, to, flags, list, count, count);
}

void world_asks_again(uint32_t from) { asked[TASK_SLOT(from)]++; }

enum status world_return(uint32_t borrower, uint32_t lender, uint32_t slot)
{
    struct line in = {
        .peer = ID_ROUTER,
        .tag = TAG_MOVE_ASK,
        .lines = 1,
        .w = {++asked[TASK_SLOT(borrower)], borrower, world_index(), lender, MOVE_RETURN, slot}};

    world_answer.w[3] = STATUS_COUNT;
    request_handle(&in);
    assert(world_answer.w[1] == borrower && world_answer.w[2] == in.w[2]);
    return world_answer.w[3] & 0xFFFF;
}

/* How many pages of the list's loans, at the lender's end, lie in this table? */
static uint32_t lent_in(const struct move *list, uint32_t table)
{
    uint32_t n = 0;

    for (; list; list = list->next_lent)
        for (const struct piece *p = list->pieces; p; p = p->next)
            for (uint32_t i = 0; i < p->pages; i++)
                n += (p->address + i * PAGE_SIZE) / TABLE_SPAN == table / TABLE_SPAN;
    return n;
}

const char *world_books(void)
{
    static uint32_t seen[FAKE_FRAMES], round;
    static char text[200];

    round++;
    if (fake_free() != frames_free())
        return "the bitmap and nano's table differ";
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++) {
        const struct task *t = &tasks[slot];
        uint32_t pages = 0;

        if (t->stage != TASK_LIVE)
            continue;
        for (uint32_t at = PROGRAM_BASE; at < LANDING_END; at += TABLE_SPAN) {
            uint16_t entry = t->tables->at[at / TABLE_SPAN];
            uint32_t mapped = 0, lent = t->lent ? lent_in(t->lent, at) : 0;

            for (uint32_t i = 0; fake_table(t->id, at) && i < TABLE_PAGES; i++) {
                uint32_t frame = fake_page(t->id, at + i * PAGE_SIZE).frame;

                mapped += frame != 0;
                if (frame && seen[frame] == round)
                    return "a frame is mapped twice";
                seen[frame] = round;
            }
            if ((entry & TABLE_COUNT) != mapped + lent ||
                !(entry & TABLE_HERE) != !fake_table(t->id, at)) {
                snprintf(text, sizeof text, "%s, table 0x%08x: entry 0x%x, %u mapped, %u lent",
                         task_name(t), at, entry, mapped, lent);
                return text;
            }
            pages += mapped;
        }
        if (pages != t->pages) {
            snprintf(text, sizeof text, "%s: %u pages in its record, %u mapped", task_name(t),
                     t->pages, pages);
            return text;
        }
    }
    return NULL;
}
