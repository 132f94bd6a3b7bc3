# SPDX-License-Identifier: BSD-2-Clause
# The attack suite: images of its own, in $(B)/hostile/. Included by the Makefile.
#
# The hostile router and pager are the real ones, object for object, with one more linked in front
# of an entry point (--wrap), so that a release can never contain a line of them.

H := $(B)/hostile
ATTACKS := tests/attacks

HOSTILE_CFLAGS := $(CFLAGS) -O1 -Iapps/libpost -I$(ATTACKS) -I$(H)
NANO_NAMES   := nano_secret gdt idt tss gate_stack nano_stack image_start nano_phys
ROUTER_NAMES := call_entry @0xc0000033

$(H)/nano_symbols.h: $(B)/nano.elf $(ATTACKS)/symbols.py
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(ATTACKS)/symbols.py NANO $< $(NANO_NAMES) >$@
$(H)/hostile_symbols.h: $(H)/router.elf $(ATTACKS)/symbols.py
	$(say) GEN $@
	$(Q)$(PYTHON) $(ATTACKS)/symbols.py ROUTER $< $(ROUTER_NAMES) >$@

$(H)/%.o: $(ATTACKS)/%.c Makefile $(ATTACKS)/attacks.mk | $(H)/nano_symbols.h
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOSTILE_CFLAGS) $(HOSTILE_$*) -MMD -MP -c $< -o $@
HOSTILE_hostile_router := -iquote router -fcall-used-ebx -fcall-used-esi -fcall-used-edi
HOSTILE_hostile_pager := -iquote pager
HOSTILE_hostile_gate := -iquote pager
HOSTILE_hostile_frames := -iquote pager
HOSTILE_hostile_moves := -iquote pager
$(H)/attacker.o: $(H)/hostile_symbols.h
$(H)/attacker.o $(H)/hostile_router.o $(H)/hostile_pager.o $(H)/judge.o $(H)/mover.o: $(ATTACKS)/attacks.def $(H)/nano_symbols.h

# The release's limit on the router's text is not the hostile one's.
$(H)/router.lds: $(B)/router.lds
	@mkdir -p $(@D)
	$(Q)sed '/router_text_end - /d' $< >$@
$(H)/router.elf: $(call objects,router) $(H)/hostile_router.o $(H)/router.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(H)/router.lds -Wl,--wrap=gate_call,--wrap=recover,--wrap=upcall \
	    $(filter %.o,$^) $(LIBGCC) -o $@
$(H)/pager.elf: $(call objects,pager) $(patsubst %,$(H)/hostile_%.o,pager gate frames moves) $(B)/libpost.a $(B)/app.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(B)/app.lds -Wl,--wrap=request_handle,--wrap=moving_ask \
	    -Wl,--wrap=nano_call,--wrap=send_answer $(filter %.o %.a,$^) $(LIBGCC) -o $@
$(patsubst %,$(H)/%.elf,attacker judge bystander mover peer surveyor): $(H)/%.elf: $(H)/%.o $(B)/libpost.a $(B)/app.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(B)/app.lds $(filter %.o,$^) $(filter %.a,$^) $(LIBGCC) -o $@

$(H)/attacker.elf: $(H)/attacker_mail.o $(H)/attacker_flags.o $(H)/attacker_tamper.o
$(H)/mover.elf: $(H)/mover_peers.o $(H)/mover_deaths.o

# For `make authority` and rows of ring SEED: nano with probes allowed to fail, and seeds.
$(H)/survey_nano.o $(H)/seed_nano.o: $(H)/%_nano.o: $(ATTACKS)/%_nano.c $(ATTACKS)/attacks.mk
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Os -fno-omit-frame-pointer -iquote nano -I$(ATTACKS) -MMD -MP -c $< -o $@
$(H)/nano.elf: $(call objects,nano) $(B)/include/ringpost/string.c.o $(H)/survey_nano.o $(H)/seed_nano.o $(B)/nano.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(B)/nano.lds -Wl,--wrap=trap $(filter %.o,$^) $(LIBGCC) -o $@

# For the rows after which nothing goes on: nano with a check and an audit of its own then.
$(H)/mourning_nano.o: $(ATTACKS)/mourning_nano.c $(ATTACKS)/attacks.mk
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -Os -fno-omit-frame-pointer -iquote nano -MMD -MP -c $< -o $@
$(H)/mourning.elf: $(call objects,nano) $(B)/include/ringpost/string.c.o $(H)/mourning_nano.o $(B)/nano.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(B)/nano.lds -Wl,--wrap=task_fault,--wrap=upcall_died $(filter %.o,$^) $(LIBGCC) -o $@

$(H)/table.json: $(ATTACKS)/table.c $(ATTACKS)/attacks.def
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -I$(ATTACKS) -o $(H)/table $< && $(H)/table >$@

$(H)/places.json: $(H)/table.json $(ATTACKS)/places.py $(H)/nano_symbols.h $(H)/hostile_symbols.h $(ATTACKS)/deeds.h
	$(say) GEN $@
	$(Q)$(PYTHON) $(ATTACKS)/places.py $< $(CC) $(HOSTILE_CFLAGS) >$@

ATTACK_FILES := $(H)/router.elf $(H)/pager.elf $(H)/attacker.elf $(H)/judge.elf $(H)/bystander.elf \
                $(H)/mover.elf $(H)/peer.elf $(H)/surveyor.elf $(H)/nano.elf $(H)/mourning.elf \
                $(H)/table.json $(H)/places.json
# The injection build is for rows of ring CAMPAIGN.
attacks-built: $(SYSTEM) $(ATTACK_FILES) $(if $(filter-out 0,$(INJECT)),,injection-built)
	@:
injection-built:
	@$(MAKE) INJECT=1 all build-inject/guest/faults/faults.elf

.PHONY: attacks attacks-built injection-built
tests-built: attacks-built
attacks: deps-test ## try every attack on two engines (ROWS=C01,E09 FENCES=none ENGINE=qemu MODEL=max for some)
	@$(MAKE) attacks-built
	@$(PYTHON) $(ATTACKS)/attacks.py --html $(H)/attacks.html --json $(H)/attacks.json

.PHONY: authority
authority: deps-test ## what each ring may read, write and run: by the tables, and as probed; draws README's picture
	@$(MAKE) attacks-built
	@$(PYTHON) $(ATTACKS)/authority.py --svg $(ATTACKS)/authority.svg
