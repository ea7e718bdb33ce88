/*
 * outcome.c: what will happen: how many purchases a customer makes, and what they bring
 */
#include <float.h>
#include <math.h>

#include "core/clv/outcome.h"
#include "core/numeric/root.h"
#include "core/numeric/special.h"

/* Chances below this are left out, and so much beyond the last count may be taken for it */
#define NEGLIGIBLE 1e-7
#define BEYOND 1e-4

/* The rest, in money, once it is so rare: it lies beyond the bounds and need not be told apart */
#define FEW 1e-5

/* Points of an interpolation, and the width of its steps in standard deviations */
#define POINTS 8
#define STEP 0.18

/* ---------------------------------------------------------------- counts */

static BtydStatus
AtLeast(const OutcomeCounts *c, double n, double *result)
{
	BtydStatus status = BtydAtLeast(c->model, c->x, c->t_x, c->t, c->horizon, n, result);

	*result = fmin(1.0, *result / c->alive);
	return status;
}

/* The smallest count above `low` with P(at least count) < limit */
static BtydStatus
FirstBelow(const OutcomeCounts *c, double limit, double low, double *count)
{
	double high = 2.0 * low;
	double tail = 0.0;
	BtydStatus status;

	for (;;)
	{
		status = AtLeast(c, high, &tail);
		if (status != BTYD_OK)
			return status;
		if (tail < limit)
			break;
		low = high;
		high *= 2.0;
		if (high > BTYD_MAX_COUNT)
			return BTYD_INACCURATE;
	}
	while (high - low > 1.0)
	{
		double middle = floor(0.5 * (low + high));

		status = AtLeast(c, middle, &tail);
		if (status != BTYD_OK)
			return status;
		if (tail < limit)
			high = middle;
		else
			low = middle;
	}
	*count = high;
	return BTYD_OK;
}

/* Groups as wide as the square root of what is in them, from where hardly anybody stops to where
 * hardly anybody comes; those who stop before are the first group. */
static BtydStatus
MakeGroups(OutcomeCounts *c)
{
	double begin = 2.0;
	double end = 0.0;
	double last = 1.0;
	BtydStatus status = FirstBelow(c, BEYOND, OUTCOME_COUNTS, &end);

	if (status == BTYD_OK)
		status = FirstBelow(c, c->tail[0] * (1.0 - BEYOND), 1.0, &begin);
	c->grouped = true;
	c->n = 1;
	for (int i = 0; i < OUTCOME_COUNTS - 1 && status == BTYD_OK; i++)
	{
		double root = sqrt(begin) + (sqrt(end) - sqrt(begin)) * i / (OUTCOME_COUNTS - 2);
		double first = fmax(last + 1.0, rint(root * root));

		status = AtLeast(c, first, &c->tail[c->n]);
		c->first[c->n++] = last = first;
	}
	return status;
}

BtydStatus
OutcomeCountsOf(const BtydModel *m, double x, double t_x, double t, double horizon, double alive,
				OutcomeCounts *c)
{
	BtydStatus status = BTYD_OK;
	double beyond = 0.0;

	*c =
		(OutcomeCounts){.model = m, .x = x, .t_x = t_x, .t = t, .horizon = horizon, .alive = alive};
	while (c->n < OUTCOME_COUNTS && status == BTYD_OK)
	{
		double *tail = &c->tail[c->n];

		status = AtLeast(c, c->n + 1.0, tail);
		c->first[c->n] = c->n + 1.0;
		c->n++;
		if (*tail < NEGLIGIBLE)
			return status;
	}
	if (status == BTYD_OK)
		status = AtLeast(c, OUTCOME_COUNTS + 1.0, &beyond);
	if (status == BTYD_OK && beyond > BEYOND)
		status = MakeGroups(c);
	return status;
}

/* The smallest count n with alive P(at least n) < limit, 1 if all are below */
static BtydStatus
CountBelow(const OutcomeCounts *c, double alive, double limit, double *count)
{
	int i = 0;

	while (i < c->n && alive * c->tail[i] >= limit)
		i++;
	if (!c->grouped || i == 0)
	{
		*count = i + 1.0;
		return BTYD_OK;
	}

	/* within a group: doubling ends at once, or nearly so */
	return FirstBelow(c, limit / alive, c->first[i - 1], count);
}

BtydStatus
OutcomeInterval(const OutcomeCounts *c, double alive, double out, double *lower, double *upper)
{
	double first = 1.0;
	BtydStatus status = CountBelow(c, alive, 1.0 - out, &first);

	if (status != BTYD_OK)
		return status;
	*lower = first - 1.0;
	/* the smallest n with P(at least n) <= out: one with equality is nobody's case */
	status = CountBelow(c, alive, nextafter(out, 1.0), &first);
	*upper = first - 1.0;
	return status;
}

double
OutcomeSecond(const OutcomeCounts *c)
{
	double sum = 0.0;

	/* the sum of n P(N >= n); within a group the probabilities fall evenly */
	for (int i = 0; i < c->n; i++)
	{
		double first = c->first[i];
		double end = i + 1 < c->n ? c->first[i + 1] : first + 1.0;
		double fall = i + 1 < c->n ? c->tail[i] - c->tail[i + 1] : 0.0;
		double width = end - first;
		double tail = c->tail[i] - 0.5 * fall * (width - 1.0) / width;

		sum += tail * 0.5 * width * (first + end - 1.0);
	}
	return sum;
}

/* ---------------------------------------------------------------- spend */

/* A mixture over the counts: the middle of each group, and its weight */
typedef struct Compound
{
	int n;
	double p;
	double shape;
	double target;
	double count[OUTCOME_COUNTS];
	double weight[OUTCOME_COUNTS];
	double log_beta[OUTCOME_COUNTS];
} Compound;

static void
Mix(const OutcomeCounts *c, Compound *mix)
{
	mix->n = c->n;
	for (int i = 0; i < mix->n; i++)
	{
		bool last = i + 1 == c->n || (!c->grouped && c->tail[i] < FEW);

		if (last)
			mix->n = i + 1; /* whoever comes more often brings more than any bound asked for */

		mix->count[i] = last ? c->first[i] : 0.5 * (c->first[i] + c->first[i + 1] - 1.0);
		mix->weight[i] = c->tail[i] - (last ? 0.0 : c->tail[i + 1]);
	}
}

/* P(W > e^y) less the target */
static double
CompoundTail(double y, const void *arg)
{
	const Compound *mix = arg;
	double sum = -mix->target;

	for (int i = 0; i < mix->n; i++)
		if (mix->weight[i] > 0.0)
			sum += mix->weight[i] *
				   BetaPrimeTail(mix->p * mix->count[i], mix->shape, mix->log_beta[i], y);
	return sum;
}

/* log w, from the definition */
static double
SolveCompound(Compound *mix)
{
	double low, high, f_low, f_high;
	double step = 0.5;

	for (int i = 0; i < mix->n; i++)
		mix->log_beta[i] = BetaLog(mix->p * mix->count[i], mix->shape);
	low = high = log(mix->p / mix->shape);
	f_low = f_high = CompoundTail(low, mix);
	while (f_low < 0.0 && low > -1e5)
	{
		high = low;
		f_high = f_low;
		low -= step;
		step *= 2.0;
		f_low = CompoundTail(low, mix);
	}
	while (f_high >= 0.0 && high < 1e5)
	{
		low = high;
		f_low = f_high;
		high += step;
		step *= 2.0;
		f_high = CompoundTail(high, mix);
	}
	return RootBetween(CompoundTail, mix, low, f_low, high, f_high, 1e-13);
}

/*
 * A grid in log w: from where hardly any single purchase is less, to where hardly any
 * OUTCOME_COUNTS are more; its step resolves the narrowest of their densities.
 */
void
OutcomeTablePlan(OutcomeTable *table, double p, double shape)
{
	double most = 48.0 * p; /* more are seldom, and no narrower than the steps are fit for */
	double width = sqrt(Trigamma(most) + Trigamma(shape));
	double one = Digamma(p) - Digamma(shape);
	double all = Digamma(most) - Digamma(shape);
	double log_beta = BetaLog(p, shape);
	double low = one;
	double high = all + 5.0 * width;
	double nodes;

	table->p = p;
	table->shape = shape;
	table->counts = 0;
	table->nodes = 0;
	table->step = STEP * width;
	for (int i = 0; i < 40 && BetaPrimeTail(p, shape, log_beta, low) < 0.999; i++)
		low -= 0.5 * sqrt(Trigamma(p) + Trigamma(shape));
	table->from = low - POINTS * table->step;
	nodes = ceil((high - table->from) / table->step) + POINTS;
	if (nodes <= OUTCOME_NODES)
		table->nodes = (int) nodes;
}

size_t
OutcomeTableSize(const OutcomeTable *table)
{
	return sizeof(OutcomeTable) + (size_t) table->nodes * OUTCOME_COUNTS * sizeof(double);
}

static void
FillTable(OutcomeTable *table, int counts)
{
	for (int i = table->counts; i < counts; i++)
	{
		double a = table->p * (i + 1.0);
		double log_beta = BetaLog(a, table->shape);

		for (int j = 0; j < table->nodes; j++)
			table->tail[j * OUTCOME_COUNTS + i] =
				BetaPrimeTail(a, table->shape, log_beta, table->from + j * table->step);
	}
	table->counts = counts;
}

static double
AtNode(const OutcomeTable *table, const Compound *mix, int node)
{
	const double *tail = &table->tail[node * OUTCOME_COUNTS];
	double sum[4] = {-mix->target, 0.0, 0.0, 0.0}; /* four at a time: they need not wait */
	int i = 0;

	for (; i + 4 <= mix->n; i += 4)
		for (int k = 0; k < 4; k++)
			sum[k] += mix->weight[i + k] * tail[i + k];
	for (; i < mix->n; i++)
		sum[0] += mix->weight[i] * tail[i];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* log w by the polynomial through the nodes around; false where the table does not reach */
static bool
LookUpCompound(OutcomeTable *table, const Compound *mix, double *y)
{
	int first = POINTS / 2 - 1;
	int end = table->nodes - POINTS / 2;
	int low = first;
	int high = end;
	double f[POINTS], guess, a = 0.0, b = 1.0;
	double f_low = -1.0, f_high = 0.0; /* not yet computed */

	if (table->counts < mix->n)
		FillTable(table, mix->n);
	while (high - low > 1)
	{
		int middle = (low + high) / 2;
		double value = AtNode(table, mix, middle);

		if (value >= 0.0)
		{
			low = middle;
			f_low = value;
		}
		else
		{
			high = middle;
			f_high = value;
		}
	}
	if (low == first || high == end)
		return false;

	/* Newton's divided differences on nodes 0 to 7, around the root between 3 and 4 */
	for (int i = 0; i < POINTS; i++)
	{
		int node = low - (POINTS / 2 - 1) + i;

		f[i] = node == low ? f_low : node == high ? f_high : AtNode(table, mix, node);
	}
	guess = f[3] / (f[3] - f[4]);
	for (int k = 1; k < POINTS; k++)
		for (int i = POINTS - 1; i >= k; i--)
			f[i] = (f[i] - f[i - 1]) / k;
	for (int i = 0; i < 20; i++)
	{
		double at = guess + POINTS / 2 - 1;
		double value = f[POINTS - 1];
		double slope = 0.0;
		double next;

		for (int k = POINTS - 2; k >= 0; k--)
		{
			slope = slope * (at - k) + value;
			value = value * (at - k) + f[k];
		}
		if (value >= 0.0)
			a = guess;
		else
			b = guess;
		next = guess - value / slope;
		if (!(next > a && next < b))
			next = 0.5 * (a + b);
		if (fabs(next - guess) < 1e-10)
			break;
		guess = next;
	}
	*y = table->from + table->step * (low + guess);
	return true;
}

double
OutcomeSpend(const OutcomeCounts *counts, double alive, double p, double shape, OutcomeTable *table,
			 double exceeded)
{
	Compound mix;
	double y;

	if (counts->n == 0 || alive * counts->tail[0] <= exceeded)
		return 0.0;
	Mix(counts, &mix);
	mix.p = p;
	mix.shape = shape;
	mix.target = exceeded / alive;
	if (table == NULL || table->nodes == 0 || counts->grouped || !LookUpCompound(table, &mix, &y))
		y = SolveCompound(&mix);
	return exp(y);
}
