/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Views as the pager changes them: parts, tables, pages, moves; every refusal leaves everything
 * as it was. The judge of "everything" is conserved(): each user frame is free and mapped nowhere,
 * or mapped exactly once.
 * Sources: nano/frame.c nano/walk.c nano/map.c nano/part.c
 */
#include "machine.h"

#define ONE (&tasks[1])
#define TWO (&tasks[2])
#define P   0x00400000u

static int reset(void **state)
{
    (void)state;
    machine_reset();
    give_parts(ONE);
    give_parts(TWO);
    assert_int_equal(view_give_table(ONE, P, any_free()), STATUS_OK);
    assert_int_equal(view_give_table(TWO, P, any_free()), STATUS_OK);
    return 0;
}

/* Counts the mappings of each frame in all program and landing pages of both tasks. */
static int conserved(void **state)
{
    static uint8_t count[FRAMES];

    (void)state;
    memset(count, 0, sizeof count);
    for (unsigned s = 1; s < 3; s++)
        for (uint64_t a = PROGRAM_BASE; a < LANDING_END; a += TABLE_SPAN) {
            pte_t *table = view_address_ok(a) ? view_pte(&tasks[s], a) : NULL;
            for (unsigned i = 0; table && i < PTES; i++)
                if (table[i] & PTE_P) {
                    assert_false(table[i] & PTE_W && !(table[i] & PTE_NX));
                    count[PTE_FRAME(table[i]) - FIRST_FRAME]++;
                }
        }
    for (uint32_t f = 0; f < FRAMES; f++)
        assert_int_equal(count[f], frame_is(FIRST_FRAME + f, FRAME_MAPPED) ? 1 : 0);
    return 0;
}

static uint32_t map_one(struct task *t, uint32_t address, uint32_t rights)
{
    uint32_t frame = any_free();

    assert_int_equal(view_map(t, address, frame, rights), STATUS_OK);
    return frame;
}

static void a_mailbox_has_one_writer_in_each_ring(void **state)
{
    pte_t own_out = *view_pte(ONE, OWN_MAILBOX), own_in = *view_pte(ONE, OWN_MAILBOX + PAGE_SIZE);

    (void)state;
    assert_true(own_out & PTE_W && own_out & PTE_U && own_out & PTE_NX);
    assert_false(own_in & PTE_W);
    assert_false(*window_pte(1, 0) & (PTE_W | PTE_U));
    assert_true(*window_pte(1, 1) & PTE_W);
    assert_false(*window_pte(1, 1) & PTE_U);
    assert_int_equal(PTE_FRAME(own_out), PTE_FRAME(*window_pte(1, 0)));
    assert_false(*view_pte(ONE, NAMEPLATE) & (PTE_U | PTE_W));
}

static void a_ring_is_mapped_twice_in_a_row(void **state)
{
    (void)state;
    assert_int_equal(*window_pte(1, 4), *window_pte(1, 5));
    assert_int_equal(*window_pte(1, 6), 0);
    machine_reset();
    ONE->out_lines = MAX_RING;
    give_parts(ONE);
    assert_int_equal(*window_pte(1, 4), *window_pte(1, 6));
    assert_int_equal(*window_pte(1, 5), *window_pte(1, 7));
    assert_int_not_equal(*window_pte(1, 4), *window_pte(1, 5));
    give_parts(TWO);
}

static void new_frames_are_zeroed(void **state)
{
    uint32_t frame = map_one(ONE, P, MAP_W);

    (void)state;
    for (unsigned i = 0; i < 1024; i++)
        assert_int_equal(((uint32_t *)frame_memory(frame))[i], 0);
}

static void map_refuses(void **state)
{
    uint32_t mapped = map_one(ONE, P, MAP_W), free_frame = any_free();

    (void)state;
    assert_int_equal(view_map(ONE, P, free_frame, 0), STATUS_MAPPED);
    assert_int_equal(view_map(ONE, P + PAGE_SIZE, mapped, 0), STATUS_BAD_FRAME);
    assert_int_equal(view_map(TWO, P, mapped, 0), STATUS_BAD_FRAME);
    assert_int_equal(view_map(ONE, P + PAGE_SIZE, ONE->part[PART_IN_HEADER], 0), STATUS_BAD_FRAME);
    assert_int_equal(view_map(ONE, P + PAGE_SIZE, ONE->part[PART_DIRECTORY0], 0), STATUS_BAD_FRAME);
    assert_int_equal(view_map(ONE, P + PAGE_SIZE, 5, 0), STATUS_BAD_FRAME);
    assert_int_equal(view_map(ONE, P + PAGE_SIZE, UINT32_MAX, 0), STATUS_BAD_FRAME);
    assert_int_equal(view_map(ONE, P + PAGE_SIZE, free_frame, MAP_W | MAP_X), STATUS_WRITE_EXEC);
    assert_int_equal(view_map(ONE, P + 1, free_frame, 0), STATUS_BAD_ADDRESS);
    assert_int_equal(view_map(ONE, 0, free_frame, 0), STATUS_BAD_ADDRESS);
    assert_int_equal(view_map(ONE, OWN_MAILBOX, free_frame, 0), STATUS_BAD_ADDRESS);
    assert_int_equal(view_map(ONE, ROUTER_BASE, free_frame, 0), STATUS_BAD_ADDRESS);
    assert_int_equal(view_map(ONE, NANO_BASE, free_frame, 0), STATUS_BAD_ADDRESS);
    assert_int_equal(view_map(ONE, LANDING_BASE, free_frame, 0), STATUS_NO_TABLE);
    assert_true(frame_is(free_frame, FRAME_FREE));
}

/* A part is no frame that somebody has, or it would have two writers. */
static void parts_refuse(void **state)
{
    uint32_t mapped = map_one(ONE, P, MAP_W), frame;

    (void)state;
    ONE->life = LIFE_MADE;
    assert_int_equal(part_take(ONE, PART_INBOX0, &frame), STATUS_OK);
    assert_int_equal(part_give(ONE, PART_INBOX0, mapped), STATUS_BAD_FRAME);
    assert_int_equal(part_give(ONE, PART_INBOX0, TWO->part[PART_INBOX0]), STATUS_BAD_FRAME);
    assert_int_equal(part_give(ONE, PART_INBOX0, 5), STATUS_BAD_FRAME);
    assert_int_equal(part_give(ONE, PART_IN_HEADER, frame), STATUS_MAPPED);
    assert_int_equal(part_give(ONE, PART_COUNT, frame), STATUS_NO_SUCH);
    assert_int_equal(part_give(ONE, PART_INBOX0, frame), STATUS_OK);
}

static void unmap_gives_the_frame_back(void **state)
{
    uint32_t frame = map_one(ONE, P, MAP_W), back = 0;

    (void)state;
    assert_int_equal(view_unmap(ONE, P, &back), STATUS_OK);
    assert_int_equal(back, frame);
    assert_true(frame_is(frame, FRAME_FREE));
    assert_int_equal(view_unmap(ONE, P, &back), STATUS_NOT_MAPPED);
}

static void tables_go_only_when_empty(void **state)
{
    uint32_t frame;

    (void)state;
    map_one(ONE, P + 511 * PAGE_SIZE, 0);
    assert_int_equal(view_take_table(ONE, P, &frame), STATUS_NOT_EMPTY);
    assert_int_equal(view_unmap(ONE, P + 511 * PAGE_SIZE, &frame), STATUS_OK);
    assert_int_equal(view_take_table(ONE, P, &frame), STATUS_OK);
    assert_true(frame_is(frame, FRAME_FREE));
    assert_int_equal(view_take_table(ONE, P, &frame), STATUS_NO_TABLE);
    assert_int_equal(view_take_table(ONE, OWN_BASE, &frame), STATUS_BAD_ADDRESS);
}

static void a_run_moves_or_stays(void **state)
{
    uint32_t frames[4];

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        frames[i] = map_one(ONE, P + i * PAGE_SIZE, MAP_W);
    assert_int_equal(view_move(ONE, P, TWO, P, MAP_W, 5), STATUS_NOT_MAPPED);
    map_one(TWO, P + 13 * PAGE_SIZE, 0);
    assert_int_equal(view_move(ONE, P, TWO, P + 10 * PAGE_SIZE, MAP_W, 4), STATUS_MAPPED);
    assert_int_equal(view_move(ONE, P, TWO, P + 509 * PAGE_SIZE, MAP_W, 4), STATUS_BAD_ADDRESS);
    assert_int_equal(view_move(ONE, P, TWO, P, MAP_W, 0), STATUS_BAD_ADDRESS);
    assert_int_equal(view_move(ONE, P, TWO, P, MAP_W, 0x10000), STATUS_BAD_ADDRESS);
    assert_int_equal(view_move(ONE, P, ONE, P + 2 * PAGE_SIZE, MAP_W, 4), STATUS_MAPPED);
    assert_int_equal(view_move(ONE, P, TWO, LANDING_BASE, MAP_W, 4), STATUS_NO_TABLE);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(PTE_FRAME(*view_pte(ONE, P + i * PAGE_SIZE)), frames[i]);
    assert_int_equal(view_move(ONE, P, TWO, P, MAP_W, 4), STATUS_OK);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(*view_pte(ONE, P + i * PAGE_SIZE), 0);
        assert_int_equal(PTE_FRAME(*view_pte(TWO, P + i * PAGE_SIZE)), frames[i]);
    }
}

static void rights_only_shrink(void **state)
{
    (void)state;
    map_one(ONE, P, 0);
    map_one(ONE, P + PAGE_SIZE, MAP_W);
    assert_int_equal(view_move(ONE, P, TWO, P, MAP_W, 1), STATUS_OK);
    assert_false(*view_pte(TWO, P) & PTE_W);
    assert_int_equal(view_move(ONE, P + PAGE_SIZE, TWO, P + PAGE_SIZE, MAP_X, 1), STATUS_OK);
    assert_false(*view_pte(TWO, P + PAGE_SIZE) & PTE_W);
    assert_true(*view_pte(TWO, P + PAGE_SIZE) & PTE_NX);
}

static void whole_tables_move(void **state)
{
    uint32_t frame = map_one(ONE, P + PAGE_SIZE, MAP_W);
    uint32_t table = PTE_FRAME(*view_directory_pte(ONE, P));

    (void)state;
    assert_int_equal(view_move_tables(ONE, P, TWO, P, MAP_W, 1), STATUS_MAPPED);
    assert_int_equal(view_move_tables(ONE, P, TWO, LANDING_BASE, MAP_W, 2), STATUS_NO_TABLE);
    assert_int_equal(view_move_tables(ONE, P + PAGE_SIZE, TWO, LANDING_BASE, MAP_W, 1),
                     STATUS_BAD_ADDRESS);
    assert_int_equal(view_move_tables(ONE, P, TWO, OWN_BASE, MAP_W, 1), STATUS_BAD_ADDRESS);
    assert_int_equal(view_move_tables(ONE, P, TWO, OWN_BASE - TABLE_SPAN, MAP_W, 3),
                     STATUS_BAD_ADDRESS);
    assert_int_equal(view_move_tables(ONE, P, TWO, LANDING_END - TABLE_SPAN, MAP_W, 2),
                     STATUS_BAD_ADDRESS);
    assert_int_equal(view_move_tables(ONE, P, TWO, LANDING_BASE, 0, 1), STATUS_OK);
    assert_null(view_pte(ONE, P));
    assert_int_equal(PTE_FRAME(*view_directory_pte(TWO, LANDING_BASE)), table);
    assert_int_equal(PTE_FRAME(*view_pte(TWO, LANDING_BASE + PAGE_SIZE)), frame);
    assert_false(*view_directory_pte(TWO, LANDING_BASE) & PTE_W);
    assert_true(*view_directory_pte(TWO, LANDING_BASE) & PTE_NX);
    assert_true(*view_pte(TWO, LANDING_BASE + PAGE_SIZE) & PTE_W); /* its own are kept */
}

/* A page that only its table keeps from being written, or run, does not leave that behind. */
static void a_table_bounds_what_leaves_it(void **state)
{
    (void)state;
    map_one(ONE, P, MAP_W);
    map_one(ONE, P + PAGE_SIZE, MAP_X);
    assert_int_equal(view_move_tables(ONE, P, ONE, LANDING_BASE, 0, 1), STATUS_OK);
    assert_int_equal(view_move(ONE, LANDING_BASE, TWO, P, MAP_W | MAP_X, 2), STATUS_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_false(*view_pte(TWO, P + i * PAGE_SIZE) & PTE_W);
        assert_true(*view_pte(TWO, P + i * PAGE_SIZE) & PTE_NX);
    }
}

static void parts_are_taken_in_the_end(void **state)
{
    uint32_t frame, free_before = frame_count(FRAME_FREE);

    (void)state;
    ONE->life = LIFE_STARTED;
    assert_int_equal(part_take(ONE, PART_INBOX0, &frame), STATUS_BUSY);
    ONE->life = LIFE_RETIRED;
    assert_int_equal(part_take(ONE, PART_INBOX0, &frame), STATUS_BUSY);
    ONE->life = LIFE_TOLD;
    assert_int_equal(part_take(ONE, PART_DIRECTORY0, &frame), STATUS_NOT_EMPTY);
    assert_int_equal(part_take(ONE, PART_OWN_TABLE, &frame), STATUS_NOT_EMPTY);
    assert_int_equal(part_take(ONE, PART_OUTBOX1, &frame), STATUS_NOT_MAPPED);
    assert_int_equal(view_take_table(ONE, P, &frame), STATUS_OK);
    for (int p = PART_COUNT - 1; p >= 0; p--)
        if (ONE->part[p])
            assert_int_equal(part_take(ONE, p, &frame), STATUS_OK);
    assert_int_equal(frame_count(FRAME_FREE), free_before + 10); /* nine parts and a table */
    for (unsigned page = 0; page < 16; page++)
        assert_int_equal(*window_pte(1, page), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mailbox_has_one_writer_in_each_ring, reset, conserved),
        cmocka_unit_test_setup_teardown(a_ring_is_mapped_twice_in_a_row, reset, conserved),
        cmocka_unit_test_setup_teardown(new_frames_are_zeroed, reset, conserved),
        cmocka_unit_test_setup_teardown(map_refuses, reset, conserved),
        cmocka_unit_test_setup_teardown(parts_refuse, reset, conserved),
        cmocka_unit_test_setup_teardown(unmap_gives_the_frame_back, reset, conserved),
        cmocka_unit_test_setup_teardown(tables_go_only_when_empty, reset, conserved),
        cmocka_unit_test_setup_teardown(a_run_moves_or_stays, reset, conserved),
        cmocka_unit_test_setup_teardown(rights_only_shrink, reset, conserved),
        cmocka_unit_test_setup_teardown(whole_tables_move, reset, conserved),
        cmocka_unit_test_setup_teardown(a_table_bounds_what_leaves_it, reset, conserved),
        cmocka_unit_test_setup_teardown(parts_are_taken_in_the_end, reset, conserved),
    };
    return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
