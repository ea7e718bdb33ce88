/*
 * open.h: customers being counted: the state of crm.btyd_agg, the open form of btyd_data. Pure C.
 *
 * Rows in order of arrival, then a hash table of their numbers (0 is a free slot), of a power of
 * two slots, at most half full. A full state grows by a copy of twice the capacity, into memory
 * that the caller gives: 40 bytes a distinct row when full.
 *
 * The bytes may come from anywhere, for aggregates that users make leave states in tables. Whoever
 * gets one asks BtydOpenIsValid first, and for each row that is counted: so it sees the header
 * alone. A slot is checked when it is followed, the rest (BtydOpenBodyIsValid) before it is read.
 */
#ifndef CRM_CORE_CLV_OPEN_H
#define CRM_CORE_CLV_OPEN_H

#include <float.h>

#include "core/clv/data.h"

#define BTYD_OPEN_HEAD (BTYD_CODEC_VERSION << 1 | BTYD_CODEC_OPEN)
#define BTYD_OPEN_FIRST_CAPACITY 8
#define BTYD_OPEN_MOST_CAPACITY (UINT32_C(1) << 25) /* 1.3 GB */

typedef struct BtydOpen
{
	uint32_t length; /* for whoever keeps it: the header of a varlena of PostgreSQL */
	uint8_t head;    /* where the packed form has its own */
	uint8_t unused[3];
	uint32_t n;
	uint32_t capacity;
	double unit_days;
	int32_t as_of;        /* as in BtydData */
	uint32_t also_unused; /* of the header's alignment */
	BtydCounters counters;
	BtydRow rows[];
} BtydOpen;

/* The bytes of a state with room for so many rows, which is a power of two */
static inline size_t
BtydOpenSize(uint32_t capacity)
{
	const size_t row = sizeof(BtydRow) + 2 * sizeof(uint32_t);

	if (capacity > (SIZE_MAX - sizeof(BtydOpen)) / row)
		return SIZE_MAX;
	return sizeof(BtydOpen) + capacity * row;
}

/* Is this the header of a state that has so many bytes, from the length word on? */
static inline bool
BtydOpenIsValid(const BtydOpen *open, size_t size)
{
	return size > sizeof(BtydOpen) && open->head == BTYD_OPEN_HEAD &&
		   (open->unused[0] | open->unused[1] | open->unused[2] | open->also_unused) == 0 &&
		   (open->as_of == BTYD_NO_DAY ||
			(open->as_of >= BTYD_FIRST_DAY && open->as_of <= BTYD_LAST_DAY)) &&
		   open->capacity > 0 && open->capacity <= BTYD_OPEN_MOST_CAPACITY &&
		   (open->capacity & (open->capacity - 1)) == 0 && open->n <= open->capacity &&
		   size == BtydOpenSize(open->capacity) && open->unit_days > 0.0 &&
		   open->unit_days <= DBL_MAX;
}

/* Is each counter a sum of counts, each row one that data can hold? */
extern bool BtydOpenBodyIsValid(const BtydOpen *open);

/* Start counting, in BtydOpenSize(capacity) bytes that are zero */
extern void BtydOpenStart(BtydOpen *open, uint32_t capacity, double unit_days);

/* Copy a state into one that was started with a larger capacity and is empty */
extern void BtydOpenGrow(const BtydOpen *open, BtydOpen *grown);

/*
 * Measure in this unit of time. An empty state takes any; BTYD_DATA_OTHER_UNIT where rows are
 * measured in another.
 */
extern BtydDataStatus BtydOpenSetUnit(BtydOpen *open, double unit_days);

/*
 * The rows to come were counted on this day, or on none that is known. A state without rows takes
 * any; one whose rows were counted on another day has none from now on.
 */
extern void BtydOpenSetAsOf(BtydOpen *open, int32_t as_of);

/*
 * Count a valid row, and say where it is, unless NULL. BTYD_DATA_FULL, and nothing changed, if
 * there is no room.
 */
extern BtydDataStatus BtydOpenAdd(BtydOpen *open, const BtydRow *row, uint32_t *number);

/*
 * Where rows were found that are few and come often, days and gaps: a look here instead of one in
 * the hash table, whose memory the many customers fill. A guess for any state, checked against its
 * rows. All zero to begin with.
 */
#define BTYD_HINTS 1024

typedef struct BtydHints
{
	uint32_t at[BTYD_KINDS][BTYD_HINTS];
} BtydHints;

/* BtydOpenAdd of one day or gap, x, by way of the hints */
static inline BtydDataStatus
BtydOpenAddOne(BtydOpen *open, BtydHints *hints, BtydKind kind, int32_t x)
{
	BtydRow row = {x, 0.0, BTYD_MARK(kind), 1.0};
	uint32_t *hint = &hints->at[kind][(uint32_t) x % BTYD_HINTS];

	if (*hint < open->n && open->rows[*hint].x == row.x && open->rows[*hint].t_x == row.t_x &&
		open->rows[*hint].t == row.t)
	{
		open->rows[*hint].weight += 1.0;
		return BTYD_DATA_OK;
	}
	return BtydOpenAdd(open, &row, hint);
}

/*
 * Count valid rows from *done on, moving *done along. After BTYD_DATA_FULL the caller grows the
 * state and calls again.
 */
extern BtydDataStatus BtydOpenMerge(BtydOpen *open, const BtydRow *rows, size_t n, size_t *done);

extern void BtydOpenAddCounters(BtydOpen *open, const BtydCounters *counters);

/* Nothing was counted, so that the unit of time is still open */
extern bool BtydOpenIsEmpty(const BtydOpen *open);

/*
 * Check the body, and normalise the rows in data->rows, which has room for open->n. The state stays
 * as it is.
 */
extern BtydDataStatus BtydOpenUnpack(const BtydOpen *open, const Environment *env, BtydData *data);

#endif /* CRM_CORE_CLV_OPEN_H */
