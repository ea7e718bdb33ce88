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

typedef enum SchemeStatus
{
	SCHEME_OK,
	SCHEME_UNKNOWN_PRESET, /* no colon anywhere, and no preset's name */
	SCHEME_EMPTY,
	SCHEME_NO_COLON,
	SCHEME_BAD_NAME,   /* empty, too long, control characters, unclosed quote */
	SCHEME_NAME_TWICE, /* each name stands once */
	SCHEME_NO_PATTERN,
	SCHEME_BAD_PATTERN,
	SCHEME_ELSE_NOT_LAST,
	SCHEME_TOO_MANY_RULES,
	SCHEME_TEXT_TOO_LONG
} SchemeStatus;

typedef struct SchemeError
{
	size_t at; /* offset of the fault in the text */
	CellPatternStatus pattern;
} SchemeError;

/* A bound on the bytes that a text of some size parses to, preset names included. */
#define SCHEME_SIZE_BOUND(text_size) ((text_size) + 17 * SCHEME_MAX_RULES + 4096)

extern SchemeStatus SchemeParse(const char *text, size_t size, uint8_t *out, size_t *out_size,
								SchemeError *error);
extern size_t SchemeTextBound(SchemeView scheme);
extern size_t SchemePrint(SchemeView scheme, char *out);
extern SchemeReader SchemeRead(SchemeView scheme);
extern bool SchemeNext(SchemeReader *reader, SchemeRule *rule);
extern SchemeName SchemeNameOf(SchemeView scheme, int index);
extern const char *SchemePreset(const char *name, size_t size);

#endif /* CRM_CORE_SEGMENT_SCHEME_H */
