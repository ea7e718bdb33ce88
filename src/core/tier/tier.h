/*
 * tier.h: the text forms of tiers and tier ladders, as pure bytes.
 *
 * A tier is a rank 0-9 and a label, `3-gold`. A ladder is up to ten of them, each with the
 * threshold from which it holds: `0-none:0, 1-bronze:100`. The canonical text is also what is
 * stored: its bytes sort by rank, then label, and equal bytes mean equal values.
 *
 * Text is in any encoding that PostgreSQL allows on the server: in all of them a byte below 0x80
 * is that ASCII character and never part of another one, so the marks can be searched by byte.
 */
#ifndef CRM_CORE_TIER_TIER_H
#define CRM_CORE_TIER_TIER_H

#include <stdbool.h>
#include <stddef.h>

enum
{
	TIER_RANKS = 10,
	TIER_LABEL_MAX = 63,                   /* bytes: 21 Chinese characters in UTF-8 */
	TIER_TEXT_MAX = 2 + TIER_LABEL_MAX,    /* `3-` and the label */
	TIER_DIGITS_MAX = 38,                  /* digits of a threshold, both sides of the point */
	TIER_NUMBER_MAX = TIER_DIGITS_MAX + 3, /* and a sign, a point, a zero before the point */
	LADDER_TEXT_MAX = TIER_RANKS * (TIER_TEXT_MAX + 1 + TIER_NUMBER_MAX + 2)
};

typedef enum TierStatus
{
	TIER_OK = 0,
	TIER_LABEL_EMPTY,
	TIER_LABEL_LONG,
	TIER_LABEL_CONTROL,
	TIER_LABEL_MARK,
	TIER_LABEL_BLANK,
	TIER_LABEL_RANKED,
	TIER_RANK_RANGE,
	LADDER_EMPTY,
	LADDER_FORM,
	LADDER_NUMBER,
	LADDER_DIGITS,
	LADDER_SAME_RANK,
	LADDER_SAME_LABEL,
	LADDER_ORDER
} TierStatus;

/* A run of bytes in somebody else's text. */
typedef struct TierSlice
{
	const char *at;
	size_t length;
} TierSlice;

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

/* Split `3-gold` into rank and label; a bare label has rank -1. Blanks around are no part of it. */
extern TierStatus TierParse(const char *text, size_t length, int *rank, TierSlice *label);

/* Write `3-gold` to out (TIER_TEXT_MAX bytes, no terminator); returns its length. */
extern size_t TierFormat(int rank, TierSlice label, char *out);

/* Order two stored texts by bytes: for tiers that is by rank, then label. */
extern int TierCompare(const char *a, size_t a_length, const char *b, size_t b_length);

/* Parse a ladder; on failure *where is the part of the text that is wrong. */
extern TierStatus TierLadderParse(const char *text, size_t length, TierRungs *ladder,
								  TierSlice *where);

/* Write the canonical text to out (LADDER_TEXT_MAX bytes, no terminator); returns its length. */
extern size_t TierLadderFormat(const TierRungs *ladder, char *out);

/* The rung with that label, or NULL. */
extern const TierRung *TierLadderFind(const TierRungs *ladder, TierSlice label);

/* Compare two canonical decimals by value. */
extern int TierNumberCompare(const char *a, const char *b);

/* What a status means, as a sentence for the user. */
extern const char *TierStatusDetail(TierStatus status);

#endif /* CRM_CORE_TIER_TIER_H */
