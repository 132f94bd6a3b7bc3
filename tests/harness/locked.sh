#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# locked.sh FOLDER COMMAND...: run it when nobody else builds in FOLDER; says whom it waits for. The
# lock is on FOLDER/lock, and ends with the command and all that it started.

folder=$1
shift
if ! mkdir -p "$folder" 2>/dev/null || ! [ -w "$folder" ]; then
    echo "$folder: nothing can be written there; build elsewhere: make B=/elsewhere ..." >&2
    exit 1
fi
exec 9>>"$folder/lock"
if ! flock -n 9; then
    echo "waiting for another build in $folder: $(cat "$folder/lock")" >&2
    flock 9
fi
echo "process $$, $*" >"$folder/lock"
exec "$@"
