/*
 * data.c: the bytes of counted customers
 */
#include <math.h>
#include <string.h>

#include "core/base/check.h"
#include "core/clv/data.h"
#include "core/base/varint.h"

#define LARGEST_WHOLE 0x1p53
#define VARINT_MAX 10
#define NUMBER_MAX 9 /* a varint of one byte and a double, or a varint of 55 bits */

typedef struct Reader
{
	VarintReader bytes;
	bool bad;
} Reader;

static bool
IsWhole(double value, double low, double high)
{
	return value >= low && value <= high && nearbyint(value) == value;
}

bool
BtydRowIsValid(const BtydRow *row)
{
	if (!(BtydIsCount(row->weight) && row->weight > 0.0))
		return false;
	if (row->t == BTYD_MARK(BTYD_SPEND))
		return BtydIsCount(row->x) && row->x > 0.0 && row->t_x > 0.0 && isfinite(row->t_x);
	if (row->t == BTYD_MARK(BTYD_DAYS))
		return IsWhole(row->x, BTYD_FIRST_DAY, BTYD_LAST_DAY) && row->t_x == 0.0;
	if (row->t == BTYD_MARK(BTYD_GAPS))
		return IsWhole(row->x, 1.0, (double) BTYD_LONGEST_GAP) && row->t_x == 0.0;
	return BtydCheckRow(row->x, row->t_x, row->t) == BTYD_OK;
}

bool
BtydCountsAreValid(const BtydData *data)
{
	const double *counter = (const double *) &data->counters;
	const BtydRow *row = data->rows;

	for (int i = 0; i < BTYD_COUNTERS; i++)
		if (!BtydIsCount(counter[i]))
			return false;
	for (int kind = 0; kind < BTYD_KINDS; kind++)
	{
		double counted = 0.0;

		for (size_t i = 0; i < data->n[kind]; i++)
			counted += row++->weight;
		if (!BtydIsCount(counted))
			return false;
	}
	return true;
}

/* Is this a day on which data with so many rows can have been counted? */
static bool
AsOfIsValid(int32_t as_of, size_t rows)
{
	return as_of == BTYD_NO_DAY || (rows > 0 && as_of >= BTYD_FIRST_DAY && as_of <= BTYD_LAST_DAY);
}

/* Are the rows valid, of their kind, and each beyond the one before? */
static bool
RowsAreNormal(const BtydData *data)
{
	const BtydRow *row = data->rows;

	for (int kind = 0; kind < BTYD_KINDS; kind++)
		for (size_t i = 0; i < data->n[kind]; i++, row++)
			if (!BtydRowIsValid(row) || (int) BtydRowKind(row) != kind ||
				(row > data->rows && BtydRowCompare(row - 1, row) >= 0))
				return false;
	return data->unit_days > 0.0 && isfinite(data->unit_days) &&
		   AsOfIsValid(data->as_of, BtydRowCount(data));
}

/* ---------------------------------------------------------------- order
 *
 * By radix sort of keys that fit a word, and where keys are equal though rows may not be, by merge
 * sort: neither is slow for some order that somebody hands in, and equal rows stay in theirs.
 */

/* Runs of so many rows are sorted by insertion */
#define RUN_ROWS 16

/* Fewer rows are not worth the tables of the radix sort */
#define RADIX_FROM 256

/* Rows that are moved between two looks at env->check */
#define CHECK_ROWS 65536

static void
SortRun(BtydRow *rows, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		BtydRow row = rows[i];
		size_t j = i;

		for (; j > 0 && BtydRowCompare(&rows[j - 1], &row) > 0; j--)
			rows[j] = rows[j - 1];
		rows[j] = row;
	}
}

/* Merge two ordered runs that lie one behind the other. */
static void
MergeRuns(const BtydRow *left, const BtydRow *middle, const BtydRow *end, BtydRow *to)
{
	const BtydRow *right = middle;

	if (right < end && BtydRowCompare(right - 1, right) > 0)
		while (left < middle && right < end)
			*to++ = BtydRowCompare(left, right) <= 0 ? *left++ : *right++;
	memcpy(to, left, (size_t) (middle - left) * sizeof(BtydRow));
	to += middle - left;
	memcpy(to, right, (size_t) (end - right) * sizeof(BtydRow));
}

/* Sort in place, with room for as many again; false when the environment says stop. */
static bool
MergeSort(BtydRow *rows, BtydRow *scratch, size_t n, const Environment *env)
{
	BtydRow *from = rows, *to = scratch;
	size_t moved = 0;

	for (size_t start = 0; start < n; start += RUN_ROWS)
		SortRun(from + start, n - start < RUN_ROWS ? n - start : RUN_ROWS);
	for (size_t width = RUN_ROWS; width < n; width *= 2)
	{
		BtydRow *swap = from;

		for (size_t start = 0; start < n; start += 2 * width)
		{
			size_t middle = n - start < width ? n : start + width;
			size_t end = n - start < 2 * width ? n : start + 2 * width;

			MergeRuns(from + start, from + middle, from + end, to + start);
			moved += end - start;
			if (moved >= CHECK_ROWS && EnvironmentMustStop(env))
				return false;
			moved &= CHECK_ROWS - 1;
		}
		from = to;
		to = swap;
	}
	if (from != rows)
		memcpy(rows, from, n * sizeof(BtydRow));
	return true;
}

/* The bits of a number >= 0, of which the highest count most: they are ordered as numbers are */
static uint64_t
HighBits(double value, int bits)
{
	uint64_t all;

	memcpy(&all, &value, sizeof(all));
	return all << 1 >> (64 - bits);
}

/*
 * A key: rows in its order are in their own, but within runs of rows whose keys have the same
 * prefix, where they may not be: of rows with large x, or of times that hardly differ. 24 bits of a
 * time are a day in 20 years, so that most runs are in order.
 */
static uint64_t
RowKey(const BtydRow *row)
{
	BtydKind kind = BtydRowKind(row);
	uint64_t key = (uint64_t) kind << 62;

	if (kind == BTYD_DAYS || kind == BTYD_GAPS)
		return key | (uint64_t) (row->x - BTYD_FIRST_DAY);
	if (row->x >= 0x3fff)
		return key | UINT64_C(0x3fff) << 48;
	key |= (uint64_t) row->x << 48;
	if (kind == BTYD_SPEND)
		return key | HighBits(row->t_x, 48);
	return key | HighBits(row->t, 24) << 24 | HighBits(row->t_x, 24);
}

/* Without what comes after a number that may have been cut */
static uint64_t
RowPrefix(const BtydRow *row)
{
	return RowKey(row) & (BtydRowKind(row) == BTYD_CUSTOMERS ? ~UINT64_C(0xffffff) : UINT64_MAX);
}

/* A row on its way */
typedef struct Keyed
{
	uint64_t key;
	size_t row;
} Keyed;

_Static_assert(2 * sizeof(Keyed) <= sizeof(BtydRow), "two tables of keys fit one of rows");

/*
 * Order by key, between two tables: by each byte in turn, the lowest first. Returns the one that
 * holds the result, NULL when the environment says stop.
 */
static Keyed *
RadixSort(Keyed *from, Keyed *to, size_t n, const Environment *env)
{
	size_t count[8][256] = {{0}};

	for (size_t i = 0; i < n; i++)
		for (int byte = 0; byte < 8; byte++)
			count[byte][from[i].key >> 8 * byte & 0xff]++;
	for (int byte = 0; byte < 8; byte++)
	{
		size_t *place = count[byte];
		size_t before = 0;
		Keyed *swap = from;

		/* the same in all keys */
		if (place[from[0].key >> 8 * byte & 0xff] == n)
			continue;
		for (int i = 0; i < 256; i++)
		{
			size_t here = place[i];

			place[i] = before;
			before += here;
		}
		for (size_t i = 0; i < n; i++)
		{
			to[place[from[i].key >> 8 * byte & 0xff]++] = from[i];
			if ((i & (CHECK_ROWS - 1)) == 0 && EnvironmentMustStop(env))
				return NULL;
		}
		from = to;
		to = swap;
	}
	return from;
}

/* Order rows by way of their keys. */
static bool
SortByKey(const BtydRow *rows, size_t n, BtydRow *sorted, BtydRow *scratch, const Environment *env)
{
	Keyed *keyed = (Keyed *) scratch;
	size_t start = 0;
	bool ordered = true;

	for (size_t i = 0; i < n; i++)
		keyed[i] = (Keyed){RowKey(&rows[i]), i};
	keyed = RadixSort(keyed, keyed + n, n, env);
	if (keyed == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		sorted[i] = rows[keyed[i].row];

	/* the keys are no longer needed, so there is room to merge */
	for (size_t i = 1; i <= n; i++)
	{
		if (i < n && RowPrefix(&sorted[i]) == RowPrefix(&sorted[start]))
		{
			ordered = ordered && BtydRowCompare(&sorted[i - 1], &sorted[i]) <= 0;
			continue;
		}
		if (!ordered && !MergeSort(sorted + start, scratch, i - start, env))
			return false;
		start = i;
		ordered = true;
	}
	return true;
}

BtydDataStatus
BtydSortRows(const BtydRow *rows, size_t n, BtydRow *sorted, const Environment *env)
{
	BtydRow *scratch;
	size_t ordered = 1;
	bool done = true;

	while (ordered < n && BtydRowCompare(&rows[ordered - 1], &rows[ordered]) <= 0)
		ordered++;
	if (ordered >= n || n <= RUN_ROWS)
	{
		memcpy(sorted, rows, n * sizeof(BtydRow));
		SortRun(sorted, ordered < n ? n : 0);
		return BTYD_DATA_OK;
	}
	scratch = EnvironmentAllocate(env, n, sizeof(BtydRow));
	if (scratch == NULL)
		return BTYD_DATA_NO_MEMORY;
	if (n >= RADIX_FROM)
		done = SortByKey(rows, n, sorted, scratch, env);
	else
	{
		memcpy(sorted, rows, n * sizeof(BtydRow));
		done = MergeSort(sorted, scratch, n, env);
	}
	EnvironmentRelease(env, scratch);
	return done ? BTYD_DATA_OK : BTYD_DATA_INTERRUPTED;
}

/* Merge equal rows that are in order; returns how many are left. */
static size_t
MergeEqual(BtydRow *rows, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (kept > 0 && BtydRowCompare(&rows[kept - 1], &rows[i]) == 0)
			rows[kept - 1].weight += rows[i].weight;
		else
			rows[kept++] = rows[i];
	}
	return kept;
}

BtydDataStatus
BtydNormalise(const BtydRow *rows, size_t n, BtydData *data, const Environment *env)
{
	BtydDataStatus status = BtydSortRows(rows, n, data->rows, env);

	if (status != BTYD_DATA_OK)
		return status;
	n = MergeEqual(data->rows, n);
	memset(data->n, 0, sizeof(data->n));
	for (size_t i = 0; i < n; i++)
		data->n[BtydRowKind(&data->rows[i])]++;
	if (n == 0)
		data->as_of = BTYD_NO_DAY;
	if (!BtydCountsAreValid(data))
		return BTYD_DATA_OUT_OF_RANGE;
	CRM_ASSERT(RowsAreNormal(data));
	return BTYD_DATA_OK;
}

/* ---------------------------------------------------------------- numbers as bytes */

static uint8_t *
PutDouble(uint8_t *at, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	for (int i = 0; i < 8; i++)
		*at++ = (uint8_t) (bits >> 8 * i);
	return at;
}

/*
 * A number that may be whole / per / by: then the whole is written. The test is the very
 * calculation that reads it back, so nothing is lost.
 */
static uint8_t *
PutNumber(uint8_t *at, double value, double per, double by)
{
	double whole = nearbyint(value * by * per);

	if (whole >= 0.0 && whole <= LARGEST_WHOLE && whole / per / by == value)
		return VarintPut(at, (uint64_t) whole << 1);
	return PutDouble(VarintPut(at, 1), value);
}

/* ---------------------------------------------------------------- reading */

static uint64_t
GetWhole(Reader *reader)
{
	UInt128 value;

	if (VarintGet(&reader->bytes, 63, &value))
		return (uint64_t) value;
	reader->bad = true;
	return 0;
}

static double
GetDouble(Reader *reader)
{
	uint64_t bits = 0;
	double value;

	if (reader->bytes.end - reader->bytes.at < 8)
	{
		reader->bad = true;
		return 0.0;
	}
	for (int i = 0; i < 8; i++)
		bits |= (uint64_t) *reader->bytes.at++ << 8 * i;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static double
GetNumber(Reader *reader, double per, double by)
{
	uint64_t whole = GetWhole(reader);

	if (whole == 1)
	{
		double value = GetDouble(reader);

		/* no number is negative, not even a zero, which is written as whole */
		reader->bad |= signbit(value) != 0;
		return value;
	}
	if (whole & 1)
		reader->bad = true;
	return (double) (whole >> 1) / per / by;
}

/* The fewest bytes of a row of each kind, and what the first one's x is counted from */
static const uint64_t LeastBytes[BTYD_KINDS] = {4, 3, 2, 2};
static const double FirstX[BTYD_KINDS] = {0.0, 0.0, BTYD_FIRST_DAY, 0.0};

static Reader
ReadHead(const uint8_t *bytes, size_t size, BtydData *data)
{
	Reader reader = {{bytes, bytes + size}, size == 0 || bytes[0] != BTYD_CODEC_VERSION << 1};
	double *counter = (double *) &data->counters;
	uint64_t as_of, least = 0;

	if (reader.bad)
		return reader;
	reader.bytes.at++;
	data->unit_days = GetDouble(&reader);
	if (!(data->unit_days > 0.0 && isfinite(data->unit_days)))
		reader.bad = true;
	as_of = GetWhole(&reader);
	for (int kind = 0; kind < BTYD_KINDS; kind++)
	{
		uint64_t n = GetWhole(&reader);

		/* wrong lengths cannot ask for much memory */
		if (n > size || (least += n * LeastBytes[kind]) > size)
			reader.bad = true;
		data->n[kind] = (size_t) n;
	}
	for (int i = 0; i < BTYD_COUNTERS; i++)
		counter[i] = (double) GetWhole(&reader);
	if (as_of > (uint64_t) BTYD_LONGEST_GAP + 1)
		reader.bad = true;
	data->as_of = as_of == 0 ? BTYD_NO_DAY : (int32_t) ((int64_t) as_of - 1 + BTYD_FIRST_DAY);
	reader.bad |= !AsOfIsValid(data->as_of, BtydRowCount(data));
	return reader;
}

bool
BtydUnpackHead(const uint8_t *bytes, size_t size, BtydData *data)
{
	return !ReadHead(bytes, size, data).bad;
}

/* Read a row; x is that of the row before, of its kind. */
static void
GetRow(Reader *reader, BtydKind kind, double unit_days, double x, BtydRow *row)
{
	row->x = x + (double) GetWhole(reader);
	row->t_x = 0.0;
	row->t = kind == BTYD_CUSTOMERS ? GetNumber(reader, 1.0, unit_days) : BTYD_MARK(kind);
	if (kind == BTYD_CUSTOMERS)
		row->t_x = GetNumber(reader, 1.0, unit_days);
	else if (kind == BTYD_SPEND)
		row->t_x = GetNumber(reader, 100.0, row->x);
	row->weight = (double) GetWhole(reader) + 1.0;
}

bool
BtydUnpack(const uint8_t *bytes, size_t size, BtydData *data)
{
	Reader reader = ReadHead(bytes, size, data);
	BtydRow *row = data->rows;

	for (int kind = 0; kind < BTYD_KINDS; kind++)
	{
		double x = FirstX[kind];

		for (size_t i = 0; i < data->n[kind] && !reader.bad; i++, row++)
		{
			GetRow(&reader, (BtydKind) kind, data->unit_days, x, row);
			x = row->x;
			if (!BtydRowIsValid(row) || (i > 0 && BtydRowCompare(row - 1, row) >= 0))
				reader.bad = true;
		}
	}
	if (reader.bad || reader.bytes.at != reader.bytes.end || !BtydCountsAreValid(data))
		return false;
	CRM_ASSERT(RowsAreNormal(data));
	return true;
}

/* ---------------------------------------------------------------- packing */

size_t
BtydPackedBound(const BtydData *data)
{
	return 9 + (1 + BTYD_KINDS + BTYD_COUNTERS) * VARINT_MAX + BtydRowCount(data) * 2 * VARINT_MAX +
		   (2 * data->n[BTYD_CUSTOMERS] + data->n[BTYD_SPEND]) * NUMBER_MAX;
}

/* Do the bytes read as these data? */
static bool
ReadsAs(const uint8_t *bytes, size_t size, const BtydData *data)
{
	BtydData head;
	Reader reader = ReadHead(bytes, size, &head);
	const BtydRow *want = data->rows;

	if (reader.bad || head.unit_days != data->unit_days || head.as_of != data->as_of ||
		memcmp(head.n, data->n, sizeof(head.n)) != 0 ||
		memcmp(&head.counters, &data->counters, sizeof(head.counters)) != 0)
		return false;
	for (int kind = 0; kind < BTYD_KINDS; kind++)
	{
		BtydRow row = {.x = FirstX[kind]};

		for (size_t i = 0; i < data->n[kind]; i++, want++)
		{
			GetRow(&reader, (BtydKind) kind, data->unit_days, row.x, &row);
			if (reader.bad || BtydRowCompare(&row, want) != 0 || row.weight != want->weight)
				return false;
		}
	}
	return reader.bytes.at == reader.bytes.end;
}

static uint8_t *
PutRow(uint8_t *at, BtydKind kind, double unit_days, double x, const BtydRow *row)
{
	at = VarintPut(at, (uint64_t) (row->x - x));
	if (kind == BTYD_CUSTOMERS)
	{
		at = PutNumber(at, row->t, 1.0, unit_days);
		at = PutNumber(at, row->t_x, 1.0, unit_days);
	}
	else if (kind == BTYD_SPEND)
		at = PutNumber(at, row->t_x, 100.0, row->x);
	return VarintPut(at, (uint64_t) row->weight - 1);
}

size_t
BtydPack(const BtydData *data, uint8_t *bytes)
{
	const double *counter = (const double *) &data->counters;
	const BtydRow *row = data->rows;
	uint8_t *at = bytes;

	CRM_ASSERT(RowsAreNormal(data));
	*at++ = BTYD_CODEC_VERSION << 1;
	at = PutDouble(at, data->unit_days);
	at = VarintPut(at, data->as_of == BTYD_NO_DAY
						   ? 0
						   : (uint64_t) ((int64_t) data->as_of - BTYD_FIRST_DAY + 1));
	for (int kind = 0; kind < BTYD_KINDS; kind++)
		at = VarintPut(at, data->n[kind]);
	for (int i = 0; i < BTYD_COUNTERS; i++)
		at = VarintPut(at, (uint64_t) counter[i]);
	for (int kind = 0; kind < BTYD_KINDS; kind++)
	{
		double x = FirstX[kind];

		for (size_t i = 0; i < data->n[kind]; x = row->x, i++, row++)
			at = PutRow(at, (BtydKind) kind, data->unit_days, x, row);
	}
	CRM_ASSERT((size_t) (at - bytes) <= BtydPackedBound(data));
	CRM_ASSERT(ReadsAs(bytes, (size_t) (at - bytes), data));
	return (size_t) (at - bytes);
}
