/*
 * scheme_check.h: which rule of a scheme wins which cells, and what is odd about a scheme. Pure C.
 */
#ifndef CRM_CORE_SEGMENT_SCHEME_CHECK_H
#define CRM_CORE_SEGMENT_SCHEME_CHECK_H

#include "core/segment/scheme.h"

/* A walk over the rules that knows what earlier rules have taken. */
typedef struct SchemeWinners
{
	SchemeReader reader;
	SchemeRule rule;
	int position;
	CellSet taken; /* by the rules before this one */
	CellSet won;   /* by this one */
	bool is_else;  /* no rule: the name of all other cells of customers who bought */
} SchemeWinners;

extern SchemeWinners SchemeStartWinners(SchemeView scheme);

/* Go to the next rule, at the end to the else-name, if there is one. */
extern bool SchemeNextWinner(SchemeWinners *walk);

typedef enum SchemeProblemKind
{
	SCHEME_OVERLAP,     /* cells of a rule that an earlier one has won */
	SCHEME_ALL_TAKEN,   /* a rule of which earlier ones have won all cells */
	SCHEME_NO_CELL,     /* a rule without a cell of the levels asked for */
	SCHEME_GAP_NAMED,   /* cells in no rule that the else-name covers */
	SCHEME_GAP,         /* cells in no rule, and there is no else-name */
	SCHEME_ELSE_UNUSED, /* an else-name, and every cell is in a rule */
} SchemeProblemKind;

typedef struct SchemeProblem
{
	SchemeProblemKind kind;
	int position;    /* of the rule, or of the else-name behind the rules; 0 for gaps */
	SchemeName name; /* of the rule, or the else-name; none for SCHEME_GAP */
	CellSet cells;
} SchemeProblem;

/* Two a rule, of which there are as many as a byte counts, and one of the whole. */
#define SCHEME_MOST_PROBLEMS (2 * UINT8_MAX + 1)

/*
 * Find what is odd among the cells that customers can have with so many levels, in the order of the
 * rules. Returns how many problems there are.
 */
extern int SchemeCheck(SchemeView scheme, int levels, SchemeProblem *problems);

/* The highest score that a rule names. */
extern int SchemeLevels(SchemeView scheme);

/*
 * Is a scheme made for so many levels? Not if a rule has cells, but none of these levels: then the
 * best customers would be called middling. And not if the rules name every cell of fewer levels and
 * none above: then the best customers would have no name.
 */
extern bool SchemeFits(SchemeView scheme, int levels);

#endif /* CRM_CORE_SEGMENT_SCHEME_CHECK_H */
