/*
 * fuzz.h: what the targets share.
 */
#ifndef CRM_FUZZ_H
#define CRM_FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cursor.h"
#include "core/base/environment.h"

#define REQUIRE(condition) \
	do                     \
	{                      \
		if (!(condition))  \
			abort();       \
	} while (0)

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A cursor over a copy of just that size, *block, to be freed: libFuzzer's own may have room
 * behind. */
static inline Cursor
FuzzCursor(const void *data, size_t size, char **block)
{
	*block = malloc(size + (size == 0));
	if (size > 0)
		memcpy(*block, data, size);
	return CursorStart(*block, size);
}

/* What is taken down of a fault lies within the text. */
static inline void
FuzzFault(const Cursor *in)
{
	REQUIRE(in->expected != NULL && in->expected[0] != '\0');
	REQUIRE(in->text <= in->fault && in->fault <= in->end);
	REQUIRE(in->found <= (size_t) (in->end - in->fault));
	REQUIRE((in->found == 0) == (in->fault == in->end));
	REQUIRE(in->text <= in->at && in->at <= in->end);
}

static inline void *
FuzzAllocate(void *arg, size_t size)
{
	return malloc(size);
}

static inline void
FuzzRelease(void *arg, void *p)
{
	free(p);
}

/* Plain malloc as the surroundings of a long computation. */
static const Environment FuzzEnvironment
	__attribute__((unused)) = {NULL, FuzzAllocate, FuzzRelease, NULL};

#endif /* CRM_FUZZ_H */
