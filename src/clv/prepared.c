/*
 * prepared.c: models at hand, and what their predictions share
 */
#include "clv/predict.h"

#include <float.h>

#include "compare.h"
#include "utils/memutils.h"

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
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the model cannot predict: the status of its fit is \"%s\"",
						ClvStatusName(status)),
				 errdetail("%s", ClvStatusMessage(status)),
				 errhint("crm.clv_is_usable(model) tells before; crm.clv_diagnostics(model) shows "
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
	BtydStatus status = BtydPrepare(orders, ClvProcessByName(model->process), (int) model->order,
									model->orders.params);

	if (status != BTYD_OK)
		elog(ERROR, "%s", BtydStatusMessage(status));
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
		if (CrmHasBytes(value, VARDATA(&kept->at[i]->model), size))
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

/* BtydPAlive, but the last answer is kept: every prediction of a customer starts from it. */
BtydStatus
ClvAlive(const BtydModel *model, const HistoryBtydRow *customer, double *result)
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

		status = BtydPAlive(model, customer->x, customer->t_x, customer->t, &alive);
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

/* BtydDiscounted, by way of the kept factors */
BtydStatus
ClvDiscounted(ClvPrepared *model, const HistoryBtydRow *customer, double horizon, double rate,
			  double *result)
{
	const BtydModel *orders = &model->orders;
	ClvFutures *futures = &model->futures;
	ClvFuture *future;
	double x = customer->x;
	double t = customer->t;
	double alive = 0;
	BtydStatus status = ClvAlive(orders, customer, &alive);

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

		status = BtydDiscounted(orders, x, last, t, horizon, rate, &orders_last);
		if (status == BTYD_OK)
			status = BtydPAlive(orders, x, last, t, &alive_last);
		if (status != BTYD_OK)
			return status;
		/* below, digits are lost that the quotient needs */
		if (!(alive_last >= DBL_MIN))
			return BtydDiscounted(orders, x, customer->t_x, t, horizon, rate, result);
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
