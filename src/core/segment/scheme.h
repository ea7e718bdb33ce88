/*
 * scheme.h: a scheme's bytes and its text: named sets of cells in order, first match wins.
 * Pure C.
 *
 * Bytes: version, number of rules, size of the else-name (0: none), the else-name; then for each
 * rule its cells (16 bytes), the size of its name, its name. Names are 1 to 255 bytes.
 */
#ifndef CRM_CORE_SEGMENT_SCHEME_H
#define CRM_CORE_SEGMENT_SCHEME_H

#include "core/segment/cell_set.h"

#define SCHEME_VERSION 1
#define SCHEME_MAX_RULES 250
#define SCHEME_MAX_NAME 255
#define SCHEME_TEXT_LIMIT (1 << 20) /* reading cannot be interrupted */

typedef struct SchemeView
{
	const uint8_t *bytes;
	size_t size;
} SchemeView;

typedef struct SchemeName
{
	const char *text; /* no final zero byte */
	size_t size;      /* 0: no name */
} SchemeName;

typedef struct SchemeRule
{
	CellSet cells;
	SchemeName name;
} SchemeRule;

/* A walk over the rules. */
typedef struct SchemeReader
{
	const uint8_t *at;
	const uint8_t *end;
	int left;
	SchemeName otherwise; /* the else-name */
} SchemeReader;

/* A bound on the bytes that a text of some size parses to, preset names included. */
#define SCHEME_SIZE_BOUND(text_size) ((text_size) + 17 * SCHEME_MAX_RULES + 4096)

extern bool SchemeParse(Cursor *in, uint8_t *out, size_t *out_size);
extern size_t SchemeTextBound(SchemeView scheme);
extern size_t SchemePrint(SchemeView scheme, char *out);
extern bool SchemeIsCanonical(SchemeView scheme);
extern SchemeReader SchemeRead(SchemeView scheme);
extern bool SchemeNext(SchemeReader *reader, SchemeRule *rule);
extern SchemeName SchemeNameOf(SchemeView scheme, int index);
extern const char *SchemePreset(const char *name, size_t size);

#endif /* CRM_CORE_SEGMENT_SCHEME_H */
