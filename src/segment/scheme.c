/*
 * scheme.c: the type crm.scheme, named segments in order, and the questions it answers.
 */
#include "segment/segment.h"

#include "compare.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(scheme_in);
PG_FUNCTION_INFO_V1(scheme_out);
PG_FUNCTION_INFO_V1(scheme_recv);
PG_FUNCTION_INFO_V1(scheme_send);
PG_FUNCTION_INFO_V1(scheme_segment_name);
PG_FUNCTION_INFO_V1(scheme_segment);
PG_FUNCTION_INFO_V1(scheme_segments);
PG_FUNCTION_INFO_V1(scheme_check);

/* A scheme argument; its bytes need no alignment, so a short one is read where it lies. */
static SchemeView
DatumGetSchemeView(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);

	return (SchemeView){(const uint8 *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

#define PG_GETARG_SCHEME(n) DatumGetSchemeView(PG_GETARG_DATUM(n))

static text *
NameToText(SchemeName name)
{
	return cstring_to_text_with_len(name.text, (int) name.size);
}

/* ---------------------------------------------------------------- the type */

/* Make a scheme of text from outside: the one way in, for every form of input. */
static struct varlena *
SchemeFromText(const char *input, Size size, fmNodePtr escontext)
{
	struct varlena *scheme = palloc(VARHDRSZ + SCHEME_SIZE_BOUND(Min(size, SCHEME_TEXT_LIMIT)));
	size_t used = 0;
	Cursor in = CursorStart(input, size);

	if (!SchemeParse(&in, (uint8 *) VARDATA(scheme), &used))
	{
		CrmInputError(escontext, "scheme", &in,
					  "Write rules, as in 'Best: 555; Good: [45]**; else: Others', or a preset: "
					  "cells11, klaviyo6, rfm10, rf10.");
		return NULL;
	}
	SET_VARSIZE(scheme, VARHDRSZ + used);
	return scheme;
}

Datum
scheme_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);

	PG_RETURN_POINTER(SchemeFromText(input, strlen(input), CRM_ESCONTEXT(fcinfo)));
}

Datum
scheme_out(PG_FUNCTION_ARGS)
{
	SchemeView scheme = PG_GETARG_SCHEME(0);
	char *output = palloc(SchemeTextBound(scheme));

	SchemePrint(scheme, output);
	PG_RETURN_CSTRING(output);
}

/* The binary form is the text in the client's encoding: it has one checker. */
Datum
scheme_recv(PG_FUNCTION_ARGS)
{
	int size;
	char *input = CrmReceivedText(fcinfo, &size);

	PG_RETURN_POINTER(SchemeFromText(input, size, NULL));
}

Datum
scheme_send(PG_FUNCTION_ARGS)
{
	SchemeView scheme = PG_GETARG_SCHEME(0);
	char *output = palloc(SchemeTextBound(scheme));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendtext(&message, output, (int) SchemePrint(scheme, output));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

CRM_EQUALITY(scheme, CrmStoredBytes);

/* ---------------------------------------------------------------- names and segments */

/* The name of a cell; NULL if no rule has it and there is no else. */
Datum
scheme_segment_name(PG_FUNCTION_ARGS)
{
	SchemeName name = SchemeNameOf(PG_GETARG_SCHEME(0), CellIndex(PG_GETARG_CELL(1)));

	if (name.size == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(NameToText(name));
}

/* A walk over the rules that knows what earlier rules have taken. */
typedef struct Winners
{
	SchemeReader reader;
	SchemeRule rule;
	int position;
	CellSet taken; /* by the rules before this one */
	CellSet won;   /* by this one */
	bool is_else;  /* no rule: the name of all other cells of customers who bought */
} Winners;

static Winners
StartWinners(SchemeView scheme)
{
	return (Winners){.reader = SchemeRead(scheme)};
}

/* Go to the next rule, at the end to the else-name, if there is one. */
static bool
NextWinner(Winners *walk)
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

/* The cells that a name wins in a scheme. */
Datum
scheme_segment(PG_FUNCTION_ARGS)
{
	SchemeView scheme = PG_GETARG_SCHEME(0);
	text *name = PG_GETARG_TEXT_PP(1);
	Size size = VARSIZE_ANY_EXHDR(name);
	Winners walk = StartWinners(scheme);
	StringInfoData names;

	while (NextWinner(&walk))
		if (walk.rule.name.size == size &&
			memcmp(walk.rule.name.text, VARDATA_ANY(name), size) == 0)
			PG_RETURN_CELL_SET(walk.won);

	initStringInfo(&names);
	walk = StartWinners(scheme);
	while (NextWinner(&walk))
		CrmListName(&names, walk.rule.name.text, walk.rule.name.size);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the scheme has no segment \"%.*s\"",
						   CrmClippedLength(VARDATA_ANY(name), size), VARDATA_ANY(name)),
					errhint("Its segments are: %s.", names.data)));
}

/* Return position, name, the cells won, the cells as written. */
Datum
scheme_segments(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Winners walk = StartWinners(PG_GETARG_SCHEME(0));

	InitMaterializedSRF(fcinfo, 0);
	while (NextWinner(&walk))
	{
		Datum values[4] = {Int32GetDatum(walk.position),
						   PointerGetDatum(NameToText(walk.rule.name)), CellSetGetDatum(walk.won),
						   CellSetGetDatum(walk.rule.cells)};
		bool nulls[4] = {false};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}

/* ---------------------------------------------------------------- check */

/* Add a row to what check_scheme returns. */
static void
PutProblem(ReturnSetInfo *rsinfo, const char *problem, const Winners *walk, CellSet cells,
		   const char *explanation)
{
	Datum values[5] = {CStringGetTextDatum(problem), (Datum) 0, (Datum) 0, CellSetGetDatum(cells),
					   CStringGetTextDatum(explanation)};
	bool nulls[5] = {false, true, true, false, false};

	if (walk != NULL)
	{
		values[1] = Int32GetDatum(walk->position);
		values[2] = PointerGetDatum(NameToText(walk->rule.name));
		nulls[1] = nulls[2] = false;
	}
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* The names of the rules before a position that have one of some cells. */
static char *
EarlierNames(SchemeView scheme, int position, CellSet cells)
{
	Winners walk = StartWinners(scheme);
	StringInfoData names;

	initStringInfo(&names);
	while (NextWinner(&walk) && walk.position < position)
		if (!CellSetIsEmpty(CellSetIntersection(walk.won, cells)))
			CrmListName(&names, walk.rule.name.text, walk.rule.name.size);
	return names.data;
}

/* "1 cell", "3 cells" */
static char *
CountCells(CellSet cells)
{
	int n = CellSetCount(cells);

	return psprintf("%d cell%s", n, n == 1 ? "" : "s");
}

/* The levels that a scheme is made for: the highest score that a rule names. */
static int
SchemeLevels(SchemeView scheme)
{
	SchemeReader reader = SchemeRead(scheme);
	SchemeRule rule;
	CellSet all = {{0, 0}};

	while (SchemeNext(&reader, &rule))
		all = CellSetUnion(all, rule.cells);
	return CellSetHighestDigit(all);
}

/* Return gaps, overlaps and rules that never win, among the cells of some levels. */
Datum
scheme_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SchemeView scheme;
	Winners walk;
	CellSet bought, gap;
	int levels;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	scheme = PG_GETARG_SCHEME(0);
	if (PG_ARGISNULL(1))
		levels = SchemeLevels(scheme);
	else
	{
		levels = PG_GETARG_INT32(1);
		SegmentCheckLevels(levels);
	}

	bought = CellSetBought(levels);
	walk = StartWinners(scheme);
	gap = bought;
	while (NextWinner(&walk) && !walk.is_else)
	{
		/* 000 counts at all levels */
		CellSet universe = bought, written, lost, won;

		CellSetAdd(&universe, 0);
		written = CellSetIntersection(walk.rule.cells, universe);
		won = CellSetIntersection(walk.won, universe);
		lost = CellSetDifference(written, won);
		if (!CellSetIsEmpty(lost))
			PutProblem(rsinfo, "overlap", &walk, lost,
					   psprintf("%s also in an earlier rule, which wins: %s", CountCells(lost),
								EarlierNames(scheme, walk.position, lost)));
		if (CellSetIsEmpty(won))
			PutProblem(rsinfo, "never wins", &walk, written,
					   CellSetIsEmpty(written)
						   ? psprintf("no cell of %d levels is in this rule", levels)
						   : "earlier rules take all its cells");
		gap = CellSetDifference(gap, written);
	}
	if (!CellSetIsEmpty(gap))
		PutProblem(rsinfo, "gap", NULL, gap,
				   walk.is_else ? psprintf("%s in no rule, named by else: %.*s", CountCells(gap),
										   (int) walk.rule.name.size, walk.rule.name.text)
								: psprintf("%s in no rule, without a name", CountCells(gap)));
	else if (walk.is_else)
		PutProblem(rsinfo, "never wins", &walk, gap,
				   "every cell is in a rule, so else is not used");
	PG_RETURN_NULL();
}
