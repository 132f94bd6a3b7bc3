/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The injector's checkpoint: the whole machine except its devices, saved and put back. Ring 0,
 * in builds with INJECT=1 only; called by inject.c.
 *
 * Saved are: nano's data, the task structures, the clock, descriptors; every frame that the
 * router or a mailbox uses; every frame that a task can write. Page tables are put back only
 * after the pager has been at its gate, other pages only if a dirty bit says so (SDM vol. 3,
 * 4.8) or nano may have written them. PIC and PIT begin anew: a case meets its ticks at the same
 * instructions whenever it is run, if the engine counts instructions.
 *
 * What the router must not write is compared in the end: escape.c.
 */
#include <ringpost/inject.h>
#include "frame.h"
#include "leave.h"
#include "pic.h"
#include "print.h"
#include "string.h"
#include "tick.h"
#include "world.h"

#define PIC1_MASK 0x21
#define PIC2_MASK 0xA1

extern pte_t nano_table[PTES], shared_dir[PTES];
extern uint8_t gate_stack[], nano_end[], nano_stack[];

struct world world;

/* Under an emulator plain moves are faster than REP MOVS, which is an instruction a word. */
static void copy_page(uint32_t *t, const uint32_t *s)
{
    for (unsigned i = 0; i < PAGE_SIZE / 4; i += 8) {
        t[i] = s[i], t[i + 1] = s[i + 1], t[i + 2] = s[i + 2], t[i + 3] = s[i + 3];
        t[i + 4] = s[i + 4], t[i + 5] = s[i + 5], t[i + 6] = s[i + 6], t[i + 7] = s[i + 7];
    }
}

static uint32_t data_pages(void) { return (nano_end - data_start) / PAGE_SIZE; }

static uint32_t descriptor_pages(void) { return (gate_stack - gate_descriptors) / PAGE_SIZE; }

void world_init(void)
{
    world.store = frame_run(SAVED_MAX, FRAME_NANO);
    world.data_store = frame_run(data_pages(), FRAME_NANO);
    world.descriptor_store = frame_run(descriptor_pages(), FRAME_NANO);
    if (!world.store || !world.data_store || !world.descriptor_store)
        nano_stop("not enough memory for the injector's checkpoint; give the machine more");
}

static void add(uint32_t frame, enum when when)
{
    if (world.count == SAVED_MAX || frame >= FRAMES)
        nano_stop("the injector's checkpoint: more than %u frames, or frame %x", SAVED_MAX, frame);
    copy_page(frame_memory(world.store + world.count), frame_memory(frame));
    world.saved[world.count++] = (struct saved){frame, when, false, false};
    world.index_of[frame % FRAMES] = world.count;
}

/* A mapping of a saved frame tells by its dirty bit whether the frame was written. */
static void add_mapping_as(pte_t *e, bool shared)
{
    uint32_t index = PTE_FRAME(*e) < FRAMES ? world.index_of[PTE_FRAME(*e)] : 0;

    if (!(*e & PTE_W) || !index)
        return;
    if (world.mapped_count == MAPPED_MAX)
        nano_stop("the injector's checkpoint follows %u mappings; that is too few", MAPPED_MAX);
    *e &= ~ENTRY_D;
    world.mapped[world.mapped_count++] = (struct mapping){e, index - 1, shared};
}

static void add_mapping(pte_t *e) { add_mapping_as(e, false); }

static void walk(struct task *t, void (*table)(uint32_t frame), void (*leaf)(pte_t *e))
{
    for (unsigned d = 0; d < 3; d++) {
        const pte_t *directory = frame_memory(PTE_FRAME(t->view[d]));
        if (!(t->view[d] & PTE_P))
            continue;
        table(PTE_FRAME(t->view[d]));
        for (unsigned i = 0; i < PTES; i++) {
            pte_t *pages = frame_memory(PTE_FRAME(directory[i]));
            if (!(directory[i] & PTE_P))
                continue;
            table(PTE_FRAME(directory[i]));
            for (unsigned p = 0; p < PTES; p++)
                if (pages[p] & PTE_P)
                    leaf(&pages[p]);
        }
    }
}

void world_for_tasks(void (*table)(uint32_t frame), void (*leaf)(pte_t *e))
{
    for (uint32_t s = 1; s < tasks_made; s++)
        if (task_at(s)->life != LIFE_NONE)
            walk(task_at(s), table, leaf);
}

void world_no_table(uint32_t frame) { (void)frame; }
static void no_leaf(pte_t *e) { (void)e; }
static void add_table(uint32_t frame) { add(frame, IF_TABLES); }
static void add_writable(pte_t *e)
{
    const uint32_t *page = frame_memory(PTE_FRAME(*e));

    if (!(*e & PTE_W) || !frame_is(PTE_FRAME(*e), FRAME_MAPPED))
        return;
    add(PTE_FRAME(*e), IF_DIRTY);
    world.saved[world.count - 1].canary = *page == INJECT_CANARY;
}
static enum when when_shared(uint32_t address, pte_t e)
{
    if (address >= ROUTE_CACHE)
        return IF_DIRTY;
    return address < ROUTER_STACK && !(e & PTE_W) ? IF_TOUCHED : ALWAYS;
}

/* All that the fourth directory maps, except the gatehouse and the trace ring. */
static void add_shared(void)
{
    for (uint32_t at = ROUTER_BASE; at < WINDOW_END; at += PAGE_SIZE) {
        pte_t *e = view_pte(task_at(0), at);

        if (!e) {
            at += TABLE_SPAN - PAGE_SIZE;
            continue;
        }
        if (!(*e & PTE_P) || (at >= TRACE_RING && at < TRACE_RING + TRACE_PAGES * PAGE_SIZE))
            continue;
        if (!world.index_of[PTE_FRAME(*e)])
            add(PTE_FRAME(*e), when_shared(at, *e));
        add_mapping_as(e, at >= WINDOW);
    }
}

static void add_tables(void)
{
    add_table((uint32_t)shared_dir >> 12);
    for (unsigned i = 0; i < PTES; i++)
        if (shared_dir[i] & PTE_P)
            add_table(PTE_FRAME(shared_dir[i]));
    world_for_tasks(add_table, no_leaf);
}

static void set_tick(uint32_t divisor)
{
    outb(0x43, 0x34);
    outb(0x40, divisor & 0xFF);
    outb(0x40, divisor >> 8);
}

/* A traced case takes a hundred times as long as it should: its tick is as slow as can be. */
void world_slow_clock(void) { set_tick(0xFFFF); }

/* A case begins with fresh interrupt controllers and a fresh tick. */
static void restart_clock(void)
{
    uint8_t mask1 = inb(PIC1_MASK), mask2 = inb(PIC2_MASK);

    pic_init();
    outb(PIC1_MASK, mask1);
    outb(PIC2_MASK, mask2);
    set_tick(world.divisor);
}

static uint32_t tick_counter(void)
{
    outb(0x43, 0); /* latch channel 0 */
    uint32_t low = inb(0x40);
    return low | inb(0x40) << 8;
}

/*
 * A campaign's tick: a sixteenth of nano's, or what is stuck takes long, if the engine gets
 * something done in that time. QEMU's clock that counts instructions goes on by 24 in it;
 * Bochs' by hundreds.
 */
static void choose_divisor(void)
{
    uint32_t divisor = (1193182 + TICK_HZ / 2) / TICK_HZ, start = read_time_stamp();
    uint32_t counter = tick_counter();

    while ((uint32_t)read_time_stamp() - start < 20000)
        ;
    counter = (counter - tick_counter() + divisor) % divisor;
    world.divisor = counter < 100 ? divisor / 16 : divisor;
}

void world_save(const struct frame *f, uint32_t view, uint32_t keep, uint32_t words)
{
    uint32_t pages = ((tasks_made << TASK_SHIFT) + PAGE_SIZE - 1) / PAGE_SIZE;

    world.count = world.mapped_count = 0;
    memset(world.index_of, 0, sizeof world.index_of);
    for (uint32_t i = 0; i < pages; i++)
        add((task_base >> 12) + i, ALWAYS);
    add(PTE_FRAME(tick_clock_pte()), ALWAYS);
    world_for_tasks(world_no_table, add_writable);
    add_shared();
    world_for_tasks(world_no_table, add_mapping);
    add_tables();
    for (uint32_t i = 0; i < data_pages(); i++) {
        copy_page(frame_memory(world.data_store + i),
                  (const uint32_t *)(data_start + i * PAGE_SIZE));
        nano_table[((uint32_t)data_start + i * PAGE_SIZE) / PAGE_SIZE % PTES] &= ~ENTRY_D;
    }
    for (uint32_t i = 0; i < descriptor_pages(); i++)
        copy_page(frame_memory(world.descriptor_store + i),
                  (const uint32_t *)(gate_descriptors + i * PAGE_SIZE));
    world.frame = *f;
    world.view = view;
    world.keep = keep;
    world.keep_words = words;
    world.tables_changed = false;
    escape_note();
    write_cr3(read_cr3());
    if (!world.divisor)
        choose_divisor();
    restart_clock();
    print("injector: checkpoint: %u frames, %u mappings\n", world.count, world.mapped_count);
}

bool world_is_saved(void) { return world.count != 0; }

void world_keep(void) { memcpy(world.kept, (void *)world.keep, world.keep_words * 4); }

/* The injector changes memory itself, which sets no dirty bit. */
void world_touch(const void *word)
{
    uint32_t frame = (uint32_t)word / PAGE_SIZE, index = frame < FRAMES ? world.index_of[frame] : 0;

    if (index)
        world.saved[index - 1].dirty = true;
}

void world_tables_change(void) { world.tables_changed = true; }

static bool inside(uint32_t address, const void *start, uint32_t bytes)
{
    return address - (uint32_t)start < bytes;
}

/* Nano's data, without the stack that we are on and the injector's own. */
static void restore_data(void)
{
    for (uint32_t i = 0; i < data_pages(); i++) {
        uint8_t *page = data_start + i * PAGE_SIZE;
        const uint8_t *copy = frame_memory(world.data_store + i);
        pte_t *e = &nano_table[(uint32_t)page / PAGE_SIZE % PTES];

        if (!(*e & ENTRY_D) || inside((uint32_t)page, &world, sizeof world) ||
            inside((uint32_t)page, &injector, sizeof injector))
            continue;
        for (uint32_t at = 0; at < PAGE_SIZE; at += 4)
            if (!inside((uint32_t)page + at, nano_stack, 2 * PAGE_SIZE))
                *(uint32_t *)(page + at) = *(const uint32_t *)(copy + at);
        *e &= ~ENTRY_D;
    }
}

/* Takes the dirty bits over into saved[]. True: the router has written a mailbox since. */
bool world_written(void)
{
    bool shared = false;

    for (uint32_t i = 0; i < world.mapped_count; i++) {
        struct mapping *m = &world.mapped[i];

        if (*m->e & ENTRY_D) {
            world.saved[m->index].dirty = true;
            shared |= m->shared;
            *m->e &= ~ENTRY_D;
        }
    }
    return shared;
}

bool world_changed(uint32_t i)
{
    return !same_words(frame_memory(world.saved[i].frame), frame_memory(world.store + i),
                       PAGE_SIZE / 4);
}

/* Pages that have moved were written through entries that nobody knows. */
static void compare_moved(void)
{
    for (uint32_t i = 0; world.tables_changed && i < world.count; i++)
        if (world.saved[i].when == IF_DIRTY)
            world.saved[i].dirty |= world_changed(i);
}

/* Word by word, because an engine translates anew what is written. */
static void repair_page(uint32_t *to, const uint32_t *from)
{
    for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
        if (to[i] != from[i])
            to[i] = from[i];
}

static bool is_due(const struct saved *s)
{
    switch (s->when) {
    case IF_DIRTY:
    case IF_TOUCHED: return s->dirty;
    case IF_TABLES: return world.tables_changed;
    default: return true;
    }
}

_Noreturn void world_restore(uint32_t result)
{
    world_written();
    compare_moved();
    for (uint32_t i = 0; i < world.count; i++) {
        struct saved *s = &world.saved[i];

        if (is_due(s))
            (s->when == IF_TOUCHED ? repair_page : copy_page)(frame_memory(s->frame),
                                                              frame_memory(world.store + i));
        s->dirty = false;
    }
    memcpy((void *)world.keep, world.kept, world.keep_words * 4);
    for (uint32_t i = 0; i < descriptor_pages(); i++)
        copy_page((uint32_t *)(gate_descriptors + i * PAGE_SIZE),
                  frame_memory(world.descriptor_store + i));
    restore_data();
    world.tables_changed = false;
    restart_clock();
    *ENTRY_FRAME_AT = world.frame;
    ENTRY_FRAME_AT->eax = result;
    leave(ENTRY_FRAME_AT, world.view);
}
