/*
 * calendar.h: days, months and years. Pure C.
 *
 * Days are counted as PostgreSQL counts them: 0 is 2000-01-01. The calendar is the proleptic
 * Gregorian one; the year before 1 is 0, as astronomers count.
 */
#ifndef CRM_CORE_BASE_CALENDAR_H
#define CRM_CORE_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* The calendar repeats after so many years, which are so many days. */
#define CALENDAR_ERA_YEARS 400
#define CALENDAR_ERA_DAYS 146097

static inline bool
CalendarIsLeap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The day of a date; month 1 to 12. */
extern int64_t CalendarDay(int64_t year, int month, int mday);

/* The date of a day. */
extern void CalendarDate(int64_t day, int64_t *year, int *month, int *mday);

/* The year of a day, and the days of that year before it. */
extern void CalendarYearDay(int64_t day, int64_t *year, int *day_of_year);

#endif /* CRM_CORE_BASE_CALENDAR_H */
