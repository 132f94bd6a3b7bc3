/* The deeds of the hostile test: a name for vandal.c, words for the report. */
#ifndef VANDAL_H
#define VANDAL_H

#define VANDAL_TICKS 3000 /* how long a deed may take */

/* clang-format off */
#define DEEDS                                                    \
    DEED(TAIL_AHEAD, "an outbox tail far ahead of the head")     \
    DEED(TAIL_BACK, "an outbox tail behind the head")            \
    DEED(HEAD_AHEAD, "an inbox head beyond the tail")            \
    DEED(HEADER_NOISE, "an out header full of noise")            \
    DEED(ENTRY_NOISE, "two thousand entries of noise")           \
    DEED(BAD_LINES, "entries of 0, 33 and 255 lines")            \
    DEED(BEYOND_TAIL, "an entry that is longer than what was posted") \
    DEED(BAD_GRANT, "a grant of pages that are not its own")     \
    DEED(BAD_OPERATION, "operations that the gate has not")      \
    DEED(EIP_ROUTER, "a restart point inside the router")        \
    DEED(EIP_NANO, "a restart point inside nano")                \
    DEED(EIP_NULL, "a restart point at 0")                       \
    DEED(ESP_NANO, "a restart stack inside nano")                \
    DEED(ESP_NULL, "a restart stack at 0")                       \
    DEED(STACK_GATE, "the gate with a stack that is not there")  \
    DEED(FLAGS_GATE, "the gate with direction, alignment and nested-task flags") \
    DEED(TRAP_GATE, "the gate with the trap flag")               \
    DEED(SELECTOR_GATE, "the gate with null data segments")

/* clang-format on */
enum deed {
#define DEED(name, what) DEED_##name,
    DEEDS
#undef DEED
};

#endif
