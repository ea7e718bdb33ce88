/*
 * cuts.c: the type crm.rfm_cuts, and the scores that it gives.
 */
#include "segment/segment.h"

#include "catalog/pg_type.h"
#include "compare.h"
#include "history/history.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(rfm_cuts_in);
PG_FUNCTION_INFO_V1(rfm_cuts_out);
PG_FUNCTION_INFO_V1(rfm_cuts_recv);
PG_FUNCTION_INFO_V1(rfm_cuts_send);
PG_FUNCTION_INFO_V1(rfm_cuts_make);
PG_FUNCTION_INFO_V1(rfm_cuts_levels);
PG_FUNCTION_INFO_V1(rfm_cuts_recency);
PG_FUNCTION_INFO_V1(rfm_cuts_frequency);
PG_FUNCTION_INFO_V1(rfm_cuts_monetary);
PG_FUNCTION_INFO_V1(rfm_cuts_frequency_measure);
PG_FUNCTION_INFO_V1(rfm_cuts_monetary_measure);
PG_FUNCTION_INFO_V1(rfm_cuts_fresh_days);
PG_FUNCTION_INFO_V1(rfm_cuts_make_fresh);
PG_FUNCTION_INFO_V1(rfm_score_history);
PG_FUNCTION_INFO_V1(rfm_score_numbers);

int
SegmentMeasureByName(text *name, const char *const *names, int n, const char *what)
{
	Size size = VARSIZE_ANY_EXHDR(name);

	for (int i = 0; i < n; i++)
		if (CrmHasBytes(name, names[i], strlen(names[i])))
			return i;
	/* every kind of measure has two */
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown %s measure \"%.*s\"", what,
						   CrmClippedLength(VARDATA_ANY(name), size), VARDATA_ANY(name)),
					errdetail("The %s measure is %s or %s.", what, names[0], names[1])));
}

void
SegmentCheckLevels(int levels)
{
	if (levels < RFM_MIN_LEVELS || levels > RFM_MAX_LEVELS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the number of levels must be %d to %d, not %d", RFM_MIN_LEVELS,
							   RFM_MAX_LEVELS, levels)));
}

/* ---------------------------------------------------------------- the type */

/* Make cuts of text from outside: the one way in, for every form of input. */
static RfmCuts *
CutsFromText(const char *input, Size size, fmNodePtr escontext)
{
	RfmCuts *cuts = palloc(sizeof(RfmCuts));
	Cursor in = CursorStart(input, size);

	if (!RfmCutsParse(&in, cuts))
	{
		CrmInputError(escontext, "rfm_cuts", &in,
					  "Cuts are written: recency <= 365 180, purchase_days >= 2 4, "
					  "revenue >= 50 200.");
		return NULL;
	}
	return cuts;
}

Datum
rfm_cuts_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);

	PG_RETURN_POINTER(CutsFromText(input, strlen(input), CRM_ESCONTEXT(fcinfo)));
}

Datum
rfm_cuts_out(PG_FUNCTION_ARGS)
{
	char *output = palloc(RFM_CUTS_TEXT_SIZE);

	RfmCutsPrint(PG_GETARG_CUTS(0), output);
	PG_RETURN_CSTRING(output);
}

/* The binary form is the text: it is short, and has one checker. */
Datum
rfm_cuts_recv(PG_FUNCTION_ARGS)
{
	int size;
	char *input = CrmReceivedText(fcinfo, &size);

	PG_RETURN_POINTER(CutsFromText(input, size, NULL));
}

Datum
rfm_cuts_send(PG_FUNCTION_ARGS)
{
	char output[RFM_CUTS_TEXT_SIZE];
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendtext(&message, output, (int) RfmCutsPrint(PG_GETARG_CUTS(0), output));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* Take the elements of an array of cuts; NULL stands for none, at the end only. */
static int
CutsFromArray(ArrayType *array, int levels, const char *what, Datum *cuts)
{
	Oid type = ARR_ELEMTYPE(array);
	int16 length;
	bool byval;
	char align;
	Datum *elements;
	bool *nulls;
	int n, reachable = 0;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("the cuts of %s must be a one-dimensional array", what)));
	get_typlenbyvalalign(type, &length, &byval, &align);
	deconstruct_array(array, type, length, byval, align, &elements, &nulls, &n);
	if (n < RFM_MIN_LEVELS - 1 || n > RFM_MAX_CUTS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s has %d cuts", what, n),
						errdetail("Each measure has one to four cuts, for two to five levels.")));
	if (n != levels - 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("all three measures must have the same number of cuts"),
						errdetail("Recency has %d, %s has %d.", levels - 1, what, n)));
	for (int i = 0; i < n; i++)
		if (!nulls[i])
		{
			if (reachable != i)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("a cut of %s follows one that is NULL", what),
						 errdetail("NULL is a cut that nobody reaches, so the later ones are "
								   "NULL as well.")));
			cuts[reachable++] = elements[i];
		}
	return reachable;
}

/* Make cuts of three arrays, the cut to score 2 first. */
Datum
rfm_cuts_make(PG_FUNCTION_ARGS)
{
	ArrayType *recency = PG_GETARG_ARRAYTYPE_P(0);
	RfmCuts *cuts = palloc0(sizeof(RfmCuts));
	Datum values[RFM_MAX_CUTS];
	HistoryMoney money[RFM_MAX_CUTS];
	int scales[RFM_MAX_CUTS], scale = 0, levels;
	const char *wrong;

	levels = ArrayGetNItems(ARR_NDIM(recency), ARR_DIMS(recency)) + 1;
	cuts->version = RFM_CUTS_VERSION;
	cuts->levels = (uint8) Min(levels, RFM_MAX_LEVELS + 1);
	cuts->frequency_measure = (uint8) SegmentMeasureByName(
		PG_GETARG_TEXT_PP(3), RfmFrequencyMeasureNames, RFM_FREQUENCY_MEASURES, "frequency");
	cuts->monetary_measure = (uint8) SegmentMeasureByName(
		PG_GETARG_TEXT_PP(4), RfmMonetaryMeasureNames, RFM_MONETARY_MEASURES, "monetary");

	cuts->reachable[RFM_RECENCY] = (uint8) CutsFromArray(recency, levels, "recency", values);
	for (int i = 0; i < cuts->reachable[RFM_RECENCY]; i++)
		cuts->recency[i] = DatumGetInt32(values[i]);
	cuts->reachable[RFM_FREQUENCY] =
		(uint8) CutsFromArray(PG_GETARG_ARRAYTYPE_P(1), levels, "frequency", values);
	for (int i = 0; i < cuts->reachable[RFM_FREQUENCY]; i++)
		cuts->frequency[i] = DatumGetInt64(values[i]);
	cuts->reachable[RFM_MONETARY] =
		(uint8) CutsFromArray(PG_GETARG_ARRAYTYPE_P(2), levels, "the monetary measure", values);
	for (int i = 0; i < cuts->reachable[RFM_MONETARY]; i++)
	{
		money[i] = HistoryMoneyFromNumeric(values[i], &scales[i]);
		scale = Max(scale, scales[i]);
	}
	for (int i = 0; i < cuts->reachable[RFM_MONETARY]; i++)
		if (!HistoryMoneyRescale(money[i], scales[i], scale, &money[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("amount out of range")));
	RfmCutsSetMonetary(cuts, money, scale);
	cuts->fresh_days = PG_GETARG_INT32(5);

	wrong = RfmCutsWrong(cuts);
	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid RFM cuts"),
						errdetail("%s", wrong)));
	Assert(RfmCutsIsCanonical(cuts));
	PG_RETURN_POINTER(cuts);
}

/* The same cuts with other fresh days. */
Datum
rfm_cuts_make_fresh(PG_FUNCTION_ARGS)
{
	RfmCuts *cuts = palloc(sizeof(RfmCuts));
	const char *wrong;

	*cuts = *PG_GETARG_CUTS(0);
	cuts->fresh_days = PG_GETARG_INT32(1);
	wrong = RfmCutsWrong(cuts);
	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid RFM cuts"),
						errdetail("%s", wrong)));
	PG_RETURN_POINTER(cuts);
}

/* ---------------------------------------------------------------- reading cuts */

Datum
rfm_cuts_levels(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_CUTS(0)->levels);
}

/* Return one measure's cuts as an array, NULL for none. */
static Datum
CutsGetArrayDatum(const RfmCuts *cuts, int measure, const Datum *values, Oid type)
{
	int n = cuts->levels - 1, low = 1;
	bool nulls[RFM_MAX_CUTS];
	int16 length;
	bool byval;
	char align;

	for (int i = 0; i < n; i++)
		nulls[i] = i >= cuts->reachable[measure];
	get_typlenbyvalalign(type, &length, &byval, &align);
	return PointerGetDatum(
		construct_md_array((Datum *) values, nulls, 1, &n, &low, type, length, byval, align));
}

Datum
rfm_cuts_recency(PG_FUNCTION_ARGS)
{
	const RfmCuts *cuts = PG_GETARG_CUTS(0);
	Datum values[RFM_MAX_CUTS];

	for (int i = 0; i < RFM_MAX_CUTS; i++)
		values[i] = Int32GetDatum(cuts->recency[i]);
	return CutsGetArrayDatum(cuts, RFM_RECENCY, values, INT4OID);
}

Datum
rfm_cuts_frequency(PG_FUNCTION_ARGS)
{
	const RfmCuts *cuts = PG_GETARG_CUTS(0);
	Datum values[RFM_MAX_CUTS];

	for (int i = 0; i < RFM_MAX_CUTS; i++)
		values[i] = Int64GetDatum(cuts->frequency[i]);
	return CutsGetArrayDatum(cuts, RFM_FREQUENCY, values, INT8OID);
}

Datum
rfm_cuts_monetary(PG_FUNCTION_ARGS)
{
	const RfmCuts *cuts = PG_GETARG_CUTS(0);
	Datum values[RFM_MAX_CUTS];

	for (int i = 0; i < RFM_MAX_CUTS; i++)
		values[i] = HistoryMoneyGetNumericDatum(RfmCutsMonetary(cuts, i), cuts->scale);
	return CutsGetArrayDatum(cuts, RFM_MONETARY, values, NUMERICOID);
}

Datum
rfm_cuts_frequency_measure(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(
		cstring_to_text(RfmFrequencyMeasureNames[PG_GETARG_CUTS(0)->frequency_measure]));
}

Datum
rfm_cuts_monetary_measure(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(RfmMonetaryMeasureNames[PG_GETARG_CUTS(0)->monetary_measure]));
}

Datum
rfm_cuts_fresh_days(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_CUTS(0)->fresh_days);
}

/* The scale is the smallest, unused places are zero. */
static CrmBytes
CutsBytes(Datum datum)
{
	return (CrmBytes){DatumGetPointer(datum), sizeof(RfmCuts), NULL};
}

CRM_EQUALITY(rfm_cuts, CutsBytes);

/* ---------------------------------------------------------------- scores */

bool
SegmentScore(const RfmCuts *cuts, HistoryView history, DateADT as_of, int *cell)
{
	HistorySummary sums;
	RfmMeasures customer;

	HistoryCheckAsOf(as_of);
	sums = HistorySummarize(history, as_of);
	*cell = 0;
	if (sums.purchase_days == 0)
		return true;
	if (!RfmMeasure(&sums, as_of, cuts->frequency_measure, cuts->monetary_measure, &customer))
		return false;
	*cell = RfmScore(cuts, &customer);
	return true;
}

/* The cell of a history on a day. */
Datum
rfm_score_history(PG_FUNCTION_ARGS)
{
	int cell;

	if (!SegmentScore(PG_GETARG_CUTS(0), PG_GETARG_HISTORY(1), PG_GETARG_DATEADT(2), &cell))
		PG_RETURN_NULL();
	PG_RETURN_CELL(cell);
}

/* The cell of a customer whose measures are plain numbers. */
Datum
rfm_score_numbers(PG_FUNCTION_ARGS)
{
	const RfmCuts *cuts;
	RfmMeasures customer = {0};
	Numeric monetary;
	int m = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(2) && PG_GETARG_INT64(2) == 0)
		PG_RETURN_CELL(0);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	cuts = PG_GETARG_CUTS(0);
	customer.recency = PG_GETARG_INT32(1);
	customer.frequency = PG_GETARG_INT64(2);
	monetary = PG_GETARG_NUMERIC(3);
	if (customer.recency < 0 || customer.frequency < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("recency and frequency must not be negative"),
						errdetail("Recency is %d, frequency is " INT64_FORMAT ".", customer.recency,
								  customer.frequency)));
	if (numeric_is_nan(monetary) || numeric_is_inf(monetary))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the monetary measure is NaN or infinite")));

	/* any numeric may come here, such as a quotient: compared as numeric, never rounded */
	while (m < cuts->reachable[RFM_MONETARY] &&
		   DatumGetInt32(DirectFunctionCall2(
			   numeric_cmp, NumericGetDatum(monetary),
			   HistoryMoneyGetNumericDatum(RfmCutsMonetary(cuts, m), cuts->scale))) >= 0)
		m++;
	customer.monetary = -HISTORY_MONEY_LIMIT + 1;
	PG_RETURN_CELL(RfmScore(cuts, &customer) / 10 * 10 + m + 1);
}
