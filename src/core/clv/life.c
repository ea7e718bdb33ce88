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

/* Terms of it before quadrature is the better way */
#define FRACTION_TERMS 1500

/* What is left out is this small: e^-30 */
#define DIGITS 30.0

/* Bound of the nodes: customers have some thirty, or a hundred where s is small */
#define MOST_NODES 400

typedef struct Fraction
{
	double a;
	double b;
	int n;
	double term[FRACTION_TERMS]; /* psi = 1/(1 + term[0] v/(1 + term[1] v/(1 + ... */
} Fraction;

/* Have at least n terms */
static void
Extend(Fraction *f, int n)
{
	double c = f->a + f->b;

	if (f->n == 0)
		f->term[f->n++] = f->a / c;
	for (int i = f->n; i < n; i++)
	{
		double m = (i + 1) / 2;

		if (i & 1)
			f->term[i] = m / (c + 2.0 * m - 2.0) * ((f->b + m - 1.0) / (c + 2.0 * m - 1.0));
		else
			f->term[i] = (f->a + m) / (c + 2.0 * m - 1.0) * ((c - 1.0 + m) / (c + 2.0 * m));
	}
	if (n > f->n)
		f->n = n;
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
 * psi at LANES values of v, to e^-digits. The n-th convergent is off by about rho^n, rho = (w - 1)/
 * (w + 1), w^2 = 1 + v; what follows is as good as w/2 + 1/2.
 */
static void
Psi(Fraction *f, const double *v, double digits, double *psi)
{
	double value[LANES];
	double largest = 0.0;
	double root;
	double terms;

	for (int i = 0; i < LANES; i++)
		largest = fmax(largest, v[i]);
	root = sqrt(1.0 + largest);
	terms = 2.0 + digits / log1p(2.0 * (1.0 + root) / largest);
	if (!(terms < FRACTION_TERMS))
	{
		for (int i = 0; i < LANES; i++)
			psi[i] = PsiByRace(f->a, f->b, v[i]);
		return;
	}
	Extend(f, (int) terms);
	for (int i = 0; i < LANES; i++)
		value[i] = 0.5 + 0.5 * sqrt(1.0 + v[i]);
	for (int k = (int) terms - 1; k >= 0; k--)
	{
		double term = f->term[k];

		for (int i = 0; i < LANES; i++)
			value[i] = 1.0 + term * v[i] / value[i];
	}
	for (int i = 0; i < LANES; i++)
		psi[i] = 1.0 / value[i];
}

/*
 * The trapezoidal rule in y = log(alpha lambda). As v psi(v) is at most v, which falls as lambda,
 * the expectation is s times one over Gamma(s + 1) of the integrand over alpha lambda: that density
 * has no long tail, and its integral, by the same rule, is the constant. On the line Im y = d the
 * integrand is at most (cos d)^-(s+1) times larger, which gives the step.
 */
BtydStatus
LifeDiscounted(const ErlangFuture *f, double rate, double *result)
{
	double shape = f->s + 1.0;
	double step = 0.8 / sqrt(shape + 5.5);
	double middle = log(shape);
	double peak = shape * middle - shape;
	double unit = rate * f->alpha; /* e = unit/g, g = alpha lambda */
	double silence = f->q;         /* over alpha */
	double g[MOST_NODES], weight[MOST_NODES];
	double total = 0.0, sum = 0.0;
	Fraction fraction = {.a = f->a, .b = f->b, .n = 0};

	/* psi may be 1 on the left and this many powers of e less in the middle, says Jensen */
	double more = f->a > 0.0 ? log1p(f->a / (f->a + f->b) * (shape / unit)) : 0.0;
	int n = 0;

	for (int side = 0; side < 2; side++)
		for (int i = side;; i++)
		{
			double y = middle + (side == 0 ? -i : i) * step;
			double e = exp(y);
			double log_weight = shape * y - e - peak;

			if (n == MOST_NODES)
				return BTYD_INACCURATE;
			g[n] = e;
			weight[n] = exp(log_weight);
			total += weight[n++];
			if (log_weight < -DIGITS - more)
				break;
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
			heaviest = fmax(heaviest, weight[k]);
		}
		if (f->a > 0.0)
			Psi(&fraction, v, 2.0 + fmax(0.0, DIGITS + more + log(heaviest)), psi);
		for (int j = 0; j < LANES && i + j < n; j++)
			sum += weight[i + j] / g[i + j] * v[j] * psi[j] *
				   (1.0 + ErlangPoisson(f->order, (g[i + j] + unit) * silence));
	}
	*result = f->s * sum / total / (1.0 + ErlangRest(f->order, f->s, f->q));
	return isfinite(*result) ? BTYD_OK : BTYD_INACCURATE;
}
