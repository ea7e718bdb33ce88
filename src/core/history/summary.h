/*
 * summary.h: what a history says of a customer on a day, in one pass. Pure C.
 *
 * A purchase day is a day with orders > 0. A refund (money without an order) moves revenue but is
 * no purchase: it changes neither recency nor frequency.
 */
#ifndef CRM_CORE_HISTORY_SUMMARY_H
#define CRM_CORE_HISTORY_SUMMARY_H

#include "core/history/codec.h"

/* What most accessors need, over the days up to some day. */
typedef struct HistorySummary
{
	HistoryMoney revenue;       /* all amounts, refunds included, in units of 10^-scale */
	HistoryMoney first_revenue; /* the part of it up to and including the first purchase day */
	int64_t orders;             /* all orders, signed */
	int64_t purchase_days;      /* days with orders > 0 */
	int32_t first_day;          /* first and last purchase day, if there is one */
	int32_t last_day;
	int scale;
	bool valid; /* no day has negative orders */
} HistorySummary;

/* Sum over the days up to and including as_of, of a packed history. */
extern HistoryStatus HistorySum(HistoryView history, int32_t as_of, HistorySummary *out);

/* The same, and the purchase days, in order, into room for HistoryCountAtMost() of them. */
extern HistoryStatus HistorySumDays(HistoryView history, int32_t as_of, HistorySummary *out,
									int32_t *days);

/*
 * The customer as the "buy till you die" models see one: repeat purchase days; from the first
 * purchase on, time of the last and length of observation, in units of unit_days days; mean net
 * spend on a repeat purchase day, 0 if there is none.
 */
typedef struct HistoryBtydRow
{
	double x;
	double t_x;
	double t;
	double m_x;
} HistoryBtydRow;

/* False before the first purchase. as_of is the day of the summary. */
extern bool HistorySummaryBtyd(const HistorySummary *summary, int32_t as_of, double unit_days,
							   HistoryBtydRow *row);

#endif /* CRM_CORE_HISTORY_SUMMARY_H */
