# SPDX-License-Identifier: BSD-2-Clause
# Ringpost's one Makefile: builds the rings, boots them, tests them. `make help` lists the targets.
#
# A folder is a ring or a role, and its sources are found by globbing:
#   nano/    -> build/nano.elf     ring 0, the kernel that the boot loader starts
#   router/  -> build/router.elf   ring 1
#   pager/   -> build/pager.elf    ring 3, linked with libpost as every application is
#   apps/X/  -> build/X.elf        ring 3, folders below too; apps/libpost/ -> build/libpost.a
#   tests/guest/X/*.c -> build/guest/X/*.elf, one application for each source
#   tests/host/**/test_*.c -> build/host/**, unit tests for this machine; fuzz_*.c, fuzzers
# What else is linked into nano lies elsewhere, and comes in front of nano's functions (--wrap):
# tests/audit (by default; RELEASE=1 leaves it out), tests/debug (DEBUG=1, which switches TRACE on)
# and tests/faults/nano (INJECT=1). A build with an option has a build folder of its own.

CROSS_COMPILE ?= i686-linux-gnu-
QEMU          ?= qemu-system-i386
CPU           ?= max
MEM           ?= 128
TIMEOUT       ?= 60
RELEASE       ?= 0
DEBUG         ?= 0
TRACE         ?= 0
INJECT        ?= 0
HOST_CC       ?= gcc
CLANG         ?= clang
NASM          ?= nasm
PYTHON        ?= $(firstword $(wildcard /usr/bin/python3) python3)

CC      := $(CROSS_COMPILE)gcc
AR      := $(CROSS_COMPILE)ar
# $(call on,OPTION): not empty if it is set.
on       = $(filter-out 0,$($(1)))
B       := build$(if $(call on,RELEASE),-release)$(if $(call on,DEBUG),-debug)
B       := $(B)$(if $(call on,INJECT),-inject)$(if $(call on,DEBUG),,$(if $(call on,TRACE),-trace))
ifneq ($(and $(call on,RELEASE),$(call on,INJECT)),)
$(error INJECT=1 needs the audit and the check, which RELEASE=1 leaves out: one of the two)
endif
ifneq ($(and $(call on,DEBUG),$(or $(call on,INJECT),$(call on,RELEASE))),)
$(error DEBUG=1 is a build of its own: without RELEASE=1 and INJECT=1)
endif
ifneq ($(call on,DEBUG),)
override TRACE := 1
endif
# $(call no_digits,TEXT): what is left of it without digits.
no_digits = $(subst 0,,$(subst 1,,$(subst 2,,$(subst 3,,$(subst 4,,$(subst 5,,$(subst 6,,$(subst \
            7,,$(subst 8,,$(subst 9,,$(1)))))))))))
# A slip is told here, before anything is installed or built.
$(foreach n,MEM TIMEOUT,$(if $(or $(call no_digits,$($(n))),$(if $(subst 0,,$($(n))),,0)),$(error \
    $(n)=$($(n)): a whole number of $(if $(filter MEM,$(n)),MiB,seconds) is wanted)))
# With less there is no memory where nano is loaded, and nobody could say so.
ifneq ($(filter 1 2 3 01 02 03,$(MEM)),)
$(error MEM=$(MEM): at least 4 MiB are wanted)
endif
export WAIT CROSS_COMPILE QEMU CPU MEM TIMEOUT B PYTHON HOST_CC QEMU_ARGS

ifeq ($(V),1)
Q   :=
say := @:
else
Q   := @
say := @printf '  %-6s %s\n'
MAKEFLAGS += --no-print-directory
endif
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

# --- what is built ---------------------------------------------------------------------------

# $(call sources,FOLDER): its C and assembler files, those in folders below too; offsets.c only
# makes constants.
sources  = $(filter-out %/offsets.c,$(sort $(shell find $(1) -name '*.c' -o -name '*.asm')))
objects  = $(patsubst %,$(B)/%.o,$(call sources,$(1))) $(if $(filter nano,$(1)),$(B)/commit.o)

# What looks like a source and is none is told, not left out.
$(foreach f,$(shell find apps -name '*.S' -o -name '*.s' -o -name '*.cc' -o -name '*.cpp'),$(error \
    $(f): a program is made of C (*.c) and of assembler for NASM (*.asm)))
APPS       := $(filter-out libpost,$(sort $(patsubst apps/%/,%,$(dir $(wildcard apps/*/*.c)))))
GUEST_SRC  := $(sort $(wildcard tests/guest/*/*.c))
GUEST_ELF  := $(patsubst tests/guest/%.c,$(B)/guest/%.elf,$(GUEST_SRC))
host_built  = $(patsubst tests/%.c,$(B)/%,$(sort $(shell find tests/host -name "$(1)_*.c")))
HOST_TESTS := $(call host_built,test)
FUZZERS    := $(call host_built,fuzz)
SYSTEM     := $(B)/nano.elf $(B)/router.elf $(B)/pager.elf $(patsubst %,$(B)/%.elf,$(APPS))

# Instructions are counted, so the compiler chooses as for a machine where each costs the same.
CFLAGS := -m32 -march=i686 -mtune=i386 -mgeneral-regs-only -ffreestanding -fno-pic -no-pie \
          -mpreferred-stack-boundary=2 -fno-stack-protector -fcf-protection=none \
          -fno-asynchronous-unwind-tables -fcallgraph-info=su \
          -O2 -g -std=gnu11 -Wall -Wextra -Werror -Iinclude
LDFLAGS := -m32 -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack \
           -Wl,-z,max-page-size=0x1000
LIBGCC   = $(wildcard $(shell $(CC) -m32 -print-libgcc-file-name))
HOST_CFLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Werror -fsanitize=address,undefined \
               -fno-sanitize-recover=all -fno-omit-frame-pointer -Iinclude -I. -iquote apps/libpost

# -g3: the macros of nano and router too, because gdb/ takes all constants from debug information.
$(B)/nano/% $(B)/router/%: CFLAGS += -g3
$(B)/nano/%: CFLAGS += -fno-omit-frame-pointer -Os
# What is counted: the loops over frames and tables, and the plain way through nano.
$(patsubst %,$(B)/nano/%.c.o,dispatch map owed pager_gate queue task trap wake walk): CFLAGS += -O2
# The router's entry points have no C caller, so callee-saved registers need no saving. It is
# compiled for size, except the paths that are counted.
$(B)/router/%: CFLAGS += -mregparm=3 -fcall-used-ebx -fcall-used-esi -fcall-used-edi -Os
$(patsubst %,$(B)/router/%.c.o,call recover run): CFLAGS += -O2 -fno-peephole2 \
    -falign-functions=1 -falign-jumps=1 -falign-loops=1
CFLAGS += $(if $(call on,TRACE),-DTRACE_ON) $(if $(call on,DEBUG),-DDEBUG_ON)
$(B)/pager/% $(B)/apps/% $(B)/guest/%: CFLAGS += -Iapps/libpost
$(B)/guest/%: CFLAGS += -Itests/guest

all: tools $(SYSTEM) ## build nano, router, pager and the applications
	@:

$(B)/%.c.o: %.c Makefile
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

# The commit, for nano's banner: always as many bytes, and the last of its constants, so that no
# other byte of nano depends on it, and made anew only when it is another one.
$(B)/commit.o: $(B)/commit.c
	$(Q)$(CC) -m32 -c $< -o $@
$(B)/commit.c: FORCE
	@mkdir -p $(@D)
	@printf 'const char ringpost_commit[48] = "%s";\n' \
	    "$$(git describe --always --dirty 2>/dev/null || echo unknown)" >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
FORCE:

$(B)/%.asm.o: %.asm Makefile
	$(say) NASM $<
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -g -F dwarf -Iinclude/ -I$(dir $<) -I$(B)/$(dir $<) $(NASMFLAGS) \
	    -MD $(@:.o=.d) -MP -o $@ $<

# Constants for the assembler come from C: OFFSET() leaves @define lines in the compiler's output.
$(B)/%/offsets.inc: %/offsets.c Makefile
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -MT $@ -MF $(@:.inc=.d) -S $< -o $(@:.inc=.s)
	$(Q)sed -n 's/^[[:space:]]*@define/%define/p' $(@:.inc=.s) >$@

$(filter %.asm.o,$(call objects,nano)): $(B)/nano/offsets.inc
$(filter %.asm.o,$(call objects,router)): $(B)/router/offsets.inc

# -std=c11: the preprocessor must not turn the "i386" of a linker script into 1.
$(B)/%.lds: linker/%.lds.S Makefile
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -E -P -x c -Iinclude \
	    $(foreach o,RELEASE DEBUG TRACE,$(if $(call on,$(o)),-D$(o))) \
	    -MMD -MP -MT $@ -MF $@.d $< -o $@

# $(call image,ELF,OBJECTS AND LIBRARIES,LINKER SCRIPT); more objects may be made prerequisites
# elsewhere.
# WRAPS are functions that an object puts its own in front of (ld --wrap: __wrap_x, __real_x).
define image
$(1): $(2) $(B)/$(3).lds
	$$(say) LD $$@
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && $$(CC) $$(LDFLAGS) -T $(B)/$(3).lds $$(WRAPS:%=-Wl,--wrap=%) \
	    $$(filter %.o %.a,$$^) $$(LIBGCC) -o $$@
endef

$(eval $(call image,$(B)/nano.elf,$(call objects,nano) $(B)/include/ringpost/string.c.o,nano))
$(eval $(call image,$(B)/router.elf,$(call objects,router),router))
$(eval $(call image,$(B)/pager.elf,$(call objects,pager) $(B)/libpost.a,app))
# $(call program,ELF,OBJECTS): a task's
program = $(eval $(call image,$(1),$(2) $(B)/libpost.a,app))
$(foreach a,$(APPS),$(call program,$(B)/$(a).elf,$(call objects,apps/$(a))))
$(foreach g,$(GUEST_SRC:tests/guest/%.c=%),$(call program,$(B)/guest/$(g).elf,$(B)/guest/$(g).c.o))

$(B)/guest/%.c.o: tests/guest/%.c Makefile
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(B)/libpost.a: $(call objects,apps/libpost) $(B)/include/ringpost/string.c.o
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Host tests: a source says which others it is linked with, in lines "Sources: a.c b.c"; that is
# read as make reads it, so it may hold a $(wildcard). Its own folder is the first that is searched
# for headers, so that a test can put a fake in a header's place. ROUTER_ON_HOST: the router's C
# without what only the guest can run.
ROUTER_ON_HOST := $(filter-out router/offsets.c,$(wildcard router/*.c))
linked = $(eval linked_text := $(shell sed -n 's/^[ *\/]*Sources: //p' $(1)))$(linked_text)
.SECONDEXPANSION:
$(B)/host/%: tests/host/%.c $$(call linked,tests/host/$$*.c) Makefile
	$(say) HOSTCC $<
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(HOST_CC) -I$(<D) $(HOST_CFLAGS) -MMD -MP -MF $@.d \
	    $(filter %.c,$^) -o $@ -lcmocka
# What is linked in front of nano finds nano's headers as nano does.
$(B)/host/nano/%: HOST_CFLAGS += -iquote nano
$(FUZZERS): $(B)/host/%: tests/host/%.c $$(call linked,tests/host/$$*.c) Makefile
	$(say) CLANG $<
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(CLANG) -I$(<D) $(HOST_CFLAGS) -fsanitize=fuzzer -MMD -MP \
	    -MF $@.d $(filter %.c,$^) -o $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# --- what is done with it --------------------------------------------------------------------

.PHONY: help all tools deps deps-test run iso bochs gdb test guest-tests size size-judged lint
.PHONY: FORCE format ci fuzz hostile leaks app guest-test host-test clean tests-built

help: ## list the targets
	@printf 'Ringpost: make TARGET [V=1] [NAME=value ...]\n\n'
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p; s/^##  *\(.*\)/\t  \1/p' \
	    $(MAKEFILE_LIST) | \
	    expand -t 15
	@printf '\nCan be set: CROSS_COMPILE=%s QEMU=%s CPU=%s MEM=%s (MiB) TIMEOUT=%s (s)\n' \
	    '$(CROSS_COMPILE)' '$(QEMU)' '$(CPU)' '$(MEM)' '$(TIMEOUT)'
	@printf '  B=/elsewhere: the build folder, for a tree that cannot be written to\n'
	@printf '  RELEASE=1 DEBUG=1 TRACE=1 INJECT=1 (builds of their own) APPEND="%s"\n' \
	    "nano's command line"

# A missing tool is told with its package, before anything fails in a way that needs guessing.
tools:
	@tests/harness/deps.sh check build

deps: ## install the Debian packages that building and running need, if any is missing
	@tests/harness/deps.sh install build run

deps-test: ## the same for testing
	@tests/harness/deps.sh install build run test

# What is booted: a folder with a manifest and a policy; a guest test's, too.
FOLDER ?= apps

# In front of a make that builds: one at a time in a build folder.
locked       = tests/harness/locked.sh '$(B)'

# A file's name, or what is typed, as one word of the shell's, whatever is in it.
quoted       = '$(subst ','\'',$(1))'
boot         = @$(PYTHON) tests/harness/run_guest.py $(FOLDER)
modules      = $(if $(FILE),--module $(call quoted,file=$(FILE))) \
               $(foreach m,$(MODULES),--module $(call quoted,$(m)))
typed        = $(if $(SCRIPT),--script $(call quoted,$(SCRIPT)))

run: deps ## boot to the shell; prints the engine's command line first
##  SCRIPT="ps; ping echo; off" types for you, and its outcome is the exit status
##  FILE=path for `wc`; MODULES="name=file ..." are further modules, or in place of one
##  QEMU_ARGS="..." is added to the engine's command line
##  To leave: `off`, or Ctrl-] X; ends when its standard input has ended
	@$(locked) $(MAKE) all
	$(boot) $(modules) $(or $(typed),--interactive)

iso: all ## make build/ringpost.iso, a GRUB image with all modules
	@tests/harness/deps.sh install iso
	$(boot) --make-iso $(B)/ringpost.iso

bochs: iso ## boot that image in Bochs, its serial line on this terminal
	@tests/harness/deps.sh install bochs
	$(boot) --engine bochs --interactive

gdb: deps ## boot under QEMU, stopped, and debug it: symbols of all rings, `help ringpost`
##  SCRIPT="run hello" types for you; WAIT=1 is for a GDB of your own, and prints how
	@tests/harness/deps.sh install gdb
	@$(locked) $(MAKE) $(if $(filter apps,$(FOLDER)),all,tests-built)
	$(boot) $(modules) $(typed) --gdb

tests-built: tools $(SYSTEM) $(GUEST_ELF) $(HOST_TESTS) $(FUZZERS)
	@:

test: deps-test ## run all tests (TESTS="files" for some; JSON=file writes the outcome)
	@$(locked) $(MAKE) -k tests-built || \
	    echo "What could not be built is missing, and fails below."
	@$(PYTHON) tests/harness/run_tests.py $(if $(JSON),--json '$(JSON)') $(TESTS)

guest-tests: tools ## guest tests of one build: RELEASE=1 or DEBUG=1
##  TESTS="tests/guest/X/main.c" for some
	@$(locked) $(MAKE) -k $(SYSTEM) $(GUEST_ELF) || \
	    echo "What could not be built is missing, and fails below."
	@$(PYTHON) tests/harness/run_tests.py $(or $(TESTS),$(wildcard tests/guest/*/main.c))

ci: deps-test ## what CI runs: test, lint, size, bench, guest tests of the other builds
	@$(PYTHON) tests/harness/ci.py

size: ## text bytes, circles, lengths and memory of a release, against linker/limits.h
	@$(MAKE) RELEASE=1 size-judged
size-judged: all
	@$(PYTHON) tests/lint/size.py

lint: ## format, cppcheck, layers, sparse, Python, shell, licences, width (tests/lint/lint.sh)
	@tests/harness/deps.sh install lint
	@tests/lint/lint.sh

format: ## format all C, and fill what is wider than 100 columns
	@find . -name 'build*' -prune -o -regex '.*\.\(c\|h\|py\|asm\)' -print | \
	    grep -Ev '^./(include|linker)/' | xargs $(PYTHON) tests/lint/reflow.py
	@find . -name 'build*' -prune -o -name '*.[ch]' -print | \
	    grep -Ev '^./(include|linker)/' | xargs clang-format -i

FUZZ_SECONDS ?= 60
fuzz: deps-test $(FUZZERS) ## fuzz the router's decisions for FUZZ_SECONDS=60 each
	@for f in $(FUZZERS); do mkdir -p $$f.corpus; \
	    echo "$$f" && $$f -max_total_time=$(FUZZ_SECONDS) -timeout=20 -print_final_stats=1 \
	        -artifact_prefix=$$f. $$f.corpus || exit 1; done

hostile: deps-test ## random hostile tasks beside honest ones: LIVES=7000 SEED=1
	@LIVES=$(or $(LIVES),7000) SEED=$(or $(SEED),1) \
	    $(MAKE) test TESTS=tests/guest/hostile/main.c

leaks: deps-test ## tasks that end with loans and calls open: LIVES=2000
	@LIVES=$(or $(LIVES),2000) $(MAKE) test TESTS=tests/guest/leaks/main.c

app: ## lay down a new application: make app NAME=x
##  TEMPLATE=server, client (with SERVER=y) or driver
	@tests/new/app.sh '$(NAME)' '$(TEMPLATE)' '$(SERVER)'

guest-test: ## lay down a guest test: make guest-test NAME=x
	@tests/new/guest_test.sh '$(NAME)'

host-test: ## lay down a host test: make host-test NAME=router/x
	@tests/new/host_test.sh '$(NAME)'

# What is linked into nano, or looks at it from its own side, is compiled as nano is.
BESIDE_NANO = -g3 -fno-omit-frame-pointer -Os -iquote nano

include tests/docs/docs.mk
include tests/bench/bench.mk
include tests/audit/audit.mk
include tests/debug/debug.mk
include tests/attacks/attacks.mk
include tests/faults/faults.mk
include tests/model/model.mk
include tests/mutants/mutants.mk
include tests/prove/prove.mk

clean: ## remove what was built
	rm -rf build build-*
