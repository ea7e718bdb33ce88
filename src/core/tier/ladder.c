/*
 * ladder.c: read, check and write the text form of a tier ladder.
 */
#include "core/base/check.h"
#include "core/tier/ladder.h"

#define LOWEST "-Infinity"

/* Take a word in any case, whole. */
static bool
TakeAnyCase(Cursor *in, const char *word)
{
	const char *at = in->at;

	for (; *word != '\0'; word++, at++)
		if (at == in->end || (*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at) != *word)
			return false;
	in->at = at;
	return true;
}

/* Take the digits that come next. */
static TierSlice
TakeDigits(Cursor *in)
{
	TierSlice digits = {in->at, 0};

	for (; CursorSeesDigit(in); in->at++)
		digits.length++;
	return digits;
}

/*
 * Read a decimal and write it in canonical form: no plus sign, no needless zeros, no minus zero.
 * No exponent: a threshold is read by people, and 1e3 hides how large it is.
 */
static bool
ReadNumber(Cursor *in, char out[TIER_NUMBER_MAX + 1])
{
	const char *from = in->at;
	bool negative = false;
	TierSlice whole;
	TierSlice part = {NULL, 0};

	if (TakeAnyCase(in, "-infinity") || TakeAnyCase(in, "-inf"))
	{
		memcpy(out, LOWEST, sizeof(LOWEST));
		return true;
	}
	if (CursorTake(in, '-'))
		negative = true;
	else
		CursorTake(in, '+');
	whole = TakeDigits(in);
	if (CursorTake(in, '.'))
		part = TakeDigits(in);
	if (whole.length + part.length == 0)
		return CursorFail(in, from, "a plain decimal number, or -infinity for the lowest tier");

	while (whole.length > 0 && whole.at[0] == '0')
	{
		whole.at++;
		whole.length--;
	}
	while (part.length > 0 && part.at[part.length - 1] == '0')
		part.length--;
	if (whole.length > TIER_DIGITS_MAX || whole.length + part.length > TIER_DIGITS_MAX)
		return CursorFail(in, from, "a threshold of at most 38 digits");

	if (negative && whole.length + part.length > 0)
		*out++ = '-';
	if (whole.length == 0)
		*out++ = '0';
	else
		memcpy(out, whole.at, whole.length);
	out += whole.length;
	if (part.length > 0)
	{
		*out++ = '.';
		memcpy(out, part.at, part.length);
		out += part.length;
	}
	*out = '\0';
	return true;
}

/* Compare two canonical decimals without sign. */
static int
CompareMagnitude(const char *a, const char *b)
{
	size_t a_whole = strcspn(a, ".");
	size_t b_whole = strcspn(b, ".");

	/* No leading zeros: the longer whole part is the larger; else digit by digit. */
	if (a_whole != b_whole)
		return a_whole < b_whole ? -1 : 1;
	/* A terminator sorts before a point, and before a digit: 5 < 5.1 < 5.12. */
	return strcmp(a, b);
}

int
TierNumberCompare(const char *a, const char *b)
{
	bool a_lowest = strcmp(a, LOWEST) == 0;
	bool b_lowest = strcmp(b, LOWEST) == 0;
	bool a_negative = a[0] == '-';
	bool b_negative = b[0] == '-';

	if (a_lowest || b_lowest)
		return b_lowest - a_lowest;
	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	return a_negative ? CompareMagnitude(b + 1, a + 1) : CompareMagnitude(a, b);
}

/* Read one rung, `3-gold:2000`, that shares rank and label with none that is there. */
static bool
ReadRung(Cursor *in, const TierRungs *ladder, TierRung *rung)
{
	const char *from = in->at;
	TierSlice label;

	if (CursorAtEnd(in) || CursorSees(in, ','))
		return CursorFail(in, from, "a tier and its threshold, rank-label:threshold");
	if (!TierRead(in, &rung->rank, &label))
		return false;
	if (rung->rank < 0)
		return CursorFail(in, from, "a rank and a hyphen before the label");
	for (int i = 0; i < ladder->count; i++)
		if (ladder->rung[i].rank == rung->rank)
			return CursorFail(in, from, "another rank, for each stands once");
	if (TierLadderFind(ladder, label) != NULL)
		return CursorFail(in, label.at, "another label, for each stands once");
	rung->label_length = (int) label.length;
	memcpy(rung->label, label.at, label.length);
	rung->label[label.length] = '\0';

	CursorSkipSpace(in);
	if (!CursorTake(in, ':'))
		return CursorFail(in, in->at, "a colon and a threshold");
	CursorSkipSpace(in);
	return ReadNumber(in, rung->threshold);
}

/* By rank, thresholds rising, each label once? */
static bool
IsInOrder(const TierRungs *ladder)
{
	for (int i = 0; i < ladder->count; i++)
	{
		const TierRung *rung = &ladder->rung[i];

		if (i > 0 && (rung[-1].rank >= rung->rank ||
					  TierNumberCompare(rung[-1].threshold, rung->threshold) >= 0))
			return false;
		if (TierLadderFind(ladder, (TierSlice){rung->label, (size_t) rung->label_length}) != rung)
			return false;
	}
	return ladder->count >= 1 && ladder->count <= TIER_RANKS;
}

bool
TierLadderParse(Cursor *in, TierRungs *ladder)
{
	TierSlice source[TIER_RANKS];

	ladder->count = 0;
	do
	{
		TierRung rung;
		TierSlice text;
		int place;

		CursorSkipSpace(in);
		text.at = in->at;
		if (!ReadRung(in, ladder, &rung))
			return false;
		text.length = (size_t) (in->at - text.at);

		/* Keep by rank: there are ten ranks, and each once, so there is room. */
		for (place = ladder->count; place > 0 && ladder->rung[place - 1].rank > rung.rank; place--)
		{
			ladder->rung[place] = ladder->rung[place - 1];
			source[place] = source[place - 1];
		}
		ladder->rung[place] = rung;
		source[place] = text;
		ladder->count++;
		CursorSkipSpace(in);
	} while (CursorTake(in, ','));
	if (!CursorAtEnd(in))
		return CursorFail(in, in->at, "a comma or the end behind a plain decimal number");

	for (int i = 1; i < ladder->count; i++)
		if (TierNumberCompare(ladder->rung[i - 1].threshold, ladder->rung[i].threshold) >= 0)
		{
			in->at = source[i].at + source[i].length;
			return CursorFail(in, source[i].at, "a higher threshold than a lower rank has");
		}
	CRM_ASSERT(IsInOrder(ladder));
	return true;
}

/* Does the text read as this ladder? */
static bool
ReadsAs(const char *text, size_t size, const TierRungs *ladder)
{
	Cursor in = CursorStart(text, size);
	TierRungs read;

	if (!TierLadderParse(&in, &read) || read.count != ladder->count)
		return false;
	for (int i = 0; i < read.count; i++)
		if (read.rung[i].rank != ladder->rung[i].rank ||
			strcmp(read.rung[i].label, ladder->rung[i].label) != 0 ||
			strcmp(read.rung[i].threshold, ladder->rung[i].threshold) != 0)
			return false;
	return true;
}

size_t
TierLadderFormat(const TierRungs *ladder, char *out)
{
	char *end = out;

	CRM_ASSERT(IsInOrder(ladder));
	for (int i = 0; i < ladder->count; i++)
	{
		const TierRung *rung = &ladder->rung[i];
		TierSlice label = {rung->label, (size_t) rung->label_length};
		size_t digits = strlen(rung->threshold);

		if (i > 0)
		{
			*end++ = ',';
			*end++ = ' ';
		}
		end += TierFormat(rung->rank, label, end);
		*end++ = ':';
		memcpy(end, rung->threshold, digits);
		end += digits;
	}
	CRM_ASSERT(end - out <= TIER_LADDER_TEXT_MAX && ReadsAs(out, (size_t) (end - out), ladder));
	return (size_t) (end - out);
}

const TierRung *
TierLadderFind(const TierRungs *ladder, TierSlice label)
{
	for (int i = 0; i < ladder->count; i++)
	{
		const TierRung *rung = &ladder->rung[i];

		if ((size_t) rung->label_length == label.length &&
			memcmp(rung->label, label.at, label.length) == 0)
			return rung;
	}
	return NULL;
}
