/*
 * model.c: a fitted model as a value in memory: what all of the room asks of it
 *
 * Stored as one struct of fixed size, read as it lies: a prediction needs no parsing.
 */
#include "clv/model.h"

#include <math.h>

static const char *const SpendNames[] = {"p", "q", "gamma"};
static const char *const SpendMeanings[] = {"shape: how evenly a customer spends",
											"shape: how alike customers are in their mean spend",
											"scale of mean spend, in money times order"};
const ClvPartKind ClvSpendKind = {"gamma_gamma", "Gamma-Gamma", 3, SpendNames, SpendMeanings};

ClvPartKind
ClvOrdersKind(const BtydProcess *process)
{
	return (ClvPartKind){process->name, process->title, process->nparams, process->param_names,
						 process->param_meanings};
}

const char *
ClvKnownProcesses(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; BtydProcesses[i]; i++)
		CrmListName(&names, BtydProcesses[i]->name, strlen(BtydProcesses[i]->name));
	return names.data;
}

char *
ClvParameterNames(const ClvPartKind *kind, uint32 which)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < kind->nparams; i++)
		if (which & 1u << i)
			CrmListName(&names, kind->param_names[i], strlen(kind->param_names[i]));
	return names.data;
}

const BtydProcess *
ClvProcessByName(const char *name)
{
	const BtydProcess *process = BtydProcessByName(name);

	if (process == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown process \"%.*s\"", CrmClippedLength(name, strlen(name)), name),
				 errhint("Known processes are %s.", ClvKnownProcesses())));
	return process;
}

const char *
ClvStatusName(int status)
{
	return status == CLV_GIVEN ? "given" : BtydFitStatusName((BtydFitStatus) status);
}

double
ClvAic(const ClvModel *model)
{
	return 2 * ClvProcessByName(model->process)->nparams -
		   2 * (model->orders.loglik + model->log_gaps);
}

/* A count in a sentence, singular or plural. */
static const char *
Count(double n, const char *one, const char *many)
{
	return psprintf("%.0f %s", n, n == 1 ? one : many);
}

/* What a fit came to, or what is missing for one. */
const char *
ClvPartMessage(const ClvPart *part, const ClvPartKind *kind)
{
	bool spend = kind->nparams == ClvSpendKind.nparams;
	double missing = BTYD_MIN_CUSTOMERS - part->customers;
	StringInfoData message;

	switch (part->status)
	{
		case CLV_GIVEN:
			return "The parameters were given, not fitted.";
		case BTYD_FIT_TOO_FEW:
			return psprintf("There are %s%s, and %d are needed: %.0f more.",
							Count(part->customers, "customer", "customers"),
							spend ? " with a repeat order and positive spend" : "",
							BTYD_MIN_CUSTOMERS, missing);
		case BTYD_FIT_NO_REPEATS:
			if (spend)
				return "No customer has a repeat order and positive spend: one is needed at least.";
			return psprintf("None of %s has ordered on a second day: one is needed at least.",
							Count(part->customers, "customer", "customers"));
		case BTYD_FIT_NOT_IDENTIFIED:
			initStringInfo(&message);
			for (int i = 0; i < BTYD_LIMITS; i++)
				if (part->limits & 1u << i)
					appendStringInfo(&message, "%s ", BtydLimitMessage((BtydLimit) (1u << i)));
			appendStringInfo(&message, "Predictions stand; the data do not determine %s of %s.",
							 ClvParameterNames(kind, part->unidentified), kind->title);
			return message.data;
		default:
			return BtydFitStatusMessage((BtydFitStatus) part->status);
	}
}

static void
NewPart(ClvPart *part, int nparams)
{
	for (int i = 0; i < nparams; i++)
		part->params[i] = NAN;
	for (int i = 0; i < nparams * (nparams + 1) / 2; i++)
		part->covariance[i] = NAN;
	part->loglik = NAN;
	part->status = CLV_GIVEN;
}

ClvModel *
ClvNewModel(const BtydProcess *process, int order, double unit_days)
{
	ClvModel *model = palloc0(sizeof(ClvModel));

	SET_VARSIZE(model, sizeof(ClvModel));
	model->version = CLV_MODEL_VERSION;
	strlcpy(model->process, process->name, CLV_NAME_SIZE);
	model->order = (uint32) order;
	model->unit_days = unit_days;
	model->as_of = CLV_NO_DAY;
	model->season = SeasonFlat();
	model->there_at_start = model->season_gain = model->choice.ahead = NAN;
	model->correlation = model->rank_correlation = model->log_correlation = NAN;
	NewPart(&model->orders, process->nparams);
	NewPart(&model->spend, ClvSpendKind.nparams);
	return model;
}

const ClvModel *
DatumGetClvModel(Datum datum)
{
	const ClvModel *model = (const ClvModel *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(model) != sizeof(ClvModel) || model->version != CLV_MODEL_VERSION)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("malformed clv_model"),
						errdetail("The stored bytes are not version %d of a crm.clv_model.",
								  CLV_MODEL_VERSION)));
	return model;
}

#ifdef USE_ASSERT_CHECKING

/* One kind of NaN, no negative zero: equal numbers have equal bytes. */
static bool
IsPlain(double value)
{
	static const double nan = NAN;

	return isnan(value) ? memcmp(&value, &nan, sizeof(nan)) == 0 : value != 0 || !signbit(value);
}

static bool
PartIsCanonical(const ClvPart *part, int nparams)
{
	bool plain = IsPlain(part->loglik) && BtydIsCount(part->customers) && BtydIsCount(part->rows) &&
				 part->unidentified >> nparams == 0 && part->limits >> BTYD_LIMITS == 0 &&
				 (part->npoints == 0 || part->npoints == 2 * (uint32) nparams);

	for (int i = 0; i < BTYD_MAX_PARAMS; i++)
		plain &= IsPlain(part->params[i]) && (i < nparams || part->params[i] == 0);
	for (int i = 0; i < CLV_MAX_COVARIANCE; i++)
		plain &= IsPlain(part->covariance[i]) &&
				 (i < nparams * (nparams + 1) / 2 || part->covariance[i] == 0);
	for (uint32 i = 0; i < CLV_MAX_POINTS; i++)
		for (int j = 0; j < BTYD_MAX_PARAMS; j++)
		{
			double value = part->points[i][j];

			plain &= IsPlain(value) && (i < part->npoints && j < nparams ? value > 0 : value == 0);
		}
	return plain;
}

static bool
ChoiceIsCanonical(const ClvChoice *choice)
{
	char name[CLV_NAME_SIZE] = {0};

	strlcpy(name, choice->runner_up, CLV_NAME_SIZE);
	return memcmp(name, choice->runner_up, CLV_NAME_SIZE) == 0 && IsPlain(choice->ahead) &&
		   choice->regularity <= BTYD_REGULARITY_ONE_DAY && choice->unused == 0 &&
		   (choice->runner_up_order > 0) == (name[0] != 0) &&
		   (choice->runner_up_order > 0) == !isnan(choice->ahead);
}

/* Are these the bytes that equal models have? */
static bool
ModelIsCanonical(const ClvModel *model)
{
	const BtydProcess *process = BtydProcessByName(model->process);
	const double *counter = (const double *) &model->counters;
	char name[CLV_NAME_SIZE] = {0};
	bool plain = process != NULL && model->unit_days > 0 && isfinite(model->unit_days) &&
				 model->order >= 1 && model->order <= (uint32) process->max_order &&
				 IsPlain(model->correlation) && IsPlain(model->rank_correlation) &&
				 IsPlain(model->log_correlation) && IsPlain(model->there_at_start) &&
				 IsPlain(model->log_gaps) && model->has_spend <= 1 && model->prior <= 1;

	strlcpy(name, model->process, CLV_NAME_SIZE);
	for (int i = 0; i < BTYD_COUNTERS; i++)
		plain &= BtydIsCount(counter[i]) && IsPlain(counter[i]);
	return plain && memcmp(name, model->process, CLV_NAME_SIZE) == 0 &&
		   ChoiceIsCanonical(&model->choice) && SeasonIsValid(&model->season) &&
		   model->season_reason < CLV_SEASON_REASONS && IsPlain(model->season_gain) &&
		   PartIsCanonical(&model->orders, process->nparams) &&
		   PartIsCanonical(&model->spend, ClvSpendKind.nparams);
}

#endif

/* Hand out a model that was made. */
Datum
ClvModelGetDatum(ClvModel *model)
{
	Assert(ModelIsCanonical(model));
	return PointerGetDatum(model);
}
