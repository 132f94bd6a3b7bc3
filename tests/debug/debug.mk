# SPDX-License-Identifier: BSD-2-Clause
# DEBUG=1: assertions (<ringpost/assert.h>) in nano and router, refusals told with their place, and
# the trace ring. What makes words of them is linked in front of nano's functions. Included by the
# Makefile.

ifneq ($(call on,DEBUG),)
DEBUG_WRAPS := load_router router_fault panic_trap
$(B)/nano.elf: $(B)/tests/debug/nano_debug.c.o
$(B)/nano.elf: WRAPS += $(DEBUG_WRAPS)

# A nano and a router in which an assertion fails, for tests/boot/debug_test.py.
FAILING_NANO := $(call objects,nano) $(AUDIT_OBJECTS) $(B)/include/ringpost/string.c.o \
                $(B)/tests/debug/nano_debug.c.o $(B)/tests/debug/failing_nano.c.o
$(eval $(call image,$(B)/debug/nano.elf,$(FAILING_NANO),nano))
$(B)/debug/nano.elf: WRAPS += $(AUDIT_WRAPS) $(DEBUG_WRAPS) tick_init
FAILING_ROUTER := $(call objects,router) $(B)/tests/debug/failing_router.c.o
$(eval $(call image,$(B)/debug/router.elf,$(FAILING_ROUTER),router))
$(B)/debug/router.elf: WRAPS += upcall
endif
$(B)/tests/debug/nano_debug.c.o $(B)/tests/debug/failing_nano.c.o: CFLAGS += $(BESIDE_NANO)
$(B)/tests/debug/failing_router.c.o: CFLAGS += -Os -fcall-used-ebx -fcall-used-esi \
                                             -fcall-used-edi -iquote router
