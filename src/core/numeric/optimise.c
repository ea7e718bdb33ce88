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

#include "core/numeric/optimise.h"

/* A maximum is where a Newton step would gain less than this in log-likelihood */
#define DECREMENT_GOAL 1e-11

/* Where no step climbs any more, a promise this small is one that rounding hides */
#define HIDDEN_DECREMENT 1e-6

/* A (logarithmic) parameter this near a bound lies on it */
#define ON_BOUND 1e-9

/* Longest Newton step, in any one (logarithmic) parameter */
#define LONGEST_STEP 1.5

/*
 * A standard error of a logarithm beyond this says that the data leave the parameter open by a
 * factor of fifty either way (95 %): the search has stopped on a plain, not on a summit.
 */
#define OPEN_LOG_ERROR 2.0

/* For second derivatives from first ones */
#define DIFFERENCE 1e-4

typedef struct Climb
{
	const OptProblem *problem;
	OptResult *result;
	nlopt_opt nlopt;
	bool stop;
} Climb;

/* NLopt minimises, and reads a NaN as it likes: give it the negative, and remember the best
 * ourselves */
static double
ClimbFunction(unsigned n, const double *p, double *grad, void *arg)
{
	Climb *climb = arg;
	OptResult *result = climb->result;
	double g[OPT_MAX] = {0};
	double value = -INFINITY;

	/* when stopped, NLopt still finishes its line search: answer without work */
	if (!climb->stop)
	{
		value = climb->problem->function(climb->problem->arg, p, g, NULL, &climb->stop);
		result->evaluations++;
		if (climb->stop)
			nlopt_force_stop(climb->nlopt);
	}
	if (climb->stop || !isfinite(value))
		value = -1e300;
	else if (value > result->value)
	{
		result->value = value;
		memcpy(result->p, p, n * sizeof(double));
	}
	if (grad)
		for (unsigned i = 0; i < n; i++)
			grad[i] = isfinite(g[i]) ? -g[i] : 0.0;
	return -value;
}

void
OptClimb(const OptProblem *problem, int max_evaluations, OptResult *result)
{
	Climb climb = {problem, result, NULL, false};
	double p[OPT_MAX] = {0};
	double least;

	for (int i = 0; i < problem->n; i++)
		p[i] = fmin(problem->upper[i], fmax(problem->lower[i], result->p[i]));
	memcpy(result->p, p, (size_t) problem->n * sizeof(double));
	result->value = -INFINITY;
	result->status = OPT_LIMIT;
	result->has_hess = false;

	climb.nlopt = nlopt_create(NLOPT_LD_LBFGS, (unsigned) problem->n);
	if (climb.nlopt == NULL)
		return;
	if (nlopt_set_min_objective(climb.nlopt, ClimbFunction, &climb) > 0 &&
		nlopt_set_lower_bounds(climb.nlopt, problem->lower) > 0 &&
		nlopt_set_upper_bounds(climb.nlopt, problem->upper) > 0 &&
		nlopt_set_maxeval(climb.nlopt, max_evaluations) > 0 &&
		nlopt_set_ftol_rel(climb.nlopt, 1e-9) > 0)
	{
		/* however it ends, the best point seen is kept, and judged by OptPolish */
		(void) nlopt_optimize(climb.nlopt, p, &least);
		result->iterations += nlopt_get_numevals(climb.nlopt);
	}
	nlopt_destroy(climb.nlopt);
	if (climb.stop)
		result->status = OPT_STOPPED;
}

/* Lower triangle of the Cholesky factor, in place; false when the matrix is not positive definite
 */
static bool
Cholesky(int n, double *m)
{
	for (int j = 0; j < n; j++)
	{
		double diagonal = m[n * j + j];
		double d = diagonal;

		for (int k = 0; k < j; k++)
			d -= m[n * j + k] * m[n * j + k];

		/* what is left of the diagonal must be more than its rounding error */
		if (!(d > 1e-13 * diagonal) || !isfinite(d))
			return false;
		d = sqrt(d);
		m[n * j + j] = d;
		for (int i = j + 1; i < n; i++)
		{
			double s = m[n * i + j];

			for (int k = 0; k < j; k++)
				s -= m[n * i + k] * m[n * j + k];
			m[n * i + j] = s / d;
		}
	}
	return true;
}

/* Solve L L' v = v, in place */
static void
CholeskySolve(int n, const double *m, double *v)
{
	for (int i = 0; i < n; i++)
	{
		for (int k = 0; k < i; k++)
			v[i] -= m[n * i + k] * v[k];
		v[i] /= m[n * i + i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < n; k++)
			v[i] -= m[n * k + i] * v[k];
		v[i] /= m[n * i + i];
	}
}

bool
OptCovariance(int n, const double *hess, double *covariance)
{
	double m[OPT_MAX * OPT_MAX];

	for (int i = 0; i < n * n; i++)
		m[i] = -hess[i];
	if (!Cholesky(n, m))
		return false;
	for (int j = 0; j < n; j++)
	{
		double v[OPT_MAX] = {0};

		v[j] = 1.0;
		CholeskySolve(n, m, v);
		for (int i = 0; i < n; i++)
			covariance[n * i + j] = v[i];
	}
	return true;
}

/* Value and gradient, and the Hessian when it costs nothing */
static double
Evaluate(const OptProblem *problem, OptResult *result, const double *p, double *grad, double *hess,
		 bool *stop)
{
	result->evaluations++;
	return problem->function(problem->arg, p, grad, problem->has_hessian ? hess : NULL, stop);
}

/* The Hessian by central differences of the gradient, made symmetric */
static bool
DifferenceHessian(const OptProblem *problem, OptResult *result)
{
	int n = problem->n;
	double m[OPT_MAX * OPT_MAX];
	bool stop = false;

	for (int i = 0; i < n; i++)
	{
		double p[OPT_MAX], up[OPT_MAX], down[OPT_MAX];

		memcpy(p, result->p, sizeof(p));
		p[i] = result->p[i] + DIFFERENCE;
		(void) Evaluate(problem, result, p, up, NULL, &stop);
		if (stop)
			return false;
		p[i] = result->p[i] - DIFFERENCE;
		(void) Evaluate(problem, result, p, down, NULL, &stop);
		if (stop)
			return false;
		for (int j = 0; j < n; j++)
			m[n * i + j] = (up[j] - down[j]) / (2.0 * DIFFERENCE);
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			result->hess[n * i + j] = 0.5 * (m[n * i + j] + m[n * j + i]);
	result->has_hess = true;
	return true;
}

/* True if a parameter lies on a bound and a step in this direction would cross it */
static bool
LeavesBounds(const OptProblem *problem, const OptResult *result, int i, double direction)
{
	return (result->p[i] <= problem->lower[i] + ON_BOUND && direction < 0.0) ||
		   (result->p[i] >= problem->upper[i] - ON_BOUND && direction > 0.0);
}

/*
 * Solve (-H + ridge) step = grad in the parameters that are not held, with the smallest ridge of a
 * growing row that makes the matrix positive definite. Returns half the rise that a pure Newton
 * step promises, infinite for one with a ridge.
 */
static double
SolveStep(const OptProblem *problem, const OptResult *result, const bool *held, double *step)
{
	int n = problem->n;
	int free_index[OPT_MAX];
	int nfree = 0;
	double scale = 0.0;

	for (int i = 0; i < n; i++)
	{
		step[i] = 0.0;
		if (!held[i])
			free_index[nfree++] = i;
	}
	if (nfree == 0)
		return 0.0;
	for (int i = 0; i < nfree; i++)
		scale = fmax(scale, fabs(result->hess[(n + 1) * free_index[i]]));
	if (scale == 0.0)
		scale = 1.0;

	for (double ridge = 0.0; ridge <= 1e7 * scale; ridge = fmax(1e-6 * scale, 10.0 * ridge))
	{
		double m[OPT_MAX * OPT_MAX];
		double v[OPT_MAX];
		double gain = 0.0;
		double longest = 0.0;

		for (int i = 0; i < nfree; i++)
		{
			for (int j = 0; j < nfree; j++)
				m[nfree * i + j] = -result->hess[n * free_index[i] + free_index[j]];
			m[(nfree + 1) * i] += ridge;
			v[i] = result->grad[free_index[i]];
		}
		if (!Cholesky(nfree, m))
			continue;
		CholeskySolve(nfree, m, v);
		for (int i = 0; i < nfree; i++)
		{
			gain += 0.5 * v[i] * result->grad[free_index[i]];
			longest = fmax(longest, fabs(v[i]));
		}
		for (int i = 0; i < nfree; i++)
			step[free_index[i]] = longest > LONGEST_STEP ? v[i] * LONGEST_STEP / longest : v[i];
		return ridge == 0.0 ? gain : INFINITY;
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
NewtonStep(const OptProblem *problem, OptResult *result, double *step, double *decrement)
{
	int n = problem->n;
	bool held[OPT_MAX] = {false};
	bool crossing;
	bool pulled = false;
	double reach = 1.0;

	for (int i = 0; i < n; i++)
		held[i] = result->at_bound[i] = LeavesBounds(problem, result, i, result->grad[i]);
	do
	{
		*decrement = SolveStep(problem, result, held, step);
		crossing = false;
		for (int i = 0; i < n; i++)
		{
			if (!held[i] && LeavesBounds(problem, result, i, step[i]))
				held[i] = crossing = pulled = true;
		}
	} while (crossing);
	if (pulled)
		*decrement = INFINITY;

	for (int i = 0; i < n; i++)
	{
		double bound = step[i] > 0.0 ? problem->upper[i] : problem->lower[i];

		if (step[i] != 0.0)
			reach = fmin(reach, (bound - result->p[i]) / step[i]);
	}
	for (int i = 0; i < n; i++)
		step[i] *= reach;
}

/*
 * Newton's method within bounds, with halving of steps that do not climb. Without
 * analytic second derivatives a Hessian is used as long as it serves: convergence is then linear,
 * but each step costs one evaluation and not 2n + 1; the last word is always with a fresh one.
 */
void
OptPolish(const OptProblem *problem, int max_steps, OptResult *result)
{
	int n = problem->n;
	bool stop = false;
	bool fresh = problem->has_hessian;
	double before = INFINITY;

	result->status = OPT_STOPPED;
	result->value = Evaluate(problem, result, result->p, result->grad, result->hess, &stop);
	if (stop)
		return;
	for (int iteration = 0; iteration < max_steps; iteration++)
	{
		double step[OPT_MAX], p[OPT_MAX] = {0}, grad[OPT_MAX], hess[OPT_MAX * OPT_MAX];
		double value = -INFINITY;
		double noise = 1e-13 * fabs(result->value);
		double factor = 1.0;

		if (!problem->has_hessian && !result->has_hess)
		{
			if (!DifferenceHessian(problem, result))
				return;
			fresh = true;
		}
		NewtonStep(problem, result, step, &result->decrement);
		if (result->decrement <= DECREMENT_GOAL || (!fresh && !(result->decrement < 0.1 * before)))
		{
			if (fresh)
			{
				result->has_hess = true;
				result->status = OPT_CONVERGED;
				return;
			}
			before = INFINITY;
			result->has_hess = false;
			continue;
		}
		before = result->decrement;
		result->iterations++;

		for (int halving = 0; halving < 40; halving++)
		{
			double promise = 0.0;

			for (int i = 0; i < n; i++)
			{
				p[i] = fmin(problem->upper[i],
							fmax(problem->lower[i], result->p[i] + factor * step[i]));
				promise += result->grad[i] * (p[i] - result->p[i]);
			}
			value = Evaluate(problem, result, p, grad, hess, &stop);
			if (stop)
				return;
			if (isfinite(value) && value >= result->value + 1e-4 * promise - noise)
				break;
			value = -INFINITY;
			factor *= 0.5;
			if (promise <= noise)
				break; /* shorter steps drown in rounding */
		}
		if (!isfinite(value))
		{
			/* no step climbs: with an old Hessian make a new one, else give up */
			if (!fresh)
			{
				before = INFINITY;
				result->has_hess = false;
				continue;
			}
			if (result->decrement <= HIDDEN_DECREMENT)
			{
				result->has_hess = true;
				result->status = OPT_CONVERGED;
				return;
			}
			break;
		}
		memcpy(result->p, p, sizeof(p));
		memcpy(result->grad, grad, sizeof(grad));
		result->value = value;
		if (problem->has_hessian)
			memcpy(result->hess, hess, sizeof(hess));
		else
			fresh = false;
	}
	result->status = OPT_LIMIT;
}

void
OptSearch(const OptProblem *problem, const double *start, const double (*shifts)[OPT_MAX], int n,
		  OptResult *result)
{
	OptResult best = {.status = OPT_LIMIT, .value = -INFINITY};
	OptResult attempt = {.iterations = 0, .evaluations = 0};

	for (int s = 0; s < n; s++)
	{
		for (int i = 0; i < problem->n; i++)
			attempt.p[i] = start[i] + shifts[s][i];
		OptClimb(problem, OPT_CLIMB_EVALUATIONS, &attempt);
		if (attempt.status != OPT_STOPPED)
			OptPolish(problem, OPT_POLISH_STEPS, &attempt);
		if (attempt.status == OPT_STOPPED)
		{
			best = attempt;
			break;
		}
		if (attempt.value > best.value + 1e-9 ||
			(attempt.status == OPT_CONVERGED && best.status != OPT_CONVERGED &&
			 attempt.value > best.value - 1e-9))
			best = attempt;
	}
	best.iterations = attempt.iterations;
	best.evaluations = attempt.evaluations;
	*result = best;
}

OptVerdict
OptJudge(const OptProblem *problem, const OptResult *result, double *covariance, bool *open)
{
	int n = problem->n;
	bool any = false;
	bool known = false;

	for (int i = 0; i < n; i++)
	{
		open[i] = result->status != OPT_STOPPED && result->at_bound[i];
		any |= open[i];
	}
	if (!any && result->status != OPT_STOPPED && result->has_hess)
		known = OptCovariance(n, result->hess, covariance);
	for (int i = 0; i < n; i++)
	{
		/* flat in some direction: no parameter can be told from the others */
		if (known)
			open[i] = covariance[(n + 1) * i] > OPEN_LOG_ERROR * OPEN_LOG_ERROR;
		else if (!any && result->status == OPT_CONVERGED)
			open[i] = true;
	}
	for (int i = 0; i < n; i++)
		any |= open[i];
	if (known && !any && result->status == OPT_CONVERGED)
		return OPT_FOUND;
	for (int i = 0; i < n * n; i++)
		covariance[i] = NAN;
	if (result->status == OPT_STOPPED)
		return OPT_INTERRUPTED;
	return any ? OPT_OPEN : OPT_LOST;
}
