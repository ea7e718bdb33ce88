/*
 * fit.c: crm.clv_fit and its like: counted customers to a model
 */
#include "clv/data.h"
#include "clv/model.h"
#include "clv/season.h"

#include <math.h>

#include "core/clv/auto.h"
#include "core/clv/gamma_gamma.h"
#include "core/clv/season_fit.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(clv_fit);
PG_FUNCTION_INFO_V1(clv_compare);
PG_FUNCTION_INFO_V1(clv_log_likelihood);

/* What is fitted where no process can be: for a model must have one */
#define DEFAULT_PROCESS (&BtydMbgnbd)

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

/* What the data still allow beside the estimates */
static void
PutPoints(ClvPart *part, int npoints, int n, const double *points, int width)
{
	part->npoints = (uint32) npoints;
	for (int i = 0; i < npoints; i++)
		for (int j = 0; j < n; j++)
			part->points[i][j] = points[i * width + j];
}

static void
PutOrders(const BtydFit *fit, ClvPart *part)
{
	part->status = (int32) fit->status;
	part->limits = fit->limits;
	part->iterations = fit->iterations;
	part->evaluations = fit->evaluations;
	part->loglik = Plain(fit->loglik);
	part->customers = fit->customers;
	part->rows = (double) fit->rows;
	PutEstimates(part, fit->process->nparams, fit->params, fit->covariance, fit->unidentified);
	PutPoints(part, fit->npoints, fit->process->nparams, &fit->points[0][0], BTYD_MAX_PARAMS);
}

/* ---------------------------------------------------------------- the data of a fit */

/* Customers in the time in which they are fitted, and what the order of gaps adds */
typedef struct FitInput
{
	const BtydData *data;
	const Season *season;
	const BtydRow *rows;
	size_t n;
	double log_factors; /* what the season adds to a log-likelihood */
	BtydGaps gaps;
	BtydRegularity regularity;
} FitInput;

/* The one place where days become the time of a fit. */
static FitInput
MakeInput(const BtydData *data, const Season *season)
{
	FitInput input = {
		.data = data, .season = season, .n = data->n[BTYD_CUSTOMERS], .gaps = BtydSumGaps(data)};

	input.rows = ClvSeasonCustomers(data, season, &input.log_factors);
	input.regularity = BtydTellRegularity(&input.gaps);
	return input;
}

/*
 * What is to be added to the log-likelihood of the rows; NaN if nobody knows: for the order of gaps
 * their lengths have to be known, and by the clock, while data have those in days.
 */
static double
LogGaps(const FitInput *input, int order)
{
	if (order > 1 && (!input->gaps.complete || input->season->bins > 0))
		return NAN;
	return BtydLogGaps(&input->gaps, order) + input->log_factors;
}

static ClvModel *
NewModel(const FitInput *input, const BtydProcess *process, int order, bool prior)
{
	BtydCustomers customers = BtydCountCustomers(input->data);
	ClvModel *model = ClvNewModel(process, order, input->data->unit_days);

	model->counters = input->data->counters;
	model->counters.no_spend = 0; /* part of what is said of spend; the text has it there */
	model->prior = prior;
	model->as_of = input->data->as_of;
	if (model->as_of != CLV_NO_DAY)
		model->there_at_start = customers.there_at_start;
	model->log_gaps = Plain(LogGaps(input, order));
	model->season = *input->season;
	return model;
}

/* ---------------------------------------------------------------- the halves of a model */

/* A process that was named */
static ClvModel *
FitProcess(const FitInput *input, const BtydProcess *process, int order, bool prior)
{
	ClvModel *model = NewModel(input, process, order, prior);
	BtydFit fit;

	CheckFitStatus(
		BtydFitWith(process, order, prior, input->rows, input->n, &CrmEnvironment, &fit));
	PutOrders(&fit, &model->orders);
	return model;
}

/* All candidates; of the one order, if it is not 0 */
static BtydFitStatus
Choose(const FitInput *input, int order, bool prior, bool complete, BtydChoice *choice)
{
	int most_order = input->regularity == BTYD_REGULARITY_KNOWN ? BTYD_MAX_ORDER : 1;
	BtydFitStatus status = BtydChoose(input->rows, input->n, &input->gaps, order, most_order, prior,
									  complete, &CrmEnvironment, choice);

	CheckFitStatus(status);
	return status;
}

/* The best of the candidates, and why */
static ClvModel *
FitBest(const FitInput *input, int order, bool prior)
{
	BtydChoice *choice = palloc(sizeof(BtydChoice));
	BtydFitStatus status = Choose(input, order, prior, false, choice);
	const BtydFit *fit;
	ClvModel *model;

	if (choice->best < 0)
	{
		model = NewModel(input, DEFAULT_PROCESS, Max(order, 1), prior);
		model->orders.status = (int32) status;
		model->orders.customers = BtydCountCustomers(input->data).all;
		model->orders.rows = (double) input->n;
		pfree(choice);
		return model;
	}
	fit = &choice->at[choice->best].fit;
	model = NewModel(input, fit->process, fit->order, prior);
	PutOrders(fit, &model->orders);
	model->choice.candidates = (uint32) choice->n;
	model->choice.regularity = order > 0 ? BTYD_REGULARITY_KNOWN : input->regularity;
	if (choice->runner_up >= 0)
	{
		const BtydCandidate *second = &choice->at[choice->runner_up];

		strlcpy(model->choice.runner_up, second->fit.process->name, CLV_NAME_SIZE);
		model->choice.runner_up_order = (uint32) second->fit.order;
		model->choice.ahead = Plain(second->aic - choice->at[choice->best].aic);
	}
	pfree(choice);
	return model;
}

/*
 * The process that was chosen, fitted again in a season. Process and order are chosen without one:
 * a season is the same for all of them, and log-likelihoods of orders do not compare in one.
 */
static ClvModel *
RefitInSeason(const BtydData *data, const Season *season, const ClvModel *flat)
{
	FitInput input = MakeInput(data, season);
	ClvModel *model =
		FitProcess(&input, ClvProcessByName(flat->process), (int) flat->order, flat->prior != 0);

	model->choice = flat->choice;
	return model;
}

/* The best of the candidates in the season that is given, or else in that of the data, if any */
static ClvModel *
FitBestInSeason(const BtydData *data, int order, const Season *given, bool prior)
{
	Season none = SeasonFlat();
	FitInput input = MakeInput(data, &none);
	ClvModel *model = FitBest(&input, order, prior);
	ClvModel *seasonal;
	ClvModel found = {.season = none};

	if (given)
	{
		found.season = *given;
		found.season_reason = CLV_SEASON_GIVEN;
		found.season_gain = NAN;
	}
	else
		ClvFindSeason(data, &found);
	if (ClvHasSeason(&found) && ClvUsable(model->orders.status))
	{
		seasonal = RefitInSeason(data, &found.season, model);
		if (ClvUsable(seasonal->orders.status) || given)
			model = seasonal;
		else
			found.season_reason = CLV_SEASON_NONE;
	}
	model->season_reason = found.season_reason;
	model->season_gain = found.season_gain;
	return model;
}

/* The Gamma-Gamma spend model, of the repeat customers whose mean spend is positive */
static void
FitSpend(const BtydData *data, ClvModel *model)
{
	ClvPart *part = &model->spend;
	size_t n = data->n[BTYD_SPEND];
	GammaGammaFit fit;
	GammaGammaCorrelation correlation;
	GammaGammaRow *rows = palloc_extended(n * sizeof(GammaGammaRow), MCXT_ALLOC_HUGE);

	for (size_t i = 0; i < n; i++)
	{
		const BtydRow *row = &BtydRowsOf(data, BTYD_SPEND)[i];

		rows[i] = (GammaGammaRow){.x = row->x, .mean = row->t_x, .weight = row->weight};
	}
	CheckFitStatus(GammaGammaFitSpend(rows, n, &CrmEnvironment, &fit));
	CheckFitStatus(GammaGammaCorrelate(rows, n, &CrmEnvironment, &correlation));
	pfree(rows);
	model->has_spend = 1;
	model->counters.no_spend = data->counters.no_spend;
	model->correlation = Plain(correlation.plain);
	model->rank_correlation = Plain(correlation.ranks);
	model->log_correlation = Plain(correlation.logs);
	part->status = (int32) fit.status;
	part->limits = fit.limits;
	part->iterations = fit.iterations;
	part->evaluations = fit.evaluations;
	part->loglik = Plain(fit.loglik);
	part->customers = fit.customers;
	part->rows = (double) fit.rows;
	PutEstimates(part, GAMMA_GAMMA_PARAMS, fit.params, fit.covariance, fit.unidentified);
	PutPoints(part, fit.npoints, GAMMA_GAMMA_PARAMS, &fit.points[0][0], GAMMA_GAMMA_PARAMS);
}

/* clv_fit(data, process, spend, regularity, season, prior) */
Datum
clv_fit(PG_FUNCTION_ARGS)
{
	const BtydProcess *process = NULL;
	const Season *given = PG_ARGISNULL(4) ? NULL : PG_GETARG_SEASON(4);
	Season flat = SeasonFlat();
	BtydData data;
	FitInput input;
	ClvModel *model;
	char *name;
	bool prior;
	int order = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(5))
		PG_RETURN_NULL();
	name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	prior = PG_GETARG_BOOL(5);
	if (!PG_ARGISNULL(3))
		order = PG_GETARG_INT32(3);
	if (strcmp(name, "auto") != 0)
		process = ClvProcessByName(name);
	if (!PG_ARGISNULL(3))
		ClvCheckOrder(process ? process : DEFAULT_PROCESS, order);
	data = DatumGetBtydData(PG_GETARG_DATUM(0));
	if (process)
	{
		input = MakeInput(&data, given ? given : &flat);
		model = FitProcess(&input, process, Max(order, 1), prior);
		if (given)
			model->season_reason = CLV_SEASON_GIVEN;
	}
	else
		model = FitBestInSeason(&data, order, given, prior);
	if (PG_GETARG_BOOL(2) && data.n[BTYD_SPEND] > 0)
		FitSpend(&data, model);
	pfree(data.rows);
	PG_RETURN_CLV_MODEL(model);
}

/* ---------------------------------------------------------------- side by side */

/* The candidates, usable ones first, then by AIC */
typedef struct Comparison
{
	int n;
	Datum models[BTYD_MOST_CANDIDATES];
} Comparison;

static int
CompareModels(const void *a, const void *b)
{
	const ClvModel *left = DatumGetClvModel(*(const Datum *) a);
	const ClvModel *right = DatumGetClvModel(*(const Datum *) b);
	bool left_usable = ClvUsable(left->orders.status);
	bool right_usable = ClvUsable(right->orders.status);
	double left_aic = ClvAic(left), right_aic = ClvAic(right);

	if (left_usable != right_usable)
		return left_usable ? -1 : 1;
	if (isnan(left_aic) || isnan(right_aic))
		return isnan(left_aic) - isnan(right_aic);
	return (left_aic > right_aic) - (left_aic < right_aic);
}

static Comparison *
Compare(Datum datum)
{
	BtydData data = DatumGetBtydData(datum);
	Season flat = SeasonFlat();
	FitInput input = MakeInput(&data, &flat);
	BtydChoice *choice = palloc(sizeof(BtydChoice));
	Comparison *comparison = palloc0(sizeof(Comparison));

	Choose(&input, 0, false, true, choice);
	for (int i = 0; i < choice->n; i++)
	{
		const BtydFit *fit = &choice->at[i].fit;
		ClvModel *model = NewModel(&input, fit->process, fit->order, false);

		PutOrders(fit, &model->orders);
		comparison->models[comparison->n++] = ClvModelGetDatum(model);
	}
	qsort(comparison->models, (size_t) comparison->n, sizeof(Datum), CompareModels);
	pfree(choice);
	pfree(data.rows);
	return comparison;
}

/* clv_compare(data): a row a candidate */
Datum
clv_compare(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	const Comparison *comparison;
	const ClvModel *model;
	ClvPartKind kind;
	double loglik;
	int column = 0;
	Datum values[10];
	bool nulls[10] = {false};

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		funcctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);
		funcctx->tuple_desc = CrmResultRowType(fcinfo);
		funcctx->user_fctx = Compare(PG_GETARG_DATUM(0));
		MemoryContextSwitchTo(old);
	}
	funcctx = SRF_PERCALL_SETUP();
	comparison = funcctx->user_fctx;
	if (funcctx->call_cntr >= (uint64) comparison->n)
		SRF_RETURN_DONE(funcctx);
	model = DatumGetClvModel(comparison->models[funcctx->call_cntr]);
	kind = ClvOrdersKind(ClvProcessByName(model->process));
	loglik = model->orders.loglik + model->log_gaps;
	values[column++] = CStringGetTextDatum(model->process);
	values[column++] = Int32GetDatum((int32) model->order);
	values[column++] = BoolGetDatum(ClvUsable(model->orders.status));
	nulls[column] = !ClvUsable(model->orders.status);
	values[column++] = BoolGetDatum(model->orders.unidentified == 0);
	values[column++] = CStringGetTextDatum(ClvStatusName(model->orders.status));
	for (int i = 0; i < 3; i++)
		nulls[column + i] = isnan(loglik);
	values[column++] = Float8GetDatum(loglik);
	values[column++] = Float8GetDatum(ClvAic(model));
	values[column++] = Float8GetDatum(kind.nparams * log(model->orders.customers) - 2 * loglik);
	values[column++] = CStringGetTextDatum(ClvPartMessage(&model->orders, &kind));
	values[column++] = PointerGetDatum(model);
	Assert(column == lengthof(values));
	SRF_RETURN_NEXT(funcctx,
					HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values, nulls)));
}

/* log_likelihood(model, data): at the parameters of the model */
Datum
clv_log_likelihood(PG_FUNCTION_ARGS)
{
	const ClvModel *model = PG_GETARG_CLV_MODEL(0);
	BtydData data = DatumGetBtydData(PG_GETARG_DATUM(1));
	FitInput input;
	BtydModel orders;
	double log_gaps;
	double result;

	if (!ClvUsable(model->orders.status))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the model has no parameters: the status of its fit is \"%s\"",
							   ClvStatusName(model->orders.status))));
	if (model->unit_days != data.unit_days)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the model and the data are measured in different units of time"),
						errdetail("A unit is %g days in the model, and %g days in the data.",
								  model->unit_days, data.unit_days),
						errhint("Count the customers with the unit_days of the model.")));
	input = MakeInput(&data, &model->season);
	log_gaps = LogGaps(&input, (int) model->order);
	if (isnan(log_gaps))
		PG_RETURN_NULL();
	if (BtydPrepare(&orders, ClvProcessByName(model->process), (int) model->order,
					model->orders.params) != BTYD_OK)
		elog(ERROR, "malformed clv_model");
	CheckFitStatus(BtydSumLogLikelihood(&orders, input.rows, input.n, &CrmEnvironment, &result));
	pfree(data.rows);
	PG_RETURN_FLOAT8(result + log_gaps);
}
