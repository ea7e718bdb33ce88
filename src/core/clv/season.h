/*
 * season.h: how orders spread over the year, and time that runs with them. Pure C.
 *
 *     flat
 *     0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.1, 2.5
 *
 * A season is a factor for each of the 12 months, or of 52 weeks; or none, which is flat. Week 1
 * begins on the first of January, and the last has eight days, or nine. Only their ratios count:
 * what is used is a factor divided by the mean over all days of the calendar's 400 years, so that
 * a year of the clock is a year. (Every estimate of a rate fixes one scale or another; this one
 * depends on no day, so that equal ratios are equal clocks.)
 *
 * A purchase process whose rate is multiplied by s(day) is one without season in the time
 * S(day), the sum of s over all days up to that one. So whatever is known about a process
 * holds with a season, if times are measured with this clock (SeasonSpan).
 */
#ifndef CRM_CORE_CLV_SEASON_H
#define CRM_CORE_CLV_SEASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cursor.h"

#define SEASON_VERSION 1
#define SEASON_MONTHS 12
#define SEASON_WEEKS 52
#define SEASON_MAX_BINS SEASON_WEEKS

/* Factors are kept in ten-thousandths: sums of them are exact, and a text of them is short. */
#define SEASON_UNIT 10000
#define SEASON_MIN_FACTOR 500    /* .05 */
#define SEASON_MAX_FACTOR 200000 /* 20 */

/* Fixed in size and without pointers: the value of the type crm.season itself. */
typedef struct Season
{
	uint8_t version;
	uint8_t bins; /* 0 (flat), SEASON_MONTHS or SEASON_WEEKS */
	uint16_t unused;
	int32_t factor[SEASON_MAX_BINS]; /* ten-thousandths, as given; unused places are zero */
} Season;

_Static_assert(sizeof(Season) == 212, "Season has no padding");

#define SEASON_TEXT_MAX (SEASON_MAX_BINS * 9 + 1)

extern Season SeasonFlat(void);

/* Is this a season in its one form? */
extern bool SeasonIsValid(const Season *season);

/* A season of factors that are .05 to 20 after rounding to four decimals; others are set to the
 * nearest of these. */
extern Season SeasonOfFactors(const double *factor, int bins);

/* The text form, read and written. What is written is not terminated; its length is returned. */
extern bool SeasonParse(Cursor *in, Season *season);
extern size_t SeasonPrint(const Season *season, char *out);

/* The bin of a day, and the days of its year before it; 0 for a flat season. */
extern int SeasonBin(int bins, int32_t day);

/* ---------------------------------------------------------------- the clock */

/* A season made ready to measure time: about 3 kB, for the stack or to be kept with a model. */
typedef struct SeasonClock
{
	Season season;
	double day_ticks;           /* ticks of a mean day; a tick is a ten-thousandth as given */
	int64_t era_ticks;          /* of 400 years */
	int32_t passed[2][366 + 1]; /* of a year, common or leap, before each of its days */
} SeasonClock;

extern SeasonClock SeasonStart(const Season *season);

/* s(day): how much faster than on a mean day orders come; 1 if flat. */
extern double SeasonFactor(const SeasonClock *clock, int32_t day);

/*
 * The time that passes from the end of one day to the end of another, in days of the clock:
 * S(to) - S(from), negative if `to` is the earlier one. Exact but for one rounding, so it grows
 * strictly with `to`, and spans add up.
 */
extern double SeasonSpan(const SeasonClock *clock, int32_t from, int32_t to);

/*
 * The way back: the first day by whose end, counted from the end of `from`, a span has passed;
 * so SeasonDay(SeasonSpan(from, to)) is `to`. Span is not negative; a day beyond all that
 * PostgreSQL knows may come out, an INT64_MAX of a span that is longer or infinite.
 */
extern int64_t SeasonDay(const SeasonClock *clock, int32_t from, double span);

/*
 * The moment that lies a span after another, in days and parts of days since the beginning of
 * 2000-01-01; within a day the clock runs evenly. INFINITY if the span is too long to say.
 */
extern double SeasonMoment(const SeasonClock *clock, double from, double span);

#endif /* CRM_CORE_CLV_SEASON_H */
