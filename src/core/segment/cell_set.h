/*
 * cell_set.h: RFM cells, sets of them, and the patterns that people write them in. Pure C.
 *
 * A cell is written as three digits, recency, frequency, monetary: 1 (worst) to 5 (best) each, or
 * 000 for a customer who never bought. Zero has that one meaning, so a digit 0 beside others is no
 * cell: 126 cells in all. A cell's number is its digits read as a decimal number (543), its index
 * is its place in the order of these numbers: 0 for 000, 1 for 111, 125 for 555.
 */
#ifndef CRM_CORE_SEGMENT_CELL_SET_H
#define CRM_CORE_SEGMENT_CELL_SET_H

#include "core/base/cursor.h"

#define RFM_CELLS 126
#define RFM_MAX_LEVELS 5

/* Bit i is the cell with index i; the two highest bits are zero. */
typedef struct CellSet
{
	uint64_t bits[2];
} CellSet;

/* Nobody writes longer patterns; reading them cannot be interrupted. */
#define CELL_SET_TEXT_LIMIT 65536

/* Room for the longest canonical text: 25 patterns, 000, separators, a final zero byte. */
#define CELL_SET_TEXT_SIZE 520

/* Tell whether a number's three digits are a cell. */
static inline bool
CellIsValid(int cell)
{
	int r = cell / 100, f = cell / 10 % 10, m = cell % 10;

	return cell == 0 || (cell > 0 && r >= 1 && r <= 5 && f >= 1 && f <= 5 && m >= 1 && m <= 5);
}

static inline int
CellIndex(int cell)
{
	return cell == 0 ? 0 : (cell / 100 - 1) * 25 + (cell / 10 % 10 - 1) * 5 + cell % 10;
}

static inline int
CellFromIndex(int index)
{
	int i = index - 1;

	return index == 0 ? 0 : (i / 25 + 1) * 100 + (i / 5 % 5 + 1) * 10 + i % 5 + 1;
}

static inline bool
CellSetHas(CellSet set, int index)
{
	return set.bits[index >> 6] >> (index & 63) & 1;
}

static inline void
CellSetAdd(CellSet *set, int index)
{
	set->bits[index >> 6] |= UINT64_C(1) << (index & 63);
}

static inline CellSet
CellSetUnion(CellSet a, CellSet b)
{
	return (CellSet){{a.bits[0] | b.bits[0], a.bits[1] | b.bits[1]}};
}

static inline CellSet
CellSetIntersection(CellSet a, CellSet b)
{
	return (CellSet){{a.bits[0] & b.bits[0], a.bits[1] & b.bits[1]}};
}

static inline CellSet
CellSetDifference(CellSet a, CellSet b)
{
	return (CellSet){{a.bits[0] & ~b.bits[0], a.bits[1] & ~b.bits[1]}};
}

static inline bool
CellSetIsEmpty(CellSet set)
{
	return (set.bits[0] | set.bits[1]) == 0;
}

static inline int
CellSetCount(CellSet set)
{
	return __builtin_popcountll(set.bits[0]) + __builtin_popcountll(set.bits[1]);
}

/* Order sets as numbers; any total order serves for grouping. */
static inline int
CellSetCompare(CellSet a, CellSet b)
{
	if (a.bits[1] != b.bits[1])
		return a.bits[1] < b.bits[1] ? -1 : 1;
	return a.bits[0] < b.bits[0] ? -1 : a.bits[0] > b.bits[0];
}

/* Only cells: the two highest bits stand for none. */
static inline bool
CellSetIsValid(CellSet set)
{
	return set.bits[1] >> (RFM_CELLS - 64) == 0;
}

extern CellSet CellSetBought(int levels);
extern int CellSetHighestDigit(CellSet set);
extern bool CellParse(Cursor *in, int *cell);
extern bool CellSetParse(Cursor *in, CellSet *set);
extern bool CellSetRead(Cursor *in, CellSet *set);
extern size_t CellSetPrint(CellSet set, char *out);

#endif /* CRM_CORE_SEGMENT_CELL_SET_H */
