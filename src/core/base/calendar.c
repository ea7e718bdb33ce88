/*
 * calendar.c: the proleptic Gregorian calendar in integer arithmetic.
 *
 * Years are counted from March, so that the leap day comes last. One era is 400 years.
 */
#include "core/base/calendar.h"

#define DAYS_TO_2000_03_01 60 /* from 2000-01-01 */
#define MARCH_TO_JANUARY 306  /* days, in every year */
#define JANUARY_TO_MARCH 59   /* but for the leap day */

int64_t
CalendarDay(int64_t year, int month, int mday)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - (CALENDAR_ERA_YEARS - 1)) / CALENDAR_ERA_YEARS;
	int64_t year_of_era = y - era * CALENDAR_ERA_YEARS;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + mday - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return (era - 5) * CALENDAR_ERA_DAYS + day_of_era + DAYS_TO_2000_03_01;
}

/* The year that began in March, and the days of it before this one. */
static void
MarchYear(int64_t day, int64_t *year, int *day_of_year)
{
	int64_t shifted = day - DAYS_TO_2000_03_01;
	int64_t era = (shifted >= 0 ? shifted : shifted - (CALENDAR_ERA_DAYS - 1)) / CALENDAR_ERA_DAYS;
	int day_of_era = (int) (shifted - era * CALENDAR_ERA_DAYS);
	int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;

	*year = year_of_era + (era + 5) * CALENDAR_ERA_YEARS;
	*day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
}

void
CalendarDate(int64_t day, int64_t *year, int *month, int *mday)
{
	int day_of_year;
	int shifted_month;

	MarchYear(day, year, &day_of_year);
	shifted_month = (5 * day_of_year + 2) / 153;
	*mday = day_of_year - (153 * shifted_month + 2) / 5 + 1;
	*month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	*year += *month <= 2;
}

void
CalendarYearDay(int64_t day, int64_t *year, int *day_of_year)
{
	MarchYear(day, year, day_of_year);
	if (*day_of_year >= MARCH_TO_JANUARY)
	{
		*year += 1;
		*day_of_year -= MARCH_TO_JANUARY;
	}
	else
		*day_of_year += JANUARY_TO_MARCH + CalendarIsLeap(*year);
}
