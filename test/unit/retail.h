/*
 * retail.h: the Online Retail orders (Chen, Sain & Guo 2012, UCI) as purchase days of customers
 *
 * Invoices with a customer, not cancelled (C...), with a total above 0, on the day of their first
 * line; invoices of a day are one. Read from $CRM_DATA/online_retail/online_retail.csv.gz.
 */
#ifndef CRM_UNIT_RETAIL_H
#define CRM_UNIT_RETAIL_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clv/btyd.h"

#define RETAIL_INVOICES 20000
#define RETAIL_CUSTOMERS 4338

typedef struct RetailInvoice
{
	int customer;
	int day;
	int number;
	double total;
} RetailInvoice;

typedef struct Retail
{
	size_t n; /* customers */
	BtydRow rows[RETAIL_CUSTOMERS];
	double log_gaps; /* sum of log gap, in weeks */
	double after;    /* purchase days of these customers in the 180 days after */
} Retail;

/* Days since 2010-12-01 of a date up to 2011-12-31 */
static inline int
retail_day(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

	return year == 2010 ? day - 1 : 31 + before[month - 1] + day - 1;
}

static inline int
retail_compare(const void *a, const void *b)
{
	const RetailInvoice *l = a, *r = b;

	return l->customer != r->customer ? (l->customer > r->customer) - (l->customer < r->customer)
									  : (l->day > r->day) - (l->day < r->day);
}

/* The field before the last comma, which is cut off with it */
static inline char *
retail_field(char *line)
{
	char *comma = strrchr(line, ',');

	if (comma == NULL)
		return line + strlen(line);
	*comma = '\0';
	return comma + 1;
}

/* All customers as on this day; false when the file is not there */
static inline bool
retail_read(Retail *retail, int end)
{
	static RetailInvoice invoices[RETAIL_INVOICES];
	const char *folder = getenv("CRM_DATA");
	char path[4096];
	char line[4096];
	int n = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/online_retail/online_retail.csv.gz",
			 folder ? folder : "../shared/data");
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	fclose(file);
	snprintf(path, sizeof(path), "zcat '%s/online_retail/online_retail.csv.gz'",
			 folder ? folder : "../shared/data");
	file = popen(path, "r");
	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file))
	{
		const char *customer, *price, *date, *quantity;
		int year, month, day;
		RetailInvoice *invoice = &invoices[n ? n - 1 : 0];

		/* from the right, because descriptions have commas: country first */
		retail_field(line);
		customer = retail_field(line);
		price = retail_field(line);
		date = retail_field(line);
		quantity = retail_field(line);
		if (atoi(line) == 0 || atoi(customer) == 0 ||
			sscanf(date, "%d-%d-%d", &year, &month, &day) != 3)
			continue;

		/* the lines of an invoice stand together */
		if (n == 0 || invoice->number != atoi(line))
		{
			if (n == RETAIL_INVOICES)
				break;
			invoice = &invoices[n++];
			*invoice = (RetailInvoice){atoi(customer), retail_day(year, month, day), atoi(line), 0};
		}
		invoice->total += atof(quantity) * atof(price);
	}
	pclose(file);

	qsort(invoices, (size_t) n, sizeof(RetailInvoice), retail_compare);
	memset(retail, 0, sizeof(*retail));
	for (int i = 0, customer = 0, last = 0; i < n; i++)
	{
		const RetailInvoice *invoice = &invoices[i];
		BtydRow *row = &retail->rows[retail->n ? retail->n - 1 : 0];
		bool known = customer == invoice->customer;

		if (!(invoice->total > 0.0) || (known && invoice->day == last))
			continue;
		if (invoice->day > end)
		{
			retail->after += known && invoice->day <= end + 180;
			last = invoice->day;
			continue;
		}
		if (!known)
		{
			if (retail->n == RETAIL_CUSTOMERS)
				return false;
			customer = invoice->customer;
			row = &retail->rows[retail->n++];
			*row = (BtydRow){0, 0, (end - invoice->day) / 7.0, 1};
		}
		else
		{
			row->x += 1;
			row->t_x += (invoice->day - last) / 7.0;
			retail->log_gaps += log((invoice->day - last) / 7.0);
		}
		last = invoice->day;
	}
	for (size_t i = 0; i < retail->n; i++)
		retail->rows[i].t_x = fmin(retail->rows[i].t, round(retail->rows[i].t_x * 7.0) / 7.0);
	return true;
}

#endif
