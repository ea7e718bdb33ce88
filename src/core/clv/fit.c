/*
 * fit.c: maximum likelihood fit of any process
 *
 * The likelihood is a sum over distinct rows. Most of the way is walked on a small sample of them,
 * the next part on a larger one; for the last few steps, which need all rows, Newton's method
 * already starts within the sampling error. Parameters are fitted as logarithms, in units of the
 * mean observation time, so that a fit in days and one in weeks take the same steps.
 */
#include <math.h>
#include <string.h>

#include "core/clv/data.h"
#include "core/clv/fit.h"

/* Rows of the smallest sample, and how much larger the next one is */
#define SAMPLE_ROWS 4000
#define SAMPLE_GROWTH 16

/* Rows in a call of a process's likelihood, and so between two looks at env->check */
#define BLOCK_ROWS 2048

/* Where the starts differ from that of the process, in logarithms */
#define STARTS 3
static const double StartShift[STARTS][BTYD_MAX_PARAMS] = {
	{0, 0, 0, 0}, {1.5, 1.5, -1.5, -1}, {-1, -1.5, 0.5, 2}};

typedef struct FitData
{
	const BtydProcess *process;
	const BtydRow *rows; /* rows with equal x together */
	size_t n;
	const Environment *env;
} FitData;

/* The log-likelihood of all rows, for the optimiser */
static double
Likelihood(void *arg, const double *log_params, double *grad, double *hess, bool *stop)
{
	const FitData *data = arg;
	int n = data->process->nparams;
	double params[BTYD_MAX_PARAMS] = {0};
	BtydModel model;
	double sum = 0.0;
	double lost = 0.0;
	size_t i = 0;

	for (int j = 0; j < n; j++)
		params[j] = exp(log_params[j]);
	if (BtydPrepare(&model, data->process, 1, params) != BTYD_OK)
		return -INFINITY;
	if (grad)
		memset(grad, 0, (size_t) n * sizeof(double));
	if (hess)
		memset(hess, 0, (size_t) (n * n) * sizeof(double));

	while (i < data->n)
	{
		double x = data->rows[i].x;
		size_t end = i + 1;
		double value, next;

		if (EnvironmentMustStop(data->env))
		{
			*stop = true;
			return -INFINITY;
		}
		while (end < data->n && end < i + BLOCK_ROWS && data->rows[end].x == x)
			end++;
		value = data->process->loglik(&model, data->rows + i, end - i, grad, hess);

		/* Neumaier's compensated sum (1974): millions of blocks keep their digits */
		next = sum + value;
		lost += fabs(sum) >= fabs(value) ? (sum - next) + value : (value - next) + sum;
		sum = next;
		i = end;
	}
	sum += lost;
	return isfinite(sum) ? sum : -INFINITY;
}

/*
 * A systematic sample in proportion to weight: each kept row stands for the customers that were
 * counted since the last. Heavy rows keep their weight, so little is lost but single customers.
 */
static size_t
Sample(const BtydRow *rows, size_t n, double customers, size_t target, BtydRow *sample)
{
	double step = customers / (double) target;
	double seen = 0.5 * step;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
	{
		double hits;

		seen += rows[i].weight;
		hits = floor(seen / step);
		if (hits < 1.0)
			continue;
		seen -= hits * step;
		if (kept == target + 1)
			break;
		sample[kept] = rows[i];
		sample[kept++].weight = hits * step;
	}
	return kept;
}

/* Check all rows and sum them up; false with status and bad_row when one is no customer */
static bool
Summarise(const BtydRow *rows, size_t n, const Environment *env, BtydSummary *summary,
		  bool *ordered, BtydFit *fit)
{
	memset(summary, 0, sizeof(*summary));
	*ordered = true;
	for (size_t i = 0; i < n; i++)
	{
		const BtydRow *row = &rows[i];
		double w = row->weight;

		if (i % BLOCK_ROWS == 0 && EnvironmentMustStop(env))
		{
			fit->status = BTYD_FIT_INTERRUPTED;
			return false;
		}
		if (BtydCheckRow(row->x, row->t_x, row->t) != BTYD_OK || !(w > 0.0 && isfinite(w)))
		{
			fit->status = BTYD_FIT_BAD_DATA;
			fit->bad_row = i;
			return false;
		}
		summary->customers += w;
		if (row->x > 0.0)
			summary->repeaters += w;
		summary->sum_x += w * row->x;
		summary->sum_x_squared += w * row->x * row->x;
		summary->sum_t_x += w * row->t_x;
		summary->sum_t += w * row->t;
		summary->max_x = fmax(summary->max_x, row->x);
		if (i > 0 && row->x < rows[i - 1].x)
			*ordered = false;
	}
	return true;
}

/* Read the result of the optimiser: is this a fit? */
static void
Conclude(Optimiser *opt, BtydFit *fit)
{
	int n = opt->n;

	for (int i = 0; i < n; i++)
		fit->params[i] = exp(opt->result.top.p[i]);
	fit->loglik = opt->result.top.value;
	fit->decrement = opt->result.decrement;
	fit->iterations = opt->iterations;
	fit->evaluations = opt->evaluations;
	fit->status = BtydFitStatusOf(OptJudge(opt, fit->log_covariance, fit->unidentified));
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			fit->covariance[n * i + j] =
				fit->params[i] * fit->params[j] * fit->log_covariance[n * i + j];
}

/* Where a search begins, and its bounds, in logarithms */
static void
SetStarts(const BtydProcess *process, const BtydSummary *summary, Optimiser *opt, double *starts)
{
	double unit = summary->sum_t / summary->customers;
	BtydSummary scaled = *summary;
	double start[BTYD_MAX_PARAMS];

	scaled.sum_t = summary->customers;
	scaled.sum_t_x = summary->sum_t_x / unit;
	process->start(&scaled, 1, start);
	for (int i = 0; i < process->nparams; i++)
	{
		double shift = process->in_time_units[i] ? log(unit) : 0.0;

		start[i] = log(start[i]) + shift;
		opt->lower[i] = log(process->lower[i]) + shift;
		opt->upper[i] = log(process->upper[i]) + shift;
		for (int s = 0; s < STARTS; s++)
			starts[process->nparams * s + i] = start[i] + StartShift[s][i];
	}
}

/* Fit rows that are in order of x */
static void
FitOrdered(FitData *data, const BtydSummary *summary, BtydRow *sample, Optimiser *opt)
{
	const BtydRow *rows = data->rows;
	size_t n = data->n;
	double starts[STARTS * BTYD_MAX_PARAMS];

	SetStarts(data->process, summary, opt, starts);

	/* the first sample, or all rows when there are few */
	if (n > 2 * SAMPLE_ROWS)
	{
		data->rows = sample;
		data->n = Sample(rows, n, summary->customers, SAMPLE_ROWS, sample);
	}
	OptSearch(opt, starts, STARTS);

	/* larger samples, then all: a few Newton steps each */
	for (size_t size = (size_t) SAMPLE_ROWS * SAMPLE_GROWTH;
		 data->rows != rows && opt->result.status != OPT_STOPPED; size *= SAMPLE_GROWTH)
	{
		if (size < n / 4)
			data->n = Sample(rows, n, summary->customers, size, sample);
		else
		{
			data->rows = rows;
			data->n = n;
		}
		OptPolish(opt, OPT_POLISH_STEPS);
	}

	/* a sample can mislead: once more the long way, with all rows */
	if (opt->result.status == OPT_LIMIT)
	{
		OptClimb(opt, OPT_CLIMB_EVALUATIONS);
		if (opt->result.status != OPT_STOPPED)
			OptPolish(opt, OPT_POLISH_STEPS);
	}
}

BtydFitStatus
BtydFitProcess(const BtydProcess *process, const BtydRow *rows, size_t n, const Environment *env,
			   BtydFit *fit)
{
	BtydSummary summary;
	BtydRow *copy = NULL;
	BtydRow *sample = NULL;
	FitData data = {process, rows, n, env};
	Optimiser opt;
	bool ordered;

	memset(fit, 0, sizeof(*fit));
	fit->process = process;
	fit->loglik = NAN;
	for (int i = 0; i < BTYD_MAX_PARAMS; i++)
		fit->params[i] = NAN;
	for (int i = 0; i < BTYD_MAX_PARAMS * BTYD_MAX_PARAMS; i++)
		fit->covariance[i] = fit->log_covariance[i] = NAN;

	if (!Summarise(rows, n, env, &summary, &ordered, fit))
		return fit->status;
	fit->customers = summary.customers;
	fit->rows = n;
	if (n == 0)
		return fit->status = BTYD_FIT_EMPTY;
	if (summary.customers < BTYD_MIN_CUSTOMERS)
		return fit->status = BTYD_FIT_TOO_FEW;
	if (!(summary.sum_t > 0.0) || !isfinite(summary.sum_t))
		return fit->status = BTYD_FIT_NO_TIME;
	if (summary.repeaters == 0.0)
		return fit->status = BTYD_FIT_NO_REPEATS;

	/* all memory is taken here, before NLopt has any of its own */
	if (!ordered)
		copy = EnvironmentAllocate(env, n, sizeof(BtydRow));
	if (n > 2 * SAMPLE_ROWS)
		sample = EnvironmentAllocate(env, n / 4 + SAMPLE_ROWS, sizeof(BtydRow));
	if (!OptBegin(&opt, process->nparams, Likelihood, &data, env) || (!ordered && copy == NULL) ||
		(n > 2 * SAMPLE_ROWS && sample == NULL))
		fit->status = BTYD_FIT_NO_MEMORY;
	else
	{
		BtydDataStatus sorted = BTYD_DATA_OK;

		if (!ordered)
		{
			/* by x; within x by t, because a run of equal t is cheaper for the likelihoods */
			sorted = BtydSortRows(rows, n, copy, env);
			data.rows = copy;
		}
		if (sorted != BTYD_DATA_OK)
			fit->status = sorted == BTYD_DATA_NO_MEMORY ? BTYD_FIT_NO_MEMORY : BTYD_FIT_INTERRUPTED;
		else
		{
			FitOrdered(&data, &summary, sample, &opt);
			Conclude(&opt, fit);
		}
	}
	OptEnd(&opt);
	EnvironmentRelease(env, sample);
	EnvironmentRelease(env, copy);
	return fit->status;
}

BtydFitStatus
BtydFitStatusOf(OptVerdict verdict)
{
	switch (verdict)
	{
		case OPT_FOUND:
			return BTYD_FIT_CONVERGED;
		case OPT_OPEN:
			return BTYD_FIT_NOT_IDENTIFIED;
		case OPT_LOST:
			return BTYD_FIT_NOT_CONVERGED;
		case OPT_INTERRUPTED:
			return BTYD_FIT_INTERRUPTED;
	}
	return BTYD_FIT_NOT_CONVERGED;
}

const char *
BtydFitStatusName(BtydFitStatus status)
{
	switch (status)
	{
		case BTYD_FIT_CONVERGED:
			return "converged";
		case BTYD_FIT_EMPTY:
			return "empty";
		case BTYD_FIT_TOO_FEW:
			return "too_few_customers";
		case BTYD_FIT_NO_REPEATS:
			return "no_repeats";
		case BTYD_FIT_NO_TIME:
			return "no_time";
		case BTYD_FIT_NOT_IDENTIFIED:
			return "not_identified";
		case BTYD_FIT_NOT_CONVERGED:
			return "not_converged";
		case BTYD_FIT_INTERRUPTED:
			return "interrupted";
		case BTYD_FIT_BAD_DATA:
			return "bad_data";
		case BTYD_FIT_NO_MEMORY:
			return "no_memory";
	}
	return "unknown";
}

const char *
BtydFitStatusMessage(BtydFitStatus status)
{
	switch (status)
	{
		case BTYD_FIT_CONVERGED:
			return "The fit converged to a maximum of the likelihood.";
		case BTYD_FIT_EMPTY:
			return "There are no customers to fit a model to.";
		case BTYD_FIT_TOO_FEW:
			return "There are too few customers to fit a model: at least 20 are needed.";
		case BTYD_FIT_NO_REPEATS:
			return "No customer has bought a second time, so nothing can be said about repeat "
				   "orders.";
		case BTYD_FIT_NO_TIME:
			return "No time has passed since the first purchase of any customer.";
		case BTYD_FIT_NOT_IDENTIFIED:
			return "The data do not determine the parameters: customers may hardly differ, or "
				   "hardly "
				   "any, or nearly all, may have stopped buying.";
		case BTYD_FIT_NOT_CONVERGED:
			return "The search reached its limit of steps without finding a maximum.";
		case BTYD_FIT_INTERRUPTED:
			return "The fit was interrupted.";
		case BTYD_FIT_BAD_DATA:
			return "A row is no possible customer: x must be a whole number, 0 <= t_x <= t, weight "
				   "> 0.";
		case BTYD_FIT_NO_MEMORY:
			return "There was not enough memory for the fit.";
	}
	return "The status is unknown.";
}

const char *
BtydLimitName(BtydLimit limit)
{
	switch (limit)
	{
		case BTYD_LIMIT_NO_DROPOUT:
			return "no_dropout";
		case BTYD_LIMIT_ONE_RATE:
			return "one_rate";
		case BTYD_LIMIT_ONE_DROPOUT:
			return "one_dropout";
		case BTYD_LIMIT_AT_ONCE:
			return "at_once";
		case BTYD_LIMIT_ONE_SPEND:
			return "one_spend";
		case BTYD_LIMIT_EVEN_SPEND:
			return "even_spend";
		case BTYD_LIMIT_BOUND:
			return "bound";
	}
	return "unknown";
}

const char *
BtydLimitMessage(BtydLimit limit)
{
	switch (limit)
	{
		case BTYD_LIMIT_NO_DROPOUT:
			return "Nobody seems to have left in these data.";
		case BTYD_LIMIT_ONE_RATE:
			return "All customers seem to order at the same rate in these data.";
		case BTYD_LIMIT_ONE_DROPOUT:
			return "All customers seem to be equally likely to leave in these data.";
		case BTYD_LIMIT_AT_ONCE:
			return "In these data customers seem to leave at once or not at all.";
		case BTYD_LIMIT_ONE_SPEND:
			return "All customers seem to spend the same on average in these data.";
		case BTYD_LIMIT_EVEN_SPEND:
			return "A customer seems to spend the same each time in these data.";
		case BTYD_LIMIT_BOUND:
			return "The data push a parameter to the end of its range.";
	}
	return "The limit is unknown.";
}
