# SPDX-License-Identifier: BSD-2-Clause
"""The seeded bugs: what each breaks, where, and the tests that ought to see it, cheapest first.

A bug is one replacement in one file, whose old text must be there exactly once: a bug that no
longer applies tells that the code has moved on, and is a failure of its own. The tests named are
tried first; if all of them pass, the rest of the suite is, in order of cost (mutants.py).
"""

import collections

Mutant = collections.namedtuple("Mutant", "name breaks file old new tests")

DELIVERY = "tests/host/router/test_delivery.c"
LEDGER = "tests/host/router/test_ledger.c"
MOVE = "tests/host/router/test_move.c"
RECOVER = "tests/host/router/test_recover.c"
ROOM = "tests/host/router/test_room.c"
ROUTES = "tests/host/router/test_routes.c"
SIGNALS = "tests/host/router/test_signals.c"
CULPRIT = "tests/host/nano/test_culprit.c"
MAP = "tests/host/nano/test_memory_map.c"
OPTIONS = "tests/host/nano/test_options.c"
OWED = "tests/host/nano/test_owed.c"
QUEUE = "tests/host/nano/test_queue.c"
UPCALL = "tests/host/nano/test_upcall.c"
VIEW = "tests/host/nano/test_view.c"
MESSAGES = "tests/guest/messages/main.c"
GRANTS = "tests/guest/grants/main.c"
RESTART = "tests/guest/restart/main.c"
ATTACKS = "tests/attacks/attacks_test.py"
AUTHORITY = "tests/attacks/authority_test.py"
DEATHS = "tests/attacks/deaths_test.py"
FAULTS = "tests/faults/slice_test.py"
SLOTS = "tests/faults/slots_test.py"
PROOF = "tests/prove/prove_test.py"

MUTANTS = [
    # --- the router ---
    Mutant("flags", "the caller's DF, AC and NT stay set in ring 1", "router/entry.asm",
           "\ncall_entry:\n        push    FLAGS\n        popf\n", "\ncall_entry:\n", [MESSAGES]),
    Mutant("head-first", "the sender's head moves before the receiver's tail", "router/call.c",
           "    to->in.in_tail = tail;\n    commit_barrier();\n    box->in.out_head = next;\n",
           "    box->in.out_head = next;\n    commit_barrier();\n    to->in.in_tail = tail;\n",
           [RECOVER, FAULTS]),
    Mutant("no-finish", "recovery leaves a delivery that was cut short as it is",
           "router/recover.c", "        finish(slot);\n", "        (void)finish;\n",
           [RECOVER, FAULTS]),
    Mutant("next-first", "the record's next is stored before its tail and receiver",
           "router/record.h",
           "    in->record.tail = tail;\n    in->record.dest = dest;\n    commit_barrier();\n"
           "    in->record.next = next;\n",
           "    in->record.next = next;\n    commit_barrier();\n"
           "    in->record.tail = tail;\n    in->record.dest = dest;\n", [RECOVER, FAULTS]),
    Mutant("pass-no-next", "a head that passes a void entry leaves the record behind",
           "router/record.h", "    commit_barrier();\n    in->record.next = head;\n", "",
           [RECOVER]),
    Mutant("any-tail", "recovery finishes what was not committed", "router/recover.c",
           "           box_of(to)->in.in_tail == record->tail;\n", "           true;\n", [RECOVER]),
    Mutant("any-range", "recovery believes a record of more lines than the outbox has",
           "router/recover.c", "    return lines <= out_mask + 1 && is_slot(to)",
           "    return lines + out_mask > 0 && is_slot(to)", [RECOVER]),
    Mutant("old-life", "recovery finishes a delivery to whoever has the slot now",
           "router/recover.c", " && entry_of(to)->id == record->dest &&", " &&", [RECOVER]),
    Mutant("no-notice", "recovery leaves a call open whose death notice was delivered",
           "router/recover.c",
           "        inbox_settle_notice(&nobody, slot);\n",
           "        (void)slot, in->notice.server = ID_NOBODY;\n", [RECOVER]),
    Mutant("old-rows", "routes of 65,536 restarts ago come back", "router/recover.c",
           "            lane_forget(slot);\n", "            (void)slot;\n",
           [RECOVER]),
    Mutant("aside-whole", "a mailbox that is being set aside looks whole", "router/mailbox.c",
           "    in->abi = 0;\n", "", [RECOVER]),
    Mutant("own-hand-on", "a task's own new call is handed on, not opened", "router/inbox.c",
           "            ledger_open(peer, call, dest);\n",
           "            ledger_hand_on(peer, call, sender->self, dest);\n", [LEDGER]),
    Mutant("any-open", "a call that was passed on is opened though it was closed",
           "router/ledger.c",
           "    if (call && call->server == from && call->index == index)\n",
           "    (void)from;\n    if (call && call->index == index)\n", [RECOVER]),
    Mutant("answer-stays", "the pager's answer stays, though it delivered an entry",
           "router/inbox.c", "        pass_answer(sender->record.by);\n",
           "        (void)pass_answer;\n", [MOVE]),
    Mutant("inside", "a line inside a message is passed on as a message", "router/forward.c",
           " - 1 >= unread || first == FIRST_INSIDE)", " - 1 >= unread)", [LEDGER]),
    Mutant("overtaking", "somebody's turn for room is not respected", "router/room.c",
           "    if (before != TURN_NEXT && is_low", "    if (is_low", [ROOM]),
    Mutant("two-floods", "who has mail there gets in above half", "router/room.c",
           "    return lines <= SHORT && !has_mail_of(slot, used, sender);",
           "    return lines <= SHORT && (true || has_mail_of(slot, used, sender));", [ROOM]),
    Mutant("double-promise", "the same room is promised to all who wait", "router/room.c",
           "            receiver->promised += waiting->promise;\n", "", [ROOM]),
    Mutant("run-blamed", "a lane opens though the entry has killed the router", "router/lane.c",
           " || in->held.kills != 0 ||", " ||", [RECOVER]),
    Mutant("no-renotify", "after a restart nobody is told to post again", "router/recover.c",
           "    if (read_index(&box->out.out_tail) != box->in.out_head)\n"
           "        signal_raise(&nobody, slot, SIGNAL_HELD);\n", "", [RECOVER, FAULTS]),
    Mutant("read-twice", "the number of lines is read again after it was checked", "router/inbox.c",
           "    commit(caller, slot, post->lines);\n",
           "    commit(caller, slot, post_line_of(caller, post->index)->lines);\n",
           [DELIVERY, PROOF]),
    Mutant("room-by-one", "a message of one line more than there is room for is let in",
           "router/room.c",
           "left - in->reserved < promised + lines)", "left - in->reserved + 1 < promised + lines)",
           [ROOM]),
    Mutant("sender", "a message of several lines shows the handle, not who sent it",
           "router/inbox.c",
           "    line->peer = NUMBER_OF(post->peer);\n", "", [DELIVERY]),
    Mutant("sender-fast", "a plain message shows the handle, not who sent it", "router/call.c",
           "    copy->peer = NUMBER_OF(nameplate.id);\n", "", [DELIVERY]),
    Mutant("generation", "whoever has the slot now gets what was meant for the dead",
           "router/mailbox.c",
           "entry_of(slot)->id != id)", "entry_of(slot)->id == ID_NOBODY)", [ROUTES, LEDGER]),
    Mutant("reply-twice", "a call's slot stays open after its reply", "router/ledger.c",
           "    call->server = ID_NOBODY;\n", "", [LEDGER]),
    Mutant("old-answer", "the pager's answer to an earlier ask delivers what is there now",
           "router/order.c",
           " || held->ask != answer->w[0])", ")", [MOVE]),
    Mutant("reserve", "no room is kept for a call's reply", "router/ledger.c",
           "    in->reserved += room;\n    room_limit(own);\n", "    room_limit(own);\n", [LEDGER]),
    Mutant("pass-names", "a head that passes leaves the last receiver in the record",
           "router/record.h",
           "    in->record.dest = ID_NOBODY;\n    commit_barrier();\n    in->out_head = head;\n",
           "    in->out_head = head;\n", [RECOVER]),
    Mutant("kills-any", "kills of one entry count for the next", "router/recover.c",
           "held->index == box->in.out_head ? held->kills + 1 : 1;", "held->kills + 1;", [RECOVER]),
    Mutant("blame-empty", "who has nothing to post is blamed for a death", "router/recover.c",
           "    if (!box || read_index(&box->out.out_tail) == box->in.out_head)\n        "
           "return;\n\n"
           "    struct held",
           "    if (!box)\n        return;\n\n    struct held", [RECOVER]),
    Mutant("unwatched", "who watches is not told of a restart", "router/recover.c",
           "    if (box->in.watches)\n        signal_raise(&nobody, slot, SIGNAL_RESTART);\n", "",
           [RECOVER]),
    Mutant("reset-short", "RESET is forgotten with the next restart", "router/recover.c",
           "    if (box->in.held.reason != STATUS_RESET && /* that is told until an entry is "
           "delivered "
           "*/\n", "    if (\n", [RECOVER]),
    Mutant("old-refusal", "a refusal is believed of whatever is next", "router/recover.c",
           " || box->in.held.index != box->in.out_head))", "))", [RECOVER]),
    Mutant("torn", "heads more than a ring apart are believed", "router/recover.c",
           "    return index_distance(box->in.out_head, read_index(&box->out.out_tail)) > "
           "entry->out_mask + 1 ||\n",
           "    return\n", [RECOVER]),
    Mutant("queue-stays", "a restart leaves a queue of which it forgets the links",
           "router/recover.c", "        box->in.room_wanted = 0;\n", "", [RECOVER]),
    Mutant("aside-ask", "a mailbox set aside numbers its questions to the pager anew",
           "router/mailbox.c", ", .ask = in->held.ask};", "};", [RECOVER]),
    Mutant("aside-mail", "a mailbox set aside has mail that nobody sent", "router/mailbox.c",
           "        in->in_tail = read;\n", "        (void)read;\n", [RECOVER]),
    Mutant("in-use-early", "a mailbox is in use before it is taken up", "router/mailbox.c",
           "    lane_forget(slot);\n    in->record.dest = ID_NOBODY;\n    in->record.next = "
           "in->out_head;\n",
           "    lane_forget(slot);\n    in->self = entry->id;\n    commit_barrier();\n"
           "    in->record.dest = ID_NOBODY;\n    in->record.next = in->out_head;\n", [RECOVER]),
    Mutant("dead-unsaid", "who waits for a task that ends is not told", "router/upcall.c",
           "        signal_raise(&nobody, slot, SIGNAL_HELD);\n    }\n}", "    }\n}", [SIGNALS]),
    Mutant("pager-dead", "who waits for frames waits for a dead pager", "router/upcall.c",
           "        held->reason = STATUS_PAGER_DEAD;\n", "", [MOVE]),
    Mutant("any-orders", "anybody may revoke routes", "router/order.c",
           "    if (caller->id == nano_page.registrar && post->tag == TAG_ROUTE_REVOKE)",
           "    if (post->tag == TAG_ROUTE_REVOKE)", [ROUTES]),
    Mutant("kills-unasked", "an entry with frames kills for ever", "router/order.c",
           "    if (++held->kills > KILLS_MAX) {", "    if (++held->kills > ~0u - 1) {", [MOVE]),
    Mutant("asked-twice", "the registrar is asked anew at each try", "router/route.c",
           "    if (held->reason == STATUS_ROUTE && held->index == post->index && held->peer == "
           "registrar)\n        return false;\n", "    (void)held;\n", [ROUTES]),
    Mutant("in-the-way", "who can never have room keeps others out", "router/room.c",
           "held->lines + box_of(slot)->in.reserved > size ? TURN_MISSED : TURN_NEXT;",
           "held->lines + size > 0 ? TURN_NEXT : TURN_MISSED;", [ROOM]),
    Mutant("told-always", "a promise that nobody comes for is kept for ever", "router/room.c",
           "waiting->told++ < TOLD ?", "waiting->told <= TOLD ?", [ROOM]),
    Mutant("passed-always", "those with nothing there get in before who waits, without end",
           "router/room.c",
           "    if (before != TURN_MISSED && waiting_of(slot)->passed + lines > size / 4)\n"
           "        return false;\n", "", [ROOM]),
    # --- nano: descriptors, flags, views ---
    Mutant("limit", "ring 1's segments reach to 4 GiB", "nano/gdt.c",
           "uint32_t ring1 = segment_fence ? RING1_LIMIT : 0,", "uint32_t ring1 = 0,", [ATTACKS]),
    Mutant("iopl", "tasks start with IOPL 1", "nano/entry_frame.h",
           ".eflags = X86_EFLAGS_FIXED | X86_EFLAGS_IF,",
           ".eflags = X86_EFLAGS_FIXED | X86_EFLAGS_IF | 1u << 12,",
           [ATTACKS]),
    Mutant("iopl-short", "the short hand-off gives IOPL 1", "nano/gatehouse.asm",
           "    mov dword [esp + 8], 0x202\n", "    mov dword [esp + 8], 0x1202\n", [ATTACKS]),
    Mutant("accessed", "data descriptors lack the accessed bit", "nano/gdt.c",
           "(0x93 | (ring) << 5)", "(0x92 | (ring) << 5)", [MESSAGES, ATTACKS]),
    Mutant("gdt-writable", "GDT, IDT and TSS can be written in every view", "nano/view.c",
           "map_gatehouse(shared_gate, 0);", "map_gatehouse(shared_gate, PTE_W);",
           [ATTACKS, AUTHORITY]),
    Mutant("page-fence", "nano is mapped in every view", "nano/view.c",
           "    if (!page_fence)\n", "    if (!page_fence || true)\n", [ATTACKS]),
    # --- nano: traps, dispatch, the router's death ---
    Mutant("vm", "a trap from virtual-8086 mode is sorted by the ring bits of CS",
           "nano/entry_frame.h",
           "return f->eflags & X86_EFLAGS_VM ? RING_APP : f->cs & 3;", "return f->cs & 3;",
           [ATTACKS]),
    Mutant("restart-point", "a task may go on anywhere", "nano/dispatch.c",
           "    if (eip >= RING3_LIMIT) {", "    if (eip > 0xFFFFFFFE) {", [ATTACKS]),
    Mutant("restart-short", "the short hand-off lets a task go on anywhere", "nano/gatehouse.asm",
           "    cmp esi, RING3_LIMIT\n    jae park_plain\n", "", [ATTACKS]),
    Mutant("upcall-ports", "an upcall has the I/O ports of the task that ran last", "nano/upcall.c",
           "    tss_set_ports(NULL); /* not those of the task that ran last */\n", "", [UPCALL]),
    Mutant("pager-only", "nano answers anybody's pager gate", "nano/trap.c",
           "f->vector == VECTOR_PAGER && t->id == nano_page->pager)", "f->vector == VECTOR_PAGER)",
           [ATTACKS]),
    Mutant("no-restarted", "parked tasks sleep on when the router was restarted",
           "nano/router_fault.c",
           "            task_wake(other, STATUS_RESTARTED, false);\n",
           "            (void)0;\n", [FAULTS]),
    Mutant("no-hang", "a router that hangs is left alone", "nano/router_fault.c",
           "return ++ticks_inside >= HANG_TICKS;", "return false && ++ticks_inside >= HANG_TICKS;",
           [FAULTS, ATTACKS]),
    Mutant("restart-self", "who asks for a restart is queued twice", "nano/router_fault.c",
           "&& other != running)", "&& (other != running || true))", [RESTART]),
    Mutant("killer", "a task in whose every call the router dies goes on", "nano/culprit.c",
           "    task_fault(t, FAULT_KILLER, 0, 0, eip, 0);\n", "", [CULPRIT, DEATHS]),
    Mutant("killer-hang", "… and so does one in whose every call it hangs", "nano/culprit.c",
           "    if (entered - recovered > 1)\n",
           "    if (entered - recovered > 1 || now - died > 1)\n",
           [CULPRIT, DEATHS]),
    Mutant("astray", "an upcall that faults on its way is offered again for ever", "nano/trap.c",
           "            if (!t->slot) /* an upcall: the router cannot even be entered */\n"
           "                router_fault(f, t, false);\n", "", [DEATHS]),
    Mutant("first-always", "who comes later stands first in its queue", "nano/queue.c",
           "    } else if (first) {", "    } else if (first || true) {", [QUEUE]),
    Mutant("last-gone", "a queue whose last task is taken out still ends with it", "nano/queue.c",
           "    if (last_of[p] == t)\n        last_of[p] = before;\n", "", [QUEUE]),
    Mutant("deadline-kept", "who was woken meets its old deadline in its next wait", "nano/queue.c",
           "        return;\n    deadline_disarm(t);\n", "        return;\n", [QUEUE]),
    Mutant("deadline-round", "deadlines beyond 2^32 ticks come first", "nano/queue.c",
           "(int32_t)((*link)->deadline - deadline) <= 0)", "(*link)->deadline <= deadline)",
           [QUEUE]),
    Mutant("lines-lost", "one interrupt line accepted is all of them", "nano/owed.c",
           "irqs_owed &= ~(1u << argument);", "irqs_owed = argument & 0;", [OWED]),
    Mutant("dead-lost", "of two tasks that end at once one is never told", "nano/owed.c",
           "gone_owed = retired() != NULL;", "gone_owed = false;", [OWED]),
    Mutant("recover-late", "an interrupt is told to a router that has not recovered", "nano/owed.c",
           "    if (recover_owed) {", "    if (recover_owed && !irqs_owed) {", [OWED]),
    Mutant("deaths-summed", "three deaths in upcalls stop nano, years apart", "nano/upcall.c",
           "    deaths[running] = 0;\n", "", [UPCALL]),
    Mutant("text-stays", "what a fault made of the router's text stays", "nano/load_router.c",
           "                    memcpy(to + at, from + at, 64);\n",
           "                    (void)0;\n",
           [FAULTS]),
    Mutant("same-router", "a restarted router believes its old routes", "nano/router_fault.c",
           "    nano_page->incarnation++;\n", "", [RESTART, FAULTS]),
    Mutant("id-again", "a slot that has had all its ids begins anew", "nano/life.c",
           "    if (generation_of(t->id) == GENERATION_LAST)\n        REFUSE(STATUS_NO_SLOT);\n",
           "",
           [SLOTS]),
    Mutant("part-frame", "a task's mailbox may be a frame that somebody has", "nano/part.c",
           "    if (!frame_is(frame, FRAME_FREE))\n        REFUSE(STATUS_BAD_FRAME);\n", "",
           [VIEW]),
    Mutant("part-full", "a table is taken from below its pages", "nano/part.c",
           "    if (!empty(t, part))\n        REFUSE(STATUS_NOT_EMPTY);\n", "    (void)empty;\n",
           [VIEW]),
    Mutant("ram-wins", "memory that the firmware keeps is given out", "nano/memory_map.c",
           "(r->type == MULTIBOOT_RAM) == !pass)", "(r->type == MULTIBOOT_RAM) == (pass != 0))",
           [MAP]),
    Mutant("word-twice", "of a word given twice the last counts, unsaid", "nano/options.c",
           " || *seen & 1u << i)", ")", [OPTIONS]),
    # --- nano: frames ---
    Mutant("frame-type", "the pager may map any frame", "nano/map.c",
           "    if (!frame_is(frame, FRAME_FREE))\n        REFUSE(STATUS_BAD_FRAME);\n"
           "    clear_page(frame_memory(frame));\n    frame_set(frame, 1, FRAME_MAPPED);\n",
           "    clear_page(frame_memory(frame));\n    frame_set(frame, 1, FRAME_MAPPED);\n",
           [VIEW]),
    Mutant("zero", "a new page shows what its frame held before", "nano/map.c",
           "    clear_page(frame_memory(frame));\n    frame_set(frame, 1, FRAME_MAPPED);\n",
           "    frame_set(frame, 1, FRAME_MAPPED);\n", [VIEW]),
    Mutant("grant-rights", "frames sent read-only arrive writable", "nano/map.c",
           "rights & MAP_W ? ~0u : ~(uint32_t)PTE_W;", "rights & MAP_W ? ~0u : ~0u;",
           [VIEW, GRANTS]),
    Mutant("write-exec", "a page may be writable and executable", "nano/map.c",
           "return (rights & (MAP_W | MAP_X)) != (MAP_W | MAP_X);",
           "return rights <= (MAP_W | MAP_X);", [VIEW]),
]
