/*
 * season.h: crm.season as the files of the room see it
 */
#ifndef CRM_CLV_SEASON_H
#define CRM_CLV_SEASON_H

#include "glue.h"

#include "core/clv/season_fit.h"
#include "history/history.h"

/* A value that a column can hold has passed SeasonParse, so it is valid. */
static inline const Season *
DatumGetSeason(Datum datum)
{
	return (const Season *) DatumGetPointer(datum);
}

#define PG_GETARG_SEASON(n) DatumGetSeason(PG_GETARG_DATUM(n))

/* The season of counted customers, or why there is none; raises only what is no answer */
extern SeasonFit SeasonOfData(const BtydData *data);

/* HistoryBtyd in the time of a clock */
extern bool SeasonBtyd(const SeasonClock *clock, HistoryView history, DateADT as_of,
					   double unit_days, HistoryBtydRow *row);

extern Datum SeasonGetDatum(const Season *season);

#endif /* CRM_CLV_SEASON_H */
