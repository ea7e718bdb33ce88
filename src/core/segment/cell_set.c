/*
 * cell_set.c: patterns of RFM cells, read and written.
 *
 *     patterns   pattern { separator pattern }        separator: white space, or one comma
 *     pattern    position position position           recency, frequency, monetary
 *     position   digit 1-5, * (any of 1-5), [345], [3-5], [1-24]
 *
 * The one pattern with zeros is 000.
 */
#include "core/base/check.h"
#include "core/segment/cell_set.h"

#define ALL_SCORES 0x3e /* bits 1 to 5 */

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

#define SCORE "a score from 1 (worst) to 5 (best)"
#define ZERO "scores from 1 (worst) to 5 (best), or 000 for customers who never bought"

/* Take a digit that a cell can have. */
static bool
TakeScore(Cursor *in, int *score)
{
	if (in->at == in->end || *in->at < '0' || *in->at > '0' + RFM_MAX_LEVELS)
		return false;
	*score = *in->at++ - '0';
	return true;
}

/* Read a cell, three digits and nothing else. */
bool
CellParse(Cursor *in, int *cell)
{
	int score;

	*cell = 0;
	for (int position = 0; position < 3; position++)
	{
		if (!TakeScore(in, &score))
			return CursorFail(in, in->at, SCORE);
		*cell = *cell * 10 + score;
	}
	if (!CursorAtEnd(in))
		return CursorFail(in, in->at, "the end of the text after three scores");
	return CellIsValid(*cell) || CursorFail(in, in->text, ZERO);
}

/* Read a class after its opening bracket, up to the closing one. */
static bool
ReadClass(Cursor *in, unsigned *mask)
{
	*mask = 0;
	while (*mask == 0 || !CursorTake(in, ']'))
	{
		const char *from;
		int first, last;

		if (!TakeScore(in, &first))
			return CursorFail(in, in->at,
							  *mask == 0 ? SCORE : SCORE ", a hyphen or a closing bracket");
		last = first;
		if (CursorTake(in, '-'))
		{
			from = in->at;
			if (!TakeScore(in, &last))
				return CursorFail(in, from, SCORE);
			if (last < first)
				return CursorFail(in, from, "a score that is not below the first of its range");
		}
		for (int score = first; score <= last; score++)
			*mask |= 1U << score;
	}
	return true;
}

/* Read one position of a pattern as a mask of scores. */
static bool
ReadPosition(Cursor *in, unsigned *mask)
{
	int score;

	if (CursorTake(in, '*'))
	{
		*mask = ALL_SCORES;
		return true;
	}
	if (CursorTake(in, '['))
		return ReadClass(in, mask);
	if (!TakeScore(in, &score))
		return CursorFail(in, in->at, SCORE ", * or a class such as [345]");
	*mask = 1U << score;
	return true;
}

/* Add the cells of a pattern, given as a mask of scores a position; false if 0 is beside others. */
static bool
AddPattern(CellSet *set, const unsigned mask[3])
{
	if (mask[0] == 1 && mask[1] == 1 && mask[2] == 1)
	{
		CellSetAdd(set, 0);
		return true;
	}
	if ((mask[0] | mask[1] | mask[2]) & 1)
		return false;
	for (int index = 1; index < RFM_CELLS; index++)
	{
		int cell = CellFromIndex(index);

		if ((mask[0] >> (cell / 100) & 1) && (mask[1] >> (cell / 10 % 10) & 1) &&
			(mask[2] >> (cell % 10) & 1))
			CellSetAdd(set, index);
	}
	return true;
}

/* Read patterns up to a semicolon or the end. Nothing but white space is the empty set. */
bool
CellSetRead(Cursor *in, CellSet *set)
{
	bool comma = false;

	*set = (CellSet){{0, 0}};
	CursorSkipSpace(in);
	while (comma || !(CursorAtEnd(in) || CursorSees(in, ';')))
	{
		const char *from = in->at;
		unsigned mask[3];

		for (int position = 0; position < 3; position++)
			if (!ReadPosition(in, &mask[position]))
				return false;
		if (!AddPattern(set, mask))
			return CursorFail(in, from, ZERO);
		if (!CursorAtEnd(in) && !CursorSeesSpace(in) && !CursorSees(in, ',') &&
			!CursorSees(in, ';'))
			return CursorFail(in, in->at, "white space or a comma after three positions");
		CursorSkipSpace(in);
		comma = CursorTake(in, ',');
		CursorSkipSpace(in);
	}
	return true;
}

/* Read patterns and nothing else. */
bool
CellSetParse(Cursor *in, CellSet *set)
{
	if (in->end - in->at > CELL_SET_TEXT_LIMIT)
	{
		in->at = in->end;
		return CursorFail(in, in->text, "a text of at most 65536 bytes");
	}
	return CellSetRead(in, set) && (CursorAtEnd(in) || CursorFail(in, in->at, "another pattern"));
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

/* Does the text read as this set? */
static bool
ReadsAs(const char *text, size_t size, CellSet set)
{
	Cursor in = CursorStart(text, size);
	CellSet read;

	return CellSetParse(&in, &read) && CellSetCompare(read, set) == 0;
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

	CRM_ASSERT(CellSetIsValid(set));
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
	CRM_ASSERT(out - start < CELL_SET_TEXT_SIZE);
	CRM_ASSERT(ReadsAs(start, (size_t) (out - start), set));
	return (size_t) (out - start);
}
