/*
 * data.h: the bytes of counted customers, the data that models are fitted to. Pure C.
 *
 * Four lists, each of counted rows. Customers as (x, t_x, t); for the spend model, those with a
 * repeat order as (x, m_x); and what a season and the regularity of gaps are told from: repeat
 * purchases by calendar day, and gaps between purchase days of a customer by length in days. The
 * bytes are canonical: equal data have equal bytes.
 *
 *     head           1 byte: version << 1; with bit 0 it is the state of an aggregate (open.h)
 *     unit_days      8 bytes, IEEE 754, least significant first
 *     as_of          varint: 0, or 1 + days since BTYD_FIRST_DAY
 *     lengths        varints: rows of each kind
 *     counters       varints, as in BtydCounters
 *     row ...        by x, t, t_x: x as distance from the row before, t, t_x, count - 1
 *     spend row ...  by x, m_x: x as distance from the row before, m_x, count - 1
 *     day ...        distance from the day before, count - 1
 *     gap ...        distance from the gap before, count - 1
 *
 * Varints are those of varint.h. A time is a whole number of days, if it is
 * one in the unit given, shifted left by one; else the number 1 and then 8 bytes. A mean spend
 * likewise, where the whole number is that of cents in all x orders. So most rows take 5 to 8
 * bytes, days and gaps 2 or 3. The first of a list has its distance from 0, the first day from
 * BTYD_FIRST_DAY.
 */
#ifndef CRM_CORE_CLV_DATA_H
#define CRM_CORE_CLV_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/clv/btyd.h"
#include "core/history/codec.h"

#define BTYD_CODEC_VERSION 1
#define BTYD_CODEC_OPEN 1 /* bit in the head */

/* What was seen besides the rows */
typedef struct BtydCounters
{
	double no_purchase; /* customers left out: no purchase by that day */
	double invalid;     /* customers left out: a day with negative orders */
	double nulls;       /* rows left out: a NULL */
	double merged;      /* orders beyond the first of a customer's day, merged into it */
	double no_spend;    /* customers with repeat orders but no positive mean spend */
} BtydCounters;

#define BTYD_COUNTERS 5

/*
 * The lists, in their order. A row of any is a BtydRow, so that all are counted, ordered, merged
 * and packed alike; t tells the kind, for no customer's is negative:
 *
 *     BTYD_CUSTOMERS  x, t_x, t
 *     BTYD_SPEND      x, and the mean spend m_x in t_x
 *     BTYD_DAYS       x is a day since 2000-01-01, t_x is 0; counts repeat purchases
 *     BTYD_GAPS       x is the length of a gap in days, t_x is 0; counts gaps
 */
typedef enum BtydKind
{
	BTYD_CUSTOMERS,
	BTYD_SPEND,
	BTYD_DAYS,
	BTYD_GAPS
} BtydKind;

#define BTYD_KINDS 4

/* What a row of a kind other than BTYD_CUSTOMERS has in t */
#define BTYD_MARK(kind) (-(double) (kind))

/* The kind of a valid row */
static inline BtydKind
BtydRowKind(const BtydRow *row)
{
	return row->t >= 0.0 ? BTYD_CUSTOMERS : (BtydKind) -row->t;
}

/* Days are those of histories, and so the longest gap */
#define BTYD_FIRST_DAY HISTORY_FIRST_DAY
#define BTYD_LAST_DAY HISTORY_LAST_DAY
#define BTYD_LONGEST_GAP ((int64_t) BTYD_LAST_DAY - BTYD_FIRST_DAY)
#define BTYD_NO_DAY INT32_MIN

/* Data as they are worked with */
typedef struct BtydData
{
	double unit_days;
	int32_t as_of; /* the one day on which all rows were counted; BTYD_NO_DAY if there is none */
	BtydCounters counters;
	BtydRow *rows; /* in the order of kinds */
	size_t n[BTYD_KINDS];
} BtydData;

/* The number of all rows; the first row of a kind, which has n[kind] of them */
static inline size_t
BtydRowCount(const BtydData *data)
{
	return data->n[BTYD_CUSTOMERS] + data->n[BTYD_SPEND] + data->n[BTYD_DAYS] + data->n[BTYD_GAPS];
}

static inline BtydRow *
BtydRowsOf(const BtydData *data, BtydKind kind)
{
	BtydRow *rows = data->rows;

	for (int before = 0; before < (int) kind; before++)
		rows += data->n[before];
	return rows;
}

/* The order of rows: by kind, then as in the packed form; negative, 0 or positive */
static inline int
BtydRowCompare(const BtydRow *a, const BtydRow *b)
{
	BtydKind a_kind = BtydRowKind(a);
	BtydKind b_kind = BtydRowKind(b);

	if (a_kind != b_kind)
		return a_kind < b_kind ? -1 : 1;
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	if (a->t != b->t)
		return a->t < b->t ? -1 : 1;
	if (a->t_x != b->t_x)
		return a->t_x < b->t_x ? -1 : 1;
	return 0;
}

typedef enum BtydDataStatus
{
	BTYD_DATA_OK,
	BTYD_DATA_FULL,         /* no room for another row: grow (open.h) */
	BTYD_DATA_MALFORMED,    /* the bytes are not data */
	BTYD_DATA_OUT_OF_RANGE, /* more customers than can be counted */
	BTYD_DATA_OTHER_UNIT,   /* measured in another unit of time */
	BTYD_DATA_NO_MEMORY,
	BTYD_DATA_INTERRUPTED
} BtydDataStatus;

/* Is this a row, of any kind, that data can hold? */
extern bool BtydRowIsValid(const BtydRow *row);

/* Are the counters, and what is counted in each list together, numbers that data can hold? */
extern bool BtydCountsAreValid(const BtydData *data);

/* Write rows in order into another buffer; equal ones stay in the order they came in. */
extern BtydDataStatus BtydSortRows(const BtydRow *rows, size_t n, BtydRow *sorted,
								   const Environment *env);

/*
 * Write the rows in order, equal ones merged, into data->rows, which has room for n, and check the
 * counts; data->n becomes that of the rows. Data without rows have no as_of.
 */
extern BtydDataStatus BtydNormalise(const BtydRow *rows, size_t n, BtydData *data,
									const Environment *env);

/* An upper bound of the packed size; then pack, which returns the size. Rows are in order. */
extern size_t BtydPackedBound(const BtydData *data);
extern size_t BtydPack(const BtydData *data, uint8_t *bytes);

/*
 * Unpack: first the head, which tells how many rows to make room for (never more than the bytes
 * can hold), then the rows. False if the bytes are not data.
 */
extern bool BtydUnpackHead(const uint8_t *bytes, size_t size, BtydData *data);
extern bool BtydUnpack(const uint8_t *bytes, size_t size, BtydData *data);

/*
 * What the lists say together (data_facts.c).
 */

/* The customers, counted: all, and those observed for the longest time of any, who were already
 * there on the first day of the data */
typedef struct BtydCustomers
{
	double all;
	double there_at_start;
} BtydCustomers;

extern BtydCustomers BtydCountCustomers(const BtydData *data);

/* First and last purchase day of a customer's row; false if the data have no as_of */
extern bool BtydRowDays(const BtydData *data, const BtydRow *row, int32_t *first, int32_t *last);

/* The gaps between purchase days */
typedef struct BtydGaps
{
	bool complete;   /* one for each repeat purchase: ready numbers (x, t_x, t) come without gaps */
	double n;        /* gaps */
	double one_day;  /* of these, of one day */
	double sum_logs; /* of the gaps, in the unit of time of the data */
} BtydGaps;

extern BtydGaps BtydSumGaps(const BtydData *data);

#endif /* CRM_CORE_CLV_DATA_H */
