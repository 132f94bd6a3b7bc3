#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make lint`: what a machine can say of the sources without running them. Each check prints what it
# finds, and does not keep the next one from looking. Names of checks limit it to those:
#
#   format    all C is as clang-format makes it (include/, linker/: tables, aligned by hand)
#   cppcheck  what it warns of
#   layers    no ring includes another ring's headers
#   sparse    kinds of numbers are not mixed up in nano and router
#   python    pyflakes
#   shell     shellcheck
#   spdx      each source names its licence
#   columns   no line is wider than 100 columns

# shellcheck disable=SC2317 # the checks are called by their names
here=$(dirname "$0")
python=${PYTHON:-python3}

# sources PATTERN: files of that name below the tree's folders, without what is built.
sources() {
    find . -name 'build*' -prune -o -name .git -prune -o -type f -name "$1" -print |
        sed 's|^\./||' | sort
}

check_format() {
    sources '*.[ch]' | grep -Ev '^(include|linker)/' | xargs -r clang-format --dry-run --Werror
}

# comparePointers, subtractPointers: symbols of a linker script are the two ends of one object.
check_cppcheck() {
    set --
    for folder in nano router pager apps tests/guest tests/bench tests/audit tests/faults/nano; do
        [ ! -d "$folder" ] || set -- "$@" "$folder"
    done
    cppcheck --quiet --error-exitcode=1 --std=c11 --platform=unix32 --inline-suppr \
        --enable=warning,portability --suppress=missingIncludeSystem --suppress=unusedFunction \
        --suppress=comparePointers --suppress=subtractPointers \
        -Iinclude -Iapps/libpost -Itests/guest "$@"
}

check_layers() { "$python" "$here/layers.py"; }
check_sparse() { "$here/sparse.sh"; }
check_python() { sources '*.py' | xargs -r pyflakes3; }
check_shell() { (sources '*.sh' && sources run | grep '^\.ci/run$') | xargs -r shellcheck; }
check_spdx() { "$python" "$here/text.py" spdx; }
check_columns() { "$python" "$here/text.py" columns; }

[ $# -gt 0 ] || set -- format cppcheck layers sparse python shell spdx columns
status=0
for check; do
    if ! "check_$check"; then
        echo "lint: $check: see above" >&2
        status=1
    fi
done
[ $status != 0 ] || echo "lint: clean"
exit $status
