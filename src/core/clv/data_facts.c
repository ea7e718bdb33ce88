/*
 * data_facts.c: what the lists of counted customers say together
 */
#include <math.h>

#include "core/clv/data.h"

BtydCustomers
BtydCountCustomers(const BtydData *data)
{
	const BtydRow *rows = BtydRowsOf(data, BTYD_CUSTOMERS);
	BtydCustomers customers = {0};
	double longest = 0.0;

	for (size_t i = 0; i < data->n[BTYD_CUSTOMERS]; i++)
	{
		customers.all += rows[i].weight;
		if (rows[i].t > longest)
		{
			longest = rows[i].t;
			customers.there_at_start = 0.0;
		}
		if (rows[i].t == longest)
			customers.there_at_start += rows[i].weight;
	}
	return customers;
}

/* A whole number of days before as_of, no day before the first there is */
static int32_t
DayBefore(int32_t as_of, double days)
{
	double day = as_of - nearbyint(days);

	return day < BTYD_FIRST_DAY ? BTYD_FIRST_DAY : (int32_t) day;
}

bool
BtydRowDays(const BtydData *data, const BtydRow *row, int32_t *first, int32_t *last)
{
	if (data->as_of == BTYD_NO_DAY)
		return false;
	*first = DayBefore(data->as_of, row->t * data->unit_days);
	*last = DayBefore(data->as_of, (row->t - row->t_x) * data->unit_days);
	return true;
}

BtydGaps
BtydSumGaps(const BtydData *data)
{
	const BtydRow *customers = BtydRowsOf(data, BTYD_CUSTOMERS);
	const BtydRow *gaps = BtydRowsOf(data, BTYD_GAPS);
	BtydGaps sum = {0};
	double repeat_purchases = 0.0;

	for (size_t i = 0; i < data->n[BTYD_GAPS]; i++)
	{
		sum.n += gaps[i].weight;
		sum.sum_logs += gaps[i].weight * log(gaps[i].x);
		if (gaps[i].x == 1.0)
			sum.one_day = gaps[i].weight;
	}
	sum.sum_logs -= sum.n * log(data->unit_days);
	for (size_t i = 0; i < data->n[BTYD_CUSTOMERS]; i++)
		repeat_purchases += customers[i].weight * customers[i].x;
	/* gaps are fewer than 2^53, so a sum that is no longer exact is none of theirs */
	sum.complete = repeat_purchases == sum.n;
	return sum;
}
