/*
 * ladder.h: the text form of tier ladders, as pure bytes.
 *
 * A ladder is up to ten tiers, each with the threshold from which it holds: `0-none:0,
 * 1-bronze:100`. The canonical text is also what is stored, and equal bytes mean equal values.
 */
#ifndef CRM_CORE_TIER_LADDER_H
#define CRM_CORE_TIER_LADDER_H

#include "core/tier/tier.h"

enum
{
	TIER_DIGITS_MAX = 38,                  /* digits of a threshold, both sides of the point */
	TIER_NUMBER_MAX = TIER_DIGITS_MAX + 3, /* and a sign, a point, a zero before the point */
	TIER_LADDER_TEXT_MAX = TIER_RANKS * (TIER_TEXT_MAX + 1 + TIER_NUMBER_MAX + 2)
};

typedef struct TierRung
{
	int rank;
	int label_length;
	char label[TIER_LABEL_MAX + 1];
	char threshold[TIER_NUMBER_MAX + 1]; /* canonical decimal, or -Infinity on the lowest rung */
} TierRung;

typedef struct TierRungs
{
	int count;
	TierRung rung[TIER_RANKS]; /* by rank, thresholds strictly ascending, labels unique */
} TierRungs;

/* Read a ladder. */
extern bool TierLadderParse(Cursor *in, TierRungs *ladder);

/* Write the canonical text to out (TIER_LADDER_TEXT_MAX bytes, no terminator); returns its length.
 */
extern size_t TierLadderFormat(const TierRungs *ladder, char *out);

/* The rung with that label, or NULL. */
extern const TierRung *TierLadderFind(const TierRungs *ladder, TierSlice label);

/* Compare two canonical decimals by value. */
extern int TierNumberCompare(const char *a, const char *b);

#endif /* CRM_CORE_TIER_LADDER_H */
