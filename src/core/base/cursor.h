/*
 * cursor.h: a place in a text that is being read, and what is wrong with the text. Pure C.
 *
 * Every text form is read with this scanner: one idea of white space, one way to say what was
 * expected and what stands there instead. A text comes with its size and needs no terminator. It is
 * in any encoding that PostgreSQL allows on a server: in all of them a byte below 0x80 is that
 * ASCII character and never part of another one, so marks can be searched by byte.
 *
 * A function that reads returns false when it cannot, after CursorFail has taken down why.
 */
#ifndef CRM_CORE_BASE_CURSOR_H
#define CRM_CORE_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Cursor
{
	const char *text; /* the beginning, from which positions are counted */
	const char *at;
	const char *end;
	const char *expected; /* what should have come, such as "a colon"; NULL: nothing is wrong */
	const char *fault;    /* where it should have come */
	size_t found;         /* bytes of what stands there; 0 at the end of the text */
	bool out_of_range;    /* well formed, but beyond what the type can hold */
} Cursor;

static inline Cursor
CursorStart(const char *begin, size_t size)
{
	return (Cursor){.text = begin, .at = begin, .end = begin + size};
}

/* White space is what SQL takes for it. */
static inline bool
CursorIsSpace(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
CursorIsDigit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
CursorAtEnd(const Cursor *in)
{
	return in->at == in->end;
}

/* Does this character come next? */
static inline bool
CursorSees(const Cursor *in, char c)
{
	return in->at < in->end && *in->at == c;
}

static inline bool
CursorSeesDigit(const Cursor *in)
{
	return in->at < in->end && CursorIsDigit(*in->at);
}

static inline bool
CursorSeesSpace(const Cursor *in)
{
	return in->at < in->end && CursorIsSpace(*in->at);
}

static inline void
CursorSkipSpace(Cursor *in)
{
	while (CursorSeesSpace(in))
		in->at++;
}

/* Take a character if it comes next. */
static inline bool
CursorTake(Cursor *in, char c)
{
	if (!CursorSees(in, c))
		return false;
	in->at++;
	return true;
}

/* Take these characters if they come next. */
static inline bool
CursorTakeWord(Cursor *in, const char *word)
{
	size_t size = strlen(word);

	if ((size_t) (in->end - in->at) < size || memcmp(in->at, word, size) != 0)
		return false;
	in->at += size;
	return true;
}

/* Take the digits that come next, max of them at most and nine at most; true if there are at least
 * min and at most max. */
static inline bool
CursorTakeDigits(Cursor *in, int min, int max, int32_t *value)
{
	int n = 0;

	*value = 0;
	for (; n < max && CursorSeesDigit(in); n++)
		*value = *value * 10 + (*in->at++ - '0');
	return n >= min && !CursorSeesDigit(in);
}

extern bool CursorTakeByte(Cursor *in, uint8_t *byte);
extern bool CursorTakeInteger(Cursor *in, int64_t low, int64_t high, int64_t *value);
extern bool CursorTakeDouble(Cursor *in, double *value);

extern bool CursorFail(Cursor *in, const char *from, const char *expected);
extern bool CursorFailRange(Cursor *in, const char *from, const char *expected);

#endif /* CRM_CORE_BASE_CURSOR_H */
