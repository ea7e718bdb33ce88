/*
 * season.c: seasons, their text, and the clock that runs with them.
 */
#include "core/clv/season.h"

#include <math.h>

#include "core/base/calendar.h"
#include "core/base/check.h"

#define FIRST_YEAR 2000 /* day 0 is its first day, and an era begins with it */
#define WEEK_DAYS 7

/* Longer than all days that PostgreSQL knows, and its ticks fit 64 bits with room to spare */
#define LONGEST_SPAN 1e12

/* More than rounding may have added to a number of ticks, relative to it; less than a tick */
#define ROUNDING 1e-15

Season
SeasonFlat(void)
{
	return (Season){.version = SEASON_VERSION};
}

static bool
IsBins(int bins)
{
	return bins == 0 || bins == SEASON_MONTHS || bins == SEASON_WEEKS;
}

bool
SeasonIsValid(const Season *season)
{
	if (season->version != SEASON_VERSION || !IsBins(season->bins) || season->unused != 0)
		return false;
	for (int i = 0; i < season->bins; i++)
		if (season->factor[i] < SEASON_MIN_FACTOR || season->factor[i] > SEASON_MAX_FACTOR)
			return false;
	for (int i = season->bins; i < SEASON_MAX_BINS; i++)
		if (season->factor[i] != 0)
			return false;
	return true;
}

Season
SeasonOfFactors(const double *factor, int bins)
{
	Season season = SeasonFlat();

	CRM_ASSERT(IsBins(bins));
	season.bins = (uint8_t) bins;
	for (int i = 0; i < bins; i++)
	{
		/* in this order a NaN becomes the smallest */
		double ticks = fmin(fmax(factor[i] * SEASON_UNIT, SEASON_MIN_FACTOR), SEASON_MAX_FACTOR);

		season.factor[i] = (int32_t) lround(ticks);
	}
	CRM_ASSERT(SeasonIsValid(&season));
	return season;
}

/* ---------------------------------------------------------------- text */

bool
SeasonParse(Cursor *in, Season *season)
{
	const char *from;
	double factor[SEASON_MAX_BINS];
	int n = 0;

	CursorSkipSpace(in);
	if (CursorTakeWord(in, "flat"))
	{
		CursorSkipSpace(in);
		*season = SeasonFlat();
		return CursorAtEnd(in) || CursorFail(in, in->at, "the end of the text behind flat");
	}
	do
	{
		CursorSkipSpace(in);
		from = in->at;
		if (n == SEASON_MAX_BINS)
			return CursorFail(in, from, "the end of the text, for a year has 52 weeks");
		if (!CursorTakeDouble(in, &factor[n]))
			return CursorFail(in, from, n == 0 ? "flat, or a factor" : "a factor");
		if (!(factor[n] >= SEASON_MIN_FACTOR / (double) SEASON_UNIT &&
			  factor[n] <= SEASON_MAX_FACTOR / (double) SEASON_UNIT))
			return CursorFailRange(in, from, "a factor from 0.05 to 20");
		n++;
		CursorSkipSpace(in);
	} while (CursorTake(in, ','));
	if (!CursorAtEnd(in) || (n != SEASON_MONTHS && n != SEASON_WEEKS))
		return CursorFail(in, in->at,
						  n == SEASON_WEEKS
							  ? "the end of the text, for a year has 52 weeks"
							  : "a comma and another factor, for there are 12 of months or 52 of "
								"weeks");
	*season = SeasonOfFactors(factor, n);
	return true;
}

/* Write a factor: no needless zeros. */
static char *
PutFactor(char *out, int32_t factor)
{
	int32_t whole = factor / SEASON_UNIT;
	int32_t part = factor % SEASON_UNIT;

	if (whole >= 10)
		*out++ = (char) ('0' + whole / 10);
	*out++ = (char) ('0' + whole % 10);
	if (part != 0)
		*out++ = '.';
	for (int32_t digit = SEASON_UNIT / 10; part != 0; part %= digit, digit /= 10)
		*out++ = (char) ('0' + part / digit);
	return out;
}

/* Does the text read as this season? */
static bool
ReadsAs(const char *text, size_t size, const Season *season)
{
	Cursor in = CursorStart(text, size);
	Season read;

	return SeasonParse(&in, &read) && memcmp(&read, season, sizeof(read)) == 0;
}

size_t
SeasonPrint(const Season *season, char *out)
{
	char *at = out;

	CRM_ASSERT(SeasonIsValid(season));
	if (season->bins == 0)
	{
		memcpy(at, "flat", 4);
		at += 4;
	}
	for (int i = 0; i < season->bins; i++)
	{
		if (i > 0)
		{
			*at++ = ',';
			*at++ = ' ';
		}
		at = PutFactor(at, season->factor[i]);
	}
	CRM_ASSERT(at - out <= SEASON_TEXT_MAX && ReadsAs(out, (size_t) (at - out), season));
	return (size_t) (at - out);
}

/* ---------------------------------------------------------------- bins */

/* The bin of the n-th day of a year, counted from 0. */
static int
BinOfYearDay(int bins, bool leap, int n)
{
	static const int16_t month_end[2][SEASON_MONTHS] = {
		{31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
		{31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366}};
	int bin = 0;

	if (bins == SEASON_WEEKS)
		return n / WEEK_DAYS < SEASON_WEEKS ? n / WEEK_DAYS : SEASON_WEEKS - 1;
	if (bins == SEASON_MONTHS)
		while (n >= month_end[leap][bin])
			bin++;
	return bin;
}

int
SeasonBin(int bins, int32_t day)
{
	int64_t year;
	int n;

	if (bins == 0)
		return 0;
	CalendarYearDay(day, &year, &n);
	return BinOfYearDay(bins, CalendarIsLeap(year), n);
}

/* ---------------------------------------------------------------- the clock */

static int
YearDays(bool leap)
{
	return leap ? 366 : 365;
}

static int32_t
DayTicks(const Season *season, int bin)
{
	return season->bins == 0 ? SEASON_UNIT : season->factor[bin];
}

SeasonClock
SeasonStart(const Season *season)
{
	SeasonClock clock = {.season = *season};

	CRM_ASSERT(SeasonIsValid(season));
	for (int leap = 0; leap < 2; leap++)
		for (int n = 0; n < YearDays(leap); n++)
			clock.passed[leap][n + 1] =
				clock.passed[leap][n] + DayTicks(season, BinOfYearDay(season->bins, leap, n));
	clock.era_ticks = 303 * (int64_t) clock.passed[0][365] + 97 * (int64_t) clock.passed[1][366];
	clock.day_ticks = (double) clock.era_ticks / CALENDAR_ERA_DAYS;
	return clock;
}

/* Ticks of the years of an era before this one of it. */
static int64_t
TicksBeforeYear(const SeasonClock *clock, int year)
{
	/* the first year of all is a leap year, the other three that end in 00 are none */
	int leap_years = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;

	return leap_years * (int64_t) clock->passed[1][366] +
		   (year - leap_years) * (int64_t) clock->passed[0][365];
}

/* Ticks from the beginning of 2000-01-01 to the end of a day. */
static int64_t
TicksUntil(const SeasonClock *clock, int64_t day)
{
	int64_t year, era;
	int n;

	CalendarYearDay(day, &year, &n);
	year -= FIRST_YEAR;
	era = (year >= 0 ? year : year - (CALENDAR_ERA_YEARS - 1)) / CALENDAR_ERA_YEARS;
	return era * clock->era_ticks +
		   TicksBeforeYear(clock, (int) (year - era * CALENDAR_ERA_YEARS)) +
		   clock->passed[CalendarIsLeap(year)][n + 1];
}

/* The first day by whose end so many ticks have passed. */
static int64_t
DayOfTicks(const SeasonClock *clock, int64_t ticks)
{
	int64_t era = (ticks > 0 ? ticks - 1 : ticks - clock->era_ticks) / clock->era_ticks;
	int64_t rest = ticks - era * clock->era_ticks; /* 1 to era_ticks */
	int year = (int) ((rest - 1) * CALENDAR_ERA_YEARS / clock->era_ticks);
	const int32_t *passed;
	int low = 0, high;

	/* leap years are spread evenly, but not quite */
	while (TicksBeforeYear(clock, year) >= rest)
		year--;
	while (TicksBeforeYear(clock, year + 1) < rest)
		year++;
	rest -= TicksBeforeYear(clock, year);
	passed = clock->passed[CalendarIsLeap(year)];
	high = YearDays(CalendarIsLeap(year)) - 1;
	while (low < high)
	{
		int middle = (low + high) / 2;

		if (passed[middle + 1] >= rest)
			high = middle;
		else
			low = middle + 1;
	}
	return CalendarDay(FIRST_YEAR + era * CALENDAR_ERA_YEARS + year, 1, 1) + low;
}

double
SeasonFactor(const SeasonClock *clock, int32_t day)
{
	const Season *season = &clock->season;

	return DayTicks(season, SeasonBin(season->bins, day)) / clock->day_ticks;
}

double
SeasonSpan(const SeasonClock *clock, int32_t from, int32_t to)
{
	if (clock->season.bins == 0)
		return (double) to - from;
	return (double) (TicksUntil(clock, to) - TicksUntil(clock, from)) / clock->day_ticks;
}

int64_t
SeasonDay(const SeasonClock *clock, int32_t from, double span)
{
	if (!(span <= LONGEST_SPAN))
		return INT64_MAX;
	return DayOfTicks(clock, TicksUntil(clock, from) +
								 (int64_t) ceil(span * clock->day_ticks * (1 - ROUNDING)));
}

double
SeasonMoment(const SeasonClock *clock, double from, double span)
{
	double day = floor(from);
	double ticks;
	int64_t before;

	if (!(span <= LONGEST_SPAN && fabs(day) <= LONGEST_SPAN))
		return INFINITY;
	/* ticks since the beginning of the day of `from`, from which doubles count finely */
	before = TicksUntil(clock, (int64_t) day - 1);
	ticks = (from - day) * (double) (TicksUntil(clock, (int64_t) day) - before) +
			span * clock->day_ticks;
	day = (double) DayOfTicks(clock, before + (int64_t) ticks + 1);
	{
		int64_t start = TicksUntil(clock, (int64_t) day - 1);
		int64_t end = TicksUntil(clock, (int64_t) day);

		return day + (ticks - (double) (start - before)) / (double) (end - start);
	}
}
