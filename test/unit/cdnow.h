/*
 * cdnow.h: the CDNOW 1/10 sample as the papers summarise it, for tests of fits
 *
 * Purchases of a day are one; x counts purchase days after the first; times are weeks since the
 * first purchase; observation ends on 1997-09-30. Read from $CRM_DATA/cdnow/CDNOW_sample.txt.
 */
#ifndef CRM_UNIT_CDNOW_H
#define CRM_UNIT_CDNOW_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clv/btyd.h"

#define CDNOW_CUSTOMERS 2357

typedef struct Cdnow
{
	BtydRow rows[CDNOW_CUSTOMERS];      /* row i is sample id i + 1, weight 1 */
	double mean_spend[CDNOW_CUSTOMERS]; /* per repeat purchase day, 0 without one */
	double log_gaps;                    /* sum of log gap between purchase days, in weeks */
} Cdnow;

/* Days since 1997-01-01 of a YYYYMMDD in 1997 or 1998 */
static inline int
cdnow_day(int date)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

	return (date / 10000 - 1997) * 365 + before[date / 100 % 100 - 1] + date % 100 - 1;
}

/* False when the file is not there */
static inline bool
cdnow_read(Cdnow *cdnow)
{
	const char *folder = getenv("CRM_DATA");
	char path[4096];
	static int first[CDNOW_CUSTOMERS], last[CDNOW_CUSTOMERS];
	static double repeat_spend[CDNOW_CUSTOMERS];
	int end = cdnow_day(19970930);
	int master, id, date, cds;
	double amount;
	FILE *file;

	snprintf(path, sizeof(path), "%s/cdnow/CDNOW_sample.txt", folder ? folder : "../shared/data");
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	memset(cdnow, 0, sizeof(*cdnow));
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
		first[i] = last[i] = -1;
	while (fscanf(file, "%d %d %d %d %lf", &master, &id, &date, &cds, &amount) == 5)
	{
		int day = cdnow_day(date);
		int i = id - 1;

		if (day > end || i < 0 || i >= CDNOW_CUSTOMERS)
			continue;
		if (first[i] < 0)
			first[i] = day;
		else if (day != last[i])
		{
			cdnow->rows[i].x += 1;
			cdnow->log_gaps += log((day - last[i]) / 7.0);
		}
		if (day != first[i])
			repeat_spend[i] += amount;
		last[i] = day; /* the file is in order of time for each customer */
	}
	fclose(file);
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
	{
		BtydRow *row = &cdnow->rows[i];

		row->t_x = (last[i] - first[i]) / 7.0;
		row->t = (end - first[i]) / 7.0;
		row->weight = 1.0;
		if (row->x > 0)
			cdnow->mean_spend[i] = repeat_spend[i] / row->x;
	}
	return true;
}

#endif
