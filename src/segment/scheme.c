/*
 * scheme.c: the type crm.scheme, named segments in order, and the questions it answers.
 */
#include "segment/segment.h"

#include "catalog/pg_type.h"
#include "compare.h"
#include "funcapi.h"
#include "history/history.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(scheme_in);
PG_FUNCTION_INFO_V1(scheme_out);
PG_FUNCTION_INFO_V1(scheme_recv);
PG_FUNCTION_INFO_V1(scheme_send);
PG_FUNCTION_INFO_V1(scheme_segment_name);
PG_FUNCTION_INFO_V1(scheme_segment_name_history);
PG_FUNCTION_INFO_V1(scheme_levels);
PG_FUNCTION_INFO_V1(scheme_segment);
PG_FUNCTION_INFO_V1(scheme_segments);
PG_FUNCTION_INFO_V1(scheme_check);

/* A scheme argument; its bytes need no alignment, so a short one is read where it lies. */
static SchemeView
DatumGetSchemeView(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	SchemeView scheme = {(const uint8 *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};

	Assert(SchemeRead(scheme).left > 0);
	return scheme;
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

/* The levels that a scheme is made for, fewest first; returns how many there are. */
static int
LevelsOf(SchemeView scheme, int *levels)
{
	int n = 0;

	for (int i = RFM_MIN_LEVELS; i <= RFM_MAX_LEVELS; i++)
		if (SchemeFits(scheme, i))
			levels[n++] = i;
	return n;
}

Datum
scheme_levels(PG_FUNCTION_ARGS)
{
	int levels[RFM_MAX_LEVELS];
	Datum values[RFM_MAX_LEVELS];
	int n = LevelsOf(PG_GETARG_SCHEME(0), levels);

	for (int i = 0; i < n; i++)
		values[i] = Int32GetDatum(levels[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(values, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* A scheme that was found to be made for some levels. */
typedef struct FittingScheme
{
	int levels;
	Size size;
	uint8 bytes[FLEXIBLE_ARRAY_MEMBER];
} FittingScheme;

/* Raise an error unless a scheme is made for the levels; looked into when it is another one. */
static void
CheckFits(FunctionCallInfo fcinfo, SchemeView scheme, int levels)
{
	FittingScheme *known = fcinfo->flinfo->fn_extra;
	int made_for[RFM_MAX_LEVELS], n;
	StringInfoData list;

	if (known != NULL && known->levels == levels && known->size == scheme.size &&
		memcmp(known->bytes, scheme.bytes, scheme.size) == 0)
		return;
	if (!SchemeFits(scheme, levels))
	{
		n = LevelsOf(scheme, made_for);
		initStringInfo(&list);
		for (int i = 0; i < n; i++)
			appendStringInfo(&list, i > 0 ? " or %d" : "%d", made_for[i]);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the scheme is not made for cuts of %d levels", levels),
				 errhint("It is made for %s levels: take cuts of as many, or another scheme.",
						 list.data)));
	}
	if (known != NULL)
		pfree(known);
	fcinfo->flinfo->fn_extra = known =
		MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, offsetof(FittingScheme, bytes) + scheme.size);
	known->levels = levels;
	known->size = scheme.size;
	memcpy(known->bytes, scheme.bytes, scheme.size);
}

/* The name of a customer's cell by cuts: here scheme and levels meet. */
Datum
scheme_segment_name_history(PG_FUNCTION_ARGS)
{
	SchemeView scheme = PG_GETARG_SCHEME(0);
	const RfmCuts *cuts = PG_GETARG_CUTS(1);
	SchemeName name;
	int cell;

	CheckFits(fcinfo, scheme, cuts->levels);
	if (!SegmentScore(cuts, PG_GETARG_HISTORY(2), PG_GETARG_DATEADT(3), &cell))
		PG_RETURN_NULL();
	name = SchemeNameOf(scheme, CellIndex(cell));
	if (name.size == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(NameToText(name));
}

/* The cells that a name wins in a scheme. */
Datum
scheme_segment(PG_FUNCTION_ARGS)
{
	SchemeView scheme = PG_GETARG_SCHEME(0);
	text *name = PG_GETARG_TEXT_PP(1);
	Size size = VARSIZE_ANY_EXHDR(name);
	SchemeWinners walk = SchemeStartWinners(scheme);
	StringInfoData names;

	while (SchemeNextWinner(&walk))
		if (walk.rule.name.size == size &&
			memcmp(walk.rule.name.text, VARDATA_ANY(name), size) == 0)
			PG_RETURN_CELL_SET(walk.won);

	initStringInfo(&names);
	walk = SchemeStartWinners(scheme);
	while (SchemeNextWinner(&walk))
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
	SchemeWinners walk = SchemeStartWinners(PG_GETARG_SCHEME(0));

	InitMaterializedSRF(fcinfo, 0);
	while (SchemeNextWinner(&walk))
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

/* The names of the rules before a position that have one of some cells. */
static char *
EarlierNames(SchemeView scheme, int position, CellSet cells)
{
	SchemeWinners walk = SchemeStartWinners(scheme);
	StringInfoData names;

	initStringInfo(&names);
	while (SchemeNextWinner(&walk) && walk.position < position)
		if (!CellSetIsEmpty(CellSetIntersection(walk.won, cells)))
			CrmListName(&names, walk.rule.name.text, walk.rule.name.size);
	return names.data;
}

/* What a problem is called, and its explanation. */
static const char *
DescribeProblem(SchemeView scheme, const SchemeProblem *problem, int levels, char **explanation)
{
	int n = CellSetCount(problem->cells);
	char *cells = psprintf("%d cell%s", n, n == 1 ? "" : "s");

	switch (problem->kind)
	{
		case SCHEME_OVERLAP:
			*explanation = psprintf("%s also in an earlier rule, which wins: %s", cells,
									EarlierNames(scheme, problem->position, problem->cells));
			return "overlap";
		case SCHEME_ALL_TAKEN:
			*explanation = "earlier rules take all its cells";
			return "never wins";
		case SCHEME_NO_CELL:
			*explanation = psprintf("no cell of %d levels is in this rule", levels);
			return "never wins";
		case SCHEME_GAP_NAMED:
			*explanation = psprintf("%s in no rule, named by else: %.*s", cells,
									(int) problem->name.size, problem->name.text);
			return "gap";
		case SCHEME_GAP:
			*explanation = psprintf("%s in no rule, without a name", cells);
			return "gap";
		case SCHEME_ELSE_UNUSED:
			*explanation = "every cell is in a rule, so else is not used";
			return "never wins";
	}
	return *explanation = "";
}

/* Return gaps, overlaps and rules that never win, among the cells of some levels. */
Datum
scheme_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SchemeProblem *problems = palloc(SCHEME_MOST_PROBLEMS * sizeof(SchemeProblem));
	SchemeView scheme;
	int levels, n;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	scheme = PG_GETARG_SCHEME(0);
	levels = PG_ARGISNULL(1) ? SchemeLevels(scheme) : PG_GETARG_INT32(1);
	if (!PG_ARGISNULL(1))
		SegmentCheckLevels(levels);
	n = SchemeCheck(scheme, levels, problems);
	for (int i = 0; i < n; i++)
	{
		const SchemeProblem *problem = &problems[i];
		char *explanation;
		const char *kind = DescribeProblem(scheme, problem, levels, &explanation);
		bool of_rule = problem->position > 0;
		Datum values[5] = {CStringGetTextDatum(kind), Int32GetDatum(problem->position), (Datum) 0,
						   CellSetGetDatum(problem->cells), CStringGetTextDatum(explanation)};
		bool nulls[5] = {false, !of_rule, !of_rule, false, false};

		if (of_rule)
			values[2] = PointerGetDatum(NameToText(problem->name));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	PG_RETURN_NULL();
}
