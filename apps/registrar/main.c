/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registrar: the task that decides what a route means. It reads the policy, a boot module that
 * the pager gives it, and keeps names and routes (routes.c). Tasks ask it to open routes, the
 * router asks on the first use of a route, and the pager says which tasks are up.
 *
 * It may die at any instruction: names and routes are in pages that the pager keeps for the next
 * registrar (table.c). That one tells the router what it may not know yet.
 *
 * Ring 3, an ordinary task. Once it serves it must never wait for another task's mail, because the
 * first message of every task waits for the registrar. So it makes no calls, and what it tells the
 * log it drops if the pager has no room for it. It makes its calls, for policy and table, before
 * (start.c).
 */
#include <post.h>
#include "policy.h"
#include "routes.h"
#include "start.h"

#define TEXT_BYTES     40
#define TOLD_A_SECOND  16   /* refused opens that are told on the log in a second */
#define COMPLAINT_WAIT 2000 /* ticks that its complaint about the policy waits for the console */

static struct policy policy;

/* The text from w[2] on. */
static void text_of(const struct line *in, char text[TEXT_BYTES + 1])
{
    memcpy(text, &in->w[2], TEXT_BYTES);
    text[TEXT_BYTES] = 0;
}

/* An empty one-line message to the router; the caller fills w[1].. and commits. */
static struct line *to_router(uint16_t tag)
{
    struct line *line = post_slot_wait(1);

    post_address(line, HANDLE_ROUTER, tag, 1, 0);
    line->badge = 0;
    line->cookie = 0;
    memset(line->w, 0, sizeof line->w);
    return line;
}

/* Tells the router what a route means, or why there is none. */
static void answer_router(uint32_t id, uint32_t handle)
{
    struct route_view view;
    enum status status = routes_look(id, handle, &view);
    struct line *line = to_router(TAG_ROUTE_ANSWER);

    line->w[1] = id;
    line->w[2] = handle;
    if (status == STATUS_OK) {
        line->w[3] = view.receiver;
        line->w[4] = view.rule->badge;
        line->w[5] = view.rule->rights;
        line->w[6] = view.rule->first_tag | view.rule->last_tag << 16;
    } else {
        line->w[4] = status;
    }
    post_commit(1);
}

/* Tells the router to forget the route at once. */
static void forget_route(uint32_t id, uint32_t handle)
{
    struct line *line = to_router(TAG_ROUTE_REVOKE);

    line->w[1] = id;
    line->w[2] = handle;
    post_commit(1);
}

/* Tells the log which pair the policy keeps apart; not too often, because anybody can ask. */
static void tell_denied(uint32_t id, const char *name)
{
    static uint32_t second, told;
    struct {
        uint32_t number, bytes;
        char text[LOG_BYTES + 1];
    } words = {0};

    if (post_now() - second >= 1000) {
        second = post_now();
        told = 0;
    }
    if (told++ >= TOLD_A_SECOND)
        return;
    post_format(words.text, sizeof words.text, "no line of the policy lets %s open %s",
                routes_name_of(id), name);
    words.bytes = strlen(words.text);
    post_send_until(HANDLE_PAGER, TAG_LOG, &words, 8 + words.bytes, post_in(0));
}

/* Tells the router of the handle, if it may know something else. */
static void tell_router(uint32_t id, uint32_t handle)
{
    switch (routes_news(id, handle)) {
    case NEWS_OPEN: answer_router(id, handle); break;
    case NEWS_GONE: forget_route(id, handle); break;
    case NEWS_NONE: break;
    }
}

/* The same for all handles of the task: an earlier registrar may have died before it could. */
static void tell_all(uint32_t id)
{
    for (uint32_t handle = HANDLE_FIRST; handle < HANDLES; handle++)
        tell_router(id, handle);
}

static enum status do_open(const struct line *in, uint32_t *w)
{
    char name[TEXT_BYTES + 1];
    enum status status;

    text_of(in, name);
    status = routes_open(&policy, in->peer, name, &w[2]);
    if (status == STATUS_DENIED)
        tell_denied(in->peer, name);
    /* The router never asks about a closed handle, because its cache has it as revoked. */
    if (status == STATUS_OK)
        tell_router(in->peer, w[2]);
    return status;
}

static enum status do_close(const struct line *in, uint32_t *w)
{
    enum status status = routes_close(in->peer, in->w[2]);

    (void)w;
    if (status == STATUS_OK)
        forget_route(in->peer, in->w[2]);
    return status;
}

static enum status do_routes(const struct line *in, uint32_t *w)
{
    struct route_view view;
    enum status status = routes_list(in->w[2] ? in->w[2] : in->peer, in->w[3], &view);

    if (status == STATUS_OK) {
        w[2] = view.handle;
        w[3] = view.receiver;
        w[4] = view.rule->badge;
        w[5] = view.rule->rights;
        w[6] = view.rule->first_tag | view.rule->last_tag << 16;
    }
    return status;
}

static enum status do_name_of(const struct line *in, uint32_t *w)
{
    const char *name = routes_name_of(in->w[2]);

    if (!name)
        return STATUS_BAD_TASK;
    memcpy(&w[2], name, strlen(name));
    return STATUS_OK;
}

static enum status do_revoke(const struct line *in, uint32_t *w)
{
    enum status status;

    (void)w;
    if (in->badge != BADGE_CONTROL)
        return STATUS_DENIED;
    status = routes_revoke(in->w[2], in->w[3]);
    if (status == STATUS_OK)
        forget_route(in->w[2], in->w[3]);
    return status;
}

/* w[] is numbered as in protocol.h, on both sides. */
static enum status dispatch(const struct line *in, uint32_t *w)
{
    switch (in->tag) {
    case TAG_OPEN: return do_open(in, w);
    case TAG_CLOSE: return do_close(in, w);
    case TAG_ROUTES: return do_routes(in, w);
    case TAG_NAME_OF: return do_name_of(in, w);
    case TAG_REVOKE: return do_revoke(in, w);
    default: return STATUS_BAD_OP;
    }
}

static void handle(const struct line *in)
{
    char name[TEXT_BYTES + 1];
    uint32_t w[PAYLOAD_WORDS] = {0};

    if (in->peer == ID_ROUTER && in->tag == TAG_ROUTE_ASK) {
        answer_router(in->w[1], in->w[2]);
    } else if (in->peer == start_pager && in->tag == TAG_TASK_UP) {
        text_of(in, name);
        routes_up(in->w[1], name);
        tell_all(in->w[1]);
    } else if (in->peer == start_pager && in->tag == TAG_TASK_DOWN) {
        routes_down(in->w[1]);
    } else if (in->peer == start_pager && in->tag == TAG_TASK_ALL) {
        table_confirmed();
    } else if (in->flags & FLAG_CALL) {
        struct post_caller caller = post_caller(in);

        w[1] = dispatch(in, w);
        post_reply(&caller, &w[1], sizeof w - sizeof *w);
    }
}

/* Answers what has come, then posts and waits for more, until the deadline at most. */
static void serve(uint32_t deadline)
{
    const struct line *line;

    while ((line = post_peek())) {
        handle(line);
        post_done(line);
    }
    post_wait(deadline);
}

/* What is wrong with the policy, as a WRITE from w[1] on. */
static struct {
    uint32_t bytes;
    char text[MAX_INLINE - 8];
} complaint;

/*
 * Called when the policy cannot be used. Then the only route is the one that this makes up, to say
 * so on the console; every task that asks meanwhile gets DENIED. The registrar tells the router of
 * the route before the router can ask, because the answer would have to wait behind the very
 * message that it is about.
 */
static void complain(void)
{
    static const char allowance[] = "allow registrar to console";
    uint32_t deadline = post_in(COMPLAINT_WAIT), handle, status;
    struct text_error error;

    policy_parse(&policy, allowance, sizeof allowance - 1, &error);
    while (!routes_id_of("console") || !routes_name_of(post_self())) {
        if (post_passed(deadline))
            return;
        serve(deadline);
    }
    if (routes_open(&policy, post_self(), "console", &handle) != STATUS_OK)
        return;
    answer_router(post_self(), handle);
    complaint.bytes = strlen(complaint.text);
    /* A call, because the machine may end with this task: the reply comes when all is printed. */
    post_call(handle, TAG_WRITE, &complaint, 4 + complaint.bytes, &status, sizeof status, NULL,
              deadline);
}

/* Reads the policy; false: complaint.text says what is wrong with it. */
static bool read_policy(void)
{
    struct text_error error;
    const char *text;
    uint32_t bytes;
    enum status status = start_policy(&text, &bytes);

    if (status == STATUS_OK && policy_parse(&policy, text, bytes, &error))
        return true;
    if (status != STATUS_OK)
        post_format(complaint.text, sizeof complaint.text, "registrar: no module 'policy': %s\n",
                    status_text(status));
    else if (error.line == 0)
        post_format(complaint.text, sizeof complaint.text, "policy: %s\n", error.reason);
    else
        post_format(complaint.text, sizeof complaint.text, "policy, line %u: %s%s%s%s\n",
                    error.line, error.word[0] ? "'" : "", error.word, error.word[0] ? "': " : "",
                    error.reason);
    return false;
}

int main(void)
{
    uint32_t kept;
    void *table = start_table(TABLE_PAGES, &kept);
    bool good = read_policy();

    routes_start(table, good ? kept : 0, &policy, start_dropped);
    if (!good) {
        complain();
        return 1;
    }
    for (;;)
        serve(POST_FOREVER);
}
