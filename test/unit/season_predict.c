/*
 * Predictions with a season, against test/unit/reference/season.py (mpmath), and against sums over
 * every day.
 */
#include "unit.h"

#include "core/base/calendar.h"
#include "core/clv/season_predict.h"
#include "core/numeric/quadrature.h"

#include <string.h>

static const double months[SEASON_MONTHS] = {.8, .9, 1, 1, 1, 1.1, .7, .6, 1, 1.2, 1.5, 2.5};

static int32_t
Day(int year, int month, int mday)
{
	return (int32_t) CalendarDay(year, month, mday);
}

static BtydModel
Model(const BtydProcess *process, int order, double r, double alpha, double a, double b)
{
	const double params[] = {r, alpha, a, b};
	BtydModel m;

	if (BtydPrepare(&m, process, order, params) != BTYD_OK)
		abort();
	return m;
}

static void
TestReference(void)
{
	static const struct
	{
		double x, t_x, t;
		double span[2], expected[2], discounted[2];
		int32_t days_ahead; /* until .3 have ordered */
	} cases[] = {{2,
				  14.71771878487704,
				  22.40492623419602,
				  {8.047746492168109, 52.14939726924935},
				  {0.4274915798523509, 2.082044910387196},
				  {0.4255931606071936, 2.005773879971049},
				  31},
				 {0,
				  0,
				  0,
				  {8.047746492168109, 52.14939726924935},
				  {0.3620225322997057, 1.422660811050929},
				  {0.3604673029523083, 1.375610520794757},
				  59}};
	Season season = SeasonOfFactors(months, SEASON_MONTHS);
	SeasonClock clock = SeasonStart(&season);
	int32_t as_of = Day(2024, 11, 15);
	BtydModel m = Model(&BtydMbgnbd, 1, .525, 6.18, .891, 1.614);

	CHECK_NEAR(SeasonSpan(&clock, Day(2024, 5, 20), Day(2024, 9, 30)) / 7, cases[0].t_x, 1e-13);
	CHECK_NEAR(SeasonSpan(&clock, Day(2024, 5, 20), as_of) / 7, cases[0].t, 1e-13);
	for (int i = 0; i < 2; i++)
	{
		double x = cases[i].x, t_x = cases[i].t_x, t = cases[i].t;
		double wait, value;

		for (int j = 0; j < 2; j++)
		{
			SeasonHorizon horizon =
				SeasonAhead(&m, &clock, 7, as_of, j == 0 ? 31 : 365, log1p(.1) * 7 / 365);

			CHECK_NEAR(horizon.span, cases[i].span[j], 1e-13 * horizon.span);
			CHECK(BtydExpected(&m, x, t_x, t, horizon.span, &value) == BTYD_OK);
			CHECK_NEAR(value, cases[i].expected[j], 1e-12 * value);
			CHECK(SeasonDiscounted(&m, &horizon, x, t_x, t, &value) == BTYD_OK);
			CHECK_NEAR(value, cases[i].discounted[j], 1e-12 * value);
		}
		CHECK(BtydNextOrder(&m, x, t_x, t, .3, &wait) == BTYD_OK);
		CHECK(SeasonDaysAhead(&clock, 7, as_of, wait) == cases[i].days_ahead);
	}
}

/* The definition: exp(-delta n) E(S(n)) and the integral of delta exp(-delta u) E(S(u)). */
static double
ByDay(const BtydModel *m, const SeasonClock *clock, int32_t as_of, int days, double delta,
	  const double *c)
{
	double sum = 0, e;

	for (int day = 0; day < days; day++)
	{
		double start = SeasonSpan(clock, as_of, as_of + day) / 7;
		double width = SeasonSpan(clock, as_of + day, as_of + day + 1) / 7;

		for (int j = 0; j < GAUSS_HALF; j++)
			for (int side = -1; side <= 1; side += 2)
			{
				double u = .5 + side * GaussNode[j] / 2;

				BtydExpected(m, c[0], c[1], c[2], start + u * width, &e);
				sum += GaussWeight[j] / 2 * delta * exp(-delta * (day + u)) * e;
			}
	}
	BtydExpected(m, c[0], c[1], c[2], SeasonSpan(clock, as_of, as_of + days) / 7, &e);
	return sum + exp(-delta * days) * e;
}

static void
TestEveryDay(void)
{
	Season season = SeasonOfFactors((const double[]){.05, 3, .05, 1, 1, 1, .3, 1, 1, 20, 1, 3}, 12);
	SeasonClock clock = SeasonStart(&season);
	const BtydModel models[] = {Model(&BtydMbgnbd, 1, .525, 6.18, .891, 1.614),
								Model(&BtydBgnbd, 1, 3, 40, .1, 20),
								Model(&BtydParetonbd, 1, .55, 10.57, .606, 11.67),
								Model(&BtydMbgnbd, 1, .5, .4, .2, .1),
								Model(&BtydMbgnbd, 3, .8, 3, .3, 2),
								Model(&BtydBgnbd, 2, 1.5, 9, .5, 3),
								Model(&BtydNbd, 2, .7, 5, 0, 0),
								Model(&BtydNbd, 1, 2, 12, 0, 0)};
	const double customers[][3] = {{0, 0, 0}, {5, 30, 38}, {0, 0, 50}};
	const int days[] = {1, 17, 365, 1100};
	const double rates[] = {.001, .1, 3, 1e9};

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
	{
		double worst = 0;

		for (int j = 0; j < 4; j++)
			for (int k = 0; k < 4; k++)
			{
				double delta = log1p(rates[k]) / 365;
				int32_t as_of = Day(2023, 1 + 3 * j, 28);
				SeasonHorizon horizon =
					SeasonAhead(&models[i], &clock, 7, as_of, days[j], 7 * delta);

				for (int c = 0; c < 3 - 2 * (j == 3); c++)
				{
					double got,
						want = ByDay(&models[i], &clock, as_of, days[j], delta, customers[c]);

					if (SeasonDiscounted(&models[i], &horizon, customers[c][0], customers[c][1],
										 customers[c][2], &got) != BTYD_OK)
						got = NAN;
					worst = fmax(worst, isnan(got) ? 1 : fabs(got - want) / want);
				}
			}
		/* worst in the first days of a newcomer of regular habits, who orders hardly anything */
		unit_check(worst < (models[i].order == 1 ? 1e-11 : 1e-9),
				   "discounted by day: model %d, %.1e", (int) i, worst);
	}
}

/* For life, and beyond 30 years, where every day is a mean one. */
static void
TestFar(void)
{
	Season season = SeasonOfFactors(months, SEASON_MONTHS);
	SeasonClock clock = SeasonStart(&season);
	BtydModel m = Model(&BtydMbgnbd, 1, .525, 6.18, .891, 1.614);
	int32_t as_of = Day(2024, 11, 15);
	double delta = log1p(.1) / 365;
	SeasonHorizon near = SeasonAhead(&m, &clock, 7, as_of, SEASON_FAR_DAYS, 7 * delta);
	SeasonHorizon further = SeasonAhead(&m, &clock, 7, as_of, SEASON_FAR_DAYS + 4000, 7 * delta);
	SeasonHorizon life = SeasonAhead(&m, &clock, 7, as_of, INFINITY, 7 * delta);
	SeasonHorizon end = SeasonAhead(&m, &clock, 7, 2145031948, 2147483647, 7 * delta);
	double a, b, c, want = 0, from, last;

	CHECK(SeasonDiscounted(&m, &near, 3, 20, 25, &a) == BTYD_OK);
	CHECK(SeasonDiscounted(&m, &further, 3, 20, 25, &b) == BTYD_OK);
	CHECK(SeasonDiscounted(&m, &life, 3, 20, 25, &c) == BTYD_OK);
	CHECK(near.far == INFINITY && further.far == near.span && life.span == INFINITY);
	CHECK(a < b && b < c);
	/* what is added in the years after, by steps of ten days */
	BtydExpected(&m, 3, 20, 25, near.span, &last);
	for (int day = 0; day < 4000; day += 10, last = from)
	{
		BtydExpected(&m, 3, 20, 25, near.span + (day + 10) / 7.0, &from);
		want += (from - last) * exp(-delta * (SEASON_FAR_DAYS + day + 5));
	}
	CHECK_NEAR((b - a) / want, 1, 1e-6);
	CHECK_NEAR(further.span - near.span, 4000 / 7.0, 1e-9);
	CHECK(isfinite(end.span) && SeasonDiscounted(&m, &end, 3, 20, 25, &a) == BTYD_OK && a > 0);

	/* without a discount what is expected, and no end */
	near = SeasonAhead(&m, &clock, 7, as_of, 365, 0);
	CHECK(SeasonDiscounted(&m, &near, 3, 20, 25, &a) == BTYD_OK);
	CHECK(BtydExpected(&m, 3, 20, 25, near.span, &b) == BTYD_OK && a == b);
	life = SeasonAhead(&m, &clock, 7, as_of, INFINITY, 0);
	CHECK(SeasonDiscounted(&m, &life, 3, 20, 25, &a) ==
		  BtydDiscounted(&m, 3, 20, 25, INFINITY, 0, &b));
	near = SeasonAhead(&m, &clock, 7, as_of, 0, 7 * delta);
	CHECK(SeasonDiscounted(&m, &near, 3, 20, 25, &a) == BTYD_OK && a == 0);
	CHECK(SeasonDiscounted(&m, &near, -1, 20, 25, &a) == BTYD_BAD_X);
}

/* Without season all is as it was, to the last bit; and a year of equal factors is hardly else. */
static void
TestFlat(void)
{
	Season flat = SeasonFlat();
	Season equal =
		SeasonOfFactors((const double[]){2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, SEASON_MONTHS);
	SeasonClock clock = SeasonStart(&flat), equal_clock = SeasonStart(&equal);
	BtydModel m = Model(&BtydMbgnbd, 1, .525, 6.18, .891, 1.614);
	double delta = log1p(.1) / 365;
	const double days[] = {0, 1, 90, 365, 20000, INFINITY};

	for (int i = 0; i < 6; i++)
	{
		SeasonHorizon horizon = SeasonAhead(&m, &clock, 7, 9000, days[i], 7 * delta);
		SeasonHorizon same = SeasonAhead(&m, &equal_clock, 7, 9000, days[i], 7 * delta);
		double got, want, again;

		CHECK(SeasonDiscounted(&m, &horizon, 3, 20, 25, &got) == BTYD_OK);
		CHECK(BtydDiscounted(&m, 3, 20, 25, days[i] / 7, 7 * delta, &want) == BTYD_OK);
		CHECK(got == want && horizon.span == days[i] / 7);
		CHECK(SeasonDiscounted(&m, &same, 3, 20, 25, &again) == BTYD_OK);
		CHECK_NEAR(again, want, 1e-11 * want);
	}
}

static void
TestDaysAhead(void)
{
	Season season = SeasonOfFactors(months, SEASON_MONTHS);
	Season flat = SeasonFlat();
	SeasonClock clock = SeasonStart(&season), plain = SeasonStart(&flat);
	bool right = true;

	for (int day = 1; day < 12000; day += 7)
	{
		double span = day <= SEASON_FAR_DAYS ? SeasonSpan(&clock, 9000, 9000 + day)
											 : SeasonSpan(&clock, 9000, 9000 + SEASON_FAR_DAYS) +
												   day - SEASON_FAR_DAYS;

		right = right && SeasonDaysAhead(&clock, 7, 9000, span / 7) == day;
	}
	CHECK(right);
	CHECK(SeasonDaysAhead(&plain, 7, 9000, 10.1) == 71);
	CHECK(SeasonDaysAhead(&clock, 7, 9000, 0) == 0);
	CHECK(SeasonDaysAhead(&clock, 7, 9000, 1e15) > 2147483647.0);
	CHECK(SeasonDaysAhead(&clock, 7, 9000, INFINITY) > 2147483647.0);
}

int
main(void)
{
	TestReference();
	TestEveryDay();
	TestFar();
	TestFlat();
	TestDaysAhead();
	return unit_done();
}
