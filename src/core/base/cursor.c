/*
 * cursor.c: numbers, and what is wrong with a text.
 */
#include "core/base/cursor.h"

#include <math.h>
#include <stdlib.h>

/*
 * Half-way between two doubles lies a decimal of at most 768 digits (David M. Gay, 1990): of more
 * digits it only matters whether one is not 0.
 */
#define DOUBLE_DIGITS 800
#define EXPONENT_DIGITS 5
#define EXPONENT_LIMIT 99999             /* beyond the exponent of any double */
#define EXACT_DIGITS 15                  /* every whole number of so many is a double */
#define LONGEST INT64_C(100000000000000) /* beyond the digits of any text */

static int
HexDigit(char c)
{
	if (CursorIsDigit(c))
		return c - '0';
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Take a byte, two hexadecimal digits. */
bool
CursorTakeByte(Cursor *in, uint8_t *byte)
{
	int high, low;

	if (in->end - in->at < 2 || (high = HexDigit(in->at[0])) < 0 || (low = HexDigit(in->at[1])) < 0)
		return false;
	*byte = (uint8_t) (high << 4 | low);
	in->at += 2;
	return true;
}

/* Take a whole number, a minus sign before it if negative; false if there is none from low to high.
 */
bool
CursorTakeInteger(Cursor *in, int64_t low, int64_t high, int64_t *value)
{
	bool negative = CursorTake(in, '-');
	bool fits = CursorSeesDigit(in);
	int64_t v = 0;

	/* counted downwards, for there is one more negative number */
	for (; CursorSeesDigit(in); in->at++)
		fits = fits && !__builtin_mul_overflow(v, (int64_t) 10, &v) &&
			   !__builtin_sub_overflow(v, (int64_t) (*in->at - '0'), &v);
	if (!fits || (!negative && v == INT64_MIN))
		return false;
	*value = negative ? v : -v;
	return *value >= low && *value <= high;
}

/* Take an exponent, e and a whole number, if one comes next. */
static int64_t
TakeExponent(Cursor *in)
{
	const char *start = in->at;
	bool negative;
	int64_t exponent = 0;

	if (!CursorTake(in, 'e') && !CursorTake(in, 'E'))
		return 0;
	negative = CursorTake(in, '-');
	if (!negative)
		CursorTake(in, '+');
	if (!CursorSeesDigit(in))
	{
		in->at = start;
		return 0;
	}
	for (; CursorSeesDigit(in); in->at++)
		if (exponent < LONGEST)
			exponent = exponent * 10 + (*in->at - '0');
	return negative ? -exponent : exponent;
}

/*
 * Take a decimal number without a sign: digits, a point among them or none, an exponent or none.
 * False if there is none, or none that is finite. The double is the nearest to it, as strtod reads
 * it. strtod itself would take more (infinity, hexadecimal digits), read on where a text without
 * terminator ends, and look for the decimal point of the locale: so it gets the digits without one.
 */
bool
CursorTakeDouble(Cursor *in, double *value)
{
	char digits[DOUBLE_DIGITS + EXPONENT_DIGITS + 3]; /* and e, a sign, a terminator */
	char *end;
	int n = 0;
	uint64_t whole = 0; /* the digits as a number, if they are few */
	int64_t exponent = 0;
	bool any = false, point = false;

	for (; CursorSeesDigit(in) || (!point && CursorSees(in, '.')); in->at++)
	{
		char c = *in->at;

		if (c == '.')
		{
			point = true;
			continue;
		}
		any = true;
		exponent -= point;
		if (n == 0 && c == '0')
			continue;
		if (n < DOUBLE_DIGITS)
		{
			digits[n++] = c;
			whole = whole * 10 + (uint64_t) (c - '0');
		}
		else
		{
			exponent++;
			if (c != '0' && digits[n - 1] == '0')
				digits[n - 1] = '1';
		}
	}
	if (!any)
		return false;
	exponent += TakeExponent(in);
	if (n == 0 || (n <= EXACT_DIGITS && exponent == 0))
	{
		*value = (double) whole;
		return true;
	}

	end = digits + n;
	*end++ = 'e';
	if (exponent < 0)
	{
		*end++ = '-';
		exponent = -exponent;
	}
	if (exponent > EXPONENT_LIMIT)
		exponent = EXPONENT_LIMIT;
	for (int i = EXPONENT_DIGITS - 1; i >= 0; i--, exponent /= 10)
		end[i] = (char) ('0' + exponent % 10);
	end[EXPONENT_DIGITS] = '\0';
	*value = strtod(digits, NULL);
	return isfinite(*value);
}

/* What belongs together when a message shows what stands somewhere. */
static bool
IsWordByte(char c)
{
	return CursorIsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		   c == '.' || c == '-' || c == '+' || (unsigned char) c >= 0x80;
}

/*
 * Take down what was expected at `from`, as a phrase without a full stop. What stands there is what
 * has been read since, with the rest of its last word: all of a number, not where it went wrong.
 * Returns false, for the caller to return.
 */
bool
CursorFail(Cursor *in, const char *from, const char *expected)
{
	const char *to = in->at > from ? in->at : from;

	if (to == from && to < in->end && !IsWordByte(*to))
		to++;
	else
		while (to < in->end && IsWordByte(*to))
			to++;
	while (to > from + 1 && CursorIsSpace(to[-1]))
		to--;
	in->expected = expected;
	in->fault = from;
	in->found = (size_t) (to - from);
	return false;
}

/* The same of a part that is well formed and does not fit. */
bool
CursorFailRange(Cursor *in, const char *from, const char *expected)
{
	in->out_of_range = true;
	return CursorFail(in, from, expected);
}
