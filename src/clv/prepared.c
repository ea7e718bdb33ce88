/*
 * prepared.c: models at hand, and what their predictions share
 */
#include "clv/predict.h"
#include "clv/season.h"

#include <float.h>
#include <math.h>

#include "compare.h"
#include "funcapi.h"
#include "nodes/primnodes.h"
#include "utils/memutils.h"

/* ---------------------------------------------------------------- models at hand
 *
 * A query's model is the same for thousands of rows, or one of a few (a model a country). They are
 * kept ready with the call site, found by their bytes, the last one used first.
 */
#define KEPT_MODELS 16

typedef struct CallSite
{
	bool constant; /* the model is the same in all calls: there is no need to look */
	int n;
	ClvPrepared *at[KEPT_MODELS];
	TupleDesc row; /* of what is returned, once it has been looked up */
} CallSite;

/*
 * Is the argument written as a constant? A parameter is none: PL/pgSQL keeps an expression with its
 * call sites while the value of its variables changes.
 */
static bool
IsConstant(const FmgrInfo *function, int n)
{
	const Node *call = function->fn_expr;
	const List *arguments;

	if (call == NULL || !IsA(call, FuncExpr))
		return false;
	arguments = ((const FuncExpr *) call)->args;
	return n < list_length(arguments) && IsA(list_nth(arguments, n), Const);
}

static CallSite *
GetCallSite(FunctionCallInfo fcinfo, int n)
{
	CallSite *site = fcinfo->flinfo->fn_extra;

	if (site == NULL)
	{
		site = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CallSite));
		site->constant = IsConstant(fcinfo->flinfo, n);
		fcinfo->flinfo->fn_extra = site;
	}
	return site;
}

/* CrmReturnRow, for functions of a model. */
Datum
ClvReturnRow(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	CallSite *site = GetCallSite(fcinfo, 0);

	if (site->row == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		site->row = CrmResultRowType(fcinfo);
		MemoryContextSwitchTo(old);
	}
	return HeapTupleGetDatum(heap_form_tuple(site->row, values, nulls));
}

/* Raise unless the model can predict orders. */
void
ClvCheckUsable(const ClvModel *model)
{
	int status = model->orders.status;
	ClvPartKind kind = ClvOrdersKind(ClvProcessByName(model->process));

	if (!ClvUsable(status))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the model cannot predict: the status of its fit is \"%s\"",
						ClvStatusName(status)),
				 errdetail("%s", ClvPartMessage(&model->orders, &kind)),
				 errhint("crm.clv_is_usable(model) tells before; crm.clv_diagnostics(model) shows "
						 "more.")));
}

static ClvPrepared *
Prepare(FunctionCallInfo fcinfo, struct varlena *bytes)
{
	const ClvModel *model = DatumGetClvModel(PointerGetDatum(bytes));
	ClvPrepared *prepared;
	MemoryContext context;

	ClvCheckUsable(model);
	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "crm model", ALLOCSET_DEFAULT_SIZES);
	prepared = MemoryContextAllocZero(context, sizeof(ClvPrepared));
	prepared->context = context;
	prepared->has_spend = ClvNoSpend(model) == NULL;
	prepared->hash =
		hash_bytes_extended((const unsigned char *) VARDATA(model), sizeof(ClvModel) - VARHDRSZ, 0);
	ClvPrepareModel(prepared, model);
	return prepared;
}

void
ClvPrepareModel(ClvPrepared *prepared, const ClvModel *model)
{
	BtydStatus status = BtydPrepare(&prepared->orders, ClvProcessByName(model->process),
									(int) model->order, model->orders.params);

	if (status != BTYD_OK)
		elog(ERROR, "%s", BtydStatusMessage(status));
	prepared->model = *model;
	prepared->clock = SeasonStart(&model->season);
}

ClvPrepared *
ClvGetPreparedArgument(FunctionCallInfo fcinfo, int n)
{
	CallSite *site = GetCallSite(fcinfo, n);
	const Size size = sizeof(ClvModel) - VARHDRSZ;
	struct varlena *value;
	ClvPrepared *found = NULL;
	int i;

	if (site->constant && site->n > 0)
		return site->at[0];
	value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n));
	for (i = 0; i < site->n && found == NULL; i++)
		if (CrmHasBytes(value, VARDATA(&site->at[i]->model), size))
			found = site->at[i];
	if (found && i == 1)
		return found;
	if (found == NULL)
	{
		found = Prepare(fcinfo, value);
		if (site->n == KEPT_MODELS)
			MemoryContextDelete(site->at[KEPT_MODELS - 1]->context);
		else
			site->n++;
		i = site->n;
	}
	memmove(&site->at[1], &site->at[0], (Size) (i - 1) * sizeof(site->at[0]));
	site->at[0] = found;
	return found;
}

/* ---------------------------------------------------------------- in the time of the clock */

bool
ClvGetCustomer(const ClvPrepared *model, HistoryView history, DateADT as_of,
			   HistoryBtydRow *customer)
{
	if (!ClvHasSeason(&model->model))
		return HistoryBtyd(history, as_of, model->model.unit_days, customer);
	return SeasonBtyd(&model->clock, history, as_of, model->model.unit_days, customer);
}

ClvHorizon
ClvLookAhead(const ClvPrepared *model, DateADT as_of, double days, double rate)
{
	double unit_days = model->model.unit_days;
	ClvHorizon horizon = {days / unit_days, rate, days, CLV_NO_DAY};

	if (as_of != CLV_NO_DAY && ClvHasSeason(&model->model) && days >= 0)
	{
		horizon.span = SeasonSpanAhead(&model->clock, unit_days, as_of, days);
		horizon.as_of = as_of;
	}
	return horizon;
}

/* What the orders of a horizon in a season count, whose weights are kept for the next customer */
static BtydStatus
AskAhead(ClvPrepared *model, const BtydModel *orders, double x, double t_x, double t,
		 const ClvHorizon *horizon, double *result)
{
	if (model->ahead.span == 0 || !ClvHorizonIs(&model->ahead_of, horizon))
	{
		model->ahead = SeasonAhead(&model->orders, &model->clock, model->model.unit_days,
								   horizon->as_of, horizon->days, horizon->rate);
		model->ahead_of = *horizon;
	}
	return SeasonDiscounted(orders, &model->ahead, x, t_x, t, result);
}

/* ---------------------------------------------------------------- the future of those alive
 *
 * For a customer who is still there at t, the past matters by x and t alone: while alive, orders
 * have no memory. So what is expected is p_alive times a factor of (x, t), which costs most of the
 * time and is the same for many customers: it is kept with the model. More regular buyers have a
 * memory, the time since the last order, and are asked each.
 */
#define FIRST_FUTURES 64
#define MOST_FUTURES 65536 /* 3.5 MB a call site */
#define MOST_OUTLOOKS 8192 /* 14 MB */

/* Below this a probability of no order is asked for itself: 1 + a number near -1 has few digits */
#define SMALL_NONE 1e-3

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

		if (at->x < 0 || (at->x == x && at->t == t))
			return at;
	}
}

/* Begin again with nothing known */
static void
ClearFutures(ClvPrepared *model, uint32 size)
{
	ClvFutures *futures = &model->futures;

	if (futures->context == NULL)
		futures->context =
			AllocSetContextCreate(model->context, "crm futures", ALLOCSET_DEFAULT_SIZES);
	else
		MemoryContextReset(futures->context);
	futures->at = MemoryContextAlloc(futures->context, size * sizeof(ClvFuture));
	futures->size = size;
	futures->n = futures->outlooks = 0;
	for (uint32 i = 0; i < size; i++)
		futures->at[i].x = -1;
}

static void
GrowFutures(ClvPrepared *model)
{
	ClvFutures *futures = &model->futures;
	ClvFuture *old = futures->at;
	uint32 old_size = futures->size;

	futures->size *= 2;
	futures->at = MemoryContextAlloc(futures->context, futures->size * sizeof(ClvFuture));
	for (uint32 i = 0; i < futures->size; i++)
		futures->at[i].x = -1;
	for (uint32 i = 0; i < old_size; i++)
		if (old[i].x >= 0)
			*FindFuture(futures, old[i].x, old[i].t) = old[i];
	pfree(old);
}

/* The entry for (x, t), made if there is none */
static ClvFuture *
GetFuture(ClvPrepared *model, double x, double t, const ClvHorizon *horizon)
{
	ClvFutures *futures = &model->futures;
	ClvFuture *future;

	if (futures->size == 0 || !ClvHorizonIs(&futures->horizon, horizon))
	{
		futures->horizon = *horizon;
		ClearFutures(model, FIRST_FUTURES);
	}
	future = FindFuture(futures, x, t);
	if (future->x >= 0)
		return future;
	if (2 * futures->n >= futures->size)
	{
		if (futures->size < MOST_FUTURES)
			GrowFutures(model);
		else
			ClearFutures(model, MOST_FUTURES);
		future = FindFuture(futures, x, t);
	}
	futures->n++;
	*future = (ClvFuture){x, t, {NAN, NAN, NAN}, NULL};
	return future;
}

ClvOutlook *
ClvGetOutlook(ClvPrepared *model, double x, double t, const ClvHorizon *horizon)
{
	ClvFuture *future = GetFuture(model, x, t, horizon);

	if (future->outlook != NULL)
		return future->outlook;
	if (model->futures.outlooks == MOST_OUTLOOKS)
	{
		ClearFutures(model, model->futures.size);
		future = GetFuture(model, x, t, horizon);
	}
	future->outlook = MemoryContextAlloc(model->futures.context, sizeof(ClvOutlook));
	model->futures.outlooks++;
	for (int i = 0; i < CLV_MAX_POINTS; i++)
		future->outlook->mean[CLV_ORDERS][i] = future->outlook->mean[CLV_VALUE][i] = NAN;
	future->outlook->counted = false;
	return future->outlook;
}

BtydStatus
ClvAskCustomer(ClvPrepared *model, const BtydModel *orders, double x, double t_x, double t,
			   ClvFactor question, const ClvHorizon *horizon, double *result)
{
	if (question == CLV_NONE)
		return BtydPmf(orders, x, t_x, t, horizon->span, 0, result);
	if (question == CLV_VALUE && horizon->as_of != CLV_NO_DAY)
		return AskAhead(model, orders, x, t_x, t, horizon, result);
	return BtydDiscounted(orders, x, t_x, t, horizon->span,
						  question == CLV_VALUE ? horizon->rate : 0, result);
}

/* From a customer who has just ordered. */
BtydStatus
ClvAskFactor(ClvPrepared *model, const BtydModel *orders, double x, double t, ClvFactor question,
			 const ClvHorizon *horizon, double *factor)
{
	double last = x > 0 ? t : 0;
	double alive = 0;
	double answer = 0;
	BtydStatus status = ClvAskCustomer(model, orders, x, last, t, question, horizon, &answer);

	if (status == BTYD_OK)
		status = BtydPAlive(orders, x, last, t, &alive);
	if (status != BTYD_OK)
		return status;
	if (question == CLV_NONE)
		answer -= 1;
	*factor = alive >= DBL_MIN ? answer / alive : INFINITY;
	return BTYD_OK;
}

BtydStatus
ClvAskFuture(ClvPrepared *model, const HistoryBtydRow *customer, double alive, ClvFactor question,
			 const ClvHorizon *horizon, double *result)
{
	const BtydModel *orders = &model->orders;
	double x = customer->x;
	double t = customer->t;

	if (orders->order == 1)
	{
		double *factor = &GetFuture(model, x, t, horizon)->factor[question];

		if (isnan(*factor))
		{
			BtydStatus status = ClvAskFactor(model, orders, x, t, question, horizon, factor);

			if (status != BTYD_OK)
				return status;
		}
		if (isfinite(*factor))
		{
			*result = alive * *factor;
			if (question != CLV_NONE)
				return BTYD_OK;
			*result += 1;
			if (*result >= SMALL_NONE)
				return BTYD_OK;
		}
	}
	return ClvAskCustomer(model, orders, x, customer->t_x, t, question, horizon, result);
}
