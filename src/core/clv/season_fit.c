/*
 * season_fit.c: the season in a shop's orders, and whether it foretells
 */
#include "core/clv/season_fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/calendar.h"
#include "core/base/check.h"
#include "core/clv/fit.h"
#include "core/history/codec.h"
#include "core/numeric/optimise.h"

#define ROUNDS 3            /* of the estimate; a fourth changes nothing that can be seen */
#define NORMAL_DAYS 730     /* the factors' mean is 1 over so many last days */
#define SLOPE_DAYS 180      /* a block of fewer has a level alone */
#define TREND_DAYS 365.25   /* a slope is per year */
#define MOST_LEVEL 30.0     /* bounds of logarithms that data without orders leave open */
#define MOST_FACTOR 3.0     /* e^3 is 20 */
#define MEDIAN_CHI2 0.4549  /* of one degree of freedom */
#define MOST_OF_A_DAY 3.0   /* orders on a day of the month, over those of a mean day */
#define LEAST_PAIRS 8       /* of weeks, to tell the dispersion from */
#define FIT_CUSTOMERS 30000 /* the expectation needs no finer fit */

/* Customers who came before are taken to have come then: hardly one of them still buys. */
#define MOST_COHORTS (2 * SEASON_MOST_DAYS)

/* How strongly logarithms of factors are drawn to 0: the inverse of the variance of a prior. */
static double
Shrinkage(int bins)
{
	return bins == SEASON_MONTHS ? 3.0 : 10.0;
}

/* The days that are looked at. Day i of n is as_of - (n - 1) + i. */
typedef struct Work
{
	const SeasonData *data;
	const Environment *env;
	int n;
	double *came;     /* repeat purchases of each day */
	double *expected; /* of a process, all of them together as many as came */
	uint8_t *bin[2];  /* of each day: months, weeks */

	int cohorts;      /* first purchases are counted for so many days up to as_of */
	double *won;      /* the last of them those of as_of */
	double *position; /* of each of these days on a clock */
	double (*table)[4];

	BtydRow *rows; /* customers of the fits, in days: a sample if there are many */
	BtydRow *clocked;
	size_t nrows;
} Work;

/* Which of the two arrays of bins */
static const int BinKinds[2] = {SEASON_MONTHS, SEASON_WEEKS};

static int
FirstDay(const Work *work)
{
	return work->data->as_of - work->n + 1;
}

/* ---------------------------------------------------------------- customers and days */

/* A time in whole days, no longer ago than there are days. */
static int32_t
WholeDays(double time, double unit_days, int32_t as_of)
{
	return (int32_t) fmin(rint(time * unit_days), (double) as_of - HISTORY_FIRST_DAY);
}

void
SeasonRows(const SeasonClock *clock, int32_t as_of, double unit_days, const BtydRow *rows, size_t n,
		   BtydRow *result)
{
	for (size_t i = 0; i < n; i++)
	{
		int32_t first = as_of - WholeDays(rows[i].t, unit_days, as_of);
		int32_t last = first + WholeDays(rows[i].t_x, unit_days, as_of);

		result[i] = rows[i];
		result[i].t_x = SeasonSpan(clock, first, last) / unit_days;
		result[i].t = SeasonSpan(clock, first, as_of) / unit_days;
	}
}

double
SeasonLogFactors(const SeasonClock *clock, const BtydRow *days, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += days[i].weight * log(SeasonFactor(clock, (int32_t) days[i].x));
	return sum;
}

/*
 * Customers for the fits: all, or a systematic sample in proportion to their number, in their
 * order.
 */
static void
TakeCustomers(Work *work, double customers)
{
	const SeasonData *data = work->data;
	double step = data->ncustomers > 2 * FIT_CUSTOMERS ? customers / FIT_CUSTOMERS : 0;
	double seen = 0.5 * step;

	work->nrows = 0;
	for (size_t i = 0; i < data->ncustomers && work->nrows < 2 * FIT_CUSTOMERS; i++)
	{
		BtydRow row = data->customers[i];

		if (step > 0)
		{
			seen += row.weight;
			if (seen < step)
				continue;
			row.weight = floor(seen / step);
			seen -= row.weight * step;
		}
		row.t_x = WholeDays(row.t_x, data->unit_days, data->as_of);
		row.t = WholeDays(row.t, data->unit_days, data->as_of);
		work->rows[work->nrows++] = row;
	}
}

/* ---------------------------------------------------------------- what is expected */

/*
 * The expected repeat purchases of one who has just come, by age in days of the clock: a cubic for
 * each day, through the values at four whole ages. False if the process has no such number.
 */
static bool
TabulateNewcomer(Work *work, const BtydModel *model, int ages)
{
	double at[4];

	CRM_ASSERT(ages >= 4);
	for (int j = 0; j < 4; j++)
		if (BtydExpected(model, 0, 0, 0, j, &at[j]) != BTYD_OK)
			return false;
	for (int i = 0; i + 1 < ages; i++)
	{
		double *c = work->table[i];
		/* of four ages this day is the second, but for the first day of all, the first */
		double shift = i == 0 ? 0 : 1;
		double d1, d2, d3;

		if (i > 1)
		{
			at[0] = at[1];
			at[1] = at[2];
			at[2] = at[3];
			if (BtydExpected(model, 0, 0, 0, i + 2, &at[3]) != BTYD_OK)
				return false;
		}
		/* Newton's form at ages u = age - i + shift, then the same polynomial in age - i */
		d1 = at[1] - at[0];
		d2 = (at[2] - 2 * at[1] + at[0]) / 2;
		d3 = (at[3] - 3 * at[2] + 3 * at[1] - at[0]) / 6;
		c[0] = at[0] + shift * (d1 + (shift - 1) * (d2 + (shift - 2) * d3));
		c[1] = d1 + (2 * shift - 1) * d2 + (3 * shift * shift - 6 * shift + 2) * d3;
		c[2] = d2 + (3 * shift - 3) * d3;
		c[3] = d3;
	}
	return true;
}

/* Expected repeat purchases of all customers from their beginning to the end of a day. */
static double
ExpectedUntil(const Work *work, int day)
{
	double now = work->position[day];
	double sum = 0;

	for (int c = 0; c < day; c++)
	{
		double age, part;
		const double *p;

		if (work->won[c] == 0)
			continue;
		age = now - work->position[c];
		p = work->table[(int) age];
		part = age - (int) age;
		sum += work->won[c] * (p[0] + part * (p[1] + part * (p[2] + part * p[3])));
	}
	return sum;
}

/*
 * Fit MBG/NBD to the customers in the time of a clock, and say what it expects of each day.
 * SEASON_FOUND, or SEASON_NONE if there is nothing to be fitted, or why it ended.
 */
static SeasonStatus
Expect(Work *work, const SeasonClock *clock)
{
	const SeasonData *data = work->data;
	int32_t origin = data->as_of - (work->cohorts - 1);
	double before = 0, sum = 0, came = 0;
	BtydFit fit;
	BtydModel model;

	SeasonRows(clock, data->as_of, 1, work->rows, work->nrows, work->clocked);
	BtydFitProcess(&BtydMbgnbd, 1, work->clocked, work->nrows, work->env, &fit);
	if (fit.status == BTYD_FIT_INTERRUPTED)
		return SEASON_INTERRUPTED;
	if (fit.status == BTYD_FIT_NO_MEMORY)
		return SEASON_NO_MEMORY;
	/* parameters at a bound say as well as others what is to be expected */
	if (BtydPrepare(&model, &BtydMbgnbd, 1, fit.params) != BTYD_OK)
		return SEASON_NONE;

	for (int c = 0; c < work->cohorts; c++)
		work->position[c] = SeasonSpan(clock, origin, origin + c);
	if (!TabulateNewcomer(work, &model, (int) work->position[work->cohorts - 1] + 5))
		return SEASON_NONE;
	for (int i = 0; i <= work->n; i++)
	{
		double now;

		if (i % 64 == 0 && EnvironmentMustStop(work->env))
			return SEASON_INTERRUPTED;
		now = ExpectedUntil(work, work->cohorts - 1 - work->n + i);
		if (i > 0)
		{
			work->expected[i - 1] = fmax(now - before, 0);
			sum += work->expected[i - 1];
			came += work->came[i - 1];
		}
		before = now;
	}
	if (!(sum > 0 && came > 0))
		return SEASON_NONE;
	for (int i = 0; i < work->n; i++)
		work->expected[i] *= came / sum;
	return SEASON_FOUND;
}

/* ---------------------------------------------------------------- the estimate */

/* The l of a - b * exp(i + l) - lambda * l = 0, from any l; and what then is expected. */
static double
ShrunkFactor(double a, double b, double lambda, double i, double l, double *mu)
{
	for (int step = 0; step < 100; step++)
	{
		double gap;

		*mu = b * exp(i + l);
		gap = (a - *mu - lambda * l) / (*mu + lambda);
		/* the left side is concave and falls: from below one step may go far too far */
		l += fmin(gap, 1);
		if (fabs(gap) < 1e-13)
			break;
	}
	*mu = b * exp(i + l);
	return l;
}

/*
 * Factors of sums by bin, of what came and of what is expected without season: those of Poisson
 * counts with a common level, and with logarithms that are normal with variance 1/lambda. At the
 * level that makes up for all the counts, the logarithms' sum is 0; found by Newton's method.
 */
static void
ShrinkFactors(const double *a, const double *b, int bins, double *l)
{
	double lambda = Shrinkage(bins);
	double sum_a = 0, sum_b = 0, level;

	for (int j = 0; j < bins; j++)
	{
		l[j] = 0;
		sum_a += a[j];
		sum_b += b[j];
	}
	level = log(sum_a / sum_b);
	for (int step = 0; step < 100; step++)
	{
		double sum = 0, slope = 0;

		for (int j = 0; j < bins; j++)
		{
			double mu;

			l[j] = ShrunkFactor(a[j], b[j], lambda, level, l[j], &mu);
			sum += l[j];
			slope += mu / (mu + lambda);
		}
		if (!(fabs(sum) > 1e-12 * bins) || !(slope > 0))
			break;
		level += fmax(fmin(sum / slope, 1), -1);
	}
}

/* Factors from what came and what was expected with a season; mean 1 over the last two years. */
static Season
FactorsOf(const Work *work, int kind, const Season *season)
{
	SeasonClock clock = SeasonStart(season);
	int bins = BinKinds[kind];
	double a[SEASON_MAX_BINS] = {0}, b[SEASON_MAX_BINS] = {0};
	double factor[SEASON_MAX_BINS];
	double sum = 0;
	int days = work->n < NORMAL_DAYS ? work->n : NORMAL_DAYS;

	for (int i = 0; i < work->n; i++)
	{
		int j = work->bin[kind][i];

		a[j] += work->came[i];
		b[j] += work->expected[i] / SeasonFactor(&clock, FirstDay(work) + i);
	}
	ShrinkFactors(a, b, bins, factor);
	for (int j = 0; j < bins; j++)
		factor[j] = exp(factor[j]);
	for (int i = work->n - days; i < work->n; i++)
		sum += factor[work->bin[kind][i]];
	for (int j = 0; j < bins; j++)
		factor[j] *= days / sum;
	return SeasonOfFactors(factor, bins);
}

/* The estimate. What a flat process expects is known already. */
static SeasonStatus
Estimate(Work *work, int kind, Season *season)
{
	SeasonStatus status = SEASON_FOUND;

	*season = SeasonFlat();
	for (int round = 0; round < ROUNDS; round++)
	{
		SeasonClock clock = SeasonStart(season);

		if (round > 0)
			status = Expect(work, &clock);
		if (status != SEASON_FOUND)
			break;
		*season = FactorsOf(work, kind, season);
	}
	return status;
}

/* ---------------------------------------------------------------- the guard */

/*
 * Days in blocks, as Poisson counts around what a flat process expects: times a level and a slope
 * of each block, times a factor of each bin. Parameters are logarithms, the factors' first.
 */
typedef struct Blocks
{
	const Work *work;
	int kind;
	int bins;           /* factors that are parameters: those of the kind, or none */
	const double *know; /* logarithms of factors that are known, or NULL */
	int n;
	int start[SEASON_MOST_BLOCKS]; /* first day and number of days of each */
	int days[SEASON_MOST_BLOCKS];
	int at[SEASON_MOST_BLOCKS]; /* its level among the parameters; its slope, if any, is next */
	double base[SEASON_MOST_BLOCKS]; /* log of what came over what was expected */
	int parameters;
} Blocks;

static bool
HasSlope(const Blocks *blocks, int y)
{
	return blocks->days[y] >= SLOPE_DAYS;
}

/* Add a block, unless nothing came or was to be expected in it: such tell of no season. */
static void
AddBlock(Blocks *blocks, int start, int days)
{
	double came = 0, expected = 0;
	int y = blocks->n;

	for (int i = start; i < start + days; i++)
	{
		came += blocks->work->came[i];
		expected += blocks->work->expected[i];
	}
	if (!(came > 0 && expected > 0))
		return;
	if (y == 0)
		blocks->parameters = blocks->bins;
	blocks->start[y] = start;
	blocks->days[y] = days;
	blocks->base[y] = log(came / expected);
	blocks->at[y] = blocks->parameters;
	blocks->parameters += 1 + HasSlope(blocks, y);
	blocks->n++;
}

/* The log-likelihood but for a constant, less the penalty; an OptFunction. */
static double
BlocksLikelihood(void *arg, const double *p, double *grad, double *hess, bool *stop)
{
	const Blocks *blocks = arg;
	const Work *work = blocks->work;
	const uint8_t *bin = work->bin[blocks->kind];
	double lambda = Shrinkage(BinKinds[blocks->kind]);
	double value = 0;
	int n = blocks->parameters;

	*stop = EnvironmentMustStop(work->env);
	if (grad)
		memset(grad, 0, (size_t) n * sizeof(double));
	if (hess)
		memset(hess, 0, (size_t) n * n * sizeof(double));
	for (int y = 0; y < blocks->n; y++)
	{
		int level = blocks->at[y];
		bool slope = HasSlope(blocks, y);
		double middle = blocks->start[y] + (blocks->days[y] - 1) / 2.0;

		for (int i = blocks->start[y]; i < blocks->start[y] + blocks->days[y]; i++)
		{
			int j = bin[i];
			double when = (i - middle) / TREND_DAYS;
			double eta = blocks->base[y] + p[level] + (slope ? p[level + 1] * when : 0) +
						 (blocks->know ? blocks->know[j] : 0) + (blocks->bins ? p[j] : 0);
			double mu = work->expected[i] * exp(eta);
			double rest = work->came[i] - mu;

			value += work->came[i] * eta - mu;
			if (grad)
			{
				grad[level] += rest;
				if (slope)
					grad[level + 1] += rest * when;
				if (blocks->bins)
					grad[j] += rest;
			}
			if (hess)
			{
				hess[n * level + level] -= mu;
				if (slope)
				{
					hess[n * (level + 1) + level] -= mu * when;
					hess[n * (level + 1) + level + 1] -= mu * when * when;
				}
				if (blocks->bins)
				{
					hess[n * j + j] -= mu;
					hess[n * level + j] -= mu;
					if (slope)
						hess[n * (level + 1) + j] -= mu * when;
				}
			}
		}
	}
	for (int j = 0; j < blocks->bins; j++)
	{
		value -= lambda / 2 * p[j] * p[j];
		if (grad)
			grad[j] -= lambda * p[j];
		if (hess)
			hess[n * j + j] -= lambda;
	}
	if (hess)
		for (int i = 0; i < n; i++)
			for (int j = 0; j < i; j++)
				hess[n * j + i] = hess[n * i + j];
	return value;
}

/* The top of that likelihood, and the factors there. */
static SeasonStatus
MaximiseBlocks(Blocks *blocks, double *factors, double *top)
{
	Optimiser opt;
	SeasonStatus status = SEASON_FOUND;

	if (!OptBegin(&opt, blocks->parameters, BlocksLikelihood, blocks, blocks->work->env))
		return SEASON_NO_MEMORY;
	for (int i = 0; i < blocks->parameters; i++)
	{
		opt.upper[i] = i < blocks->bins ? MOST_FACTOR : MOST_LEVEL;
		opt.lower[i] = -opt.upper[i];
	}
	/* it is concave, and 0, where the search begins, is not far */
	OptPolish(&opt, OPT_POLISH_STEPS);
	if (opt.result.status == OPT_STOPPED)
		status = SEASON_INTERRUPTED;
	if (factors)
		memcpy(factors, opt.result.top.p, (size_t) blocks->bins * sizeof(double));
	*top = opt.result.top.value;
	OptEnd(&opt);
	return status;
}

/* How much better block y is told with the factors that all other blocks have. */
static SeasonStatus
GainOfBlock(const Work *work, int kind, int y, double *gain)
{
	Blocks others = {.work = work, .kind = kind, .bins = BinKinds[kind]};
	Blocks one = {.work = work, .kind = kind};
	double factors[SEASON_MAX_BINS];
	double ignored, with = 0, without = 0;
	SeasonStatus status;

	for (int z = 0, end = work->n; end > 0; z++, end -= SEASON_BLOCK_DAYS)
	{
		int start = end > SEASON_BLOCK_DAYS ? end - SEASON_BLOCK_DAYS : 0;

		AddBlock(z == y ? &one : &others, start, end - start);
	}
	*gain = 0;
	if (one.n == 0 || others.n == 0)
		return SEASON_FOUND;
	status = MaximiseBlocks(&others, factors, &ignored);
	if (status == SEASON_FOUND)
		status = MaximiseBlocks(&one, NULL, &without);
	one.know = factors;
	if (status == SEASON_FOUND)
		status = MaximiseBlocks(&one, NULL, &with);
	*gain = with - without;
	return status;
}

/* The gain of all blocks that are as good as a year. */
static SeasonStatus
Gain(const Work *work, int kind, double *gain)
{
	SeasonStatus status = SEASON_FOUND;
	int blocks = (work->n + SEASON_BLOCK_DAYS - SEASON_LEAST_BLOCK) / SEASON_BLOCK_DAYS;

	*gain = 0;
	for (int y = 0; y < blocks && status == SEASON_FOUND; y++)
	{
		double part;

		status = GainOfBlock(work, kind, y, &part);
		*gain += part;
	}
	return status;
}

static void
SortNumbers(double *v, int n)
{
	for (int i = 1; i < n; i++)
	{
		double x = v[i];
		int j = i;

		for (; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

/*
 * How much more than chance weeks differ from their neighbours: 1 for Poisson counts. Neighbours
 * share season and trend; a median does not mind the end of a campaign.
 */
static double
Dispersion(const Work *work)
{
	double square[SEASON_MOST_DAYS / 7];
	double ratio_before = 0, expected_before = 0;
	int n = 0;

	for (int end = work->n; end >= 7; end -= 7)
	{
		double came = 0, expected = 0;

		for (int i = end - 7; i < end; i++)
		{
			came += work->came[i];
			expected += work->expected[i];
		}
		if (expected > 1)
		{
			double ratio = came / expected;

			if (expected_before > 1)
				square[n++] = (ratio - ratio_before) * (ratio - ratio_before) /
							  (1 / expected + 1 / expected_before);
			ratio_before = ratio;
		}
		expected_before = expected;
	}
	if (n < LEAST_PAIRS)
		return 1;
	SortNumbers(square, n);
	return (square[n / 2] + square[(n - 1) / 2]) / 2 / MEDIAN_CHI2;
}

/* ---------------------------------------------------------------- all of it */

/* Take all memory in one piece; false if there is none. */
static bool
TakeMemory(Work *work, void **memory)
{
	size_t days = (size_t) work->n, cohorts = (size_t) work->cohorts;
	/* a clock never runs more than a year ahead of the calendar */
	size_t ages = cohorts + 366 + 8;
	size_t rows = work->data->ncustomers;
	size_t size;
	char *rest;

	if (rows > 2 * FIT_CUSTOMERS)
		rows = 2 * FIT_CUSTOMERS;
	size = (2 * days + 2 * cohorts + 4 * ages) * sizeof(double) + 2 * rows * sizeof(BtydRow) +
		   2 * days;
	*memory = rest = EnvironmentAllocate(work->env, size, 1);
	if (rest == NULL)
		return false;
	memset(rest, 0, size);
	work->rows = (BtydRow *) (void *) rest;
	work->clocked = work->rows + rows;
	work->table = (double(*)[4])(void *) (work->clocked + rows);
	work->came = (double *) (work->table + ages);
	work->expected = work->came + days;
	work->won = work->expected + days;
	work->position = work->won + cohorts;
	work->bin[0] = (uint8_t *) (work->position + cohorts);
	work->bin[1] = work->bin[0] + days;
	return true;
}

/* Count first and repeat purchases by day. */
static void
CountDays(Work *work)
{
	const SeasonData *data = work->data;

	for (size_t i = 0; i < data->ncustomers; i++)
	{
		int ago = WholeDays(data->customers[i].t, data->unit_days, data->as_of);
		int day = work->cohorts - 1 - ago;

		work->won[day > 0 ? day : 0] += data->customers[i].weight;
	}
	for (size_t i = 0; i < data->ndays; i++)
	{
		double day = data->days[i].x - FirstDay(work);

		if (day >= 0 && day < work->n)
			work->came[(int) day] += data->days[i].weight;
	}
	for (int kind = 0; kind < 2; kind++)
		for (int i = 0; i < work->n; i++)
			work->bin[kind][i] = (uint8_t) SeasonBin(BinKinds[kind], FirstDay(work) + i);
}

/*
 * Do orders keep to days of the month, as those of subscriptions that are paid on the 1st? Then
 * weeks differ by whether they hold such a day, each year alike: a pattern that a clock which runs
 * evenly within a week cannot follow from one day to the next. Paydays and weekends stay far below.
 */
static bool
KeepsToDaysOfMonth(const Work *work)
{
	double came[31] = {0}, days[31] = {0};
	double all = 0;

	for (int i = 0; i < work->n; i++)
	{
		int64_t year;
		int month, mday;

		CalendarDate(FirstDay(work) + i, &year, &month, &mday);
		came[mday - 1] += work->came[i];
		days[mday - 1]++;
		all += work->came[i];
	}
	for (int i = 0; i < 31; i++)
		if (came[i] * work->n > MOST_OF_A_DAY * all * days[i])
			return true;
	return false;
}

/* With all in place: guard, and estimate. */
static SeasonStatus
Judge(Work *work, SeasonFit *fit)
{
	SeasonClock flat = SeasonStart(&fit->season);
	SeasonStatus status = Expect(work, &flat);
	double gain[2] = {0, 0};
	double dispersion;
	int kind;

	for (kind = 0; kind < 2 && status == SEASON_FOUND; kind++)
		status = Gain(work, kind, &gain[kind]);
	if (status != SEASON_FOUND)
		return status;
	kind = gain[1] > gain[0] && !KeepsToDaysOfMonth(work);
	dispersion = Dispersion(work);
	status = Estimate(work, kind, &fit->pattern);
	if (status != SEASON_FOUND)
		return status;
	fit->gain = gain[kind] / fmax(dispersion, 1);
	if (!(fit->gain > SEASON_NEEDED_GAIN))
		return SEASON_NONE;
	fit->season = fit->pattern;
	return SEASON_FOUND;
}

SeasonStatus
SeasonEstimate(const SeasonData *data, const Environment *env, SeasonFit *fit)
{
	Work work = {.data = data, .env = env};
	void *memory = NULL;
	double customers = 0, repeat = 0;

	*fit = (SeasonFit){.season = SeasonFlat(), .pattern = SeasonFlat(), .gain = NAN};
	for (size_t i = 0; i < data->ndays; i++)
		repeat += data->days[i].weight;
	if (!data->has_as_of || data->ncustomers == 0 || repeat == 0)
		return fit->status = SEASON_NO_DAY;
	for (size_t i = 0; i < data->ncustomers; i++)
	{
		int32_t days = WholeDays(data->customers[i].t, data->unit_days, data->as_of);

		customers += data->customers[i].weight;
		if (days > fit->days)
			fit->days = days;
	}
	if (fit->days < SEASON_LEAST_DAYS)
		return fit->status = SEASON_SHORT;

	work.n = fit->days < SEASON_MOST_DAYS ? fit->days : SEASON_MOST_DAYS;
	work.cohorts = (fit->days < MOST_COHORTS ? fit->days : MOST_COHORTS) + 1;
	if (!TakeMemory(&work, &memory))
		return fit->status = SEASON_NO_MEMORY;
	TakeCustomers(&work, customers);
	CountDays(&work);
	fit->status = Judge(&work, fit);
	EnvironmentRelease(env, memory);
	return fit->status;
}

const char *
SeasonReason(const SeasonFit *fit, char *out)
{
	switch (fit->status)
	{
		case SEASON_FOUND:
			snprintf(out, SEASON_REASON_MAX,
					 "orders follow the %s of the year: each year was foretold by the others",
					 fit->season.bins == SEASON_MONTHS ? "months" : "weeks");
			return out;
		case SEASON_NO_DAY:
			return "the data do not say on which days repeat purchases were";
		case SEASON_SHORT:
			snprintf(out, SEASON_REASON_MAX, "%d days of data, at least %d are needed",
					 (int) fit->days, SEASON_LEAST_DAYS);
			return out;
		case SEASON_NONE:
			return "the pattern of one year did not repeat in the others";
		case SEASON_INTERRUPTED:
			return "the search for a season was interrupted";
		case SEASON_NO_MEMORY:
			return "there was not enough memory to look for a season";
	}
	return "the reason is unknown";
}
