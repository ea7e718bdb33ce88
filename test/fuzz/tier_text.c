/*
 * Whatever the bytes: parsing ends, reads no byte too far, and what it accepts is canonical after
 * one round and equal after two.
 */
#include "core/tier/ladder.h"

#include "fuzz.h"

/* A label that was accepted keeps the rules, tested here in another way than it was checked. */
static void
CheckLabel(const char *label, size_t length)
{
	REQUIRE(length > 0 && length <= TIER_LABEL_MAX);
	REQUIRE(label[0] != ' ' && label[length - 1] != ' ');
	for (size_t i = 0; i < length; i++)
		REQUIRE((unsigned char) label[i] >= ' ' && label[i] != 0x7f && label[i] != ',' &&
				label[i] != ':');
}

static void
FuzzTier(Cursor in)
{
	char first[TIER_TEXT_MAX];
	TierSlice label;
	TierSlice again;
	size_t length;
	int rank;
	int rank_again;

	if (!TierParse(&in, &rank, &label))
	{
		FuzzFault(&in);
		return;
	}
	CheckLabel(label.at, label.length);
	REQUIRE(rank >= -1 && rank < TIER_RANKS);
	if (rank < 0)
		rank = 7;
	length = TierFormat(rank, label, first);
	REQUIRE(length <= sizeof(first));
	in = CursorStart(first, length);
	REQUIRE(TierParse(&in, &rank_again, &again));
	REQUIRE(rank_again == rank && again.length == label.length);
	REQUIRE(memcmp(again.at, label.at, label.length) == 0);
}

static void
FuzzLadder(Cursor in)
{
	char first[TIER_LADDER_TEXT_MAX];
	char second[TIER_LADDER_TEXT_MAX];
	TierRungs ladder;
	size_t length;

	if (!TierLadderParse(&in, &ladder))
	{
		FuzzFault(&in);
		return;
	}
	REQUIRE(ladder.count >= 1 && ladder.count <= TIER_RANKS);
	for (int i = 0; i < ladder.count; i++)
	{
		const TierRung *rung = &ladder.rung[i];
		TierSlice label = {rung->label, (size_t) rung->label_length};

		CheckLabel(label.at, label.length);
		REQUIRE(TierLadderFind(&ladder, label) == rung);
		REQUIRE(i == 0 || rung->rank > rung[-1].rank);
		REQUIRE(i == 0 || TierNumberCompare(rung[-1].threshold, rung->threshold) < 0);
	}
	length = TierLadderFormat(&ladder, first);
	REQUIRE(length <= sizeof(first));
	in = CursorStart(first, length);
	REQUIRE(TierLadderParse(&in, &ladder));
	REQUIRE(TierLadderFormat(&ladder, second) == length && memcmp(first, second, length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *block;
	Cursor in = FuzzCursor(data, size, &block);

	FuzzTier(in);
	FuzzLadder(in);
	free(block);
	return 0;
}
