/*
 * cell_set.c: patterns of RFM cells, read and written.
 *
 *     patterns   pattern { separator pattern }        separator: white space, or one comma
 *     pattern    position position position           recency, frequency, monetary
 *     position   digit 1-5, * (any of 1-5), [345], [3-5], [1-24]
 *
 * The one pattern with zeros is 000.
 */
#include "core/segment/cell_set.h"

#define ALL_SCORES 0x3e /* bits 1 to 5 */

/* Say why a pattern was refused, as a sentence. */
const char *
CellPatternStatusText(CellPatternStatus status)
{
	switch (status)
	{
		case PATTERN_OK:
			break;
		case PATTERN_EXPECTED:
			return "A comma needs a pattern on both sides.";
		case PATTERN_BAD_CHARACTER:
			return "A position is a digit, * or a class such as [345].";
		case PATTERN_TOO_SHORT:
			return "A pattern has three positions: recency, frequency, monetary.";
		case PATTERN_TOO_LONG:
			return "A pattern has only three positions: recency, frequency, monetary.";
		case PATTERN_BAD_CLASS:
			return "A class lists digits or ascending ranges between brackets, such as [345] or "
				   "[3-5].";
		case PATTERN_BAD_DIGIT:
			return "Scores go from 1 (worst) to 5 (best).";
		case PATTERN_MIXED_ZERO:
			return "The digit 0 stands for customers who never bought, and only as 000.";
		case PATTERN_TEXT_TOO_LONG:
			return "The text is longer than 65536 bytes.";
	}
	return "";
}

/* The cells that a customer who bought can have with this many levels. */
CellSet
CellSetBought(int levels)
{
	CellSet set = {{0, 0}};

	for (int index = 1; index < RFM_CELLS; index++)
	{
		int cell = CellFromIndex(index);

		if (cell / 100 <= levels && cell / 10 % 10 <= levels && cell % 10 <= levels)
			CellSetAdd(&set, index);
	}
	return set;
}

/* The highest digit of any cell in a set, 0 if there is none. */
int
CellSetHighestDigit(CellSet set)
{
	int highest = 0;

	while (highest < RFM_MAX_LEVELS &&
		   CellSetCount(CellSetDifference(set, CellSetBought(highest))) > (int) (set.bits[0] & 1))
		highest++;
	return highest;
}

static bool
IsSpace(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Read a digit of a pattern into a mask. */
static CellPatternStatus
ReadDigit(char c, int *digit)
{
	if (c < '0' || c > '9')
		return PATTERN_BAD_CHARACTER;
	if (c > '5')
		return PATTERN_BAD_DIGIT;
	*digit = c - '0';
	return PATTERN_OK;
}

/* Read a class after its opening bracket; *at ends behind the closing one. */
static CellPatternStatus
ReadClass(const char *text, size_t size, size_t *at, unsigned *mask)
{
	*mask = 0;
	while (*at < size && text[*at] != ']')
	{
		int first, last;
		CellPatternStatus status = ReadDigit(text[*at], &first);

		if (status != PATTERN_OK)
			return status == PATTERN_BAD_DIGIT ? status : PATTERN_BAD_CLASS;
		last = first;
		++*at;
		if (*at < size && text[*at] == '-')
		{
			++*at;
			if (*at == size)
				return PATTERN_BAD_CLASS;
			status = ReadDigit(text[*at], &last);
			if (status != PATTERN_OK)
				return status == PATTERN_BAD_DIGIT ? status : PATTERN_BAD_CLASS;
			if (last < first)
				return PATTERN_BAD_CLASS;
			++*at;
		}
		for (int digit = first; digit <= last; digit++)
			*mask |= 1U << digit;
	}
	if (*at == size || *mask == 0)
		return PATTERN_BAD_CLASS;
	++*at;
	return PATTERN_OK;
}

/* Read one position of a pattern as a mask of digits. */
static CellPatternStatus
ReadPosition(const char *text, size_t size, size_t *at, unsigned *mask)
{
	int digit;
	CellPatternStatus status;

	if (*at == size || IsSpace(text[*at]) || text[*at] == ',')
		return PATTERN_TOO_SHORT;
	if (text[*at] == '*')
	{
		*mask = ALL_SCORES;
		++*at;
		return PATTERN_OK;
	}
	if (text[*at] == '[')
	{
		++*at;
		return ReadClass(text, size, at, mask);
	}
	status = ReadDigit(text[*at], &digit);
	if (status == PATTERN_OK)
	{
		*mask = 1U << digit;
		++*at;
	}
	return status;
}

/* Add the cells of a pattern, given as a mask of digits a position. */
static CellPatternStatus
AddPattern(CellSet *set, const unsigned mask[3])
{
	if (mask[0] == 1 && mask[1] == 1 && mask[2] == 1)
	{
		CellSetAdd(set, 0);
		return PATTERN_OK;
	}
	if ((mask[0] | mask[1] | mask[2]) & 1)
		return PATTERN_MIXED_ZERO;
	for (int index = 1; index < RFM_CELLS; index++)
	{
		int cell = CellFromIndex(index);

		if ((mask[0] >> (cell / 100) & 1) && (mask[1] >> (cell / 10 % 10) & 1) &&
			(mask[2] >> (cell % 10) & 1))
			CellSetAdd(set, index);
	}
	return PATTERN_OK;
}

/* Read patterns; on failure *at is the offset of the fault. Nothing but space is the empty set. */
CellPatternStatus
CellSetParse(const char *text, size_t size, CellSet *set, size_t *at)
{
	bool comma = false, any = false;

	*set = (CellSet){{0, 0}};
	*at = 0;
	if (size > CELL_SET_TEXT_LIMIT)
		return PATTERN_TEXT_TOO_LONG;
	for (;;)
	{
		unsigned mask[3];
		size_t start;

		while (*at < size && IsSpace(text[*at]))
			++*at;
		if (*at == size)
			return comma ? PATTERN_EXPECTED : PATTERN_OK;
		if (text[*at] == ',')
		{
			if (comma || !any)
				return PATTERN_EXPECTED;
			comma = true;
			++*at;
			continue;
		}

		start = *at;
		for (int position = 0; position < 3; position++)
		{
			CellPatternStatus status = ReadPosition(text, size, at, &mask[position]);

			if (status != PATTERN_OK)
				return status;
		}
		if (*at < size && !IsSpace(text[*at]) && text[*at] != ',')
			return PATTERN_TOO_LONG;
		if (AddPattern(set, mask) != PATTERN_OK)
		{
			*at = start;
			return PATTERN_MIXED_ZERO;
		}
		any = true;
		comma = false;
	}
}

/* The cells of one recency score: five bits (monetary) for each frequency score. */
static unsigned
RecencySlice(CellSet set, int r)
{
	unsigned slice = 0;

	for (int i = 0; i < 25; i++)
		slice |= (unsigned) CellSetHas(set, (r - 1) * 25 + i + 1) << i;
	return slice;
}

static unsigned
FrequencyRow(unsigned slice, int f)
{
	return slice >> (5 * (f - 1)) & 0x1f;
}

/* Write one position from a mask whose bit 0 is the score 1. */
static char *
PrintPosition(char *out, unsigned mask)
{
	bool class = (mask & (mask - 1)) != 0;

	if (mask == 0x1f)
	{
		*out++ = '*';
		return out;
	}
	if (class)
		*out++ = '[';
	for (int digit = 0; digit < 5; digit++)
		if (mask >> digit & 1)
			*out++ = (char) ('1' + digit);
	if (class)
		*out++ = ']';
	return out;
}

/*
 * Write a set in its canonical form: recency scores with the same cells are one pattern's first
 * position, then frequency scores likewise; best first, 000 last. No cell is in two patterns.
 */
size_t
CellSetPrint(CellSet set, char *out)
{
	char *start = out;
	unsigned r_done = 0;

	for (int r = 5; r >= 1; r--)
	{
		unsigned slice = RecencySlice(set, r), r_mask = 0, f_done = 0;

		if (slice == 0 || (r_done >> (r - 1) & 1))
			continue;
		for (int other = r; other >= 1; other--)
			if (RecencySlice(set, other) == slice)
				r_mask |= 1U << (other - 1);
		r_done |= r_mask;
		for (int f = 5; f >= 1; f--)
		{
			unsigned row = FrequencyRow(slice, f), f_mask = 0;

			if (row == 0 || (f_done >> (f - 1) & 1))
				continue;
			for (int other = f; other >= 1; other--)
				if (FrequencyRow(slice, other) == row)
					f_mask |= 1U << (other - 1);
			f_done |= f_mask;
			if (out != start)
			{
				*out++ = ',';
				*out++ = ' ';
			}
			out = PrintPosition(out, r_mask);
			out = PrintPosition(out, f_mask);
			out = PrintPosition(out, row);
		}
	}
	if (CellSetHas(set, 0))
	{
		if (out != start)
		{
			*out++ = ',';
			*out++ = ' ';
		}
		for (int i = 0; i < 3; i++)
			*out++ = '0';
	}
	*out = '\0';
	return (size_t) (out - start);
}
