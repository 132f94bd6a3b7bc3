/* SPDX-License-Identifier: BSD-2-Clause */
/* Deeds with mailboxes (attacker_mail.c). True: the router
 * held, and a right message went through after it. */
#ifndef ATTACKER_MAIL_H
#define ATTACKER_MAIL_H

#include <stdbool.h>
#include <stdint.h>

bool bad_operations(void);
bool bad_handles(void);
bool bad_replies(void);
bool bad_lengths(void);
bool bad_tail(uint32_t ahead); /* an outbox tail that far ahead of the head */
bool bad_head(void);
bool header_noise(void);
bool entry_noise(void);
bool forged_sender(void); /* the judge looks at what arrives */
bool flood(void);
bool deaf(void);
bool wait_true(void);
bool bad_grants(void);
bool grant_without_right(void);
bool grant_without_room(void);
void write_sent_page(void); /* does not come back if the page is gone */

#endif
