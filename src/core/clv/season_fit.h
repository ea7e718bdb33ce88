/*
 * season_fit.h: the season in a shop's orders, if there is one that would have helped. Pure C.
 *
 * Estimate. What a process without season expects on each day, of customers who began on the days
 * that they began, is compared with what came. Sums by month, or by week, give the factors, shrunk
 * towards flat; three times, each in the clock of the factors before, for customers who are won
 * before Christmas look as if they left after it.
 *
 * Guard. Any data show some pattern. So the factors of the other years have to foretell each year:
 * by more than its level and its slope, and by more than twice the variation that days have beyond
 * chance. A promotion or a closure of one year does not pass; neither do data of less than 700
 * days, which have no other year.
 *
 * Figures behind both are in doc/clv.md.
 */
#ifndef CRM_CORE_CLV_SEASON_FIT_H
#define CRM_CORE_CLV_SEASON_FIT_H

#include "core/clv/btyd.h"
#include "core/clv/data.h"
#include "core/clv/season.h"

/* A year of the guard, and the least that the oldest may have */
#define SEASON_BLOCK_DAYS 365
#define SEASON_LEAST_BLOCK 335
#define SEASON_LEAST_DAYS (SEASON_BLOCK_DAYS + SEASON_LEAST_BLOCK)

/* A season is used if its gain exceeds this */
#define SEASON_NEEDED_GAIN 2.0

/* Repeat purchases of so many days are looked at; what lies further back tells of another shop */
#define SEASON_MOST_BLOCKS 20
#define SEASON_MOST_DAYS (SEASON_MOST_BLOCKS * SEASON_BLOCK_DAYS)

typedef enum SeasonStatus
{
	SEASON_FOUND,
	SEASON_NO_DAY, /* flat: the data do not say on which days purchases were */
	SEASON_SHORT,  /* flat: fewer than SEASON_LEAST_DAYS days */
	SEASON_NONE,   /* flat: no year was foretold by the others */
	SEASON_INTERRUPTED,
	SEASON_NO_MEMORY
} SeasonStatus;

/* What a season is estimated from: rows as btyd_data has them */
typedef struct SeasonData
{
	const BtydRow *customers; /* all of one day, as_of */
	size_t ncustomers;
	const BtydRow *days; /* x: a day, weight: repeat purchases of all customers on it */
	size_t ndays;
	double unit_days; /* of the customers' times */
	int32_t as_of;
	bool has_as_of; /* are they of one day at all? */
} SeasonData;

typedef struct SeasonFit
{
	SeasonStatus status;
	Season season;  /* flat unless found */
	Season pattern; /* what was tried, the better one of months and weeks; flat if nothing was */
	int32_t days;   /* from the first purchase of all to as_of */
	double gain;    /* of the pattern: rise of the log-likelihood of years that it was not
					 * estimated from, over the dispersion of days if that is above 1; NaN if
					 * nothing was tried */
} SeasonFit;

static inline SeasonData
SeasonDataOf(const BtydData *data)
{
	return (SeasonData){.customers = BtydRowsOf(data, BTYD_CUSTOMERS),
						.ncustomers = data->n[BTYD_CUSTOMERS],
						.days = BtydRowsOf(data, BTYD_DAYS),
						.ndays = data->n[BTYD_DAYS],
						.unit_days = data->unit_days,
						.as_of = data->as_of,
						.has_as_of = data->as_of != BTYD_NO_DAY};
}

extern SeasonStatus SeasonEstimate(const SeasonData *data, const Environment *env, SeasonFit *fit);

/* A sentence without capital and full stop, for people: why the season is what it is. Static or in
 * `out`, of SEASON_REASON_MAX bytes. */
#define SEASON_REASON_MAX 200
extern const char *SeasonReason(const SeasonFit *fit, char *out);

/*
 * Customers in the time of a clock: the same rows, in the same order, times in units of unit_days
 * of its days.
 */
extern void SeasonRows(const SeasonClock *clock, int32_t as_of, double unit_days,
					   const BtydRow *rows, size_t n, BtydRow *result);

/*
 * What a log-likelihood of such rows gains when it is told in calendar time: the sum of log s(day)
 * over all repeat purchases, for a density by the clock is one by the calendar times s. Only so do
 * log-likelihoods of different seasons, or of none, compare. (For gaps of order k > 1 the
 * logarithms of the gaps by the clock would have to be known as well; data have their lengths in
 * days.)
 */
extern double SeasonLogFactors(const SeasonClock *clock, const BtydRow *days, size_t n);

#endif /* CRM_CORE_CLV_SEASON_FIT_H */
