/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints attacks.def as JSON, for the runner: only the preprocessor reads that file. A deed is
 * printed as it stands there; that of a campaign is the runner's to do.
 */
#include <stdio.h>

static const struct {
    const char *text[8];
} rows[] = {
#define ROW(id, name, ring, what, rule, expect, control, ...)                                      \
    {{#id, #name, #ring, what, rule, expect, control, #__VA_ARGS__}},
#include "attacks.def"
};

static void quoted(const char *text)
{
    for (putchar('"'); *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

int main(void)
{
    static const char *const keys[] = {"id",   "name",   "ring",    "what",
                                       "rule", "expect", "control", "deed"};

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++) {
            printf("%s\"%s\": ", k ? ", " : i ? ",{" : "[{", keys[k]);
            quoted(rows[i].text[k]);
        }
        puts("}");
    }
    puts("]");
    return 0;
}
