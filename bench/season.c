/*
 * season.c: what a season is worth, and how often one is found, on simulated shops
 *
 * Usage: season [seeds [shop]]. For each kind of shop and each seed: draws customers whose orders
 * follow a season (or none), counts them on the last day of November, and predicts the orders of
 * all of them in December: without a season, with the one that was estimated, used whether it was
 * accepted or not (forced), and with the one that the guard lets pass. Prints means over the seeds of
 * |predicted / actual - 1|. Build and run: bench/season.sh
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/calendar.h"
#include "core/clv/fit.h"
#include "core/clv/season_fit.h"
#include "env.h"

#define UNIT_DAYS 7.0
#define HORIZON 31


/* A shop: mean 1, but for a part of the year; and what happened in one year only */
typedef struct Shop
{
	const char *name;
	int customers;
	double years;
	int first, last; /* days of the year, from 0, with the factor */
	double factor;
	double once; /* factor of 30 days, 200 days before the end, in no other year */
	bool won_first_year;
	int seeds; /* at most, 0: all */
} Shop;

static const Shop shops[] = {
	{"December x 2.5, 5000 customers", 5000, 2, 334, 365, 2.5, 1, false, 0},
	{"December x 2.5, 5000 customers", 5000, 3, 334, 365, 2.5, 1, false, 0},
	{"December x 2.5, 5000, all won in the first year", 5000, 3, 334, 365, 2.5, 1, true, 0},
	{"December x 2.5, 1000 customers", 1000, 2, 334, 365, 2.5, 1, false, 0},
	{"December x 2.5, 300 customers", 300, 2, 334, 365, 2.5, 1, false, 0},
	{"two weeks in May x 3, 5000 customers", 5000, 2, 126, 140, 3, 1, false, 0},
	{"December x 1.3, 5000 customers", 5000, 3, 334, 365, 1.3, 1, false, 0},
	{"no season, 5000 customers", 5000, 2, 0, 0, 1, 1, false, 0},
	{"no season, 5000 customers", 5000, 3, 0, 0, 1, 1, false, 0},
	{"no season, 300 customers", 300, 2, 0, 0, 1, 1, false, 0},
	{"no season, a promotion x 3, 5000", 5000, 2, 0, 0, 1, 3, false, 0},
	{"no season, closed for a month, 5000", 5000, 3, 0, 0, 1, .05, false, 0},
	{"December x 2.5, half a year", 5000, .5, 334, 365, 2.5, 1, false, 4},
	{"December x 2.5, one year", 5000, 1, 334, 365, 2.5, 1, false, 4},
};

/* The season of a shop as factors of days of a year, and the sum of them by day */
typedef struct Truth
{
	int32_t first;
	int n;
	double *until; /* sum of factors before day first + i */
} Truth;

static double
DayFactor(const Shop *shop, int32_t day, int32_t as_of)
{
	int64_t year;
	int n;
	double factor = 1;

	CalendarYearDay(day, &year, &n);
	n -= CalendarIsLeap(year) && n > 59;
	if (n >= shop->first && n < shop->last)
		factor = shop->factor;
	if (day > as_of - 230 && day <= as_of - 200)
		factor *= shop->once;
	return factor;
}

/* The moment at which so much time of the shop has passed since another */
static double
MomentAfter(const Truth *truth, double from, double time)
{
	int i = (int) floor(from) - truth->first;
	double goal = truth->until[i] +
				  (from - floor(from)) * (truth->until[i + 1] - truth->until[i]) + time;
	int low = i, high = truth->n;

	if (!(goal < truth->until[high]))
		return INFINITY;
	while (high - low > 1)
	{
		int middle = (low + high) / 2;

		if (truth->until[middle] > goal)
			high = middle;
		else
			low = middle;
	}
	return truth->first + low +
		   (goal - truth->until[low]) / (truth->until[low + 1] - truth->until[low]);
}

/* Draw a shop: rows as of a day, repeat purchases by day, and the orders to come. */
static double
Draw(const Shop *shop, const BtydModel *m, int32_t as_of, uint64_t seed, BtydRow *rows,
	 double *by_day, int days)
{
	int32_t start = as_of - days;
	Truth truth = {start, days + HORIZON + 1, NULL};
	double coming = 0;
	double won = shop->won_first_year ? 365 : days;

	truth.until = malloc((size_t) (truth.n + 1) * sizeof(double));
	truth.until[0] = 0;
	for (int i = 0; i < truth.n; i++)
		truth.until[i + 1] = truth.until[i] + DayFactor(shop, start + i, as_of);
	memset(by_day, 0, (size_t) (days + 1) * sizeof(double));
	for (int i = 0; i < shop->customers; i++)
	{
		RandomState rng;
		BtydCustomer customer;
		double begin, moment;
		int32_t first, last;

		RandomSeed(&rng, seed, (uint64_t) i);
		begin = start + 1 + won * RandomUniform(&rng);
		first = last = (int32_t) floor(begin);
		rows[i] = (BtydRow){0, 0, (as_of - first) / UNIT_DAYS, 1};
		m->process->draw(m, &rng, &customer);
		while ((moment = MomentAfter(&truth, begin,
									 UNIT_DAYS * m->process->next(m, &rng, &customer))) < INFINITY)
		{
			int32_t day = (int32_t) floor(moment);

			if (day == last || day > as_of + HORIZON)
				continue;
			last = day;
			if (day > as_of)
				coming++;
			else
			{
				rows[i].x++;
				rows[i].t_x = (day - first) / UNIT_DAYS;
				by_day[day - start]++;
			}
		}
	}
	free(truth.until);
	return coming;
}

/* Orders of all in the horizon, by MBG/NBD in the time of a season */
static double
Predict(const Season *season, const BtydRow *rows, int n, int32_t as_of)
{
	SeasonClock clock = SeasonStart(season);
	BtydRow *clocked = malloc((size_t) n * sizeof(BtydRow));
	double horizon = SeasonSpan(&clock, as_of, as_of + HORIZON) / UNIT_DAYS;
	double sum = 0;
	BtydFit fit;
	BtydModel model;

	SeasonRows(&clock, as_of, UNIT_DAYS, rows, (size_t) n, clocked);
	BtydFitProcess(&BtydMbgnbd, 1, clocked, (size_t) n, &test_env, &fit);
	BtydPrepare(&model, &BtydMbgnbd, 1, fit.params);
	for (int i = 0; i < n; i++)
	{
		double one;

		if (BtydExpected(&model, clocked[i].x, clocked[i].t_x, clocked[i].t, horizon, &one) ==
			BTYD_OK)
			sum += one;
	}
	free(clocked);
	return sum;
}

int
main(int argc, char **argv)
{
	int seeds = argc > 1 ? atoi(argv[1]) : 20;
	const double params[] = {0.8, 8, 0.5, 2.5};
	int32_t as_of = (int32_t) CalendarDay(2023, 11, 30);
	BtydModel m;

	BtydPrepare(&m, &BtydMbgnbd, 1, params);
	printf("%-50s years   flat forced guarded accepted weeks   gain  ms\n", "shop");
	for (size_t k = 0; k < sizeof(shops) / sizeof(shops[0]); k++)
	{
		const Shop *shop = &shops[k];
		int days = (int) lround(365.25 * shop->years) - 1;
		int n = shop->seeds && shop->seeds < seeds ? shop->seeds : seeds;
		BtydRow *rows = malloc((size_t) shop->customers * sizeof(BtydRow));
		BtydRow *by_day = malloc((size_t) (days + 1) * sizeof(BtydRow));
		double *counts = malloc((size_t) (days + 1) * sizeof(double));
		double error[3] = {0}, gain = 0, ms = 0;
		int accepted = 0, weeks = 0;
		char reason[SEASON_REASON_MAX];
		const char *why = "";

		if (argc > 2 && atoi(argv[2]) != (int) k)
			continue;
		for (int seed = 0; seed < n; seed++)
		{
			double actual = Draw(shop, &m, as_of, 20231130 + 97 * (uint64_t) seed, rows, counts, days);
			SeasonData data = {rows, (size_t) shop->customers, by_day, 0, UNIT_DAYS, as_of, true};
			Season flat = SeasonFlat();
			const Season *season[3];
			SeasonFit fit;
			clock_t begin;

			for (int i = 0; i <= days; i++)
				if (counts[i] > 0)
					by_day[data.ndays++] = (BtydRow){as_of - days + i, 0, 0, counts[i]};
			begin = clock();
			SeasonEstimate(&data, &test_env, &fit);
			ms += (double) (clock() - begin) / CLOCKS_PER_SEC * 1e3;
			season[0] = &flat;
			season[1] = &fit.pattern;
			season[2] = &fit.season;
			for (int j = 0; j < 3; j++)
				error[j] +=
					fabs(Predict(season[j], rows, shop->customers, as_of) / actual - 1) / n;
			accepted += fit.status == SEASON_FOUND;
			weeks += fit.pattern.bins == SEASON_WEEKS;
			gain += fit.gain / n;
			why = SeasonReason(&fit, reason);
		}
		printf("%-50s %5.1f  %.3f  %.3f   %.3f %3d of %2d %5d %6.1f %3.0f%s%s\n", shop->name,
			   shop->years, error[0], error[1], error[2], accepted, n, weeks, gain, ms / n,
			   isnan(gain) ? "  " : "", isnan(gain) ? why : "");
		fflush(stdout);
		free(rows);
		free(by_day);
		free(counts);
	}
	return 0;
}
