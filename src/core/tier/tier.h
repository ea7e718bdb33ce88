/*
 * tier.h: the text form of tiers, as pure bytes.
 *
 * A tier is a rank 0-9 and a label, `3-gold`. The canonical text is also what is stored: its bytes
 * sort by rank, then label, and equal bytes mean equal values.
 */
#ifndef CRM_CORE_TIER_TIER_H
#define CRM_CORE_TIER_TIER_H

#include "core/base/cursor.h"

enum
{
	TIER_RANKS = 10,
	TIER_LABEL_MAX = 63,               /* bytes: 21 Chinese characters in UTF-8 */
	TIER_TEXT_MAX = 2 + TIER_LABEL_MAX /* `3-` and the label */
};

/* A run of bytes in somebody else's text. */
typedef struct TierSlice
{
	const char *at;
	size_t length;
} TierSlice;

/* Read the whole text: `3-gold`, or a bare label, which has rank -1. */
extern bool TierParse(Cursor *in, int *rank, TierSlice *label);

/* Read the same, up to a comma, a colon or the end. */
extern bool TierRead(Cursor *in, int *rank, TierSlice *label);

/* Write `3-gold` to out (TIER_TEXT_MAX bytes, no terminator); returns its length. */
extern size_t TierFormat(int rank, TierSlice label, char *out);

#endif /* CRM_CORE_TIER_TIER_H */
