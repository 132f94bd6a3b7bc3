# SPDX-License-Identifier: BSD-2-Clause
# The fault campaigns: tests/faults/faults.py. The injector is in a build of its own, and they need
# nothing else of the tests.

# With INJECT=1 the injector is linked in front of nano's functions: nano/hooks.c.
ifneq ($(call on,INJECT),)
$(B)/nano.elf: $(call objects,tests/faults/nano)
$(B)/nano.elf: WRAPS += tasks_init tick_init part_give load_router trap upcall_start leave \
    router_fault print router_hangs culprit_judge
endif
$(B)/tests/faults/nano/%: CFLAGS += $(BESIDE_NANO) -iquote tests/audit

.PHONY: faults faults-bochs faults-flips faults-full fault faults-built

# The campaigns' tasks: one program, see faults.h.
faults_objects := $(patsubst tests/%,$(B)/guest/%.o,$(sort $(wildcard tests/faults/*.c)))
$(eval $(call image,$(B)/guest/faults/faults.elf,$(faults_objects) $(B)/libpost.a,app))
$(B)/guest/faults/%.c.o: tests/faults/%.c Makefile
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

# Beside a build folder that somebody chose.
inject = $(if $(filter command,$(firstword $(origin B))),$(B)-inject,build-inject)

faults-built: deps-test
	@$(if $(SSHLOGIN),tests/harness/deps.sh install remote)
	@tests/harness/locked.sh $(inject) $(MAKE) INJECT=1 B=$(inject) all \
	    $(inject)/guest/faults/faults.elf

# exec: or a shell stands between make and it, and keeps what make is told by a signal.
faults = @exec env B=$(inject) RESUME=$(or $(RESUME),0) $(PYTHON) tests/faults/faults.py
faults_options = $(if $(SEED),--seed $(SEED)) $(if $(JSON),--json '$(JSON)') \
                 $(if $(CSV),--csv '$(CSV)') \
                 $(if $(JOBS),--jobs $(JOBS)) $(if $(PART),--part '$(PART)') \
                 $(if $(ONLY),--only '$(ONLY)') \
                 $(if $(BUDGET),--budget $(BUDGET)) $(if $(SSHLOGIN),--sshlogin '$(SSHLOGIN)')

faults: faults-built ## inject faults into the router, a quarter of an hour
##  SEED=1 JSON=file CSV=file SSHLOGIN=hosts; RESUME=1 goes on where one was cut off
	$(faults) run --set usual $(faults_options)

faults-flips: faults-built ## flip bits of its text, data, stack and registers
##  BUDGET=1000000 of them
	$(faults) run --set flips $(faults_options)

faults-full: faults-built ## every bit, every instruction: 3 hours
##  PART=kills, hangs, text, memory or registers; ONLY=regex
	$(faults) run --set full $(faults_options)

faults-bochs: faults-built ## kills, and a sample of the others, on Bochs
	$(faults) run --set bochs $(faults_options)

fault: faults-built ## one of them again: CASE=kill:one:e:37 (GDB=1: under GDB)
	$(faults) case '$(CASE)' $(if $(GDB),--gdb)
