/*
 * summary.c: what a history says of a customer on a day
 */
#include "core/base/check.h"
#include "core/history/summary.h"

/* Sum; days may be NULL. */
static inline HistoryStatus
Sum(HistoryView history, int32_t as_of, HistorySummary *out, int32_t *days)
{
	HistoryReader reader = HistoryRead(history);
	HistoryEntry entry;

	CRM_ASSERT(!HistoryIsOpen(history));
	*out = (HistorySummary){.scale = reader.scale, .valid = true};
	while (HistoryNext(&reader, &entry) && entry.day <= as_of)
	{
		if (__builtin_add_overflow(out->orders, entry.orders, &out->orders) ||
			!HistoryMoneyAdd(out->revenue, entry.amount, &out->revenue))
			return HISTORY_OUT_OF_RANGE;
		if (entry.orders > 0)
		{
			if (days != NULL)
				days[out->purchase_days] = entry.day;
			if (out->purchase_days++ == 0)
			{
				out->first_day = entry.day;
				out->first_revenue = out->revenue;
			}
			out->last_day = entry.day;
		}
		else if (entry.orders < 0)
			out->valid = false;
	}
	return reader.malformed ? HISTORY_MALFORMED : HISTORY_OK;
}

HistoryStatus
HistorySum(HistoryView history, int32_t as_of, HistorySummary *out)
{
	return Sum(history, as_of, out, NULL);
}

HistoryStatus
HistorySumDays(HistoryView history, int32_t as_of, HistorySummary *out, int32_t *days)
{
	return Sum(history, as_of, out, days);
}

bool
HistorySummaryBtyd(const HistorySummary *summary, int32_t as_of, double unit_days,
				   HistoryBtydRow *row)
{
	if (summary->purchase_days == 0)
		return false;
	row->x = (double) (summary->purchase_days - 1);
	row->t_x = ((double) summary->last_day - summary->first_day) / unit_days;
	row->t = ((double) as_of - summary->first_day) / unit_days;
	row->m_x = 0;
	if (row->x > 0)
	{
		HistoryMoney repeat_revenue = summary->revenue - summary->first_revenue;

		row->m_x = HistoryMoneyToDouble(repeat_revenue, summary->scale) / row->x;
	}
	return true;
}
