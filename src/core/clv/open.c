/*
 * open.c: customers being counted
 */
#include <math.h>
#include <string.h>

#include "core/base/check.h"
#include "core/clv/open.h"

_Static_assert(offsetof(BtydOpen, rows) == 72, "rows follow the header without padding");

static inline uint32_t *
Slots(BtydOpen *open)
{
	return (uint32_t *) &open->rows[open->capacity];
}

void
BtydOpenStart(BtydOpen *open, uint32_t capacity, double unit_days)
{
	open->head = BTYD_OPEN_HEAD;
	open->capacity = capacity;
	open->unit_days = unit_days;
	open->as_of = BTYD_NO_DAY;
	CRM_ASSERT(BtydOpenIsValid(open, BtydOpenSize(capacity)) && BtydOpenIsEmpty(open));
}

bool
BtydOpenIsEmpty(const BtydOpen *open)
{
	const double *counter = (const double *) &open->counters;

	for (int i = 0; i < BTYD_COUNTERS; i++)
		if (counter[i] != 0.0)
			return false;
	return open->n == 0;
}

BtydDataStatus
BtydOpenSetUnit(BtydOpen *open, double unit_days)
{
	if (open->unit_days == unit_days)
		return BTYD_DATA_OK;
	if (!BtydOpenIsEmpty(open))
		return BTYD_DATA_OTHER_UNIT;
	open->unit_days = unit_days;
	return BTYD_DATA_OK;
}

void
BtydOpenSetAsOf(BtydOpen *open, int32_t as_of)
{
	if (open->n == 0)
		open->as_of = as_of;
	else if (open->as_of != as_of)
		open->as_of = BTYD_NO_DAY;
}

/* Mix the bits of three numbers (the finalizer of MurmurHash3, by Austin Appleby, public domain) */
static inline uint32_t
HashRow(const BtydRow *row)
{
	uint64_t hash = 0;
	const double part[3] = {row->x, row->t_x, row->t};

	for (int i = 0; i < 3; i++)
	{
		uint64_t bits;

		memcpy(&bits, &part[i], sizeof(bits));
		hash = (hash ^ bits) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 33;
	}
	hash *= UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t) (hash >> 32);
}

/* So many rows are looked for together: the memory of all is asked for before the first waits. */
#define TOGETHER 16

/* Hash a few rows, and ask for the memory of their slots. */
static void
HashTogether(BtydOpen *open, const BtydRow *rows, size_t n, uint32_t *hash)
{
	const uint32_t *slots = Slots(open);
	uint32_t mask = 2 * open->capacity - 1;

	for (size_t i = 0; i < n; i++)
	{
		hash[i] = HashRow(&rows[i]);
		__builtin_prefetch(&slots[hash[i] & mask], 1);
	}
}

/* A slot: the row's number plus 1, and above it some bits of its hash that found no other use */
#define NUMBER_MASK (2 * BTYD_OPEN_MOST_CAPACITY - 1)
#define TAG_MASK (~NUMBER_MASK)

/*
 * The slot of a row: where it is, or the free one where it belongs. NULL in a forged table: a slot
 * names a row that is not there, or none is free. Rows are looked at where the tag is theirs: of
 * many distinct customers, few are.
 */
static inline uint32_t *
FindSlot(BtydOpen *open, const BtydRow *row, uint32_t hash)
{
	uint32_t *slots = Slots(open);
	uint32_t mask = 2 * open->capacity - 1;
	uint32_t i = hash & mask;

	for (uint32_t probes = 0; probes <= mask; probes++)
	{
		uint32_t slot = slots[i];
		uint32_t number = slot & NUMBER_MASK;
		const BtydRow *other;

		if (slot == 0)
			return &slots[i];
		if (number == 0 || number > open->n)
			return NULL;
		other = &open->rows[number - 1];
		if (((slot ^ hash) & TAG_MASK) == 0 && other->x == row->x && other->t_x == row->t_x &&
			other->t == row->t)
			return &slots[i];
		i = (i + 1) & mask;
	}
	return NULL;
}

/* A sum of counts that nobody has checked: it may be too large to be one, which the end finds */
static bool
IsSum(double n)
{
	return !signbit(n) && (BtydIsCount(n) || (n > BTYD_MAX_COUNT && n <= DBL_MAX));
}

static bool
IsMinusZero(double value)
{
	return value == 0.0 && signbit(value);
}

/* A row as a state has it. Zeros are positive, or equal data would have two texts. */
static bool
RowIsSound(const BtydRow *row)
{
	BtydRow one = *row;

	one.weight = 1.0;
	return IsSum(row->weight) && row->weight > 0.0 && !IsMinusZero(row->x) &&
		   !IsMinusZero(row->t_x) && !IsMinusZero(row->t) && BtydRowIsValid(&one);
}

/* Count a row whose hash is known. */
static inline BtydDataStatus
AddHashed(BtydOpen *open, const BtydRow *row, uint32_t hash, uint32_t *number)
{
	uint32_t *slot = FindSlot(open, row, hash);

	CRM_ASSERT(BtydOpenIsValid(open, BtydOpenSize(open->capacity)) && RowIsSound(row));
	if (slot == NULL)
		return BTYD_DATA_MALFORMED;
	if (*slot == 0)
	{
		if (open->n == open->capacity)
			return BTYD_DATA_FULL;
		open->rows[open->n++] = *row;
		*slot = open->n | (hash & TAG_MASK);
	}
	else /* the range is checked at the end */
		open->rows[(*slot & NUMBER_MASK) - 1].weight += row->weight;
	if (number != NULL)
		*number = (*slot & NUMBER_MASK) - 1;
	CRM_ASSERT(FindSlot(open, row, hash) == slot);
	return BTYD_DATA_OK;
}

BtydDataStatus
BtydOpenAdd(BtydOpen *open, const BtydRow *row, uint32_t *number)
{
	return AddHashed(open, row, HashRow(row), number);
}

BtydDataStatus
BtydOpenMerge(BtydOpen *open, const BtydRow *rows, size_t n, size_t *done)
{
	const uint32_t *slots = Slots(open);
	uint32_t mask = 2 * open->capacity - 1;
	uint32_t hash[TOGETHER];

	CRM_ASSERT(*done <= n);
	while (*done < n)
	{
		size_t some = n - *done < TOGETHER ? n - *done : TOGETHER;

		HashTogether(open, rows + *done, some, hash);
		for (size_t i = 0; i < some; i++)
		{
			uint32_t number = slots[hash[i] & mask] & NUMBER_MASK;

			if (number > 0 && number <= open->n)
				__builtin_prefetch(&open->rows[number - 1], 1);
		}
		for (size_t i = 0; i < some; i++, ++*done)
		{
			BtydDataStatus status = AddHashed(open, &rows[*done], hash[i], NULL);

			if (status != BTYD_DATA_OK)
				return status;
		}
	}
	return BTYD_DATA_OK;
}

/* The free slot for a row that is not in the table, which has one */
static inline uint32_t *
FreeSlot(BtydOpen *open, uint32_t hash)
{
	uint32_t *slots = Slots(open);
	uint32_t mask = 2 * open->capacity - 1;
	uint32_t i = hash & mask;

	while (slots[i] != 0)
		i = (i + 1) & mask;
	return &slots[i];
}

void
BtydOpenGrow(const BtydOpen *open, BtydOpen *grown)
{
	uint32_t hash[TOGETHER];

	CRM_ASSERT(grown->capacity > open->capacity && BtydOpenIsEmpty(grown));
	grown->as_of = open->as_of;
	grown->counters = open->counters;
	grown->n = open->n;
	memcpy(grown->rows, open->rows, open->n * sizeof(BtydRow));
	for (uint32_t start = 0; start < grown->n; start += TOGETHER)
	{
		uint32_t some = grown->n - start < TOGETHER ? grown->n - start : TOGETHER;

		HashTogether(grown, grown->rows + start, some, hash);
		for (uint32_t i = 0; i < some; i++)
			*FreeSlot(grown, hash[i]) = (start + i + 1) | (hash[i] & TAG_MASK);
	}
}

bool
BtydOpenBodyIsValid(const BtydOpen *open)
{
	const double *counter = (const double *) &open->counters;

	for (int i = 0; i < BTYD_COUNTERS; i++)
		if (!IsSum(counter[i]))
			return false;
	for (uint32_t i = 0; i < open->n; i++)
		if (!RowIsSound(&open->rows[i]))
			return false;
	return true;
}

void
BtydOpenAddCounters(BtydOpen *open, const BtydCounters *counters)
{
	double *sum = (double *) &open->counters;
	const double *more = (const double *) counters;

	for (int i = 0; i < BTYD_COUNTERS; i++)
		sum[i] += more[i];
}

BtydDataStatus
BtydOpenUnpack(const BtydOpen *open, const Environment *env, BtydData *data)
{
	if (!BtydOpenBodyIsValid(open))
		return BTYD_DATA_MALFORMED;
	data->unit_days = open->unit_days;
	data->as_of = open->as_of;
	data->counters = open->counters;
	return BtydNormalise(open->rows, open->n, data, env);
}
