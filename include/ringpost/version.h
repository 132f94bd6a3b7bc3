/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The version of the system, for people, and of the ABI, for programs. Nano refuses a router of
 * another ABI version, and the pager a nano; after a restart the router sets aside a mailbox of
 * another.
 */
#ifndef RINGPOST_VERSION_H
#define RINGPOST_VERSION_H

#define RINGPOST_VERSION "0.2"

/* The commit that nano was built from, or "unknown"; the Makefile makes it, for nano alone. */
extern const char ringpost_commit[48];

/*
 * Raised whenever a layout, a word, a gate, a tag or a status that two rings share changes.
 *
 *   1  the first
 *   2  `irq` for interrupt lines (UPCALL_IRQ, SIGNAL_IRQ, PAGER_OP_IRQ, the manifest's irq=);
 *      struct call: `index`, the call index
 *      struct held: `lines` or `loan`, and `ask`, instead of answer[]
 *   3  struct in_header: `record`, `notice`, `plain_limit`; `first` instead of origins; no `moved`
 *      struct boot_info: no command line
 *      LOG, a request to the pager
 *      struct boot_info: 256 ranges of memory
 *      RESTART_ROUTER, CRASH, KEEP, requests to the pager; TASK_ALL, news for the registrar;
 *      PAGER_OP_RESTART_ROUTER, FAULT_ASKED, FAULT_KILLER; restart=fault
 *      NO_SLOT; MEMORY tells slots used up
 *   4  CANCEL; struct in_header: `plain_room` instead of a limit
 *      struct task_entry: `ready`, `view`, `window`; struct nameplate: `in`, `routes`;
 *      attention is at least 1; three counters are told by indices
 *      MAP_RESUME and EVENT_MORE, for the pager at nano's gate
 */
#define ABI_VERSION 4

#endif
