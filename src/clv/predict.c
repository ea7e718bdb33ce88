/*
 * predict.c: what a model says about a customer
 *
 * Each prediction is asked for a customer's history on a day, for plain numbers (x, t_x, t) in the
 * model's unit of time, or for a new customer. Horizons are days, whatever the unit of the model.
 * The forms of one function differ by the number of their arguments.
 */
#include "clv/predict.h"

#include <float.h>
#include <math.h>

#include "math/gamma_gamma.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(clv_p_alive);
PG_FUNCTION_INFO_V1(clv_expected_orders);
PG_FUNCTION_INFO_V1(clv_order_probability);
PG_FUNCTION_INFO_V1(clv_churn_probability);
PG_FUNCTION_INFO_V1(clv_next_order_date);
PG_FUNCTION_INFO_V1(clv_next_order_days);
PG_FUNCTION_INFO_V1(clv_expected_spend);
PG_FUNCTION_INFO_V1(clv_expected_spend_numbers);
PG_FUNCTION_INFO_V1(clv_value);

/* ---------------------------------------------------------------- models at hand
 *
 * A query's model is the same for thousands of rows, or one of a few (a model a country). They are
 * kept ready with the call site, found by their bytes, the last one used first.
 */
#define KEPT_MODELS 16

typedef struct KeptModels
{
	int n;
	ClvPrepared *at[KEPT_MODELS];
} KeptModels;

/* Raise unless the model can predict orders. */
void
ClvCheckUsable(const ClvModel *model)
{
	int status = model->orders.status;

	if (!ClvUsable(status))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the model cannot predict: the status of its fit is \"%s\"",
							   ClvStatusName(status)),
						errdetail("%s", ClvStatusMessage(status)),
						errhint("crm.is_usable(model) tells before; crm.diagnostics(model) shows "
								"more.")));
}

static ClvPrepared *
Prepare(FunctionCallInfo fcinfo, struct varlena *bytes)
{
	const ClvModel *model = DatumGetClvModel(PointerGetDatum(bytes));
	ClvPrepared *prepared;

	ClvCheckUsable(model);
	prepared = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ClvPrepared));
	prepared->context = fcinfo->flinfo->fn_mcxt;
	prepared->model = *model;
	ClvPrepareModel(&prepared->model, &prepared->orders);
	return prepared;
}

void
ClvPrepareModel(const ClvModel *model, BtydModel *orders)
{
	BtydStatus status =
		btyd_prepare(orders, ClvProcessByName(model->process), model->orders.params);

	if (status != BTYD_OK)
		elog(ERROR, "%s", btyd_status_message(status));
}

ClvPrepared *
ClvGetPrepared(FunctionCallInfo fcinfo)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	KeptModels *kept = fcinfo->flinfo->fn_extra;
	const Size size = sizeof(ClvModel) - VARHDRSZ;
	ClvPrepared *found = NULL;
	int i;

	if (kept == NULL)
		fcinfo->flinfo->fn_extra = kept =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(KeptModels));
	for (i = 0; i < kept->n && found == NULL; i++)
		if (VARSIZE_ANY_EXHDR(value) == size &&
			memcmp(VARDATA_ANY(value), VARDATA(&kept->at[i]->model), size) == 0)
			found = kept->at[i];
	if (found && i == 1)
		return found;
	if (found == NULL)
	{
		found = Prepare(fcinfo, value);
		if (kept->n == KEPT_MODELS)
		{
			if (kept->at[KEPT_MODELS - 1]->futures.at)
				pfree(kept->at[KEPT_MODELS - 1]->futures.at);
			pfree(kept->at[KEPT_MODELS - 1]);
		}
		else
			kept->n++;
		i = kept->n;
	}
	memmove(&kept->at[1], &kept->at[0], (Size) (i - 1) * sizeof(kept->at[0]));
	kept->at[0] = found;
	return found;
}

/* ---------------------------------------------------------------- the future of those alive
 *
 * For a customer who is still there at t, the past matters by x and t alone: while alive, orders
 * have no memory. So expected orders are p_alive times a factor of (x, t), which costs most of the
 * time and is the same for many customers: it is kept with the model.
 */
#define FIRST_FUTURES 64
#define MOST_FUTURES 65536 /* 1.5 MB a call site */

/* The entry for (x, t): its own, or the free one where it belongs */
static ClvFuture *
FindFuture(ClvFutures *futures, double x, double t)
{
	uint64 hash;

	memcpy(&hash, &t, sizeof(hash));
	hash = (hash ^ (uint64) x) * UINT64CONST(0xff51afd7ed558ccd);
	for (uint32 i = (uint32) (hash >> 40);; i++)
	{
		ClvFuture *at = &futures->at[i & (futures->size - 1)];

		if (at->factor < 0 || (at->x == x && at->t == t))
			return at;
	}
}

static void
ResizeFutures(ClvPrepared *model, uint32 size, bool keep)
{
	ClvFutures *futures = &model->futures;
	ClvFuture *old = futures->at;
	uint32 old_size = futures->size;

	futures->at = MemoryContextAlloc(model->context, size * sizeof(ClvFuture));
	futures->size = size;
	futures->n = 0;
	for (uint32 i = 0; i < size; i++)
		futures->at[i].factor = -1;
	for (uint32 i = 0; keep && i < old_size; i++)
		if (old[i].factor >= 0)
		{
			*FindFuture(futures, old[i].x, old[i].t) = old[i];
			futures->n++;
		}
	if (old)
		pfree(old);
}

/* btyd_p_alive, but the last answer is kept: every prediction of a customer starts from it. */
static BtydStatus
Alive(const BtydModel *model, const HistoryBtydRow *customer, double *result)
{
	static struct
	{
		const BtydProcess *process;
		double params[BTYD_MAX_PARAMS];
		double x, t_x, t;
		double alive;
	} last;
	BtydStatus status;

	if (last.process != model->process || last.t != customer->t || last.t_x != customer->t_x ||
		last.x != customer->x || memcmp(last.params, model->params, sizeof(last.params)) != 0)
	{
		double alive = 0;

		status = btyd_p_alive(model, customer->x, customer->t_x, customer->t, &alive);
		if (status != BTYD_OK)
			return status;
		last.process = model->process;
		memcpy(last.params, model->params, sizeof(last.params));
		last.x = customer->x;
		last.t_x = customer->t_x;
		last.t = customer->t;
		last.alive = alive;
	}
	*result = last.alive;
	return BTYD_OK;
}

/* btyd_discounted, by way of the kept factors */
static BtydStatus
Discounted(ClvPrepared *model, const HistoryBtydRow *customer, double horizon, double rate,
		   double *result)
{
	const BtydModel *orders = &model->orders;
	ClvFutures *futures = &model->futures;
	ClvFuture *future;
	double x = customer->x;
	double t = customer->t;
	double alive = 0;
	BtydStatus status = Alive(orders, customer, &alive);

	if (status != BTYD_OK)
		return status;
	if (futures->size == 0 || futures->horizon != horizon || futures->rate != rate)
	{
		futures->horizon = horizon;
		futures->rate = rate;
		ResizeFutures(model, FIRST_FUTURES, false);
	}
	future = FindFuture(futures, x, t);
	if (future->factor < 0)
	{
		double last = x > 0 ? t : 0;
		double alive_last = 0;
		double orders_last = 0;

		status = btyd_discounted(orders, x, last, t, horizon, rate, &orders_last);
		if (status == BTYD_OK)
			status = btyd_p_alive(orders, x, last, t, &alive_last);
		if (status != BTYD_OK)
			return status;
		if (!(alive_last > 0))
			return btyd_discounted(orders, x, customer->t_x, t, horizon, rate, result);
		if (2 * futures->n >= futures->size)
		{
			if (futures->size < MOST_FUTURES)
				ResizeFutures(model, futures->size * 2, true);
			else
				ResizeFutures(model, MOST_FUTURES, false);
			future = FindFuture(futures, x, t);
		}
		*future = (ClvFuture){x, t, orders_last / alive_last};
		futures->n++;
	}
	*result = alive * future->factor;
	return BTYD_OK;
}

/* ---------------------------------------------------------------- arguments */

/*
 * HistoryBtyd, but the last answer is kept: a query asks several predictions of one customer, one
 * after the other, and comparing a few bytes is cheaper than reading them.
 */
static bool
LastHistoryBtyd(HistoryView history, DateADT as_of, double unit_days, HistoryBtydRow *row)
{
	static uint8 bytes[256];
	static Size size = 0;
	static DateADT last_as_of;
	static double last_unit_days;
	static HistoryBtydRow last;

	if (size == history.size && as_of == last_as_of && unit_days == last_unit_days &&
		memcmp(bytes, history.bytes, size) == 0)
	{
		*row = last;
		return true;
	}
	if (!HistoryBtyd(history, as_of, unit_days, row))
		return false;
	if (history.size <= sizeof(bytes))
	{
		size = history.size;
		memcpy(bytes, history.bytes, size);
		last_as_of = as_of;
		last_unit_days = unit_days;
		last = *row;
	}
	return true;
}

/*
 * The customer of this call, and in *next the number of the first argument after it, of `own`
 * arguments that the function has besides. False when there is no answer: a NULL, or no purchase by
 * that day.
 */
bool
ClvGetCustomer(FunctionCallInfo fcinfo, const ClvPrepared *model, int own, HistoryBtydRow *customer,
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
		CheckAsOf(PG_GETARG_DATEADT(2));
		return LastHistoryBtyd(PG_GETARG_HISTORY(1), PG_GETARG_DATEADT(2), model->model.unit_days,
							   customer);
	}
	/* x, t_x, t, and in some functions m_x */
	for (int i = 1; i <= 3; i++)
		if (PG_ARGISNULL(i))
			return false;
	customer->x = PG_GETARG_FLOAT8(1);
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
			ereport(
				ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s", btyd_status_message(status)),
				 errdetail("x is %g, t_x is %g, t is %g.", customer->x, customer->t_x, customer->t),
				 errhint("x counts repeat purchase days, t_x is the time from the first to the "
						 "last, t from the first to today, in the model's unit of time; "
						 "crm.btyd(history, as_of, unit_days) computes them.")));
			break;
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
			elog(ERROR, "%s", btyd_status_message(status));
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s", btyd_status_message(status)), errhint("%s", hint)));
}

/* Raise unless the model can say what a customer spends. */
static void
CheckSpend(const ClvModel *model)
{
	const char *wrong = ClvNoSpend(model);

	if (wrong != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the model cannot predict spend"), errdetail("%s", wrong),
				 errhint("crm.has_spend(model) tells before; crm.diagnostics(model) shows more.")));
}

/*
 * Expected spend on a purchase day. Money that went back counts as none spent: a customer whose
 * refunds outweigh the repeat orders is near the lower end of the model, not below it.
 */
double
ClvExpectedSpend(const ClvModel *model, const HistoryBtydRow *customer)
{
	double result = 0;

	CheckSpend(model);
	if (customer->x > 0 && !isfinite(customer->m_x))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("mean spend must be a finite number"),
						errdetail("m_x is %g.", customer->m_x)));
	ClvCheckStatus(gamma_gamma_expected(model->spend.params, customer->x,
										Max(customer->m_x, DBL_MIN), &result),
				   customer);
	return result;
}

/* ---------------------------------------------------------------- predictions */

Datum
clv_p_alive(PG_FUNCTION_ARGS)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	double result = 0;
	int next;

	if (!ClvGetCustomer(fcinfo, model, 0, &customer, &next))
		PG_RETURN_NULL();
	ClvCheckStatus(Alive(&model->orders, &customer, &result), &customer);
	PG_RETURN_FLOAT8(result);
}

/* expected_orders(..., days) */
Datum
clv_expected_orders(PG_FUNCTION_ARGS)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	double result = 0;
	int next;

	if (!ClvGetCustomer(fcinfo, model, 1, &customer, &next))
		PG_RETURN_NULL();
	ClvCheckStatus(
		Discounted(model, &customer, PG_GETARG_FLOAT8(next) / model->model.unit_days, 0, &result),
		&customer);
	PG_RETURN_FLOAT8(result);
}

/* order_probability(..., days, n) */
Datum
clv_order_probability(PG_FUNCTION_ARGS)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	double result = 0;
	int next;

	if (!ClvGetCustomer(fcinfo, model, 2, &customer, &next))
		PG_RETURN_NULL();
	ClvCheckStatus(btyd_pmf(&model->orders, customer.x, customer.t_x, customer.t,
							PG_GETARG_FLOAT8(next) / model->model.unit_days,
							(double) PG_GETARG_INT32(next + 1), &result),
				   &customer);
	PG_RETURN_FLOAT8(result);
}

/* churn_probability(..., days): no order in that time */
Datum
clv_churn_probability(PG_FUNCTION_ARGS)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	double result = 0;
	int next;

	if (!ClvGetCustomer(fcinfo, model, 1, &customer, &next))
		PG_RETURN_NULL();
	ClvCheckStatus(btyd_pmf(&model->orders, customer.x, customer.t_x, customer.t,
							PG_GETARG_FLOAT8(next) / model->model.unit_days, 0.0, &result),
				   &customer);
	PG_RETURN_FLOAT8(result);
}

/* Days until the next order comes with the probability of the last argument; false for never. */
static bool
NextOrder(FunctionCallInfo fcinfo, double *days)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	BtydStatus status;
	int next;

	if (!ClvGetCustomer(fcinfo, model, 1, &customer, &next))
		return false;
	status = btyd_next_order(&model->orders, customer.x, customer.t_x, customer.t,
							 PG_GETARG_FLOAT8(next), days);
	if (status == BTYD_NEVER)
		return false;
	ClvCheckStatus(status, &customer);
	*days *= model->model.unit_days;
	return true;
}

Datum
clv_next_order_days(PG_FUNCTION_ARGS)
{
	double days;

	if (!NextOrder(fcinfo, &days))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(days);
}

/* The first day by whose end the probability is reached; NULL too beyond the last date there is. */
Datum
clv_next_order_date(PG_FUNCTION_ARGS)
{
	double days;

	if (!NextOrder(fcinfo, &days) || PG_GETARG_DATEADT(2) + ceil(days) > HISTORY_LAST_DAY)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(PG_GETARG_DATEADT(2) + (DateADT) ceil(days));
}

Datum
clv_expected_spend(PG_FUNCTION_ARGS)
{
	ClvPrepared *model = ClvGetPrepared(fcinfo);
	HistoryBtydRow customer;
	int next;

	if (!ClvGetCustomer(fcinfo, model, 0, &customer, &next))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(ClvExpectedSpend(&model->model, &customer));
}

/* expected_spend(model, x, m_x) */
Datum
clv_expected_spend_numbers(PG_FUNCTION_ARGS)
{
	HistoryBtydRow customer = {0};

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	customer.x = PG_GETARG_FLOAT8(1);
	if (PG_ARGISNULL(2) && customer.x > 0)
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(2))
		customer.m_x = PG_GETARG_FLOAT8(2);
	PG_RETURN_FLOAT8(ClvExpectedSpend(&ClvGetPrepared(fcinfo)->model, &customer));
}

/* Discount per year (0.10: money in a year is worth 1 / 1.10) to a rate per unit of time */
static double
RatePerUnit(double discount, double unit_days)
{
	if (!(discount >= 0 && isfinite(discount)))
		ClvCheckStatus(BTYD_BAD_RATE, NULL);
	return log1p(discount) * unit_days / DAYS_A_YEAR;
}

/* clv(..., days, discount): a NULL horizon is for life */
Datum
clv_value(PG_FUNCTION_ARGS)
{
	ClvPrepared *model;
	HistoryBtydRow customer;
	double orders = 0;
	double horizon = INFINITY;
	int next;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(PG_NARGS() - 1))
		PG_RETURN_NULL();
	model = ClvGetPrepared(fcinfo);
	if (!ClvGetCustomer(fcinfo, model, 2, &customer, &next))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(next))
		horizon = PG_GETARG_FLOAT8(next) / model->model.unit_days;
	ClvCheckStatus(Discounted(model, &customer, horizon,
							  RatePerUnit(PG_GETARG_FLOAT8(next + 1), model->model.unit_days),
							  &orders),
				   &customer);
	PG_RETURN_FLOAT8(orders * ClvExpectedSpend(&model->model, &customer));
}
