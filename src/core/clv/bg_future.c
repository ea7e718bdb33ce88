/*
 * bg_future.c: what a live BG/NBD or MBG/NBD customer will do
 *
 * FHL: Fader, Hardie & Lee (2005), "Counting your customers the easy way: an alternative to the
 * Pareto/NBD model", Marketing Science 24. DLMF: NIST Digital Library of Mathematical Functions.
 *
 * A customer with known lambda and p is alive after a time s with probability exp(-lambda p s)
 * (FHL, section 3), so the rate of purchases at s is
 *
 *   f(s) = E[lambda exp(-lambda p s)] = (r/alpha) E_p[(1 + p u)^-(r+1)],          u = s/alpha
 *        = (r/alpha) (1 - z)^a 2F1(a, q; a + b; z),      q = a + b - r - 1,  z = s/(alpha + s)
 *
 * the second line by DLMF 15.6.1 and 15.8.1. Expected purchases are the integral of f (FHL eq. 9),
 * discounted ones the integral of exp(-rate s) f(s). Where a series loses digits or is slow, the
 * expectation over p is integrated instead: all of it is positive, so nothing can cancel.
 */
#include <float.h>
#include <math.h>

#include "core/clv/bg_future.h"
#include "core/clv/mixture.h"
#include "core/numeric/quadrature.h"
#include "core/numeric/special.h"

/* Series in z are used up to here: beyond, they are slow and the integral over p is not */
#define SERIES_Z 0.96
#define SERIES_TERMS 1200

/* A result is taken from a series only when the parts are not larger than this times the sum */
#define SERIES_CANCELLATION 3e4

/* Panels of an integral over time; they grow, so that customers need a few dozen */
#define MOST_PANELS 200

/* Points of an integral over a panel */
#define POINTS (2 * GAUSS_HALF)

/* E[(1 - (1 + p u)^-r) / p]: purchases up to u */
static double
MixtureCount(const Mixture *mixture, double r, double u)
{
	double sum = 0.0;

	for (int i = 0; i < mixture->n; i++)
	{
		double p = mixture->p[i];
		double pu = p * u;

		if ((r + 1.0) * pu < 1e-17)
			sum += mixture->weight[i] * r * u;
		else
			sum += mixture->weight[i] * -expm1(-r * log1p(pu)) / p;
	}
	return sum;
}

/* E[(1 + p u)^-(r + 1)]: their rate at u, over r/alpha */
static double
MixtureRate(const Mixture *mixture, double r, double u)
{
	double sum = 0.0;

	for (int i = 0; i < mixture->n; i++)
		sum += mixture->weight[i] * exp(-(r + 1.0) * log1p(mixture->p[i] * u));
	return sum;
}

/*
 * Expected purchases within the horizon, FHL eq. 9 without its difference: with c = a + b - 1,
 * L = log(1 - z) and the Euler transformation, DLMF 15.8.1, of its hypergeometric function,
 *
 *   E = c/(a-1) [1 - (1-z)^(a-1) 2F1(q, a-1; c; z)]
 *     = c (1 - e^((a-1)L))/(a-1) - e^((a-1)L) [q z + q (q+1) a/((c+1) 2!) z^2 + ...]
 *
 * where the pole at a = 1 has gone, and that at c = 0. False when digits would be lost.
 */
static bool
ExpectedBySeries(const BgFuture *f, double u, double *result)
{
	double z = u / (1.0 + u);
	double c = f->a + f->b - 1.0;
	double log_stay = -log1p(u);
	double power = (f->a - 1.0) * log_stay;
	double first = f->a == 1.0 ? -log_stay : -expm1(power) / (f->a - 1.0);
	double factor = exp(power);
	double term = f->q * z;
	double sum = term;
	double size = fabs(term);
	double value;
	int n;

	for (n = 1; n < SERIES_TERMS; n++)
	{
		double ratio = (f->a + n - 1.0) * (f->q + n) * z / ((c + n) * (n + 1.0));

		term *= ratio;
		sum += term;
		size += fabs(term);

		/* the rest is at most geometric with the larger of this ratio and its limit z */
		if (fabs(ratio) < 1.0 &&
			fabs(term) * fmax(fabs(ratio), z) <= 1e-15 * (1.0 - fmax(fabs(ratio), z)) * fabs(sum))
			break;
		if (term == 0.0)
			break;
	}
	value = c * first - factor * sum;
	if (n == SERIES_TERMS || !(value > 0.0) ||
		fabs(c) * first + factor * size > SERIES_CANCELLATION * value)
		return false;
	*result = value;
	return true;
}

/* Apart, because of the size of its stack frame */
static BtydStatus
ExpectedByMixture(const BgFuture *f, double u, double *result)
{
	Mixture mixture;

	if (!MixtureMake(&mixture, f->a, f->b, f->r, u))
		return BTYD_INACCURATE;
	*result = MixtureCount(&mixture, f->r, u);
	return BTYD_OK;
}

BtydStatus
BgFutureExpected(const BgFuture *f, double horizon, double *result)
{
	double u = horizon / f->alpha;

	if (u / (1.0 + u) <= SERIES_Z && ExpectedBySeries(f, u, result))
		return BTYD_OK;
	return ExpectedByMixture(f, u, result);
}

/* 2F1(a, q; a + b; z) as coefficients of powers of z/largest, to be evaluated at many z */
typedef struct RateSeries
{
	int terms; /* 0: not usable */
	double largest;
	double coefficient[SERIES_TERMS];
} RateSeries;

static void
PrepareRateSeries(const BgFuture *f, double z, RateSeries *series)
{
	double c = f->a + f->b;
	double term = 1.0;
	double sum = 1.0;
	double size = 1.0;

	series->terms = 0;
	series->largest = z;
	series->coefficient[0] = 1.0;
	for (int n = 0; n < SERIES_TERMS - 1; n++)
	{
		double ratio = (f->a + n) * (f->q + n) * z / ((c + n) * (n + 1.0));

		term *= ratio;
		series->coefficient[n + 1] = term;
		sum += term;
		size += fabs(term);
		ratio = fmax(fabs(ratio), z);
		if (ratio < 1.0 && fabs(term) * ratio <= 1e-15 * (1.0 - ratio) * fabs(sum))
		{
			if (sum > 0.0 && size < 1e290 && size <= SERIES_CANCELLATION * sum)
				series->terms = n + 2;
			return;
		}
	}
}

/* Values of exp(-rate s) f(s) alpha/r at n <= POINTS times s, none later than last */
static BtydStatus
DiscountedRates(const BgFuture *f, const RateSeries *series, Mixture *mixture, double rate,
				double last, int n, const double *s, double *value)
{
	double power[POINTS];
	double sum[POINTS];

	for (int i = 0; i < n; i++)
	{
		power[i] = s[i] / ((f->alpha + s[i]) * series->largest);
		sum[i] = 0.0;
	}
	for (int k = series->terms - 1; k >= 0; k--)
		for (int i = 0; i < n; i++)
			sum[i] = sum[i] * power[i] + series->coefficient[k];
	for (int i = 0; i < n; i++)
	{
		double u = s[i] / f->alpha;

		if (series->terms > 0 && power[i] <= 1.0)
			value[i] = exp(-rate * s[i] - f->a * log1p(u)) * sum[i];
		else
		{
			if (mixture->n == 0 && !MixtureMake(mixture, f->a, f->b, f->r, last / f->alpha))
				return BTYD_INACCURATE;
			value[i] = exp(-rate * s[i]) * MixtureRate(mixture, f->r, u);
		}
	}
	return BTYD_OK;
}

/*
 * Integral of exp(-rate s) f(s) over [0, horizon], in panels of 20 Gauss-Legendre points.
 *
 * f is a mixture of exponentials, so in the complex plane |f(s)| <= f(Re s), and its only
 * singularity is at s <= -alpha. The first panel is short enough for the fastest exponential that
 * counts; each later one may be three times as long, for what was faster has faded by then. None is
 * wider than 2.5 times the distance of its left end from the singularity, nor than 12/rate. Against
 * panels a quarter as wide the error is below 3e-13, for parameters far out of what customers have.
 */
BtydStatus
BgFutureDiscounted(const BgFuture *f, double horizon, double rate, double *result)
{
	RateSeries series;
	Mixture mixture;
	double s = 0.0;
	double sum = 0.0;
	double largest_p = fmin(1.0, (f->a + 6.0 * sqrt(f->a) + 12.0) / (f->a + f->b));
	double longest = 8.0 * f->alpha / ((f->r + 1.0) * largest_p);
	int panels = 0;
	double last = fmin(horizon, 40.0 / rate);

	if (rate == 0.0)
		return BgFutureExpected(f, horizon, result);
	mixture.n = 0;
	PrepareRateSeries(f, fmin(SERIES_Z, last / (f->alpha + last)), &series);
	while (s < horizon)
	{
		double width = fmin(longest, fmin(2.5 * (f->alpha + s), 12.0 / rate));
		double nodes[POINTS];
		double values[POINTS];
		double panel = 0.0;

		if (++panels > MOST_PANELS)
			return BTYD_INACCURATE;
		if (s + width >= horizon * (1.0 - 1e-15))
			width = horizon - s;
		for (int i = 0; i < GAUSS_HALF; i++)
		{
			nodes[GAUSS_HALF - 1 - i] = s + 0.5 * width * (1.0 - GaussNode[i]);
			nodes[GAUSS_HALF + i] = s + 0.5 * width * (1.0 + GaussNode[i]);
		}
		if (DiscountedRates(f, &series, &mixture, rate, last, POINTS, nodes, values) != BTYD_OK)
			return BTYD_INACCURATE;
		for (int i = 0; i < GAUSS_HALF; i++)
			panel += GaussWeight[i] * (values[GAUSS_HALF - 1 - i] + values[GAUSS_HALF + i]);
		sum += 0.5 * width * panel;
		if (s + width >= horizon)
			break;
		s += width;
		longest = 3.0 * width;

		/* f never rises: what is left is at most this value over the rate */
		if (values[POINTS - 1] <= 1e-15 * rate * sum || values[POINTS - 1] < DBL_MIN)
			break;
	}
	*result = f->r / f->alpha * sum;
	return BTYD_OK;
}

/*
 * P(exactly n purchases within the horizon), FHL eq. 8 for this customer: all n survived, or the
 * n-th came in time and was the last.
 */
double
BgFuturePmf(const BgFuture *f, double horizon, double n)
{
	double pmf, tail, survive;

	NegativeBinomial(f->r, horizon / f->alpha, n, &pmf, &tail);
	if (n == 0.0)
		return pmf;
	survive = exp(LogRising(f->b, n) - LogRising(f->a + f->b, n)); /* E[(1 - p)^n] */
	return survive * (pmf + f->a / (f->b + n - 1.0) * tail);
}
