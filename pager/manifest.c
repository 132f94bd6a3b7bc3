/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manifest parser. One line describes one task:
 *
 *   task NAME module=MODULE priority=1..31 [lines=IN/OUT] [ports=LO-HI] [irq=1..15]
 *        [modules=a,b?] [start=yes|no] [restart=never|fault|always]
 *
 * Ring 3, pager, once at boot; plain C without calls, also built on the host (tests and a
 * fuzzer). It checks form and range, that no two tasks name the same port or irq, and that each may
 * be had at all (nano has the last word there: it believes no pager). manifest_fits checks what the
 * manifest needs of this boot.
 */
#include "manifest.h"
#include <ringpost/pager_gate.h>

enum key {
    KEY_MODULE,
    KEY_PRIORITY,
    KEY_LINES,
    KEY_PORTS,
    KEY_IRQ,
    KEY_MODULES,
    KEY_START,
    KEY_RESTART,
    KEY_COUNT
};

static const char *const key_names[KEY_COUNT] = {"module", "priority", "lines", "ports",
                                                 "irq",    "modules",  "start", "restart"};

static bool ring_lines(struct word word, uint32_t *lines)
{
    return word_number(word, 128, lines) && (*lines == 64 || *lines == 128);
}

/* One of two words. */
static bool choice(struct word word, const char *no, const char *yes, bool *value)
{
    *value = word_is(word, yes);
    return *value || word_is(word, no);
}

static bool restart_word(struct word word, enum restart *restart)
{
    static const char *const words[] = {"never", "fault", "always"};

    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (word_is(word, words[i])) {
            *restart = (enum restart)i;
            return true;
        }
    }
    return false;
}

static bool module_list(struct word list, struct program *p)
{
    for (uint32_t i = 0; i < MANIFEST_GIVES; i++) {
        struct word name = list, rest = {"", 0};
        bool more = word_split(list, ',', &name, &rest);

        p->may_lack[i] = name.length && name.text[name.length - 1] == '?';
        name.length -= p->may_lack[i];
        if (!word_name(name, p->gives[i]))
            return false;
        if (!more)
            return true;
        list = rest;
    }
    return false;
}

/* Returns NULL, or what is wrong with the value. */
static const char *set(struct program *p, enum key key, struct word value)
{
    struct word in, out;
    uint32_t last;

    switch (key) {
    case KEY_MODULE: return word_name(value, p->module) ? 0 : "not the name of a module";
    case KEY_PRIORITY:
        return word_number(value, 31, &p->priority) && p->priority ? 0 : "priority is 1 to 31";
    case KEY_LINES:
        return word_split(value, '/', &in, &out) && ring_lines(in, &p->in_lines) &&
                       ring_lines(out, &p->out_lines)
                   ? 0
                   : "lines is IN/OUT, each 64 or 128";
    case KEY_PORTS:
        if (!word_range(value, PORTS_END - 1, &p->port_first, &last) || p->port_first < PORTS_FIRST)
            return "ports is LO-HI, within 0x100 to 0x3ff";
        p->ports = last - p->port_first + 1;
        return 0;
    case KEY_IRQ:
        return word_number(value, 15, &p->irq) && !(IRQ_NEVER >> p->irq & 1)
                   ? 0
                   : "irq is 1 or 3 to 15";
    case KEY_MODULES:
        return module_list(value, p) ? 0 : "modules is up to four names with commas between them";
    case KEY_START: return choice(value, "no", "yes", &p->start) ? 0 : "start is yes or no";
    case KEY_RESTART:
        return restart_word(value, &p->restart) ? 0 : "restart is never, fault or always";
    default: return "unknown key";
    }
}

/* Returns NULL, or words that say that another task has one of its ports or its irq. */
static const char *taken(const struct manifest *m, const struct program *p, enum key key)
{
    for (uint32_t i = 0; i < m->count; i++) {
        const struct program *q = &m->program[i];

        if (key == KEY_IRQ && q->irq == p->irq)
            return "another task already has this irq";
        if (key == KEY_PORTS && p->port_first < q->port_first + q->ports &&
            q->port_first < p->port_first + p->ports)
            return "another task already has one of these ports";
    }
    return 0;
}

static struct word word_of(const char *name)
{
    struct word word = {name, 0};

    while (name[word.length])
        word.length++;
    return word;
}

static bool parse_line(struct manifest *m, const struct words *w, struct text_error *error)
{
    struct word none = {"", 0}, key, value;
    struct program *p = &m->program[m->count];
    uint32_t seen = 0;

    if (w->count > WORDS_MAX)
        return words_error(w, error, none, "too many words");
    if (!word_is(w->word[0], "task"))
        return words_error(w, error, w->word[0], "a line begins with 'task'");
    if (m->count == MANIFEST_MAX)
        return words_error(w, error, none, "too many tasks");
    *p = (struct program){.line = w->line, .in_lines = 64, .out_lines = 64};
    if (w->count < 2 || !word_name(w->word[1], p->name))
        return words_error(w, error, w->count < 2 ? none : w->word[1],
                           "a name is 1 to 31 letters, digits, '_', '.' or '-'");
    if (names_equal(p->name, "pager") || names_equal(p->name, "router") ||
        names_equal(p->name, "nano"))
        return words_error(w, error, w->word[1], "the system keeps this name for itself");
    if (manifest_find(m, p->name))
        return words_error(w, error, w->word[1], "another task already has this name");
    for (uint32_t i = 2; i < w->count; i++) {
        uint32_t k = 0;
        const char *reason;

        if (!word_split(w->word[i], '=', &key, &value))
            return words_error(w, error, w->word[i], "not KEY=VALUE");
        while (k < KEY_COUNT && !word_is(key, key_names[k]))
            k++;
        reason = seen & 1u << k ? "the line has this key twice" : set(p, k, value);
        if (!reason)
            reason = taken(m, p, k);
        if (reason)
            return words_error(w, error, w->word[i], reason);
        seen |= 1u << k;
    }
    if (!(seen & 1u << KEY_MODULE))
        return words_error(w, error, w->word[1], "module= is missing");
    if (!(seen & 1u << KEY_PRIORITY))
        return words_error(w, error, w->word[1], "priority= is missing");
    m->count++;
    return true;
}

/* If it returns false, *error says where and why. */
bool manifest_parse(struct manifest *m, const char *text, uint32_t bytes, struct text_error *error)
{
    struct words w = {.at = text, .end = text + bytes};

    m->count = 0;
    *error = (struct text_error){0};
    while (words_next(&w))
        if (!parse_line(m, &w, error))
            return false;
    if (m->count == 0)
        error->reason = "it names no task";
    return m->count != 0;
}

/*
 * Has this boot what the manifest asks for: the modules, a slot for each task that is started, and
 * a registrar? False: *error says what is missing. Called before any task is started.
 */
bool manifest_fits(const struct manifest *m, bool (*there)(const char *module), uint32_t slots,
                   struct text_error *error)
{
    const struct program *registrar = manifest_find(m, "registrar");
    uint32_t started = 0;

    *error = (struct text_error){0};
    for (uint32_t i = 0; i < m->count; i++) {
        const struct program *p = &m->program[i];
        const struct words w = {.line = p->line};

        if (!there(p->module))
            return words_error(&w, error, word_of(p->module), "there is no such boot module");
        for (uint32_t g = 0; g < MANIFEST_GIVES && p->gives[g][0]; g++)
            if (!p->may_lack[g] && !there(p->gives[g]))
                return words_error(&w, error, word_of(p->gives[g]),
                                   "there is no such boot module; NAME? need not be there");
        started += p->start;
        if (started > slots)
            return words_error(&w, error, word_of(p->name),
                               "more tasks to start than slots; tasks=N makes more");
    }
    if (!registrar || !registrar->start)
        error->reason = "no task 'registrar' has start=yes, so nobody could open a route";
    return !error->reason;
}

const struct program *manifest_find(const struct manifest *m, const char *name)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (names_equal(m->program[i].name, name))
            return &m->program[i];
    return 0;
}

bool manifest_gives(const struct program *p, const char *module)
{
    for (uint32_t i = 0; i < MANIFEST_GIVES; i++)
        if (p->gives[i][0] && names_equal(p->gives[i], module))
            return true;
    return false;
}
