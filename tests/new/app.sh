#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make app NAME=x [TEMPLATE=hello|server|client|driver] [SERVER=y]`: lays down apps/x/ with a first
# program, and gives it its lines in manifest and policy, so that `make run` and `run x` at the
# prompt already work. A client asks the server y, which was laid down before it.

name=$1
template=${2:-hello}
server=$3
here=$(dirname "$0")

refuse() {
    echo "make app: $1" >&2
    exit 1
}

case $name in
'' | *[!a-z0-9-]* | [!a-z]*)
    echo "usage: make app NAME=x   (small letters, digits and '-', a letter first)" >&2
    exit 1
    ;;
nano | router | pager | libpost | manifest | policy)
    refuse "'$name' is taken by the system itself"
    ;;
esac
[ ${#name} -le 23 ] || refuse "'$name' is longer than 23 letters"
if [ -e "apps/$name" ] || grep -Eq "^task $name( |\$)" apps/manifest.txt; then
    refuse "there is an application '$name' already"
fi
case $template in
hello | server | driver) ;;
client)
    [ -n "$server" ] || refuse "a client needs a server: TEMPLATE=client SERVER=y"
    [ -e "apps/$server/$server.h" ] ||
        refuse "make app NAME=$server TEMPLATE=server comes first: no apps/$server/$server.h"
    ;;
*) refuse "TEMPLATE=$template: hello, server, client or driver is wanted" ;;
esac

# What the templates call @ and SERVER, in the file "$1".
named() { sed "s/@/$name/g; s/SERVER/$server/g" "$1"; }

mkdir "apps/$name"
line="task $name module=$name priority=8"
how="run $name"
case $template in
hello) sed "s/hello/$name/g" apps/hello/main.c >"apps/$name/main.c" ;;
server)
    named "$here/app/server.h" >"apps/$name/$name.h"
    line="$line start=yes restart=always"
    how="ps (it is there: start=yes)"
    ;;
client)
    echo "allow $name to $server" >>apps/policy.txt
    how="run $name 20 22"
    ;;
driver)
    line="$line ports=0x2f8-0x2ff irq=3"
    how="run $name hello (its head says how QEMU gets a COM2)"
    ;;
esac
[ "$template" = hello ] || named "$here/app/$template.c" >"apps/$name/main.c"
echo "$line" >>apps/manifest.txt
echo "apps/$name/main.c and its line in apps/manifest.txt are there; what it may post to beyond"
echo "console and echo, apps/policy.txt says."
echo "Next: make run, and at the prompt: $how"
