/*
 * season_predict.c: predictions in the time of a season's clock
 */
#include "core/clv/season_predict.h"

#include <math.h>

#include "core/base/check.h"
#include "core/numeric/quadrature.h"

#define PI 3.14159265358979323846

/*
 * Two points a day tell its discount and E where neither changes by more than this in a day, and
 * behind the first days, on which E may begin as a cube
 */
#define STEEP 0.02
#define FIRST_DAYS 8

/* Accuracy of the polynomial, as a logarithm: 1e-13 */
#define DIGITS 30.0

/*
 * E of an age t is a mixture over rates of gamma distribution with scale A = alpha + T, T the time
 * observed. Of gaps of order k it has the terms of a renewal process of Erlang gaps, exp(-lambda t
 * (1 - w)) with w the k-th roots of 1 (Cox 1962, Renewal Theory, section 4.5), mixed: powers of 1 +
 * t (1 - w) / A. So its poles are at t = -A / (1 - w): at -A, for k = 2 at -A / 2, for k = 3 at
 * that angle of +-30 degrees. In v = log(1 + k t / alpha) they are pi away from the real axis, for
 * k = 3 two thirds of pi, for whatever T, and v is short where t is long.
 *
 * A polynomial through Chebyshev points is then off by the power -n of the sum of the half axes of
 * the ellipse around [0, v] that has the pole on it (Trefethen, Approximation Theory and
 * Approximation Practice, theorem 8.2).
 */
static int
NodesNeeded(double v, int order)
{
	double away = order <= 2 ? PI : 2 * PI / order;
	double ratio = 2 * away / v;
	double axes = ratio + sqrt(1 + ratio * ratio);
	double n = ceil(DIGITS / log(axes)) + 2;

	return n < SEASON_MAX_NODES ? (int) n : SEASON_MAX_NODES;
}

/* The scale of v: of the parameters that are times, the smallest; of gaps of order k a part */
static double
TimeScale(const BtydModel *model)
{
	double scale = INFINITY;

	for (int i = 0; i < model->process->nparams; i++)
		if (model->process->in_time_units[i])
			scale = fmin(scale, model->params[i]);
	return scale / model->order;
}

typedef struct Nodes
{
	int n;                          /* nodes 0 to n, of which 0 is time 0, where E is 0 */
	double scale;                   /* of v */
	double v[SEASON_MAX_NODES + 1]; /* Chebyshev points from 0 to the whole span */
} Nodes;

static Nodes
MakeNodes(double scale, int order, double span)
{
	double v = log1p(span / scale);
	Nodes nodes = {.n = NodesNeeded(v, order), .scale = scale};

	for (int j = 0; j <= nodes.n; j++)
		nodes.v[j] = v * pow(sin(PI / 2 * j / nodes.n), 2);
	return nodes;
}

/*
 * Add to the weights what E at a time counts, by the polynomial through the nodes (barycentric
 * formula; Berrut & Trefethen 2004, "Barycentric Lagrange interpolation", SIAM Review 46).
 */
static void
AddPoint(const Nodes *nodes, double time, double count, double *weight)
{
	double v = log1p(time / nodes->scale);
	double part[SEASON_MAX_NODES + 1];
	double sum = 0;

	for (int j = 0; j <= nodes->n; j++)
	{
		double away = v - nodes->v[j];

		if (away == 0)
		{
			if (j > 0)
				weight[j - 1] += count;
			return;
		}
		part[j] = (j % 2 == 0 ? 1 : -1) * (j == 0 || j == nodes->n ? .5 : 1) / away;
		sum += part[j];
	}
	for (int j = 1; j <= nodes->n; j++)
		weight[j - 1] += count * part[j] / sum;
}

/* Weights for so many days from as_of on; the last node is their end. */
static void
MakeWeights(const BtydModel *model, const SeasonClock *clock, double unit_days, int32_t as_of,
			int days, double delta, SeasonHorizon *horizon)
{
	double scale = TimeScale(model);
	double end = SeasonSpan(clock, as_of, as_of + days) / unit_days;
	Nodes nodes = MakeNodes(scale, model->order, end);
	double before = 0;

	horizon->n = nodes.n;
	for (int j = 1; j <= nodes.n; j++)
	{
		horizon->at[j - 1] = j == nodes.n ? end : scale * expm1(nodes.v[j]);
		horizon->weight[j - 1] = 0;
	}
	for (int day = 0; day < days; day++)
	{
		double after = SeasonSpan(clock, as_of, as_of + day + 1) / unit_days;
		double start = exp(-delta * day);
		double width = after - before;

		if (day >= FIRST_DAYS && delta <= STEEP && width <= STEEP * (scale + before))
		{
			/* the Gauss rule of two points */
			double aside = .5 / sqrt(3);

			for (int side = -1; side <= 1; side += 2)
			{
				double u = .5 + side * aside;

				AddPoint(&nodes, before + u * width, start * delta / 2 * exp(-delta * u),
						 horizon->weight);
			}
		}
		else
			for (int j = 0; j < GAUSS_HALF; j++)
				for (int side = -1; side <= 1; side += 2)
				{
					double u = .5 + side * GaussNode[j] / 2;

					AddPoint(&nodes, before + u * width,
							 start * delta / 2 * GaussWeight[j] * exp(-delta * u), horizon->weight);
				}
		before = after;
		/* what is left counts nothing */
		if (start == 0)
			break;
	}
	horizon->weight[nodes.n - 1] += exp(-delta * days);
}

double
SeasonSpanAhead(const SeasonClock *clock, double unit_days, int32_t as_of, double days)
{
	int near_days = days < SEASON_FAR_DAYS ? (int) days : SEASON_FAR_DAYS;

	if (clock->season.bins == 0)
		return days / unit_days;
	return (SeasonSpan(clock, as_of, as_of + near_days) + (days - near_days)) / unit_days;
}

SeasonHorizon
SeasonAhead(const BtydModel *model, const SeasonClock *clock, double unit_days, int32_t as_of,
			double days, double rate)
{
	SeasonHorizon horizon = {
		.span = SeasonSpanAhead(clock, unit_days, as_of, days), .rate = rate, .far = INFINITY};
	double delta = rate / unit_days;
	int near_days = days < SEASON_FAR_DAYS ? (int) days : SEASON_FAR_DAYS;

	if (clock->season.bins == 0 || !(rate > 0) || !(days > 0))
		return horizon;
	if (days > near_days)
	{
		double near_span = SeasonSpan(clock, as_of, as_of + near_days);

		horizon.far = near_span / unit_days;
		horizon.far_factor = exp(delta * (near_span - near_days));
	}
	MakeWeights(model, clock, unit_days, as_of, near_days, delta, &horizon);
	return horizon;
}

BtydStatus
SeasonDiscounted(const BtydModel *model, const SeasonHorizon *horizon, double x, double t_x,
				 double t, double *result)
{
	double sum = 0;

	if (horizon->n == 0)
		return BtydDiscounted(model, x, t_x, t, horizon->span, horizon->rate, result);
	for (int j = 0; j < horizon->n; j++)
	{
		double orders;
		BtydStatus status = BtydExpected(model, x, t_x, t, horizon->at[j], &orders);

		if (status != BTYD_OK)
			return status;
		sum += horizon->weight[j] * orders;
	}
	if (horizon->far < INFINITY)
	{
		double until, all;
		BtydStatus status = BtydDiscounted(model, x, t_x, t, horizon->far, horizon->rate, &until);

		if (status == BTYD_OK)
			status = BtydDiscounted(model, x, t_x, t, horizon->span, horizon->rate, &all);
		if (status != BTYD_OK)
			return status;
		sum += horizon->far_factor * fmax(all - until, 0);
	}
	/* all terms of the integral are positive, but not all weights of a polynomial need be */
	*result = fmax(sum, 0);
	return BTYD_OK;
}

double
SeasonDaysAhead(const SeasonClock *clock, double unit_days, int32_t as_of, double span)
{
	double days = span * unit_days;
	double near_span = SeasonSpan(clock, as_of, as_of + SEASON_FAR_DAYS);

	if (clock->season.bins == 0)
		return ceil(days);
	if (days > near_span)
		return SEASON_FAR_DAYS + ceil(days - near_span);
	return (double) (SeasonDay(clock, as_of, days) - as_of);
}
