#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make app NAME=x`: lays down apps/x/ with a first program, and gives it its line in the manifest,
# so that `make run` and `run x` at the prompt already work.

name=$1
case $name in
'' | *[!a-z0-9-]* | [!a-z]*)
    echo "usage: make app NAME=x   (small letters, digits and '-', a letter first)" >&2
    exit 1
    ;;
nano | router | pager | libpost | manifest | policy)
    echo "make app: '$name' is taken by the system itself" >&2
    exit 1
    ;;
esac
if [ ${#name} -gt 23 ]; then
    echo "make app: '$name' is longer than 23 letters" >&2
    exit 1
fi
if [ -e "apps/$name" ] || grep -Eq "^task $name( |\$)" apps/manifest.txt; then
    echo "make app: there is an application '$name' already" >&2
    exit 1
fi

mkdir "apps/$name"
sed "s/hello/$name/g" apps/hello/main.c >"apps/$name/main.c"
echo "task $name module=$name priority=8" >>apps/manifest.txt
echo "apps/$name/main.c and its line in apps/manifest.txt are there; what it may post to beyond"
echo "console and echo, apps/policy.txt says."
echo "Next: make run, and at the prompt: run $name (spawn $name, if it is a server and never ends)"
