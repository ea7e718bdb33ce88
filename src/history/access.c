/*
 * access.c: what a history says.
 */
#include "history/private.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(history_orders);
PG_FUNCTION_INFO_V1(history_purchase_days);
PG_FUNCTION_INFO_V1(history_revenue);
PG_FUNCTION_INFO_V1(history_is_valid);
PG_FUNCTION_INFO_V1(history_first_order);
PG_FUNCTION_INFO_V1(history_last_order);
PG_FUNCTION_INFO_V1(history_average_order_value);
PG_FUNCTION_INFO_V1(history_days_between_orders);
PG_FUNCTION_INFO_V1(history_silence_limit);
PG_FUNCTION_INFO_V1(history_recency);
PG_FUNCTION_INFO_V1(history_age);
PG_FUNCTION_INFO_V1(history_activity);
PG_FUNCTION_INFO_V1(history_first_activity);
PG_FUNCTION_INFO_V1(history_btyd);

/* The whole history, or with a second argument, the part up to that day. */
static HistorySummary
Summarize(FunctionCallInfo fcinfo)
{
	DateADT until = DATEVAL_NOEND;

	if (PG_NARGS() > 1)
	{
		until = PG_GETARG_DATEADT(1);
		HistoryCheckAsOf(until);
	}
	return HistorySummarize(PG_GETARG_HISTORY(0), until);
}

Datum
history_orders(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(Summarize(fcinfo).orders);
}

Datum
history_purchase_days(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(Summarize(fcinfo).purchase_days);
}

Datum
history_revenue(PG_FUNCTION_ARGS)
{
	HistorySummary summary = Summarize(fcinfo);

	return HistoryMoneyGetNumericDatum(summary.revenue, summary.scale);
}

Datum
history_is_valid(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(Summarize(fcinfo).valid);
}

Datum
history_first_order(PG_FUNCTION_ARGS)
{
	HistorySummary summary = Summarize(fcinfo);

	if (summary.purchase_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(summary.first_day);
}

Datum
history_last_order(PG_FUNCTION_ARGS)
{
	HistorySummary summary = Summarize(fcinfo);

	if (summary.purchase_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(summary.last_day);
}

/* The first day with anything on it, also if that is a refund only. */
Datum
history_first_activity(PG_FUNCTION_ARGS)
{
	HistoryReader reader = HistoryRead(PG_GETARG_HISTORY(0));
	HistoryEntry entry;

	if (HistoryNext(&reader, &entry))
		PG_RETURN_DATEADT(entry.day);
	HistoryCheckRead(&reader);
	PG_RETURN_NULL();
}

Datum
history_average_order_value(PG_FUNCTION_ARGS)
{
	HistorySummary summary = Summarize(fcinfo);

	if (summary.orders <= 0)
		PG_RETURN_NULL();
	return DirectFunctionCall2(numeric_div,
							   HistoryMoneyGetNumericDatum(summary.revenue, summary.scale),
							   NumericGetDatum(int64_to_numeric(summary.orders)));
}

Datum
history_days_between_orders(PG_FUNCTION_ARGS)
{
	HistorySummary summary = Summarize(fcinfo);

	if (summary.purchase_days < 2)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(((double) summary.last_day - summary.first_day) /
					 (double) (summary.purchase_days - 1));
}

/*
 * The silence that a customer who buys at random exceeds with some chance. A gap is the total of n
 * earlier ones times an F with 2 and 2n degrees of freedom over n, whatever the rate, and
 * P(F > c) = (1 + c / n)^-n (Lawless, Technometrics 13, 1971).
 */
Datum
history_silence_limit(PG_FUNCTION_ARGS)
{
	DateADT as_of = PG_GETARG_DATEADT(1);
	double chance = PG_GETARG_FLOAT8(2);
	HistorySummary summary;
	double limit;

	HistoryCheckAsOf(as_of);
	if (!(chance > 0 && chance < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("chance must be above 0 and below 1, not %g", chance)));
	summary = HistorySummarize(PG_GETARG_HISTORY(0), as_of);
	if (summary.purchase_days < 2)
		PG_RETURN_NULL();
	limit = ((double) summary.last_day - summary.first_day) *
			expm1(-log(chance) / (double) (summary.purchase_days - 1));
	if (isinf(limit))
		float_overflow_error();
	PG_RETURN_FLOAT8(limit);
}

Datum
history_recency(PG_FUNCTION_ARGS)
{
	HistorySummary summary = Summarize(fcinfo);

	if (summary.purchase_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(PG_GETARG_DATEADT(1) - summary.last_day);
}

Datum
history_age(PG_FUNCTION_ARGS)
{
	HistorySummary summary = Summarize(fcinfo);

	if (summary.purchase_days == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(PG_GETARG_DATEADT(1) - summary.first_day);
}

/* activity(h): the days as rows. */
Datum
history_activity(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	HistoryReader *reader;
	HistoryEntry entry;
	Datum values[3];
	bool nulls[3] = {false, false, false};

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		funcctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		funcctx->tuple_desc = CrmResultRowType(fcinfo);
		reader = palloc(sizeof(HistoryReader));
		/* A copy, for the argument does not outlive this call. */
		*reader = HistoryRead(
			DatumGetHistoryView(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)))));
		funcctx->user_fctx = reader;
		MemoryContextSwitchTo(old);
	}

	funcctx = SRF_PERCALL_SETUP();
	reader = funcctx->user_fctx;
	CHECK_FOR_INTERRUPTS();
	if (!HistoryNext(reader, &entry))
	{
		HistoryCheckRead(reader);
		SRF_RETURN_DONE(funcctx);
	}
	values[0] = DateADTGetDatum(entry.day);
	values[1] = Int64GetDatum(entry.orders);
	values[2] = HistoryMoneyGetNumericDatum(entry.amount, reader->scale);
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values, nulls)));
}

bool
HistoryBtyd(HistoryView history, DateADT as_of, double unit_days, HistoryBtydRow *row)
{
	HistorySummary summary = HistorySummarize(history, as_of);

	return HistorySummaryBtyd(&summary, as_of, unit_days, row);
}

void
HistoryCheckUnitDays(double unit_days)
{
	if (!(unit_days > 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unit_days must be positive"), errhint(HISTORY_UNIT_DAYS_HINT)));
	/* Beyond these, times of a history are no longer all finite and distinct. */
	if (unit_days < 1e-9 || unit_days > 1e9)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unit_days out of range"),
						errdetail("A unit of time has 1e-9 to 1e9 days."),
						errhint(HISTORY_UNIT_DAYS_HINT)));
}

/* btyd(h, as_of, unit_days): recency and frequency as the "buy till you die" models take them. */
Datum
history_btyd(PG_FUNCTION_ARGS)
{
	double unit_days = PG_GETARG_FLOAT8(2);
	HistoryBtydRow row;
	Datum values[4];
	bool nulls[4] = {false, false, false, false};

	HistoryCheckAsOf(PG_GETARG_DATEADT(1));
	HistoryCheckUnitDays(unit_days);
	if (!HistoryBtyd(PG_GETARG_HISTORY(0), PG_GETARG_DATEADT(1), unit_days, &row))
		PG_RETURN_NULL();
	values[0] = Int64GetDatum((int64) row.x);
	values[1] = Float8GetDatum(row.t_x);
	values[2] = Float8GetDatum(row.t);
	values[3] = Float8GetDatum(row.m_x);
	nulls[3] = row.x == 0;
	return CrmReturnRow(fcinfo, values, nulls);
}
