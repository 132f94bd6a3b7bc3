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
	@tests/harness/deps.sh install gdb
	@$(locked) $(MAKE) bench-built
	@$(PYTHON) tests/bench/bench.py $(if $(JSON),--json '$(JSON)') \
	    $(if $(filter-out 0,$(CHECK)),--check)
