/*
 * correlation.c: does spend per order go with the number of orders?
 *
 * Three answers: as the numbers are, which a few large ones decide; by ranks (Spearman 1904), which
 * no number decides; and on logarithms, where the spend model is nearest to a line.
 */
#include <math.h>

#include "core/clv/data.h"
#include "core/clv/gamma_gamma.h"

/* Rows between two looks at env->check */
#define BLOCK_ROWS 2048

/* Running means and moments, which do not cancel: West (1979), CACM 22 */
typedef struct Moments
{
	double weight;
	double mean_a, mean_b;
	double aa, bb, ab;
} Moments;

static void
Add(Moments *m, double a, double b, double weight)
{
	double da = a - m->mean_a;
	double db = b - m->mean_b;
	double share;

	m->weight += weight;
	share = weight / m->weight;
	m->mean_a += share * da;
	m->mean_b += share * db;
	m->aa += weight * da * (a - m->mean_a);
	m->bb += weight * db * (b - m->mean_b);
	m->ab += weight * da * (b - m->mean_b);
}

/* Least share of the mean square that is no rounding */
#define NO_VARIANCE 1e-24

static double
Correlation(const Moments *m)
{
	if (!(m->aa > NO_VARIANCE * m->weight * m->mean_a * m->mean_a) ||
		!(m->bb > NO_VARIANCE * m->weight * m->mean_b * m->mean_b))
		return NAN;
	return fmax(-1.0, fmin(1.0, m->ab / (sqrt(m->aa) * sqrt(m->bb))));
}

/* Equal numbers of an order share the middle of their ranks: written to t of their rows. */
static void
RankRows(BtydRow *rows, size_t n)
{
	double before = 0.0;

	for (size_t i = 0, end; i < n; i = end)
	{
		double weight = 0.0;

		for (end = i; end < n && rows[end].x == rows[i].x; end++)
			weight += rows[end].weight;
		for (size_t j = i; j < end; j++)
			rows[j].t = before + 0.5 * weight;
		before += weight;
	}
}

/*
 * Ranks of both: rows (mean, x) in order of mean get the rank of their mean, then in order of x
 * that of their x. other is room for as many.
 */
static BtydDataStatus
RankCorrelation(BtydRow *rows, size_t n, BtydRow *other, const Environment *env, double *result)
{
	BtydDataStatus status = BtydSortRows(rows, n, other, env);
	Moments ranks = {0};

	if (status != BTYD_DATA_OK)
		return status;
	RankRows(other, n);
	for (size_t i = 0; i < n; i++)
		other[i] = (BtydRow){other[i].t_x, other[i].t, 0.0, other[i].weight};
	status = BtydSortRows(other, n, rows, env);
	if (status != BTYD_DATA_OK)
		return status;
	RankRows(rows, n);
	for (size_t i = 0; i < n; i++)
		Add(&ranks, rows[i].t, rows[i].t_x, rows[i].weight);
	*result = Correlation(&ranks);
	return BTYD_DATA_OK;
}

BtydFitStatus
GammaGammaCorrelate(const GammaGammaRow *rows, size_t n, const Environment *env,
					GammaGammaCorrelation *result)
{
	Moments plain = {0}, logs = {0};
	BtydDataStatus status = BTYD_DATA_OK;
	BtydRow *copy;
	size_t used = 0;

	*result = (GammaGammaCorrelation){NAN, NAN, NAN};
	if (n == 0)
		return BTYD_FIT_CONVERGED;
	copy = EnvironmentAllocate(env, n, 2 * sizeof(BtydRow));
	if (copy == NULL)
		return BTYD_FIT_NO_MEMORY;
	for (size_t i = 0; i < n && status == BTYD_DATA_OK; i++)
	{
		const GammaGammaRow *row = &rows[i];

		if (i % BLOCK_ROWS == 0 && EnvironmentMustStop(env))
			status = BTYD_DATA_INTERRUPTED;
		if (!GammaGammaIsUsable(row))
			continue;
		Add(&plain, row->x, row->mean, row->weight);
		Add(&logs, log(row->x), log(row->mean), row->weight);
		copy[used++] = (BtydRow){row->mean, row->x, 0.0, row->weight};
	}
	if (status == BTYD_DATA_OK && used > 0)
	{
		result->plain = Correlation(&plain);
		result->logs = Correlation(&logs);
		status = RankCorrelation(copy, used, copy + n, env, &result->ranks);
	}
	EnvironmentRelease(env, copy);
	return status == BTYD_DATA_OK          ? BTYD_FIT_CONVERGED
		   : status == BTYD_DATA_NO_MEMORY ? BTYD_FIT_NO_MEMORY
										   : BTYD_FIT_INTERRUPTED;
}
