/* Prints attacks.def as JSON, for the runner: only the preprocessor reads that file. */
#include <stdio.h>

static const struct {
    const char *id, *name, *ring, *what, *rule, *expect, *control;
} rows[] = {
#define ROW(id, name, ring, what, rule, expect, control, ...)                                      \
    {#id, #name, #ring, what, rule, expect, control},
#include "attacks.def"
};

int main(void)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        printf("%c{\"id\": \"%s\", \"name\": \"%s\", \"ring\": \"%s\", \"what\": \"%s\", \"rule\": "
               "\"%s\", "
               "\"expect\": \"%s\", \"control\": \"%s\"}\n",
               i ? ',' : '[', rows[i].id, rows[i].name, rows[i].ring, rows[i].what, rows[i].rule,
               rows[i].expect, rows[i].control);
    puts("]");
    return 0;
}
