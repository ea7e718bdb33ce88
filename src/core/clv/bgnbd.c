/*
 * bgnbd.c: BG/NBD and MBG/NBD
 *
 * FHL: Fader, Hardie & Lee (2005), "Counting your customers the easy way: an alternative to the
 * Pareto/NBD model", Marketing Science 24. BDK: Batislam, Denizel & Filiztekin (2007), "Empirical
 * validation and comparison of models for customer base analysis", IJRM 24.
 *
 * A live customer buys at rate lambda ~ Gamma(r, alpha). After each purchase he drops out with
 * probability p ~ Beta(a, b): in BG/NBD after each repeat purchase, in MBG/NBD after the first as
 * well. So a customer who is alive has stayed `stays` = x times, or x + 1 times; that is the whole
 * difference, and the code has it in one place.
 */
#include <math.h>

#include "core/clv/bg_future.h"
#include "core/clv/btyd.h"
#include "core/clv/erlang.h"
#include "core/numeric/special.h"

enum
{
	R,
	ALPHA,
	A,
	B
};

/* Private constants: how many more stays than repeat purchases, and the posterior's q */
enum
{
	K_EXTRA,
	K_Q
};

static void
PrepareBg(BtydModel *m)
{
	m->k[K_EXTRA] = 0.0;
	m->k[K_Q] = m->params[A] + m->params[B] - m->params[R] - 1.0;
}

static void
PrepareMbg(BtydModel *m)
{
	m->k[K_EXTRA] = 1.0;
	m->k[K_Q] = m->params[A] + m->params[B] - m->params[R];
}

/*
 * Log-likelihood, FHL eq. 6 and BDK eq. 5 with gaps of order k, in the form that stays accurate
 * for large parameters:
 *
 *   log (r)_kx - r log1p(t/alpha) - k x log(alpha + t) + log (b)_c - log (a+b)_c + log(V + e^w)
 *   w = log a - log(b + c - 1) + s log((alpha + t)/(alpha + t_x)),   s = r + k x,   c = stays
 *
 * where e^w/V is the odds of having dropped out at t_x; there are none for c = 0. V is 1 for k = 1,
 * see erlang.h. order is a constant wherever this is inlined.
 */
static inline __attribute__((always_inline)) double
BgRows(const BtydModel *m, const int order, const BtydRow *rows, size_t n, double *grad,
	   double *hess)
{
	double r = m->params[R];
	double alpha = m->params[ALPHA];
	double a = m->params[A];
	double b = m->params[B];
	double x = rows[0].x;
	double waits = order * x;
	double stays = x + m->k[K_EXTRA];
	double shape = r + waits;
	double log_alpha = log(alpha);
	double base =
		LogRising(r, waits) - waits * log_alpha + LogRising(b, stays) - LogRising(a + b, stays);
	double log_odds = stays > 0 ? log(a) - log(b + stays - 1.0) : -INFINITY;
	double t = -1.0;
	double growth = 0.0; /* log(1 + t/alpha) */
	double inverse = 0.0;

	/* sums over the rows of weight times: */
	double weight = 0.0;
	double value = 0.0;
	double s_growth = 0.0, s_inverse = 0.0, s_inverse2 = 0.0;
	double s_odds = 0.0, s_r = 0.0, s_alpha = 0.0;
	double s_rr = 0.0, s_r_alpha = 0.0, s_alpha2 = 0.0;
	double s_var = 0.0, s_var_r = 0.0, s_var_alpha = 0.0;

	for (size_t i = 0; i < n; i++)
	{
		const BtydRow *row = &rows[i];
		double w = row->weight;
		double silence = row->t - row->t_x;
		double inverse_x, decay, slope, odds, dropped, alive, variance, odds_r, odds_alpha;
		ErlangPhases v;

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
		if (stays == 0.0 && order == 1)
			continue;

		inverse_x = 1.0 / (alpha + row->t_x);
		decay = log1p(silence * inverse_x);
		v = ErlangDerivatives(order, shape, silence * inverse, inverse);
		odds = exp(log_odds + shape * decay - v.value);
		if (odds < 1e300)
		{
			value += w * (v.value + log1p(odds));
			alive = 1.0 / (1.0 + odds);
			dropped = odds * alive;
		}
		else
		{
			value += w * (log_odds + shape * decay);
			alive = 0.0;
			dropped = 1.0;
		}
		slope = inverse - inverse_x;
		variance = w * dropped * alive;
		alive *= w;
		dropped *= w;

		/* derivatives of the logarithm of the odds, e^w/V, and of log V + log(1 + odds) */
		odds_r = decay - v.s;
		odds_alpha = shape * slope - v.alpha;
		s_odds += dropped;
		s_r += w * v.s + dropped * odds_r;
		s_alpha += w * v.alpha + dropped * odds_alpha;
		s_rr += alive * v.ss + variance * odds_r * odds_r;
		s_r_alpha += alive * v.s_alpha + dropped * slope + variance * odds_r * odds_alpha;
		s_alpha2 += alive * v.alpha_alpha - dropped * shape * slope * (inverse + inverse_x) +
					variance * odds_alpha * odds_alpha;
		s_var += variance;
		s_var_r += variance * odds_r;
		s_var_alpha += variance * odds_alpha;
	}
	value += weight * base - shape * s_growth;

	if (grad || hess)
	{
		double inverse_b = stays > 0 ? 1.0 / (b + stays - 1.0) : 0.0;
		double d_ab = DigammaRise(a + b, stays);
		double g[4];

		/* r log1p(t/alpha) has the derivative -r t/(alpha (alpha + t)) = -r (1/alpha - inverse) */
		double t_over = weight / alpha - s_inverse;

		g[R] = weight * DigammaRise(r, waits) - s_growth + s_r;
		g[ALPHA] = r * t_over - waits * s_inverse + s_alpha;
		g[A] = -weight * d_ab + s_odds / a;
		g[B] = weight * (DigammaRise(b, stays) - d_ab) - inverse_b * s_odds;
		if (grad)
			for (int i = 0; i < 4; i++)
				grad[i] += m->params[i] * g[i];

		if (hess)
		{
			double h[4][4];
			double t_ab = TrigammaRise(a + b, stays);

			h[R][R] = weight * TrigammaRise(r, waits) + s_rr;
			h[R][ALPHA] = t_over + s_r_alpha;
			h[R][A] = s_var_r / a;
			h[R][B] = -inverse_b * s_var_r;
			h[ALPHA][ALPHA] =
				-r * (weight / (alpha * alpha) - s_inverse2) + waits * s_inverse2 + s_alpha2;
			h[ALPHA][A] = s_var_alpha / a;
			h[ALPHA][B] = -inverse_b * s_var_alpha;
			h[A][A] = -weight * t_ab + (s_var - s_odds) / (a * a);
			h[A][B] = -weight * t_ab - inverse_b * s_var / a;
			h[B][B] =
				weight * (TrigammaRise(b, stays) - t_ab) + inverse_b * inverse_b * (s_var + s_odds);

			/* d2/dlog_i dlog_j = theta_i theta_j d2 + [i = j] theta_i d */
			for (int i = 0; i < 4; i++)
				for (int j = i; j < 4; j++)
				{
					double v = m->params[i] * m->params[j] * h[i][j];

					if (i == j)
						v += m->params[i] * g[i];
					hess[4 * i + j] += v;
					if (i != j)
						hess[4 * j + i] += v;
				}
		}
	}
	return value;
}

static double
BgLoglik(const BtydModel *m, const BtydRow *rows, size_t n, double *grad, double *hess)
{
	if (m->order == 1)
		return BgRows(m, 1, rows, n, grad, hess);
	if (m->order == 2)
		return BgRows(m, 2, rows, n, grad, hess);
	return BgRows(m, 3, rows, n, grad, hess);
}

/*
 * P(alive): one over one plus the odds e^w/V of the likelihood; FHL (2008 note) eq. 7, BDK eq. 6
 */
static double
Alive(const BtydModel *m, double x, double t_x, double t)
{
	double stays = x + m->k[K_EXTRA];
	double shape = m->params[R] + m->order * x;
	double silence = t - t_x;
	double stayed, left;

	if (stays == 0.0)
		return 1.0;
	left = m->params[A];
	stayed = (m->params[B] + stays - 1.0) *
			 exp(-shape * log1p(silence / (m->params[ALPHA] + t_x))) *
			 (1.0 + ErlangRest(m->order, shape, silence / (m->params[ALPHA] + t)));
	return stayed / (left + stayed);
}

/* What is known of lambda and p of a customer who is alive at t: for k = 1, and for any k */
static BgFuture
Future(const BtydModel *m, double x, double t)
{
	BgFuture f;

	f.r = m->params[R] + x;
	f.alpha = m->params[ALPHA] + t;
	f.a = m->params[A];
	f.b = m->params[B] + x + m->k[K_EXTRA];
	f.q = m->k[K_Q];
	return f;
}

static ErlangFuture
RegularFuture(const BtydModel *m, double x, double t_x, double t)
{
	return ErlangFutureOf(m, x, t_x, t, m->params[A], m->params[B] + x + m->k[K_EXTRA]);
}

static BtydStatus
BgPAlive(const BtydModel *m, double x, double t_x, double t, double *result)
{
	*result = Alive(m, x, t_x, t);
	return BTYD_OK;
}

static BtydStatus
BgExpected(const BtydModel *m, double x, double t_x, double t, double horizon, double *result)
{
	BtydStatus status;
	double value = 0.0;

	if (m->order == 1)
	{
		BgFuture f = Future(m, x, t);

		status = BgFutureExpected(&f, horizon, &value);
	}
	else
	{
		ErlangFuture f = RegularFuture(m, x, t_x, t);

		status = ErlangExpected(&f, horizon, &value);
	}
	*result = Alive(m, x, t_x, t) * value;
	return status;
}

static BtydStatus
BgPmf(const BtydModel *m, double x, double t_x, double t, double horizon, double n, double *result)
{
	double alive = Alive(m, x, t_x, t);

	if (m->order == 1)
	{
		BgFuture f = Future(m, x, t);

		/* 1 - P(at least one): a small probability of an order must not drown in the 1 */
		if (n == 0.0)
			*result = 1.0 + alive * expm1(-f.r * log1p(horizon / f.alpha));
		else
			*result = alive * BgFuturePmf(&f, horizon, n);
	}
	else
	{
		ErlangFuture f = RegularFuture(m, x, t_x, t);

		if (n == 0.0)
			*result = (1.0 - alive) + alive * ErlangNone(&f, horizon);
		else
			*result = alive * ErlangPmf(&f, horizon, n);
	}
	return BTYD_OK;
}

static BtydStatus
BgWait(const BtydModel *m, double x, double t_x, double t, double probability, double *result)
{
	ErlangFuture f = RegularFuture(m, x, t_x, t);

	return ErlangWait(&f, probability / Alive(m, x, t_x, t), result);
}

static BtydStatus
BgAtLeast(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
		  double *result)
{
	ErlangFuture f = RegularFuture(m, x, t_x, t);

	*result = Alive(m, x, t_x, t) * ErlangAtLeast(&f, horizon, n);
	return BTYD_OK;
}

static BtydStatus
BgDiscounted(const BtydModel *m, double x, double t_x, double t, double horizon, double rate,
			 double *result)
{
	BtydStatus status;
	double value = 0.0;

	if (m->order == 1 && isfinite(horizon))
	{
		BgFuture f = Future(m, x, t);

		status = BgFutureDiscounted(&f, horizon, rate, &value);
	}
	else
	{
		ErlangFuture f = RegularFuture(m, x, t_x, t);

		status = ErlangDiscounted(&f, horizon, rate, &value);
	}
	*result = Alive(m, x, t_x, t) * value;
	return status;
}

static void
BgDraw(const BtydModel *m, RandomState *rng, BtydCustomer *customer)
{
	customer->lambda = RandomGamma(rng, m->params[R]) / m->params[ALPHA];
	customer->drop = RandomBeta(rng, m->params[A], m->params[B]);
	customer->now = 0.0;
	customer->gone = m->k[K_EXTRA] > 0 && RandomUniform(rng) < customer->drop;
}

static double
BgNext(const BtydModel *m, RandomState *rng, BtydCustomer *customer)
{
	if (customer->gone)
		return INFINITY;
	customer->now += ErlangGap(m->order, rng) / customer->lambda;
	customer->gone = RandomUniform(rng) < customer->drop;
	return customer->now;
}

/* Rate of purchases as seen, mild heterogeneity, and a quarter lost at each purchase */
static void
BgStart(const BtydSummary *summary, int order, double *params)
{
	double rate = order * (summary->sum_x + 0.5) / summary->sum_t;

	params[R] = 0.7;
	params[ALPHA] = 0.5 * params[R] / rate;
	params[A] = 0.8;
	params[B] = 2.4;
}

/* The table of a BG process differs in name, paper and the number of stays */
#define BG_PROCESS(name_, title_, paper_, prepare_)                                                \
	{                                                                                              \
		.name = name_, .title = title_, .paper = paper_, .max_order = BTYD_MAX_ORDER,              \
		.nparams = 4, .param_names = {"r", "alpha", "a", "b"},                                     \
		.param_meanings =                                                                          \
			{"shape of the purchase rates: the smaller, the more customers differ",                \
			 "rate parameter of the purchase rates, a time: the mean rate is r/alpha",             \
			 "dropout: the mean probability to leave after a purchase is a/(a + b)",               \
			 "dropout: the larger a + b, the more alike the customers"},                           \
		.in_time_units = {false, true, false, false}, .lower = {1e-5, 1e-7, 1e-6, 1e-6},           \
		.upper = {1e6, 1e10, 1e6, 1e8}, .start = BgStart, .prepare = prepare_, .loglik = BgLoglik, \
		.p_alive = BgPAlive, .expected = BgExpected, .pmf = BgPmf, .at_least = BgAtLeast,          \
		.wait = BgWait, .discounted = BgDiscounted, .draw = BgDraw, .next = BgNext                 \
	}

const BtydProcess BtydBgnbd =
	BG_PROCESS("bgnbd", "BG/NBD",
			   "Fader, Hardie & Lee (2005), Counting your customers the easy way", PrepareBg);

const BtydProcess BtydMbgnbd = BG_PROCESS(
	"mbgnbd", "MBG/NBD",
	"Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models",
	PrepareMbg);
