/*
 * history.h: what other rooms may ask of the history room.
 */
#ifndef CRM_HISTORY_HISTORY_H
#define CRM_HISTORY_HISTORY_H

#include "glue.h"

#include "core/history/summary.h"
#include "utils/date.h"
#include "utils/numeric.h"

/* A history argument, detoasted, and packed if it was an aggregate's open state. */
extern HistoryView DatumGetHistoryView(Datum datum);
#define PG_GETARG_HISTORY(n) DatumGetHistoryView(PG_GETARG_DATUM(n))

/* Sums over the days of a history up to and including `as_of` (DATEVAL_NOEND for all); raises on
 * overflow. */
extern HistorySummary HistorySummarize(HistoryView history, DateADT as_of);

/* The same, and the purchase days, in order, into room for HistoryCountAtMost(history). */
extern HistorySummary HistorySummarizeDays(HistoryView history, DateADT as_of, int32_t *days);

/* numeric -> money, exact or an error. */
extern HistoryMoney HistoryMoneyFromNumeric(Datum numeric, int *scale);

/* Exact money -> numeric. */
extern Datum HistoryMoneyGetNumericDatum(HistoryMoney units, int scale);

/* HistorySummarize and HistorySummaryBtyd; false before the first purchase. */
extern bool HistoryBtyd(HistoryView history, DateADT as_of, double unit_days, HistoryBtydRow *row);

extern void HistoryCheckUnitDays(double unit_days);
#define HISTORY_UNIT_DAYS_HINT "7 measures time in weeks, 1 in days."

/* Raise the error that every function with an `as_of` owes an infinite date. */
extern void HistoryCheckAsOf(DateADT as_of);

#endif /* CRM_HISTORY_HISTORY_H */
