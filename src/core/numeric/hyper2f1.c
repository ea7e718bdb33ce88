/*
 * hyper2f1.c: the race between death and the next order
 */
#include <math.h>

#include "core/numeric/hyper2f1.h"
#include "core/numeric/quadrature.h"

/* Terms of the series before quadrature is the better way: some 1.5 microseconds */
#define SERIES_TERMS 400

/* Width, in log(1 + k v), of the panels of the quadrature near the places where it bends */
#define PANEL 3.0
#define MAX_PANELS 200
#define FAR 100.0 /* where 1 + k v is k v to the last digit, whatever k may be */

/*
 * Sum of the series of 2F1(1, b; d; z), 0 <= z < 1, whose terms are all positive; 0 when it has
 * not converged after SERIES_TERMS.
 */
static double
RaceSeries(double b, double d, double z)
{
	double term = 1.0;
	double sum = 1.0;
	double tail = 1.0 - z;

	for (int k = 0; k < SERIES_TERMS; k++)
	{
		term *= z * ((b + k) / (d + k));
		sum += term;
		/* b < d here, so what remains is less than term z / (1 - z) */
		if (term < 1e-17 * sum * tail || term == 0.0)
			return sum;
	}
	return 0.0;
}

/*
 * H by quadrature: s times the integral of (1 + rho v)^-c (1 + v)^-(s + 1) over v > 0, rho = e^l,
 * with moments of A = log(1 + rho v), B = log(1 + v) and q = rho v / (1 + rho v).
 *
 * The variable is log(1 + k v): the integrand is then analytic in a strip of width pi, bends
 * where k v passes 1, k and k / rho, and falls as an exponential after that. So panels of a fixed
 * width up to there, and of doubling width after.
 */
static void
RaceQuadrature(double c, double s, double l, int parts, double *out)
{
	double rho = exp(l);
	double k = c * rho + s + 2.0 * fmax(1.0, rho);
	double log_k = log(k);
	double last_bend = log_k - fmin(l, 0.0) + PANEL;
	double previous = 0.0;
	double m0 = 0, ma = 0, mb = 0, mq = 0;
	double maa = 0, mab = 0, mbb = 0, maq = 0, mbq = 0, mqq = 0;
	double left = 0.0;
	double width = PANEL;

	for (int panel = 0; panel < MAX_PANELS; panel++)
	{
		double before = m0;

		for (int i = 0; i < 2 * GAUSS_HALF; i++)
		{
			int g = i >> 1;
			double x = left + 0.5 * width * (1.0 + (i & 1 ? GaussNode[g] : -GaussNode[g]));
			double v = x < FAR ? expm1(x) / k : INFINITY;
			double a = x < FAR ? log1p(rho * v) : x + l - log_k;
			double b = x < FAR ? log1p(v) : x - log_k;
			double f = width * GaussWeight[g] * exp(x - c * a - (s + 1.0) * b);

			m0 += f;
			if (parts > RACE_VALUE)
			{
				double q = 1.0 / (1.0 + 1.0 / (rho * v));

				ma += f * a;
				mb += f * b;
				mq += f * q;
				if (parts > RACE_GRADIENT)
				{
					maa += f * a * a;
					mab += f * a * b;
					mbb += f * b * b;
					maq += f * a * q;
					mbq += f * b * q;
					mqq += f * q * q;
				}
			}
		}
		/*
		 * The logarithm of the integrand is concave: each panel falls short of the one before by at
		 * least the same factor, and what remains by more than a geometric series.
		 */
		before = m0 - before;
		if (before * before < 1e-16 * m0 * (previous - before))
			break;
		previous = before;
		left += width;
		if (left >= last_bend)
			width *= 2.0;
	}

	out[RACE_LOG] = log(0.5 * m0 * s / k);
	if (parts > RACE_VALUE)
	{
		ma /= m0;
		mb /= m0;
		mq /= m0;
		out[RACE_C] = -ma;
		out[RACE_S] = 1.0 / s - mb;
		out[RACE_L] = -c * mq;
		if (parts > RACE_GRADIENT)
		{
			double vqq = mqq / m0 - mq * mq;
			double vaq = maq / m0 - ma * mq;

			out[RACE_CC] = maa / m0 - ma * ma;
			out[RACE_CS] = mab / m0 - ma * mb;
			out[RACE_SS] = mbb / m0 - mb * mb - 1.0 / (s * s);
			out[RACE_CL] = c * vaq - mq;
			out[RACE_SL] = c * (mbq / m0 - mb * mq);
			out[RACE_LL] = c * c * vqq - c * (mq - mqq / m0);
		}
	}
}

double
RaceLog(double c, double s, double l)
{
	double d = c + s + 1.0;
	double sum;
	double result;

	/* both series have positive terms on their side of b = a */
	if (l <= 0.0)
		sum = RaceSeries(c, d, -expm1(l));
	else
		sum = RaceSeries(s + 1.0, d, -expm1(-l));
	if (sum > 0.0)
		return log(s / (c + s) * sum) - fmax(l, 0.0);
	RaceQuadrature(c, s, l, RACE_VALUE, &result);
	return result;
}

void
RaceDerivatives(double c, double s, double l, int parts, double *out)
{
	if (parts == RACE_VALUE)
		*out = RaceLog(c, s, l);
	else
		RaceQuadrature(c, s, l, parts, out);
}

/*
 * The coefficients fall as (p + sqrt(1 + p^2))^-n, p the width of the strip of analyticity in
 * units of half the interval.
 */
int
RaceTableNodes(double lo, double hi)
{
	double p = 2.7 / (0.5 * (hi - lo) + 1e-9);

	return 3 + (int) fmin(1e6, 31.0 / asinh(p));
}

/* Chebyshev interpolation at the zeros of T_n (Press et al., Numerical Recipes, 5.8) */
void
RaceTableBuild(RaceTable *table, double c, double s, double lo, double hi, int parts)
{
	int n = RaceTableNodes(lo, hi);
	double value[RACE_MAX_NODES][RACE_PARTS];
	double cosine[4 * RACE_MAX_NODES];

	if (n > RACE_MAX_NODES)
		n = RACE_MAX_NODES;
	table->middle = 0.5 * (lo + hi);
	table->half = fmax(0.5 * (hi - lo), 1e-9);
	table->parts = parts;
	table->nodes = n;
	for (int i = 0; i < 4 * n; i++)
		cosine[i] = cos(M_PI * i / (2.0 * n));
	for (int j = 0; j < n; j++)
		RaceDerivatives(c, s, table->middle + table->half * cosine[2 * j + 1], parts, value[j]);
	for (int k = 0; k < n; k++)
	{
		double *coefficient = table->coefficients[k];

		for (int p = 0; p < parts; p++)
			coefficient[p] = 0.0;
		for (int j = 0; j < n; j++)
		{
			double weight = (k == 0 ? 1.0 : 2.0) / n * cosine[k * (2 * j + 1) % (4 * n)];

			for (int p = 0; p < parts; p++)
				coefficient[p] += weight * value[j][p];
		}
	}
}

/*
 * Clenshaw's recurrence for several series at once; `parts` is a constant wherever this is inlined.
 * A lookup in every row of a fit: the unrolled loops stay in registers, which doubles the speed.
 */
static inline __attribute__((always_inline)) void
Clenshaw(const RaceTable *table, double x, const int parts, double *out)
{
	double b1[RACE_PARTS] = {0};
	double b2[RACE_PARTS] = {0};
	double twice = 2.0 * x;

	for (int k = table->nodes - 1; k > 0; k--)
	{
		const double *coefficient = table->coefficients[k];

#pragma GCC unroll 10
		for (int p = 0; p < parts; p++)
		{
			double b = twice * b1[p] + (coefficient[p] - b2[p]);

			b2[p] = b1[p];
			b1[p] = b;
		}
	}
#pragma GCC unroll 10
	for (int p = 0; p < parts; p++)
		out[p] = x * b1[p] + (table->coefficients[0][p] - b2[p]);
}

void
RaceTableLookup(const RaceTable *table, double l, double *out)
{
	double x = (l - table->middle) / table->half;

	if (table->parts == RACE_VALUE)
		Clenshaw(table, x, RACE_VALUE, out);
	else if (table->parts == RACE_GRADIENT)
		Clenshaw(table, x, RACE_GRADIENT, out);
	else
		Clenshaw(table, x, RACE_HESSIAN, out);
}
