/*
 * segment.c: fuzz what the segment room reads: patterns, schemes, cuts, logs. The first byte
 * chooses. What is read must come out as text or bytes that read as the same again.
 */
#include "core/segment/sample.h"
#include "core/segment/scheme_check.h"

#include "fuzz.h"

static void
FuzzCell(const char *text, size_t size)
{
	char *block;
	Cursor in = FuzzCursor(text, size, &block);
	int cell;

	if (CellParse(&in, &cell))
		REQUIRE(size == 3 && CellIsValid(cell) &&
				cell == atoi((char[]){text[0], text[1], text[2], 0}));
	else
		FuzzFault(&in);
	free(block);
}

static void
FuzzPatterns(const char *text, size_t size)
{
	CellSet set, again;
	char printed[CELL_SET_TEXT_SIZE], *block;
	Cursor in = FuzzCursor(text, size, &block);

	if (CellSetParse(&in, &set))
	{
		size = CellSetPrint(set, printed);
		REQUIRE(size < sizeof(printed));
		in = CursorStart(printed, size);
		REQUIRE(CellSetParse(&in, &again));
		REQUIRE(CellSetCompare(set, again) == 0);
	}
	else
		FuzzFault(&in);
	free(block);
}

/* The position of the first rule that has a cell, 0 if none has: as people read a scheme. */
static int
FirstRule(SchemeView scheme, int cell)
{
	SchemeReader reader = SchemeRead(scheme);
	SchemeRule rule;

	for (int position = 1; SchemeNext(&reader, &rule); position++)
		if (CellSetHas(rule.cells, cell))
			return position;
	return 0;
}

/* Is a cell one of the problem's? Told from the first rule that has it. */
static bool
IsOdd(const SchemeProblem *problem, const SchemeRule *rule, int cell, bool counts, int first)
{
	switch (problem->kind)
	{
		case SCHEME_OVERLAP:
			return counts && CellSetHas(rule->cells, cell) && first < problem->position;
		case SCHEME_ALL_TAKEN:
			return counts && CellSetHas(rule->cells, cell);
		case SCHEME_GAP_NAMED:
		case SCHEME_GAP:
			return counts && cell > 0 && first == 0;
		case SCHEME_NO_CELL:
		case SCHEME_ELSE_UNUSED:
			break;
	}
	return false;
}

/* Winners and problems against the first rules of all cells. */
static void
CheckScheme(SchemeView scheme, int levels)
{
	static SchemeProblem problems[SCHEME_MOST_PROBLEMS];
	static SchemeRule rules[UINT8_MAX + 1];
	SchemeReader reader = SchemeRead(scheme);
	SchemeWinners walk = SchemeStartWinners(scheme);
	CellSet won = {{0, 0}}, universe = CellSetBought(levels);
	int first[RFM_CELLS], n = 0, nproblems = SchemeCheck(scheme, levels, problems);
	bool any_gap = false;

	CellSetAdd(&universe, 0);
	while (SchemeNext(&reader, &rules[n]))
		n++;
	for (int cell = 0; cell < RFM_CELLS; cell++)
	{
		first[cell] = FirstRule(scheme, cell);
		any_gap |= cell > 0 && first[cell] == 0 && CellSetHas(universe, cell);
	}
	while (SchemeNextWinner(&walk))
	{
		REQUIRE(walk.is_else == (walk.position == n + 1));
		for (int cell = 0; cell < RFM_CELLS; cell++)
		{
			bool wins = walk.is_else ? first[cell] == 0 && cell > 0 : first[cell] == walk.position;

			REQUIRE(CellSetHas(walk.won, cell) == wins);
			REQUIRE(!wins || SchemeNameOf(scheme, cell).text == walk.rule.name.text);
		}
		won = CellSetUnion(won, walk.won);
	}
	REQUIRE(walk.position == n + 1 + (reader.otherwise.size > 0));
	for (int cell = 0; cell < RFM_CELLS; cell++)
		REQUIRE(CellSetHas(won, cell) ==
				(first[cell] > 0 || (cell > 0 && reader.otherwise.size > 0)));

	REQUIRE(nproblems <= 2 * n + 1);
	for (int i = 0; i < nproblems; i++)
	{
		const SchemeProblem *problem = &problems[i];
		bool whole = problem->kind >= SCHEME_GAP_NAMED;

		REQUIRE(i == 0 || problem->position >= problems[i - 1].position || whole);
		REQUIRE(!whole || i == nproblems - 1);
		REQUIRE(whole || (problem->position >= 1 && problem->position <= n));
		for (int cell = 0; cell < RFM_CELLS; cell++)
			REQUIRE(CellSetHas(problem->cells, cell) ==
					IsOdd(problem, &rules[whole ? 0 : problem->position - 1], cell,
						  CellSetHas(universe, cell), first[cell]));
		REQUIRE(CellSetIsEmpty(problem->cells) ==
				(problem->kind == SCHEME_NO_CELL || problem->kind == SCHEME_ELSE_UNUSED));
	}

	/* none is left out: a rule wins, or there is a word about it */
	for (int position = 1; position <= n; position++)
	{
		bool wins = false, overlaps = false, told_losing = false, told_overlap = false;

		for (int cell = 0; cell < RFM_CELLS; cell++)
			if (CellSetHas(universe, cell) && CellSetHas(rules[position - 1].cells, cell))
			{
				wins |= first[cell] == position;
				overlaps |= first[cell] < position;
			}
		for (int i = 0; i < nproblems; i++)
			if (problems[i].position == position && problems[i].kind < SCHEME_GAP_NAMED)
			{
				told_overlap |= problems[i].kind == SCHEME_OVERLAP;
				told_losing |= problems[i].kind != SCHEME_OVERLAP;
			}
		REQUIRE(told_losing == !wins && told_overlap == overlaps);
	}
	if (any_gap || reader.otherwise.size > 0)
		REQUIRE(nproblems > 0 &&
				problems[nproblems - 1].kind == (!any_gap                    ? SCHEME_ELSE_UNUSED
												 : reader.otherwise.size > 0 ? SCHEME_GAP_NAMED
																			 : SCHEME_GAP));
}

static void
FuzzScheme(const char *text, size_t size)
{
	uint8_t *bytes = malloc(SCHEME_SIZE_BOUND(size)), *again;
	size_t used, used_again;
	char *block;
	Cursor in = FuzzCursor(text, size, &block);

	if (SchemeParse(&in, bytes, &used))
	{
		SchemeView scheme = {bytes, used};
		char *printed = malloc(SchemeTextBound(scheme));

		REQUIRE(used <= SCHEME_SIZE_BOUND(size));
		size = SchemePrint(scheme, printed);
		REQUIRE(size < SchemeTextBound(scheme));
		again = malloc(SCHEME_SIZE_BOUND(size));
		in = CursorStart(printed, size);
		REQUIRE(SchemeParse(&in, again, &used_again));
		REQUIRE(used == used_again && memcmp(bytes, again, used) == 0);
		REQUIRE(SchemeLevels(scheme) <= RFM_MAX_LEVELS);
		CheckScheme(scheme, 2 + (int) (used % 4));
		free(again);
		free(printed);
	}
	else
		FuzzFault(&in);
	free(bytes);
	free(block);
}

/* Bytes that claim to be a stored scheme. */
static void
FuzzSchemeBytes(const uint8_t *bytes, size_t size)
{
	SchemeView scheme = {bytes, size};

	/* canonical are those that a text leads to: their own */
	if (SchemeIsCanonical(scheme))
	{
		char *printed = malloc(SchemeTextBound(scheme));
		size_t length = SchemePrint(scheme, printed), used;
		uint8_t *again = malloc(SCHEME_SIZE_BOUND(length));
		Cursor in = CursorStart(printed, length);

		REQUIRE(SchemeParse(&in, again, &used));
		REQUIRE(used == size && memcmp(bytes, again, size) == 0);
		free(again);
		free(printed);
	}
	CheckScheme(scheme, 2 + (int) (size % 4));
	for (int i = 0; i < RFM_CELLS; i += 25)
	{
		SchemeName name = SchemeNameOf(scheme, i);

		REQUIRE(name.size == 0 || ((const uint8_t *) name.text >= bytes &&
								   (const uint8_t *) name.text + name.size <= bytes + size));
	}
}

static void
FuzzCuts(const char *text, size_t size)
{
	RfmCuts cuts, again;
	char printed[RFM_CUTS_TEXT_SIZE], *block;
	Cursor in = FuzzCursor(text, size, &block);

	if (RfmCutsParse(&in, &cuts))
	{
		REQUIRE(RfmCutsWrong(&cuts) == NULL);
		size = RfmCutsPrint(&cuts, printed);
		REQUIRE(size < sizeof(printed));
		in = CursorStart(printed, size);
		REQUIRE(RfmCutsParse(&in, &again));
		REQUIRE(memcmp(&cuts, &again, sizeof(cuts)) == 0);
	}
	else
		FuzzFault(&in);
	free(block);
}

static void *
Allocate(void *arg, size_t size)
{
	return malloc(size);
}

static void
Release(void *arg, void *p)
{
	free(p);
}

static const Environment env = {NULL, Allocate, Release, NULL};

static void
FuzzLog(const uint8_t *bytes, size_t size)
{
	RfmLogReader log = {bytes, bytes + size}, reader = log;
	RfmMeasures customer, back;
	int64_t n = 0;
	RfmCuts cuts;
	int levels = size == 0 ? 2 : 2 + bytes[0] % 4;

	while (RfmLogNext(&reader, &customer))
	{
		uint8_t entry[RFM_LOG_ENTRY_SIZE];
		RfmLogReader one = {entry, entry + RfmLogPut(entry, &customer)};

		REQUIRE(RfmLogNext(&one, &back) && one.at == one.end);
		REQUIRE(back.recency == customer.recency && back.frequency == customer.frequency &&
				back.monetary == customer.monetary && back.scale == customer.scale);
		n++;
	}
	REQUIRE(RfmLogCheck(log, n) == (reader.at == reader.end));
	if (n > 0 && RfmLogCut(log, n, levels, &env, &cuts) == RFM_LOG_OK)
	{
		REQUIRE(RfmCutsWrong(&cuts) == NULL);
		for (reader = log; RfmLogNext(&reader, &customer);)
			REQUIRE(CellIsValid(RfmScore(&cuts, &customer)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] % 6)
	{
		case 0:
			FuzzPatterns((const char *) data + 1, size - 1);
			break;
		case 1:
			FuzzScheme((const char *) data + 1, size - 1);
			break;
		case 2:
			FuzzSchemeBytes(data + 1, size - 1);
			break;
		case 3:
			FuzzCuts((const char *) data + 1, size - 1);
			break;
		case 4:
			FuzzLog(data + 1, size - 1);
			break;
		case 5:
			FuzzCell((const char *) data + 1, size - 1);
			break;
	}
	return 0;
}
