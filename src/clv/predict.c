/*
 * predict.c: what a model says about a customer
 *
 * Each prediction is asked for a customer's history on a day, for plain numbers (x, t_x, t) in the
 * model's unit of time, or for a new customer. Horizons are days, whatever the unit of the model.
 * In SQL the three forms have names of their own; here they differ by the number of arguments.
 */
#include "clv/predict.h"

#include <float.h>
#include <math.h>

#include "clv/data.h"
#include "core/clv/gamma_gamma.h"

PG_FUNCTION_INFO_V1(clv_p_alive);
PG_FUNCTION_INFO_V1(clv_expected_orders);
PG_FUNCTION_INFO_V1(clv_order_probability);
PG_FUNCTION_INFO_V1(clv_churn_probability);
PG_FUNCTION_INFO_V1(clv_next_order_date);
PG_FUNCTION_INFO_V1(clv_next_order_days);
PG_FUNCTION_INFO_V1(clv_expected_spend);
PG_FUNCTION_INFO_V1(clv_expected_spend_numbers);
PG_FUNCTION_INFO_V1(clv_value);

/* ---------------------------------------------------------------- arguments */

/*
 * The customer of this call, and in *next the number of the first argument after it, of `own`
 * arguments that the function has besides. False when there is no answer: a NULL, or no purchase by
 * that day.
 */
static bool
GetCustomer(FunctionCallInfo fcinfo, const ClvPrepared *model, int own, HistoryBtydRow *customer,
			int *next)
{
	int form = PG_NARGS() - 1 - own;

	*next = 1 + form;
	memset(customer, 0, sizeof(*customer));
	if (form == 0) /* a new customer */
		return true;
	if (form == 2) /* history, as_of */
	{
		if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
			return false;
		HistoryCheckAsOf(PG_GETARG_DATEADT(2));
		return ClvGetCustomer(model, PG_GETARG_HISTORY(1), PG_GETARG_DATEADT(2), customer);
	}
	/* x, t_x, t, and in some functions m_x */
	for (int i = 1; i <= 3; i++)
		if (PG_ARGISNULL(i))
			return false;
	customer->x = (double) PG_GETARG_INT64(1);
	customer->t_x = PG_GETARG_FLOAT8(2);
	customer->t = PG_GETARG_FLOAT8(3);
	if (form == 4 && customer->x > 0)
	{
		if (PG_ARGISNULL(4))
			return false;
		customer->m_x = PG_GETARG_FLOAT8(4);
	}
	return true;
}

/* Raise what a status means, unless it is BTYD_OK. */
void
ClvCheckStatus(BtydStatus status, const HistoryBtydRow *customer)
{
	const char *hint;

	switch (status)
	{
		case BTYD_OK:
			return;
		case BTYD_BAD_X:
		case BTYD_BAD_TIMES:
			BtydBadCustomer(status, customer->x, customer->t_x, customer->t);
		case BTYD_INFINITE:
			hint = "Give a number of days, or a discount above 0.";
			break;
		case BTYD_BAD_HORIZON:
			hint = "A horizon is a number of days, 0 or more.";
			break;
		case BTYD_BAD_RATE:
			hint = "A discount of 0.10 makes money in a year worth 1 / 1.10 of money today.";
			break;
		case BTYD_BAD_COUNT:
			hint = "Ask for 0, 1, 2, ... orders.";
			break;
		case BTYD_BAD_PROBABILITY:
			hint = "0.5 asks for the median.";
			break;
		case BTYD_INACCURATE:
			hint = "The numbers lie far outside of what customers do.";
			break;
		default:
			elog(ERROR, "%s", BtydStatusMessage(status));
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s", BtydStatusMessage(status)), errhint("%s", hint)));
}

/* Raise unless the model can say what a customer spends. */
static void
CheckSpend(const ClvModel *model)
{
	const char *wrong = ClvNoSpend(model);

	if (wrong != NULL)
		ereport(
			ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the model cannot predict spend"), errdetail("%s", wrong),
			 errhint(
				 "crm.clv_has_spend(model) tells before; crm.clv_diagnostics(model) shows more.")));
}

BtydStatus
ClvExpectedSpend(const ClvModel *model, const HistoryBtydRow *customer, double *result)
{
	if (customer->x > 0)
		BtydCheckMeanSpend(customer->m_x);
	return GammaGammaExpected(model->spend.params, customer->x, Max(customer->m_x, DBL_MIN),
							  result);
}

double
ClvGetMargin(double margin)
{
	if (!(margin > 0 && isfinite(margin)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("margin must be a positive finite number"),
						errhint("A margin of 0.3 makes 30 of 100 that a customer spends.")));
	return margin;
}

void
ClvAsk(ClvPrepared *model, ClvAsked *asked)
{
	const HistoryBtydRow *customer = asked->customer;

	ClvCheckStatus(
		BtydPAlive(&model->orders, customer->x, customer->t_x, customer->t, &asked->alive),
		customer);
	if (isfinite(asked->horizon.span))
		ClvCheckStatus(ClvAskFuture(model, customer, asked->alive, CLV_ORDERS, &asked->horizon,
									&asked->orders),
					   customer);
	if (!model->has_spend)
		return;
	ClvCheckStatus(ClvExpectedSpend(&model->model, customer, &asked->spend), customer);
	ClvCheckStatus(
		ClvAskFuture(model, customer, asked->alive, CLV_VALUE, &asked->horizon, &asked->value),
		customer);
}

bool
ClvRate(const ClvModel *model, double discount, double *rate)
{
	*rate = log1p(discount) * model->unit_days / CLV_DAYS_A_YEAR;
	return discount >= 0 && isfinite(discount);
}

/* ---------------------------------------------------------------- predictions */

/* A question about a customer: the answer, from the arguments from `next` on. */
typedef BtydStatus (*Question)(FunctionCallInfo fcinfo, ClvPrepared *model,
							   const HistoryBtydRow *customer, int next, double *answer);

/* Answer a question that has `own` arguments besides the customer; false for NULL. */
static bool
Answer(FunctionCallInfo fcinfo, int own, Question question, double *answer)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	BtydStatus status;
	int next;

	*answer = 0;
	if (!GetCustomer(fcinfo, model, own, &customer, &next))
		return false;
	status = question(fcinfo, model, &customer, next, answer);
	if (status == BTYD_NEVER)
		return false;
	if (status == BTYD_OK && !isfinite(*answer))
		status = BTYD_INACCURATE; /* a product of numbers that are in range */
	ClvCheckStatus(status, &customer);
	return true;
}

/* A horizon argument; NULL is for life. The day before it, of the form that has one, is as_of. */
static ClvHorizon
Horizon(FunctionCallInfo fcinfo, const ClvPrepared *model, int n, double rate)
{
	DateADT as_of = n == 3 ? PG_GETARG_DATEADT(2) : CLV_NO_DAY;

	return ClvLookAhead(model, as_of, PG_ARGISNULL(n) ? INFINITY : PG_GETARG_INT32(n), rate);
}

static BtydStatus
AskAlive(FunctionCallInfo fcinfo, ClvPrepared *model, const HistoryBtydRow *customer, int next,
		 double *answer)
{
	return BtydPAlive(&model->orders, customer->x, customer->t_x, customer->t, answer);
}

/* Whether the customer is still there, and then what comes */
static BtydStatus
AskFuture(ClvPrepared *model, const HistoryBtydRow *customer, ClvFactor question,
		  ClvHorizon horizon, double *answer)
{
	double alive = 0;
	BtydStatus status = BtydPAlive(&model->orders, customer->x, customer->t_x, customer->t, &alive);

	if (status != BTYD_OK)
		return status;
	return ClvAskFuture(model, customer, alive, question, &horizon, answer);
}

static BtydStatus
AskOrders(FunctionCallInfo fcinfo, ClvPrepared *model, const HistoryBtydRow *customer, int next,
		  double *answer)
{
	return AskFuture(model, customer, CLV_ORDERS, Horizon(fcinfo, model, next, 0), answer);
}

static BtydStatus
AskProbability(FunctionCallInfo fcinfo, ClvPrepared *model, const HistoryBtydRow *customer,
			   int next, double *answer)
{
	ClvHorizon horizon = Horizon(fcinfo, model, next, 0);
	double n = (double) PG_GETARG_INT64(next + 1);

	if (n == 0) /* as churn_probability, to the last bit */
		return AskFuture(model, customer, CLV_NONE, horizon, answer);
	return BtydPmf(&model->orders, customer->x, customer->t_x, customer->t, horizon.span, n,
				   answer);
}

static BtydStatus
AskNone(FunctionCallInfo fcinfo, ClvPrepared *model, const HistoryBtydRow *customer, int next,
		double *answer)
{
	return AskFuture(model, customer, CLV_NONE, Horizon(fcinfo, model, next, 0), answer);
}

/* Days until the next order has come with this probability */
static BtydStatus
AskNext(FunctionCallInfo fcinfo, ClvPrepared *model, const HistoryBtydRow *customer, int next,
		double *answer)
{
	BtydStatus status = BtydNextOrder(&model->orders, customer->x, customer->t_x, customer->t,
									  PG_GETARG_FLOAT8(next), answer);

	*answer *= model->model.unit_days;
	return status;
}

static BtydStatus
AskSpend(FunctionCallInfo fcinfo, ClvPrepared *model, const HistoryBtydRow *customer, int next,
		 double *answer)
{
	CheckSpend(&model->model);
	return ClvExpectedSpend(&model->model, customer, answer);
}

/* Orders times spend; a NULL horizon is for life */
static BtydStatus
AskValue(FunctionCallInfo fcinfo, ClvPrepared *model, const HistoryBtydRow *customer, int next,
		 double *answer)
{
	double spend = 0;
	double rate;
	BtydStatus status;

	if (!ClvRate(&model->model, PG_GETARG_FLOAT8(next + 1), &rate))
		return BTYD_BAD_RATE;
	status = AskFuture(model, customer, CLV_VALUE, Horizon(fcinfo, model, next, rate), answer);
	if (status != BTYD_OK)
		return status;
	CheckSpend(&model->model);
	status = ClvExpectedSpend(&model->model, customer, &spend);
	*answer *= spend;
	return status;
}

#define DEFINE_PREDICTION(name, own, question)       \
	Datum name(PG_FUNCTION_ARGS)                     \
	{                                                \
		double answer;                               \
                                                     \
		if (!Answer(fcinfo, own, question, &answer)) \
			PG_RETURN_NULL();                        \
		PG_RETURN_FLOAT8(answer);                    \
	}

DEFINE_PREDICTION(clv_p_alive, 0, AskAlive)
DEFINE_PREDICTION(clv_expected_orders, 1, AskOrders)
DEFINE_PREDICTION(clv_order_probability, 2, AskProbability)
DEFINE_PREDICTION(clv_churn_probability, 1, AskNone)
DEFINE_PREDICTION(clv_expected_spend, 0, AskSpend)

/* Whole days until the probability is reached, the first that does; NULL beyond an integer. */
Datum
clv_next_order_days(PG_FUNCTION_ARGS)
{
	double days;

	if (!Answer(fcinfo, 1, AskNext, &days) || ceil(days) > PG_INT32_MAX)
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) ceil(days));
}

BtydStatus
ClvNextOrderDate(const ClvPrepared *model, const HistoryBtydRow *customer, DateADT as_of,
				 double probability, DateADT *date)
{
	double wait = 0;
	double days;
	BtydStatus status =
		BtydNextOrder(&model->orders, customer->x, customer->t_x, customer->t, probability, &wait);

	if (status != BTYD_OK)
		return status;
	days = SeasonDaysAhead(&model->clock, model->model.unit_days, as_of, wait);
	if (as_of + days > HISTORY_LAST_DAY)
		return BTYD_NEVER;
	*date = as_of + (DateADT) days;
	return BTYD_OK;
}

Datum
clv_next_order_date(PG_FUNCTION_ARGS)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	DateADT date = 0;
	BtydStatus status;
	int next;

	if (!GetCustomer(fcinfo, model, 1, &customer, &next))
		PG_RETURN_NULL();
	status =
		ClvNextOrderDate(model, &customer, PG_GETARG_DATEADT(2), PG_GETARG_FLOAT8(next), &date);
	if (status == BTYD_NEVER)
		PG_RETURN_NULL();
	ClvCheckStatus(status, &customer);
	PG_RETURN_DATEADT(date);
}

/* clv(..., days, discount): not strict, for the sake of days */
Datum
clv_value(PG_FUNCTION_ARGS)
{
	double answer;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(PG_NARGS() - 1) || !Answer(fcinfo, 2, AskValue, &answer))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(answer);
}

/* btyd_expected_spend(model, x, m_x): not strict, for m_x has no meaning where x = 0 */
Datum
clv_expected_spend_numbers(PG_FUNCTION_ARGS)
{
	const ClvModel *model;
	HistoryBtydRow customer = {0};
	double answer = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	customer.x = (double) PG_GETARG_INT64(1);
	if (PG_ARGISNULL(2) && customer.x > 0)
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(2))
		customer.m_x = PG_GETARG_FLOAT8(2);
	model = &ClvGetPrepared(fcinfo)->model;
	CheckSpend(model);
	ClvCheckStatus(ClvExpectedSpend(model, &customer, &answer), &customer);
	PG_RETURN_FLOAT8(answer);
}
