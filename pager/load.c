/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading a program: an ELF module into the view of a task that is being made.
 *
 * Ring 3, pager. The pager copies the bytes of a segment into fresh pages in a scratch table of
 * its own view, gives the pages the segment's rights there, and moves them. So no frame is ever
 * mapped twice, and nothing is writable in one view while it can run in another. Memory without
 * bytes in the file is zeroed; the pager maps it at once if it is small, on first touch if not.
 *
 * The highest page of the stack comes the same way: the task's arguments are on it.
 *
 * elf_check has checked the module before. All code here relies on its promises: segments lie
 * inside the file and inside the range, share no pages, and none is both writable and executable.
 */
#include "memory.h"
#include "piece.h"
#include "frames.h"
#include "gate.h"
#include <ringpost/elf.h>

#define SCRATCH   0x20000000 /* 2 MiB-aligned: one table */
#define BSS_EAGER 64         /* pages of bss that are mapped at once */

static uint32_t page_up(uint32_t address) { return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1); }

static uint32_t rights_of(const struct elf_segment *s)
{
    return (s->flags & ELF_W ? MAP_W : 0) | (s->flags & ELF_X ? MAP_X : 0);
}

/* The bytes of the segment that belong into the page at `page`, to where that page is now. */
static void copy_page(uint32_t page, const uint8_t *image, const struct elf_segment *s)
{
    uint32_t from = page > s->vaddr ? page : s->vaddr;
    uint32_t to = page + PAGE_SIZE < s->vaddr + s->filesz ? page + PAGE_SIZE : s->vaddr + s->filesz;
    uint8_t *target = (uint8_t *)(uintptr_t)(SCRATCH + page % TABLE_SPAN);

    __builtin_memcpy(target + from % PAGE_SIZE, image + s->offset + (from - s->vaddr), to - from);
}

/* Pages page..end-1, all in one table, with bytes of the file in each. */
static enum status load_run(struct task *t, uint32_t page, uint32_t end, const uint8_t *image,
                            const struct elf_segment *s)
{
    struct task *pager = task_pager();
    uint32_t rights = rights_of(s), scratch = SCRATCH + page % TABLE_SPAN;
    enum status status = STATUS_OK;

    for (uint32_t at = page; at < end && status == STATUS_OK; at += PAGE_SIZE) {
        status = memory_map(pager, SCRATCH + at % TABLE_SPAN, MAP_W);
        if (status == STATUS_OK) {
            copy_page(at, image, s);
            if (rights != MAP_W)
                status = nano_protect(pager->id, SCRATCH + at % TABLE_SPAN, rights);
        }
    }
    if (status == STATUS_OK)
        status = move_pages(pager, scratch, t, page, (end - page) / PAGE_SIZE, rights);
    return status;
}

static enum status load_segment(struct task *t, const uint8_t *image, const struct elf_segment *s)
{
    uint32_t at = s->vaddr & ~(PAGE_SIZE - 1);
    uint32_t bytes_end = s->filesz ? page_up(s->vaddr + s->filesz) : at;
    uint32_t end = page_up(s->vaddr + s->memsz);
    enum status status = STATUS_OK;

    while (at < bytes_end && status == STATUS_OK) {
        uint32_t table_end = (at & ~(TABLE_SPAN - 1)) + TABLE_SPAN;
        uint32_t run_end = bytes_end < table_end ? bytes_end : table_end;

        status = load_run(t, at, run_end, image, s);
        at = run_end;
    }
    if (status == STATUS_OK && (s->flags & ELF_W) && end - at > BSS_EAGER * PAGE_SIZE)
        return regions_add(t->lazy, at, end) ? STATUS_OK : STATUS_NO_MEMORY;
    for (; at < end && status == STATUS_OK; at += PAGE_SIZE)
        status = memory_map(t, at, rights_of(s));
    return status;
}

static void clear_scratch(void)
{
    memory_clear(task_pager(), &(uint32_t){SCRATCH}, SCRATCH + TABLE_SPAN, UINT32_MAX);
}

/*
 * Fills the view of a task that has no pages yet, and lays out its heap and stack. Returns NULL; or
 * what is wrong, in words, and then *status says it for programs, and the caller must clear what
 * was mapped so far.
 */
const char *load(struct task *t, const void *image, uint32_t bytes, enum status *status)
{
    const struct elf_segment *s;
    const char *wrong = elf_check(image, bytes, PROGRAM_BASE, HEAP_END);

    *status = wrong ? STATUS_BAD_ELF : STATUS_OK;
    if (wrong)
        return wrong;
    ELF_FOR_EACH_LOAD (s, image) {
        *status = load_segment(t, image, s);
        if (*status != STATUS_OK)
            break;
        t->heap = page_up(s->vaddr + s->memsz) + PAGE_SIZE;
    }
    clear_scratch();
    if (*status == STATUS_OK && !regions_add(t->lazy, STACK_LOW, PROGRAM_END))
        *status = STATUS_NO_MEMORY;
    return *status == STATUS_OK ? 0 : status_text(*status);
}

/*
 * What a task finds on its stack: argc, the addresses of argv[], NULL, then the texts, as main's
 * callers have it on System V. Returns the task's first ESP. `page` is the stack's highest page,
 * where it is now; all of it is zero.
 */
static uint32_t write_arguments(uint8_t *page, const struct arguments *a)
{
    uint32_t text = PAGE_SIZE - ((a->bytes + 3) & ~3u), at = text;
    uint32_t first = text - (a->count + 3) * sizeof(uint32_t);
    uint32_t *word = (uint32_t *)(page + first);

    __builtin_memcpy(page + text, a->text, a->bytes);
    *word++ = a->count + 1;
    for (uint32_t i = 0; i <= a->count; i++) {
        *word++ = PROGRAM_END - PAGE_SIZE + at;
        at += strlen((const char *)page + at) + 1;
    }
    return PROGRAM_END - PAGE_SIZE + first;
}

/* Gives the task the highest page of its stack, with its arguments; *esp is its first ESP. */
enum status load_arguments(struct task *t, const struct arguments *a, uint32_t *esp)
{
    struct task *pager = task_pager();
    uint32_t page = PROGRAM_END - PAGE_SIZE, scratch = SCRATCH + page % TABLE_SPAN;
    enum status status = memory_map(pager, scratch, MAP_W);

    if (status == STATUS_OK) {
        *esp = write_arguments((uint8_t *)(uintptr_t)scratch, a);
        status = move_pages(pager, scratch, t, page, 1, MAP_W);
    }
    clear_scratch();
    return status;
}
