/*
 * history.h: what other rooms may ask of the history room.
 */
#ifndef CRM_HISTORY_HISTORY_H
#define CRM_HISTORY_HISTORY_H

#include "glue.h"

#include "core/history/codec.h"
#include "utils/date.h"
#include "utils/numeric.h"

/* A history argument, detoasted, and packed if it was an aggregate's open state. */
extern HistoryView DatumGetHistoryView(Datum datum);
#define PG_GETARG_HISTORY(n) DatumGetHistoryView(PG_GETARG_DATUM(n))

/* Sums over the days of a history up to and including `as_of` (DATEVAL_NOEND for all); raises on
 * overflow. */
extern HistorySummary HistorySummarize(HistoryView history, DateADT as_of);

/* numeric -> money, exact or an error. */
extern HistoryMoney HistoryMoneyFromNumeric(Datum numeric, int *scale);

/* Exact money -> numeric, and -> float8 (from the exact sum). */
extern Datum HistoryMoneyGetNumericDatum(HistoryMoney units, int scale);
extern double HistoryMoneyGetFloat8(HistoryMoney units, int scale);

/*
 * Repeat purchase days, time of the last, length of observation (in units of `unit_days` days),
 * mean net spend per repeat purchase day (0 if there is none). False before the first purchase.
 */
typedef struct HistoryBtydRow
{
	double x;
	double t_x;
	double t;
	double m_x;
} HistoryBtydRow;

extern bool HistoryBtyd(HistoryView history, DateADT as_of, double unit_days, HistoryBtydRow *row);
extern bool HistorySummaryBtyd(const HistorySummary *summary, DateADT as_of, double unit_days,
							   HistoryBtydRow *row);
extern void HistoryCheckUnitDays(double unit_days);

/* Raise the error that every function with an `as_of` owes an infinite date. */
extern void HistoryCheckAsOf(DateADT as_of);

#endif /* CRM_HISTORY_HISTORY_H */
