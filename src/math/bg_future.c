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

#include "bg_future.h"
#include "special.h"

/* Series in z are used up to here: beyond, they are slow and the integral over p is not */
#define SERIES_Z 0.96
#define SERIES_TERMS 1200

/* A result is taken from a series only when the parts are not larger than this times the sum */
#define SERIES_CANCELLATION 3e4

/* Nodes > 0 and weights of the 16-point Gauss-Legendre rule on [-1, 1] */
#define GAUSS 8
static const double gauss_node[GAUSS] = {
	0.09501250983763744019, 0.2816035507792589132, 0.4580167776572273863, 0.6178762444026437484,
	0.7554044083550030339,  0.8656312023878317439, 0.9445750230732325761, 0.9894009349916499326};
static const double gauss_weight[GAUSS] = {
	0.1894506104550684963, 0.1826034150449235889,  0.1691565193950025382,  0.1495959888165767321,
	0.1246289712555338721, 0.09515851168249278481, 0.06225352393864789286, 0.02715245941175409485};

typedef enum Kernel
{
	KERNEL_COUNT, /* (1 - (1 + p u)^-r) / p: purchases up to u, given p */
	KERNEL_RATE   /* (1 + p u)^-(r + 1): their rate at u over r/alpha, given p */
} Kernel;

static double
KernelValue(Kernel kernel, double p, double r, double u)
{
	double pu = p * u;

	if (kernel == KERNEL_RATE)
		return exp(-(r + 1.0) * log1p(pu));
	if ((r + 1.0) * pu < 1e-17)
		return r * u;
	return -expm1(-r * log1p(pu)) / p;
}

/*
 * E[kernel(p)], p ~ Beta(a, b), by the trapezoidal rule in y = logit p, where the density falls off
 * exponentially to both sides and every feature is some units wide, whatever the parameters. For a
 * small the left tail is long: y = y0 + s - exp(-s) shortens it. The weights are summed by the same
 * rule, so that no beta function is needed.
 */
static double
Mixture(Kernel kernel, double a, double b, double r, double u)
{
	double peak = a * log(a / (a + b)) + b * log(b / (a + b));
	double width = sqrt(1.0 / a + 1.0 / b);
	double cut = 40.0 + log1p((r + 1.0) * u);
	bool squeeze = a < 2.0;
	double center = squeeze ? -log1p(fmax(u * fmax(r, 1.0), b)) - 3.0 : log(a / b);
	double step = fmin(0.2, 0.55 * width);
	double sum = 0.0;
	double total = 0.0;

	for (int side = 0; side < 2; side++)
	{
		/* to the right with 0, to the left without it */
		for (int i = side; i < 100000; i++)
		{
			double s = side == 0 ? i * step : -i * step;
			double tail = squeeze ? exp(-s) : 0.0;
			double y = center + s - tail;
			double log_odds = y > 0 ? y + log1p(exp(-y)) : log1p(exp(y)); /* -log(1 - p) */
			double w = a * (y - log_odds) - b * log_odds - peak + log1p(tail);
			double weight = exp(w);
			double p = exp(y - log_odds);

			if (weight > 0.0)
			{
				total += weight;
				sum += weight * KernelValue(kernel, p, r, u);
			}

			/* past the peak of the density, which is at p = a/(a + b), and negligible */
			if (w < -cut && (side == 0 ? y > log(a / b) : y < log(a / b)))
				break;
		}
	}
	return sum / total;
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

double
bg_expected(const BgFuture *f, double horizon)
{
	double u = horizon / f->alpha;
	double result;

	if (horizon == 0.0)
		return 0.0;
	if (u / (1.0 + u) <= SERIES_Z && ExpectedBySeries(f, u, &result))
		return result;
	return Mixture(KERNEL_COUNT, f->a, f->b, f->r, u);
}

/* 2F1(a, q; a + b; z) as coefficients, to be evaluated at many z up to a largest one */
typedef struct RateSeries
{
	int terms; /* 0: not usable */
	double coefficient[SERIES_TERMS];
} RateSeries;

static void
PrepareRateSeries(const BgFuture *f, double z, RateSeries *series)
{
	double c = f->a + f->b;
	double coefficient = 1.0;
	double term = 1.0;
	double sum = 1.0;
	double size = 1.0;

	series->coefficient[0] = 1.0;
	for (int n = 0; n < SERIES_TERMS - 1; n++)
	{
		double ratio = (f->a + n) * (f->q + n) / ((c + n) * (n + 1.0));

		coefficient *= ratio;
		term *= ratio * z;
		series->coefficient[n + 1] = coefficient;
		sum += term;
		size += fabs(term);
		ratio = fmax(fabs(ratio) * z, z);
		if (ratio < 1.0 && fabs(term) * ratio <= 1e-15 * (1.0 - ratio) * fabs(sum))
		{
			series->terms = sum > 0.0 && size <= SERIES_CANCELLATION * sum ? n + 2 : 0;
			return;
		}
	}
	series->terms = 0;
}

/* Values of exp(-rate s) f(s) alpha/r at n <= 2 * GAUSS times s */
static void
DiscountedRates(const BgFuture *f, const RateSeries *series, double rate, int n, const double *s,
				double *value)
{
	double z[2 * GAUSS];
	double sum[2 * GAUSS];

	for (int i = 0; i < n; i++)
	{
		z[i] = s[i] / (f->alpha + s[i]);
		sum[i] = 0.0;
	}
	for (int k = series->terms - 1; k >= 0; k--)
		for (int i = 0; i < n; i++)
			sum[i] = sum[i] * z[i] + series->coefficient[k];
	for (int i = 0; i < n; i++)
	{
		double u = s[i] / f->alpha;

		if (series->terms > 0 && z[i] <= SERIES_Z)
			value[i] = exp(-rate * s[i] - f->a * log1p(u)) * sum[i];
		else
			value[i] = exp(-rate * s[i]) * Mixture(KERNEL_RATE, f->a, f->b, f->r, u);
	}
}

/*
 * Integral of exp(-rate s) f(s) over [0, horizon], in panels of 16 Gauss-Legendre points.
 *
 * f is completely monotone, so in the complex plane |f(s)| <= f(Re s), and its only singularity is
 * at s <= -alpha. A panel no wider than 1.5 times the distance of its left end from there, over
 * which the integrand falls no more than e^8, is integrated to about 1e-13.
 */
BtydStatus
bg_discounted(const BgFuture *f, double horizon, double rate, double *result)
{
	RateSeries series;
	double s = 0.0;
	double sum = 0.0;
	double fall = (f->r + 1.0) * f->a / ((f->a + f->b) * f->alpha) + rate;
	double last = isinf(horizon) ? 40.0 / rate : fmin(horizon, 40.0 / rate);

	if (rate == 0.0)
	{
		if (isfinite(horizon))
			*result = bg_expected(f, horizon);
		else if (f->a <= 1.0)
			return BTYD_INFINITE;
		else
			*result = (f->a + f->b - 1.0) / (f->a - 1.0); /* E[1/p], p ~ Beta(a, b) */
		return BTYD_OK;
	}

	PrepareRateSeries(f, fmin(SERIES_Z, last / (f->alpha + last)), &series);
	while (s < horizon)
	{
		double width = fmin(1.5 * (f->alpha + s), 8.0 / fall);
		double nodes[2 * GAUSS];
		double values[2 * GAUSS];
		double panel = 0.0;

		if (s + width >= horizon * (1.0 - 1e-15))
			width = horizon - s;
		for (int i = 0; i < GAUSS; i++)
		{
			nodes[GAUSS - 1 - i] = s + 0.5 * width * (1.0 - gauss_node[i]);
			nodes[GAUSS + i] = s + 0.5 * width * (1.0 + gauss_node[i]);
		}
		DiscountedRates(f, &series, rate, 2 * GAUSS, nodes, values);
		for (int i = 0; i < GAUSS; i++)
			panel += gauss_weight[i] * (values[GAUSS - 1 - i] + values[GAUSS + i]);
		sum += 0.5 * width * panel;
		if (s + width >= horizon)
			break;
		s += width;

		/* f falls ever slower: what it did over this panel bounds the next, and the whole rest */
		if (values[2 * GAUSS - 1] < 1e-15 * rate * sum)
			break;
		fall =
			fmin(fall, log(values[0] / values[2 * GAUSS - 1]) / (nodes[2 * GAUSS - 1] - nodes[0]));
	}
	*result = f->r / f->alpha * sum;
	return BTYD_OK;
}

/*
 * P(exactly n purchases within the horizon), FHL eq. 8 for this customer: all n survived, or the
 * n-th came in time and was the last.
 */
double
bg_pmf(const BgFuture *f, double horizon, double n)
{
	double pmf, tail, survive;

	negative_binomial(f->r, horizon / f->alpha, n, &pmf, &tail);
	if (n == 0.0)
		return pmf;
	survive = exp(log_rising(f->b, n) - log_rising(f->a + f->b, n)); /* E[(1 - p)^n] */
	return survive * (pmf + f->a / (f->b + n - 1.0) * tail);
}
