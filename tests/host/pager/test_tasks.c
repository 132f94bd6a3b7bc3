/*
 * The pager's work on tasks, against a nano and a router of the test's own (fake.h): loading,
 * faults, requests, ends and restarts. After every scenario each frame must be where it was: the
 * pager's bitmap and the fake's frame types are counted against each other.
 */
// Sources: tests/host/pager/fake.c $(filter-out pager/main.c pager/gate.c,$(wildcard pager/*.c))
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
#include "../../../pager/landing.h"
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
    "task registrar module=prog priority=28 lines=128/128 start=yes\n"
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

static uint32_t launch(const char *name)
{
    uint32_t id = 0;

    assert_int_equal(task_launch(manifest_find(&manifest, name), &id), STATUS_OK);
    assert_true(fake_started(id));
    return id;
}

/* Turns of the main loop until nobody is ending. */
static void settle(void)
{
    for (int turns = 0; end_step(); turns++) {
        assert_true(turns < 1000);
        fake_router_lets_go();
    }
}

static enum status request(uint32_t from, uint16_t tag, uint32_t badge, uint32_t w1, uint32_t w2,
                           uint32_t w3, const char *text, struct line *reply)
{
    struct line in = {.peer = from,
                      .tag = tag,
                      .lines = 1,
                      .flags = FLAG_CALL,
                      .badge = badge,
                      .cookie = 0xC00C1E,
                      .w = {42, w1, w2, w3}};
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
            assert_int_equal(sent[i].w[0], 42);
            *reply = sent[i];
            return sent[i].w[1];
        }
    }
    return STATUS_COUNT; /* no reply */
}

static enum status simple(uint32_t from, uint16_t tag, uint32_t badge, uint32_t w1, uint32_t w2)
{
    struct line reply;

    return request(from, tag, badge, w1, w2, 0, NULL, &reply);
}

static uint32_t baseline;

/* Before and after each test: nobody but the pager, and all frames accounted for. */
static int count_before(void **state)
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

static int count_after(void **state)
{
    (void)state;
    for (uint32_t slot = 2; slot < FAKE_SLOTS; slot++) {
        if (tasks[slot].stage == TASK_LIVE)
            task_end(&tasks[slot], 0, false);
    }
    settle();
    if (fake_free() != frames_free() || fake_free() != baseline) {
        print_error("frames: %u before, %u now, %u in the bitmap\n", baseline, fake_free(),
                    frames_free());
        return -1;
    }
    return 0;
}

static void check_page(uint32_t id, uint32_t page, uint32_t rights, const uint8_t *bytes,
                       uint32_t from, uint32_t to)
{
    struct fake_page p = fake_page(id, page);
    const uint8_t *is;

    assert_int_not_equal(p.frame, 0);
    assert_int_equal(p.rights, rights);
    is = fake_bytes(p.frame);
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        assert_int_equal(is[i], i >= from && i < to ? bytes[i] : 0);
}

static void a_program_is_loaded_as_its_elf_says(void **state)
{
    const uint8_t *file = (const uint8_t *)(uintptr_t)PROGRAM;
    uint32_t id = launch("one");

    (void)state;
    check_page(id, TEXT, MAP_X, file + 0x1000, 0, PAGE_SIZE);
    check_page(id, TEXT + PAGE_SIZE, MAP_X, file + 0x2000, 0, 0x100);
    check_page(id, RW, MAP_W, file + 0x3000, 0x10, PAGE_SIZE);
    check_page(id, RW + PAGE_SIZE, MAP_W, file + 0x4000, 0, 300 + 0x10);
    assert_int_equal(fake_page(id, RW + 2 * PAGE_SIZE).frame, 0); /* large bss: on first touch */
    assert_int_equal(fake_page(id, TEXT + 2 * PAGE_SIZE).frame, 0);
    assert_int_equal(task_by_id(id)->pages, 4);
    assert_ptr_equal(task_by_name("one"), task_by_id(id));
    assert_null(task_by_id(id + 0x10000));
    assert_int_equal(task_launch(manifest_find(&manifest, "one"), &id), STATUS_BUSY);
}

static void what_cannot_start_says_why_and_leaves_nothing(void **state)
{
    uint32_t id;

    (void)state;
    assert_int_equal(task_launch(manifest_find(&manifest, "lost"), &id), STATUS_NO_SUCH);
    assert_non_null(strstr(fake_log, "lost: cannot start: there is no module 'nowhere'\n"));
    assert_int_equal(task_launch(manifest_find(&manifest, "bad"), &id), STATUS_BAD_ELF);
    assert_non_null(strstr(fake_log, "bad: cannot start: module 'broken': not an ELF file\n"));
    assert_int_equal(task_launch(manifest_find(&manifest, "greedy"), &id), STATUS_NOT_GRANTABLE);
    assert_non_null(strstr(fake_log, "greedy: cannot start: its interrupt line: "));
}

/* Memory that ends at every possible point of a launch. */
static void out_of_memory_anywhere_is_survived(void **state)
{
    static uint32_t kept[FAKE_FRAMES];
    uint32_t id, n, left = 0;
    enum status status;

    (void)state;
    do {
        for (n = 0; frames_free() > left; n++)
            kept[n] = frames_take();
        status = task_launch(manifest_find(&manifest, "one"), &id);
        if (status == STATUS_OK)
            task_end(task_by_id(id), 0, false);
        else
            assert_int_equal(status, STATUS_NO_MEMORY);
        settle();
        assert_int_equal(frames_free(), left);
        while (n)
            frames_give(kept[--n]);
        left++;
    } while (status != STATUS_OK);
    assert_true(left > 15); /* or it was not the launch that ran out */
}

static void many_lives_in_all_slots(void **state)
{
    static const char *names[] = {"registrar", "one", "two"};

    (void)state;
    for (int round = 0; round < 30; round++) {
        uint32_t id[3];

        for (int i = 0; i < 3; i++)
            id[i] = launch(names[(i + round) % 3]);
        assert_int_equal(fake_registrar(), task_by_name("registrar")->id);
        for (int i = 0; i < 3; i++) /* all ending at once */
            task_end(task_by_id(id[i]), i, false);
        settle();
        assert_int_equal(fake_registrar(), 0);
        for (int i = 0; i < 3; i++)
            assert_null(task_by_id(id[i]));
        assert_int_equal(fake_free(), baseline);
    }
}

static void touch(uint32_t id, uint32_t address, uint32_t error)
{
    fake_fault(id, 14, error, address, TEXT);
    fault_events();
}

static void pages_come_on_first_touch(void **state)
{
    uint32_t id = launch("one"), pages = task_by_id(id)->pages;
    struct line reply;

    (void)state;
    assert_int_equal(request(id, TAG_ALLOC, 0, 0, 3, 0, NULL, &reply), STATUS_OK);
    touch(id, reply.w[2] + 2 * PAGE_SIZE + 5, 6);
    touch(id, PROGRAM_END - 4, 6);
    touch(id, STACK_LOW, 4);
    touch(id, RW + RW_FILE + BIG_BSS - 1, 6);
    assert_true(fake_resumed(id));
    check_page(id, reply.w[2] + 2 * PAGE_SIZE, MAP_W, NULL, 0, 0);
    check_page(id, PROGRAM_END - PAGE_SIZE, MAP_W, NULL, 0, 0);
    assert_int_equal(task_by_id(id)->pages, pages + 4);
    /* Released, it is gone, and touching it is a fault. */
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, reply.w[2], 3, NULL, &reply), STATUS_OK);
    assert_int_equal(task_by_id(id)->pages, pages + 3);
}

static void other_faults_end_the_task(void **state)
{
    static const struct {
        uint32_t vector, error, address;
        const char *says;
    } row[] = {
        {14, 4, 0, "one: #PF at 0x00400020, address 0x00000000, read, error 0x04: stopped\n"},
        {14, 6, STACK_LOW - 1, "one: #PF at 0x00400020, address 0x3fcfffff, write, error 0x06: stopped\n"},
        {14, 7, TEXT, "one: #PF at 0x00400020, address 0x00400000, write, error 0x07: stopped\n"},
        {14, 0x15, RW, "one: #PF at 0x00400020, address 0x00600000, fetch, error 0x15: stopped\n"},
        {14, 6, LANDING_BASE, "one: #PF at 0x00400020, address 0x40000000, write, error 0x06: stopped\n"},
        {14, 4, 0xFFFFFFFF, "one: #PF at 0x00400020, address 0xffffffff, read, error 0x04: stopped\n"},
        {13, 0x18, 0, "one: #GP at 0x00400020, error 0x0018: stopped\n"},
        {6, 0, 0, "one: #UD at 0x00400020, error 0x0000: stopped\n"},
        {9, 0, 0, "one: vector 9 at 0x00400020, error 0x0000: stopped\n"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        uint32_t id = launch("one");

        fake_log[0] = 0;
        fake_fault(id, row[i].vector, row[i].error, row[i].address, 0x400020);
        fault_events();
        assert_string_equal(fake_log, row[i].says);
        settle();
        assert_null(task_by_name("one")); /* restart=never */
        assert_int_equal(tasks[TASK_SLOT(id)].last_code, EXIT_KILLED + row[i].vector);
    }
}

static void always_means_five_times_a_second(void **state)
{
    (void)state;
    launch("two");
    for (int i = 0; i < 5; i++) {
        uint32_t id = task_by_name("two")->id;

        touch(id, 0, 4);
        settle();
        assert_non_null(task_by_name("two"));
        assert_int_not_equal(task_by_name("two")->id, id);
    }
    touch(task_by_name("two")->id, 0, 4);
    settle();
    assert_null(task_by_name("two"));
    assert_non_null(strstr(fake_log, "two: ended 6 times within 1000 ms: not started again\n"));
    /* By hand it can be; and if it is killed, it stays dead. */
    fake_now += 2000;
    launch("two");
    task_end(task_by_name("two"), EXIT_KILLED + 255, false);
    settle();
    assert_null(task_by_name("two"));
}

static void an_end_waits_for_the_router(void **state)
{
    uint32_t id = launch("one");

    (void)state;
    task_end(task_by_id(id), 0, false);
    for (int i = 0; i < 20; i++)
        assert_true(end_step());
    assert_int_equal(tasks[TASK_SLOT(id)].stage, TASK_LEAVING);
    assert_int_not_equal(launch("one"), id); /* in another slot meanwhile */
    fake_router_lets_go();
    assert_false(end_step());
    assert_int_equal(tasks[TASK_SLOT(id)].stage, TASK_EMPTY);
}

static void heap_requests_are_checked(void **state)
{
    uint32_t id = launch("one"), heap;
    struct line r;

    (void)state;
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, 0), STATUS_BAD);
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, 0xFFFFFFFF), STATUS_NO_MEMORY);
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, 0x100000), STATUS_NO_MEMORY);
    assert_int_equal(simple(id, TAG_ALLOC, 0, 0, frames_free() + 1), STATUS_NO_MEMORY);
    assert_int_equal(request(id, TAG_ALLOC, 0, 0, 10, 0, NULL, &r), STATUS_OK);
    heap = r.w[2];
    assert_true(heap % PAGE_SIZE == 0 && heap > RW + RW_FILE + BIG_BSS && heap < HEAP_END);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap + 1, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 0, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 11, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 0xFFFFF, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap, 0x100001, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, TEXT, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, STACK_LOW, 256, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, OWN_MAILBOX, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, LANDING_END, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, 0xFFFFF000, 1, NULL, &r), STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, LANDING_BASE, 5, NULL, &r), STATUS_NOT_MAPPED);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap + 2 * PAGE_SIZE, 3, NULL, &r), STATUS_OK);
    assert_int_equal(request(id, TAG_RELEASE, 0, 0, heap + 2 * PAGE_SIZE, 3, NULL, &r),
                     STATUS_BAD_ADDRESS);
    assert_int_equal(request(id, TAG_ALLOC, 0, 0, 3, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], heap + 2 * PAGE_SIZE); /* the hole is used again */
}

static void control_needs_its_badge(void **state)
{
    uint32_t id = launch("one"), registrar = launch("registrar");
    struct line r;

    (void)state;
    assert_int_equal(request(id, TAG_SPAWN, 0, 0, 0, 0, "two", &r), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_KILL, 0, 0, id), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_OFF, 2, 0, 0), STATUS_DENIED);
    assert_int_equal(fake_power_off, -1);
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0, "two", &r), STATUS_OK);
    assert_ptr_equal(task_by_id(r.w[2]), task_by_name("two"));
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0, "two", &r), STATUS_BUSY);
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0, "zwei", &r), STATUS_NO_SUCH);
    assert_int_equal(request(id, TAG_SPAWN, BADGE_CONTROL, 0, 0, 0,
                             "a name of forty characters without its NUL", &r),
                     STATUS_NO_SUCH);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, FAKE_PAGER), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, registrar), STATUS_DENIED);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, id + 0x10000), STATUS_BAD_TASK);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, 0xFFFFFFFF), STATUS_BAD_TASK);
    assert_int_equal(simple(id, TAG_KILL, BADGE_CONTROL, 0, task_by_name("two")->id), STATUS_OK);
    settle();
    assert_null(task_by_name("two"));
    assert_int_equal(simple(id, 9999, BADGE_CONTROL, 0, 0), STATUS_BAD_OP);
    assert_int_equal(simple(id + 0x10000, TAG_MEMORY, 0, 0, 0), STATUS_COUNT); /* who? */
    assert_int_equal(simple(id, TAG_OFF, BADGE_CONTROL, 5, 0), STATUS_COUNT);
    assert_int_equal(fake_power_off, 5);
    fake_power_off = -1;
}

static void exits_are_waited_for(void **state)
{
    uint32_t one = launch("one"), two = launch("two");
    const struct line *answer;

    (void)state;
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, one), STATUS_BAD);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, 0), STATUS_BAD_TASK);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, 0xFFFFFFFF), STATUS_BAD_TASK);
    for (int i = 0; i < WAITS_MAX; i++)
        assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_LEDGER);
    assert_int_equal(simple(two, TAG_EXIT, 0, 17, 0), STATUS_COUNT);
    assert_null(task_by_id(two));
    assert_int_equal(simple(one, TAG_MEMORY, 0, 0, 0), STATUS_OK);
    sent_count = 0;
    settle();
    answer = last_sent(one, TAG_WAIT_EXIT);
    assert_non_null(answer);
    assert_int_equal(answer->w[1], STATUS_OK);
    assert_int_equal(answer->w[2], 17);
    assert_int_equal(sent_count, WAITS_MAX);
    assert_non_null(task_by_name("two")); /* restart=always */
    /* Later, the exit code is still known, until the slot has another end. */
    fake_router_lets_go();
    assert_int_equal(tasks[TASK_SLOT(two)].last_id, two);
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_OK);
    /* One that waits may die first, and the router may know it before the pager does. */
    two = task_by_name("two")->id;
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
    dead = one;
    task_end(task_by_id(two), 0, false);
    settle();
    assert_int_equal(post_flush(), STATUS_DEAD);
    assert_int_equal(post_flush(), STATUS_OK);
    dead = 0;
    two = launch("two");
    assert_int_equal(simple(one, TAG_WAIT_EXIT, 0, 0, two), STATUS_COUNT);
    task_end(task_by_id(one), 0, false);
    settle();
    sent_count = 0;
    task_end(task_by_id(two), 0, false);
    settle();
    assert_int_equal(post_flush(), STATUS_OK);
    assert_int_equal(sent_count, 0);
}

static void the_registrar_hears_of_everybody(void **state)
{
    uint32_t registrar, one, two, slot;

    (void)state;
    one = launch("one");
    assert_null(last_sent(HANDLE_REGISTRAR, TAG_TASK_UP)); /* nobody is there to tell */
    registrar = launch("registrar");
    assert_int_equal(sent_count, 3);
    assert_int_equal(sent[0].w[1], FAKE_PAGER);
    assert_string_equal((char *)&sent[0].w[2], "pager");
    assert_int_equal(sent[1].w[1], one);
    assert_string_equal((char *)&sent[1].w[2], "one");
    assert_int_equal(sent[2].w[1], registrar);
    /* Its inbox is full: the pager does not wait, and loses nothing. */
    registrar_says = STATUS_FULL;
    sent_count = 0;
    two = launch("two");
    task_end(task_by_id(one), 0, false);
    settle();
    assert_int_equal(simple(two, TAG_MEMORY, 0, 0, 0), STATUS_OK); /* replies go on */
    assert_true(send_news_left());
    one = launch("one");
    task_end(task_by_id(one), 0, false);
    assert_null(last_sent(HANDLE_REGISTRAR, TAG_TASK_UP));
    registrar_says = STATUS_OK;
    sent_count = 0;
    assert_false(send_news_left());
    /* The first `one` went and `two` came; the second `one` was never told of. */
    assert_int_equal(sent_count, 2);
    assert_int_equal(last_sent(HANDLE_REGISTRAR, TAG_TASK_UP)->w[1], two);
    slot = TASK_SLOT(last_sent(HANDLE_REGISTRAR, TAG_TASK_DOWN)->w[1]);
    assert_int_equal(tasks[slot].told, 0);
    settle();
    assert_int_equal(fake_box.in.out_head, fake_box.out.out_tail);
}

static void a_full_outbox_of_replies_goes_out(void **state)
{
    uint32_t one = launch("one");
    struct line in = {.peer = one, .tag = TAG_MEMORY, .lines = 1, .flags = FLAG_CALL};

    (void)state;
    sent_count = 0;
    for (int i = 0; i < 300; i++) { /* nobody posts in between but the pager itself */
        in.w[0] = i;
        request_handle(&in);
    }
    post_flush();
    assert_int_equal(sent_count, 300);
    for (int i = 0; i < 300; i++)
        assert_int_equal(sent[i].w[0], i);
}

static void ps_names_everybody(void **state)
{
    uint32_t one = launch("one");
    struct line r;

    (void)state;
    assert_int_equal(request(one, TAG_PS, 0, 0, 0, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], FAKE_PAGER);
    assert_string_equal((char *)&r.w[6], "pager");
    assert_int_equal(request(one, TAG_PS, 0, 0, TASK_SLOT(FAKE_PAGER) + 1, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], one);
    assert_int_equal(r.w[5], 4);
    assert_string_equal((char *)&r.w[6], "one");
    assert_int_equal(request(one, TAG_PS, 0, 0, TASK_SLOT(one) + 1, 0, NULL, &r), STATUS_NONE);
    assert_int_equal(request(one, TAG_PS, 0, 0, 0xFFFFFFFF, 0, NULL, &r), STATUS_NONE);
    assert_int_equal(request(one, TAG_CHECK, 0, 0, 0, 0, NULL, &r), STATUS_OK);
    assert_int_equal(r.w[2], 0);
}

/* Last: it can be done once. */
static void a_module_moves_once_to_whom_it_is_for(void **state)
{
    uint32_t one = launch("one"), two = launch("two"), at;
    struct line r;

    (void)state;
    assert_int_equal(request(two, TAG_MODULE, 0, 0, 0, 0, "data", &r), STATUS_NOT_GRANTABLE);
    assert_int_equal(request(one, TAG_MODULE, 0, 0, 0, 0, "prog", &r), STATUS_NOT_GRANTABLE);
    assert_int_equal(request(one, TAG_MODULE, 0, 0, 0, 0, "data", &r), STATUS_OK);
    assert_int_equal(r.w[3], DATA_LEN);
    at = r.w[2];
    assert_true(at >= LANDING_BASE && at + DATA_LEN <= LANDING_END);
    assert_int_equal(at % TABLE_SPAN, DATA % TABLE_SPAN); /* so that a table moved as a whole */
    for (uint32_t page = 0; page < DATA_LEN; page += PAGE_SIZE) {
        struct fake_page p = fake_page(one, at + page);

        assert_int_not_equal(p.frame, 0);
        assert_int_equal(p.rights, 0);
        assert_int_equal(fake_bytes(p.frame)[0], 0xDA);
        assert_int_equal(fake_page(FAKE_PAGER, DATA + page).frame, 0);
    }
    assert_int_equal(request(one, TAG_MODULE, 0, 0, 0, 0, "data", &r), STATUS_NO_SUCH);
    /* Released and fallen with the task, its frames are everybody's. */
    assert_int_equal(request(one, TAG_RELEASE, 0, 0, at, 2, NULL, &r), STATUS_OK);
    task_end(task_by_id(one), 0, false);
    task_end(task_by_id(two), 0, false);
    settle();
    assert_true(fake_free() >= baseline + DATA_LEN / PAGE_SIZE + 1);
    baseline = fake_free();
}

static void landing_room_is_found(void **state)
{
    uint32_t id = launch("one"), a, b, c;
    struct task *t = task_by_id(id);

    (void)state;
    a = landing_find(t, 1, 0, NULL);
    assert_int_equal(a, LANDING_BASE);
    assert_int_equal(landing_find(t, 1, 0, NULL), a); /* nothing has come: the same again */
    assert_int_equal(memory_map(t, a, MAP_W), STATUS_OK);
    b = landing_find(t, 3, 0, NULL);
    assert_int_equal(b, LANDING_BASE + PAGE_SIZE); /* shares the table */
    assert_int_equal(memory_map(t, b + 2 * PAGE_SIZE, MAP_W), STATUS_OK);
    c = landing_find(t, 512, 0x5000, NULL); /* no whole table in it: anywhere */
    assert_int_equal(c, LANDING_BASE + TABLE_SPAN);
    c = landing_find(t, 512, TABLE_SPAN, NULL);
    assert_int_equal(c % TABLE_SPAN, 0);
    c = landing_find(t, 1024, 0x5000, NULL); /* as it lay, no table in the way */
    assert_int_equal(c % TABLE_SPAN, 0x5000);
    assert_int_equal(landing_find(t, 524288, 0, NULL), 0);
    assert_int_equal(landing_find(t, 524288 - 512, 0, NULL), LANDING_BASE + TABLE_SPAN);
    t->landing = LANDING_END;
    /* From the beginning again, but not where something is. */
    assert_int_equal(landing_find(t, 1, 0, NULL), LANDING_BASE + TABLE_SPAN);
    t->landing = LANDING_END - PAGE_SIZE;
    assert_int_equal(landing_find(t, 1, 0, NULL), LANDING_END - TABLE_SPAN);
    /* Empty tables give way when nothing else does. */
    for (uint32_t at = LANDING_BASE + TABLE_SPAN; at < LANDING_END; at += TABLE_SPAN)
        assert_int_equal(memory_table(t, at), STATUS_OK);
    assert_int_equal(landing_find(t, 1024, 0, NULL), LANDING_BASE + TABLE_SPAN);
    assert_false(fake_table(id, LANDING_BASE + TABLE_SPAN));
    assert_true(fake_table(id, LANDING_BASE));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, count_before, count_after)
    const struct CMUnitTest tests[] = {
        TEST(a_program_is_loaded_as_its_elf_says),
        TEST(what_cannot_start_says_why_and_leaves_nothing),
        TEST(out_of_memory_anywhere_is_survived),
        TEST(many_lives_in_all_slots),
        TEST(pages_come_on_first_touch),
        TEST(other_faults_end_the_task),
        TEST(always_means_five_times_a_second),
        TEST(an_end_waits_for_the_router),
        TEST(heap_requests_are_checked),
        TEST(control_needs_its_badge),
        TEST(exits_are_waited_for),
        TEST(the_registrar_hears_of_everybody),
        TEST(a_full_outbox_of_replies_goes_out),
        TEST(ps_names_everybody),
        TEST(landing_room_is_found),
        TEST(a_module_moves_once_to_whom_it_is_for),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
