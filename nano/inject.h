/*
 * The fault injector's hooks in nano. The build chooses: with INJECT=1 they are in inject_on.c,
 * without it each is a constant that the compiler drops, so that a release has no byte of it.
 */
#ifndef NANO_INJECT_H
#define NANO_INJECT_H

#ifdef INJECT_ON
#include "inject_on.h"
#else
#include "inject_off.h"
#endif

#endif
