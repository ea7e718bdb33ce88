/*
 * data_agg.c: crm.btyd_agg: customers to counted rows
 *
 * Customers that look alike to the models are counted, not kept: a fit costs by distinct rows. The
 * state is a crm.btyd_data in its open form (core/clv/open.h), not `internal`: it combines in
 * parallel plans as it is, passes through engines that refuse `internal`, and needs no context of
 * its own. A customer is one look-up in a hash table; sorting and packing wait for the final
 * function.
 */
#include "clv/data.h"

#include "history/history.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(btyd_agg_history);
PG_FUNCTION_INFO_V1(btyd_agg_numbers);
PG_FUNCTION_INFO_V1(btyd_agg_data);
PG_FUNCTION_INFO_V1(btyd_agg_final);

#define DEFAULT_UNIT_DAYS 7.0

/* So many purchase days of a customer need no memory but the stack */
#define FEW_DAYS 256

/* Rows between two looks at interrupts */
#define BLOCK_ROWS 4096

static BtydOpen *
NewState(uint32 capacity, double unit_days)
{
	Size size = BtydOpenSize(capacity);
	BtydOpen *state;

	if (size > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many distinct customers for one crm.btyd_data"),
						errdetail("It holds up to %u distinct rows.", capacity / 2),
						errhint("A larger unit of time does not help, a sample of the customers "
								"does: a few million fit a model as well as all.")));
	state = palloc0(size); /* all of it: a state that a user's own aggregate leaks is stored */
	SET_VARSIZE(state, size);
	BtydOpenStart(state, capacity, unit_days);
	return state;
}

/*
 * A copy with so much more room. The executor owns the state it passed in and frees it; states that
 * grew on the way are ours.
 */
static BtydOpen *
GrowState(BtydOpen *state, const BtydOpen *owned_by_executor, uint32 times)
{
	BtydOpen *grown = NewState(state->capacity * times, state->unit_days);

	BtydOpenGrow(state, grown);
	if (state != owned_by_executor)
		pfree(state);
	return grown;
}

/* Count rows. */
static BtydOpen *
AddRows(BtydOpen *state, const BtydOpen *owned_by_executor, const BtydRow *rows, Size n)
{
	Size done = 0;

	while (done < n)
	{
		BtydDataStatus status = BtydOpenMerge(state, rows, Min(n, done + BLOCK_ROWS), &done);

		CHECK_FOR_INTERRUPTS();
		if (status == BTYD_DATA_FULL)
			state = GrowState(state, owned_by_executor, 2);
		else
			BtydCheckStatus(status);
	}
	return state;
}

/* Measure in this unit of time; an error if there are customers in another. */
static void
SetUnit(BtydOpen *state, double unit_days)
{
	if (BtydOpenSetUnit(state, unit_days) == BTYD_DATA_OTHER_UNIT)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("customers are measured in different units of time"),
						errdetail("Some in units of %g days, some of %g days.", state->unit_days,
								  unit_days),
						errhint("Use the same unit_days for all customers of one model.")));
}

/* Add all of other data to a state (NULL: a new one); data with nothing in them have no unit. */
static BtydOpen *
AddData(BtydOpen *owned, const BtydData *data)
{
	static const BtydCounters zero;
	BtydOpen *state = owned ? owned : NewState(BTYD_OPEN_FIRST_CAPACITY, data->unit_days);
	Size n = BtydRowCount(data);
	uint32 times = 1;

	if (n == 0 && memcmp(&data->counters, &zero, sizeof(zero)) == 0)
		return state;
	SetUnit(state, data->unit_days);
	BtydOpenAddCounters(state, &data->counters);
	if (n > 0)
		BtydOpenSetAsOf(state, data->as_of);
	/* at least all of these rows will be in it, so it grows once */
	while (state->capacity * times < Min(n, BTYD_OPEN_MOST_CAPACITY))
		times *= 2;
	if (times > 1)
		state = GrowState(state, owned, times);
	return AddRows(state, owned, data->rows, n);
}

/* The state of this call, or NULL before the first row. An error outside of an aggregate. */
static BtydOpen *
GetState(FunctionCallInfo fcinfo)
{
	struct varlena *value;
	BtydData data;

	CrmCheckInAggregate(fcinfo, "crm.btyd_agg");
	if (PG_ARGISNULL(0))
		return NULL;
	value = (struct varlena *) PG_GETARG_POINTER(0);
	if (VARATT_IS_4B_U(value) && BtydOpenIsValid((BtydOpen *) value, VARSIZE(value)))
		return (BtydOpen *) value;

	/* A user's own aggregate may start from any data: open a copy of it. */
	data = DatumGetBtydData(PG_GETARG_DATUM(0));
	return AddData(NULL, &data);
}

/* The state for a customer measured in this unit: made now if there is none. */
static BtydOpen *
StateFor(BtydOpen *state, double unit_days)
{
	if (state == NULL)
		return NewState(BTYD_OPEN_FIRST_CAPACITY, unit_days);
	SetUnit(state, unit_days);
	return state;
}

static double
UnitDaysArgument(FunctionCallInfo fcinfo, int n)
{
	double unit_days;

	if (PG_NARGS() <= n)
		return DEFAULT_UNIT_DAYS;
	if (PG_ARGISNULL(n))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("unit_days is NULL"),
						errhint(HISTORY_UNIT_DAYS_HINT)));
	unit_days = PG_GETARG_FLOAT8(n);
	HistoryCheckUnitDays(unit_days);
	return unit_days;
}

/* Count customers, and for the spend model those with repeat purchases, if it is known what they
 * spent. */
static BtydOpen *
AddCustomer(BtydOpen *state, const BtydOpen *owned_by_executor, BtydRow customer, bool has_spend,
			double m_x)
{
	BtydRow rows[2] = {customer, {customer.x, m_x, BTYD_MARK(BTYD_SPEND), customer.weight}};
	bool counts = has_spend && customer.x > 0;

	if (counts && !(m_x > 0))
		state->counters.no_spend += customer.weight;
	return AddRows(state, owned_by_executor, rows, counts && m_x > 0 ? 2 : 1);
}

/* Count a day or a gap. */
static BtydOpen *
AddOne(BtydOpen *state, const BtydOpen *owned_by_executor, BtydHints *hints, BtydKind kind,
	   int32_t x)
{
	BtydDataStatus status = BtydOpenAddOne(state, hints, kind, x);

	if (status == BTYD_DATA_FULL)
	{
		state = GrowState(state, owned_by_executor, 2);
		status = BtydOpenAddOne(state, hints, kind, x);
	}
	BtydCheckStatus(status);
	return state;
}

/* Count the repeat purchases of a customer by day, and the gaps between purchase days. */
static BtydOpen *
AddDays(FunctionCallInfo fcinfo, BtydOpen *state, const BtydOpen *owned_by_executor,
		const int32_t *days, int64 n)
{
	BtydHints *hints = fcinfo->flinfo->fn_extra;

	if (hints == NULL)
		hints = fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(BtydHints));
	for (int64 i = 1; i < n; i++)
	{
		if ((i & (BLOCK_ROWS - 1)) == 0)
			CHECK_FOR_INTERRUPTS();
		state = AddOne(state, owned_by_executor, hints, BTYD_DAYS, days[i]);
		state = AddOne(state, owned_by_executor, hints, BTYD_GAPS, days[i] - days[i - 1]);
	}
	return state;
}

/* btyd_agg(history, as_of [, unit_days]) */
Datum
btyd_agg_history(PG_FUNCTION_ARGS)
{
	BtydOpen *owned = GetState(fcinfo);
	double unit_days = UnitDaysArgument(fcinfo, 3);
	BtydOpen *state = StateFor(owned, unit_days);
	int32_t few[FEW_DAYS], *days = few;
	DateADT as_of;
	HistoryView history;
	HistorySummary summary;
	HistoryBtydRow btyd;
	BtydRow row;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		state->counters.nulls++;
		PG_RETURN_POINTER(state);
	}
	history = PG_GETARG_HISTORY(1);
	as_of = PG_GETARG_DATEADT(2);
	HistoryCheckAsOf(as_of);
	if (HistoryCountAtMost(history) > FEW_DAYS)
		days = palloc_extended(HistoryCountAtMost(history) * sizeof(int32_t), MCXT_ALLOC_HUGE);
	summary = HistorySummarizeDays(history, as_of, days);
	if (!summary.valid)
		state->counters.invalid++;
	else if (!HistorySummaryBtyd(&summary, as_of, unit_days, &btyd))
		state->counters.no_purchase++;
	else
	{
		state->counters.merged += (double) (summary.orders - summary.purchase_days);
		BtydOpenSetAsOf(state, as_of);
		row = (BtydRow){btyd.x, btyd.t_x, btyd.t, 1};
		state = AddCustomer(state, owned, row, true, btyd.m_x);
		state = AddDays(fcinfo, state, owned, days, summary.purchase_days);
	}
	if (days != few)
		pfree(days);
	PG_RETURN_POINTER(state);
}

/* btyd_rows_agg(x, t_x, t [, m_x [, weight [, unit_days]]]) */
Datum
btyd_agg_numbers(PG_FUNCTION_ARGS)
{
	BtydOpen *owned = GetState(fcinfo);
	BtydOpen *state = StateFor(owned, UnitDaysArgument(fcinfo, 6));
	BtydRow row = {.weight = 1};
	double m_x = 0;
	BtydStatus status;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) ||
		(PG_NARGS() > 5 && PG_ARGISNULL(5)))
	{
		state->counters.nulls++;
		PG_RETURN_POINTER(state);
	}
	row.x = (double) PG_GETARG_INT64(1);
	/* adding 0 turns a negative zero into a plain one, which has other bits */
	row.t_x = PG_GETARG_FLOAT8(2) + 0.0;
	row.t = PG_GETARG_FLOAT8(3) + 0.0;
	status = BtydCheckRow(row.x, row.t_x, row.t);
	if (status != BTYD_OK)
		BtydBadCustomer(status, row.x, row.t_x, row.t);
	if (PG_NARGS() > 5)
	{
		int64 weight = PG_GETARG_INT64(5);

		if (weight < 0 || weight > (int64) BTYD_MAX_COUNT)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("weight must be a number of customers"),
							errdetail("The weight is " INT64_FORMAT ".", weight),
							errhint("It is the number of customers that the row stands for.")));
		if (weight == 0)
			PG_RETURN_POINTER(state);
		row.weight = (double) weight;
	}
	if (PG_NARGS() > 4 && !PG_ARGISNULL(4))
	{
		m_x = PG_GETARG_FLOAT8(4);
		BtydCheckMeanSpend(m_x);
	}
	BtydOpenSetAsOf(state, BTYD_NO_DAY);
	PG_RETURN_POINTER(AddCustomer(state, owned, row, PG_NARGS() > 4 && !PG_ARGISNULL(4), m_x));
}

/* Add data in either form: the transition of btyd_agg(btyd_data), and every combine. */
Datum
btyd_agg_data(PG_FUNCTION_ARGS)
{
	BtydOpen *state = GetState(fcinfo);
	struct varlena *value;
	BtydData data;

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	if (BtydDataIsOpen(value))
	{
		BtydOpen *open = (BtydOpen *) value;

		if (!BtydOpenBodyIsValid(open))
			BtydCheckStatus(BTYD_DATA_MALFORMED);
		/* the first is the state, which the executor copies */
		if (state == NULL)
			PG_RETURN_POINTER(open);
		data = (BtydData){open->unit_days, open->as_of, open->counters, open->rows, {open->n}};
		PG_RETURN_POINTER(AddData(state, &data));
	}
	data = DatumGetBtydData(PointerGetDatum(value));
	state = AddData(state, &data);
	pfree(data.rows);
	PG_RETURN_POINTER(state);
}

/* Pack the state into a new value. The state stays as it is: a window may go on with it. */
Datum
btyd_agg_final(PG_FUNCTION_ARGS)
{
	BtydOpen *state = GetState(fcinfo);
	BtydData data = {.unit_days = DEFAULT_UNIT_DAYS, .as_of = BTYD_NO_DAY};
	Datum result;

	if (state == NULL)
		return BtydDataGetDatum(&data);
	data = BtydOpenGetData(state);
	result = BtydDataGetDatum(&data);
	pfree(data.rows);
	return result;
}
