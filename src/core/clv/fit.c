/*
 * fit.c: maximum likelihood fit of any process
 *
 * The likelihood is a sum over distinct rows. Most of the way is walked on a small sample of them,
 * the next part on a larger one; for the last few steps, which need all rows, Newton's method
 * already starts within the sampling error. Parameters are fitted as logarithms, in units of the
 * mean observation time, so that a fit in days and one in weeks take the same steps.
 *
 * NBD is nested in every process: where nobody leaves, they are NBD. So NBD is fitted first, and a
 * process whose top lies lower has missed its own.
 */
#include "core/clv/fit_search.h"

#include <math.h>
#include <string.h>

/* Rows in a call of a process's likelihood, and so between two looks at env->check */
#define BLOCK_ROWS 2048

/* Tops that are followed from sample to sample, if they are not this much lower than the best */
#define KEPT_WITHIN 8.0

/* Tops this near, in log-likelihood, are one */
#define SAME_TOP 1e-4

/* A top this much below that of NBD has missed it */
#define BELOW_NESTED 1e-7

/* Where dropout is open, and a parameter lies within this factor of its bound, it lies there */
#define NEAR_BOUND 100.0

/* Samples between the first and all rows are for getting nearer, not for arriving */
#define MIDDLE_CLIMB_EVALUATIONS 40
#define MIDDLE_POLISH_STEPS 10

/* A profile looks at no more rows, and where they are more, a parabola does for what moves no
 * logarithm of a parameter by more than this */
#define PROFILE_ROWS 20000
#define PARABOLA 0.3

/*
 * Where the starts differ from that of the process, in logarithms: r, alpha, then dropout; and
 * those made from the NBD fit, its r and alpha times a factor, and dropout a, b or s, beta. The
 * first of each do nearly always: of 600 simulated shops of 30 to 2,000 customers they miss the top
 * of BG/NBD once, of MBG/NBD seven times, of Pareto/NBD, which costs 20 times as much a look,
 * never.
 */
#define SHIFTED_STARTS 3
static const double StartShift[SHIFTED_STARTS][BTYD_MAX_PARAMS] = {
	{0, 0, 0, 0}, {1.5, 1.5, -1.5, -1}, {-1, -1.5, 0.5, 2}};
#define NESTED_STARTS 3
static const double NestedStart[NESTED_STARTS][3] = {{5, 0.3, 0.05}, {1, 0.05, 1}, {1, 1, 50}};

#define MOST_STARTS (SHIFTED_STARTS + NESTED_STARTS + 1)

/*
 * Few who leave, of different kinds: b of BG and MBG, beta of Pareto in units of the mean time. On
 * a bound without dropout, the likelihood may yet rise towards one of these.
 */
#define LEAVINGS 3

/* And where customers are all alike, towards those who are a little less so: r and s, or a */
#define LESS_ALIKE 20.0
static const double Leaving[2][LEAVINGS] = {{0.5, 10, 1000}, {0.05, 1, 100}};

/* ---------------------------------------------------------------- the function */

/* The log-likelihood of rows; adds its derivatives, where not NULL */
static double
SumRows(const BtydModel *model, const BtydRow *rows, size_t n, const Environment *env, double *grad,
		double *hess, bool *stop)
{
	double sum = 0.0;
	double lost = 0.0;
	size_t i = 0;

	while (i < n)
	{
		double x = rows[i].x;
		size_t end = i + 1;
		double value, next;

		if (EnvironmentMustStop(env))
		{
			*stop = true;
			return -INFINITY;
		}
		while (end < n && end < i + BLOCK_ROWS && rows[end].x == x)
			end++;
		value = model->process->loglik(model, rows + i, end - i, grad, hess);

		/* Neumaier's compensated sum (1974): millions of blocks keep their digits */
		next = sum + value;
		lost += fabs(sum) >= fabs(value) ? (sum - next) + value : (value - next) + sum;
		sum = next;
		i = end;
	}
	return sum + lost;
}

/* The logarithm of the prior, but for a constant; adds its derivatives */
static double
Prior(const BtydSearch *search, const double *log_params, double *grad, double *hess)
{
	const double precision = 1.0 / (BTYD_PRIOR_WIDTH * BTYD_PRIOR_WIDTH);
	int n = search->process->nparams;
	double value = 0.0;

	for (int j = 0; j < n; j++)
	{
		double off = log_params[j] - search->middle[j];

		value -= 0.5 * precision * off * off;
		if (grad)
			grad[j] -= precision * off;
		if (hess)
			hess[(n + 1) * j] -= precision;
	}
	return value;
}

/* The log-likelihood of all rows of a level, for the optimiser; and the prior */
static double
Likelihood(void *arg, const double *log_params, double *grad, double *hess, bool *stop)
{
	const BtydSearch *search = arg;
	int n = search->process->nparams;
	double params[BTYD_MAX_PARAMS] = {0};
	BtydModel model;
	double sum;

	for (int j = 0; j < n; j++)
		params[j] = exp(log_params[j]);
	if (BtydPrepare(&model, search->process, search->order, params) != BTYD_OK)
		return -INFINITY;
	if (grad)
		memset(grad, 0, (size_t) n * sizeof(double));
	if (hess)
		memset(hess, 0, (size_t) (n * n) * sizeof(double));
	sum =
		SumRows(&model, search->level->rows, search->level->n, search->data->env, grad, hess, stop);
	if (search->prior && !*stop)
		sum += Prior(search, log_params, grad, hess);
	return isfinite(sum) ? sum : -INFINITY;
}

/* ---------------------------------------------------------------- one level */

static bool
Stopped(const BtydSearch *search)
{
	return search->opt.result.status == OPT_STOPPED;
}

/* Keep where the search stands, if it is one of the best tops and not one that is known. */
static void
KeepTop(BtydSearch *search)
{
	BtydTop top = {{0}, search->opt.result.top.value};
	int at = 0;

	if (Stopped(search) || !isfinite(top.value))
		return;
	memcpy(top.p, search->opt.result.top.p, (size_t) search->opt.n * sizeof(double));
	while (at < search->ntops && search->tops[at].value >= top.value)
		at++;
	if (at > 0 && search->tops[at - 1].value - top.value < SAME_TOP)
		return;
	if (at < search->ntops && top.value - search->tops[at].value < SAME_TOP)
		search->tops[at] = top;
	else if (at < BTYD_KEPT_TOPS)
	{
		if (search->ntops < BTYD_KEPT_TOPS)
			search->ntops++;
		for (int i = search->ntops - 1; i > at; i--)
			search->tops[i] = search->tops[i - 1];
		search->tops[at] = top;
	}
}

static void
StandAt(BtydSearch *search, const double *p)
{
	memcpy(search->opt.result.top.p, p, (size_t) search->opt.n * sizeof(double));
}

/* From a point to the top that it leads to; near says that few Newton steps will do. */
static void
GoUp(BtydSearch *search, const double *p, bool near)
{
	Optimiser *opt = &search->opt;

	ptrdiff_t level = search->level - search->data->level;
	bool middle = level > 0 && level < search->data->levels - 1;
	int steps = middle ? MIDDLE_POLISH_STEPS : OPT_POLISH_STEPS;

	StandAt(search, p);
	if (near)
		OptPolish(opt, steps);
	if (!near || (opt->result.status == OPT_LIMIT && !middle))
	{
		OptClimb(opt, middle ? MIDDLE_CLIMB_EVALUATIONS : OPT_CLIMB_EVALUATIONS);
		if (!Stopped(search))
			OptPolish(opt, steps);
	}
	KeepTop(search);
}

/* Does the value rise from this point on, in a direction? Goes up from there if it does. */
static void
TryDirection(BtydSearch *search, const double *p, const double *direction)
{
	Optimiser *opt = &search->opt;
	double grad[BTYD_MAX_PARAMS];
	double slope = 0.0;
	bool stop = false;

	if (Stopped(search))
		return;
	opt->evaluations++;
	if (!isfinite(Likelihood(search, p, grad, NULL, &stop)))
	{
		if (stop)
			opt->result.status = OPT_STOPPED;
		return;
	}
	for (int i = 0; i < opt->n; i++)
		slope += grad[i] * direction[i];
	if (slope > 0.0)
		GoUp(search, p, false);
}

static bool
IsNear(const double *p, int i, const double *bounds)
{
	return fabs(p[i] - bounds[i]) < log(NEAR_BOUND);
}

/*
 * A top on a bound is a top of these rows only if the value rises nowhere near the bound:
 * parameters at the bound have hardly an effect, and the optimiser does not feel the way back.
 */
static void
LeaveBounds(BtydSearch *search)
{
	Optimiser *opt = &search->opt;
	double top[BTYD_MAX_PARAMS], p[BTYD_MAX_PARAMS];
	int n = opt->n;
	bool one_rate, no_dropout, one_dropout;

	if (Stopped(search) || search->ntops == 0)
		return;
	memcpy(top, search->tops[0].p, sizeof(top));
	one_rate = top[0] > log(10.0 * LESS_ALIKE);
	no_dropout = n > 2 && (IsNear(top, 2, opt->lower) || IsNear(top, 3, opt->upper));
	one_dropout = n > 2 && top[2] > log(10.0 * LESS_ALIKE);

	if (one_rate)
	{
		memcpy(p, top, sizeof(p));
		p[0] = log(LESS_ALIKE);
		p[1] = top[1] + p[0] - top[0];
		TryDirection(search, p, (const double[]){-1, -1, 0, 0});
	}
	if (one_dropout)
	{
		memcpy(p, top, sizeof(p));
		p[2] = log(LESS_ALIKE);
		p[3] = top[3] + p[2] - top[2];
		TryDirection(search, p, (const double[]){0, 0, -1, -1});
	}
	for (int i = 0; no_dropout && i < LEAVINGS; i++)
	{
		bool timed = search->process->in_time_units[3];
		double b = Leaving[timed][i];

		memcpy(p, top, sizeof(p));
		p[2] = log(1e-3 * fmax(b, 1.0));
		p[3] = log(timed ? b * search->data->unit : b);
		TryDirection(search, p, (const double[]){0, 0, 1, 0});
	}
}

/* ---------------------------------------------------------------- from level to level */

/* Bounds, the middle of the prior, and where a search begins: in logarithms, times in days */
static void
SetBounds(BtydSearch *search)
{
	const BtydProcess *process = search->process;
	const BtydSummary *summary = &search->data->summary;
	double unit = search->data->unit;
	BtydSummary scaled = *summary;
	double start[BTYD_MAX_PARAMS];

	scaled.sum_t = summary->customers;
	scaled.sum_t_x = summary->sum_t_x / unit;
	process->start(&scaled, search->order, start);
	for (int i = 0; i < process->nparams; i++)
	{
		double shift = process->in_time_units[i] ? log(unit) : 0.0;

		search->middle[i] = log(start[i]) + shift;
		search->opt.lower[i] = log(process->lower[i]) + shift;
		search->opt.upper[i] = log(process->upper[i]) + shift;
	}
}

static int
MakeStarts(const BtydSearch *search, const BtydNested *nbd, const BtydSearch *lower,
		   double starts[][BTYD_MAX_PARAMS])
{
	int n = search->process->nparams;
	bool first = search->process == &BtydParetonbd;
	int count = 0;

	for (int s = 0; s < (first ? 1 : SHIFTED_STARTS); s++, count++)
		for (int i = 0; i < n; i++)
			starts[count][i] = search->middle[i] + StartShift[s][i];
	for (int s = 0; n > 2 && nbd->known[0] && s < (first ? 1 : NESTED_STARTS); s++, count++)
	{
		starts[count][0] = nbd->log_params[0][0] + log(NestedStart[s][0]);
		starts[count][1] = nbd->log_params[0][1] + log(NestedStart[s][0]);
		starts[count][2] = log(NestedStart[s][1]);
		starts[count][3] = log(NestedStart[s][2]);
		if (search->process->in_time_units[3])
			starts[count][3] += log(search->data->unit);
	}
	if (lower != NULL && lower->ntops > 0)
	{
		memcpy(starts[count], lower->tops[0].p, sizeof(starts[count]));
		starts[count++][1] += log((double) lower->order / search->order);
	}
	return count;
}

/* NBD's own top as a point of the process: on the bound without dropout */
static void
AddNested(BtydSearch *search, const BtydNested *nbd, int level)
{
	double p[BTYD_MAX_PARAMS];

	if (search->opt.n == 2 || search->prior || !nbd->known[level] || Stopped(search) ||
		(search->ntops > 0 && search->tops[0].value > nbd->loglik[level] - BELOW_NESTED))
		return;
	p[0] = nbd->log_params[level][0];
	p[1] = nbd->log_params[level][1];
	p[2] = search->opt.lower[2];
	p[3] = search->opt.upper[3];
	GoUp(search, p, true);
}

/* Was this the top of NBD in the level before? Then that of this level is one too: AddNested. */
static bool
IsNested(const BtydSearch *search, int level, const BtydTop *top)
{
	const BtydNested *nbd = &search->data->nbd[search->order - 1];

	if (level == 0 || search->opt.n == 2 || search->prior)
		return false;
	return nbd->known[level - 1] && nbd->known[level] &&
		   top->value < nbd->loglik[level - 1] + SAME_TOP;
}

/*
 * The top of the rows of one level: from those of the level before, or from the starts. Of NBD it
 * is taken down, for all others.
 */
void
BtydSearchLevel(BtydSearch *search, int level, const BtydSearch *lower)
{
	BtydNested *nbd = &search->data->nbd[search->order - 1];
	BtydTop from[BTYD_KEPT_TOPS];
	int nfrom = search->ntops;

	memcpy(from, search->tops, sizeof(from));
	search->ntops = 0;
	search->level = &search->data->level[level];
	if (level == 0)
	{
		double starts[MOST_STARTS][BTYD_MAX_PARAMS];
		int n = MakeStarts(search, nbd, lower, starts);

		for (int s = 0; s < n && !Stopped(search); s++)
			GoUp(search, starts[s], false);
	}
	for (int i = 0; i < nfrom && !Stopped(search); i++)
		if (from[i].value > from[0].value - KEPT_WITHIN && !IsNested(search, level, &from[i]))
			GoUp(search, from[i].p, true);
	AddNested(search, nbd, level);
	LeaveBounds(search);
	if (search->process == &BtydNbd && !search->prior && search->ntops > 0 && !Stopped(search))
	{
		memcpy(nbd->log_params[level], search->tops[0].p, sizeof(nbd->log_params[level]));
		nbd->loglik[level] = search->tops[0].value;
		nbd->known[level] = true;
	}
}

/* Stand on the best top of the last level, with the derivatives there */
static void
ReturnToTop(BtydSearch *search)
{
	OptResult *result = &search->opt.result;

	if (Stopped(search) || search->ntops == 0)
		return;
	if (memcmp(result->top.p, search->tops[0].p, (size_t) search->opt.n * sizeof(double)) == 0)
		return;
	StandAt(search, search->tops[0].p);
	OptPolish(&search->opt, OPT_POLISH_STEPS);
}

/* ---------------------------------------------------------------- what was found */

/* The part of customers who leave at the first chance, or within the mean time; of these there are
 * hardly any where nobody seems to leave */
#define HARDLY_ANY 0.01

static double
ShareLeaving(const BtydSearch *search)
{
	double leave = exp(search->opt.result.top.p[2]);
	double stay = exp(search->opt.result.top.p[3]);

	if (search->process->in_time_units[3])
		return -expm1(-leave * log1p(search->data->unit / stay));
	return leave / (leave + stay);
}

/*
 * Which model of its own the fit came to, by the parameters that are open. The last two of a
 * process with dropout speak for leaving and for staying.
 */
static uint32_t
FindLimits(const BtydSearch *search, const bool *open)
{
	const double *lower = search->opt.lower;
	const double *upper = search->opt.upper;
	const double *p = search->opt.result.top.p;
	const double alike = log(30.0);
	uint32_t limits = 0;

	if (open[0] && IsNear(p, 0, upper))
		limits |= BTYD_LIMIT_ONE_RATE;
	else if (search->opt.result.at_bound[0] || search->opt.result.at_bound[1])
		limits |= BTYD_LIMIT_BOUND;
	if (search->opt.n > 2 && (open[2] || open[3]))
	{
		double share = ShareLeaving(search);
		double stay = p[3] - (search->process->in_time_units[3] ? log(search->data->unit) : 0.0);

		if (share < HARDLY_ANY)
			limits |= BTYD_LIMIT_NO_DROPOUT;
		else if (p[2] > alike && stay > alike)
			limits |= BTYD_LIMIT_ONE_DROPOUT;
		else if (share > 1.0 - HARDLY_ANY)
			limits |= BTYD_LIMIT_ALL_LEAVE;
		else if (IsNear(p, 2, lower) || IsNear(p, 3, lower))
			limits |= BTYD_LIMIT_AT_ONCE;
	}
	return limits;
}

/* Read the result of the optimiser: is this a fit? */
void
BtydSearchJudge(BtydSearch *search, BtydFit *fit)
{
	Optimiser *opt = &search->opt;
	int n = opt->n;

	ReturnToTop(search);
	for (int i = 0; i < n; i++)
		fit->params[i] = exp(opt->result.top.p[i]);
	fit->loglik = opt->result.top.value;
	if (search->prior)
		fit->loglik -= Prior(search, opt->result.top.p, NULL, NULL);
	fit->decrement = opt->result.decrement;
	fit->iterations = opt->iterations;
	fit->evaluations = opt->evaluations;
	fit->status = BtydFitStatusOf(OptJudge(opt, fit->log_covariance, fit->unidentified));
	if (fit->status == BTYD_FIT_NOT_IDENTIFIED)
	{
		fit->limits = FindLimits(search, fit->unidentified);
		/* a bound has no place in the interval of the parameter that runs along with it */
		if (fit->limits & BTYD_LIMIT_ONE_RATE)
			fit->unidentified[0] = fit->unidentified[1] = true;
		if (fit->limits & BTYD_LIMITS_OF_DROPOUT)
			fit->unidentified[2] = fit->unidentified[3] = true;
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			double *entry = &fit->log_covariance[n * i + j];

			if (fit->unidentified[i] || fit->unidentified[j])
				*entry = NAN;
			fit->covariance[n * i + j] = fit->params[i] * fit->params[j] * *entry;
		}
}

void
BtydSearchEnd(BtydSearch *search)
{
	OptEnd(&search->opt);
}

/*
 * Exact where the rows are few. Where they are many, a parabola does for what is well determined,
 * and a sample tells how far the rest may go.
 */
bool
BtydSearchProfile(BtydSearch *search, BtydFit *fit)
{
	BtydSearch rough = *search; /* for its rows: the optimiser in it is not used */
	double points[2 * BTYD_MAX_PARAMS * BTYD_MAX_PARAMS];
	int level = search->data->levels - 1;
	int n = search->opt.n;

	while (level > 0 && search->data->level[level].n > PROFILE_ROWS)
		level--;
	rough.level = &search->data->level[level];
	if (!OptProfile(&search->opt, Likelihood, &rough,
					level < search->data->levels - 1 ? PARABOLA : 0.0, points))
		return false;
	fit->npoints = 2 * n;
	for (int i = 0; i < 2 * n; i++)
		for (int j = 0; j < n; j++)
			fit->points[i][j] = exp(points[n * i + j]);
	return true;
}

/* ---------------------------------------------------------------- */

void
BtydFitStart(BtydFit *fit, const BtydFitRows *data, const BtydProcess *process, int order)
{
	memset(fit, 0, sizeof(*fit));
	fit->process = process;
	fit->order = order;
	fit->loglik = NAN;
	for (int i = 0; i < BTYD_MAX_PARAMS; i++)
		fit->params[i] = NAN;
	for (int i = 0; i < BTYD_MAX_PARAMS * BTYD_MAX_PARAMS; i++)
		fit->covariance[i] = fit->log_covariance[i] = NAN;
	fit->customers = data->summary.customers;
	fit->rows = data->rows;
	fit->bad_row = data->bad_row;
}

bool
BtydSearchBegin(BtydSearch *search, BtydFitRows *data, const BtydProcess *process, int order,
				bool prior)
{
	*search = (BtydSearch){.data = data, .process = process, .order = order, .prior = prior};
	if (!OptBegin(&search->opt, process->nparams, Likelihood, search, data->env))
		return false;
	SetBounds(search);
	return true;
}

bool
BtydSearchStopped(const BtydSearch *search)
{
	return Stopped(search);
}

bool
BtydSearchValue(BtydSearch *search, const BtydFitLevel *rows, double *value)
{
	bool stop = false;

	search->level = rows;
	*value = Likelihood(search, search->tops[0].p, NULL, NULL, &stop);
	search->opt.evaluations++;
	return !stop;
}

bool
BtydSearchLook(BtydSearch *search, int level, double *value, double *promise, bool *open)
{
	Optimiser *opt = &search->opt;

	search->level = &search->data->level[level];
	StandAt(search, search->tops[0].p);
	OptLook(opt);
	*value = opt->result.top.value;
	*promise = opt->result.decrement;
	*open = false;
	for (int i = 0; i < opt->n; i++)
		*open |= opt->result.at_bound[i];
	return !Stopped(search);
}

/* All levels, one after the other */
static BtydFitStatus
SearchAll(BtydFitRows *data, const BtydProcess *process, int order, bool prior, bool profile,
		  BtydFit *fit)
{
	BtydSearch search;

	BtydFitStart(fit, data, process, order);
	if (!BtydSearchBegin(&search, data, process, order, prior))
		return fit->status = BTYD_FIT_NO_MEMORY;
	for (int level = 0; level < data->levels && !Stopped(&search); level++)
		BtydSearchLevel(&search, level, NULL);
	BtydSearchJudge(&search, fit);
	if (profile && BtydFitIsUsable(fit->status) && !BtydSearchProfile(&search, fit))
		fit->status = BTYD_FIT_INTERRUPTED;
	BtydSearchEnd(&search);
	return fit->status;
}

BtydFitStatus
BtydFitFrom(BtydFitRows *data, const BtydProcess *process, int order, bool prior, BtydFit *fit)
{
	if (process != &BtydNbd && !data->nbd[order - 1].known[data->levels - 1])
	{
		BtydFitStatus status = SearchAll(data, &BtydNbd, order, false, false, fit);

		if (status == BTYD_FIT_INTERRUPTED || status == BTYD_FIT_NO_MEMORY)
			return status;
	}
	return SearchAll(data, process, order, prior, true, fit);
}

BtydFitStatus
BtydFitProcess(const BtydProcess *process, int order, const BtydRow *rows, size_t n,
			   const Environment *env, BtydFit *fit)
{
	return BtydFitWith(process, order, false, rows, n, env, fit);
}

BtydFitStatus
BtydSumLogLikelihood(const BtydModel *model, const BtydRow *rows, size_t n, const Environment *env,
					 double *result)
{
	bool stop = false;

	*result = SumRows(model, rows, n, env, NULL, NULL, &stop);
	return stop ? BTYD_FIT_INTERRUPTED : BTYD_FIT_CONVERGED;
}

BtydFitStatus
BtydFitWith(const BtydProcess *process, int order, bool prior, const BtydRow *rows, size_t n,
			const Environment *env, BtydFit *fit)
{
	BtydFitRows data;
	BtydFitStatus status = BtydFitRowsBegin(&data, rows, n, env);

	BtydFitStart(fit, &data, process, order);
	fit->status = status;
	if (status == BTYD_FIT_CONVERGED)
		BtydFitFrom(&data, process, order, prior, fit);
	BtydFitRowsEnd(&data);
	return fit->status;
}
