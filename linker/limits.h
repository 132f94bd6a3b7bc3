/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tree may measure. The linker scripts judge the first two, `make size` all of them.
 *
 * They limit what somebody who attacks meets, and what somebody who reads has to keep in mind at
 * once. There is no limit on lines of code: packing lines would meet it, and help nobody.
 */
#ifndef RINGPOST_LIMITS_H
#define RINGPOST_LIMITS_H

#define NANO_TEXT_MAX      (20 * 1024) /* bytes that ring 0 executes, in a release            */
#define ROUTER_TEXT_MAX    (15 * 1024) /* bytes that ring 1 executes                          */
#define TASK_MEMORY_MAX    (64 * 1024) /* bytes that a task takes beyond its program          */
#define FUNCTION_LINES_MAX 50          /* from its first line to its closing brace            */
#define FILE_LINES_MAX     300         /* of a product file: all lines, comments too          */

#endif
