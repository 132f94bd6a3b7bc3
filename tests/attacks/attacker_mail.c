/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an attacker does to its own mailbox, and says to the router: section D of the catalogue.
 * Ring 3. A task may write anything at all into its out header and outbox; the loss must be its
 * own. Each deed is followed by a right one, which must succeed.
 */
#include <post.h>
#include "attacker_mail.h"
#include "hostile.h"
#include "survey.h"

static struct out_header *const out = &post_own->out;
static uint32_t seed = 12345;

static uint32_t noise(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    return seed ^= seed << 5;
}

/*
 * Posts one line, and `lines` in all, and says how the router took it; afterwards the outbox is
 * empty again. Before it is so, too: so there are as many free lines as the ring has.
 */
static enum status post_lines_of(const struct line *content, uint32_t lines)
{
    struct line *line = post_slot_wait(1);
    enum status status;

    *line = *content;
    out->out_tail += lines;
    post_gate(GATE_POST, POST_FOREVER);
    for (unsigned i = 0; post_barrier(), i < 100 && post_own->in.out_head != out->out_tail &&
                                             (post_own->in.held.reason == STATUS_ROUTE ||
                                              post_own->in.held.reason == STATUS_MOVE ||
                                              post_own->in.held.reason == STATUS_OK);
         i++)
        post_gate(GATE_POST_WAIT, post_in(5));
    status = post_own->in.out_head == out->out_tail ? STATUS_OK : post_own->in.held.reason;
    line->peer = HANDLE_VOID;
    ((post_word *)line)[1] = lines << 16;
    post_gate(GATE_POST, POST_FOREVER);
    post_out_limit = out->out_tail + post_own->in.out_mask + 1;
    for (const struct line *mail; (mail = post_peek());)
        post_done(mail);
    return status;
}

static enum status post_line(const struct line *content) { return post_lines_of(content, 1); }

/* OK means that the router let others run first. */
static bool is_bad_operation(uint32_t op)
{
    uint32_t status = STATUS_OK;

    for (unsigned i = 0; i < 5 && status == STATUS_OK; i++)
        status = post_gate(op, noise());
    return status == STATUS_BAD_OP;
}

bool bad_operations(void)
{
    bool good = post_gate(GATE_POST, POST_FOREVER) == STATUS_OK;

    for (uint32_t i = 0; i < 65536; i++)
        good &= (i >= GATE_POST && i <= GATE_POST_WAIT) || is_bad_operation(i);
    for (uint32_t i = 0; i < 4096; i++) {
        uint32_t op = noise() | 4;
        good &= (op & ~(2 * HOSTILE_ROWS - 1)) == (HOSTILE_OPERATION & ~(2 * HOSTILE_ROWS - 1)) ||
                op == SURVEY_OPERATION || is_bad_operation(op);
    }
    return good;
}

bool bad_handles(void)
{
    static const uint32_t handles[] = {40, 63, 64, 255, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};
    bool good = post_line(&line) == STATUS_OK;

    for (unsigned i = 0; i < sizeof handles / sizeof *handles; i++) {
        line.peer = handles[i];
        good &= status_refuses(post_line(&line));
    }
    return good;
}

/* Replies to calls that are not there, of tasks that are not, or not any more. */
bool bad_replies(void)
{
    const uint32_t self = post_own->in.self;
    const uint32_t peers[] = {self,           self + 0x10000,  self - 0x10000, TASK_ID(0, 1),
                              TASK_ID(99, 1), TASK_ID(1, 999), 0xFFFF,         0xFFFFFFFF};
    struct line line = {.tag = TAG_PING, .lines = 1, .flags = FLAG_REPLY};
    bool good = true;

    for (unsigned i = 0; i < sizeof peers / sizeof *peers; i++)
        for (line.w[0] = 0; line.w[0] < 3; line.w[0]++) {
            line.peer = peers[i];
            good &= status_refuses(post_line(&line));
        }
    line = (struct line){.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};
    return good && post_line(&line) == STATUS_OK;
}

/* The last is all there, and its only fault is that it is too long. */
bool bad_lengths(void)
{
    static const uint8_t lengths[] = {0, 5, 33, 128, 255};
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};
    bool good = post_line(&line) == STATUS_OK;

    for (unsigned i = 0; i < sizeof lengths; i++) {
        line.lines = lengths[i];
        good &= post_line(&line) == STATUS_BAD;
    }
    line.lines = MAX_LINES;
    good &= post_lines_of(&line, MAX_LINES) == STATUS_OK;
    line.lines = MAX_LINES + 1;
    return post_lines_of(&line, MAX_LINES + 1) == STATUS_BAD && good;
}

bool bad_tail(uint32_t ahead)
{
    uint32_t tail = out->out_tail, head = post_own->in.out_head;

    out->out_tail = tail + ahead;
    post_gate(GATE_POST, POST_FOREVER);
    post_barrier();
    bool good = post_own->in.out_head == tail + ahead && post_own->in.out_head != head &&
                post_own->in.held.reason == STATUS_RESET;
    post_out_limit = out->out_tail;
    return good && post_gate(GATE_POST, POST_FOREVER) == STATUS_OK;
}

/* It costs the liar its own mail at most. */
bool bad_head(void)
{
    uint32_t head = out->in_head;
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};

    out->in_head += 1000;
    post_gate(GATE_WAIT, post_in(5));
    out->in_head = head;
    return post_line(&line) == STATUS_OK;
}

bool header_noise(void)
{
    struct line line = {.peer = HANDLE_PAGER, .tag = TAG_PING, .lines = 1};
    static struct out_header kept;

    kept = *out;
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < sizeof *out / 4; i++)
            ((volatile uint32_t *)out)[i] = noise();
        post_gate(GATE_POST, POST_FOREVER);
    }
    *out = kept;
    out->out_tail = post_own->in.out_head;
    out->in_head = out->looked = post_own->in.in_tail;
    post_out_limit = out->out_tail + post_own->in.out_mask + 1;
    post_in_limit = out->in_head;
    return post_line(&line) == STATUS_OK;
}

/* The judge looks at what arrives: peer and badge are the router's words. */
bool forged_sender(void)
{
    struct line line = {.peer = post_open("judge"),
                        .tag = TAG_FORGED,
                        .lines = 1,
                        .badge = 0x666,
                        .cookie = 1,
                        .w = {0, TASK_ID(1, 1)}};

    return post_line(&line) == STATUS_OK;
}

/*
 * Sends to the judge, who reads nothing before this row is over, until the inbox is full for it.
 * That must be between a quarter and a half of it. (The judge's inbox has as many lines as its
 * own.)
 */
static bool fill_judge(void)
{
    struct line line = {.peer = post_open("judge"), .tag = TAG_PING, .lines = 1};
    uint32_t ring = post_own->in.in_mask + 1, sent = 0;

    while (sent < 2000 && post_line(&line) == STATUS_OK)
        sent++;
    for (unsigned i = 0; i < 2000; i++)
        if (post_line(&line) != STATUS_FULL)
            return false;
    post_close(line.peer);
    return sent >= ring / 4 && sent <= ring / 2;
}

/* And somebody else gets through: the bystander, asked to send something to the judge. */
bool flood(void)
{
    uint32_t words[POST_ANSWER] = {0};

    return fill_judge() &&
           post_call(post_open("bystander"), TAG_KNOCK, words, 4, words, sizeof words, NULL,
                     post_in(2000)) == STATUS_OK &&
           words[0] == STATUS_OK;
}

bool deaf(void)
{
    int echo = post_open("echo");
    enum status status = STATUS_OK;

    for (unsigned i = 0; i < 200 && status == STATUS_OK; i++) {
        struct line *line = post_slot(1);
        if (!line)
            break;
        *line = (struct line){
            .peer = echo, .tag = TAG_PING, .lines = 1, .flags = FLAG_CALL, .cookie = 1};
        post_commit(1);
        post_gate(GATE_POST, POST_FOREVER);
        post_barrier();
        status = post_own->in.out_head == out->out_tail ? STATUS_OK : post_own->in.held.reason;
        if (status != STATUS_OK)
            line->peer = HANDLE_VOID;
    }
    return status == STATUS_LEDGER || status == STATUS_FULL || status == STATUS_NO_ROOM;
}

bool wait_true(void)
{
    uint32_t begin = post_now();

    for (unsigned i = 0; i < 100; i++) {
        out->looked = post_own->in.in_tail - 1;
        if (post_gate(GATE_WAIT, post_in(2000)) != STATUS_OK)
            return false;
    }
    return post_now() - begin < 2000;
}

/* Grants one run of pages; by a route to itself, which may grant, unless another is named. */
static enum status grant(const char *to, uint32_t address, uint32_t pages, unsigned flags)
{
    struct line line = {.peer = post_open(to),
                        .tag = TAG_PING,
                        .lines = 1,
                        .flags = FLAG_GRANT | flags,
                        .w = {[3] = 1, [4] = address, [5] = pages}};
    enum status status = post_line(&line);

    post_close(line.peer);
    return status;
}

bool bad_grants(void)
{
    static const uint32_t addresses[] = {0,           PROGRAM_BASE - PAGE_SIZE,
                                         OWN_BASE,    OWN_MAILBOX,
                                         CLOCK,       LANDING_BASE,
                                         LANDING_END, ROUTER_BASE,
                                         WINDOW,      GATEHOUSE,
                                         NANO_BASE,   0xFFFFF000,
                                         0x400001};
    static const uint32_t counts[] = {0, 1, 512, 0x100000, 0xFFFFFFFF};
    bool good = true;

    for (unsigned i = 0; i < sizeof addresses / sizeof *addresses; i++)
        for (unsigned n = 0; n < sizeof counts / sizeof *counts; n++)
            good &= grant("attacker", addresses[i], counts[n], i % 2 ? FLAG_CALL : 0) != STATUS_OK;
    struct line line = {
        .peer = post_open("attacker"), .tag = TAG_PING, .lines = 1, .flags = FLAG_GRANT};
    static const uint32_t extents[] = {0, INLINE_EXTENTS + 1, MAX_EXTENTS + 1, 0xFFFFFFFF};
    for (unsigned i = 0; i < sizeof extents / sizeof *extents; i++) {
        for (unsigned w = 0; w < PAYLOAD_WORDS; w++)
            line.w[w] = NANO_BASE + w;
        line.w[3] = extents[i];
        good &= post_line(&line) != STATUS_OK;
    }
    post_close(line.peer);
    volatile uint32_t *page = post_alloc(1);
    *page = 1;
    good &= grant("attacker", (uint32_t)page, 2, 0) != STATUS_OK;
    return good && grant("attacker", (uint32_t)page, 1, 0) == STATUS_OK;
}

/* Sends a page of its own and goes on to write to it. */
void write_sent_page(void)
{
    volatile uint32_t *page = post_alloc(1);

    *page = 7;
    if (grant("attacker", (uint32_t)page, 1, 0) == STATUS_OK)
        *page = 8;
    else
        asm volatile("ud2");
}

bool grant_without_right(void)
{
    volatile uint32_t *page = post_alloc(1);

    *page = 7;
    return grant("echo", (uint32_t)page, 1, 0) == STATUS_DENIED && *page == 7;
}

/* To the judge, when its inbox is full: the grant waits, and what it would send stays. */
bool grant_without_room(void)
{
    volatile uint32_t *page = post_alloc(1);

    *page = 7;
    if (!fill_judge() || grant("judge", (uint32_t)page, 1, 0) != STATUS_FULL || *page != 7)
        return false;
    *page = 8;
    return grant("attacker", (uint32_t)page, 1, 0) == STATUS_OK;
}

bool entry_noise(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        struct line line;
        for (unsigned w = 0; w < 16; w++)
            ((post_word *)&line)[w] = noise();
        line.peer = i % 4 ? noise() % 8 : line.peer;
        line.lines = i % 3 ? 1 : line.lines;
        line.tag = i % 2 ? noise() % 100 : line.tag;
        if (line.tag == TAG_EXIT || line.tag == TAG_ALLOC)
            line.tag = TAG_PING;
        post_line(&line);
    }
    return true;
}
