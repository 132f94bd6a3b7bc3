# SPDX-License-Identifier: BSD-2-Clause
# What looks at nano from inside and is no part of it: the audit, the check of frames and views, and
# the probes of the engine at boot. Linked in front of nano's functions (hooks.c) unless RELEASE=1.
# Included by the Makefile.

AUDIT_OBJECTS := $(call objects,tests/audit)
AUDIT_WRAPS   := gdt_set_limits load_pager pager_gate

ifeq ($(call on,RELEASE),)
$(B)/nano.elf: $(AUDIT_OBJECTS)
$(B)/nano.elf: WRAPS += $(AUDIT_WRAPS)
endif
$(B)/tests/audit/%: CFLAGS += $(BESIDE_NANO)
$(B)/tests/audit/probe.asm.o: NASMFLAGS := -I$(B)/nano/
$(B)/tests/audit/probe.asm.o: $(B)/nano/offsets.inc
