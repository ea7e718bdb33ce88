/*
 * optimise.c: the one way to maximise a likelihood
 *
 * NLopt's L-BFGS brings the parameters from anywhere to the neighbourhood of the maximum; Newton's
 * method then doubles the number of right digits at each step and, with the Hessian in hand, can
 * tell a maximum from a slope that merely became gentle. No memory is asked for and nothing is
 * called while NLopt lives that could jump.
 */
#include <math.h>
#include <string.h>

#include <nlopt.h>

#include "core/base/check.h"
#include "core/numeric/linear.h"
#include "core/numeric/optimise.h"

/* A maximum is where a Newton step would gain less than this in log-likelihood */
#define DECREMENT_GOAL 1e-15

/*
 * Where no step climbs any more, or only by creeping to a limit, a promise this small is none; and
 * this part of the value, which is a sum of millions of terms
 */
#define HIDDEN_DECREMENT 1e-6
#define HIDDEN_PART 1e-10

/* A (logarithmic) parameter this near a bound lies on it */
#define ON_BOUND 1e-9

/* Longest Newton step, in any one (logarithmic) parameter */
#define LONGEST_STEP 1.5

/* Added to the diagonal of a Hessian that is not negative definite, as a part of its largest entry
 */
#define FIRST_RIDGE 1e-6

/*
 * A standard error of a logarithm beyond this says that the data leave the parameter open by a
 * factor of fifty either way (95 %): the search has stopped on a plain, not on a summit.
 */
#define OPEN_LOG_ERROR 2.0

/* ---------------------------------------------------------------- memory */

static double *
TakeDoubles(double **rest, size_t count)
{
	double *taken = *rest;

	*rest += count;
	return taken;
}

static void
TakePoint(double **rest, size_t n, OptPoint *point)
{
	point->value = -INFINITY;
	point->p = TakeDoubles(rest, n);
	point->grad = TakeDoubles(rest, n);
	point->hess = TakeDoubles(rest, n * n);
}

bool
OptBegin(Optimiser *opt, int nparams, OptFunction function, void *arg, const Environment *env)
{
	size_t n = (size_t) nparams;
	size_t doubles = 4 * n + 3 * (2 * n + n * n) + n * n;
	size_t size = doubles * sizeof(double) + n * (sizeof(int) + 3 * sizeof(bool));
	double *rest;
	bool *flags;

	memset(opt, 0, sizeof(*opt));
	if (nparams < 1 || nparams > OPT_MOST_PARAMETERS)
		return false;
	opt->memory = EnvironmentAllocate(env, size, 1);
	if (opt->memory == NULL)
		return false;
	memset(opt->memory, 0, size);
	opt->n = nparams;
	opt->function = function;
	opt->arg = arg;
	opt->env = env;
	opt->result.status = opt->best.status = OPT_LIMIT;

	rest = opt->memory;
	opt->lower = TakeDoubles(&rest, n);
	opt->upper = TakeDoubles(&rest, n);
	opt->step = TakeDoubles(&rest, n);
	opt->vector = TakeDoubles(&rest, n);
	opt->matrix = TakeDoubles(&rest, n * n);
	TakePoint(&rest, n, &opt->result.top);
	TakePoint(&rest, n, &opt->trial);
	TakePoint(&rest, n, &opt->best.top);
	opt->free = (int *) (void *) rest;
	flags = (bool *) (opt->free + n);
	opt->held = flags;
	opt->result.at_bound = flags + n;
	opt->best.at_bound = flags + 2 * n;
	return true;
}

void
OptEnd(Optimiser *opt)
{
	EnvironmentRelease(opt->env, opt->memory);
	opt->memory = NULL;
}

static void
SwapPoints(OptPoint *a, OptPoint *b)
{
	OptPoint c = *a;

	*a = *b;
	*b = c;
}

/* ---------------------------------------------------------------- L-BFGS */

typedef struct Climb
{
	Optimiser *opt;
	nlopt_opt nlopt;
	bool stop;
} Climb;

/* NLopt minimises, and reads a NaN as it likes: give it the negative, and remember the best
 * ourselves */
static double
ClimbFunction(unsigned n, const double *p, double *grad, void *arg)
{
	Climb *climb = arg;
	Optimiser *opt = climb->opt;
	OptPoint *top = &opt->result.top;
	double value = -INFINITY;

	if (grad)
		memset(grad, 0, n * sizeof(double));
	/* when stopped, NLopt still finishes its line search: answer without work */
	if (!climb->stop)
	{
		value = opt->function(opt->arg, p, grad, NULL, &climb->stop);
		opt->evaluations++;
		if (climb->stop)
			nlopt_force_stop(climb->nlopt);
	}
	if (climb->stop || !isfinite(value))
		value = -1e300;
	else if (value > top->value)
	{
		top->value = value;
		memcpy(top->p, p, n * sizeof(double));
	}
	if (grad)
		for (unsigned i = 0; i < n; i++)
			grad[i] = isfinite(grad[i]) ? -grad[i] : 0.0;
	return -value;
}

void
OptClimb(Optimiser *opt, int max_evaluations)
{
	Climb climb = {opt, NULL, false};
	OptPoint *top = &opt->result.top;
	double *p = opt->trial.p;
	double least;

	for (int i = 0; i < opt->n; i++)
		CRM_ASSERT(opt->lower[i] <= opt->upper[i] && isfinite(top->p[i]));
	for (int i = 0; i < opt->n; i++)
		p[i] = top->p[i] = fmin(opt->upper[i], fmax(opt->lower[i], top->p[i]));
	top->value = -INFINITY;
	opt->result.status = OPT_LIMIT;

	climb.nlopt = nlopt_create(NLOPT_LD_LBFGS, (unsigned) opt->n);
	if (climb.nlopt == NULL)
		return;
	if (nlopt_set_min_objective(climb.nlopt, ClimbFunction, &climb) > 0 &&
		nlopt_set_lower_bounds(climb.nlopt, opt->lower) > 0 &&
		nlopt_set_upper_bounds(climb.nlopt, opt->upper) > 0 &&
		nlopt_set_maxeval(climb.nlopt, max_evaluations) > 0 &&
		nlopt_set_ftol_rel(climb.nlopt, 1e-9) > 0)
	{
		/* however it ends, the best point seen is kept, and judged by OptPolish */
		(void) nlopt_optimize(climb.nlopt, p, &least);
		opt->iterations += nlopt_get_numevals(climb.nlopt);
	}
	nlopt_destroy(climb.nlopt);
	if (climb.stop)
		opt->result.status = OPT_STOPPED;
}

/* ---------------------------------------------------------------- Newton's method */

/* The function at a point, with both derivatives; false when it said stop */
static bool
Evaluate(Optimiser *opt, OptPoint *point)
{
	bool stop = false;

	opt->evaluations++;
	point->value = opt->function(opt->arg, point->p, point->grad, point->hess, &stop);
	return !stop;
}

/* True if a parameter lies on a bound and a step in this direction would cross it */
static bool
LeavesBounds(const Optimiser *opt, int i, double direction)
{
	double p = opt->result.top.p[i];

	return (p <= opt->lower[i] + ON_BOUND && direction < 0.0) ||
		   (p >= opt->upper[i] - ON_BOUND && direction > 0.0);
}

/*
 * Solve (-H + ridge) step = grad in the parameters that are not held, with the smallest ridge of a
 * growing row that makes the matrix positive definite. Returns the rise that the step promises. It
 * counts without a ridge, and with the first, which is what a direction needs that is flat; with a
 * larger one the function curves upwards, this is no maximum, and the promise is infinite.
 */
static double
SolveStep(Optimiser *opt)
{
	const OptPoint *top = &opt->result.top;
	size_t n = (size_t) opt->n;
	int nfree = 0;
	double scale = 0.0;

	for (int i = 0; i < opt->n; i++)
	{
		opt->step[i] = 0.0;
		if (!opt->held[i])
			opt->free[nfree++] = i;
	}
	if (nfree == 0)
		return 0.0;
	for (int i = 0; i < nfree; i++)
		scale = fmax(scale, fabs(top->hess[(n + 1) * opt->free[i]]));
	if (scale == 0.0)
		scale = 1.0;

	for (double ridge = 0.0; ridge <= 1e7 * scale; ridge = fmax(FIRST_RIDGE * scale, 10.0 * ridge))
	{
		double *v = opt->vector;
		double gain = 0.0;
		double longest = 0.0;

		for (int i = 0; i < nfree; i++)
		{
			double *row = opt->matrix + (size_t) nfree * i;

			for (int j = 0; j <= i; j++)
				row[j] = -top->hess[n * opt->free[i] + opt->free[j]];
			row[i] += ridge;
			v[i] = top->grad[opt->free[i]];
		}
		if (!CholeskyFactor(nfree, opt->matrix))
			continue;
		CholeskySolve(nfree, opt->matrix, v);
		for (int i = 0; i < nfree; i++)
		{
			gain += 0.5 * v[i] * top->grad[opt->free[i]];
			longest = fmax(longest, fabs(v[i]));
		}
		for (int i = 0; i < nfree; i++)
			opt->step[opt->free[i]] = longest > LONGEST_STEP ? v[i] * LONGEST_STEP / longest : v[i];
		return ridge <= FIRST_RIDGE * scale ? gain : INFINITY;
	}
	return INFINITY;
}

/*
 * The next step. A parameter on a bound is held where the value rises across the bound (at_bound),
 * and also where only the step would cross it, because the parameters pull at each other; that one
 * is no end, so then no decrement is told. The step ends where it meets a bound: cutting off one
 * parameter and not the others would leave the ridge that the step follows.
 */
static void
NewtonStep(Optimiser *opt)
{
	OptResult *result = &opt->result;
	double *step = opt->step;
	bool crossing;
	bool pulled = false;
	double reach = 1.0;

	for (int i = 0; i < opt->n; i++)
		opt->held[i] = result->at_bound[i] = LeavesBounds(opt, i, result->top.grad[i]);
	do
	{
		result->decrement = SolveStep(opt);
		crossing = false;
		for (int i = 0; i < opt->n; i++)
		{
			if (!opt->held[i] && LeavesBounds(opt, i, step[i]))
				opt->held[i] = crossing = pulled = true;
		}
	} while (crossing);
	if (pulled)
		result->decrement = INFINITY;

	for (int i = 0; i < opt->n; i++)
	{
		double bound = step[i] > 0.0 ? opt->upper[i] : opt->lower[i];

		if (step[i] != 0.0)
			reach = fmin(reach, (bound - result->top.p[i]) / step[i]);
	}
	for (int i = 0; i < opt->n; i++)
		step[i] *= reach;
}

/*
 * Halve the step until the value climbs by a part of what the gradient promises (Armijo); *stop
 * when the function said so. On true the trial point is the new top.
 */
static bool
FindHigher(Optimiser *opt, bool *stop)
{
	const OptPoint *top = &opt->result.top;
	OptPoint *trial = &opt->trial;
	double noise = 1e-13 * fabs(top->value);
	double factor = 1.0;

	for (int halving = 0; halving < 40; halving++)
	{
		double promise = 0.0;

		for (int i = 0; i < opt->n; i++)
		{
			trial->p[i] =
				fmin(opt->upper[i], fmax(opt->lower[i], top->p[i] + factor * opt->step[i]));
			promise += top->grad[i] * (trial->p[i] - top->p[i]);
		}
		*stop = !Evaluate(opt, trial);
		if (*stop)
			return false;
		if (isfinite(trial->value) && trial->value >= top->value + 1e-4 * promise - noise)
			return true;
		if (promise <= noise)
			return false; /* shorter steps drown in rounding */
		factor *= 0.5;
	}
	return false;
}

static bool
IsHidden(const OptResult *result)
{
	return result->decrement <= HIDDEN_DECREMENT + HIDDEN_PART * fabs(result->top.value);
}

void
OptPolish(Optimiser *opt, int max_steps)
{
	OptResult *result = &opt->result;
	bool stop = false;

	result->status = OPT_STOPPED;
	if (!Evaluate(opt, &result->top))
		return;
	for (int iteration = 0; iteration < max_steps; iteration++)
	{
		NewtonStep(opt);
		if (result->decrement <= DECREMENT_GOAL)
		{
			result->status = OPT_CONVERGED;
			return;
		}
		opt->iterations++;
		if (!FindHigher(opt, &stop))
		{
			if (!stop)
				result->status = IsHidden(result) ? OPT_CONVERGED : OPT_LIMIT;
			return;
		}
		SwapPoints(&result->top, &opt->trial);
	}
	result->status = IsHidden(result) ? OPT_CONVERGED : OPT_LIMIT;
}

void
OptLook(Optimiser *opt)
{
	opt->result.status = OPT_STOPPED;
	if (!Evaluate(opt, &opt->result.top))
		return;
	NewtonStep(opt);
	opt->result.status = OPT_LIMIT;
}

/* ---------------------------------------------------------------- several starts, and a verdict */

/* Is a result higher than another, or as high and more surely a maximum? */
static bool
IsBetter(const OptResult *a, const OptResult *b)
{
	const double same = 1e-9;

	return a->top.value > b->top.value + same ||
		   (a->status == OPT_CONVERGED && b->status != OPT_CONVERGED &&
			a->top.value > b->top.value - same);
}

static void
SwapResults(OptResult *a, OptResult *b)
{
	OptResult c = *a;

	*a = *b;
	*b = c;
}

void
OptSearch(Optimiser *opt, const double *starts, int nstarts)
{
	for (int s = 0; s < nstarts; s++)
	{
		memcpy(opt->result.top.p, starts + (size_t) opt->n * s, (size_t) opt->n * sizeof(double));
		OptClimb(opt, OPT_CLIMB_EVALUATIONS);
		if (opt->result.status != OPT_STOPPED)
			OptPolish(opt, OPT_POLISH_STEPS);
		if (opt->result.status == OPT_STOPPED)
			return;
		if (s == 0 || IsBetter(&opt->result, &opt->best))
			SwapResults(&opt->result, &opt->best);
	}
	SwapResults(&opt->result, &opt->best);
}

/*
 * Factor -H, with a ridge, of the parameters that are not held, and write its inverse into their
 * places of the covariance; NaN elsewhere. False when it is not positive definite.
 */
static bool
Invert(Optimiser *opt, double ridge, double *covariance)
{
	size_t n = (size_t) opt->n;
	int nfree = 0;

	for (int i = 0; i < opt->n; i++)
		if (!opt->held[i])
			opt->free[nfree++] = i;
	for (int i = 0; i < nfree; i++)
	{
		double *row = opt->matrix + (size_t) nfree * (size_t) i;

		for (int j = 0; j < nfree; j++)
			row[j] = -opt->result.top.hess[n * (size_t) opt->free[i] + (size_t) opt->free[j]];
		row[i] += ridge;
	}
	if (!CholeskyFactor(nfree, opt->matrix))
		return false;
	CholeskyInverse(nfree, opt->matrix, covariance);

	/* spread out in place: what is read lies before what is written, and so from the end */
	for (int i = opt->n - 1, k = nfree - 1; i >= 0; i--)
	{
		bool row_held = opt->held[i];

		for (int j = opt->n - 1, l = nfree - 1; j >= 0; j--)
		{
			bool held = row_held || opt->held[j];

			covariance[n * (size_t) i + (size_t) j] =
				held ? NAN : covariance[(size_t) nfree * (size_t) k + (size_t) l];
			l -= !opt->held[j];
		}
		k -= !row_held;
	}
	return true;
}

OptVerdict
OptJudge(Optimiser *opt, double *covariance, bool *open)
{
	const OptResult *result = &opt->result;
	int n = opt->n;
	size_t cells = (size_t) n * (size_t) n;
	bool any = false;
	bool known;

	for (size_t i = 0; i < cells; i++)
		covariance[i] = NAN;
	for (int i = 0; i < n; i++)
	{
		opt->held[i] = open[i] = result->status != OPT_STOPPED && result->at_bound[i];
		any |= open[i];
	}
	if (result->status == OPT_STOPPED)
		return OPT_INTERRUPTED;
	if (result->status != OPT_CONVERGED)
		return OPT_LOST;

	/*
	 * Where some direction is flat there is no covariance; what a weak prior leaves open is not
	 * told by the data either. What the open parameters are held at, the others hardly feel.
	 */
	known = Invert(opt, 0.0, covariance);
	if (!known && !Invert(opt, 0.25 / (OPEN_LOG_ERROR * OPEN_LOG_ERROR), covariance))
	{
		for (size_t i = 0; i < cells; i++)
			covariance[i] = NAN;
		for (int i = 0; i < n; i++)
			open[i] = true;
		return OPT_OPEN;
	}
	for (int i = 0; i < n; i++)
	{
		open[i] |= covariance[(size_t) (n + 1) * (size_t) i] > OPEN_LOG_ERROR * OPEN_LOG_ERROR;
		any |= open[i];
	}
	if (!known)
	{
		memcpy(opt->held, open, (size_t) n * sizeof(bool));
		known = Invert(opt, 0.0, covariance);
	}
	for (size_t i = 0; i < cells; i++)
		if (!known || open[i / (size_t) n] || open[i % (size_t) n])
			covariance[i] = NAN;
	if (!known)
		for (int i = 0; i < n; i++)
			any = open[i] = true;
	return any ? OPT_OPEN : OPT_FOUND;
}
