/*
 * special.c: special functions in forms that do not cancel
 *
 * Equation numbers are those of the NIST Digital Library of Mathematical Functions (DLMF).
 */
#include <float.h>
#include <math.h>

#include "core/numeric/special.h"

/* From here on the asymptotic series below give full double precision */
#define ASYMPTOTIC 16.0

/* log(1 + e^x) without overflow, and without loss where e^x is small */
double
Log1pExp(double x)
{
	if (x > 36.0)
		return x;
	return log1p(exp(x));
}

/* The part of log Gamma beyond (x - 1/2) log x - x + log(2 pi)/2: DLMF 5.11.1, x >= ASYMPTOTIC */
static double
StirlingRest(double x)
{
	double v = 1.0 / (x * x);

	return (1.0 / 12 -
			v * (1.0 / 360 -
				 v * (1.0 / 1260 - v * (1.0 / 1680 - v * (1.0 / 1188 - v * 691 / 360360))))) /
		   x;
}

/*
 * log of the rising factorial, Gamma(a + n) / Gamma(a).
 *
 * The difference of two log Gammas loses everything when a is large against n, so small arguments
 * are multiplied up to where Stirling's series holds, and that is subtracted term by term.
 */
double
LogRising(double a, double n)
{
	double product = 1.0;
	double lower = 0.0;
	double rest;

	if (n == floor(n) && n <= 24.0 && a < 1e12)
	{
		/* at most 24 factors below 1e12 + 24 stay below 1e289, and above 1e-308 for a normal a */
		for (double i = 0; i < n; i++)
			product *= a + i;
		return log(product);
	}

	/* Gamma(a + n)/Gamma(a) = [Gamma(A + n)/Gamma(A)] * prod (a + i) / (a + n + i) */
	while (a < ASYMPTOTIC)
	{
		product *= a / (a + n);
		if (product < 1e-100)
		{
			lower += log(product);
			product = 1.0;
		}
		a += 1.0;
	}
	lower += log(product);
	rest = StirlingRest(a + n) - StirlingRest(a);
	return lower + ((a - 0.5) * log1p(n / a) + (n * log(a + n) - n)) + rest;
}

/* log x - 1/(2x) - Digamma(x): DLMF 5.11.2, x >= ASYMPTOTIC */
static double
DigammaRest(double x)
{
	double v = 1.0 / (x * x);

	return v *
		   (1.0 / 12 - v * (1.0 / 120 -
							v * (1.0 / 252 - v * (1.0 / 240 - v * (1.0 / 132 - v * 691 / 32760)))));
}

/* Trigamma(x) - 1/x - 1/(2x^2): DLMF 5.15.8, x >= ASYMPTOTIC */
static double
TrigammaRest(double x)
{
	double v = 1.0 / (x * x);

	return v *
		   (1.0 / 6 -
			v * (1.0 / 30 - v * (1.0 / 42 - v * (1.0 / 30 - v * (5.0 / 66 - v * 691 / 2730))))) /
		   x;
}

/* The recurrence, DLMF 5.5.2, up to where the series holds */
double
Digamma(double x)
{
	double shift = 0.0;

	while (x < ASYMPTOTIC)
	{
		shift += 1.0 / x;
		x += 1.0;
	}
	return log(x) - 0.5 / x - shift - DigammaRest(x);
}

double
Trigamma(double x)
{
	double shift = 0.0;

	while (x < ASYMPTOTIC)
	{
		shift += 1.0 / (x * x);
		x += 1.0;
	}
	return shift + (1.0 + 0.5 / x) / x + TrigammaRest(x);
}

/*
 * The same for both ends of a difference, subtracted term by term: each term but the rest is a
 * product of positive numbers, and the rest is small. Written so that squares do not underflow for
 * tiny a.
 */
double
DigammaRise(double a, double n)
{
	double sum = 0.0;

	while (a < ASYMPTOTIC)
	{
		sum += n / (a + n) / a;
		a += 1.0;
	}
	return sum + log1p(n / a) + 0.5 * n / (a + n) / a + (DigammaRest(a) - DigammaRest(a + n));
}

double
TrigammaRise(double a, double n)
{
	double sum = 0.0;

	while (a < ASYMPTOTIC)
	{
		double share = n / (a + n);

		sum += share / a * ((1.0 + a / (a + n)) / a);
		a += 1.0;
	}
	sum += n / (a + n) / a * (1.0 + 0.5 * (2.0 * a + n) / (a + n) / a);
	return -(sum + (TrigammaRest(a) - TrigammaRest(a + n)));
}

/*
 * Continued fraction of the incomplete beta function, DLMF 8.17.22, by the modified Lentz method:
 * I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) times the value. Fast for x < (a + 1) / (a + b + 2).
 */
static double
BetaFraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1.0;
	double d = 1.0 - (a + b) * x / (a + 1.0);
	double value;

	if (fabs(d) < tiny)
		d = tiny;
	d = 1.0 / d;
	value = d;
	for (int m = 1; m < 100000; m++)
	{
		double step;
		double k = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));

		d = 1.0 + k * d;
		c = 1.0 + k / c;
		if (fabs(d) < tiny)
			d = tiny;
		if (fabs(c) < tiny)
			c = tiny;
		d = 1.0 / d;
		value *= c * d;

		k = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
		d = 1.0 + k * d;
		c = 1.0 + k / c;
		if (fabs(d) < tiny)
			d = tiny;
		if (fabs(c) < tiny)
			c = tiny;
		d = 1.0 / d;
		step = c * d;
		value *= step;
		if (!(fabs(step - 1.0) >= 4 * DBL_EPSILON)) /* also when it is not a number */
			break;
	}
	return value;
}

/* P(N = n) = (r)_n / n! * z^n * (1 - z)^r and P(N >= n) = I_z(n, r): DLMF 8.17.5 */
void
NegativeBinomial(double r, double u, double n, double *pmf, double *tail)
{
	double z = u / (1.0 + u);
	double log_stay = -r * log1p(u);

	if (n == 0.0)
	{
		*pmf = exp(log_stay);
		*tail = 1.0;
		return;
	}
	if (u == 0.0)
	{
		*pmf = *tail = 0.0;
		return;
	}

	/* log z as -log1p(1/u): exact also where z is nearly 1 */
	*pmf = exp(LogRising(r, n) - LogRising(1.0, n) + log_stay - n * log1p(1.0 / u));
	if (z < (n + 1.0) / (n + r + 2.0))
		*tail = *pmf * BetaFraction(n, r, z);
	else
		*tail = 1.0 - *pmf * (n / r) * BetaFraction(r, n, 1.0 / (1.0 + u));
	if (*tail < 0.0)
		*tail = 0.0;
	else if (*tail > 1.0)
		*tail = 1.0;
}

double
BetaLog(double a, double b)
{
	return lgamma(b) - LogRising(a, b);
}

/* I_(1-z)(b, a) with z = w/(1 + w), by the continued fraction that converges faster */
double
BetaPrimeTail(double a, double b, double log_beta, double y)
{
	double log_rest = -Log1pExp(y); /* log(1 - z) */
	double log_z = y + log_rest;
	double z = exp(log_z);
	double front = exp(a * log_z + b * log_rest - log_beta);

	if (z < (a + 1.0) / (a + b + 2.0))
		return fmax(0.0, 1.0 - front / a * BetaFraction(a, b, z));
	return fmin(1.0, front / b * BetaFraction(b, a, exp(log_rest)));
}
