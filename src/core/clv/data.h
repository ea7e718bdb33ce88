/*
 * data.h: the bytes of counted customers, the data that models are fitted to. Pure C.
 *
 * Two lists: customers as (x, t_x, t), counted; and for the spend model, those with a repeat order
 * as (x, m_x), counted. The bytes are canonical: equal data have equal bytes.
 *
 *     head           1 byte: version << 1; with bit 0 it is the state of an aggregate (open.h)
 *     unit_days      8 bytes, IEEE 754, least significant first
 *     lengths        varints: customers' rows, spend rows
 *     counters       varints, as in BtydCounters
 *     row ...        by x, t, t_x: x as distance from the row before, t, t_x, count - 1
 *     spend row ...  by x, m_x: x as distance from the row before, m_x, count - 1
 *
 * Varints are those of varint.h. A time is a whole number of days, if it is
 * one in the unit given, shifted left by one; else the number 1 and then 8 bytes. A mean spend
 * likewise, where the whole number is that of cents in all x orders. So most rows take 5 to 8
 * bytes.
 */
#ifndef CRM_CORE_CLV_DATA_H
#define CRM_CORE_CLV_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/clv/btyd.h"

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
 * Data as they are worked with. A spend row is a BtydRow too, with m_x in t_x and
 * BTYD_SPEND_ROW in t.
 */
#define BTYD_SPEND_ROW (-1.0)

typedef struct BtydData
{
	double unit_days;
	BtydCounters counters;
	BtydRow *rows; /* nrows of customers, then nspend of spend */
	size_t nrows;
	size_t nspend;
} BtydData;

/* The order of rows: customers before spend; negative, 0 or positive */
static inline int
BtydRowCompare(const BtydRow *a, const BtydRow *b)
{
	bool a_spend = a->t < 0.0;
	bool b_spend = b->t < 0.0;

	if (a_spend != b_spend)
		return a_spend ? 1 : -1;
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

/* Is this a customer, or a spend row, that data can hold? */
extern bool BtydRowIsValid(const BtydRow *row);

/* Are the counters, and the customers of either list together, numbers that data can hold? */
extern bool BtydCountsAreValid(const BtydData *data);

/*
 * Order rows between two buffers of n; returns the one that holds the result, NULL when the
 * environment says stop.
 */
extern BtydRow *BtydSortRows(BtydRow *rows, BtydRow *scratch, size_t n, const Environment *env);

/*
 * Order the rows, merge equal ones and check the counts. nrows and nspend together are the number
 * of rows; afterwards each is that of its kind.
 */
extern BtydDataStatus BtydNormalise(BtydData *data, const Environment *env);

/* An upper bound of the packed size; then pack, which returns the size. Rows are in order. */
extern size_t BtydPackedBound(const BtydData *data);
extern size_t BtydPack(const BtydData *data, uint8_t *bytes);

/*
 * Unpack: first the head, which tells how many rows to make room for (never more than the bytes
 * can hold), then the rows. False if the bytes are not data.
 */
extern bool BtydUnpackHead(const uint8_t *bytes, size_t size, BtydData *data);
extern bool BtydUnpack(const uint8_t *bytes, size_t size, BtydData *data);

#endif /* CRM_CORE_CLV_DATA_H */
