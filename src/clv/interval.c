/*
 * interval.c: how sure a model is of what it says about a customer
 */
#include "clv/predict.h"

#include <float.h>
#include <math.h>

#include "core/numeric/linear.h"
#include "core/numeric/special.h"

/* What an interval leaves out on each side */
#define OUT 0.025

/* ---------------------------------------------------------------- points
 *
 * Other parameters that the data still allow: pairs, both sides of each direction in which the
 * estimates are uncertain. The interval of any figure f of the parameters is
 *
 *   f - sqrt(sum over the pairs of min(0, f(point) - f)^2)  to  f + sqrt(sum of max(...)^2)
 *
 * which is the delta method where the likelihood is a parabola and f a line, and needs no
 * derivative where they are not. Orders and spend are fitted apart: their pairs add up.
 */

/* Points of a fit that has none of its own: from the covariance of the logarithms */
static int
PointsOfCovariance(const ClvPart *part, int n, double points[][BTYD_MAX_PARAMS])
{
	double factor[BTYD_MAX_PARAMS * BTYD_MAX_PARAMS];

	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
			factor[i * n + j] =
				part->covariance[ClvTriangle(i, j)] / (part->params[i] * part->params[j]);
	if (!isfinite(factor[0]) || !CholeskyFactor(n, factor))
		return 0;
	for (int j = 0; j < n; j++)
		for (int i = 0; i < n; i++)
		{
			double shift = i < j ? 0 : NORMAL_95 * factor[i * n + j];

			points[2 * j][i] = part->params[i] * exp(-shift);
			points[2 * j + 1][i] = part->params[i] * exp(shift);
		}
	return 2 * n;
}

static int
GetPoints(const ClvPart *part, int n, double points[][BTYD_MAX_PARAMS])
{
	if (part->npoints == 0)
		return part->status == CLV_GIVEN ? 0 : PointsOfCovariance(part, n, points);
	memcpy(points, part->points, sizeof(part->points));
	return (int) part->npoints;
}

const ClvSpread *
ClvGetSpread(ClvPrepared *model)
{
	double points[CLV_MAX_POINTS][BTYD_MAX_PARAMS];
	const BtydProcess *process = model->orders.process;
	ClvSpread *spread = model->spread;

	if (spread != NULL)
		return spread;
	spread = MemoryContextAllocZero(model->context, sizeof(ClvSpread));
	spread->orders_points = GetPoints(&model->model.orders, process->nparams, points);
	for (int i = 0; i < spread->orders_points; i++)
		if (BtydPrepare(&spread->orders[i], process, model->orders.order, points[i]) != BTYD_OK)
			spread->orders_points = 0;
	if (model->has_spend)
	{
		spread->spend_points = GetPoints(&model->model.spend, GAMMA_GAMMA_PARAMS, points);
		for (int i = 0; i < spread->spend_points; i++)
			memcpy(spread->spend[i], points[i], sizeof(spread->spend[i]));
	}
	return model->spread = spread;
}

/* Add a pair of points. */
void
ClvAddPair(ClvRange *range, double one, double other)
{
	double least = fmin(one, other) - range->at;
	double most = fmax(one, other) - range->at;

	if (least < 0)
		range->below += least * least;
	if (most > 0)
		range->above += most * most;
}

/* Orders, spend and value are never negative. */
static ClvInterval
RangeInterval(const ClvRange *range)
{
	ClvInterval interval = {fmax(0, range->at - sqrt(range->below)),
							range->at + sqrt(range->above)};

	if (!isfinite(interval.upper)) /* somewhere it is infinite */
		interval.upper = NAN;
	return interval;
}

static const ClvInterval Unknown = {NAN, NAN};

/* Expected orders or value of one customer at a point, without any help; infinite where they are */
static double
MeanOfCustomer(ClvPrepared *model, const BtydModel *orders, const ClvAsked *asked,
			   ClvFactor question)
{
	const HistoryBtydRow *customer = asked->customer;
	double mean = 0;
	BtydStatus status = ClvAskCustomer(model, orders, customer->x, customer->t_x, customer->t,
									   question, &asked->horizon, &mean);

	if (status == BTYD_INFINITE)
		return INFINITY;
	ClvCheckStatus(status, customer);
	return mean;
}

void
ClvMeansAtPoints(ClvPrepared *model, const ClvAsked *asked, ClvMeans *means)
{
	const ClvSpread *spread = ClvGetSpread(model);
	const HistoryBtydRow *customer = asked->customer;
	ClvOutlook *outlook = NULL;

	if (spread->orders_points > 0 && model->orders.order == 1)
		outlook = ClvGetOutlook(model, customer->x, customer->t, &asked->horizon);
	for (int i = 0; i < spread->orders_points; i++)
	{
		const BtydModel *orders = &spread->orders[i];
		double alive = 0;

		if (outlook != NULL)
			ClvCheckStatus(BtydPAlive(orders, customer->x, customer->t_x, customer->t, &alive),
						   customer);
		for (int question = CLV_ORDERS; question <= CLV_VALUE; question++)
		{
			double *mean = &means->of[question][i];
			double *factor = outlook ? &outlook->mean[question][i] : NULL;

			*mean = NAN;
			if (question == CLV_ORDERS ? isnan(asked->orders) : !model->has_spend)
				continue;
			if (factor != NULL && isnan(*factor) &&
				ClvAskFactor(model, orders, customer->x, customer->t, question, &asked->horizon,
							 factor) != BTYD_OK)
				*factor = INFINITY;
			if (factor != NULL && isfinite(*factor))
				*mean = alive * *factor;
			else
				*mean = MeanOfCustomer(model, orders, asked, question);
		}
	}
}

double
ClvSpendAtPoint(const ClvSpread *spread, const HistoryBtydRow *customer, int i)
{
	double mean = 0;
	BtydStatus status =
		GammaGammaExpected(spread->spend[i], customer->x, fmax(customer->m_x, DBL_MIN), &mean);

	if (status == BTYD_INFINITE)
		return INFINITY;
	ClvCheckStatus(status, customer);
	return mean;
}

void
ClvMeanIntervals(ClvPrepared *model, const ClvAsked *asked, ClvInterval *orders, ClvInterval *value)
{
	const ClvSpread *spread = ClvGetSpread(model);
	ClvRange range = {asked->orders, 0, 0};
	ClvRange money = {asked->value * asked->spend, 0, 0};
	ClvMeans means;

	*orders = *value = Unknown;
	if (spread->orders_points == 0)
		return;
	ClvMeansAtPoints(model, asked, &means);
	for (int i = 0; i < spread->orders_points; i += 2)
	{
		ClvAddPair(&range, means.of[CLV_ORDERS][i], means.of[CLV_ORDERS][i + 1]);
		ClvAddPair(&money, asked->spend * means.of[CLV_VALUE][i],
				   asked->spend * means.of[CLV_VALUE][i + 1]);
	}
	if (!isnan(asked->orders))
		*orders = RangeInterval(&range);
	if (spread->spend_points == 0)
		return;
	for (int i = 0; asked->value > 0 && i < spread->spend_points; i += 2)
		ClvAddPair(&money, asked->value * ClvSpendAtPoint(spread, asked->customer, i),
				   asked->value * ClvSpendAtPoint(spread, asked->customer, i + 1));
	*value = RangeInterval(&money);
}

/* ---------------------------------------------------------------- what will happen */

/* P(W > w) for customers of x repeat purchases; NULL where it is not kept */
static OutcomeTable *
GetTable(ClvPrepared *model, double x, double p, double shape)
{
	OutcomeTable plan, *table;

	if (x >= CLV_TABLES)
		return NULL;
	ClvGetSpread(model);
	table = model->spread->table[(int) x];
	if (table == NULL)
	{
		OutcomeTablePlan(&plan, p, shape);
		table = MemoryContextAlloc(model->context, OutcomeTableSize(&plan));
		*table = plan;
		model->spread->table[(int) x] = table;
	}
	return table;
}

/* How many orders a customer makes who is alive. Those of one who has a memory are nobody else's */
static const OutcomeCounts *
GetCounts(ClvPrepared *model, const ClvAsked *asked, OutcomeCounts *own)
{
	const BtydModel *orders = &model->orders;
	const HistoryBtydRow *customer = asked->customer;
	double x = customer->x;
	double t = customer->t;
	double last = x > 0 ? t : 0;
	double alive = 0;
	ClvOutlook *outlook;

	if (orders->order == 1)
	{
		outlook = ClvGetOutlook(model, x, t, &asked->horizon);
		if (outlook->counted)
			return &outlook->counts;
		ClvCheckStatus(BtydPAlive(orders, x, last, t, &alive), customer);
		if (alive >= DBL_MIN)
		{
			ClvCheckStatus(
				OutcomeCountsOf(orders, x, last, t, asked->horizon.span, alive, &outlook->counts),
				customer);
			outlook->counted = true;
			return &outlook->counts;
		}
	}
	*own = (OutcomeCounts){0}; /* nobody who is surely gone orders */
	if (asked->alive >= DBL_MIN)
		ClvCheckStatus(
			OutcomeCountsOf(orders, x, customer->t_x, t, asked->horizon.span, asked->alive, own),
			customer);
	return own;
}

/*
 * Money is discounted as the mean of a customer's orders is: when exactly each comes is left out.
 * Within a year at 10 % an order counts .91 to 1.
 */
void
ClvOutcome(ClvPrepared *model, const ClvAsked *asked, ClvInterval *orders, ClvInterval *value)
{
	const HistoryBtydRow *customer = asked->customer;
	OutcomeCounts own;
	const OutcomeCounts *counts = GetCounts(model, asked, &own);

	*value = Unknown;
	*orders = (ClvInterval){0, 0};
	if (counts->n > 0)
		ClvCheckStatus(OutcomeInterval(counts, asked->alive, OUT, &orders->lower, &orders->upper),
					   customer);
	if (model->has_spend)
	{
		const double *params = model->model.spend.params;
		double p = params[0];
		double shape = params[1] + p * customer->x;
		double scale = params[2] + customer->x * fmax(customer->m_x, DBL_MIN);
		double discounted = asked->orders > 0 ? asked->value / asked->orders : 0;
		OutcomeTable *table = GetTable(model, customer->x, p, shape);

		scale *= discounted;
		value->lower = scale * OutcomeSpend(counts, asked->alive, p, shape, table, 1 - OUT);
		value->upper = scale * OutcomeSpend(counts, asked->alive, p, shape, table, OUT);
	}
}

/* With infinite variance of spend, and near it, this shape's is taken */
#define LEAST_SHAPE 2.2

/*
 * Var N = E[N (N + 1)] - E[N] - E[N]^2. Given N and nu the money is Gamma(p N, nu), so that
 * E[Z^2] = (p E[N] + p^2 E[N^2]) E[1/nu^2], and E[1/nu^2] is (mean/p)^2 (shape - 1)/(shape - 2).
 */
void
ClvVariance(ClvPrepared *model, const ClvAsked *asked, double *orders, double *value)
{
	OutcomeCounts own;
	const OutcomeCounts *counts = GetCounts(model, asked, &own);
	double mean = asked->orders;
	double square = fmax(mean, 2 * asked->alive * OutcomeSecond(counts) - mean);

	*orders = fmax(0, square - mean * mean);
	*value = 0;
	if (model->has_spend && mean > 0)
	{
		double p = model->model.spend.params[0];
		double shape = fmax(LEAST_SHAPE, model->model.spend.params[1] + p * asked->customer->x);
		double discounted = asked->value / mean;

		*value = (mean / p + square) * (shape - 1) / (shape - 2) - mean * mean;
		*value = fmax(0, *value) * asked->spend * asked->spend * discounted * discounted;
	}
}
