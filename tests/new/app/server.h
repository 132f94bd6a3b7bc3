/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What @ understands; its clients include this file.
 *
 * ADD    CALL; w2, w3 two numbers -> w1 status, w2 their sum
 */
#pragma once

#define TAG_ADD 100
