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

static double
GetMargin(FunctionCallInfo fcinfo)
{
	double margin = PG_GETARG_FLOAT8(ARG_MARGIN);

	if (!(margin > 0 && isfinite(margin)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("margin must be a positive finite number"),
						errhint("A margin of 0.3 makes 30 of 100 that a customer spends.")));
	return margin;
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

/* predict(model, history, as_of, days, discount, margin, next_order, intervals) */
Datum
clv_predict(PG_FUNCTION_ARGS)
{
	ClvPrepared *model;
	HistoryBtydRow customer;
	DateADT as_of;
	DateADT date = 0;
	bool for_life = PG_ARGISNULL(ARG_DAYS);
	ClvHorizon horizon;
	double alive = 0, answer = 0, spend = 0;
	double rate, margin;
	BtydStatus status;
	Datum values[COLUMNS];
	bool nulls[COLUMNS];

	if (AnyArgumentIsNull(fcinfo))
		PG_RETURN_NULL();
	model = ClvGetPrepared(fcinfo);
	as_of = PG_GETARG_DATEADT(ARG_AS_OF);
	margin = GetMargin(fcinfo);
	memset(&customer, 0, sizeof(customer));
	if (!ClvRate(&model->model, PG_GETARG_FLOAT8(ARG_DISCOUNT), &rate))
		ClvCheckStatus(BTYD_BAD_RATE, &customer);
	HistoryCheckAsOf(as_of);
	if (!ClvGetCustomer(model, PG_GETARG_HISTORY(ARG_HISTORY), as_of, &customer))
		PG_RETURN_NULL();
	memset(nulls, true, sizeof(nulls));

	status = BtydPAlive(&model->orders, customer.x, customer.t_x, customer.t, &alive);
	PutAnswer(values, nulls, P_ALIVE, status, alive, &customer);
	horizon = ClvLookAhead(model, as_of, for_life ? INFINITY : PG_GETARG_INT32(ARG_DAYS), rate);
	if (!for_life)
	{
		status = ClvAskFuture(model, &customer, alive, CLV_NONE, &horizon, &answer);
		PutAnswer(values, nulls, CHURN_PROBABILITY, status, answer, &customer);
		status = ClvAskFuture(model, &customer, alive, CLV_ORDERS, &horizon, &answer);
		PutAnswer(values, nulls, EXPECTED_ORDERS, status, answer, &customer);
	}
	if (model->has_spend)
	{
		status = ClvExpectedSpend(&model->model, &customer, &spend);
		PutAnswer(values, nulls, EXPECTED_SPEND, status, spend, &customer);
		status = ClvAskFuture(model, &customer, alive, CLV_VALUE, &horizon, &answer);
		PutAnswer(values, nulls, VALUE, status, answer * spend * margin, &customer);
	}
	if (PG_GETARG_BOOL(ARG_NEXT_ORDER))
	{
		status = ClvNextOrderDate(model, &customer, as_of, MEDIAN, &date);
		nulls[NEXT_ORDER_DATE] = status == BTYD_NEVER;
		if (status != BTYD_NEVER)
			ClvCheckStatus(status, &customer);
		values[NEXT_ORDER_DATE] = DateADTGetDatum(date);
	}
	return ClvReturnRow(fcinfo, values, nulls);
}
