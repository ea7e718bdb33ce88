/*
 * predict_row.c: crm.predict: all that a model says about a customer, as one row
 *
 * Each column is what the function of its name says, to the last bit. What they share is computed
 * once, and what is not asked for is NULL and costs nothing.
 */
#include "clv/predict.h"

#include <math.h>

PG_FUNCTION_INFO_V1(clv_predict);

/* Arguments of clv_predict */
enum
{
	ARG_MODEL,
	ARG_HISTORY,
	ARG_AS_OF,
	ARG_DAYS,
	ARG_DISCOUNT,
	ARG_MARGIN,
	ARG_NEXT_ORDER,
	ARG_INTERVALS,
	ARGS
};

/* Columns of crm.prediction */
enum
{
	P_ALIVE,
	CHURN_PROBABILITY,
	EXPECTED_ORDERS,
	EXPECTED_SPEND,
	VALUE,
	NEXT_ORDER_DATE,
	ORDERS_LOWER,
	ORDERS_UPPER,
	VALUE_LOWER,
	VALUE_UPPER,
	EXPECTED_ORDERS_LOWER,
	EXPECTED_ORDERS_UPPER,
	EXPECTED_VALUE_LOWER,
	EXPECTED_VALUE_UPPER,
	COLUMNS
};

/* The next order has come with this probability by the date that is shown: half have come */
#define MEDIAN 0.5

static bool
AnyArgumentIsNull(FunctionCallInfo fcinfo)
{
	for (int i = 0; i < ARGS; i++)
		if (i != ARG_DAYS && PG_ARGISNULL(i))
			return true;
	return false;
}

/* Fill a column, unless there is something wrong with the answer. */
static void
PutAnswer(Datum *values, bool *nulls, int column, BtydStatus status, double answer,
		  const HistoryBtydRow *customer)
{
	if (status == BTYD_OK && !isfinite(answer))
		status = BTYD_INACCURATE; /* a product of numbers that are in range */
	ClvCheckStatus(status, customer);
	values[column] = Float8GetDatum(answer);
	nulls[column] = false;
}

/* Two columns with the bounds of an interval, NULL where they are not known */
static void
PutInterval(Datum *values, bool *nulls, int column, ClvInterval interval)
{
	values[column] = Float8GetDatum(interval.lower);
	nulls[column] = !isfinite(interval.lower);
	values[column + 1] = Float8GetDatum(interval.upper);
	nulls[column + 1] = !isfinite(interval.upper);
}

static void
PutIntervals(Datum *values, bool *nulls, ClvPrepared *model, const ClvAsked *asked, double margin)
{
	ClvInterval orders, value;

	if (isfinite(asked->horizon.span))
	{
		ClvOutcome(model, asked, &orders, &value);
		values[ORDERS_LOWER] = Int64GetDatum((int64) orders.lower);
		values[ORDERS_UPPER] = Int64GetDatum((int64) orders.upper);
		nulls[ORDERS_LOWER] = nulls[ORDERS_UPPER] = false;
		PutInterval(values, nulls, VALUE_LOWER,
					(ClvInterval){margin * value.lower, margin * value.upper});
	}
	ClvMeanIntervals(model, asked, &orders, &value);
	PutInterval(values, nulls, EXPECTED_ORDERS_LOWER, orders);
	PutInterval(values, nulls, EXPECTED_VALUE_LOWER,
				(ClvInterval){margin * value.lower, margin * value.upper});
}

/* predict(model, history, as_of, days, discount, margin, next_order, intervals) */
Datum
clv_predict(PG_FUNCTION_ARGS)
{
	ClvPrepared *model;
	HistoryBtydRow customer;
	ClvAsked asked = {.customer = &customer, .orders = NAN, .spend = NAN};
	DateADT as_of;
	DateADT date = 0;
	bool for_life = PG_ARGISNULL(ARG_DAYS);
	double none = 0;
	double rate;
	double margin;
	BtydStatus status;
	Datum values[COLUMNS];
	bool nulls[COLUMNS];

	if (AnyArgumentIsNull(fcinfo))
		PG_RETURN_NULL();
	model = ClvGetPrepared(fcinfo);
	as_of = PG_GETARG_DATEADT(ARG_AS_OF);
	margin = ClvGetMargin(PG_GETARG_FLOAT8(ARG_MARGIN));
	memset(&customer, 0, sizeof(customer));
	if (!ClvRate(&model->model, PG_GETARG_FLOAT8(ARG_DISCOUNT), &rate))
		ClvCheckStatus(BTYD_BAD_RATE, &customer);
	HistoryCheckAsOf(as_of);
	if (!ClvGetCustomer(model, PG_GETARG_HISTORY(ARG_HISTORY), as_of, &customer))
		PG_RETURN_NULL();
	memset(nulls, true, sizeof(nulls));

	asked.horizon =
		ClvLookAhead(model, as_of, for_life ? INFINITY : PG_GETARG_INT32(ARG_DAYS), rate);
	ClvAsk(model, &asked);
	PutAnswer(values, nulls, P_ALIVE, BTYD_OK, asked.alive, &customer);
	if (!for_life)
	{
		status = ClvAskFuture(model, &customer, asked.alive, CLV_NONE, &asked.horizon, &none);
		PutAnswer(values, nulls, CHURN_PROBABILITY, status, none, &customer);
		PutAnswer(values, nulls, EXPECTED_ORDERS, BTYD_OK, asked.orders, &customer);
	}
	if (model->has_spend)
	{
		PutAnswer(values, nulls, EXPECTED_SPEND, BTYD_OK, asked.spend, &customer);
		PutAnswer(values, nulls, VALUE, BTYD_OK, asked.value * asked.spend * margin, &customer);
	}
	if (PG_GETARG_BOOL(ARG_NEXT_ORDER))
	{
		status = ClvNextOrderDate(model, &customer, as_of, MEDIAN, &date);
		nulls[NEXT_ORDER_DATE] = status == BTYD_NEVER;
		if (status != BTYD_NEVER)
			ClvCheckStatus(status, &customer);
		values[NEXT_ORDER_DATE] = DateADTGetDatum(date);
	}
	if (PG_GETARG_BOOL(ARG_INTERVALS))
		PutIntervals(values, nulls, model, &asked, margin);
	return ClvReturnRow(fcinfo, values, nulls);
}
