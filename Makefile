# SPDX-License-Identifier: BSD-2-Clause
# Ringpost's one Makefile: builds the rings, boots them, tests them. `make help` lists the targets.
#
# A folder is a ring or a role, and its sources are found by globbing:
#   nano/    -> build/nano.elf     ring 0, the kernel that the boot loader starts
#   router/  -> build/router.elf   ring 1
#   pager/   -> build/pager.elf    ring 3, linked with libpost as every application is
#   apps/X/  -> build/X.elf        ring 3; apps/libpost/ -> build/libpost.a
#   tests/guest/X/*.c -> build/guest/X/*.elf, one application for each source
#   tests/host/**/test_*.c -> build/host/**, unit tests for this machine; fuzz_*.c, fuzzers
# A file named trace_on.c is built in with TRACE=1 only. What else is linked into nano is beside nano/, in
# front of nano's functions (--wrap): tests/audit (by default; RELEASE=1 leaves it out), tests/debug (DEBUG=1,
# which switches TRACE on) and tests/faults/nano (INJECT=1). A build with an option has a build folder of its own.

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
B       := build$(if $(call on,RELEASE),-release)$(if $(call on,DEBUG),-debug)$(if $(call on,INJECT),-inject)$(if $(call on,DEBUG),,$(if $(call on,TRACE),-trace))
ifneq ($(and $(call on,RELEASE),$(call on,INJECT)),)
$(error INJECT=1 needs the audit and the check, which RELEASE=1 leaves out: one of the two)
endif
ifneq ($(and $(call on,DEBUG),$(or $(call on,INJECT),$(call on,RELEASE))),)
$(error DEBUG=1 is a build of its own: without RELEASE=1 and INJECT=1)
endif
ifneq ($(call on,DEBUG),)
override TRACE := 1
endif
export CROSS_COMPILE QEMU CPU MEM TIMEOUT B PYTHON HOST_CC

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

# $(call sources,FOLDER): its C and assembler files, without the variant that was not chosen.
unchosen = $(if $(call on,TRACE),,%/trace_on.c)
sources  = $(filter-out %/offsets.c $(unchosen),$(sort $(wildcard $(1)/*.c $(1)/*.asm)))
objects  = $(patsubst %,$(B)/%.o,$(call sources,$(1)))

APPS       := $(filter-out libpost,$(sort $(patsubst apps/%/,%,$(dir $(wildcard apps/*/*.c)))))
GUEST_SRC  := $(sort $(wildcard tests/guest/*/*.c))
GUEST_ELF  := $(patsubst tests/guest/%.c,$(B)/guest/%.elf,$(GUEST_SRC))
HOST_TESTS := $(patsubst tests/host/%.c,$(B)/host/%,$(sort $(shell find tests/host -name "test_*.c")))
FUZZERS    := $(patsubst tests/host/%.c,$(B)/host/%,$(sort $(shell find tests/host -name "fuzz_*.c")))
SYSTEM     := $(B)/nano.elf $(B)/router.elf $(B)/pager.elf $(patsubst %,$(B)/%.elf,$(APPS))

# Instructions are counted, so the compiler chooses as for a machine where each costs the same.
CFLAGS := -m32 -march=i686 -mtune=i386 -mgeneral-regs-only -ffreestanding -fno-pic -no-pie \
          -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -fcallgraph-info=su \
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
$(B)/nano/map.c.o $(B)/nano/trap.c.o $(B)/nano/dispatch.c.o $(B)/nano/queue.c.o $(B)/nano/wake.c.o: CFLAGS += -O2
# Nobody is waiting above the router's entries for a register: it saves only those it needs itself.
# Small but for the paths that are counted.
$(B)/router/%: CFLAGS += -fcall-used-ebx -fcall-used-esi -fcall-used-edi -Os
$(B)/router/call.c.o $(B)/router/deliver.c.o: CFLAGS += -O2
CFLAGS += $(if $(call on,TRACE),-DTRACE_ON) $(if $(call on,DEBUG),-DDEBUG_ON)
$(B)/pager/% $(B)/apps/% $(B)/guest/%: CFLAGS += -Iapps/libpost
$(B)/guest/%: CFLAGS += -Itests/guest

all: tools $(SYSTEM) ## build nano, router, pager and the applications
	@:

$(B)/%.c.o: %.c Makefile
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(B)/%.asm.o: %.asm Makefile
	$(say) NASM $<
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -g -F dwarf -Iinclude/ -I$(dir $<) -I$(B)/$(dir $<) $(NASMFLAGS) -MD $(@:.o=.d) -MP -o $@ $<

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
	$(Q)$(CC) -std=c11 -E -P -x c -Iinclude $(foreach o,RELEASE DEBUG,$(if $(filter-out 0,$($(o))),-D$(o))) \
	    -MMD -MP -MT $@ -MF $@.d $< -o $@

# $(call image,ELF,OBJECTS AND LIBRARIES,LINKER SCRIPT); more objects may be made prerequisites elsewhere.
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
$(foreach a,$(APPS),$(eval $(call image,$(B)/$(a).elf,$(call objects,apps/$(a)) $(B)/libpost.a,app)))
$(foreach g,$(GUEST_SRC),$(eval $(call image,$(patsubst tests/guest/%.c,$(B)/guest/%.elf,$(g)),$(patsubst tests/guest/%,$(B)/guest/%.o,$(g)) $(B)/libpost.a,app)))

$(B)/guest/%.c.o: tests/guest/%.c Makefile
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(B)/libpost.a: $(call objects,apps/libpost) $(B)/include/ringpost/string.c.o
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Host tests: a source says which others it is linked with, in a comment "Sources: a.c b.c"; that is
# read as make reads it, so it may hold a $(wildcard). Its own folder is the first that is searched
# for headers, so that a test can put a fake in a header's place.
linked = $(eval linked_text := $(shell sed -n 's/^[ *\/]*Sources: //p' $(1)))$(linked_text)
.SECONDEXPANSION:
$(B)/host/%: tests/host/%.c $$(call linked,tests/host/$$*.c) Makefile
	$(say) HOSTCC $<
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(HOST_CC) -I$(<D) $(HOST_CFLAGS) -MMD -MP -MF $@.d $(filter %.c,$^) -o $@ -lcmocka
$(FUZZERS): $(B)/host/%: tests/host/%.c $$(call linked,tests/host/$$*.c) Makefile
	$(say) CLANG $<
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(CLANG) -I$(<D) $(HOST_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d $(filter %.c,$^) -o $@

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# --- what is done with it --------------------------------------------------------------------

.PHONY: help all tools deps deps-test run iso bochs gdb test size size-judged lint fuzz app clean tests-built

help: ## list the targets
	@printf 'Ringpost: make TARGET [V=1] [NAME=value ...]\n\n'
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 15
	@printf '\nCan be set: CROSS_COMPILE=%s QEMU=%s CPU=%s MEM=%s (MiB) TIMEOUT=%s (s) RELEASE=1 DEBUG=1 TRACE=1 INJECT=1 APPEND="nano'"'"'s command line"\n' \
	    '$(CROSS_COMPILE)' '$(QEMU)' '$(CPU)' '$(MEM)' '$(TIMEOUT)'

# A missing tool is told with its package, before anything fails in a way that needs guessing.
tools:
	@tests/harness/deps.sh check build

deps: ## install the Debian packages that building and running need, if any is missing
	@tests/harness/deps.sh install build run

deps-test: ## the same for testing
	@tests/harness/deps.sh install build run test

# What is booted: a folder with a manifest and a policy; a guest test's, too.
FOLDER ?= apps

run: deps ## boot to the shell; SCRIPT="ps; ping echo; off" types for you, with its outcome as exit status; FILE=path for `wc`
	@$(MAKE) all
	@$(PYTHON) tests/harness/run_guest.py $(FOLDER) $(if $(FILE),--module 'file=$(subst ','\'',$(FILE))') $(if $(SCRIPT),--script '$(subst ','\'',$(SCRIPT))',--interactive)

iso: all ## make build/ringpost.iso, a GRUB image with all modules
	@tests/harness/deps.sh install iso
	@$(PYTHON) tests/harness/run_guest.py $(FOLDER) --make-iso $(B)/ringpost.iso

bochs: iso ## boot that image in Bochs, its serial line on this terminal
	@tests/harness/deps.sh install bochs
	@$(PYTHON) tests/harness/run_guest.py $(FOLDER) --engine bochs --interactive

gdb: deps ## boot under QEMU, stopped, and debug it: symbols of all rings, commands `help ringpost`; SCRIPT="run hello" types for you
	@tests/harness/deps.sh install gdb
	@$(MAKE) $(if $(filter apps,$(FOLDER)),all,tests-built)
	@$(PYTHON) tests/harness/run_guest.py $(FOLDER) $(if $(SCRIPT),--script '$(subst ','\'',$(SCRIPT))') --gdb

tests-built: tools $(SYSTEM) $(GUEST_ELF) $(HOST_TESTS) $(FUZZERS)
	@:

test: deps-test ## run all tests (TESTS="files" for some; JSON=file writes the outcome)
	@$(MAKE) -k tests-built || echo "What could not be built is missing, and fails below."
	@$(PYTHON) tests/harness/run_tests.py $(if $(JSON),--json '$(JSON)') $(TESTS)

size: ## text bytes, circles, lengths and memory of a release, against linker/limits.h
	@$(MAKE) RELEASE=1 size-judged
size-judged: all
	@$(PYTHON) tests/lint/size.py

lint: ## cppcheck, clang-format, and that no ring includes another's headers
	@tests/harness/deps.sh install lint
	@tests/lint/lint.sh

FUZZ_SECONDS ?= 60
fuzz: deps-test $(FUZZERS) ## fuzz the router's decisions for FUZZ_SECONDS=60 each
	@for f in $(FUZZERS); do mkdir -p $$f.corpus; \
	    echo "$$f" && $$f -max_total_time=$(FUZZ_SECONDS) -timeout=20 -print_final_stats=1 \
	        -artifact_prefix=$$f. $$f.corpus || exit 1; done

app: ## lay down a new application: make app NAME=x
	@tests/new/app.sh '$(NAME)'

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
