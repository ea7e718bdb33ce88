/*
 * gamma_gamma.c: what a customer spends on a purchase day
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/clv/gamma_gamma.h"
#include "core/numeric/optimise.h"
#include "core/numeric/special.h"

enum
{
	P,
	Q,
	GAMMA,
	NPARAMS = GAMMA_GAMMA_PARAMS
};

/* Rows between two looks at env->check, and rows that are enough to find the way to the top */
#define BLOCK_ROWS 2048
#define SAMPLE_ROWS 4000

#define STARTS 3 /* of a search */

/* As in fit.c */
#define PROFILE_ROWS 20000
#define PARABOLA 0.3

typedef struct SpendData
{
	const GammaGammaRow *rows;
	size_t n;
	size_t stride; /* look at each stride-th row only */
	double unit;   /* of money, in the fit */
	double scale;  /* of the log-likelihood: customers stand for those that were not looked at */
	const Environment *env;
} SpendData;

/*
 * FH, density of the mean of x purchases, with y = m x / gamma, so that nothing cancels when p or q
 *is large:
 *
 *   log L = log Gamma(p x + q) - log Gamma(p x) - log Gamma(q)
 *			 + p x log(y / (1 + y)) - q log(1 + y) - log m
 *
 * Rows that cannot be fitted add nothing. money is the unit that means are measured in.
 */
static double
SpendLoglik(const double *params, double money, const GammaGammaRow *rows, size_t n, size_t stride,
			double *grad, double *hess)
{
	double p = params[P];
	double q = params[Q];
	double log_gamma = log(params[GAMMA]) + log(money);
	double x = 0.0;
	double shape = 0, rising = 0, psi_p = 0, psi_q = 0, psi2 = 0, psi2_p = 0;
	double lgamma_q = lgamma(q);
	double psi_of_q = grad || hess ? Digamma(q) : 0.0;
	double psi2_of_q = hess ? Trigamma(q) : 0.0;
	double value = 0.0;
	double g[NPARAMS] = {0};
	double hpp = 0, hpq = 0, hqq = 0, hpg = 0, hqg = 0, hgg = 0;

	for (size_t i = 0; i < n; i += stride)
	{
		const GammaGammaRow *row = &rows[i];
		double w = row->weight;
		double log_y, log_mean, lower, upper, above;

		if (!GammaGammaIsUsable(row))
			continue;
		if (row->x != x)
		{
			x = row->x;
			shape = p * x + q;
			rising = LogRising(p * x, q) - lgamma_q;
			if (grad || hess)
			{
				psi_p = DigammaRise(p * x, q);
				psi_q = Digamma(shape) - psi_of_q;
			}
			if (hess)
			{
				psi2 = Trigamma(shape);
				psi2_p = TrigammaRise(p * x, q);
			}
		}
		log_mean = log(row->mean);
		log_y = log_mean + log(x) - log_gamma;
		lower = Log1pExp(-log_y); /* -log(y / (1 + y)) */
		upper = Log1pExp(log_y);  /* log(1 + y) */
		value += w * (rising - p * x * lower - q * upper - (log_mean - log(money)));
		if (!grad && !hess)
			continue;

		above = 1.0 / (1.0 + exp(-log_y)); /* y / (1 + y) */
		g[P] += w * x * (psi_p - lower);
		g[Q] += w * (psi_q - upper);
		g[GAMMA] += w * (q * above - p * x * (1.0 - above));
		if (!hess)
			continue;
		hpp += w * x * x * psi2_p;
		hpq += w * x * psi2;
		hqq += w * (psi2 - psi2_of_q);
		hpg -= w * x * (1.0 - above);
		hqg += w * above;
		hgg -= w * shape * above * (1.0 - above);
	}

	/* d2/dlog_i dlog_j = theta_i theta_j d2 + [i = j] theta_i d; gamma is in logarithms already */
	if (grad)
	{
		grad[P] = p * g[P];
		grad[Q] = q * g[Q];
		grad[GAMMA] = g[GAMMA];
	}
	if (hess)
	{
		hess[3 * P + P] = p * p * hpp + p * g[P];
		hess[3 * Q + Q] = q * q * hqq + q * g[Q];
		hess[3 * GAMMA + GAMMA] = hgg;
		hess[3 * P + Q] = hess[3 * Q + P] = p * q * hpq;
		hess[3 * P + GAMMA] = hess[3 * GAMMA + P] = p * hpg;
		hess[3 * Q + GAMMA] = hess[3 * GAMMA + Q] = q * hqg;
	}
	return value;
}

double
GammaGammaLogLikelihood(const double *params, const GammaGammaRow *rows, size_t n, double *grad,
						double *hess)
{
	return SpendLoglik(params, 1.0, rows, n, 1, grad, hess);
}

/* For the optimiser: the same, in blocks that can be interrupted */
static double
Likelihood(void *arg, const double *log_params, double *grad, double *hess, bool *stop)
{
	const SpendData *data = arg;
	size_t block = BLOCK_ROWS * data->stride;
	double params[NPARAMS];
	double value = 0.0;

	for (int i = 0; i < NPARAMS; i++)
		params[i] = exp(log_params[i]);
	if (grad)
		memset(grad, 0, NPARAMS * sizeof(double));
	if (hess)
		memset(hess, 0, NPARAMS * NPARAMS * sizeof(double));
	for (size_t i = 0; i < data->n; i += block)
	{
		double g[NPARAMS], h[NPARAMS * NPARAMS];
		size_t rows = data->n - i < block ? data->n - i : block;

		if (EnvironmentMustStop(data->env))
		{
			*stop = true;
			return -INFINITY;
		}
		value += SpendLoglik(params, data->unit, data->rows + i, rows, data->stride,
							 grad ? g : NULL, hess ? h : NULL);
		for (int j = 0; grad && j < NPARAMS; j++)
			grad[j] += g[j];
		for (int j = 0; hess && j < NPARAMS * NPARAMS; j++)
			hess[j] += h[j];
	}
	value *= data->scale;
	for (int j = 0; grad && j < NPARAMS; j++)
		grad[j] *= data->scale;
	for (int j = 0; hess && j < NPARAMS * NPARAMS; j++)
		hess[j] *= data->scale;
	return isfinite(value) ? value : -INFINITY;
}

/* Check and count the rows, and find their geometric mean; false with status when one is bad */
static bool
Summarise(const GammaGammaRow *rows, size_t n, GammaGammaFit *fit, double *unit)
{
	double sum_log = 0;

	for (size_t i = 0; i < n; i++)
	{
		const GammaGammaRow *row = &rows[i];

		if (!(row->weight > 0.0 && isfinite(row->weight)) ||
			!(row->x >= 0.0 && isfinite(row->x) && row->x == floor(row->x)) ||
			(row->x > 0.0 && !isfinite(row->mean)))
		{
			fit->status = BTYD_FIT_BAD_DATA;
			fit->bad_row = i;
			return false;
		}
		if (row->x == 0.0)
			fit->without_repeat += row->weight;
		else if (!GammaGammaIsUsable(row))
			fit->without_spend += row->weight;
		else
		{
			fit->rows++;
			fit->customers += row->weight;
			sum_log += row->weight * log(row->mean);
		}
	}
	*unit = fit->customers > 0.0 ? exp(sum_log / fit->customers) : 1.0;
	return true;
}

static bool
AtBound(const Optimiser *opt)
{
	for (int i = 0; i < NPARAMS; i++)
		if (opt->result.at_bound[i])
			return true;
	return false;
}

static void
Search(SpendData *data, Optimiser *opt)
{
	static const double lower[NPARAMS] = {1e-4, 1e-4, 1e-8};
	static const double upper[NPARAMS] = {1e5, 1e5, 1e8};
	/* moderate variation within and between customers, and a mean spend near the middle */
	static const double start[NPARAMS] = {1.1, 1.1, -0.4};
	static const double shifts[STARTS][NPARAMS] = {{0, 0, 0}, {1.5, 1.5, 0}, {-1.2, -0.6, 0.6}};
	double starts[STARTS * NPARAMS];

	for (int i = 0; i < NPARAMS; i++)
	{
		opt->lower[i] = log(lower[i]);
		opt->upper[i] = log(upper[i]);
		for (int s = 0; s < STARTS; s++)
			starts[NPARAMS * s + i] = start[i] + shifts[s][i];
	}
	data->stride = fmax(1.0, floor(data->n / (double) SAMPLE_ROWS * 0.5));
	OptSearch(opt, starts, STARTS);
	if (data->stride > 1 && opt->result.status != OPT_STOPPED)
	{
		data->stride = 1;
		OptPolish(opt, OPT_POLISH_STEPS);

		/* a sample can mislead: once more, unless the way leads out of bounds with all rows too */
		if (opt->result.status == OPT_LIMIT && !AtBound(opt))
			OptSearch(opt, starts, STARTS);
	}
}

/* gamma goes with what is open: the mean spend is p gamma/(q - 1) */
static void
FindLimits(const Optimiser *opt, GammaGammaFit *fit)
{
	const bool *at_bound = opt->result.at_bound;

	if (fit->status != BTYD_FIT_NOT_IDENTIFIED)
		return;
	if (at_bound[P] && fit->params[P] > 1.0)
		fit->limits |= BTYD_LIMIT_EVEN_SPEND;
	if (at_bound[Q] && fit->params[Q] > 1.0)
		fit->limits |= BTYD_LIMIT_ONE_SPEND;
	if (fit->limits == 0 && AtBound(opt))
		fit->limits |= BTYD_LIMIT_BOUND;
	fit->unidentified[GAMMA] |= fit->limits != 0;
	for (int i = 0; i < NPARAMS; i++)
		for (int j = 0; j < NPARAMS; j++)
			if (fit->unidentified[i] || fit->unidentified[j])
				fit->log_covariance[NPARAMS * i + j] = NAN;
}

/* Other parameters that the data still allow; false when stopped */
static bool
FindPoints(Optimiser *opt, const SpendData *data, GammaGammaFit *fit)
{
	SpendData rough = *data;
	double points[2 * NPARAMS * NPARAMS];

	while (rough.n / rough.stride > PROFILE_ROWS)
		rough.stride *= 2;
	rough.scale = (double) rough.stride;
	if (!OptProfile(opt, Likelihood, &rough, rough.stride > 1 ? PARABOLA : 0.0, points))
		return false;
	fit->npoints = 2 * NPARAMS;
	for (int i = 0; i < 2 * NPARAMS; i++)
	{
		for (int j = 0; j < NPARAMS; j++)
			fit->points[i][j] = exp(points[NPARAMS * i + j]);
		fit->points[i][GAMMA] *= data->unit;
	}
	return true;
}

BtydFitStatus
GammaGammaFitSpend(const GammaGammaRow *rows, size_t n, const Environment *env, GammaGammaFit *fit)
{
	SpendData data = {rows, n, 1, 1.0, 1.0, env};
	Optimiser opt;

	memset(fit, 0, sizeof(*fit));
	fit->loglik = NAN;
	for (int i = 0; i < NPARAMS; i++)
		fit->params[i] = NAN;
	for (int i = 0; i < NPARAMS * NPARAMS; i++)
		fit->covariance[i] = fit->log_covariance[i] = NAN;
	if (!Summarise(rows, n, fit, &data.unit))
		return fit->status;
	if (n == 0)
		return fit->status = BTYD_FIT_EMPTY;
	if (fit->customers == 0.0)
		return fit->status = BTYD_FIT_NO_REPEATS;
	if (fit->customers < BTYD_MIN_CUSTOMERS)
		return fit->status = BTYD_FIT_TOO_FEW;
	if (!OptBegin(&opt, NPARAMS, Likelihood, &data, env))
		return fit->status = BTYD_FIT_NO_MEMORY;
	Search(&data, &opt);

	for (int i = 0; i < NPARAMS; i++)
		fit->params[i] = exp(opt.result.top.p[i]);
	fit->params[GAMMA] *= data.unit;
	fit->has_mean = fit->params[Q] > 1.0;
	fit->loglik = opt.result.top.value - fit->customers * log(data.unit);
	fit->decrement = opt.result.decrement;
	fit->iterations = opt.iterations;
	fit->evaluations = opt.evaluations;
	fit->status = BtydFitStatusOf(OptJudge(&opt, fit->log_covariance, fit->unidentified));
	FindLimits(&opt, fit);
	for (int i = 0; i < NPARAMS; i++)
		for (int j = 0; j < NPARAMS; j++)
			fit->covariance[NPARAMS * i + j] =
				fit->params[i] * fit->params[j] * fit->log_covariance[NPARAMS * i + j];
	if (BtydFitIsUsable(fit->status) && !FindPoints(&opt, &data, fit))
		fit->status = BTYD_FIT_INTERRUPTED;
	OptEnd(&opt);
	return fit->status;
}

BtydStatus
GammaGammaExpected(const double *params, double x, double mean, double *result)
{
	double rest, value;

	for (int i = 0; i < NPARAMS; i++)
		if (!(params[i] > 0.0 && params[i] <= DBL_MAX))
			return BTYD_BAD_PARAMETER;
	if (!(x >= 0.0 && x <= DBL_MAX && x == floor(x)))
		return BTYD_BAD_X;
	if (x == 0.0)
		mean = 0.0;
	else if (!(mean > 0.0 && mean <= DBL_MAX))
		return BTYD_BAD_SPEND;

	/* nu ~ Gamma(p x + q, gamma + m x), and the mean of p / nu exists for a shape above 1 */
	rest = params[P] * x + (params[Q] - 1.0);
	if (rest <= 0.0)
		return BTYD_INFINITE;
	value = params[P] * ((params[GAMMA] + mean * x) / rest);
	if (!isfinite(value))
		return BTYD_INACCURATE;
	*result = value;
	return BTYD_OK;
}
