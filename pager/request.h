/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to the pager by message. */
#pragma once

#include <post.h>

void request_handle(const struct line *line);
void request_ended(uint32_t id);
bool request_is_told(uint32_t id);
