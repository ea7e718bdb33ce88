/*
 * profile.c: how far from the maximum a likelihood allows to go
 *
 * Venzon & Moolgavkar (1988), "A method for computing profile-likelihood-based confidence
 * intervals", Applied Statistics 37, is the idea; here for a few points from which the interval of
 * any figure is made, instead of the interval of each parameter.
 */
#include <math.h>
#include <string.h>

#include "core/base/check.h"
#include "core/numeric/optimise.h"
#include "core/numeric/special.h"

/* Half the 95 % point of chi-squared with one degree of freedom: so much lower than the top */
#define DROP 1.9207294103470318

/* A step is long enough when the drop is within this of what it should be */
#define DROP_TOLERANCE 0.05
#define MOST_PROBES 40

/* Newton steps of what follows a step */
#define FOLLOW_STEPS 8

/*
 * Where a step moves a parameter by more than this (in logarithms: by half of it), the ridge of the
 * likelihood has bent away from the axis, and the step follows it
 */
#define STRAIGHT 0.4

/* A ridge is followed so far, in units of parameters; beyond it nothing changes any more */
#define FARTHEST 30.0

#define MOST OPT_PROFILE_PARAMETERS

/* Where the search has ended */
typedef struct Summit
{
	int n;
	double p[MOST];
	double hess[MOST * MOST];
	bool at_bound[MOST];
	double lower[MOST];
	double upper[MOST];
} Summit;

/* Eigenvalues and vectors (columns) of a symmetric matrix, by Jacobi's rotations (1846) */
static void
Eigen(int n, double *a, double *vectors)
{
	for (int i = 0; i < n * n; i++)
		vectors[i] = i % (n + 1) == 0;
	for (int sweep = 0; sweep < 60; sweep++)
	{
		double off = 0.0;

		for (int p = 0; p < n; p++)
			for (int q = p + 1; q < n; q++)
			{
				double apq = a[n * p + q];
				double theta, t, c, s;

				off = fmax(off, fabs(apq) / sqrt(fabs(a[(n + 1) * p] * a[(n + 1) * q]) + 1e-300));
				if (apq == 0.0)
					continue;
				theta = (a[(n + 1) * q] - a[(n + 1) * p]) / (2.0 * apq);
				t = (theta < 0.0 ? -1.0 : 1.0) / (fabs(theta) + hypot(theta, 1.0));
				c = 1.0 / sqrt(t * t + 1.0);
				s = t * c;
				for (int k = 0; k < n; k++)
				{
					double akp = a[n * k + p], akq = a[n * k + q];

					a[n * k + p] = c * akp - s * akq;
					a[n * k + q] = s * akp + c * akq;
				}
				for (int k = 0; k < n; k++)
				{
					double apk = a[n * p + k], aqk = a[n * q + k];

					a[n * p + k] = c * apk - s * aqk;
					a[n * q + k] = s * apk + c * aqk;
				}
				for (int k = 0; k < n; k++)
				{
					double vkp = vectors[n * k + p], vkq = vectors[n * k + q];

					vectors[n * k + p] = c * vkp - s * vkq;
					vectors[n * k + q] = s * vkp + c * vkq;
				}
			}
		if (off < 1e-15)
			return;
	}
}

static void
Restore(Optimiser *opt, const Summit *summit)
{
	size_t size = (size_t) summit->n * sizeof(double);

	memcpy(opt->lower, summit->lower, size);
	memcpy(opt->upper, summit->upper, size);
	memcpy(opt->result.top.p, summit->p, size);
}

/* How much lower than the base is the value at a step along a direction? NaN when stopped. */
static double
DropAt(Optimiser *opt, const Summit *summit, const double *direction, double step, double base)
{
	double p[MOST];
	double value;
	bool stop = false;

	for (int i = 0; i < summit->n; i++)
		p[i] = fmin(summit->upper[i], fmax(summit->lower[i], summit->p[i] + step * direction[i]));
	opt->evaluations++;
	value = opt->function(opt->arg, p, NULL, NULL, &stop);
	if (stop)
		return NAN;
	return isfinite(value) ? base - value : INFINITY;
}

/* A function on a plane across a direction: what lies off it is punished */
typedef struct Plane
{
	const Summit *summit;
	const double *direction;
	OptFunction function;
	void *arg;
	double step;
	double weight;
} Plane;

static double
OffPlane(const Plane *plane, const double *p)
{
	double off = -plane->step;

	for (int i = 0; i < plane->summit->n; i++)
		off += plane->direction[i] * (p[i] - plane->summit->p[i]);
	return off;
}

static double
PlaneFunction(void *arg, const double *p, double *grad, double *hess, bool *stop)
{
	const Plane *plane = arg;
	int n = plane->summit->n;
	double value = plane->function(plane->arg, p, grad, hess, stop);
	double off = OffPlane(plane, p);

	for (int i = 0; i < n; i++)
	{
		if (grad)
			grad[i] -= plane->weight * off * plane->direction[i];
		for (int j = 0; hess && j < n; j++)
			hess[n * i + j] -= plane->weight * plane->direction[i] * plane->direction[j];
	}
	return value - 0.5 * plane->weight * off * off;
}

/* How much lower is the highest value of a plane, from where the search stands? */
static double
DropOnPlane(Optimiser *opt, const Summit *summit, const double *direction, double step, double base)
{
	Plane plane = {summit, direction, opt->function, opt->arg, step, 0.0};
	double move = -OffPlane(&plane, opt->result.top.p);
	double drop, off;

	for (int i = 0; i < summit->n; i++)
	{
		double *p = &opt->result.top.p[i];

		plane.weight = fmax(plane.weight, fabs(summit->hess[(summit->n + 1) * i]));
		*p = fmin(summit->upper[i], fmax(summit->lower[i], *p + move * direction[i]));
	}
	plane.weight = 1e4 * (1.0 + plane.weight);
	opt->function = PlaneFunction;
	opt->arg = &plane;
	OptPolish(opt, FOLLOW_STEPS);
	opt->function = plane.function;
	opt->arg = plane.arg;
	if (opt->result.status == OPT_STOPPED)
		return NAN;
	off = OffPlane(&plane, opt->result.top.p);
	drop = base - (opt->result.top.value + 0.5 * plane.weight * off * off);
	/* no point within the bounds lies on the plane */
	return isfinite(drop) && fabs(off) < 0.01 * (1.0 + step) ? drop : INFINITY;
}

/* The same where one parameter is held so far from its bound and the others follow it */
static double
DropOf(Optimiser *opt, const Summit *summit, int held, double step, double base)
{
	double p = summit->at_bound[held] &&
					   summit->p[held] > 0.5 * (summit->lower[held] + summit->upper[held])
				   ? summit->p[held] - step
				   : summit->p[held] + step;

	opt->lower[held] = opt->upper[held] = opt->result.top.p[held] = p;
	OptPolish(opt, FOLLOW_STEPS);
	if (opt->result.status == OPT_STOPPED)
		return NAN;
	return isfinite(opt->result.top.value) ? base - opt->result.top.value : INFINITY;
}

/*
 * The step at which the value has dropped as far as it may, at most `longest`; from a first guess.
 * Held is the parameter to lead away from its bound; without one it is a walk in the direction, or
 * along the ridge. Negative when stopped.
 */
#define WALK (-1)
#define RIDGE (-2)
static double
FindStep(Optimiser *opt, const Summit *summit, int held, const double *direction, double guess,
		 double longest, double base)
{
	double low = 0.0, high = longest, drop_low = 0.0, drop_high = INFINITY;
	double step = fmin(guess, longest);

	if (!(longest > 0.0))
		return 0.0;
	for (int probe = 0; probe < MOST_PROBES; probe++)
	{
		double drop = held >= 0       ? DropOf(opt, summit, held, step, base)
					  : held == RIDGE ? DropOnPlane(opt, summit, direction, step, base)
									  : DropAt(opt, summit, direction, step, base);

		if (isnan(drop))
			return -1.0;
		if (fabs(drop - DROP) < DROP_TOLERANCE || (drop < DROP && step >= longest))
			return step;
		if (drop < DROP)
		{
			low = step;
			drop_low = drop;
		}
		else
		{
			high = step;
			drop_high = drop;
		}
		if (drop_high == INFINITY && high == longest)
			step = fmin(2.0 * step, longest);
		else if (high - low < 1e-3 * high)
			return low;
		else
		{
			/* as if the drop grew with the square of the step */
			double share = isfinite(drop_high) && drop_high < 100.0
							   ? sqrt((DROP - fmax(drop_low, 0.0)) /
									  fmax(drop_high - fmax(drop_low, 0.0), 1e-300))
							   : 0.5;

			step = low + fmin(0.9, fmax(0.1, share)) * (high - low);
		}
	}
	return low;
}

/* How far a direction leads within the bounds */
static double
Longest(const Summit *summit, const double *direction)
{
	double longest = INFINITY;

	for (int i = 0; i < summit->n; i++)
	{
		double bound = direction[i] > 0.0 ? summit->upper[i] : summit->lower[i];

		if (direction[i] != 0.0)
			longest = fmin(longest, fmax(0.0, (bound - summit->p[i]) / direction[i]));
	}
	return longest;
}

bool
OptProfile(Optimiser *opt, OptFunction function, void *arg, double quadratic, double *points)
{
	Summit summit = {.n = opt->n};
	double top[MOST], matrix[MOST * MOST], vectors[MOST * MOST], direction[MOST];
	int free[MOST];
	size_t n = (size_t) opt->n;
	int nfree = 0, pairs = 0;
	double base;
	bool stop = false;

	CRM_ASSERT(opt->n <= MOST);
	memcpy(top, opt->result.top.p, n * sizeof(double));
	memcpy(summit.p, top, n * sizeof(double));
	memcpy(summit.hess, opt->result.top.hess, n * n * sizeof(double));
	memcpy(summit.at_bound, opt->result.at_bound, n * sizeof(bool));
	memcpy(summit.lower, opt->lower, n * sizeof(double));
	memcpy(summit.upper, opt->upper, n * sizeof(double));
	for (int i = 0; i < opt->n; i++)
		if (!summit.at_bound[i])
			free[nfree++] = i;
	for (int i = 0; i < nfree; i++)
		for (int j = 0; j < nfree; j++)
			matrix[nfree * i + j] = -summit.hess[n * (size_t) free[i] + (size_t) free[j]];
	Eigen(nfree, matrix, vectors);

	opt->function = function;
	opt->arg = arg;
	opt->evaluations++;
	if (quadratic > 0.0)
	{
		/* a sample has another top: what counts is the way from there */
		OptPolish(opt, FOLLOW_STEPS);
		if (opt->result.status == OPT_STOPPED)
			return false;
		memcpy(summit.p, opt->result.top.p, n * sizeof(double));
	}
	base = function(arg, summit.p, NULL, NULL, &stop);
	if (stop)
		return false;

	for (size_t i = 0; i < 2 * n; i++)
		memcpy(points + n * i, summit.p, n * sizeof(double));

	/* the axes of what is inside: both ways */
	for (int axis = 0; axis < nfree; axis++, pairs++)
	{
		double curve = matrix[(nfree + 1) * axis];
		double guess = curve > 0.0 ? fmin(NORMAL_95 / sqrt(curve), 20.0) : 20.0;
		double reach = 0.0;

		for (int i = 0; i < nfree; i++)
			reach = fmax(reach, guess * fabs(vectors[nfree * i + axis]));
		for (int side = 0; side < 2; side++)
		{
			double *point = points + n * (size_t) (2 * pairs + side);
			double step, longest;

			memset(direction, 0, sizeof(direction));
			for (int i = 0; i < nfree; i++)
				direction[free[i]] = (side ? 1.0 : -1.0) * vectors[nfree * i + axis];
			longest = Longest(&summit, direction);
			if (reach < quadratic)
				step = fmin(guess, longest);
			else if (reach < STRAIGHT)
				step = FindStep(opt, &summit, WALK, direction, guess, longest, base);
			else
			{
				Restore(opt, &summit);
				step = FindStep(opt, &summit, RIDGE, direction, guess, FARTHEST, base);
				if (step < 0.0 || isnan(DropOnPlane(opt, &summit, direction, step, base)))
					return false;
				memcpy(point, opt->result.top.p, n * sizeof(double));
				continue;
			}
			if (step < 0.0)
				return false;
			for (int i = 0; i < opt->n; i++)
				point[i] =
					fmin(summit.upper[i], fmax(summit.lower[i], summit.p[i] + step * direction[i]));
		}
	}

	/* what is on a bound: inwards, the others following */
	for (int i = 0; i < opt->n; i++)
	{
		double *point = points + n * (size_t) (2 * pairs);
		double start[MOST];
		double step;

		if (!summit.at_bound[i])
			continue;
		pairs++;
		Restore(opt, &summit);
		base = -DropOf(opt, &summit, i, 0.0, 0.0);
		if (isnan(base))
			return false;
		memcpy(start, opt->result.top.p, n * sizeof(double));
		step = FindStep(opt, &summit, i, NULL, 1.0, summit.upper[i] - summit.lower[i], base);
		if (step < 0.0 || isnan(DropOf(opt, &summit, i, step, base)))
			return false;
		for (int j = 0; j < opt->n; j++)
			point[j] = fmin(summit.upper[j],
							fmax(summit.lower[j], summit.p[j] + opt->result.top.p[j] - start[j]));
	}
	Restore(opt, &summit);
	for (size_t i = 0; i < 2 * n * n; i++)
	{
		size_t j = i % n;

		points[i] = fmin(summit.upper[j], fmax(summit.lower[j], points[i] + top[j] - summit.p[j]));
	}
	memcpy(opt->result.top.p, top, n * sizeof(double));
	return true;
}
