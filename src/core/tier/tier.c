/*
 * tier.c: read, check and write the text form of a tier.
 */
#include "core/base/check.h"
#include "core/tier/tier.h"

/* Does a label begin as a tier with its rank does, with digits and a hyphen? Then behind them. */
static const char *
SkipRank(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && CursorIsDigit(*at))
		at++;
	return at > start && at < end && *at == '-' ? at + 1 : NULL;
}

/*
 * Read a label up to a mark or the end, without the white space behind it. The rules keep the text
 * of tiers and of ladders free of quoting: what a ladder uses as marks, and what would read as a
 * rank, cannot be part of a label.
 */
static bool
ReadLabel(Cursor *in, TierSlice *label)
{
	const char *from = in->at;
	const char *to;

	if (CursorSeesSpace(in))
		return CursorFail(in, from, "a label, which does not begin with white space");
	while (!CursorAtEnd(in) && *in->at != ',' && *in->at != ':')
		in->at++;
	for (to = in->at; to > from && CursorIsSpace(to[-1]); to--)
		;
	*label = (TierSlice){from, (size_t) (to - from)};
	if (label->length == 0)
		return CursorFail(in, from, "a label");
	if (label->length > TIER_LABEL_MAX)
		return CursorFail(in, from, "a label of at most 63 bytes");
	if (SkipRank(from, to) != NULL)
		return CursorFail(in, from, "a label, which does not begin with digits and a hyphen");
	for (const char *c = from; c < to; c++)
		if ((unsigned char) *c < 0x20 || *c == 0x7f)
		{
			in->at = c;
			return CursorFail(in, c, "a label without control characters");
		}
	return true;
}

bool
TierRead(Cursor *in, int *rank, TierSlice *label)
{
	const char *behind = SkipRank(in->at, in->end);

	*rank = -1;
	if (behind != NULL)
	{
		if (behind - in->at > 2)
			return CursorFail(in, in->at, "a rank of one digit, 0 to 9");
		*rank = *in->at - '0';
		in->at = behind;
	}
	return ReadLabel(in, label);
}

bool
TierParse(Cursor *in, int *rank, TierSlice *label)
{
	CursorSkipSpace(in);
	if (!TierRead(in, rank, label))
		return false;
	if (!CursorAtEnd(in))
		return CursorFail(in, in->at, "a label without commas and colons");
	return true;
}

/* Does the text read as this tier? */
static bool
ReadsAs(const char *text, size_t size, int rank, TierSlice label)
{
	Cursor in = CursorStart(text, size);
	TierSlice read;
	int read_rank;

	return TierParse(&in, &read_rank, &read) && read_rank == rank && read.length == label.length &&
		   memcmp(read.at, label.at, label.length) == 0;
}

size_t
TierFormat(int rank, TierSlice label, char *out)
{
	CRM_ASSERT(rank >= 0 && rank < TIER_RANKS && label.length <= TIER_LABEL_MAX);
	out[0] = (char) ('0' + rank);
	out[1] = '-';
	memcpy(out + 2, label.at, label.length);
	CRM_ASSERT(ReadsAs(out, 2 + label.length, rank, label));
	return 2 + label.length;
}
