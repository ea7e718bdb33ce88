/*
 * ladder.c: crm.tier_ladder, the thresholds of tiers as a value, and what is asked of it.
 */
#include "tier/tier.h"

#include "catalog/pg_type.h"
#include "compare.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

PG_FUNCTION_INFO_V1(tier_ladder_in);
PG_FUNCTION_INFO_V1(tier_ladder_recv);
PG_FUNCTION_INFO_V1(tier_for);
PG_FUNCTION_INFO_V1(tier_for_text);
PG_FUNCTION_INFO_V1(tier_next);
PG_FUNCTION_INFO_V1(tier_next_text);
PG_FUNCTION_INFO_V1(tier_on_ladder);
PG_FUNCTION_INFO_V1(tier_ladder_tiers);

/* Make a ladder of text from outside: the one way in, for every form of input. */
static TierText *
LadderFromText(const char *input, Size size, fmNodePtr escontext)
{
	Cursor in = CursorStart(input, size);
	TierRungs ladder;
	TierText *value;

	if (!TierLadderParse(&in, &ladder))
	{
		CrmInputError(escontext, "tier_ladder", &in, TIER_LADDER_HINT);
		return NULL;
	}
	value = palloc(VARHDRSZ + TIER_LADDER_TEXT_MAX);
	SET_VARSIZE(value, VARHDRSZ + TierLadderFormat(&ladder, VARDATA(value)));
	return value;
}

/* Read `0-none:0, 1-bronze:100`. */
Datum
tier_ladder_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);

	PG_RETURN_TIER_P(LadderFromText(input, strlen(input), CRM_ESCONTEXT(fcinfo)));
}

/* Read a ladder in binary: its text, in the client's encoding, verified like any text. */
Datum
tier_ladder_recv(PG_FUNCTION_ARGS)
{
	int size;
	char *input = CrmReceivedText(fcinfo, &size);

	PG_RETURN_TIER_P(LadderFromText(input, size, NULL));
}

/* Take a stored ladder apart. */
static void
ReadLadder(TierText *value, TierRungs *ladder)
{
	Cursor in = CursorStart(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));

	if (!TierLadderParse(&in, ladder))
		elog(ERROR, "invalid crm.tier_ladder value");
}

/* A canonical decimal as numeric. */
static Numeric
ThresholdNumeric(const TierRung *rung)
{
	return DatumGetNumeric(CrmNumericFromText(rung->threshold));
}

/*
 * A ladder ready for questions. A query asks one ladder about every customer, so it is kept from
 * call to call as long as the ladder's bytes are the same.
 */
typedef struct ReadyLadder
{
	MemoryContext context; /* holds what follows; reset when another ladder comes */
	TierText *source;
	TierRungs rungs;
	Numeric threshold[TIER_RANKS];
	TupleDesc columns; /* of next_tier's row; outlives a change of ladder */
} ReadyLadder;

static ReadyLadder *
GetReadyLadder(FunctionCallInfo fcinfo, int argument)
{
	TierText *value = PG_GETARG_TIER_PP(argument);
	ReadyLadder *ready = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	if (ready == NULL)
	{
		ready = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ReadyLadder));
		ready->context =
			AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "crm.tier_ladder", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = ready;
	}
	if (ready->source != NULL &&
		CrmHasBytes(value, VARDATA_ANY(ready->source), VARSIZE_ANY_EXHDR(ready->source)))
		return ready;

	ready->source = NULL;
	MemoryContextReset(ready->context);
	ReadLadder(value, &ready->rungs);
	old = MemoryContextSwitchTo(ready->context);
	for (int i = 0; i < ready->rungs.count; i++)
		ready->threshold[i] = ThresholdNumeric(&ready->rungs.rung[i]);
	ready->source =
		(TierText *) cstring_to_text_with_len(VARDATA_ANY(value), (int) VARSIZE_ANY_EXHDR(value));
	MemoryContextSwitchTo(old);
	return ready;
}

/* How many rungs the value reaches: thresholds are inclusive. */
static int
RungsReached(const ReadyLadder *ladder, Numeric value)
{
	int reached = 0;

	if (numeric_is_nan(value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("NaN has no tier"),
						errdetail("The value asked about is not a number.")));
	while (reached < ladder->rungs.count &&
		   DatumGetBool(DirectFunctionCall2(numeric_ge, NumericGetDatum(value),
											NumericGetDatum(ladder->threshold[reached]))))
		reached++;
	return reached;
}

/* An argument that is a number written as text: what drivers send when they know of no type. */
static Numeric
NumericOfText(FunctionCallInfo fcinfo, int argument)
{
	return DatumGetNumeric(CrmNumericFromText(text_to_cstring(PG_GETARG_TEXT_PP(argument))));
}

static Datum
TierFor(FunctionCallInfo fcinfo, Numeric value)
{
	ReadyLadder *ladder = GetReadyLadder(fcinfo, 0);
	int reached = RungsReached(ladder, value);

	if (reached == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIER_P(TierFromRung(&ladder->rungs.rung[reached - 1]));
}

/* The tier that a value reaches; NULL below the lowest threshold. */
Datum
tier_for(PG_FUNCTION_ARGS)
{
	return TierFor(fcinfo, PG_GETARG_NUMERIC(1));
}

/* The same of a value that is text. */
Datum
tier_for_text(PG_FUNCTION_ARGS)
{
	return TierFor(fcinfo, NumericOfText(fcinfo, 1));
}

static Datum
NextTier(FunctionCallInfo fcinfo, Numeric value)
{
	ReadyLadder *ladder = GetReadyLadder(fcinfo, 0);
	int reached = RungsReached(ladder, value);
	Datum values[3] = {0};
	bool nulls[3] = {true, true, true};

	if (ladder->columns == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		ladder->columns = CrmResultRowType(fcinfo);
		MemoryContextSwitchTo(old);
	}
	if (reached < ladder->rungs.count)
	{
		values[0] = PointerGetDatum(TierFromRung(&ladder->rungs.rung[reached]));
		values[1] = NumericGetDatum(ladder->threshold[reached]);
		values[2] = DirectFunctionCall2(numeric_sub, values[1], NumericGetDatum(value));
		memset(nulls, false, sizeof(nulls));
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(ladder->columns, values, nulls)));
}

/* The next tier up, its threshold and what is missing to it; all NULL at the top. */
Datum
tier_next(PG_FUNCTION_ARGS)
{
	return NextTier(fcinfo, PG_GETARG_NUMERIC(1));
}

/* The same of a value that is text. */
Datum
tier_next_text(PG_FUNCTION_ARGS)
{
	return NextTier(fcinfo, NumericOfText(fcinfo, 1));
}

/* The tier of a label, on a ladder that is named. */
Datum
tier_on_ladder(PG_FUNCTION_ARGS)
{
	ReadyLadder *ladder = GetReadyLadder(fcinfo, 0);
	text *label = PG_GETARG_TEXT_PP(1);
	TierSlice wanted = {VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)};
	const TierRung *rung = TierLadderFind(&ladder->rungs, wanted);

	if (rung == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("tier label \"%.*s\" is not on the ladder",
						CrmClippedLength(wanted.at, wanted.length), wanted.at),
				 errdetail("The ladder has the labels %s.", TierLadderLabels(&ladder->rungs))));
	PG_RETURN_TIER_P(TierFromRung(rung));
}

/* The rungs of a ladder as rows, lowest first. */
Datum
tier_ladder_tiers(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TierRungs ladder;

	ReadLadder(PG_GETARG_TIER_PP(0), &ladder);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < ladder.count; i++)
	{
		const TierRung *rung = &ladder.rung[i];
		bool nulls[4] = {false, false, false, false};
		Datum values[4] = {
			PointerGetDatum(TierFromRung(rung)),
			Int32GetDatum(rung->rank),
			CStringGetTextDatum(rung->label),
			NumericGetDatum(ThresholdNumeric(rung)),
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	PG_RETURN_VOID();
}
