#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make lint`: cppcheck, the format, and the layering: a folder is a ring, and no ring includes another
# ring's headers. What two rings need is ABI and lives in include/. Host tests may include anything.

status=0
# The ABI's headers are tables in columns, aligned by hand; everything else is the formatter's.
clang-format --dry-run --Werror $(find nano router pager apps tests/guest -name '*.[ch]' | sort) ||
    status=1

# comparePointers: symbols of a linker script are the two ends of one object.
cppcheck --quiet --error-exitcode=1 --std=c11 --platform=unix32 --inline-suppr \
    --enable=warning,portability --suppress=missingIncludeSystem --suppress=unusedFunction \
    --suppress=comparePointers --suppress=subtractPointers \
    -Iinclude -Iapps/libpost -Itests/guest nano router pager apps tests/guest || status=1

# layer FOLDER OTHERS: nothing in FOLDER includes, in quotes or by path, a header of OTHERS.
layer() {
    for other in $2; do
        for header in $(find "$other" -name '*.h' -printf '%f\n'); do
            pattern="#include [<\"][^\">]*$other/[^\">]*$header[\">]"
            [ -n "$(find "$1" -name "$header")" ] || pattern="$pattern|#include \"$header\""
            if grep -rnE "$pattern" "$1" --include='*.[ch]' --include='*.asm'; then
                echo "$1 must not include $other/$header" >&2
                status=1
            fi
        done
    done
}
layer nano "router pager apps"
layer router "nano pager apps"
layer pager "nano router"
layer apps "nano router pager"
layer tests/guest "nano router pager"
layer include "nano router pager apps"

[ $status = 0 ] && echo "lint: clean"
exit $status
