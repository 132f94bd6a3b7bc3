#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What this project needs from Debian, and for what. Makefile calls it:
#   deps.sh check   PURPOSE...   name the package of each missing tool, and fail
#   deps.sh install PURPOSE...   install exactly the packages that are missing
# A package counts as there when its probe is: a command, or a file (a pattern is allowed). So
# nothing at all happens, no apt-get, no sudo, on a machine that has everything, Debian or not.

set -u
cross=${CROSS_COMPILE-i686-linux-gnu-}
qemu=${QEMU:-qemu-system-i386}

table() {
    # xxhash.h includes headers of the C library, and uses only their types.
    [ "$cross" = i686-linux-gnu- ] &&
        echo "build /usr/i686-linux-gnu/include/stdlib.h libc6-dev-i386-cross"
    cat <<END
build ${cross}gcc                               gcc-i686-linux-gnu
build ${cross}ld                                binutils-i686-linux-gnu
build nasm                                      nasm
build /usr/include/stb/stb_sprintf.h            libstb-dev
build /usr/include/xxhash.h                     libxxhash-dev
build /usr/bin/python3                          python3
run   $qemu                                     qemu-system-x86
iso   grub-mkrescue                             grub-common
iso   /usr/lib/grub/i386-pc/multiboot.mod       grub-pc-bin
iso   xorriso                                   xorriso
iso   mformat                                   mtools
bochs bochs                                     bochs
bochs /usr/share/bochs/BIOS-bochs-latest        bochsbios
bochs /usr/share/bochs/VGABIOS-lgpl-latest      vgabios
bochs /usr/lib/*/bochs/plugins/libbx_term_gui.so bochs-term
gdb   gdb                                       gdb
lint  cppcheck                                  cppcheck
lint  clang-format                              clang-format
lint  sparse                                    sparse
lint  pyflakes3                                 pyflakes3
lint  shellcheck                                shellcheck
test  prove                                     perl
test  xxhsum                                    xxhash
test  parallel                                  parallel
test  gcc                                       gcc
test  /usr/include/stdio.h                      libc6-dev
test  /usr/include/cmocka.h                     libcmocka-dev
test  clang                                     clang
test  spin                                      spin
test  /usr/lib/python3/dist-packages/capstone/__init__.py python3-capstone
remote rsync                                    rsync
remote ssh                                      openssh-client
prove frama-c                                   frama-c-base
test  /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a  libclang-rt-dev
END
}

# shellcheck disable=SC2086 # a pattern
present() {
    case $1 in
    /*) ls $1 >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# "test" brings what the tests start: images, Bochs, GDB, lint. Other machines are nothing that they
# know.
wanted() {
    case " $purposes " in
    *" $1 "*) return 0 ;;
    *" test "*) [ "$1" != remote ] && return 0 ;;
    esac
    return 1
}

action=$1
shift
purposes=$*
# An emulator that somebody named is theirs: no package of Debian's would be at that place.
if wanted run && [ "$qemu" != qemu-system-i386 ] && ! present "$qemu"; then
    echo "QEMU=$qemu: there is no such program" >&2
    exit 1
fi
missing=
tools=
while read -r purpose probe package; do
    if ! wanted "$purpose" || present "$probe"; then
        continue
    fi
    missing="$missing $package"
    tools="$tools
  $probe is missing (Debian package $package)"
done <<END
$(table)
END
[ -n "$missing" ] || exit 0

if [ "$action" = check ]; then
    echo "$0: these tools are needed:$tools" >&2
    echo "'make deps' installs what building and running need, 'make deps-test' all of it." >&2
    exit 1
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "$0: there is no apt-get here; please install:$tools" >&2
    exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "$0: neither root nor sudo here; as root: apt-get install -y$missing" >&2
        exit 1
    fi
    sudo=sudo
fi
echo "installing:$missing"
# shellcheck disable=SC2086 # several words each
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
        $missing </dev/null || exit 1
# shellcheck disable=SC2086
exec "$0" check $purposes
