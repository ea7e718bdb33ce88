/*
 * env.h: plain malloc as the surroundings of a fit
 */
#ifndef CRM_UNIT_ENV_H
#define CRM_UNIT_ENV_H

#include <stdlib.h>

#include "core/clv/fit.h"

static void *
test_alloc(void *arg, size_t size)
{
	return malloc(size);
}

static void
test_release(void *arg, void *p)
{
	free(p);
}

static const Environment test_env = {NULL, test_alloc, test_release, NULL};

#endif
