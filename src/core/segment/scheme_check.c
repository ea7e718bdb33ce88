/*
 * scheme_check.c: which rule of a scheme wins which cells, and what is odd about a scheme
 */
#include "core/segment/cuts.h"
#include "core/segment/scheme_check.h"

SchemeWinners
SchemeStartWinners(SchemeView scheme)
{
	return (SchemeWinners){.reader = SchemeRead(scheme)};
}

bool
SchemeNextWinner(SchemeWinners *walk)
{
	walk->taken = CellSetUnion(walk->taken, walk->won);
	walk->position++;
	if (SchemeNext(&walk->reader, &walk->rule))
	{
		walk->won = CellSetDifference(walk->rule.cells, walk->taken);
		return true;
	}
	walk->won = CellSetDifference(CellSetBought(RFM_MAX_LEVELS), walk->taken);
	walk->rule = (SchemeRule){walk->won, walk->reader.otherwise};
	walk->is_else = !walk->is_else && walk->rule.name.size > 0;
	return walk->is_else;
}

int
SchemeCheck(SchemeView scheme, int levels, SchemeProblem *problems)
{
	SchemeWinners walk = SchemeStartWinners(scheme);
	CellSet bought = CellSetBought(levels), universe = bought, gap = bought;
	int n = 0;

	/* 000 counts at all levels */
	CellSetAdd(&universe, 0);
	while (SchemeNextWinner(&walk) && !walk.is_else)
	{
		CellSet written = CellSetIntersection(walk.rule.cells, universe);
		CellSet won = CellSetIntersection(walk.won, universe);
		CellSet lost = CellSetDifference(written, won);
		SchemeProblem problem = {SCHEME_OVERLAP, walk.position, walk.rule.name, lost};

		if (!CellSetIsEmpty(lost))
			problems[n++] = problem;
		problem.cells = written;
		problem.kind = CellSetIsEmpty(written) ? SCHEME_NO_CELL : SCHEME_ALL_TAKEN;
		if (CellSetIsEmpty(won))
			problems[n++] = problem;
		gap = CellSetDifference(gap, written);
	}
	if (!CellSetIsEmpty(gap))
		problems[n++] = (SchemeProblem){walk.is_else ? SCHEME_GAP_NAMED : SCHEME_GAP, 0,
										walk.reader.otherwise, gap};
	else if (walk.is_else)
		problems[n++] =
			(SchemeProblem){SCHEME_ELSE_UNUSED, walk.position, walk.reader.otherwise, gap};
	return n;
}

int
SchemeLevels(SchemeView scheme)
{
	SchemeReader reader = SchemeRead(scheme);
	SchemeRule rule;
	CellSet all = {{0, 0}};

	while (SchemeNext(&reader, &rule))
		all = CellSetUnion(all, rule.cells);
	return CellSetHighestDigit(all);
}

bool
SchemeFits(SchemeView scheme, int levels)
{
	SchemeReader reader = SchemeRead(scheme);
	SchemeRule rule;
	CellSet reached = CellSetBought(levels), named = {{0, 0}};
	int highest;

	CellSetAdd(&reached, 0);
	while (SchemeNext(&reader, &rule))
	{
		if (!CellSetIsEmpty(rule.cells) && CellSetIsEmpty(CellSetIntersection(rule.cells, reached)))
			return false;
		named = CellSetUnion(named, rule.cells);
	}
	highest = CellSetHighestDigit(named);
	return highest < RFM_MIN_LEVELS || highest >= levels ||
		   !CellSetIsEmpty(CellSetDifference(CellSetBought(highest), named));
}
