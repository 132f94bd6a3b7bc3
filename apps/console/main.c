/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console: owns COM1 and serves WRITE, READ, BREAK and LINE (protocol.h), ring 3.
 *
 * Text comes out whole and in the order of arrival: the console queues all text of a WRITE at once,
 * or leaves it unread in the inbox, with all mail behind it, until there is room. So back-pressure
 * needs nothing else: the inbox fills, and the router makes the writers wait. The router reserved
 * room for the answers when the calls came, so no answer ever waits.
 */
#include <post.h>
#include "typed.h"
#include "uart.h"

#define WRITERS   32 /* WRITE calls waiting for their text to be sent */
#define READ_MOST 36 /* bytes in one answer to READ                   */
#define CTRL_C    3

static struct {
    struct post_caller caller;
    uint32_t end; /* of its text, in the stream of output */
} writers[WRITERS];
static unsigned writer_count;

static struct post_caller reader; /* task 0: nobody reads */
static unsigned reader_most;
static bool reader_line; /* no further than a line's end */

static struct post_caller breaker; /* waits for Ctrl-C; task 0: nobody does */

/* A task that has ended takes no answer any more, and must not keep others away. */
static bool is_alive(uint32_t task)
{
    char name[NAME_BYTES];
    return post_name_of(task, name) == STATUS_OK;
}

static bool serve_write(const struct line *line)
{
    uint32_t bytes = line->w[1];
    bool call = line->flags & FLAG_CALL;

    if (call && writer_count == WRITERS)
        return false;
    if (bytes > line->lines * LINE_BYTES - 24u) {
        if (call) {
            struct post_caller caller = post_caller(line);
            post_answer(&caller, STATUS_BAD);
        }
        return true;
    }
    if (typed_owner() && !is_alive(typed_owner()))
        typed_forget();
    if (!typed_hide() || !uart_write((const char *)&line->w[2], bytes))
        return false;
    typed_written((const char *)&line->w[2], bytes);
    if (call) {
        writers[writer_count].caller = post_caller(line);
        writers[writer_count++].end = uart_queued();
    }
    return true;
}

static void serve_read(const struct line *line)
{
    struct post_caller caller = post_caller(line);

    if (line->w[2] == 0 || line->w[2] > READ_MOST) {
        post_answer(&caller, STATUS_BAD);
    } else if (reader.task && reader.task != caller.task && is_alive(reader.task)) {
        post_answer(&caller, STATUS_BUSY);
    } else {
        /* A second READ of the same task replaces one that it gave up. */
        reader = caller;
        reader_most = line->w[2];
        reader_line = line->w[3] == 1;
    }
}

static void serve_break(const struct line *line)
{
    struct post_caller caller = post_caller(line);

    if (breaker.task && breaker.task != caller.task && is_alive(breaker.task))
        post_answer(&caller, STATUS_BUSY);
    else
        breaker = caller;
}

static bool serve_line(const struct line *line)
{
    uint32_t now = line->w[1], shown = line->w[2], most = line->lines * LINE_BYTES - 28u;

    if (now > most || shown > most - now || shown > LINE_MOST_SHOWN)
        return true;
    return typed_set(line->peer, (const char *)&line->w[3], now, shown);
}

/* The answer to a WRITE that is cancelled is refused, as its text is queued already. */
static void serve_cancel(const struct line *line)
{
    if (post_cancels(line, &reader))
        reader.task = ID_NOBODY;
    if (post_cancels(line, &breaker))
        breaker.task = ID_NOBODY;
}

/* Returns false if the message must stay unread for now. */
static bool serve(const struct line *line)
{
    if (line->flags & FLAG_CANCEL)
        serve_cancel(line);
    if (line->tag == TAG_WRITE && !(line->flags & FLAG_REPLY))
        return serve_write(line);
    if (line->tag == TAG_LINE && !(line->flags & (FLAG_REPLY | FLAG_CALL)))
        return serve_line(line);
    if (line->flags & FLAG_CALL) {
        if (line->tag == TAG_READ) {
            serve_read(line);
        } else if (line->tag == TAG_BREAK) {
            serve_break(line);
        } else {
            struct post_caller caller = post_caller(line);
            post_answer(&caller, STATUS_BAD_OP);
        }
    }
    return true;
}

/* Whoever gave the call up, or died, takes no keys, although its cancel may be unread as yet. */
static void answer_reader(void)
{
    uint32_t words[2 + READ_MOST / 4] = {STATUS_OK};
    if (!reader.task || !uart_readable())
        return;
    words[1] = uart_read((char *)&words[2], reader_most, reader_line);
    if (post_reply_now(&reader, words, 8 + words[1]) != STATUS_OK)
        uart_unread(words[1]);
    reader.task = ID_NOBODY;
}

static void answer_breaker(void)
{
    uint32_t word = STATUS_OK;
    unsigned taken = breaker.task ? uart_typed(CTRL_C) : 0;

    if (!taken)
        return;
    if (post_reply_now(&breaker, &word, sizeof word) != STATUS_OK)
        uart_unread(taken);
    breaker.task = ID_NOBODY;
}

static void answer_writers(void)
{
    unsigned done = 0;
    while (done < writer_count && (int32_t)(uart_sent() - writers[done].end) >= 0)
        post_answer(&writers[done++].caller, STATUS_OK);
    writer_count -= done;
    memmove(writers, writers + done, writer_count * sizeof writers[0]);
}

/* Says so where it can be said. Then text is dropped, so that nobody waits; a READ stays open. */
static _Noreturn void idle_without_uart(void)
{
    static const char text[] = "no UART at 0x3f8: it idles, and what is written is lost";
    struct {
        uint32_t number, bytes;
        char text[sizeof text];
    } words = {0, sizeof text - 1, ""};

    memcpy(words.text, text, sizeof text);
    post_send(HANDLE_PAGER, TAG_LOG, &words, sizeof words);
    for (;;) {
        const struct line *line = post_next(POST_FOREVER);

        if (line && line->flags & FLAG_CALL && line->tag == TAG_WRITE) {
            struct post_caller caller = post_caller(line);
            post_answer(&caller, STATUS_OK);
        }
        if (line)
            post_done(line);
    }
}

int main(void)
{
    if (!uart_start())
        idle_without_uart();
    for (;;) {
        const struct line *line;
        while ((line = post_peek()) && serve(line))
            post_done(line);
        if (!line)
            typed_show(); /* nobody writes any more, for now */
        uart_service();
        answer_breaker(); /* first: it drops what was typed before */
        answer_reader();
        answer_writers();
        uart_service(); /* there is room for input again */
        /* If mail had to stay unread, only SIGNAL_IRQ ends the wait, not more mail. */
        if (line && uart_queued() != uart_sent())
            post_wait_past(post_own->in.in_tail, POST_FOREVER);
        else
            post_wait(POST_FOREVER);
    }
}
