/*
 * Whatever the bytes: parsing ends, reads no byte too far, and what it accepts is canonical after
 * one round and equal after two.
 */
#include "core/tier/tier.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)   \
	do                    \
	{                     \
		if (!(condition)) \
			abort();      \
	} while (0)

/* A label that was accepted keeps the rules, tested here in another way than it was checked. */
static void
CheckLabel(const char *label, size_t length)
{
	MUST(length > 0 && length <= TIER_LABEL_MAX);
	MUST(label[0] != ' ' && label[length - 1] != ' ');
	for (size_t i = 0; i < length; i++)
		MUST((unsigned char) label[i] >= ' ' && label[i] != 0x7f && label[i] != ',' &&
			 label[i] != ':');
}

static void
FuzzTier(const char *input, size_t size)
{
	char first[TIER_TEXT_MAX];
	TierSlice label;
	TierSlice again;
	size_t length;
	int rank;
	int rank_again;

	if (TierParse(input, size, &rank, &label) != TIER_OK)
		return;
	CheckLabel(label.at, label.length);
	MUST(rank >= -1 && rank < TIER_RANKS);
	if (rank < 0)
		rank = 7;
	length = TierFormat(rank, label, first);
	MUST(length <= sizeof(first));
	MUST(TierParse(first, length, &rank_again, &again) == TIER_OK);
	MUST(rank_again == rank && again.length == label.length);
	MUST(memcmp(again.at, label.at, label.length) == 0);
	MUST(TierCompare(first, length, first, length) == 0);
}

static void
FuzzLadder(const char *input, size_t size)
{
	char first[LADDER_TEXT_MAX];
	char second[LADDER_TEXT_MAX];
	TierRungs ladder;
	TierSlice where;
	size_t length;

	if (TierLadderParse(input, size, &ladder, &where) != TIER_OK)
	{
		MUST(where.at >= input && where.at + where.length <= input + size);
		return;
	}
	MUST(ladder.count >= 1 && ladder.count <= TIER_RANKS);
	for (int i = 0; i < ladder.count; i++)
	{
		const TierRung *rung = &ladder.rung[i];
		TierSlice label = {rung->label, (size_t) rung->label_length};

		CheckLabel(label.at, label.length);
		MUST(TierLadderFind(&ladder, label) == rung);
		MUST(i == 0 || rung->rank > rung[-1].rank);
		MUST(i == 0 || TierNumberCompare(rung[-1].threshold, rung->threshold) < 0);
	}
	length = TierLadderFormat(&ladder, first);
	MUST(length <= sizeof(first));
	MUST(TierLadderParse(first, length, &ladder, &where) == TIER_OK);
	MUST(TierLadderFormat(&ladder, second) == length && memcmp(first, second, length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of just this size: libFuzzer's own may have room behind it. */
	char *copy = malloc(size + (size == 0));

	if (size > 0)
		memcpy(copy, data, size);
	FuzzTier(copy, size);
	FuzzLadder(copy, size);
	free(copy);
	return 0;
}
