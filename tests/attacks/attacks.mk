# SPDX-License-Identifier: BSD-2-Clause
# The attack suite: images of its own, in $(B)/hostile/. Included by the Makefile.
#
# The hostile router and pager are the real ones, object for object, with one more linked in front
# of an entry point (--wrap), so that a release can never contain a line of them.

H := $(B)/hostile
ATTACKS := tests/attacks

HOSTILE_CFLAGS := $(CFLAGS) -O1 -Iapps/libpost -I$(ATTACKS) -I$(H)
NANO_NAMES   := nano_secret gdt idt tss gate_stack nano_stack image_start nano_phys
# @ADDRESS is the word at an address, not a symbol's: ROUTER_WORD_c0000033 is in the router's text,
# where a call gate that copied a parameter would read it (attacker.c, leak_by_gate).
ROUTER_NAMES := call_entry @0xc0000033

$(H)/nano_symbols.h: $(H)/baited.elf $(ATTACKS)/symbols.py
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
HOSTILE_hostile_router := -iquote router -mregparm=3 -fcall-used-ebx -fcall-used-esi -fcall-used-edi
HOSTILE_hostile_pager := -iquote pager
HOSTILE_hostile_gate := -iquote pager
HOSTILE_hostile_frames := -iquote pager
HOSTILE_hostile_moves := -iquote pager
$(H)/attacker.o: $(H)/hostile_symbols.h
$(patsubst %,$(H)/%.o,attacker hostile_router hostile_pager judge mover): \
    $(ATTACKS)/attacks.def $(H)/nano_symbols.h

# The release's limit on the router's text is not the hostile one's.
$(H)/router.lds: $(B)/router.lds
	@mkdir -p $(@D)
	$(Q)sed '/router_text_end - /d' $< >$@
$(H)/router.elf: $(call objects,router) $(H)/hostile_router.o $(H)/router.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(H)/router.lds -Wl,--wrap=call_gate,--wrap=recover,--wrap=upcall \
	    $(filter %.o,$^) $(LIBGCC) -o $@
$(H)/pager.elf: $(call objects,pager) $(patsubst %,$(H)/hostile_%.o,pager gate frames moves) \
              $(B)/libpost.a $(B)/app.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(B)/app.lds -Wl,--wrap=request_handle,--wrap=moving_ask \
	    -Wl,--wrap=nano_call,--wrap=send_answer $(filter %.o %.a,$^) $(LIBGCC) -o $@
$(patsubst %,$(H)/%.elf,attacker judge bystander mover peer surveyor deadly coroner): \
        $(H)/%.elf: $(H)/%.o $(B)/libpost.a $(B)/app.lds
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -T $(B)/app.lds $(filter %.o,$^) $(filter %.a,$^) $(LIBGCC) -o $@

$(H)/attacker.elf: $(H)/attacker_mail.o $(H)/attacker_flags.o $(H)/attacker_tamper.o
$(H)/mover.elf: $(H)/mover_peers.o $(H)/mover_deaths.o

# Nano is the real one, with its audit (the judge asks for it), and with:
#   baited.elf     the secret that attacks are after; for all rows but those below
#   nano.elf       probes that are allowed to fail, and seeds; for `make authority` and for rows of
#                  ring SEED
#   mourning.elf   a check and an audit of its own; for the rows after which nothing goes on
#   astray.elf     upcalls that go beyond ring 1's limit; for deaths_test.py
# The injector is never in them, so each may put itself in front of trap().
hostile_nano := $(call objects,nano) $(AUDIT_OBJECTS) $(B)/include/ringpost/string.c.o
$(H)/%_nano.o: $(ATTACKS)/%_nano.c Makefile $(ATTACKS)/attacks.mk
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(BESIDE_NANO) -iquote tests/audit -I$(ATTACKS) -MMD -MP -c $< -o $@
$(eval $(call image,$(H)/baited.elf,$(hostile_nano) $(H)/bait_nano.o,nano))
$(eval $(call image,$(H)/nano.elf,$(hostile_nano) $(H)/survey_nano.o $(H)/seed_nano.o,nano))
$(eval $(call image,$(H)/mourning.elf,$(hostile_nano) $(H)/mourning_nano.o,nano))
$(eval $(call image,$(H)/astray.elf,$(hostile_nano) $(H)/astray_nano.o,nano))
$(H)/baited.elf $(H)/nano.elf $(H)/mourning.elf $(H)/astray.elf: WRAPS += $(AUDIT_WRAPS)
$(H)/nano.elf: WRAPS += trap
$(H)/mourning.elf: WRAPS += task_fault upcall_died
$(H)/astray.elf: WRAPS += router_upcall_entry

$(H)/table.json: $(ATTACKS)/table.c $(ATTACKS)/attacks.def
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -I$(ATTACKS) -o $(H)/table $< && $(H)/table >$@

$(H)/places.json: $(H)/table.json $(ATTACKS)/places.py $(ATTACKS)/deeds.h \
                  $(H)/nano_symbols.h $(H)/hostile_symbols.h
	$(say) GEN $@
	$(Q)$(PYTHON) $(ATTACKS)/places.py $< $(CC) $(HOSTILE_CFLAGS) >$@

ATTACK_FILES := $(H)/router.elf $(H)/pager.elf $(H)/attacker.elf $(H)/judge.elf $(H)/bystander.elf \
                $(H)/mover.elf $(H)/peer.elf $(H)/surveyor.elf $(H)/baited.elf $(H)/nano.elf \
                $(H)/mourning.elf $(H)/astray.elf $(H)/deadly.elf $(H)/coroner.elf \
                $(H)/table.json $(H)/places.json
# The injection build is for rows of ring CAMPAIGN.
attacks-built: $(SYSTEM) $(ATTACK_FILES) $(if $(filter-out 0,$(INJECT)),,injection-built)
	@:
injection-built:
	@$(MAKE) INJECT=1 RELEASE=0 DEBUG=0 TRACE=0 all build-inject/guest/faults/faults.elf

.PHONY: attacks attacks-built injection-built
ifeq ($(B),build)
tests-built: attacks-built
endif
attacks: deps-test ## try every attack on two engines
##  ROWS=C01,E09 FENCES=none ENGINE=qemu MODEL=max for some
	@$(MAKE) attacks-built
	@$(PYTHON) $(ATTACKS)/attacks.py --html $(H)/attacks.html --json $(H)/attacks.json

.PHONY: authority
authority: deps-test ## what each ring may read, write and run: by the tables, and as probed
##  draws README's picture
	@$(MAKE) attacks-built
	@$(PYTHON) $(ATTACKS)/authority.py --svg $(ATTACKS)/authority.svg
