/*
 * Seasons: their text, and the clock against plain sums over every day.
 */
#include "unit.h"

#include "core/base/calendar.h"
#include "core/clv/season.h"
#include "core/numeric/random.h"

#include <string.h>

static char result[SEASON_TEXT_MAX + 200];

/* What a text reads as: the canonical text, or "offset: expected, found". */
static const char *
Parse(const char *input)
{
	size_t length = strlen(input);
	char *copy = malloc(length + (length == 0)); /* the sanitizers see a byte too far */
	Cursor in = CursorStart(copy, length);
	Season season;

	memcpy(copy, input, length);
	if (SeasonParse(&in, &season))
		result[SeasonPrint(&season, result)] = '\0';
	else
		snprintf(result, sizeof(result), "%d: %s, %.*s%s", (int) (in.fault - in.text), in.expected,
				 (int) in.found, in.fault, in.out_of_range ? " (range)" : "");
	free(copy);
	return result;
}

#define ONES11 "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1"

static void
TestText(void)
{
	static const char *const cases[][2] = {
		{"flat", "flat"},
		{" \tflat\n", "flat"},
		{"1,1,1,1,1,1,1,1,1,1,1,2.5", ONES11 ", 2.5"},
		{" 1,1 ,1.0,1.0000,1e0,1,1,1,01,1,1 , 0.05\n", ONES11 ", 0.05"},
		{"20,.05,0.12345,0.12344,19.99999,1.10,10.01,1,1,1,1,1.00005",
		 "20, 0.05, 0.1235, 0.1234, 20, 1.1, 10.01, 1, 1, 1, 1, 1.0001"},
		{"", "0: flat, or a factor, "},
		{"Flat", "0: flat, or a factor, Flat"},
		{"flatter", "4: the end of the text behind flat, ter"},
		{"flat, 1", "4: the end of the text behind flat, ,"},
		{ONES11, "31: a comma and another factor, for there are 12 of months or 52 of weeks, "},
		{ONES11 ",", "32: a factor, "},
		{ONES11 ", 1, 1",
		 "37: a comma and another factor, for there are 12 of months or 52 of weeks, "},
		{ONES11 ", 0", "33: a factor from 0.05 to 20, 0 (range)"},
		{ONES11 ", .0499999", "33: a factor from 0.05 to 20, .0499999 (range)"},
		{ONES11 ", 20.0001", "33: a factor from 0.05 to 20, 20.0001 (range)"},
		{ONES11 ", 1e308", "33: a factor from 0.05 to 20, 1e308 (range)"},
		{ONES11 ", 1e309", "33: a factor, 1e309"},
		{ONES11 ", -1", "33: a factor, -1"},
		{ONES11 ", NaN", "33: a factor, NaN"},
		{ONES11 ", inf", "33: a factor, inf"},
		{ONES11 " 1",
		 "32: a comma and another factor, for there are 12 of months or 52 of weeks, 1"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!unit_check(strcmp(Parse(cases[i][0]), cases[i][1]) == 0, "text \"%s\"", cases[i][0]))
			printf("# got %s\n", result);
}

static void
TestWeeksText(void)
{
	char text[600] = "";

	for (int i = 0; i < SEASON_WEEKS; i++)
		strcat(text, i == 0 ? "10.0625" : ", 10.0625");
	CHECK(strcmp(Parse(text), text) == 0);
	CHECK(strlen(text) <= SEASON_TEXT_MAX);
	strcat(text, ", 1");
	CHECK(strstr(Parse(text), "the end of the text, for a year has 52 weeks, 1") != NULL);
}

static void
TestValid(void)
{
	Season good = SeasonFlat();
	Season season;

	CHECK(SeasonIsValid(&good));
	good.bins = SEASON_MONTHS;
	CHECK(!SeasonIsValid(&good));
	for (int i = 0; i < SEASON_MONTHS; i++)
		good.factor[i] = i % 2 == 0 ? SEASON_MIN_FACTOR : SEASON_MAX_FACTOR;
	CHECK(SeasonIsValid(&good));
#define BROKEN(change) (season = good, season.change, !SeasonIsValid(&season))
	CHECK(BROKEN(version = 0));
	CHECK(BROKEN(version = 2));
	CHECK(BROKEN(bins = 11));
	CHECK(BROKEN(bins = 53));
	CHECK(BROKEN(unused = 1));
	CHECK(BROKEN(factor[0]--));
	CHECK(BROKEN(factor[11]++));
	CHECK(BROKEN(factor[12] = SEASON_UNIT));
	CHECK(BROKEN(factor[51] = 1));
}

static void
TestFactors(void)
{
	double factor[SEASON_MONTHS] = {0, -1, INFINITY, -INFINITY, NAN, 0.05, 20, 21, 1, 1, 1, 1};
	Season season = SeasonOfFactors(factor, SEASON_MONTHS);

	result[SeasonPrint(&season, result)] = '\0';
	CHECK(strcmp(result, "0.05, 0.05, 20, 0.05, 0.05, 0.05, 20, 20, 1, 1, 1, 1") == 0);
}

/* Days and dates, against counting on day by day. */
static void
TestCalendar(void)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t year = 1, y;
	int month = 1, mday = 1, n = 0, m, d, of_year;
	bool same = true;

	CHECK(CalendarDay(2000, 1, 1) == 0);
	CHECK(CalendarDay(-4713, 11, 24) == -2451545);
	CHECK(CalendarDay(5874897, 12, 31) == 2145031948 - 0);
	for (int64_t day = CalendarDay(1, 1, 1); day < CalendarDay(2401, 1, 1); day++)
	{
		CalendarDate(day, &y, &m, &d);
		same = same && y == year && m == month && d == mday;
		CalendarYearDay(day, &y, &of_year);
		same = same && y == year && of_year == n && CalendarDay(year, month, mday) == day;
		n++;
		if (mday++ == days[month - 1] + (month == 2 && CalendarIsLeap(year)))
		{
			mday = 1;
			if (month++ == 12)
			{
				month = 1;
				year++;
				n = 0;
			}
		}
	}
	unit_check(same, "2400 years day by day");
}

/* The bin of a day, from its date by the words of the definition. */
static int
Bin(int bins, int day)
{
	int64_t year;
	int month, mday;

	CalendarDate(day, &year, &month, &mday);
	if (bins == SEASON_MONTHS)
		return month - 1;
	return (int) fmin((double) ((day - CalendarDay(year, 1, 1)) / 7), 51);
}

/* Factors of .05 to 20, very unequal. */
static Season
RandomSeason(int bins, uint64_t seed)
{
	RandomState rng;
	double factor[SEASON_MAX_BINS];

	RandomSeed(&rng, seed, 1);
	for (int i = 0; i < bins; i++)
		factor[i] = .05 * pow(400, RandomUniform(&rng));
	return SeasonOfFactors(factor, bins);
}

/* Every day of more than 400 years: spans, the way back, and the mean. */
static void
TestClock(int bins, int first)
{
	Season season = bins == 0 ? SeasonFlat() : RandomSeason(bins, (uint64_t) first + 7);
	SeasonClock clock = SeasonStart(&season);
	int days = CALENDAR_ERA_DAYS;
	long double mean = 0, sum = 0;
	double worst = 0, last = 0, worst_moment = 0;
	bool rises = true, back = true, between = true, factors = true;

	for (int day = first + 1; day <= first + days; day++)
		mean += bins == 0 ? 1 : (long double) season.factor[Bin(bins, day)] / SEASON_UNIT;
	mean /= days;
	for (int day = first + 1; day <= first + days; day++)
	{
		long double s =
			bins == 0 ? 1 : (long double) season.factor[Bin(bins, day)] / SEASON_UNIT / mean;
		double span = SeasonSpan(&clock, first, day);

		sum += s;
		factors = factors && fabs(SeasonFactor(&clock, day) - (double) s) <= 4e-16 * (double) s;
		worst = fmax(worst, fabs(span - (double) sum) / (double) sum);
		rises = rises && span > last && SeasonSpan(&clock, day, first) == -span;
		back = back && SeasonDay(&clock, first, span) == day;
		between = between && SeasonDay(&clock, first, span - 1e-3 * (double) s) == day &&
				  SeasonDay(&clock, first, span + 1e-3 * (double) s) == day + 1;
		/* from noon of the first day to noon of this one: all between, and two halves */
		worst_moment =
			fmax(worst_moment,
				 fabs(SeasonMoment(&clock, first + .5,
								   span + .5 * SeasonFactor(&clock, first) - .5 * (double) s) -
					  (day + .5)));
		last = span;
	}
	unit_check(worst < 1e-13, "clock of %d bins from %d: sums, %.1e", bins, first, worst);
	unit_check(rises, "clock of %d bins from %d: rises strictly, and is negative backwards", bins,
			   first);
	unit_check(back && between, "clock of %d bins from %d: the way back", bins, first);
	unit_check(worst_moment < 1e-7, "clock of %d bins from %d: moments, %.1e", bins, first,
			   worst_moment);
	unit_check(factors, "clock of %d bins from %d: factors", bins, first);
	CHECK_NEAR(SeasonSpan(&clock, first, first + days), days, 1e-9);
	CHECK_NEAR(SeasonSpan(&clock, first - 7 * days, first + 3 * days), 10.0 * days, 1e-8);
}

static void
TestEnds(void)
{
	Season season = RandomSeason(SEASON_WEEKS, 3);
	SeasonClock clock = SeasonStart(&season);
	int first = -2451545, last = 2145031948;
	double all = SeasonSpan(&clock, first, last);

	CHECK(isfinite(all) && fabs(all / ((double) last - first) - 1) < 1e-6);
	CHECK(SeasonDay(&clock, first, all) == last);
	CHECK(SeasonDay(&clock, INT32_MIN, 0) == INT32_MIN);
	CHECK(SeasonDay(&clock, INT32_MAX, 0) == INT32_MAX);
	CHECK(SeasonDay(&clock, 0, 5e11) > INT32_MAX);
	CHECK(SeasonDay(&clock, 0, 2e12) == INT64_MAX);
	CHECK(SeasonDay(&clock, 0, INFINITY) == INT64_MAX);
	CHECK(SeasonDay(&clock, 0, NAN) == INT64_MAX);
	CHECK(SeasonMoment(&clock, 0, INFINITY) == INFINITY);
	CHECK(SeasonMoment(&clock, 8000.25, 0) == 8000.25);
	CHECK(SeasonSpan(&clock, INT32_MIN, INT32_MAX) > 4e9);
}

/* Ratios are all that counts: the mean is 1 whatever was written. */
static void
TestScale(void)
{
	double factor[2][SEASON_MONTHS];
	Season season[2];
	SeasonClock clock[2];
	double most = 0;

	for (int i = 0; i < SEASON_MONTHS; i++)
		factor[1][i] = 4 * (factor[0][i] = i == 11 ? 2.5 : .5);
	for (int i = 0; i < 2; i++)
	{
		season[i] = SeasonOfFactors(factor[i], SEASON_MONTHS);
		clock[i] = SeasonStart(&season[i]);
	}
	for (int day = 1; day < 800; day++)
		most = fmax(most, fabs(SeasonSpan(&clock[0], 0, day) - SeasonSpan(&clock[1], 0, day)));
	CHECK(most < 1e-12);
	/* December: 2.5 over (2.5 * 31 + .5 * 334.2425) / 365.2425 */
	CHECK_NEAR(SeasonFactor(&clock[0], (int32_t) CalendarDay(2026, 12, 24)),
			   2.5 * 365.2425 / (2.5 * 31 + .5 * 334.2425), 1e-15 * 4);
}

int
main(void)
{
	TestText();
	TestWeeksText();
	TestValid();
	TestFactors();
	TestCalendar();
	for (int i = 0; i < 3; i++)
	{
		static const int first[] = {0, -200123, 9854};

		TestClock(0, first[i]);
		TestClock(SEASON_MONTHS, first[i]);
		TestClock(SEASON_WEEKS, first[i]);
	}
	TestEnds();
	TestScale();
	return unit_done();
}
