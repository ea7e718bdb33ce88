/*
 * codec.c: read, build and pack purchase histories. The format is in the header.
 */
#include "core/base/check.h"
#include "core/history/codec.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_OPEN 0x10
#define HEAD_SCALE 0x0f

/* Positions in the header of the open form. */
#define OPEN_USED 4
#define OPEN_LAST_DAY 8

/* Below this many entries insertion sort beats everything; most customers stay below it. */
#define SORT_BY_INSERTION 24

static const int64_t Pow10[HISTORY_MAX_SCALE + 1] = {1,      10,      100,      1000,     10000,
													 100000, 1000000, 10000000, 100000000};

/* ---------------------------------------------------------------- money */

static bool
MoneyInRange(HistoryMoney v)
{
	return v < HISTORY_MONEY_LIMIT && v > -HISTORY_MONEY_LIMIT;
}

bool
HistoryMoneyAdd(HistoryMoney a, HistoryMoney b, HistoryMoney *sum)
{
	*sum = a + b;
	return MoneyInRange(*sum);
}

/* Change the unit of an amount; false if it overflows or a non-zero decimal would be lost. */
bool
HistoryMoneyRescale(HistoryMoney amount, int from, int to, HistoryMoney *out)
{
	HistoryMoney scaled;

	CRM_ASSERT(from >= 0 && from <= HISTORY_MAX_SCALE && to >= 0 && to <= HISTORY_MAX_SCALE);
	if (from > to)
	{
		*out = amount / Pow10[from - to];
		return amount % Pow10[from - to] == 0;
	}
	if (__builtin_mul_overflow(amount, (HistoryMoney) Pow10[to - from], &scaled))
		return false;
	*out = scaled;
	return MoneyInRange(scaled);
}

/* An amount in units of money, rounded once. */
double
HistoryMoneyToDouble(HistoryMoney amount, int scale)
{
	return (double) amount / (double) Pow10[scale];
}

static bool
DivisibleBy10(HistoryMoney v)
{
	/* A 128-bit remainder is a slow library call that real money never needs. */
	if (v == (int64_t) v)
		return (int64_t) v % 10 == 0;
	return v % 10 == 0;
}

/* ---------------------------------------------------------------- reading */

bool
HistoryIsOpen(HistoryView history)
{
	return history.size > 0 && (history.bytes[0] & HEAD_OPEN) != 0;
}

/* Start a walk. A head that is not ours makes a walk that is malformed from the start. */
HistoryReader
HistoryRead(HistoryView history)
{
	HistoryReader reader = {.distances = true, .malformed = true};
	const uint8_t *bytes = history.bytes;

	if (history.size < 1 || bytes[0] >> 5 != HISTORY_VERSION)
		return reader;
	reader.scale = bytes[0] & HEAD_SCALE;
	reader.open = (bytes[0] & HEAD_OPEN) != 0;
	if (reader.scale > HISTORY_MAX_SCALE)
		return reader;
	if (reader.open)
	{
		if (!HistoryOpenIsValid(history))
			return reader;
		reader.bytes.at = bytes + HISTORY_OPEN_HEADER;
		reader.bytes.end = bytes + HistoryOpenUsed(bytes);
	}
	else
	{
		reader.bytes.at = bytes + 1;
		reader.bytes.end = bytes + history.size;
	}
	reader.malformed = false;
	return reader;
}

/* Read the next entry; false at the end, or (malformed) where the bytes make no sense. */
bool
HistoryNext(HistoryReader *reader, HistoryEntry *entry)
{
	UInt128 v;
	bool irregular;

	if (reader->bytes.at == reader->bytes.end || reader->malformed)
		return false;
	reader->malformed = true; /* until the entry is read whole */

	if (!VarintGet(&reader->bytes, 34, &v))
		return false;
	irregular = (v & 1) != 0;
	if (reader->distances)
	{
		reader->day += VarintUnZigZag((uint64_t) v >> 1);
		reader->distances = reader->open;
	}
	else
		reader->day += (int64_t) (v >> 1) + 1;
	if (reader->day < HISTORY_FIRST_DAY || reader->day > HISTORY_LAST_DAY)
		return false;
	entry->day = (int32_t) reader->day;

	entry->orders = 1;
	if (irregular)
	{
		if (!VarintGet(&reader->bytes, 64, &v))
			return false;
		entry->orders = VarintUnZigZag((uint64_t) v);
		if (entry->orders == INT64_MIN)
			return false;
	}

	if (!VarintGet(&reader->bytes, 127, &v))
		return false;
	entry->amount = irregular ? VarintUnZigZag128(v) : (HistoryMoney) v;
	if (!MoneyInRange(entry->amount))
		return false;

	reader->malformed = false;
	return true;
}

/* An upper bound of the number of entries: every varint ends in a byte below 0x80, two an entry. */
size_t
HistoryCountAtMost(HistoryView history)
{
	return history.size / 2 + 1;
}

/* ---------------------------------------------------------------- building */

/* Add an entry to a set, in any order; an amount with more decimals rescales what is there. */
HistoryStatus
HistoryCollect(HistoryEntries *set, const HistoryEntry *entry, int scale)
{
	HistoryEntry *added = &set->at[set->n];

	CRM_ASSERT(MoneyInRange(entry->amount) && entry->orders != INT64_MIN);
	CRM_ASSERT(scale >= 0 && scale <= HISTORY_MAX_SCALE);
	if (set->n >= set->room)
		return HISTORY_FULL;
	if (scale > set->scale)
	{
		for (size_t i = 0; i < set->n; i++)
		{
			if (!HistoryMoneyRescale(set->at[i].amount, set->scale, scale, &set->at[i].amount))
				return HISTORY_OUT_OF_RANGE;
		}
		set->scale = scale;
	}
	*added = *entry;
	if (scale < set->scale &&
		!HistoryMoneyRescale(entry->amount, scale, set->scale, &added->amount))
		return HISTORY_OUT_OF_RANGE;
	set->n++;
	return HISTORY_OK;
}

static int
CompareDays(const void *a, const void *b)
{
	int32_t left = ((const HistoryEntry *) a)->day;
	int32_t right = ((const HistoryEntry *) b)->day;

	return (left > right) - (left < right);
}

static void
SortByDay(HistoryEntry *entries, size_t n)
{
	size_t sorted = 1;

	while (sorted < n && entries[sorted - 1].day <= entries[sorted].day)
		sorted++;
	if (sorted >= n)
		return;
	if (n > SORT_BY_INSERTION)
	{
		qsort(entries, n, sizeof(HistoryEntry), CompareDays);
		return;
	}
	for (size_t i = sorted; i < n; i++)
	{
		HistoryEntry entry = entries[i];
		size_t j = i;

		for (; j > 0 && entries[j - 1].day > entry.day; j--)
			entries[j] = entries[j - 1];
		entries[j] = entry;
	}
}

/* Does some amount need all the decimals of the set? */
static bool
NeedsScale(const HistoryEntries *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (!DivisibleBy10(set->at[i].amount))
			return true;
	return false;
}

/* Are the entries in the form that HistoryNormalise brings them into? */
static bool
IsNormal(const HistoryEntries *set)
{
	for (size_t i = 0; i < set->n; i++)
	{
		const HistoryEntry *entry = &set->at[i];

		if (entry->day < HISTORY_FIRST_DAY || entry->day > HISTORY_LAST_DAY ||
			(i > 0 && entry->day <= entry[-1].day) || !MoneyInRange(entry->amount) ||
			entry->orders == INT64_MIN || (entry->orders == 0 && entry->amount == 0))
			return false;
	}
	return set->scale <= HISTORY_MAX_SCALE && (set->scale == 0 || NeedsScale(set));
}

/*
 * Bring entries into canonical form, in place: days ascending, one entry a day, no day with nothing
 * on it, the smallest scale that holds every amount. Equal sums of purchases end up equal here,
 * whatever the order they came in.
 */
HistoryStatus
HistoryNormalise(HistoryEntries *set)
{
	HistoryEntry *entries = set->at;
	size_t kept = 0;

	SortByDay(entries, set->n);
	for (size_t i = 0; i < set->n;)
	{
		HistoryEntry day = entries[i];

		while (++i < set->n && entries[i].day == day.day)
		{
			if (__builtin_add_overflow(day.orders, entries[i].orders, &day.orders) ||
				day.orders == INT64_MIN ||
				!HistoryMoneyAdd(day.amount, entries[i].amount, &day.amount))
			{
				set->n = i;
				return HISTORY_OUT_OF_RANGE;
			}
		}
		if (day.orders != 0 || day.amount != 0)
			entries[kept++] = day;
	}
	set->n = kept;

	while (set->scale > 0 && !NeedsScale(set))
	{
		for (size_t i = 0; i < kept; i++)
			entries[i].amount /= 10;
		set->scale--;
	}
	CRM_ASSERT(IsNormal(set));
	return HISTORY_OK;
}

static bool
IsRegular(const HistoryEntry *entry)
{
	return entry->orders == 1 && entry->amount >= 0;
}

/* Write one entry, its day already turned into a plain number. */
static uint8_t *
PutEntry(uint8_t *out, uint64_t day, const HistoryEntry *entry)
{
	if (IsRegular(entry))
	{
		out = VarintPut(out, day << 1);
		return VarintPut128(out, (UInt128) entry->amount);
	}
	out = VarintPut(out, day << 1 | 1);
	out = VarintPut(out, VarintZigZag(entry->orders));
	return VarintPut128(out, VarintZigZag128(entry->amount));
}

/* How the packed form writes the day of entry i. */
static uint64_t
PackedDay(const HistoryEntry *entries, size_t i)
{
	if (i == 0)
		return VarintZigZag(entries[0].day);
	return (uint64_t) ((int64_t) entries[i].day - entries[i - 1].day - 1);
}

/* The size that HistoryPack will need for a normalised set. */
size_t
HistoryPackedSize(const HistoryEntries *set)
{
	size_t size = 1;

	for (size_t i = 0; i < set->n; i++)
	{
		const HistoryEntry *entry = &set->at[i];

		size += VarintSize(PackedDay(set->at, i) << 1);
		if (IsRegular(entry))
			size += VarintSize((UInt128) entry->amount);
		else
			size += VarintSize(VarintZigZag(entry->orders)) +
					VarintSize(VarintZigZag128(entry->amount));
	}
	return size;
}

/* Do the bytes read as this set? */
static bool
ReadsAs(HistoryView packed, const HistoryEntries *set)
{
	HistoryReader reader = HistoryRead(packed);
	HistoryEntry entry;
	size_t n = 0;

	for (; HistoryNext(&reader, &entry); n++)
		if (n == set->n || entry.day != set->at[n].day || entry.orders != set->at[n].orders ||
			entry.amount != set->at[n].amount)
			return false;
	return !reader.malformed && !reader.open && n == set->n && reader.scale == set->scale;
}

/* Write a normalised set as a packed history. */
void
HistoryPack(const HistoryEntries *set, uint8_t *bytes)
{
	uint8_t *at = bytes;

	CRM_ASSERT(IsNormal(set));
	*at++ = (uint8_t) (HISTORY_VERSION << 5 | set->scale);
	for (size_t i = 0; i < set->n; i++)
		at = PutEntry(at, PackedDay(set->at, i), &set->at[i]);
	CRM_ASSERT(at == bytes + HistoryPackedSize(set));
	CRM_ASSERT(ReadsAs((HistoryView){bytes, (size_t) (at - bytes)}, set));
}

/* ---------------------------------------------------------------- the open form */

/* Is this the header of a log that has so many bytes? What the log says is read with care. */
bool
HistoryOpenIsValid(HistoryView history)
{
	return history.size >= HISTORY_OPEN_HEADER &&
		   (history.bytes[0] & ~HEAD_SCALE) == (HISTORY_VERSION << 5 | HEAD_OPEN) &&
		   (history.bytes[0] & HEAD_SCALE) <= HISTORY_MAX_SCALE &&
		   HistoryOpenUsed(history.bytes) >= HISTORY_OPEN_HEADER &&
		   HistoryOpenUsed(history.bytes) <= history.size;
}

size_t
HistoryOpenUsed(const uint8_t *bytes)
{
	uint32_t used;

	memcpy(&used, bytes + OPEN_USED, sizeof(used));
	return used;
}

static void
SetOpenUsed(uint8_t *bytes, size_t used)
{
	uint32_t used32 = (uint32_t) used;

	memcpy(bytes + OPEN_USED, &used32, sizeof(used32));
}

/* Start an empty log in at least HISTORY_OPEN_HEADER bytes. */
void
HistoryOpenStart(uint8_t *bytes, int scale)
{
	CRM_ASSERT(scale >= 0 && scale <= HISTORY_MAX_SCALE);
	memset(bytes, 0, HISTORY_OPEN_HEADER);
	bytes[0] = (uint8_t) (HISTORY_VERSION << 5 | HEAD_OPEN | scale);
	SetOpenUsed(bytes, HISTORY_OPEN_HEADER);
}

/* Copy a log into a larger (or equal) room. */
void
HistoryOpenCopy(uint8_t *to, const uint8_t *from)
{
	memcpy(to, from, HistoryOpenUsed(from));
}

/* Append one entry in place. On anything but HISTORY_OK the log is unchanged. */
HistoryStatus
HistoryOpenAppend(uint8_t *bytes, size_t size, const HistoryEntry *entry, int scale)
{
	uint8_t buffer[HISTORY_ENTRY_MAX];
	HistoryEntry scaled = *entry;
	int own_scale = bytes[0] & HEAD_SCALE;
	size_t used = HistoryOpenUsed(bytes);
	size_t length;
	int32_t last_day;

	CRM_ASSERT(HistoryOpenIsValid((HistoryView){bytes, size}));
	CRM_ASSERT(entry->day >= HISTORY_FIRST_DAY && entry->day <= HISTORY_LAST_DAY);
	CRM_ASSERT(MoneyInRange(entry->amount) && entry->orders != INT64_MIN);
	if (scale > own_scale)
		return HISTORY_RESCALE;
	if (scale < own_scale && !HistoryMoneyRescale(entry->amount, scale, own_scale, &scaled.amount))
		return HISTORY_OUT_OF_RANGE;

	memcpy(&last_day, bytes + OPEN_LAST_DAY, sizeof(last_day));
	length = (size_t) (PutEntry(buffer, VarintZigZag((int64_t) entry->day - last_day), &scaled) -
					   buffer);
	if (length > size - used)
		return HISTORY_FULL;
	memcpy(bytes + used, buffer, length);
	memcpy(bytes + OPEN_LAST_DAY, &entry->day, sizeof(entry->day));
	SetOpenUsed(bytes, used + length);
	CRM_ASSERT(HistoryOpenIsValid((HistoryView){bytes, size}));
	return HISTORY_OK;
}
