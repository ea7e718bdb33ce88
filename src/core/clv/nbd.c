/*
 * nbd.c: NBD, nobody leaves
 *
 * Ehrenberg (1959), "The pattern of consumer purchases", Applied Statistics 8; with gaps of order
 * k > 1 the CNBD of Chatfield & Goodhardt (1973), "A consumer purchasing model with Erlang
 * inter-purchase times", JASA 68.
 *
 * A customer buys at rate lambda ~ Gamma(r, alpha) for ever. It is what BG/NBD, MBG/NBD and
 * Pareto/NBD become when the dropout vanishes.
 */
#include <math.h>

#include "core/clv/btyd.h"
#include "core/clv/erlang.h"
#include "core/numeric/special.h"

enum
{
	R,
	ALPHA
};

static void
NbdPrepare(BtydModel *m)
{
}

/*
 * log (r)_kx - r log1p(t/alpha) - k x log(alpha + t) + log V, see erlang.h. order is a constant
 * wherever this is inlined.
 */
static inline __attribute__((always_inline)) double
NbdRows(const BtydModel *m, const int order, const BtydRow *rows, size_t n, double *grad,
		double *hess)
{
	double r = m->params[R];
	double alpha = m->params[ALPHA];
	double waits = order * rows[0].x;
	double shape = r + waits;
	double base = LogRising(r, waits) - waits * log(alpha);
	double t = -1.0;
	double growth = 0.0; /* log(1 + t/alpha) */
	double inverse = 0.0;

	/* sums over the rows of weight times: */
	double weight = 0.0, s_growth = 0.0, s_inverse = 0.0, s_inverse2 = 0.0;
	ErlangPhases sum = {0};

	for (size_t i = 0; i < n; i++)
	{
		const BtydRow *row = &rows[i];
		double w = row->weight;

		if (row->t != t)
		{
			t = row->t;
			growth = log1p(t / alpha);
			inverse = 1.0 / (alpha + t);
		}
		weight += w;
		s_growth += w * growth;
		s_inverse += w * inverse;
		s_inverse2 += w * inverse * inverse;
		if (order > 1)
		{
			ErlangPhases v = ErlangDerivatives(order, shape, (t - row->t_x) * inverse, inverse);

			sum.value += w * v.value;
			sum.s += w * v.s;
			sum.alpha += w * v.alpha;
			sum.ss += w * v.ss;
			sum.s_alpha += w * v.s_alpha;
			sum.alpha_alpha += w * v.alpha_alpha;
		}
	}

	if (grad || hess)
	{
		/* r log1p(t/alpha) has the derivative -r t/(alpha (alpha + t)) = -r (1/alpha - inverse) */
		double t_over = weight / alpha - s_inverse;
		double g_r = r * (weight * DigammaRise(r, waits) - s_growth + sum.s);
		double g_alpha = alpha * (r * t_over - waits * s_inverse + sum.alpha);

		if (grad)
		{
			grad[R] += g_r;
			grad[ALPHA] += g_alpha;
		}
		if (hess)
		{
			double cross = r * alpha * (t_over + sum.s_alpha);

			hess[0] += g_r + r * r * (weight * TrigammaRise(r, waits) + sum.ss);
			hess[1] += cross;
			hess[2] += cross;
			hess[3] += g_alpha + alpha * alpha *
									 (-r * (weight / (alpha * alpha) - s_inverse2) +
									  waits * s_inverse2 + sum.alpha_alpha);
		}
	}
	return weight * base - shape * s_growth + sum.value;
}

static double
NbdLoglik(const BtydModel *m, const BtydRow *rows, size_t n, double *grad, double *hess)
{
	if (m->order == 1)
		return NbdRows(m, 1, rows, n, grad, hess);
	if (m->order == 2)
		return NbdRows(m, 2, rows, n, grad, hess);
	return NbdRows(m, 3, rows, n, grad, hess);
}

/* What is known of a customer: nobody leaves */
static ErlangFuture
NbdFuture(const BtydModel *m, double x, double t_x, double t)
{
	return ErlangFutureOf(m, x, t_x, t, 0.0, 1.0);
}

static BtydStatus
NbdPAlive(const BtydModel *m, double x, double t_x, double t, double *result)
{
	*result = 1.0;
	return BTYD_OK;
}

static BtydStatus
NbdExpected(const BtydModel *m, double x, double t_x, double t, double horizon, double *result)
{
	ErlangFuture f = NbdFuture(m, x, t_x, t);

	if (m->order > 1)
		return ErlangExpected(&f, horizon, result);
	*result = f.s * (horizon / f.alpha);
	return BTYD_OK;
}

static BtydStatus
NbdPmf(const BtydModel *m, double x, double t_x, double t, double horizon, double n, double *result)
{
	ErlangFuture f = NbdFuture(m, x, t_x, t);

	*result = n == 0.0 ? ErlangNone(&f, horizon) : ErlangPmf(&f, horizon, n);
	return BTYD_OK;
}

static BtydStatus
NbdWait(const BtydModel *m, double x, double t_x, double t, double probability, double *result)
{
	ErlangFuture f = NbdFuture(m, x, t_x, t);

	return ErlangWait(&f, probability, result);
}

static BtydStatus
NbdAtLeast(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
		   double *result)
{
	ErlangFuture f = NbdFuture(m, x, t_x, t);

	*result = ErlangAtLeast(&f, horizon, n);
	return BTYD_OK;
}

static BtydStatus
NbdDiscounted(const BtydModel *m, double x, double t_x, double t, double horizon, double rate,
			  double *result)
{
	ErlangFuture f = NbdFuture(m, x, t_x, t);

	if (m->order > 1 || rate == 0.0)
		return ErlangDiscounted(&f, horizon, rate, result);
	*result = f.s / f.alpha * -expm1(-rate * horizon) / rate;
	return BTYD_OK;
}

static void
NbdDraw(const BtydModel *m, RandomState *rng, BtydCustomer *customer)
{
	customer->lambda = RandomGamma(rng, m->params[R]) / m->params[ALPHA];
	customer->drop = 0.0;
	customer->now = 0.0;
	customer->gone = false;
}

static double
NbdNext(const BtydModel *m, RandomState *rng, BtydCustomer *customer)
{
	return customer->now += ErlangGap(m->order, rng) / customer->lambda;
}

/* Rate of purchases as seen, and mild heterogeneity */
static void
NbdStart(const BtydSummary *summary, int order, double *params)
{
	double rate = order * (summary->sum_x + 0.5) / summary->sum_t;

	params[R] = 0.7;
	params[ALPHA] = params[R] / rate;
}

const BtydProcess BtydNbd = {
	.name = "nbd",
	.title = "NBD",
	.paper = "Ehrenberg (1959), The pattern of consumer purchases",
	.max_order = BTYD_MAX_ORDER,
	.nparams = 2,
	.param_names = {"r", "alpha"},
	.param_meanings = {"shape of the purchase rates: the smaller, the more customers differ",
					   "rate parameter of the purchase rates, a time: the mean rate is r/alpha"},
	.in_time_units = {false, true},
	.lower = {1e-5, 1e-7},
	.upper = {1e6, 1e10},
	.start = NbdStart,
	.prepare = NbdPrepare,
	.loglik = NbdLoglik,
	.p_alive = NbdPAlive,
	.expected = NbdExpected,
	.pmf = NbdPmf,
	.wait = NbdWait,
	.at_least = NbdAtLeast,
	.discounted = NbdDiscounted,
	.draw = NbdDraw,
	.next = NbdNext,
};
