/*
 * erlang_future.c: what a live customer with gaps of order k > 1 will do
 *
 * In phase j the n-th purchase comes with the m-th wait, m = n k - j, unless the customer left at
 * one of the n - 1 before it, which is not so with probability g_(n-1) = (b)_(n-1)/(a+b)_(n-1). The
 * number of waits within h is negative binomial, with shape s + j and odds u = h/alpha. So
 *
 *   E(h) = sum over j, n of pi_j g_(n-1) P(N_j >= n k - j),       pi_j = (s)_j/j! q^j/V
 *
 * where all is positive. Where that takes too many terms, p is integrated numerically instead and
 * the sum over n is closed: with w the k-th roots of one, y^k = 1 - p and a_w = 1 - w y,
 *
 *   sum over n of y^(k(n-1)) P(N_j >= n k - j) = 1/(k y^k) sum over w of
 *      (w y)^(j+1)/a_w (1 - (1 + a_w u)^-(s+j))
 *
 * by E[z^N] = (1 + (1 - z) u)^-(s+j), the sum over w picking the waits that end a gap. The terms of
 * w = 1 are those of k = 1; all others die out fast.
 */
#include <float.h>
#include <math.h>

#include "core/clv/erlang.h"
#include "core/clv/life.h"
#include "core/clv/mixture.h"
#include "core/clv/wait.h"
#include "core/numeric/quadrature.h"
#include "core/numeric/special.h"

/* Terms of a sum over waits before the integral over p is the better way */
#define MOST_TERMS 1500

/* Above this, (1 + u)^-s would not be a normal number */
#define MOST_DECAY 600.0

/* Panels of an integral over time, and points of one */
#define MOST_PANELS 100

/* Points of all integrals over p of a prediction: customers have a tenth of these at most */
#define MOST_WORK 400000
#define POINTS (2 * GAUSS_HALF)

/* Orders are at most this: roots of one are written out */
_Static_assert(BTYD_MAX_ORDER == 3, "roots of one for k = 2 and 3");

/* Weight of phase j: pi_j */
static double
Phase(const ErlangFuture *f, int j)
{
	double v = 1.0 + ErlangRest(f->order, f->s, f->q);
	double sq = f->s * f->q;

	return (j == 0 ? 1.0 : j == 1 ? sq : 0.5 * (sq + f->q) * sq) / v;
}

/* In phase j, fewer waits than are left of the gap */
double
ErlangNone(const ErlangFuture *f, double horizon)
{
	double u = horizon / f->alpha;
	double z = u / (1.0 + u);
	double sum = 0.0;

	for (int j = 0; j < f->order; j++)
	{
		double s = f->s + j;
		double sz = s * z;
		double waits = j == f->order - 1 ? 0.0 : j == f->order - 2 ? sz : sz + 0.5 * (sz + z) * sz;

		sum += Phase(f, j) * exp(-s * log1p(u)) * (1.0 + waits);
	}
	return sum;
}

/* Logarithm of the same; its slope is that of the density of the wait that ends the gap */
static double
LogNone(double l, double *slope, const void *arg)
{
	const ErlangFuture *f = arg;
	double z = -expm1(-l);
	double sum = 0.0;
	double falls = 0.0;

	for (int j = 0; j < f->order; j++)
	{
		double s = f->s + j;
		double weight = Phase(f, j) * exp(-j * l);
		double term = 1.0; /* (s)_i/i! z^i */
		int i;

		for (i = 0; i < f->order - j; i++)
		{
			sum += weight * term;
			falls = i == f->order - j - 1 ? falls + weight * term * (s + i) : falls;
			term *= z * ((s + i) / (i + 1.0));
		}
	}
	*slope = -falls / fmax(sum, DBL_MIN);
	return log(fmax(sum, DBL_MIN)) - f->s * l;
}

/* A customer who is alive orders within what horizon? */
BtydStatus
ErlangWait(const ErlangFuture *f, double probability, double *result)
{
	double log_none = log1p(-probability);

	if (!(probability < 1.0))
		return BTYD_NEVER;
	if (f->order == 1)
	{
		*result = f->alpha * expm1(-log_none / f->s);
		return BTYD_OK;
	}
	return WaitSolve(LogNone, f, log_none, (f->order - log_none) / f->s, f->alpha, result);
}

/* All n survived, and not enough waits for one more; or the n-th came in time and was the last */
double
ErlangPmf(const ErlangFuture *f, double horizon, double n)
{
	double u = horizon / f->alpha;
	double z = u / (1.0 + u);
	double survive = f->a > 0.0 ? exp(LogRising(f->b, n) - LogRising(f->a + f->b, n)) : 1.0;
	double last = f->a / (f->b + n - 1.0);
	double sum = 0.0;

	for (int j = 0; j < f->order; j++)
	{
		double m = n * f->order - j;
		double s = f->s + j;
		double pmf, tail;
		double within = 0.0;

		NegativeBinomial(s, u, m, &pmf, &tail);
		for (int i = 0; i < f->order; i++, m++)
		{
			within += pmf;
			pmf *= z * ((s + m) / (m + 1.0));
		}
		sum += Phase(f, j) * (within + last * tail);
	}
	return survive * sum;
}

/* The n-th came in time, and the customer had not left at one of those before it */
double
ErlangAtLeast(const ErlangFuture *f, double horizon, double n)
{
	double u = horizon / f->alpha;
	double stayed =
		f->a > 0.0 ? exp(LogRising(f->b, n - 1.0) - LogRising(f->a + f->b, n - 1.0)) : 1.0;
	double sum = 0.0;

	for (int j = 0; j < f->order; j++)
	{
		double pmf, tail;

		NegativeBinomial(f->s + j, u, n * f->order - j, &pmf, &tail);
		sum += Phase(f, j) * tail;
	}
	return stayed * sum;
}

/* About how many waits may count within u */
static double
Waits(const ErlangFuture *f, double u)
{
	double mean = (f->s + f->order) * u;

	return mean + 9.0 * sqrt(mean * (1.0 + u)) + 37.0 * (1.0 + u);
}

/*
 * E(h) as the sum over N, from one series of masses: the mass of N_j is that of N_0 times
 * (s + N)_j/(s)_j (1 - z)^j, so that with G_n = g_0 + ... + g_(n-1)
 *
 *   E(h) = sum over N of P(N_0 = N) sum over j of (s + N)_j/j! (q (1 - z))^j/V G_floor((N + j)/k)
 */
static bool
ExpectedBySum(const ErlangFuture *f, double u, double *result)
{
	int k = f->order;
	double z = u / (1.0 + u);
	double y = f->q / (1.0 + u);
	double mass = exp(-f->s * log1p(u)) / (1.0 + ErlangRest(k, f->s, f->q));
	double stay = 1.0; /* g_n, n = purchases of phase 0 so far */
	double made = 0.0; /* G_n */
	double sum = 0.0;
	int phase = 0; /* N mod k */

	for (int n = 0; n < 2 * MOST_TERMS; n++)
	{
		double s = f->s + n;
		double next = made + stay; /* G_(n+1) */
		double first = s * y;
		double second = 0.5 * first * (first + y);
		double part = made + first * (phase + 1 >= k ? next : made);
		double ratio;

		if (k == 3)
			part += second * (phase + 2 >= k ? next : made);
		part *= mass;
		sum += part;

		/* the ratio of masses falls towards z or rises to it; the rest grows by less than 1 + 3/n
		 */
		ratio = z * fmax(1.0, s / (n + 1.0)) * (1.0 + (k + 1.0) / (n + 1.0));
		if (n > 2 * k && ratio < 1.0 && part * ratio <= 1e-16 * (1.0 - ratio) * sum)
		{
			*result = sum;
			return true;
		}
		mass *= z * (s / (n + 1.0));
		if (++phase == k)
		{
			double bought = (n + 1) / k; /* purchases by now */

			phase = 0;
			made = next;
			stay *= (f->b + bought - 1.0) / (f->a + f->b + bought - 1.0);
		}
	}
	return false;
}

/* What the integral over p needs at one u */
typedef struct Moment
{
	double u;
	bool rate;                     /* purchases up to u, or alpha times their rate at u? */
	double weight[BTYD_MAX_ORDER]; /* of the phases */
	double one, two;               /* the terms n = 1 and 2 of the sum; one < 0: not made */
} Moment;

static void
SetMoment(const ErlangFuture *f, double u, bool rate, Moment *moment)
{
	moment->u = u;
	moment->rate = rate;
	moment->one = -1.0;
	for (int j = 0; j < f->order; j++)
		moment->weight[j] = Phase(f, j);
}

/*
 * The two terms that are enough when nearly everybody leaves; few models ask for them. Where the
 * integral over p is used there are many waits or a long horizon, and the few masses that are taken
 * away leave digits enough.
 */
static void
SetFirstTerms(const ErlangFuture *f, Moment *moment)
{
	double l = log1p(moment->u);
	double z = -expm1(-l);

	moment->one = moment->two = 0.0;
	for (int j = 0; j < f->order; j++)
	{
		double s = f->s + j;
		double mass = exp(-s * l);
		double tail = -expm1(-s * l);

		/* of the m-th wait: P(N >= m), or the rate, that of any after m - 1 of them */
		for (int m = 1; m <= 2 * f->order - j; m++)
		{
			double part = moment->rate ? mass * (s + m - 1.0) / (1.0 + moment->u) : tail;

			if (m == f->order - j)
				moment->one += moment->weight[j] * part;
			if (m == 2 * f->order - j)
				moment->two += moment->weight[j] * part;
			mass *= z * ((s + m - 1.0) / m);
			tail = fmax(0.0, tail - mass);
		}
	}
}

/* The sum over n and j for one p */
static double
GivenDropout(const ErlangFuture *f, Moment *moment, double p, double stay)
{
	int k = f->order;
	double log_y = (p < 0.5 ? log1p(-p) : log(stay)) / k;
	double y = exp(log_y);
	double away = -expm1(log_y); /* a_w of w = 1 */
	double slow = log1p(away * moment->u);
	double power = y, re, im, log_w, size, angle, w_re, w_im, sum = 0.0;

	/* y so small that the sum over w would cancel: the sum over n is its first terms */
	if ((k == 2 ? y : y * y) < 1e-4)
	{
		if (moment->one < 0.0)
			SetFirstTerms(f, moment);
		return moment->one + stay * moment->two;
	}

	for (int j = 0; j < k; j++, power *= y)
	{
		double s = f->s + j;
		double term;

		if (moment->rate)
			term = s * exp(-(s + 1.0) * slow);
		else
			term = s * slow < 1e-17 ? s * moment->u : -expm1(-s * slow) / away;
		sum += moment->weight[j] * power * term;
	}

	if (k == 2)
	{
		double fast = log1p((1.0 + y) * moment->u);

		power = -y;
		for (int j = 0; j < k; j++, power *= -y)
		{
			double s = f->s + j;

			sum += moment->weight[j] * power *
				   (moment->rate ? s * exp(-(s + 1.0) * fast) : -expm1(-s * fast) / (1.0 + y));
		}
		return sum / (k * stay);
	}

	/* twice the real part of the term of w = e^(2 pi i/3) */
	w_re = -0.5 * y;
	w_im = 0.5 * sqrt(3.0) * y;
	re = 1.0 + (1.0 - w_re) * moment->u; /* 1 + a_w u */
	im = -w_im * moment->u;
	log_w = log(hypot(re, im));
	angle = atan2(im, re);
	size = (1.0 - w_re) * (1.0 - w_re) + w_im * w_im; /* |a_w|^2 */
	{
		double p_re = w_re, p_im = w_im; /* (w y)^(j+1) */

		for (int j = 0; j < k; j++)
		{
			double s = f->s + j + (moment->rate ? 1.0 : 0.0);
			double fade = exp(-s * log_w);
			double t_re = fade > 0.0 ? fade * cos(s * angle) : 0.0;
			double t_im = fade > 0.0 ? -fade * sin(s * angle) : 0.0;
			double swap;

			if (moment->rate)
			{
				t_re *= f->s + j;
				t_im *= f->s + j;
			}
			else
			{
				/* (1 - t)/a_w */
				double n_re = 1.0 - t_re, n_im = -t_im;

				t_re = (n_re * (1.0 - w_re) - n_im * w_im) / size;
				t_im = (n_im * (1.0 - w_re) + n_re * w_im) / size;
			}
			sum += 2.0 * moment->weight[j] * (p_re * t_re - p_im * t_im);
			swap = p_re * w_re - p_im * w_im;
			p_im = p_re * w_im + p_im * w_re;
			p_re = swap;
		}
	}
	return sum / (k * stay);
}

/* Purchases up to u, or alpha times their rate there; the mixture is made when it is needed */
static bool
ByMixture(const ErlangFuture *f, double u, double last, bool rate, Mixture *mixture, double *result)
{
	Moment moment;
	double sum = 0.0;

	SetMoment(f, u, rate, &moment);
	if (f->a == 0.0)
	{
		*result = GivenDropout(f, &moment, 0.0, 1.0);
		return true;
	}
	if (mixture->n == 0 && !MixtureMake(mixture, f->a, f->b, f->s + f->order, last))
		return false;
	for (int i = 0; i < mixture->n; i++)
		sum += mixture->weight[i] * GivenDropout(f, &moment, mixture->p[i], mixture->stay[i]);
	*result = sum;
	return sum >= 0.0; /* the sum over w cancels where there is hardly a purchase */
}

/* Apart, because of the size of its stack frame */
static BtydStatus
ExpectedByMixture(const ErlangFuture *f, double u, double *result)
{
	Mixture mixture;

	mixture.n = 0;
	return ByMixture(f, u, u, false, &mixture, result) ? BTYD_OK : BTYD_INACCURATE;
}

BtydStatus
ErlangExpected(const ErlangFuture *f, double horizon, double *result)
{
	double u = horizon / f->alpha;

	if (Waits(f, u) < MOST_TERMS && f->s * log1p(u) < MOST_DECAY && ExpectedBySum(f, u, result))
		return BTYD_OK;
	return ExpectedByMixture(f, u, result);
}

/*
 * The rate of purchases at s, by the density of the m-th wait, as series in (z/largest)^k. Each
 * wait ends a gap of one phase only, j = -m mod k, which gives k series:
 *
 *   (1 - z)^(s+1)/alpha sum over i = m - 1 of (s)_i/i! z^i (s + i)_(j+1) (q (1 - z))^j/j!/V g_(n-1)
 */
typedef struct RateSeries
{
	int terms; /* 0: not usable */
	double largest;
	double coefficient[MOST_TERMS];
} RateSeries;

static void
PrepareRateSeries(const ErlangFuture *f, double u, RateSeries *series)
{
	int k = f->order;
	double z = u / (1.0 + u);
	double term = 1.0 / (1.0 + ErlangRest(k, f->s, f->q)); /* (s)_i/i! z^i/V */
	double stay = 1.0;                                     /* g_(n-1) */
	double sum = 0.0;
	int j = k - 1;

	series->terms = 0;
	series->largest = z;
	if (!(Waits(f, u) < MOST_TERMS && f->s * log1p(u) < MOST_DECAY))
		return;
	for (int i = 0; i < MOST_TERMS; i++)
	{
		double s = f->s + i;
		double c = term * s * stay;
		double ratio;

		if (j > 0)
			c *= (s + 1.0) * f->q;
		if (j > 1)
			c *= 0.5 * (s + 2.0) * f->q;
		series->coefficient[i] = c;
		sum += c;
		ratio = z * fmax(1.0, s / (i + 1.0)) * (1.0 + (k + 1.0) / (i + 1.0));

		/* phases may weigh nothing: look at what the largest would be */
		if (i > 2 * k && i % k == k - 1 && ratio < 1.0 &&
			term * s * stay * fmax(1.0, 0.5 * (s + 1.0) * f->q * (s + 2.0)) * ratio <=
				1e-17 * (1.0 - ratio) * sum)
		{
			series->terms = i + 1;
			return;
		}
		term *= z * (s / (i + 1.0));
		if (j-- == 0)
		{
			double n = (i + 1) / k; /* ordinal of the purchase that this wait was */

			j = k - 1;
			stay *= (f->b + n - 1.0) / (f->a + f->b + n - 1.0);
		}
	}
}

/* alpha times the rate at u */
static double
SeriesRate(const ErlangFuture *f, const RateSeries *series, double u)
{
	int k = f->order;
	double x = u / (1.0 + u) / series->largest;
	double power = k == 2 ? x * x : x * x * x;
	double part[BTYD_MAX_ORDER] = {0};
	double sum;

	for (int i = series->terms - k; i >= 0; i -= k)
		for (int j = 0; j < k; j++)
			part[j] = part[j] * power + series->coefficient[i + j];

	/* coefficient i + j is of phase k - 1 - j */
	sum = 0.0;
	for (int j = k - 1; j >= 0; j--)
		sum = sum * x + part[j] * (j == k - 1 ? 1.0 : exp(-(k - 1.0 - j) * log1p(u)));
	return sum * exp(-(f->s + 1.0) * log1p(u));
}

/*
 * Integral of exp(-rate s) times the rate of purchases over [0, horizon], in panels of 20
 * Gauss-Legendre points as for k = 1 (bg_future.c): a mixture of exponentials, but the waits within
 * a gap make fast ones, up to twice lambda, and turning ones, so that the panels start shorter and
 * grow by less.
 */
BtydStatus
ErlangDiscounted(const ErlangFuture *f, double horizon, double rate, double *result)
{
	RateSeries series;
	Mixture mixture;
	double longest = 4.0 * f->alpha / (f->s + f->order);
	double last = fmin(horizon, 40.0 / rate);
	double s = 0.0;
	double sum = 0.0;
	int panels = 0;
	int work = 0;

	if (rate == 0.0)
	{
		if (isfinite(horizon))
			return ErlangExpected(f, horizon, result);
		if (f->a <= 1.0)
			return BTYD_INFINITE;
		*result = (f->a + f->b - 1.0) / (f->a - 1.0); /* E[1/p] */
		return BTYD_OK;
	}
	if (isinf(horizon))
		return LifeDiscounted(f, rate, result);

	mixture.n = 0;
	series.terms = 0;
	for (double u = fmin(last / f->alpha, 1e4); series.terms == 0 && u * (f->s + 1.0) > 1.0;
		 u *= 0.5)
		PrepareRateSeries(f, u, &series); /* as far as a series reaches */
	if (series.terms == 0)
		PrepareRateSeries(f, fmin(last / f->alpha, 1.0 / (f->s + 1.0)), &series);
	while (s < last)
	{
		double width = fmin(longest, fmin(2.0 * (f->alpha + s), 12.0 / rate));
		double panel = 0.0;
		double value = 0.0;

		if (++panels > MOST_PANELS)
			return BTYD_INACCURATE;
		if (s + width >= last * (1.0 - 1e-15))
			width = last - s;
		for (int i = 0; i < POINTS; i++)
		{
			double node =
				i < GAUSS_HALF ? -GaussNode[GAUSS_HALF - 1 - i] : GaussNode[i - GAUSS_HALF];
			double at = s + 0.5 * width * (1.0 + node);
			double u = at / f->alpha;

			if (series.terms > 0 && u / (1.0 + u) <= series.largest)
				value = SeriesRate(f, &series, u);
			else if ((work += mixture.n) > MOST_WORK ||
					 !ByMixture(f, u, last / f->alpha, true, &mixture, &value))
				return BTYD_INACCURATE;
			value *= exp(-rate * at);
			panel += GaussWeight[i < GAUSS_HALF ? GAUSS_HALF - 1 - i : i - GAUSS_HALF] * value;
		}
		sum += 0.5 * width * panel;
		s += width;
		longest = 2.0 * width;
	}
	*result = sum / f->alpha;
	return BTYD_OK;
}
