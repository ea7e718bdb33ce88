/*
 * The season of simulated shops: found where there is one, flat where there is none, and no trouble
 * with data from hostile hands.
 */
#include "unit.h"

#include "core/base/calendar.h"
#include "core/clv/season_fit.h"
#include "env.h"

#include <string.h>

#define UNIT_DAYS 7.0

/* A shop, counted on its last day: customers of MBG/NBD in the time of a season */
typedef struct Shop
{
	int32_t as_of;
	int days;
	size_t n;
	BtydRow *rows;
	BtydRow *by_day;
	SeasonData data;
} Shop;

/* `once` of them all buy on a day a month before the end, as in a campaign. */
static Shop
Draw(const Season *season, int n, int days, double once, uint64_t seed)
{
	const double params[] = {0.8, 8, 0.5, 2.5};
	SeasonClock clock = SeasonStart(season);
	Shop shop = {.as_of = (int32_t) CalendarDay(2023, 11, 30), .days = days, .n = (size_t) n};
	BtydModel m;

	BtydPrepare(&m, &BtydMbgnbd, 1, params);
	shop.rows = calloc(shop.n, sizeof(BtydRow));
	shop.by_day = calloc((size_t) days + 1, sizeof(BtydRow));
	for (int i = 0; i <= days; i++)
		shop.by_day[i] = (BtydRow){shop.as_of - days + i, 0, 0, 0};
	for (size_t i = 0; i < shop.n; i++)
	{
		BtydRow *row = &shop.rows[i];
		BtydCustomer customer;
		RandomState rng;
		double begin, moment;
		int first, last;

		RandomSeed(&rng, seed, i);
		/* one began on the first day of all */
		begin = shop.as_of - days + (i > 0) * (days + 1) * RandomUniform(&rng);
		first = last = (int) floor(begin);
		*row = (BtydRow){0, 0, (shop.as_of - first) / UNIT_DAYS, 1};
		m.process->draw(&m, &rng, &customer);
		for (;;)
		{
			moment = SeasonMoment(&clock, begin, UNIT_DAYS * m.process->next(&m, &rng, &customer));
			if (!(moment < shop.as_of + 1))
				break;
			if ((int) floor(moment) == last)
				continue;
			last = (int) floor(moment);
			row->x++;
			row->t_x = (last - first) / UNIT_DAYS;
			shop.by_day[last - (shop.as_of - days)].weight++;
		}
		if (RandomUniform(&rng) < once && last < shop.as_of - 30)
		{
			row->x++;
			row->t_x = (shop.as_of - 30 - first) / UNIT_DAYS;
			shop.by_day[days - 30].weight++;
		}
	}
	shop.data = (SeasonData){.customers = shop.rows,
							 .ncustomers = shop.n,
							 .days = shop.by_day,
							 .ndays = (size_t) days + 1,
							 .unit_days = UNIT_DAYS,
							 .as_of = shop.as_of,
							 .has_as_of = true};
	return shop;
}

static void
FreeShop(Shop *shop)
{
	free(shop->rows);
	free(shop->by_day);
}

/* A year with one part of another factor: days first to last - 1, counted from 0 */
static Season
Peak(int bins, int first, int last, double peak)
{
	double factor[SEASON_MAX_BINS];

	for (int i = 0; i < bins; i++)
		factor[i] = i >= first && i < last ? peak : 1;
	return SeasonOfFactors(factor, bins);
}

/* The factor of a day, mean 1 */
static double
FactorOf(const Season *season, int month, int mday)
{
	SeasonClock clock = SeasonStart(season);

	return SeasonFactor(&clock, (int32_t) CalendarDay(2022, month, mday));
}

static void
TestFound(void)
{
	Season truth = Peak(SEASON_MONTHS, 11, 12, 2.5);
	Shop shop = Draw(&truth, 4000, 2 * 365 - 1, 0, 1);
	SeasonFit fit;
	char reason[SEASON_REASON_MAX];
	double worst = 0;

	CHECK(SeasonEstimate(&shop.data, &test_env, &fit) == SEASON_FOUND &&
		  fit.status == SEASON_FOUND);
	CHECK(fit.season.bins == SEASON_MONTHS && SeasonIsValid(&fit.season));
	CHECK(memcmp(&fit.season, &fit.pattern, sizeof(Season)) == 0);
	CHECK(fit.gain > 50 && fit.days == 729);
	unit_near(FactorOf(&fit.season, 12, 15), FactorOf(&truth, 12, 15), .15, "December");
	for (int month = 1; month < 12; month++)
		worst = fmax(worst, fabs(FactorOf(&fit.season, month, 15) - FactorOf(&truth, month, 15)));
	unit_check(worst < .12, "the other months, off by at most %.3f", worst);
	CHECK(strcmp(SeasonReason(&fit, reason),
				 "orders follow the months of the year: each year was foretold by the others") ==
		  0);
	FreeShop(&shop);

	truth = Peak(SEASON_WEEKS, 18, 20, 4);
	shop = Draw(&truth, 3000, 3 * 365, 0, 2);
	CHECK(SeasonEstimate(&shop.data, &test_env, &fit) == SEASON_FOUND);
	CHECK(fit.season.bins == SEASON_WEEKS);
	unit_near(FactorOf(&fit.season, 5, 14), FactorOf(&truth, 5, 14), .4, "two weeks in May");
	CHECK(strstr(SeasonReason(&fit, reason), "follow the weeks of") != NULL);
	FreeShop(&shop);
}

static void
TestFlat(void)
{
	Season flat = SeasonFlat();
	SeasonFit fit;
	char reason[SEASON_REASON_MAX];
	int found = 0;

	for (uint64_t seed = 1; seed <= 4; seed++)
	{
		Shop shop = Draw(&flat, 1500, 2 * 365, seed > 2 ? .3 : 0, seed);

		found += SeasonEstimate(&shop.data, &test_env, &fit) == SEASON_FOUND;
		if (fit.status == SEASON_NONE)
			unit_check(memcmp(&fit.season, &flat, sizeof(flat)) == 0 && fit.pattern.bins > 0 &&
						   !(fit.gain > SEASON_NEEDED_GAIN),
					   "flat, with the pattern that did not pass");
		FreeShop(&shop);
	}
	CHECK(found == 0);
	CHECK(strcmp(SeasonReason(&fit, reason),
				 "the pattern of one year did not repeat in the others") == 0);
}

static void
TestShort(void)
{
	Season truth = Peak(SEASON_MONTHS, 11, 12, 2.5);
	static const struct
	{
		int days;
		SeasonStatus status;
		const char *reason;
	} cases[] = {{0, SEASON_NO_DAY, "the data do not say on which days repeat purchases were"},
				 {184, SEASON_SHORT, "184 days of data, at least 700 are needed"},
				 {365, SEASON_SHORT, "365 days of data, at least 700 are needed"},
				 {699, SEASON_SHORT, "699 days of data, at least 700 are needed"},
				 {700, SEASON_NONE, NULL}, /* December, the end's, is not in the older year */
				 {730, SEASON_FOUND, NULL}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Shop shop = Draw(&truth, 3000, cases[i].days, 0, 5);
		char reason[SEASON_REASON_MAX];
		SeasonFit fit;

		SeasonEstimate(&shop.data, &test_env, &fit);
		unit_check(fit.status == cases[i].status, "%d days: status", cases[i].days);
		if (cases[i].reason)
			unit_check(strcmp(SeasonReason(&fit, reason), cases[i].reason) == 0 &&
						   fit.season.bins == 0 && isnan(fit.gain),
					   "%d days: flat, and why", cases[i].days);
		FreeShop(&shop);
	}
}

/* Rows keep their kind and their order in any clock. */
static void
TestRows(void)
{
	Season season = Peak(SEASON_MONTHS, 2, 3, 20);
	SeasonClock clock = SeasonStart(&season);
	Shop shop = Draw(&season, 2000, 900, 0, 9);
	BtydRow *rows = malloc(shop.n * sizeof(BtydRow));
	bool right = true;

	SeasonRows(&clock, shop.as_of, UNIT_DAYS, shop.rows, shop.n, rows);
	for (size_t i = 0; i < shop.n; i++)
	{
		int first = shop.as_of - (int) lround(shop.rows[i].t * UNIT_DAYS);
		int last = first + (int) lround(shop.rows[i].t_x * UNIT_DAYS);

		right = right && rows[i].x == shop.rows[i].x && rows[i].weight == 1 &&
				rows[i].t_x == SeasonSpan(&clock, first, last) / UNIT_DAYS &&
				rows[i].t == SeasonSpan(&clock, first, shop.as_of) / UNIT_DAYS &&
				(rows[i].t_x == 0) == (shop.rows[i].t_x == 0) &&
				BtydCheckRow(rows[i].x, rows[i].t_x, rows[i].t) == BTYD_OK;
	}
	CHECK(right);
	free(rows);
	FreeShop(&shop);
}

/*
 * Told in calendar time, the likelihood of the season that was there is higher than without one; by
 * the clock alone it cannot be compared.
 */
static void
TestLogFactors(void)
{
	Season truth = Peak(SEASON_MONTHS, 11, 12, 2.5), flat = SeasonFlat();
	Shop shop = Draw(&truth, 3000, 1000, 0, 4);
	BtydRow *rows = malloc(shop.n * sizeof(BtydRow));
	double loglik[2], by_hand = 0, factors = 0;

	for (int i = 0; i < 2; i++)
	{
		SeasonClock clock = SeasonStart(i == 0 ? &flat : &truth);
		BtydFit fit;

		SeasonRows(&clock, shop.as_of, UNIT_DAYS, shop.rows, shop.n, rows);
		BtydFitProcess(&BtydMbgnbd, 1, rows, shop.n, &test_env, &fit);
		factors = SeasonLogFactors(&clock, shop.by_day, (size_t) shop.days + 1);
		loglik[i] = fit.loglik + factors;
	}
	for (int i = 0; i <= shop.days; i++)
	{
		int64_t year;
		int month, mday;

		CalendarDate((int64_t) shop.by_day[i].x, &year, &month, &mday);
		by_hand += shop.by_day[i].weight * log((month == 12 ? 2.5 : 1) / (411.7425 / 365.2425));
	}
	CHECK_NEAR(factors, by_hand, 1e-6);
	unit_check(loglik[1] > loglik[0] + 50, "the season that was there, %.1f, over none, %.1f",
			   loglik[1], loglik[0]);
	free(rows);
	FreeShop(&shop);
}

/* ---------------------------------------------------------------- what may go wrong */

static int allowed;

static void *
Limited(void *arg, size_t size)
{
	return allowed-- > 0 ? malloc(size) : NULL;
}

static bool
Stop(void *arg)
{
	return allowed-- <= 0;
}

static void
TestEnvironment(void)
{
	Season flat = SeasonFlat();
	Shop shop = Draw(&flat, 300, 1000, 0, 3);
	Environment env = test_env;
	SeasonFit fit;
	int refused = 0, stopped = 0, other = 0;

	env.alloc = Limited;
	for (int n = 0; n < 4; n++)
	{
		allowed = n;
		SeasonEstimate(&shop.data, &env, &fit);
		refused += fit.status == SEASON_NO_MEMORY;
	}
	unit_check(refused == 4, "no memory: said so %d times", refused);
	env.alloc = test_alloc;
	env.check = Stop;
	for (int n = 1; n < 3000; n = n * 2)
	{
		allowed = n;
		SeasonEstimate(&shop.data, &env, &fit);
		stopped += fit.status == SEASON_INTERRUPTED;
		other += fit.status != SEASON_INTERRUPTED && fit.status != SEASON_NONE;
	}
	unit_check(stopped > 5 && other == 0, "interrupted: said so %d times", stopped);
	FreeShop(&shop);
}

static void
TestHostile(void)
{
	BtydRow rows[40], days[3];
	SeasonData data = {rows, 40, days, 3, 7, 0, true};
	SeasonFit fit;

	for (int i = 0; i < 40; i++)
		rows[i] = (BtydRow){i % 3, i % 3 ? 1e300 : 0, 1e300, 1e15};
	days[0] = (BtydRow){-2451545, 0, 0, 9e15};
	days[1] = (BtydRow){0, 0, 0, 1};
	days[2] = (BtydRow){2145031948, 0, 0, 1};
	SeasonEstimate(&data, &test_env, &fit);
	CHECK(fit.status == SEASON_NONE && fit.season.bins == 0);
	data.as_of = 2145031948;
	SeasonEstimate(&data, &test_env, &fit);
	CHECK(fit.status == SEASON_NONE && fit.season.bins == 0);
	data.as_of = -2451545;
	SeasonEstimate(&data, &test_env, &fit);
	CHECK(fit.status == SEASON_SHORT && fit.days == 0);
	data.has_as_of = false;
	SeasonEstimate(&data, &test_env, &fit);
	CHECK(fit.status == SEASON_NO_DAY);
	data = (SeasonData){.unit_days = 7, .has_as_of = true};
	SeasonEstimate(&data, &test_env, &fit);
	CHECK(fit.status == SEASON_NO_DAY);

	/* a bogus first day a century ago, in a shop of two years with a season */
	{
		Season truth = Peak(SEASON_MONTHS, 11, 12, 2.5);
		Shop shop = Draw(&truth, 3000, 729, 0, 8);

		shop.rows[0] = (BtydRow){0, 0, 36500 / UNIT_DAYS, 1};
		SeasonEstimate(&shop.data, &test_env, &fit);
		CHECK(fit.status == SEASON_FOUND && fit.days == 36500);
		FreeShop(&shop);
	}
}

int
main(void)
{
	TestFound();
	TestFlat();
	TestShort();
	TestRows();
	TestLogFactors();
	TestEnvironment();
	TestHostile();
	return unit_done();
}
