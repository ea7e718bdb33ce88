/*
 * paretonbd.c: Pareto/NBD
 *
 * SMC: Schmittlein, Morrison & Colombo (1987), "Counting your customers: who are they and what will
 * they do next?", Management Science 33. FH: Fader & Hardie (2005), "A note on deriving the
 * Pareto/NBD model and related expressions". FHL: Fader, Hardie & Lee (2005), "RFM and CLV: using
 * iso-value curves for customer base analysis", Journal of Marketing Research 42. FH14:
 * Fader & Hardie (2014), "Deriving the conditional PMF of the Pareto/NBD model".
 *
 * A live customer buys at rate lambda ~ Gamma(r, alpha) and dies at rate mu ~ Gamma(s, beta). All
 * that is hard about the model is one function: the probability H(y) that a customer with x
 * purchases who is alive at time y dies before the next one (hyper2f1.h). With
 *
 *   F = ((alpha + t)/(alpha + t_x))^(r + x) ((beta + t)/(beta + t_x))^s
 *
 * the likelihood of FH section 3 (eq. 18), a sum of "alive at t" and "died between t_x and t", is
 *
 *   L = Gamma(r + x)/Gamma(r) (alpha/(alpha + t))^r (alpha + t)^-x (beta/(beta + t))^s G
 *   G = 1 - H(t) + F H(t_x) >= 1,   P(alive) = 1 / G
 *
 * where no term can cancel more than the 1 it is added to, whatever the parameters.
 */
#include <math.h>

#include "core/clv/btyd.h"
#include "core/clv/wait.h"
#include "core/numeric/hyper2f1.h"
#include "core/numeric/quadrature.h"
#include "core/numeric/special.h"

enum
{
	R,
	ALPHA,
	S,
	BETA,
	NPARAMS
};

/* The integrands below are as good as zero where they have fallen by this many powers of e */
#define NOTHING 42.0

static void
ParetoPrepare(BtydModel *m)
{
}

/* log G from log H(t) and log(F H(t_x)), which is never less */
static double
LogG(double log_race, double log_grown)
{
	if (log_grown > 0.0)
		return log_grown + log1p(-expm1(log_race) * exp(-log_grown));
	return log1p(exp(log_race) * expm1(fmax(0.0, log_grown - log_race)));
}

/* ---------------------------------------------------------------- likelihood */

/* A symmetric matrix by its upper triangle */
enum
{
	RR,
	RA,
	RS,
	RB,
	AA,
	AS,
	AB,
	SS,
	SB,
	BB,
	TRIANGLE
};

static const int Triangle[NPARAMS][NPARAMS] = {
	{RR, RA, RS, RB}, {RA, AA, AS, AB}, {RS, AS, SS, SB}, {RB, AB, SB, BB}};

/* A logarithm with its derivatives with respect to the parameters */
typedef struct Term
{
	double value;
	double d[NPARAMS];
	double dd[TRIANGLE];
} Term;

/* log H(y) as a Term: the chain rule over l = log((beta + y)/(alpha + y)) */
static inline void
RaceTerm(const RaceTable *table, double c, double s, double l, double ia, double ib, int parts,
		 Term *term)
{
	double h[RACE_PARTS];

	if (table)
		RaceTableLookup(table, l, h);
	else
		RaceDerivatives(c, s, l, parts, h);
	term->value = h[RACE_LOG];
	if (parts > RACE_VALUE)
	{
		term->d[R] = h[RACE_C];
		term->d[ALPHA] = -h[RACE_L] * ia;
		term->d[S] = h[RACE_S];
		term->d[BETA] = h[RACE_L] * ib;
	}
	if (parts > RACE_GRADIENT)
	{
		term->dd[RR] = h[RACE_CC];
		term->dd[RA] = -h[RACE_CL] * ia;
		term->dd[RS] = h[RACE_CS];
		term->dd[RB] = h[RACE_CL] * ib;
		term->dd[AA] = (h[RACE_LL] + h[RACE_L]) * ia * ia;
		term->dd[AS] = -h[RACE_SL] * ia;
		term->dd[AB] = -h[RACE_LL] * ia * ib;
		term->dd[SS] = h[RACE_SS];
		term->dd[SB] = h[RACE_SL] * ib;
		term->dd[BB] = (h[RACE_LL] - h[RACE_L]) * ib * ib;
	}
}

/*
 * Log-likelihood, FH section 3 (eq. 18), in the form at the top of this file. H depends on the rows
 * by one number only, so that for many rows a short Chebyshev series replaces it.
 */
static double
ParetoLoglik(const BtydModel *m, const BtydRow *rows, size_t n, double *grad, double *hess)
{
	double r = m->params[R];
	double alpha = m->params[ALPHA];
	double s = m->params[S];
	double beta = m->params[BETA];
	double x = rows[0].x;
	double c = r + x;
	int parts = hess ? RACE_HESSIAN : grad ? RACE_GRADIENT : RACE_VALUE;
	RaceTable space;
	RaceTable *table = NULL;
	Term now = {0};    /* log H(t) */
	Term bought = {0}; /* log(F H(t_x)) */
	double t = -1.0, la = 0, lb = 0, ia = 0, ib = 0;

	/* sums over the rows of weight times: */
	double weight = 0, s_la = 0, s_lb = 0, s_ia = 0, s_ib = 0, s_ia2 = 0, s_ib2 = 0;
	double s_g = 0;
	double g[NPARAMS] = {0};
	double h[TRIANGLE] = {0};

	if (n > 4)
	{
		double first = rows[0].t_x;
		double last = rows[0].t;
		double l1, l2;

		for (size_t i = 1; i < n; i++)
		{
			first = fmin(first, rows[i].t_x);
			last = fmax(last, rows[i].t);
		}
		l1 = log((beta + first) / (alpha + first));
		l2 = log((beta + last) / (alpha + last));
		if ((size_t) RaceTableNodes(fmin(l1, l2), fmax(l1, l2)) < n)
		{
			table = &space;
			RaceTableBuild(table, c, s, fmin(l1, l2), fmax(l1, l2), parts);
		}
	}

	for (size_t i = 0; i < n; i++)
	{
		const BtydRow *row = &rows[i];
		double w = row->weight;
		double ia_x = 1.0 / (alpha + row->t_x);
		double ib_x = 1.0 / (beta + row->t_x);
		double fa = log1p((row->t - row->t_x) * ia_x);
		double fb = log1p((row->t - row->t_x) * ib_x);
		double log_g, w_now, w_bought;
		double dg[NPARAMS];

		if (row->t != t)
		{
			t = row->t;
			la = log1p(t / alpha);
			lb = log1p(t / beta);
			ia = 1.0 / (alpha + t);
			ib = 1.0 / (beta + t);
			RaceTerm(table, c, s, log((beta + t) * ia), ia, ib, parts, &now);
		}
		RaceTerm(table, c, s, log((beta + row->t_x) * ia_x), ia_x, ib_x, parts, &bought);
		bought.value += c * fa + s * fb;
		log_g = LogG(now.value, bought.value);

		weight += w;
		s_la += w * la;
		s_lb += w * lb;
		s_g += w * log_g;
		if (parts == RACE_VALUE)
			continue;

		s_ia += w * ia;
		s_ib += w * ib;
		bought.d[R] += fa;
		bought.d[ALPHA] += c * (ia - ia_x);
		bought.d[S] += fb;
		bought.d[BETA] += s * (ib - ib_x);
		w_now = exp(now.value - log_g);
		w_bought = exp(bought.value - log_g);
		for (int j = 0; j < NPARAMS; j++)
		{
			dg[j] = w_bought * bought.d[j] - w_now * now.d[j];
			g[j] += w * dg[j];
		}
		if (parts == RACE_GRADIENT)
			continue;

		s_ia2 += w * ia * ia;
		s_ib2 += w * ib * ib;
		bought.dd[RA] += ia - ia_x;
		bought.dd[AA] -= c * (ia - ia_x) * (ia + ia_x);
		bought.dd[SB] += ib - ib_x;
		bought.dd[BB] -= s * (ib - ib_x) * (ib + ib_x);
		for (int j = 0; j < NPARAMS; j++)
			for (int k = j; k < NPARAMS; k++)
			{
				int jk = Triangle[j][k];

				h[jk] += w * (w_bought * (bought.dd[jk] + bought.d[j] * bought.d[k]) -
							  w_now * (now.dd[jk] + now.d[j] * now.d[k]) - dg[j] * dg[k]);
			}
	}

	if (grad || hess)
	{
		/* what comes before G, from derivatives of -r log(1 + t/alpha) and its like */
		g[R] += weight * DigammaRise(r, x) - s_la;
		g[ALPHA] += r * (weight / alpha - s_ia) - x * s_ia;
		g[S] -= s_lb;
		g[BETA] += s * (weight / beta - s_ib);
		if (grad)
			for (int j = 0; j < NPARAMS; j++)
				grad[j] += m->params[j] * g[j];
	}
	if (hess)
	{
		h[RR] += weight * TrigammaRise(r, x);
		h[RA] += weight / alpha - s_ia;
		h[AA] += c * s_ia2 - r * weight / (alpha * alpha);
		h[SB] += weight / beta - s_ib;
		h[BB] += s * (s_ib2 - weight / (beta * beta));

		/* d2/dlog_j dlog_k = theta_j theta_k d2 + [j = k] theta_j d */
		for (int j = 0; j < NPARAMS; j++)
			for (int k = 0; k < NPARAMS; k++)
				hess[NPARAMS * j + k] += m->params[j] * m->params[k] * h[Triangle[j][k]] +
										 (j == k ? m->params[j] * g[j] : 0.0);
	}
	return weight * (LogRising(r, x) - x * log(alpha)) - c * s_la - s * s_lb + s_g;
}

/* ---------------------------------------------------------------- predictions */

/* What is known of a customer who is alive at t: rates ~ Gamma(c, a) and Gamma(s, b) */
typedef struct Future
{
	double c;
	double a;
	double s;
	double b;
	double log_g;     /* P(alive) = e^-log_g */
	double log_race;  /* log H(t) */
	double log_grown; /* log(F H(t_x)) */
} Future;

static void
ParetoFuture(const BtydModel *m, double x, double t_x, double t, Future *f)
{
	f->c = m->params[R] + x;
	f->a = m->params[ALPHA] + t;
	f->s = m->params[S];
	f->b = m->params[BETA] + t;
	f->log_race = RaceLog(f->c, f->s, log(f->b / f->a));
	f->log_grown = f->log_race;
	if (t_x < t)
	{
		double a = m->params[ALPHA] + t_x;
		double b = m->params[BETA] + t_x;

		f->log_grown = RaceLog(f->c, f->s, log(b / a)) + f->c * log1p((t - t_x) / a) +
					   f->s * log1p((t - t_x) / b);
	}
	f->log_g = LogG(f->log_race, f->log_grown);
}

/* SMC eq. 11 to 13, FH section 5 */
static BtydStatus
ParetoPAlive(const BtydModel *m, double x, double t_x, double t, double *result)
{
	Future f;

	ParetoFuture(m, x, t_x, t, &f);
	*result = exp(-f.log_g);
	return BTYD_OK;
}

/*
 * SMC eq. 22, FH section 6 (and 4, for a new customer): P(alive) c/a times the expected rest of the
 * life within the horizon, b ((1 + horizon/b)^(1 - s) - 1)/(1 - s) = b L (1 - e^-k)/k,  L = log(1 +
 * horizon/b), k = (s - 1) L
 */
static BtydStatus
ParetoExpected(const BtydModel *m, double x, double t_x, double t, double horizon, double *result)
{
	Future f;
	double log_life, k;

	ParetoFuture(m, x, t_x, t, &f);
	log_life = log1p(horizon / f.b);
	k = (f.s - 1.0) * log_life;
	*result = exp(-f.log_g) * (f.c / f.a) * f.b * log_life * (k == 0.0 ? 1.0 : -expm1(-k) / k);
	return BTYD_OK;
}

/* The part of a probability of n purchases that ends in death, per log(time/a) */
typedef struct Deaths
{
	double c;
	double s;
	double n;
	double rho;   /* b/a */
	double scale; /* logarithm of the constant factor */
} Deaths;

static double
LogDeaths(const Deaths *d, double y)
{
	double u = exp(y);

	return d->scale + (d->n + 1.0) * y - (d->c + d->n) * log1p(u) -
		   (d->s + 1.0) * log1p(u / d->rho);
}

static double
DeathDensity(double y, const void *arg)
{
	return exp(LogDeaths(arg, y));
}

/* The point where the density, which is log-concave, is as good as zero, in the direction of step
 */
static double
WhereNothing(const Deaths *d, double from, double step)
{
	double least = LogDeaths(d, from) - NOTHING;

	while (LogDeaths(d, from + step) > least)
		step *= 2.0;
	return from + step;
}

/* The integral of the density over the times up to u a. In log u it has one peak, at the root of
 * (c + s) u^2 - B u - (n + 1) rho. */
static double
DeathsUpTo(const Deaths *d, double u)
{
	double middle = (d->n + 1.0) * (1.0 + d->rho) - (d->c + d->n) * d->rho - (d->s + 1.0);
	double root = sqrt(middle * middle + 4.0 * (d->c + d->s) * (d->n + 1.0) * d->rho);
	double peak = middle < 0.0 ? 2.0 * (d->n + 1.0) * d->rho / (root - middle)
							   : 0.5 * (middle + root) / (d->c + d->s);
	double end = log(u);
	double sum;

	peak = fmin(end, log(peak));
	sum = Integrate(DeathDensity, d, WhereNothing(d, peak, -1.0 / (d->n + 1.0)), peak);
	if (end > peak)
		sum +=
			Integrate(DeathDensity, d, peak, fmin(end, WhereNothing(d, peak, 1.0 / (d->c + d->s))));
	return sum;
}

/*
 * FH14: alive at the end of the horizon after n purchases, or died within it at time u after n:
 *
 *   C (a/(a + h))^c (h/(a + h))^n (b/(b + h))^s
 *	   + integral over 0 < u < h of C (a/(a + u))^c (u/(a + u))^n s/(b + u) (b/(b + u))^s du
 *
 * times P(alive), with C = (c)_n / n!. No purchase at all: dead at t, or else dead before the
 * next, or else a wait beyond the horizon: with E the first product above for n = 0,
 *
 *   P(0) = 1 - 1/G + 1/G (H(t) + E (1 - H(t + h))) = (F H(t_x) + E (1 - H(t + h))) / G
 */
static BtydStatus
ParetoPmf(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
		  double *result)
{
	Future f;
	double u, log_e;
	Deaths d;

	ParetoFuture(m, x, t_x, t, &f);
	u = horizon / f.a;
	log_e = -f.c * log1p(u) - f.s * log1p(horizon / f.b);
	if (n == 0.0)
	{
		double later = RaceLog(f.c, f.s, log((f.b + horizon) / (f.a + horizon)));

		*result = fmin(1.0, exp(f.log_grown - f.log_g) - expm1(later) * exp(log_e - f.log_g));
		return BTYD_OK;
	}

	d = (Deaths){f.c, f.s, n, f.b / f.a, LogRising(f.c, n) - LogRising(1.0, n) - f.log_g};
	log_e += d.scale + n * (log(u) - log1p(u));
	d.scale += log(f.s / d.rho);

	*result = exp(log_e) + DeathsUpTo(&d, u);
	return BTYD_OK;
}

/*
 * The n-th purchase comes within the horizon and before death: with lambda integrated out its time
 * u has the density (c)_n / (n - 1)! a^c u^(n-1) / (a + u)^(c+n), and the customer is there with
 * (b/(b + u))^s. Per log u that is the form of Deaths, with other numbers.
 */
static BtydStatus
ParetoAtLeast(const BtydModel *m, double x, double t_x, double t, double horizon, double n,
			  double *result)
{
	Future f;
	Deaths d;

	ParetoFuture(m, x, t_x, t, &f);
	d = (Deaths){f.c + 1.0, f.s - 1.0, n - 1.0, f.b / f.a,
				 LogRising(f.c, n) - LogRising(1.0, n - 1.0) - f.log_g};
	*result = DeathsUpTo(&d, horizon / f.a);
	return BTYD_OK;
}

/*
 * log(E (1 - H(t + h))), see above: a wait beyond h, and an order after it. Orders come at rate
 * c/(a + h) E, which is its slope.
 */
static double
LogRest(double l, double *slope, const void *arg)
{
	const Future *f = arg;
	double h = f->a * expm1(l);
	double order = -expm1(RaceLog(f->c, f->s, log((f->b + h) / (f->a + h))));

	*slope = -f->c / order;
	return log(order) - f->c * l - f->s * log1p(h / f->b);
}

static BtydStatus
ParetoWait(const BtydModel *m, double x, double t_x, double t, double probability, double *result)
{
	Future f;
	double rest;

	ParetoFuture(m, x, t_x, t, &f);
	rest = -expm1(f.log_race) - probability * exp(f.log_g);
	if (!(rest > 0.0))
		return BTYD_NEVER;
	return WaitSolve(LogRest, &f, log(rest), -log(-rest / expm1(f.log_race)) / f.c, f.a, result);
}

/*
 * FHL's DERT, and its like for a finite horizon: P(alive) c/a times the integral of
 * (1 + u/b)^-s e^(-rate u) over the horizon. In v = u/b and then log(1 + k v) the integrand bends
 * gently, and panels of width 3 are enough (compare RaceQuadrature).
 */
static BtydStatus
ParetoDiscounted(const BtydModel *m, double x, double t_x, double t, double horizon, double rate,
				 double *result)
{
	Future f;
	double kappa, k, end, width, sum = 0.0;
	int panels;

	ParetoFuture(m, x, t_x, t, &f);
	if (rate == 0.0)
	{
		if (f.s <= 1.0)
			return BTYD_INFINITE;
		*result = exp(-f.log_g) * (f.c / f.a) * f.b / (f.s - 1.0);
		return BTYD_OK;
	}

	kappa = rate * f.b;
	k = 2.0 + kappa + f.s;
	end = log1p(k * fmin(horizon / f.b, NOTHING / kappa));
	panels = (int) ceil(end / 3.0);
	width = end / panels;
	for (int i = 0; i < panels; i++)
		for (int j = 0; j < 2 * GAUSS_HALF; j++)
		{
			double node = j & 1 ? GaussNode[j >> 1] : -GaussNode[j >> 1];
			double y = width * (i + 0.5 * (1.0 + node));
			double v = expm1(y) / k;

			sum += GaussWeight[j >> 1] * exp(y - f.s * log1p(v) - kappa * v);
		}
	*result = exp(-f.log_g) * (f.c / f.a) * f.b * 0.5 * width * sum / k;
	return BTYD_OK;
}

/* ---------------------------------------------------------------- simulation */

/* SMC assumptions 1 to 5; drop is the time of death */
static void
ParetoDraw(const BtydModel *m, RandomState *rng, BtydCustomer *customer)
{
	customer->lambda = RandomGamma(rng, m->params[R]) / m->params[ALPHA];
	customer->drop = RandomExponential(rng) * m->params[BETA] / RandomGamma(rng, m->params[S]);
	customer->now = 0.0;
	customer->gone = false;
}

static double
ParetoNext(const BtydModel *m, RandomState *rng, BtydCustomer *customer)
{
	double next = customer->now + RandomExponential(rng) / customer->lambda;

	if (customer->gone || !(next <= customer->drop))
	{
		customer->gone = true;
		return INFINITY;
	}
	return customer->now = next;
}

/* ---------------------------------------------------------------- the table */

/* Rate of purchases as seen, mild heterogeneity, and about half of the customers lost by now */
static void
ParetoStart(const BtydSummary *summary, int order, double *params)
{
	double rate = (summary->sum_x + 0.5) / summary->sum_t;

	params[R] = 0.7;
	params[ALPHA] = 0.5 * params[R] / rate;
	params[S] = 0.7;
	params[BETA] = 0.5;
}

const BtydProcess BtydParetonbd = {
	.name = "paretonbd",
	.title = "Pareto/NBD",
	.paper = "Schmittlein, Morrison & Colombo (1987), Counting your customers: who are they and "
			 "what will they do next?",
	.max_order = 1,
	.nparams = NPARAMS,
	.param_names = {"r", "alpha", "s", "beta"},
	.param_meanings = {"shape of the purchase rates: the smaller, the more customers differ",
					   "rate parameter of the purchase rates, a time: the mean rate is r/alpha",
					   "shape of the death rates: the smaller, the more customers differ",
					   "rate parameter of the death rates, a time: the mean rate is s/beta"},
	.in_time_units = {false, true, false, true},
	.lower = {1e-5, 1e-7, 1e-5, 1e-4},
	.upper = {1e6, 1e10, 1e5, 1e8},
	.start = ParetoStart,
	.prepare = ParetoPrepare,
	.loglik = ParetoLoglik,
	.p_alive = ParetoPAlive,
	.expected = ParetoExpected,
	.pmf = ParetoPmf,
	.wait = ParetoWait,
	.at_least = ParetoAtLeast,
	.discounted = ParetoDiscounted,
	.draw = ParetoDraw,
	.next = ParetoNext,
};
