/*
 * fit.c: crm.clv_fit: counted customers to a model
 */
#include "clv/data.h"
#include "clv/model.h"

#include <math.h>

#include "core/clv/gamma_gamma.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(clv_fit);

/* Statuses that are no result of the data become errors. */
static void
CheckFitStatus(BtydFitStatus status)
{
	switch (status)
	{
		case BTYD_FIT_INTERRUPTED:
			CrmInterrupted();
		case BTYD_FIT_NO_MEMORY:
			CrmOutOfMemory("The fit needs about 100 bytes a distinct row.");
		case BTYD_FIT_BAD_DATA:
			elog(ERROR, "malformed btyd_data");
			break;
		default:
			CHECK_FOR_INTERRUPTS();
	}
}

/* A number as a model stores it: one kind of NaN, no negative zero, so that equal is equal bytes */
static double
Plain(double value)
{
	return isnan(value) ? NAN : value + 0.0;
}

static void
PutEstimates(ClvPart *part, int n, const double *params, const double *covariance,
			 const bool *unidentified)
{
	for (int i = 0; i < n; i++)
	{
		part->params[i] = Plain(params[i]);
		if (unidentified[i])
			part->unidentified |= 1u << i;
		for (int j = 0; j <= i; j++)
			part->covariance[ClvTriangle(i, j)] = Plain(covariance[i * n + j]);
	}
}

static void
FitOrders(const BtydData *data, const BtydProcess *process, ClvPart *part)
{
	BtydFit fit;

	CheckFitStatus(BtydFitProcess(process, BtydRowsOf(data, BTYD_CUSTOMERS),
								  data->n[BTYD_CUSTOMERS], &CrmEnvironment, &fit));
	part->status = (int32) fit.status;
	part->iterations = fit.iterations;
	part->evaluations = fit.evaluations;
	part->loglik = Plain(fit.loglik);
	part->customers = fit.customers;
	part->rows = (double) fit.rows;
	PutEstimates(part, process->nparams, fit.params, fit.covariance, fit.unidentified);
}

/* The Gamma-Gamma spend model, of the repeat customers whose mean spend is positive */
static void
FitSpend(const BtydData *data, ClvModel *model)
{
	ClvPart *part = &model->spend;
	GammaGammaFit fit;
	GammaGammaRow *rows =
		palloc_extended(data->n[BTYD_SPEND] * sizeof(GammaGammaRow), MCXT_ALLOC_HUGE);

	for (Size i = 0; i < data->n[BTYD_SPEND]; i++)
	{
		const BtydRow *row = &BtydRowsOf(data, BTYD_SPEND)[i];

		rows[i] = (GammaGammaRow){.x = row->x, .mean = row->t_x, .weight = row->weight};
	}
	CheckFitStatus(GammaGammaFitSpend(rows, data->n[BTYD_SPEND], &CrmEnvironment, &fit));
	pfree(rows);
	model->has_spend = 1;
	model->correlation = Plain(fit.correlation);
	part->status = (int32) fit.status;
	part->iterations = fit.iterations;
	part->evaluations = fit.evaluations;
	part->loglik = Plain(fit.loglik);
	part->customers = fit.customers;
	part->rows = (double) fit.rows;
	PutEstimates(part, GAMMA_GAMMA_PARAMS, fit.params, fit.covariance, fit.unidentified);
}

/* clv_fit(data, process, spend) */
Datum
clv_fit(PG_FUNCTION_ARGS)
{
	const BtydProcess *process = ClvProcessByName(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	BtydData data = DatumGetBtydData(PG_GETARG_DATUM(0));
	ClvModel *model;

	/* measured in units of time; the fit does the rest in its own */
	model = ClvNewModel(process, 1, data.unit_days);
	model->counters = data.counters;
	FitOrders(&data, process, &model->orders);
	if (PG_GETARG_BOOL(2) && data.n[BTYD_SPEND] > 0)
		FitSpend(&data, model);
	else
		model->counters.no_spend = 0; /* part of what is said of spend; the text has it there */
	pfree(data.rows);
	PG_RETURN_CLV_MODEL(model);
}
