/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing the router with hostile mailboxes: the input is a list of steps for seven tasks that
 * post, lie in every word that they may write, enter the router, die and are born again, while
 * nano makes upcalls and kills the router at its commit points. After each step:
 *
 *   nothing that tasks own was written; inbox tails grew by whole messages, each as its sender
 *   posted it and named truly; no unread line was overwritten unless its task lied about its
 *   head; ledgers, reserved room and open calls agree; only a mailbox whose task let head and tail
 *   be more than a ring apart is set aside; what the
 * pager is asked is what a sender wrote, and no extent arrives but as the pager answered to just
 *   that entry, in the pager's call.
 */
// Sources: tests/host/router/world.c $(ROUTER_ON_HOST)
#include <stdlib.h>
#include "world.h"

static const uint8_t *input;
static size_t left;
static uint32_t tails[TASKS]; /* of the inboxes, before the step */
static bool liar[TASKS];      /* its inbox head made no sense once */
static unsigned generation[TASKS];
static struct out_header out_before[TASKS];
static struct line outbox_before[TASKS][MAX_RING];
static struct held held_before[TASKS];
static struct line asks[16]; /* MOVE_ASKs that the pager has read; how many in all */
static unsigned asked;
static unsigned caller;  /* who was in the call gate in this step; 0: nobody */
static bool torn[TASKS]; /* head and tail of a ring were more than the ring apart before the step */

/* The deliveries of this step, as the senders' records said before each commit. */
static struct delivery {
    unsigned from, to;
    uint32_t tail, next, lines; /* a run of messages has one record */
} deliveries[256];
static unsigned delivered;

static void note_records(void)
{
    for (unsigned slot = 1; slot < TASKS; slot++) {
        const struct in_header *in = &window[slot].in;
        struct delivery now = {slot, TASK_SLOT(in->record.dest), in->record.tail, in->record.next,
                               in->record.next - in->out_head};

        if (in->self == 0 || in->self != id_of(slot) || in->record.next == in->out_head ||
            in->record.dest == 0 || in->record.tail == window[now.to].in.in_tail)
            continue;
        if (delivered && memcmp(&deliveries[delivered - 1], &now, sizeof now) == 0)
            continue;
        must(delivered < 256);
        deliveries[delivered++] = now;
    }
}

/* Who sent the message that ends at inbox index `tail` of the slot; `next` is its sender's. */
static struct delivery delivery_of(unsigned slot, uint32_t tail)
{
    for (unsigned i = delivered; i-- > 0;) {
        struct delivery found = deliveries[i];
        uint32_t after = found.tail - tail;

        if (found.to == slot && after < found.lines) {
            found.next -= after;
            return found;
        }
    }
    world_abort("a message has a record", __FILE__, __LINE__);
}

static uint32_t byte(void) { return left ? left--, *input++ : 0; }

/* Small numbers, numbers near a power of two, and any number. */
static uint32_t word(void)
{
    uint32_t kind = byte();

    if (kind < 0xC0)
        return kind % 72;
    if (kind < 0xE0)
        return (1u << kind % 32) - 1 + byte() % 3;
    return byte() | byte() << 8 | byte() << 16 | byte() << 24;
}

static unsigned a_slot(void) { return 1 + byte() % (TASKS - 1); }

static void step_post(unsigned slot)
{
    struct mailbox *box = &window[slot];
    uint32_t index = box->out.out_tail, how = byte();
    unsigned lines = how & 1 ? 1 : byte() % 34;
    static const uint8_t flags[] = {0,           0,           0,          FLAG_CALL,  FLAG_CALL,
                                    FLAG_CALL,   FLAG_REPLY,  FLAG_REPLY, FLAG_REPLY, FLAG_FORWARD,
                                    FLAG_NOTIFY, FLAG_CANCEL, 0xFF};
    struct line line = {
        .peer = word(), .lines = (uint8_t)lines, .flags = flags[byte() % sizeof flags]};

    if (line.flags == 0xFF)
        line.flags = (uint8_t)byte();
    line.tag = (uint16_t)(how & 2 ? 1 + byte() % 4 : byte());
    line.badge = line.flags == FLAG_FORWARD ? box->out.in_head + byte() % 4 : word();
    line.cookie = word();
    for (unsigned i = 0; i < PAYLOAD_WORDS; i++)
        line.w[i] = i < 7 ? word() : index;
    if (line.flags == FLAG_CANCEL && how & 16)
        line.w[0] = box->in.ledger[byte() & directory[slot].out_mask].index;
    if (how & 4) {
        line.w[1] = id_of(a_slot());
        line.w[3] = how & 8 ? ID_ROUTER : id_of(a_slot());
        line.w[6] = 0xFFFF0000;
    }
    if (line.flags == FLAG_REPLY && unread(slot) && how & 16) {
        const struct line *ask = &box->inbox[box->out.in_head & directory[slot].in_mask];

        line.peer = ask->peer;
        line.w[0] = ask->w[0];
    }
    box->outbox[index & directory[slot].out_mask] = line;
    for (unsigned i = 1; i < lines; i++)
        memset(&box->outbox[(index + i) & directory[slot].out_mask], (int)(index + i), LINE_BYTES);
    box->out.out_tail += how & 32 ? lines : lines % 33;
}

/* Plain lines by the same route, mostly: a run. */
static void step_run(unsigned slot)
{
    struct mailbox *box = &window[slot];
    uint32_t handle = 4 + byte() % 3, lines = byte() % 40;

    for (uint32_t i = 0; i < lines; i++) {
        uint32_t index = box->out.out_tail++;
        struct line *line = &box->outbox[index & directory[slot].out_mask];

        *line = (struct line){.peer = handle, .tag = 1, .lines = 1, .w = {index, index}};
    }
    if (byte() % 4 == 0)
        step_post(slot);
}

/* As libpost does. */
static void drop_refused(unsigned slot)
{
    const struct held *held = &window[slot].in.held;

    if (status_refuses(held->reason))
        window[slot].outbox[held->index & directory[slot].out_mask].peer = HANDLE_VOID;
}

/* A GRANT or LEND that looks right, but for a word now and then; by a route that may. */
static void step_grant(unsigned slot)
{
    struct mailbox *box = &window[slot];
    uint32_t index = box->out.out_tail, how = byte(), count = how & 1 ? 1 : word();
    static const uint8_t flags[] = {FLAG_GRANT, FLAG_GRANT, FLAG_GRANT | FLAG_CALL,
                                    FLAG_GRANT | FLAG_CALL | FLAG_LEND};
    struct line line = {.peer = how & 2 ? 4 : 5,
                        .tag = (uint16_t)byte(),
                        .lines = how & 4 && byte() % 4 == 0 ? 2 : 1,
                        .flags = flags[how >> 4 & 3],
                        .badge = how & 8 ? byte() % 4 : 0,
                        .cookie = index,
                        .w = {0, index, index + 1}};

    drop_refused(slot);
    line.w[3] = count | (how & 64 ? EXTENT_LIST : 0) | (how & 128 ? EXTENT_READ_ONLY : 0);
    for (unsigned i = 0; i < 8; i++)
        line.w[4 + i] = i % 2 ? word() : LANDING_BASE + index % 1024 * PAGE_SIZE;
    for (unsigned i = 0; how & 64 && i < MAX_EXTENTS; i++)
        box->out.extents[i] = (struct extent){LANDING_BASE + (index + i) % 1024 * PAGE_SIZE, i};
    box->outbox[index & directory[slot].out_mask] = line;
    box->out.out_tail += line.lines;
}

/* Takes the next message, if there is one. Who lied about
 * its head skips all when it makes no sense. */
static const struct line *next_mail(unsigned slot)
{
    if (unread(slot) > directory[slot].in_mask + 1 || (unread(slot) && peek(slot)->lines == 0)) {
        must(liar[slot]);
        window[slot].out.in_head = window[slot].in.in_tail;
    }
    return unread(slot) ? take(slot) : NULL;
}

/* Drops mail up to the first call, and replies to that. */
static void step_reply(unsigned slot)
{
    struct mailbox *box = &window[slot];
    const struct line *call;

    drop_refused(slot);
    while ((call = next_mail(slot))) {
        if (!(call->flags & FLAG_CALL))
            continue;
        box->outbox[box->out.out_tail & directory[slot].out_mask] = (struct line){
            .peer = call->peer, .lines = 1, .flags = FLAG_REPLY, .w = {call->w[0], byte()}};
        box->out.out_tail++;
        return;
    }
}

/* Has it been lent something that it has not read of yet? */
static bool borrows(unsigned slot)
{
    return unread(slot) && unread(slot) <= directory[slot].in_mask + 1 &&
           (peek(slot)->flags & (FLAG_LEND | FLAG_CALL)) == (FLAG_LEND | FLAG_CALL);
}

/* The pager reads its mail, and answers one of the last asks: mostly the last, mostly well. */
static void step_answer(unsigned pager)
{
    struct mailbox *box = &window[pager];
    uint32_t how = byte();
    static uint32_t landing;

    drop_refused(PAGER);
    for (const struct line *mail; (mail = next_mail(PAGER));)
        if (mail->peer == ID_ROUTER && mail->tag == TAG_MOVE_ASK)
            asks[asked++ % 16] = *mail;
    const struct line *ask = &asks[(asked - 1 - (how & 1 ? 0 : byte())) % 16];
    struct line line = {.peer = HANDLE_ROUTER, .tag = TAG_MOVE_ANSWER, .lines = 1};

    line.w[0] = how & 6 ? ask->w[0] : byte();
    line.w[1] = how & 6 ? ask->w[1] : id_of(a_slot());
    line.w[2] = ask->w[2] + (how & 24 ? 0 : word());
    line.w[3] = (how & 96 ? STATUS_OK : word()) | (how & 128 ? 1 : word()) << 16;
    for (unsigned i = 4; i < PAYLOAD_WORDS; i++)
        line.w[i] = LANDING_BASE + landing++; /* no two answers are alike */
    box->outbox[box->out.out_tail & directory[PAGER].out_mask] = line;
    box->out.out_tail++;
}

static void step_lie(unsigned slot)
{
    struct out_header *out = &window[slot].out;

    switch (byte() % 5) {
    case 0: out->out_tail = out->out_tail + word() - byte(); break;
    case 1:
        out->in_head = out->in_head + word();
        liar[slot] = true;
        break;
    case 2: out->looked = word(); break;
    case 3: out->seen = word(); break;
    case 4: window[slot].outbox[byte() & directory[slot].out_mask].peer = word(); break;
    }
}

static void step_read(unsigned slot)
{
    for (unsigned n = byte() % 64; n && next_mail(slot); n--)
        ;
    window[slot].out.looked = window[slot].in.in_tail;
    window[slot].out.seen = window[slot].in.signals;
    drop_refused(slot);
}

static void step_rebirth(unsigned slot)
{
    generation[slot] = generation[slot] % 0xFFFF + 1;
    end_task(slot);
    start_task(slot, generation[slot], byte() & 1 ? 64 : 128);
    liar[slot] = false;
    tails[slot] = start_index;
    if (slot == REGISTRAR)
        nano_page.registrar = byte() & 1 ? id_of(slot) : 0;
    if (slot == PAGER)
        nano_page.pager = id_of(slot);
}

static void remember(void)
{
    delivered = 0;
    for (unsigned slot = 1; slot < TASKS; slot++) {
        tails[slot] = window[slot].in.in_tail;
        out_before[slot] = window[slot].out;
        held_before[slot] = window[slot].in.held;
        torn[slot] =
            window[slot].in.self == id_of(slot) &&
            (window[slot].out.out_tail - window[slot].in.out_head > directory[slot].out_mask + 1 ||
             unread(slot) > directory[slot].in_mask + 1);
        memcpy(outbox_before[slot], window[slot].outbox, sizeof outbox_before[slot]);
    }
}

/* What the router asks the pager: of a live task's entry, and what that task wrote. */
static void check_ask(const struct mailbox *box, uint32_t index, uint32_t mask)
{
    const struct line *line = &box->inbox[index & mask];
    unsigned from = TASK_SLOT(line->w[1]);
    uint32_t count = line->w[4] >> 16, words = line->w[4] & MOVE_RETURN ? count : 2 * count;

    must(line == &window[PAGER].inbox[index & mask]);
    must(from >= 1 && from < TASKS && id_of(from) == line->w[1]);
    must(count >= 1 && count <= EXTENT_LIST_MAX);
    must(line->lines == 1 + (words > 7 ? (words - 7 + 15) / 16 : 0));

    const struct line *posted = &window[from].outbox[line->w[2] & directory[from].out_mask];
    const uint32_t *wrote = line->w[4] & MOVE_RETURN ? &posted->w[0]
                            : line->w[4] & MOVE_LIST ? &window[from].out.extents[0].address
                                                     : &posted->w[4];

    for (uint32_t i = 0; i < words; i++) {
        const uint32_t *further = (const uint32_t *)&box->inbox[(index + 1 + (i - 7) / 16) & mask];
        must((i < 7 ? line->w[5 + i] : ((const uint32_t *)further)[(i - 7) % 16]) == wrote[i]);
    }
}

/* Frames came with it, or went back before it: then the
 * pager has just said so, of just this entry. */
static void check_landed(unsigned to, const struct line *line, const struct delivery *by)
{
    uint32_t mask = directory[PAGER].out_mask, index = window[PAGER].out.out_tail;
    const struct held *held = &held_before[by->from];
    bool answered = false;
    must(caller == PAGER && held->reason == STATUS_MOVE && held->peer == id_of(to));
    must(held->index == by->next - line->lines);
    for (unsigned i = 0; i <= mask && !answered; i++) {
        const struct line *answer = &outbox_before[PAGER][--index & mask];
        answered = answer->peer == HANDLE_ROUTER && answer->tag == TAG_MOVE_ANSWER &&
                   answer->w[0] == held->ask && answer->w[1] == id_of(by->from) &&
                   answer->w[2] == held->index && (answer->w[3] & 0xFFFF) == STATUS_OK &&
                   (!(line->flags & FLAG_GRANT) ||
                    (answer->w[3] >> 16 == line->w[3] &&
                     memcmp(&answer->w[4], &line->w[4], 8 * sizeof line->w[4]) == 0));
    }
    must(answered);
}

/* Of a CANCEL the server sees only who and which. */
static void check_cancel(const struct line *line, const struct line *posted, unsigned from)
{
    const struct call *call = &window[from].in.ledger[line->w[0] & directory[from].out_mask];
    struct line right = {
        .peer = id_of(from), .lines = 1, .flags = FLAG_CANCEL, .w[0] = posted->w[0]};

    must(memcmp(line, &right, sizeof right) == 0);
    must(call->index != line->w[0] || (call->server == 0 && !(call->room & CALL_LENT)));
}

/* The message at inbox index `index` of `slot`: whole, and as it was posted. Returns its lines. */
static uint32_t check_message(unsigned slot, uint32_t index)
{
    const struct mailbox *box = &window[slot];
    uint32_t mask = directory[slot].in_mask;
    const struct line *line = &box->inbox[index & mask];

    must(line->lines >= 1 && line->lines <= MAX_LINES);
    must(box->in.first[index & mask] != FIRST_INSIDE);
    must(line->peer != ID_NOBODY);
    if (line->peer == ID_ROUTER) {
        must(line->lines == 1 || line->tag == TAG_MOVE_ASK);
        if (line->tag == TAG_MOVE_ASK)
            check_ask(box, index, mask);
        return line->lines;
    }
    struct delivery by = delivery_of(slot, index + line->lines);
    unsigned from = by.from;
    uint32_t first = by.next - line->lines, out_mask = directory[from].out_mask;
    const struct line *posted = &window[from].outbox[first & out_mask];

    if (posted->flags == FLAG_CANCEL) {
        check_cancel(line, posted, from);
        return 1;
    }
    must(posted->tag == line->tag && posted->lines == line->lines);
    must((posted->flags & ~FLAG_FORWARD) == (line->flags & ~(FLAG_FORWARD | FLAG_CALL)) ||
         posted->flags == (line->flags & FLAG_REPLY ? line->flags & ~FLAG_LEND : line->flags));
    if (line->flags & (FLAG_GRANT | FLAG_LEND))
        check_landed(slot, line, &by);
    else if (line->flags & FLAG_REPLY && slot != caller)
        must(!(box->in.ledger[line->w[0] & directory[slot].out_mask].room & CALL_LENT));
    must(memcmp(&posted->w[1], &line->w[1],
                line->flags & FLAG_GRANT ? 8 : sizeof line->w - sizeof line->w[0]) == 0);
    if (posted->flags == FLAG_FORWARD)
        must(line->peer == id_of(from) ||
             route_cache[from].row[posted->peer].rights & RIGHT_INTERPOSE);
    else
        must(line->peer == id_of(from));
    for (uint32_t i = 1; i < line->lines; i++) {
        must(memcmp(&window[from].outbox[(first + i) & out_mask], &box->inbox[(index + i) & mask],
                    LINE_BYTES) == 0);
        must(box->in.first[(index + i) & mask] == FIRST_INSIDE);
    }
    return line->lines;
}

static void check(void)
{
    check_mailboxes();
    for (unsigned slot = 1; slot < TASKS; slot++) {
        const struct mailbox *box = &window[slot];
        uint32_t size = directory[slot].in_mask + 1, index = tails[slot];

        must(memcmp(&box->out, &out_before[slot], sizeof box->out) == 0);
        must(memcmp(box->outbox, outbox_before[slot], sizeof outbox_before[slot]) == 0);
        if (torn[slot] && box->in.held.reason == STATUS_RESET)
            index = box->in.in_tail;
        must(box->in.in_tail - index <= size);
        while (index != box->in.in_tail) {
            index += check_message(slot, index);
            must(box->in.in_tail - index <= size);
        }
        if (!liar[slot])
            must(unread(slot) + box->in.reserved <= size);
        must(box->in.held.reason != STATUS_RESET || torn[slot] ||
             held_before[slot].reason == STATUS_RESET);
        must(box->in.held.reason != STATUS_POISONED || box->in.held.kills >= 3);
    }
}

static void restart(unsigned culprit)
{
    kill_at = byte() % 8;
    while (restart_router(culprit).killed)
        ;
    kill_at = 0;
}

static void step(void)
{
    unsigned what = byte(), slot = a_slot();
    static const uint32_t events[] = {UPCALL_IRQ, UPCALL_EVENT, UPCALL_GONE, 77};

    caller = 0;
    switch (what % 15) {
    case 0 ... 3: step_post(slot); break;
    case 4: step_run(slot); break;
    case 5:
        if (what > 128)
            step_lie(slot);
        else
            step_read(slot);
        break;
    case 6: step_read(slot); break;
    case 7:
        if (what > 200)
            step_rebirth(slot);
        else
            wake_list.count = 0;
        break;
    case 12: step_grant(slot == PAGER ? (slot = A) : slot); break;
    case 13: step_answer(slot = PAGER); break;
    case 14:
        for (unsigned s = 1; s < TASKS && !borrows(slot); s++)
            slot = borrows(s) ? s : slot;
        step_reply(slot);
        break;
    }
    if (what % 15 == 8 && window[slot].in.self == id_of(slot)) {
        uint32_t dest = byte() % 9 ? id_of(a_slot()) : ID_ROUTER;
        set_route(slot, 4 + byte() % 4, dest, byte(), byte());
    }
    remember();
    switch (what % 15) {
    case 9:
        if (upcall_from_nano(events[byte() % 3], what > 128 ? word() : id_of(slot)).killed)
            abort();
        break;
    default:
        kill_at = what > 220 ? byte() % 16 : 0;
        nano_page.attention = what & 64 ? ATTENTION_ALL : 0;
        caller = slot;
        if (call(slot, what & 32 ? GATE_POST_WAIT : GATE_POST, word()).killed)
            restart(slot);
        kill_at = 0;
        break;
    }
    check();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = data;
    left = size;
    at_barrier = note_records;
    start_index = byte() & 1 ? -byte() : 0;
    world_make();
    memset(liar, 0, sizeof liar);
    memset(asks, 0, sizeof asks);
    asked = 0;
    for (unsigned slot = 1; slot < TASKS; slot++) {
        generation[slot] = 1;
        set_route(slot, 4, id_of(slot % (TASKS - 1) + 1), slot,
                  ALL_RIGHTS | RIGHT_FORWARD | RIGHT_GRANT | RIGHT_LEND);
        set_route(slot, 5, id_of((slot + 2) % (TASKS - 1) + 1), slot, 0xFF);
    }
    while (left)
        step();
    return 0;
}
