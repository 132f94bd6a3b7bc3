/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system, the part of post.h that is about it: routes and names (the registrar answers),
 * memory and the end of the task (the pager answers). All of these wait for the answer.
 */
#ifndef POST_SYSTEM_H
#define POST_SYSTEM_H

#include "post_mailbox.h"

/*
 * Open a route to the task of that name, or to "router". Returns a handle above 0, or minus an
 * enum status:
 *   NO_SUCH    neither policy nor a living task has that name
 *   DENIED     the policy does not allow it
 *   NO_ROOM    60 handles are open
 *   DEAD       there is no registrar
 * A handle is to a name, not to a task: there is one also while nobody bears the name. Then what is
 * sent by it is refused (DEAD). It heals by itself: when a task of that name has started, again or
 * for the first time, the handle leads to it, and need not be opened again.
 */
int post_open(const char *name);

/*
 * The same, but waits until a task bears the name. NO_SUCH, too, if none does by the deadline; the
 * handle is open then all the same, and post_open gives it.
 */
int post_open_wait(const char *name, uint32_t deadline);

/*
 * Give a handle back. NO_ROUTE if the task has no such handle. A name has one handle in a task,
 * however often it is opened, so this closes it for all of the task.
 */
enum status post_close(uint32_t handle);

/* Write the name of a task into name[NAME_BYTES], with its NUL. BAD_TASK: it has none; "" then. */
enum status post_name_of(uint32_t task, char *name);

/*
 * Allocate `pages` zero-filled pages of 4 KiB below 1 GiB, in a row; NULL if the system or the
 * address range has too few. Blocks of 2 MiB and more are aligned to 2 MiB.
 */
void *post_alloc(unsigned pages);

/* Give pages back: those of post_alloc, or pages that have landed. */
enum status post_release(void *address, unsigned pages);

/*
 * End this task. Returning from main does the same with main's result. Entries that are
 * committed and still wait after a second are dropped. WAIT_EXIT and the shell's `run` tell the
 * low 8 bits of the code: -1 is 255.
 */
_Noreturn void post_exit(int code);

/* The text of a status, or of minus a status, as post_open returns it. Never NULL. */
const char *post_status_text(int status);

/* How often the router was restarted since boot: RESTARTS has reports of the last ones. */
uint32_t post_restarts(void);

#endif
