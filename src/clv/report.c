/*
 * report.c: what a model says about itself
 */
#include "clv/model.h"
#include "clv/season.h"

#include <math.h>

#include "core/numeric/special.h"
#include "funcapi.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(clv_parameters);
PG_FUNCTION_INFO_V1(clv_diagnostics);
PG_FUNCTION_INFO_V1(clv_is_usable);
PG_FUNCTION_INFO_V1(clv_has_spend);
PG_FUNCTION_INFO_V1(clv_processes);

/* Gamma-Gamma assumes none; below this the harm is small (Fader & Hardie 2013 fit data with 0.11)
 */
#define CORRELATION_LIMIT 0.2
#define RANK_CORRELATION_LIMIT 0.3

/* Below so many customers estimates are loose, and a weak prior may help */
#define FEW_CUSTOMERS 400

/* So large a part of the customers on the first day were there before the data begin */
#define CROWDED_START 0.05

/* clv_diagnostics: columns about a part, about spend, and all */
#define PART_COLUMNS 9
#define SPEND_COLUMNS (PART_COLUMNS + 4)
#define CHOICE_COLUMNS 7
#define SEASON_COLUMNS 3
#define DIAGNOSTICS_COLUMNS \
	(3 + PART_COLUMNS + CHOICE_COLUMNS + SEASON_COLUMNS + BTYD_COUNTERS - 1 + SPEND_COLUMNS + 1)

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

const char *
ClvNoSpend(const ClvModel *model)
{
	if (!model->has_spend)
		return "It was made without money: the data had none, or spend was false.";
	if (!ClvUsable(model->spend.status))
		return ClvPartMessage(&model->spend, &ClvSpendKind);
	if (model->spend.params[1] <= 1)
		return "Customers differ so much in what they spend that the mean is infinite (q of the "
			   "spend model is not above 1).";
	return NULL;
}

static void
AddSentence(StringInfo out, const char *sentence)
{
	appendStringInfo(out, "%s%s", out->len > 0 ? " " : "", sentence);
}

/* Were many customers there before the data begin? Then their first order is not their first. */
static bool
IsCrowded(const ClvModel *model)
{
	return model->there_at_start > 2 &&
		   model->there_at_start > CROWDED_START * model->orders.customers;
}

/* What speaks against using a model as it is; NULL if all is well */
static const char *
ModelWarning(const ClvModel *model)
{
	StringInfoData warning;
	const char *no_spend = ClvNoSpend(model);

	initStringInfo(&warning);
	if (model->orders.status == CLV_GIVEN && model->spend.status == CLV_GIVEN)
		return NULL;
	if (IsCrowded(model))
		AddSentence(&warning,
					psprintf("%.0f of %.0f customers are there on the first day of the data: they "
							 "came before it, and their first order is not known. It is the usual "
							 "cause of open parameters of dropout.",
							 model->there_at_start, model->orders.customers));
	if (ClvUsable(model->orders.status) && model->orders.customers < FEW_CUSTOMERS)
		AddSentence(
			&warning,
			model->prior
				? psprintf("Fitted with a weak prior to %.0f customers.", model->orders.customers)
				: psprintf("%.0f customers are few: estimates are loose, and a weak prior "
						   "(prior => true) may help.",
						   model->orders.customers));
	else if (model->prior)
		AddSentence(&warning, "Fitted with a weak prior.");
	if (model->has_spend && no_spend != NULL)
		AddSentence(&warning, no_spend);
	else if (fabs(model->correlation) > CORRELATION_LIMIT ||
			 fabs(model->rank_correlation) > RANK_CORRELATION_LIMIT)
	{
		bool plain = fabs(model->correlation) > CORRELATION_LIMIT;
		double correlation = plain ? model->correlation : model->rank_correlation;

		AddSentence(&warning,
					psprintf("Customers who order more often spend %s an order (%scorrelation "
							 "%.2f): the spend model assumes no relation, so values of frequent "
							 "customers come out too %s.",
							 correlation > 0 ? "more" : "less", plain ? "" : "rank ", correlation,
							 correlation > 0 ? "low" : "high"));
	}
	return warning.len > 0 ? warning.data : NULL;
}

/* Why this process and this regularity, in plain words; NULL if nobody chose */
static const char *
ModelReason(const ClvModel *model)
{
	const ClvChoice *choice = &model->choice;
	StringInfoData why;

	if (choice->candidates == 0)
		return NULL;
	initStringInfo(&why);
	if (model->order > 1)
		AddSentence(&why, model->order == 2
							  ? "Customers buy about twice as regularly as chance."
							  : "Customers buy about three times as regularly as chance, or more: "
								"no process here is more regular.");
	if (strcmp(model->process, BtydNbd.name) == 0)
		AddSentence(&why, BtydLimitMessage(BTYD_LIMIT_NO_DROPOUT));
	if (choice->regularity == BTYD_REGULARITY_NO_GAPS)
		AddSentence(&why, "How regularly customers buy cannot be told: the data have no gaps.");
	else if (choice->regularity == BTYD_REGULARITY_ONE_DAY)
		AddSentence(&why, "How regularly customers buy cannot be told: too many gaps are of one "
						  "day, and purchases of one day are merged.");
	if (choice->runner_up_order == 0)
		AddSentence(&why, psprintf("The only usable one of %u candidates.", choice->candidates));
	else
		AddSentence(&why,
					psprintf("Best of %u candidates by AIC, %.1f before %s%s.", choice->candidates,
							 choice->ahead, ClvProcessByName(choice->runner_up)->title,
							 choice->runner_up_order == 1
								 ? ""
								 : psprintf(" of regularity %u", choice->runner_up_order)));
	return why.data;
}

/* Why the model has this season, or none; NULL if nobody asked */
static const char *
SeasonWhy(const ClvModel *model)
{
	switch ((ClvSeasonReason) model->season_reason)
	{
		case CLV_SEASON_NOT_ASKED:
			break;
		case CLV_SEASON_GIVEN:
			return "The season was given.";
		case CLV_SEASON_FOUND:
			return model->season.bins == SEASON_MONTHS ? "Orders follow the months of the year: "
														 "each year was foretold by the others."
													   : "Orders follow the weeks of the year: "
														 "each year was foretold by the others.";
		case CLV_SEASON_NO_DAY:
			return "No season can be told: the data do not say on which days repeat purchases "
				   "were.";
		case CLV_SEASON_SHORT:
			return psprintf("No season can be told: at least %d days of data are needed.",
							SEASON_LEAST_DAYS);
		case CLV_SEASON_NONE:
			return "No season: the pattern of one year did not repeat in the others.";
	}
	return NULL;
}

static int
PutPart(Datum *values, bool *nulls, int column, const ClvPart *part, const ClvPartKind *kind,
		double log_gaps)
{
	bool fitted = part->status != CLV_GIVEN;
	double loglik = part->loglik + log_gaps;

	PutText(values, nulls, column++, ClvStatusName(part->status));
	nulls[column] = !ClvUsable(part->status) || !fitted;
	values[column++] = BoolGetDatum(part->unidentified == 0);
	PutText(values, nulls, column++, ClvPartMessage(part, kind));
	PutNumber(values, nulls, column++, loglik);
	PutNumber(values, nulls, column++, 2 * kind->nparams - 2 * loglik);
	PutNumber(values, nulls, column++, kind->nparams * log(part->customers) - 2 * loglik);
	nulls[column] = !fitted;
	values[column++] = Int64GetDatum((int64) part->customers);
	nulls[column] = !fitted;
	values[column++] = Int64GetDatum((int64) part->rows);
	nulls[column] = !fitted;
	values[column++] = Int64GetDatum(part->iterations);
	return column;
}

static void
PutCount(Datum *values, bool *nulls, int column, double count)
{
	nulls[column] = isnan(count);
	values[column] = Int64GetDatum(isnan(count) ? 0 : (int64) count);
}

/* clv_diagnostics(model): one row. */
Datum
clv_diagnostics(PG_FUNCTION_ARGS)
{
	const ClvModel *model = PG_GETARG_CLV_MODEL(0);
	ClvPartKind orders = ClvOrdersKind(ClvProcessByName(model->process));
	const double *counter = (const double *) &model->counters;
	const ClvChoice *choice = &model->choice;
	bool fitted = model->orders.status != CLV_GIVEN;
	Datum values[DIAGNOSTICS_COLUMNS];
	bool nulls[DIAGNOSTICS_COLUMNS] = {false};
	int column = 0;

	PutText(values, nulls, column++, model->process);
	values[column++] = Int32GetDatum((int32) model->order);
	PutNumber(values, nulls, column++, model->unit_days);
	column = PutPart(values, nulls, column, &model->orders, &orders, model->log_gaps);
	PutText(values, nulls, column++, ModelReason(model));
	nulls[column] = choice->candidates == 0;
	values[column++] = Int32GetDatum((int32) choice->candidates);
	PutText(values, nulls, column++, choice->runner_up_order ? choice->runner_up : NULL);
	nulls[column] = choice->runner_up_order == 0;
	values[column++] = Int32GetDatum((int32) choice->runner_up_order);
	PutNumber(values, nulls, column++, choice->ahead);
	values[column++] = SeasonGetDatum(&model->season);
	PutText(values, nulls, column++, SeasonWhy(model));
	PutNumber(values, nulls, column++, model->season_gain);
	nulls[column] = !fitted;
	values[column++] = BoolGetDatum(model->prior != 0);
	PutCount(values, nulls, column++, model->there_at_start);
	for (int i = 0; i < BTYD_COUNTERS - 1; i++)
	{
		nulls[column] = !fitted;
		values[column++] = Int64GetDatum((int64) counter[i]);
	}
	if (model->has_spend)
	{
		column = PutPart(values, nulls, column, &model->spend, &ClvSpendKind, 0);
		nulls[column] = model->spend.status == CLV_GIVEN;
		values[column++] = Int64GetDatum((int64) model->counters.no_spend);
		PutNumber(values, nulls, column++, model->correlation);
		PutNumber(values, nulls, column++, model->rank_correlation);
		PutNumber(values, nulls, column++, model->log_correlation);
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
