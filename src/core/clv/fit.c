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

#include "core/clv/btyd.h"
#include "core/numeric/optimise.h"

/* Rows of the smallest sample, and how much larger the next one is */
#define SAMPLE_ROWS 4000
#define SAMPLE_GROWTH 16

/* Rows in a call of a process's likelihood, and so between two looks at env->check */
#define BLOCK_ROWS 2048

/* Where the starts differ from that of the process, in logarithms */
static const double StartShift[][OPT_MAX] = {
	{0, 0, 0, 0}, {1.5, 1.5, -1.5, -1}, {-1, -1.5, 0.5, 2}};

typedef struct FitData
{
	const BtydProcess *process;
	const BtydRow *rows; /* rows with equal x together */
	size_t n;
	const Environment *env;
} FitData;

static bool
Interrupted(const Environment *env)
{
	return env->check && env->check(env->arg);
}

static void *
Allocate(const Environment *env, size_t count, size_t size)
{
	if (count > (size_t) -1 / 2 / size)
		return NULL;
	return env->alloc(env->arg, count * size);
}

static void
Release(const Environment *env, void *p)
{
	if (p && env->release)
		env->release(env->arg, p);
}

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
	if (BtydPrepare(&model, data->process, params) != BTYD_OK)
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

		if (Interrupted(data->env))
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

/* Order by x; within x by t, because a run of equal t is cheaper for the likelihoods */
static bool
Before(const BtydRow *a, const BtydRow *b)
{
	if (a->x != b->x)
		return a->x < b->x;
	if (a->t != b->t)
		return a->t < b->t;
	return a->t_x < b->t_x;
}

/* Merge sort between two buffers, which a user can interrupt; returns the one that holds the result
 */
static BtydRow *
SortRows(BtydRow *from, BtydRow *to, size_t n, const Environment *env)
{
	for (size_t width = 1; width < n; width *= 2)
	{
		BtydRow *other = from;

		for (size_t start = 0; start < n; start += 2 * width)
		{
			size_t left = start;
			size_t middle = start + width < n ? start + width : n;
			size_t right = middle;
			size_t end = start + 2 * width < n ? start + 2 * width : n;

			for (size_t k = start; k < end; k++)
			{
				if (left < middle && (right >= end || !Before(&from[right], &from[left])))
					to[k] = from[left++];
				else
					to[k] = from[right++];
			}
		}
		if (Interrupted(env))
			return NULL;
		from = to;
		to = other;
	}
	return from;
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

		if (i % BLOCK_ROWS == 0 && Interrupted(env))
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
Conclude(const OptProblem *problem, const OptResult *result, BtydFit *fit)
{
	int n = problem->n;

	for (int i = 0; i < n; i++)
		fit->params[i] = exp(result->p[i]);
	fit->loglik = result->value;
	fit->decrement = result->decrement;
	fit->status =
		BtydFitStatusOf(OptJudge(problem, result, fit->log_covariance, fit->unidentified));
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			fit->covariance[n * i + j] =
				fit->params[i] * fit->params[j] * fit->log_covariance[n * i + j];
}

/* Fit rows that are in order of x */
static void
FitOrdered(const BtydProcess *process, const BtydRow *rows, size_t n, const BtydSummary *summary,
		   const Environment *env, BtydRow *sample, BtydFit *fit)
{
	double unit = summary->sum_t / summary->customers;
	BtydSummary scaled = *summary;
	FitData data = {process, rows, n, env};
	OptProblem problem = {.n = process->nparams, .function = Likelihood, .arg = &data};
	OptResult result = {.status = OPT_LIMIT};
	double start[BTYD_MAX_PARAMS];
	size_t size;

	scaled.sum_t = summary->customers;
	scaled.sum_t_x = summary->sum_t_x / unit;
	process->start(&scaled, start);
	problem.has_hessian = process->has_hessian;
	for (int i = 0; i < process->nparams; i++)
	{
		double shift = process->in_time_units[i] ? log(unit) : 0.0;

		start[i] = log(start[i]) + shift;
		problem.lower[i] = log(process->lower[i]) + shift;
		problem.upper[i] = log(process->upper[i]) + shift;
	}

	/* the first sample, or all rows when there are few */
	if (n > 2 * SAMPLE_ROWS)
	{
		data.rows = sample;
		data.n = Sample(rows, n, summary->customers, SAMPLE_ROWS, sample);
	}
	OptSearch(&problem, start, StartShift, 3, &result);

	/* larger samples, then all: a few Newton steps each */
	for (size = (size_t) SAMPLE_ROWS * SAMPLE_GROWTH;
		 data.rows != rows && result.status != OPT_STOPPED; size *= SAMPLE_GROWTH)
	{
		if (size < n / 4)
			data.n = Sample(rows, n, summary->customers, size, sample);
		else
		{
			data.rows = rows;
			data.n = n;
		}
		OptPolish(&problem, OPT_POLISH_STEPS, &result);
	}

	/* a sample can mislead: once more the long way, with all rows */
	if (result.status == OPT_LIMIT)
	{
		OptClimb(&problem, OPT_CLIMB_EVALUATIONS, &result);
		if (result.status != OPT_STOPPED)
			OptPolish(&problem, OPT_POLISH_STEPS, &result);
	}
	fit->iterations = result.iterations;
	fit->evaluations = result.evaluations;
	Conclude(&problem, &result, fit);
}

BtydFitStatus
BtydFitProcess(const BtydProcess *process, const BtydRow *rows, size_t n, const Environment *env,
			   BtydFit *fit)
{
	BtydSummary summary;
	BtydRow *copy = NULL;
	BtydRow *sample = NULL;
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
	{
		BtydRow *sorted;

		copy = Allocate(env, n, 2 * sizeof(BtydRow));
		if (copy == NULL)
			return fit->status = BTYD_FIT_NO_MEMORY;
		memcpy(copy, rows, n * sizeof(BtydRow));
		sorted = SortRows(copy, copy + n, n, env);
		if (sorted == NULL)
		{
			Release(env, copy);
			return fit->status = BTYD_FIT_INTERRUPTED;
		}
		rows = sorted;
	}
	if (n > 2 * SAMPLE_ROWS)
	{
		sample = Allocate(env, n / 4 + SAMPLE_ROWS, sizeof(BtydRow));
		if (sample == NULL)
		{
			Release(env, copy);
			return fit->status = BTYD_FIT_NO_MEMORY;
		}
	}
	FitOrdered(process, rows, n, &summary, env, sample, fit);
	Release(env, sample);
	Release(env, copy);
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
