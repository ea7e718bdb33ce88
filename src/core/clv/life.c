/*
 * life.c: discounted purchases for life
 *
 * Given lambda and p, each wait multiplies a payment's worth by L = lambda/(lambda + rate) in the
 * mean, so that a customer in phase j is worth L^(k-j) + (1 - p) L^(2k-j) + ... With e =
 * rate/lambda, v = L^k/(1 - L^k) = 1/((1 + e)^k - 1) and the weights of the phases (erlang.h), the
 * expectation is
 *
 *   1/V E[v psi(v) sum over j < k of ((lambda + rate) silence)^j/j!],   lambda ~ Gamma(s, alpha)
 *   psi(v) = E[1/(1 + p v)] = 2F1(1, a; a + b; -v),                     p ~ Beta(a, b)
 *
 * psi has a continued fraction of positive terms (Gauss; DLMF 15.7.5), which is summed for several
 * lambda at once.
 */
#include <math.h>

#include "core/clv/life.h"
#include "core/numeric/hyper2f1.h"

/* Nodes that go through the continued fraction together */
#define LANES 8

/* Steps of it before quadrature is the better way */
#define FRACTION_STEPS 750

/* What is left out is this small: e^-26 */
#define DIGITS 26.0

/* Bound of the nodes: customers have some forty */
#define MOST_NODES 400

/*
 * With the partial numerators t_i v of psi = 1/(1 + t_0 v/(1 + t_1 v/(1 + ..., two of them make one
 * step D_i = 1 + sum_i v - product_i v^2/D_(i+1), psi = 1/D_0
 */
typedef struct Fraction
{
	double a;
	double b;
	int n;
	double sum[FRACTION_STEPS];     /* t_(2i-1) + t_(2i) */
	double product[FRACTION_STEPS]; /* t_(2i) t_(2i+1) */
	double last;                    /* t_(2n-1) */
	double before;                  /* 1/(a + b + 2n - 1) */
} Fraction;

/* Have at least n steps */
static void
Extend(Fraction *f, int n)
{
	double c = f->a + f->b;

	for (; f->n < n; f->n++)
	{
		double m = f->n;
		double even = 1.0 / (c + 2.0 * m);
		double odd = 1.0 / (c + 2.0 * m + 1.0);
		double t = m == 0.0 ? f->a * even : (f->a + m) * f->before * ((c - 1.0 + m) * even);

		f->sum[f->n] = f->last + t;
		f->last = (m + 1.0) * even * ((f->b + m) * odd);
		f->product[f->n] = t * f->last;
		f->before = odd;
	}
}

/*
 * psi where the fraction is slow, by the probability of the race (hyper2f1.h): 1/(1 + p v) = (1 + v
 * (1 - p)/(1 + p v))/(1 + v), and the mean of the fraction is the race of a and b to log(1 + v).
 */
static double
PsiByRace(double a, double b, double v)
{
	return (1.0 + v * exp(RaceLog(a, b, log1p(v)))) / (1.0 + v);
}

/*
 * psi at LANES values of v, to e^-digits. The fraction with n of the t_i is off by about rho^n, rho
 * = (w - 1)/(w + 1), w^2 = 1 + v; what follows it is as good as (w + 1)/2.
 */
static void
Psi(Fraction *f, const double *v, double digits, double *psi)
{
	double value[LANES], square[LANES];
	double largest = 0.0;
	double steps;
	int n;

	for (int i = 0; i < LANES; i++)
		largest = fmax(largest, v[i]);
	steps = 1.5 + 0.5 * (digits - 4.0) / log1p(2.0 * (1.0 + sqrt(1.0 + largest)) / largest);
	if (!(steps < FRACTION_STEPS))
	{
		for (int i = 0; i < LANES; i++)
			psi[i] = PsiByRace(f->a, f->b, v[i]);
		return;
	}
	n = (int) steps;
	Extend(f, n);
	for (int i = 0; i < LANES; i++)
	{
		square[i] = v[i] * v[i];
		value[i] = 0.5 + 0.5 * sqrt(1.0 + v[i]) + 0.25 * v[i];
	}
	for (int k = n - 1; k >= 0; k--)
	{
		double sum = f->sum[k];
		double product = f->product[k];

		for (int i = 0; i < LANES; i++)
			value[i] = 1.0 + sum * v[i] - product * square[i] / value[i];
	}
	for (int i = 0; i < LANES; i++)
		psi[i] = 1.0 / value[i];
}

/*
 * The trapezoidal rule in y = log(alpha lambda). As v psi(v) is at most v, which falls as lambda,
 * the expectation is s times one over Gamma(s + 1) of the integrand over alpha lambda: that density
 * has a shorter tail, and its integral, by the same rule, is the constant. On the line Im y = d the
 * integrand is at most (cos d)^-(s+1) times larger, which gives the step. To the left of the peak
 * and of v = 1 nothing bends any more: there y = corner + w - exp(-w) shortens what is left.
 */
BtydStatus
LifeDiscounted(const ErlangFuture *f, double rate, double *result)
{
	double shape = f->s + 1.0;
	double step = 0.75 / sqrt(shape + 5.0);
	double middle = log(shape);
	double peak = shape * middle - shape;
	double unit = rate * f->alpha; /* e = unit/g, g = alpha lambda */
	double corner = fmin(middle, log(unit)) - 1.0;
	double total = 0.0, sum = 0.0;
	Fraction fraction = {.a = f->a, .b = f->b, .n = 0, .last = 0.0, .before = 0.0};
	double g[MOST_NODES], weight[MOST_NODES];
	int n = 0;

	/* psi may be 1 on the left and this many times less in the middle, says Jensen */
	double more = f->a > 0.0 ? 1.0 + f->a / (f->a + f->b) * (shape / unit) : 1.0;
	double digits = DIGITS + log(more);

	for (int side = 0; side < 2; side++)
	{
		double squeeze = exp(corner - middle - side * step);
		double factor = exp(side == 0 ? step : -step);

		for (int i = side;; i++, squeeze *= factor)
		{
			double w = middle - corner + (side == 0 ? -i : i) * step;
			double y = corner + w - squeeze;
			double e = exp(y);
			double log_weight = shape * y - e - peak;

			if (n == MOST_NODES)
				return BTYD_INACCURATE;
			g[n] = e;
			weight[n] = exp(log_weight) * (1.0 + squeeze);
			total += weight[n++];
			if (log_weight < -digits)
				break;
		}
	}
	for (int i = 0; i < n; i += LANES)
	{
		double v[LANES], psi[LANES];
		double heaviest = 0.0;

		for (int j = 0; j < LANES; j++)
		{
			int k = i + j < n ? i + j : n - 1;
			double e = unit / g[k];
			double square = f->order == 1 ? 1.0 : f->order == 2 ? 2.0 + e : 3.0 + e * (3.0 + e);

			v[j] = 1.0 / (e * square);
			psi[j] = 1.0;

			/* v psi(v) rises, so that psi is at most as many times larger as v is smaller */
			heaviest = fmax(heaviest, weight[k] * fmin(more, fmax(1.0, shape / g[k])));
		}
		if (f->a > 0.0)
			Psi(&fraction, v, fmax(12.0, DIGITS + log(heaviest)), psi);
		for (int j = 0; j < LANES && i + j < n; j++)
			sum += weight[i + j] / g[i + j] * v[j] * psi[j] *
				   (1.0 + ErlangPoisson(f->order, (g[i + j] + unit) * f->q));
	}
	*result = f->s * sum / total / (1.0 + ErlangRest(f->order, f->s, f->q));
	return isfinite(*result) ? BTYD_OK : BTYD_INACCURATE;
}
