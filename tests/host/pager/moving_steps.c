/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps of the tests about moves; moving_steps.h says which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "moving_steps.h"
#include "../../../pager/fault.h"

uint32_t a, b;

static uint32_t baseline;

int set_up(void **state)
{
    (void)state;
    world_start();
    return 0;
}

int before(void **state)
{
    (void)state;
    baseline = fake_free();
    fake_log[0] = 0;
    world_router_says = STATUS_OK;
    a = world_launch("a");
    b = world_launch("b");
    return 0;
}

int after(void **state)
{
    const char *wrong = world_books();

    (void)state;
    fake_after = NULL;
    world_end_all();
    if (!wrong && (fake_free() != frames_free() || fake_free() != baseline))
        wrong = "frames were lost";
    if (wrong)
        print_error("%s\n", wrong);
    return wrong ? -1 : 0;
}

void books_are_true(void)
{
    const char *wrong = world_books();

    if (wrong)
        fail_msg("%s", wrong);
}

uint32_t heap(uint32_t id, uint32_t pages)
{
    uint32_t at = world_alloc(id, pages);

    assert_int_not_equal(at, 0);
    for (uint32_t i = 0; i < pages; i++)
        world_touch(id, at + i * PAGE_SIZE, i + 1);
    return at;
}

uint32_t aligned_heap(uint32_t id, uint32_t tables)
{
    uint32_t at = world_alloc(id, (tables + 1) * TABLE_PAGES);

    assert_int_not_equal(at, 0);
    at = (at + TABLE_SPAN - 1) & ~(TABLE_SPAN - 1);
    for (uint32_t i = 0; i < tables * TABLE_PAGES; i++)
        world_touch(id, at + i * PAGE_SIZE, i + 1);
    return at;
}

void there(uint32_t id, uint32_t at, uint32_t pages, uint32_t first, uint32_t rights)
{
    for (uint32_t i = 0; i < pages; i++) {
        struct fake_page p = fake_page(id, at + i * PAGE_SIZE);

        assert_int_not_equal(p.frame, 0);
        assert_int_equal(p.rights, rights);
        assert_int_equal(*(const uint32_t *)fake_bytes(p.frame), first ? first + i : 0);
    }
}

void not_there(uint32_t id, uint32_t at, uint32_t pages)
{
    for (uint32_t i = 0; i < pages; i++)
        assert_int_equal(fake_page(id, at + i * PAGE_SIZE).frame, 0);
}

enum status grant(uint32_t flags, const struct extent *list, uint32_t count)
{
    enum status status = world_ask(a, world_index(), b, flags, list, count);

    books_are_true();
    return status;
}

enum status grant_one(uint32_t flags, uint32_t address, uint32_t pages)
{
    struct extent e = {address, pages};

    return grant(flags, &e, 1);
}

void a_touch_ends(uint32_t id, uint32_t address, const char *says)
{
    fake_log[0] = 0;
    fake_fault(id, 14, 6, address, 0x400020);
    fault_events();
    if (!strstr(fake_log, says))
        fail_msg("'%s' instead of '%s'", fake_log, says);
    assert_null(task_by_id(id));
}
