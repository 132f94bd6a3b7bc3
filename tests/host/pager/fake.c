/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nano and the router of the pager's host tests; fake.h and post.h say what they are.
 * Anything that a correct pager never does (a frame of the wrong type, a page given twice) is
 * answered as pager_gate.h says; what would be a bug of the test stops it by assert.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "fake_nano.h"
#include "post.h"

struct fake_task task[FAKE_SLOTS];
enum type type[FAKE_FRAMES];
uint8_t *memory;
int file;

static uint32_t registrar, irq_task;

char fake_log[8192];
int fake_power_off = -1;
unsigned fake_calls[PAGER_OP_COUNT];
enum pager_op fake_refuses;
void (*fake_after)(enum pager_op op);
struct mailbox fake_box;
uint32_t fake_now = 5000;

int find(uint32_t id)
{
    uint32_t slot = TASK_SLOT(id);

    return slot && slot < FAKE_SLOTS && task[slot].life != NONE && task[slot].id == id ? (int)slot
                                                                                       : 0;
}

bool frame_free(uint32_t f) { return f > 0 && f < FAKE_FRAMES && type[f] == FREE; }

void use(uint32_t f, enum type t)
{
    memset(memory + f * PAGE_SIZE, 0, PAGE_SIZE);
    type[f] = t;
}

void fake_age(uint32_t slot, uint32_t generation)
{
    assert(task[slot].life == NONE);
    task[slot].id = TASK_ID(slot, generation);
}

static enum status make(struct gate *g)
{
    uint32_t s = g->ebx;

    if (s == 0 || s >= FAKE_SLOTS)
        return STATUS_BAD_TASK;
    if (task[s].life != NONE)
        return STATUS_BUSY;
    if (g->ecx == 0 || g->ecx > 31)
        return STATUS_BAD;
    if (task[s].id >> 16 == GENERATION_LAST)
        return STATUS_NO_SLOT;
    task[s].id = TASK_ID(s, (task[s].id >> 16) + 1);
    task[s].life = MADE;
    task[s].lines = g->edx;
    task[s].stopped = true;
    task[s].faulted = task[s].resumed = false;
    g->ebx = task[s].id;
    return STATUS_OK;
}

static bool part_needed(int s, uint32_t part)
{
    return part < PART_COUNT && !(part == PART_OUTBOX1 && task[s].lines >> 16 == 64) &&
           !(part == PART_INBOX1 && (task[s].lines & 0xFFFF) == 64);
}

static enum status start(int s, const struct gate *g)
{
    for (uint32_t p = 0; p < PART_COUNT; p++)
        if (part_needed(s, p) && !task[s].parts[p])
            return STATUS_BUSY;
    assert(task[s].life == MADE && g->edx > PROGRAM_END - PAGE_SIZE && g->edx < PROGRAM_END);
    task[s].life = STARTED;
    task[s].stopped = false;
    return STATUS_OK;
}

static enum status part(int s, const struct gate *g)
{
    if (task[s].life != MADE)
        return STATUS_BUSY;
    if (!part_needed(s, g->ecx))
        return STATUS_NO_SUCH;
    if (task[s].parts[g->ecx])
        return STATUS_MAPPED;
    if (!frame_free(g->edx))
        return STATUS_BAD_FRAME;
    use(g->edx, g->ecx <= PART_OWN_TABLE ? TABLE : MAILBOX);
    task[s].parts[g->ecx] = g->edx;
    return STATUS_OK;
}

static enum status take(int s, struct gate *g)
{
    if (task[s].life != TOLD)
        return STATUS_BUSY;
    if (g->ecx >= PART_COUNT || !task[s].parts[g->ecx])
        return STATUS_NOT_MAPPED;
    for (uint32_t t = 0; t < TABLES && g->ecx <= PART_DIRECTORY2; t++)
        if (task[s].table[t] && t * TABLE_SPAN / DIRECTORY_SPAN == g->ecx)
            return STATUS_NOT_EMPTY;
    if (g->ecx <= PART_OWN_TABLE)
        for (uint32_t p = PART_OWN_TABLE + 1; p < PART_COUNT; p++)
            if (task[s].parts[p])
                return STATUS_NOT_EMPTY;
    g->ebx = task[s].parts[g->ecx];
    task[s].parts[g->ecx] = 0;
    type[g->ebx] = FREE;
    return STATUS_OK;
}

static enum status retire(int s)
{
    if (!task[s].stopped || task[s].life >= RETIRED)
        return STATUS_BUSY;
    task[s].life = task[s].life == MADE ? TOLD : RETIRED;
    return STATUS_OK;
}

static enum status end(int s)
{
    if (task[s].life != TOLD)
        return STATUS_BUSY;
    for (uint32_t p = 0; p < PART_COUNT; p++)
        if (task[s].parts[p])
            return STATUS_NOT_EMPTY;
    task[s].life = NONE;
    return STATUS_OK;
}

static int faulted(void)
{
    int s = 1;

    while (s < FAKE_SLOTS && !(task[s].life == STARTED && task[s].faulted))
        s++;
    return s;
}

static enum status next_event(struct gate *g)
{
    int s = faulted();

    if (s == FAKE_SLOTS)
        return STATUS_NONE;
    task[s].faulted = false;
    *g = task[s].fault;
    g->ecx |= faulted() < FAKE_SLOTS ? EVENT_MORE : 0;
    return STATUS_OK;
}

static enum status map(int s, const struct gate *g)
{
    enum status status = fake_map(s, g);

    if (status == STATUS_OK && g->esi & MAP_RESUME)
        task[s].resumed = true;
    return status;
}

static enum status log_text(const struct gate *g)
{
    char text[21] = {0};

    memcpy(text, g, 20);
    assert(strlen(fake_log) + strlen(text) < sizeof fake_log);
    strcat(fake_log, text);
    return STATUS_OK;
}

static enum status plain(enum pager_op op, struct gate *g)
{
    switch (op) {
    case PAGER_OP_TASK_MAKE: return make(g);
    case PAGER_OP_NEXT_EVENT: return next_event(g);
    case PAGER_OP_QUERY_TASK:
        if (g->ebx >= FAKE_SLOTS || task[g->ebx].life == NONE)
            return STATUS_NONE;
        *g = (struct gate){task[g->ebx].id, 1 | 8 << 8, 77, 0, 0};
        return STATUS_OK;
    case PAGER_OP_QUERY_MEMORY:
        *g = (struct gate){FAKE_FRAMES, fake_free(), 0, 0, 0};
        return STATUS_OK;
    case PAGER_OP_SET_REGISTRAR: registrar = g->ebx; return STATUS_OK;
    case PAGER_OP_POWER_OFF: fake_power_off = g->ebx; return STATUS_OK;
    case PAGER_OP_CHECK: g->ebx = 0; return STATUS_OK;
    case PAGER_OP_LOG: return log_text(g);
    case PAGER_OP_FAULTS: return STATUS_NONE;
    case PAGER_OP_RESTART_ROUTER: return STATUS_OK;
    default: return STATUS_BAD_OP;
    }
}

static enum status answer(enum pager_op op, struct gate *g)
{
    enum status status = plain(op, g);
    int s;

    if (status != STATUS_BAD_OP)
        return status;
    s = find(g->ebx);
    if (!s)
        return STATUS_BAD_TASK;
    switch (op) {
    case PAGER_OP_TASK_PART: return part(s, g);
    case PAGER_OP_TASK_START: return start(s, g);
    case PAGER_OP_TASK_STOP: task[s].stopped = true; return STATUS_OK;
    case PAGER_OP_TASK_RESUME: task[s].resumed = true; return STATUS_OK;
    case PAGER_OP_TASK_RETIRE: return retire(s);
    case PAGER_OP_TASK_TAKE: return take(s, g);
    case PAGER_OP_TASK_END: return end(s);
    case PAGER_OP_TABLE_GIVE: return fake_table_give(s, g);
    case PAGER_OP_TABLE_TAKE: return fake_table_take(s, g);
    case PAGER_OP_MAP: return map(s, g);
    case PAGER_OP_UNMAP: return fake_unmap(s, g);
    case PAGER_OP_PROTECT: return fake_protect(s, g);
    case PAGER_OP_MOVE: return fake_move(s, g, g->esi >> 16);
    case PAGER_OP_MOVE_TABLE: return fake_move_tables(s, g, g->esi >> 16);
    case PAGER_OP_QUERY_TABLE: return fake_query_table(s, g);
    case PAGER_OP_QUERY_PAGE: return fake_query_page(s, g);
    case PAGER_OP_IRQ:
        if (g->ecx != 4)
            return STATUS_NOT_GRANTABLE;
        irq_task = g->ebx;
        return STATUS_OK;
    case PAGER_OP_PORTS: return STATUS_OK;
    default: return STATUS_BAD_OP;
    }
}

enum status nano_call(enum pager_op op, struct gate *g)
{
    enum status status = op == fake_refuses ? STATUS_BUSY : answer(op, g);

    fake_calls[op]++;
    if (fake_after)
        fake_after(op);
    return status;
}

void fake_start(void)
{
    uint32_t slot = TASK_SLOT(FAKE_PAGER);

    file = memfd_create("frames", 0);
    assert(file >= 0 && ftruncate(file, FAKE_FRAMES * PAGE_SIZE) == 0);
    memory = mmap(NULL, FAKE_FRAMES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert(memory != MAP_FAILED);
    for (uint32_t f = 1; f < FAKE_FRAMES; f++)
        type[f] = FREE;
    for (int s = 0; s < FAKE_SLOTS; s++) {
        task[s].table = calloc(TABLES, sizeof *task[s].table);
        task[s].table_rights = calloc(TABLES, sizeof *task[s].table_rights);
        task[s].page = calloc(PAGES, sizeof *task[s].page);
        assert(task[s].table && task[s].table_rights && task[s].page);
    }
    task[slot].id = FAKE_PAGER;
    task[slot].life = STARTED;
    for (uint32_t p = 0; p < PART_COUNT; p++) {
        task[slot].parts[p] = FAKE_FRAMES - 1 - p;
        type[FAKE_FRAMES - 1 - p] = TABLE;
    }
    fake_box.in.out_mask = 63;
    fake_box.in.in_mask = 63;
}

/* Fresh frames from the top, so that the pager's list is what is below. */
uint8_t *fake_module(uint32_t address, uint32_t bytes)
{
    int s = TASK_SLOT(FAKE_PAGER);

    for (uint32_t at = address; at < address + bytes; at += PAGE_SIZE) {
        uint32_t f = FAKE_FRAMES - 1;

        while (!frame_free(f))
            f--;
        if (!task[s].table[at / TABLE_SPAN]) {
            use(f, TABLE);
            task[s].table[at / TABLE_SPAN] = f--;
            task[s].table_rights[at / TABLE_SPAN] = MAP_W | MAP_X;
        }
        use(f, MAPPED);
        task[s].page[at / PAGE_SIZE] = (struct fake_page){f, MAP_W};
        show(s, at);                             /* writable for the test that fills it ... */
        task[s].page[at / PAGE_SIZE].rights = 0; /* ... but not as far as nano knows */
    }
    return (uint8_t *)(uintptr_t)address;
}

struct fake_page fake_page(uint32_t id, uint32_t address)
{
    int s = find(id);

    return s ? effective(s, address) : (struct fake_page){0, 0};
}

bool fake_table(uint32_t id, uint32_t address)
{
    int s = find(id);

    return s && task[s].table[address / TABLE_SPAN];
}

const uint8_t *fake_bytes(uint32_t frame) { return memory + frame * PAGE_SIZE; }

void fake_fault(uint32_t id, uint32_t vector, uint32_t error, uint32_t address, uint32_t eip)
{
    int s = find(id);

    assert(s && task[s].life == STARTED);
    task[s].faulted = true;
    task[s].resumed = false;
    task[s].fault = (struct gate){id, vector | error << 16, address, eip, PROGRAM_END};
}

bool fake_started(uint32_t id)
{
    int s = find(id);

    return s && task[s].life == STARTED && !task[s].stopped;
}

bool fake_resumed(uint32_t id)
{
    int s = find(id);

    return s && task[s].resumed;
}

uint32_t fake_registrar(void) { return registrar; }

uint32_t fake_irq_task(void) { return irq_task; }

bool fake_is_free(uint32_t frame) { return frame_free(frame); }

uint32_t fake_free(void)
{
    uint32_t n = 0;

    for (uint32_t f = 1; f < FAKE_FRAMES; f++)
        n += type[f] == FREE;
    return n;
}

void fake_router_lets_go(void)
{
    for (int s = 1; s < FAKE_SLOTS; s++)
        if (task[s].life == RETIRED)
            task[s].life = TOLD;
}

/* A lost outbox is what the router says: world_router_says, in moving_world.c. */
enum status post_gone(uint32_t end)
{
    (void)end;
    return STATUS_OK;
}

/* As libpost's: OK: all is out; a reason to wait; or a refusal, and that entry is void now. */
enum status post_flush(void)
{
    while (fake_box.in.out_head != fake_box.out.out_tail) {
        struct line *line = &fake_box.outbox[fake_box.in.out_head & fake_box.in.out_mask];
        enum status status = line->peer == HANDLE_VOID ? STATUS_OK : fake_router(line);

        if (status == STATUS_FULL || status == STATUS_ROUTE)
            return status;
        if (status != STATUS_OK) {
            line->peer = HANDLE_VOID;
            return status;
        }
        fake_box.in.out_head += line->lines;
    }
    return STATUS_OK;
}

uint32_t post_wait(uint32_t deadline)
{
    (void)deadline;
    abort(); /* only a pager that cannot be switched off waits outside its main loop */
}

int post_format(char *text, unsigned size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length < (int)size ? length : (int)size - 1;
}
