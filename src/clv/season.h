/*
 * season.h: crm.season as the files of the room see it
 */
#ifndef CRM_CLV_SEASON_H
#define CRM_CLV_SEASON_H

#include "clv/model.h"

#include "core/clv/season_fit.h"
#include "history/history.h"

/* A value that a column can hold has passed SeasonParse, so it is valid. */
static inline const Season *
DatumGetSeason(Datum datum)
{
	return (const Season *) DatumGetPointer(datum);
}

#define PG_GETARG_SEASON(n) DatumGetSeason(PG_GETARG_DATUM(n))

/* Give a model the season of the data, or the reason why there is none */
extern void ClvFindSeason(const BtydData *data, ClvModel *model);

/*
 * The customers of the data in the time of a season: their own rows if it is flat, or if they were
 * given as numbers, which are by its clock already (crm.season_btyd). Writes what makes a
 * log-likelihood of these rows one in calendar time.
 */
extern const BtydRow *ClvSeasonCustomers(const BtydData *data, const Season *season,
										 double *log_factors);

/* HistoryBtyd in the time of a clock */
extern bool SeasonBtyd(const SeasonClock *clock, HistoryView history, DateADT as_of,
					   double unit_days, HistoryBtydRow *row);

extern Datum SeasonGetDatum(const Season *season);

#endif /* CRM_CLV_SEASON_H */
