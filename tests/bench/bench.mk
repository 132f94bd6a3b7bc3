# SPDX-License-Identifier: BSD-2-Clause
# The bench's programs: one for each folder, its module named as the folder is. Included by the
# Makefile.
BENCHES := small crowd frames
bench_objects = $(patsubst %,$(B)/%.o,$(wildcard tests/bench/$(1)/*.c))
$(foreach b,$(BENCHES),$(call program,$(B)/guest/$(b)/$(b).elf,$(call bench_objects,$(b))))
$(B)/tests/bench/%: CFLAGS += -Iapps/libpost

.PHONY: bench bench-built
bench-built: all $(patsubst %,$(B)/guest/%.elf,$(join $(BENCHES:=/),$(BENCHES)))
	@:
bench: deps ## measure the paths in guest instructions, into tests/bench/RESULTS.md
##  CHECK=1 compares with it; JSON=file
##  WALL=1: in time; BASE=revision, with it: the ratio to another commit
	@tests/harness/deps.sh install gdb
	@$(locked) $(MAKE) bench-built
	@$(PYTHON) $(if $(call on,WALL),tests/bench/wall.py $(if $(BASE),--base '$(bench_base)'), \
	    tests/bench/bench.py $(if $(JSON),--json '$(JSON)') $(if $(call on,CHECK),--check))

# Told here, before anything is installed or built.
ifneq ($(filter bench,$(MAKECMDGOALS)),)
$(if $(and $(call on,WALL),$(JSON)$(call on,CHECK)),$(error WALL=1 goes without CHECK and JSON))
ifneq ($(BASE),)
bench_base := $(shell git rev-parse -q --verify --short $(call quoted,$(BASE)^{commit}))
$(if $(call on,WALL),,$(error BASE=$(BASE) needs WALL=1))
$(if $(bench_base),,$(error BASE=$(BASE): git knows no such commit))
$(foreach o,RELEASE DEBUG INJECT TRACE,$(if $(call on,$(o)),\
    $(error BASE=$(BASE) goes without $(o))))
endif
endif
