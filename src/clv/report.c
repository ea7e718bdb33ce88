/*
 * report.c: what a model says about itself
 */
#include "clv/model.h"

#include <math.h>

#include "funcapi.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(clv_parameters);
PG_FUNCTION_INFO_V1(clv_diagnostics);
PG_FUNCTION_INFO_V1(clv_is_usable);
PG_FUNCTION_INFO_V1(clv_has_spend);
PG_FUNCTION_INFO_V1(clv_processes);

/* The 97.5 % point of the normal distribution: 95 % lie between this and its negative */
#define NORMAL_95 1.959963984540054

/* Gamma-Gamma assumes none; below this the harm is small (Fader & Hardie 2013 fit data with 0.11)
 */
#define CORRELATION_LIMIT 0.2

/* clv_diagnostics: columns about a part, about spend, and all */
#define PART_COLUMNS 8
#define SPEND_COLUMNS (PART_COLUMNS + 2)
#define DIAGNOSTICS_COLUMNS (2 + PART_COLUMNS + BTYD_COUNTERS - 1 + SPEND_COLUMNS + 1)

/* The next column of a row: a number, NULL if it is none. */
static void
PutNumber(Datum *values, bool *nulls, int column, double value)
{
	nulls[column] = isnan(value);
	values[column] = Float8GetDatum(value);
}

static void
PutText(Datum *values, bool *nulls, int column, const char *string)
{
	nulls[column] = string == NULL;
	if (string)
		values[column] = CStringGetTextDatum(string);
}

/*
 * clv_parameters(model): a row a parameter. Parameters are positive and the likelihood is nearer to
 * a parabola in their logarithms: the interval is symmetric there, and never reaches zero.
 */
Datum
clv_parameters(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	const ClvModel *model;
	ClvPartKind orders, kind;
	const ClvPart *part;
	int i;
	Datum values[7];
	bool nulls[7];
	double variance, error;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		ClvModel *copy;

		funcctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		funcctx->tuple_desc = CrmResultRowType(fcinfo);
		copy = palloc(sizeof(ClvModel));
		*copy = *PG_GETARG_CLV_MODEL(0);
		funcctx->user_fctx = copy;
		MemoryContextSwitchTo(old);
	}
	funcctx = SRF_PERCALL_SETUP();
	model = funcctx->user_fctx;
	orders = ClvOrdersKind(ClvProcessByName(model->process));
	i = (int) funcctx->call_cntr;
	kind = orders;
	part = &model->orders;
	if (i >= orders.nparams)
	{
		i -= orders.nparams;
		kind = ClvSpendKind;
		part = &model->spend;
		if (!model->has_spend || i >= kind.nparams)
			SRF_RETURN_DONE(funcctx);
	}
	variance = part->covariance[ClvTriangle(i, i)];
	error = sqrt(variance);
	PutText(values, nulls, 0, kind.name);
	PutText(values, nulls, 1, kind.param_names[i]);
	PutNumber(values, nulls, 2, part->params[i]);
	PutNumber(values, nulls, 3, error);
	PutNumber(values, nulls, 4, part->params[i] * exp(-NORMAL_95 * error / part->params[i]));
	PutNumber(values, nulls, 5, part->params[i] * exp(NORMAL_95 * error / part->params[i]));
	PutText(values, nulls, 6, kind.param_meanings[i]);
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values, nulls)));
}

/* Names of the parameters of a bit mask, in a sentence; NULL for none */
static const char *
UnidentifiedSentence(const ClvPart *part, const ClvPartKind *kind)
{
	if (part->unidentified == 0)
		return NULL;
	return psprintf("Not determined by the data: %s of %s.",
					ClvParameterNames(kind, part->unidentified), kind->title);
}

const char *
ClvNoSpend(const ClvModel *model)
{
	if (!model->has_spend)
		return "It was made without money: the data had none, or spend was false.";
	if (!ClvUsable(model->spend.status))
		return ClvStatusMessage(model->spend.status);
	if (model->spend.params[1] <= 1)
		return "Customers differ so much in what they spend that the mean is infinite (q of the "
			   "spend model is not above 1).";
	return NULL;
}

/* What speaks against using a model as it is; NULL if all is well */
static const char *
ModelWarning(const ClvModel *model)
{
	ClvPartKind orders = ClvOrdersKind(ClvProcessByName(model->process));
	const char *warning = UnidentifiedSentence(&model->orders, &orders);

	if (warning != NULL || !model->has_spend)
		return warning;
	warning = UnidentifiedSentence(&model->spend, &ClvSpendKind);
	if (warning == NULL)
		warning = ClvNoSpend(model);
	if (warning != NULL)
		return warning;
	if (fabs(model->correlation) > CORRELATION_LIMIT)
		return psprintf("Customers who order more often spend %s an order (correlation %.2f): the "
						"spend model assumes no relation, so values of frequent customers come "
						"out too %s.",
						model->correlation > 0 ? "more" : "less", model->correlation,
						model->correlation > 0 ? "low" : "high");
	return NULL;
}

static int
PutPart(Datum *values, bool *nulls, int column, const ClvPart *part, int nparams)
{
	bool fitted = part->status != CLV_GIVEN;

	PutText(values, nulls, column++, ClvStatusName(part->status));
	PutText(values, nulls, column++, ClvStatusMessage(part->status));
	PutNumber(values, nulls, column++, part->loglik);
	PutNumber(values, nulls, column++, 2 * nparams - 2 * part->loglik);
	PutNumber(values, nulls, column++, nparams * log(part->customers) - 2 * part->loglik);
	nulls[column] = !fitted;
	values[column++] = Int64GetDatum((int64) part->customers);
	nulls[column] = !fitted;
	values[column++] = Int64GetDatum((int64) part->rows);
	nulls[column] = !fitted;
	values[column++] = Int64GetDatum(part->iterations);
	return column;
}

/* clv_diagnostics(model): one row. */
Datum
clv_diagnostics(PG_FUNCTION_ARGS)
{
	const ClvModel *model = PG_GETARG_CLV_MODEL(0);
	const double *counter = (const double *) &model->counters;
	bool fitted = model->orders.status != CLV_GIVEN;
	Datum values[DIAGNOSTICS_COLUMNS];
	bool nulls[DIAGNOSTICS_COLUMNS] = {false};
	int column = 0;

	PutText(values, nulls, column++, model->process);
	PutNumber(values, nulls, column++, model->unit_days);
	column =
		PutPart(values, nulls, column, &model->orders, ClvProcessByName(model->process)->nparams);
	for (int i = 0; i < BTYD_COUNTERS - 1; i++)
	{
		nulls[column] = !fitted;
		values[column++] = Int64GetDatum((int64) counter[i]);
	}
	if (model->has_spend)
	{
		column = PutPart(values, nulls, column, &model->spend, ClvSpendKind.nparams);
		nulls[column] = model->spend.status == CLV_GIVEN;
		values[column++] = Int64GetDatum((int64) model->counters.no_spend);
		PutNumber(values, nulls, column++, model->correlation);
	}
	else
		for (int i = 0; i < SPEND_COLUMNS; i++)
			nulls[column++] = true;
	PutText(values, nulls, column++, ModelWarning(model));
	Assert(column == lengthof(values));
	return CrmReturnRow(fcinfo, values, nulls);
}

/* clv_is_usable(model): may it predict? */
Datum
clv_is_usable(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ClvUsable(PG_GETARG_CLV_MODEL(0)->orders.status));
}

/* clv_has_spend(model): may it predict money? */
Datum
clv_has_spend(PG_FUNCTION_ARGS)
{
	const ClvModel *model = PG_GETARG_CLV_MODEL(0);

	PG_RETURN_BOOL(ClvUsable(model->orders.status) && ClvNoSpend(model) == NULL);
}

/* clv_processes(): the processes there are, the default first. */
Datum
clv_processes(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	const BtydProcess *process;
	Datum values[4];
	bool nulls[4] = {false, false, false, false};
	ClvPartKind kind;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		funcctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		funcctx->tuple_desc = CrmResultRowType(fcinfo);
		MemoryContextSwitchTo(old);
	}
	funcctx = SRF_PERCALL_SETUP();
	process = BtydProcesses[funcctx->call_cntr];
	if (process == NULL)
		SRF_RETURN_DONE(funcctx);
	kind = ClvOrdersKind(process);
	PutText(values, nulls, 0, process->name);
	PutText(values, nulls, 1, process->title);
	PutText(values, nulls, 2, ClvParameterNames(&kind, CLV_ALL_PARAMETERS));
	PutText(values, nulls, 3, process->paper);
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values, nulls)));
}
