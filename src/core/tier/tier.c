/*
 * tier.c: parse, check and write the text forms of tiers and tier ladders.
 */
#include "core/tier/tier.h"

#include <string.h>

#define LOWEST "-Infinity"

static bool
IsBlank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
IsDigit(char c)
{
	return c >= '0' && c <= '9';
}

/* Leave out the blanks at both ends. */
static TierSlice
Trim(TierSlice s)
{
	while (s.length > 0 && IsBlank(s.at[0]))
	{
		s.at++;
		s.length--;
	}
	while (s.length > 0 && IsBlank(s.at[s.length - 1]))
		s.length--;
	return s;
}

/* Count the digits that a text begins with. */
static size_t
LeadingDigits(TierSlice s)
{
	size_t n = 0;

	while (n < s.length && IsDigit(s.at[n]))
		n++;
	return n;
}

/* Does it begin as a tier with its rank does: digits and a hyphen? */
static bool
BeginsWithRank(TierSlice s)
{
	size_t digits = LeadingDigits(s);

	return digits > 0 && digits < s.length && s.at[digits] == '-';
}

/*
 * Check a label. The rules keep both text forms free of quoting: what a ladder uses as marks, and
 * what would read as a rank, cannot be part of a label.
 */
static TierStatus
CheckLabel(TierSlice label)
{
	if (label.length == 0)
		return TIER_LABEL_EMPTY;
	if (label.length > TIER_LABEL_MAX)
		return TIER_LABEL_LONG;
	for (size_t i = 0; i < label.length; i++)
	{
		unsigned char c = (unsigned char) label.at[i];

		if (c < 0x20 || c == 0x7f)
			return TIER_LABEL_CONTROL;
		if (c == ',' || c == ':')
			return TIER_LABEL_MARK;
	}
	if (label.at[0] == ' ' || label.at[label.length - 1] == ' ')
		return TIER_LABEL_BLANK;
	if (BeginsWithRank(label))
		return TIER_LABEL_RANKED;
	return TIER_OK;
}

TierStatus
TierParse(const char *text, size_t length, int *rank, TierSlice *label)
{
	TierSlice s = Trim((TierSlice){text, length});

	*rank = -1;
	if (BeginsWithRank(s))
	{
		if (LeadingDigits(s) > 1)
			return TIER_RANK_RANGE;
		*rank = s.at[0] - '0';
		s.at += 2;
		s.length -= 2;
	}
	*label = s;
	return CheckLabel(s);
}

size_t
TierFormat(int rank, TierSlice label, char *out)
{
	out[0] = (char) ('0' + rank);
	out[1] = '-';
	memcpy(out + 2, label.at, label.length);
	return 2 + label.length;
}

int
TierCompare(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t shorter = a_length < b_length ? a_length : b_length;
	int order = memcmp(a, b, shorter);

	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a_length > b_length) - (a_length < b_length);
}

/* Is the text this word, in any case? */
static bool
IsWord(TierSlice s, const char *word)
{
	if (s.length != strlen(word))
		return false;
	for (size_t i = 0; i < s.length; i++)
	{
		char c = s.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (char) (c - 'A' + 'a');
		if (c != word[i])
			return false;
	}
	return true;
}

/*
 * Read a decimal and write it in canonical form: no plus sign, no needless zeros, no minus zero.
 * No exponent: a threshold is read by people, and 1e3 hides how large it is.
 */
static TierStatus
ParseNumber(TierSlice s, char out[TIER_NUMBER_MAX + 1])
{
	bool negative = false;
	TierSlice whole;
	TierSlice part = {NULL, 0};

	if (IsWord(s, "-infinity") || IsWord(s, "-inf"))
	{
		memcpy(out, LOWEST, sizeof(LOWEST));
		return TIER_OK;
	}
	if (s.length > 0 && (s.at[0] == '-' || s.at[0] == '+'))
	{
		negative = s.at[0] == '-';
		s.at++;
		s.length--;
	}
	whole = (TierSlice){s.at, LeadingDigits(s)};
	s.at += whole.length;
	s.length -= whole.length;
	if (s.length > 0 && s.at[0] == '.')
	{
		s.at++;
		s.length--;
		part = (TierSlice){s.at, LeadingDigits(s)};
		s.length -= part.length;
	}
	if (s.length > 0 || whole.length + part.length == 0)
		return LADDER_NUMBER;

	while (whole.length > 0 && whole.at[0] == '0')
	{
		whole.at++;
		whole.length--;
	}
	while (part.length > 0 && part.at[part.length - 1] == '0')
		part.length--;
	if (whole.length > TIER_DIGITS_MAX || whole.length + part.length > TIER_DIGITS_MAX)
		return LADDER_DIGITS;

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
	return TIER_OK;
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

/* Read one rung, `3-gold:2000`. */
static TierStatus
ParseRung(TierSlice s, TierRung *rung)
{
	const char *colon = s.length > 0 ? memchr(s.at, ':', s.length) : NULL;
	TierSlice tier;
	TierSlice number;
	TierSlice label;
	TierStatus status;

	if (colon == NULL)
		return LADDER_FORM;
	tier = (TierSlice){s.at, (size_t) (colon - s.at)};
	number = Trim((TierSlice){colon + 1, s.length - tier.length - 1});

	status = TierParse(tier.at, tier.length, &rung->rank, &label);
	if (status != TIER_OK)
		return status;
	if (rung->rank < 0)
		return LADDER_FORM;
	rung->label_length = (int) label.length;
	memcpy(rung->label, label.at, label.length);
	rung->label[label.length] = '\0';
	return ParseNumber(number, rung->threshold);
}

TierStatus
TierLadderParse(const char *text, size_t length, TierRungs *ladder, TierSlice *where)
{
	TierSlice rest = Trim((TierSlice){text, length});
	TierSlice source[TIER_RANKS];

	ladder->count = 0;
	*where = rest;
	if (rest.length == 0)
		return LADDER_EMPTY;
	for (;;)
	{
		const char *comma = memchr(rest.at, ',', rest.length);
		TierSlice item = {rest.at, comma ? (size_t) (comma - rest.at) : rest.length};
		TierRung rung;
		TierStatus status;
		int place;

		item = Trim(item);
		*where = item;
		status = ParseRung(item, &rung);
		if (status != TIER_OK)
			return status;

		for (int i = 0; i < ladder->count; i++)
		{
			if (ladder->rung[i].rank == rung.rank)
				return LADDER_SAME_RANK;
			if (strcmp(ladder->rung[i].label, rung.label) == 0)
				return LADDER_SAME_LABEL;
		}
		/* Keep by rank: there are ten ranks, and each once, so there is room. */
		for (place = ladder->count; place > 0 && ladder->rung[place - 1].rank > rung.rank; place--)
		{
			ladder->rung[place] = ladder->rung[place - 1];
			source[place] = source[place - 1];
		}
		ladder->rung[place] = rung;
		source[place] = item;
		ladder->count++;

		if (comma == NULL)
			break;
		rest.length -= (size_t) (comma + 1 - rest.at);
		rest.at = comma + 1;
	}
	for (int i = 1; i < ladder->count; i++)
	{
		*where = source[i];
		if (TierNumberCompare(ladder->rung[i - 1].threshold, ladder->rung[i].threshold) >= 0)
			return LADDER_ORDER;
	}
	return TIER_OK;
}

size_t
TierLadderFormat(const TierRungs *ladder, char *out)
{
	char *end = out;

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

const char *
TierStatusDetail(TierStatus status)
{
	switch (status)
	{
		case TIER_OK:
			break;
		case TIER_LABEL_EMPTY:
			return "A label has at least one character.";
		case TIER_LABEL_LONG:
			return "A label has at most 63 bytes.";
		case TIER_LABEL_CONTROL:
			return "A label has no control characters.";
		case TIER_LABEL_MARK:
			return "A label has no comma and no colon.";
		case TIER_LABEL_BLANK:
			return "A label neither begins nor ends with a blank.";
		case TIER_LABEL_RANKED:
			return "A label does not begin with digits and a hyphen.";
		case TIER_RANK_RANGE:
			return "A rank is one digit, 0 to 9.";
		case LADDER_EMPTY:
			return "A ladder has at least one rung.";
		case LADDER_FORM:
			return "A rung is written rank-label:threshold, and a comma stands between two rungs.";
		case LADDER_NUMBER:
			return "A threshold is a plain decimal number, or -infinity on the lowest rung.";
		case LADDER_DIGITS:
			return "A threshold has at most 38 digits.";
		case LADDER_SAME_RANK:
			return "A rank stands on a ladder once.";
		case LADDER_SAME_LABEL:
			return "A label stands on a ladder once.";
		case LADDER_ORDER:
			return "A higher rank needs a higher threshold.";
	}
	return "It is well formed.";
}
