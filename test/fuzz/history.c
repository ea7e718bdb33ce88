/*
 * history.c: fuzz the history codec. The first byte chooses what the rest is: bytes of a packed
 * history, text, or a log of appends.
 */
#include "core/history/summary.h"
#include "core/history/text.h"

#include "fuzz.h"

static HistoryEntries
NewSet(size_t room)
{
	return (HistoryEntries){.at = malloc(room * sizeof(HistoryEntry)), .room = room};
}

/* The summary of a day against the entries themselves. */
static void
CheckSummary(const HistoryEntries *set, HistoryView view, int32_t as_of)
{
	HistorySummary summary;
	HistoryMoney revenue = 0, repeat = 0;
	int64_t orders = 0, days = 0;
	int32_t first = 0, last = 0;
	bool valid = true, fits = true;
	HistoryBtydRow row;

	for (size_t i = 0; i < set->n && set->at[i].day <= as_of; i++)
	{
		const HistoryEntry *entry = &set->at[i];

		fits &= !__builtin_add_overflow(orders, entry->orders, &orders) &&
				HistoryMoneyAdd(revenue, entry->amount, &revenue);
		if (!fits)
			break;
		if (days > 0)
			repeat += entry->amount;
		if (entry->orders > 0)
		{
			if (days++ == 0)
				first = entry->day;
			last = entry->day;
		}
		valid &= entry->orders >= 0;
	}
	REQUIRE(HistorySum(view, as_of, &summary) == (fits ? HISTORY_OK : HISTORY_OUT_OF_RANGE));
	if (!fits)
		return;
	REQUIRE(summary.revenue == revenue && summary.orders == orders && summary.scale == set->scale);
	REQUIRE(summary.purchase_days == days && summary.valid == valid);
	REQUIRE(days == 0 || (summary.first_day == first && summary.last_day == last));
	REQUIRE(days == 0 || summary.revenue - summary.first_revenue == repeat);
	REQUIRE(HistorySummaryBtyd(&summary, as_of, 7, &row) == (days > 0));
	if (days == 0)
		return;
	REQUIRE(row.x == days - 1 && row.t_x == ((double) last - first) / 7 &&
			row.t == ((double) as_of - first) / 7 && row.t_x <= row.t);
	REQUIRE(row.m_x ==
			(days > 1 ? HistoryMoneyToDouble(repeat, set->scale) / (double) (days - 1) : 0));
}

/* Normalise, pack, read again: the entries must come back, and packing them again must change
 * nothing. */
static void
CheckPacking(HistoryEntries *set)
{
	if (HistoryNormalise(set) != HISTORY_OK)
		return;
	size_t size = HistoryPackedSize(set);
	uint8_t *bytes = malloc(size);
	HistoryPack(set, bytes);
	HistoryView view = {bytes, size};
	HistoryReader reader = HistoryRead(view);
	HistoryEntry entry;
	size_t n = 0;

	REQUIRE(set->n <= HistoryCountAtMost(view));
	while (HistoryNext(&reader, &entry))
	{
		char text[HISTORY_ENTRY_TEXT_MAX];
		HistoryEntry parsed = {0};
		int scale = 0;

		REQUIRE(n < set->n && entry.day == set->at[n].day && entry.orders == set->at[n].orders &&
				entry.amount == set->at[n].amount);
		size_t length = HistoryEntryFormat(&entry, reader.scale, text);
		REQUIRE(length < sizeof(text));
		Cursor in = CursorStart(text, length);
		REQUIRE(HistoryNextFromText(&in, &parsed, &scale) && CursorAtEnd(&in));
		REQUIRE(parsed.day == entry.day && parsed.orders == entry.orders);
		HistoryMoney back;
		REQUIRE(HistoryMoneyRescale(parsed.amount, scale, reader.scale, &back) &&
				back == entry.amount);
		n++;
	}
	REQUIRE(!reader.malformed && n == set->n);
	CheckSummary(set, view, INT32_MAX);
	for (size_t i = 0; i < n; i += 1 + n / 5)
	{
		CheckSummary(set, view, set->at[i].day);
		CheckSummary(set, view, set->at[i].day - 1);
	}
	free(bytes);
}

static void
FuzzBytes(const uint8_t *data, size_t size)
{
	HistoryView view = {data, size};
	HistoryReader reader = HistoryRead(view);
	HistoryEntries set = NewSet(HistoryCountAtMost(view));
	HistoryEntry entry;
	HistorySummary summary;

	if (!HistoryIsOpen(view))
		HistorySum(view, 0, &summary);
	while (HistoryNext(&reader, &entry))
		REQUIRE(HistoryCollect(&set, &entry, reader.scale) == HISTORY_OK);
	CheckPacking(&set);
	free(set.at);
}

static void
FuzzText(const uint8_t *data, size_t size)
{
	char *block;
	Cursor in = FuzzCursor(data, size, &block);
	HistoryEntries set = NewSet(size / 2 + 1);
	HistoryEntry entry;
	int scale;

	while (HistoryNextFromText(&in, &entry, &scale))
	{
		HistoryStatus status = HistoryCollect(&set, &entry, scale);

		REQUIRE(status == HISTORY_OK || status == HISTORY_OUT_OF_RANGE);
		if (status != HISTORY_OK)
		{
			HistoryFailDay(&in, entry.day);
			break;
		}
	}
	if (in.expected == NULL && HistoryNormalise(&set) != HISTORY_OK)
		HistoryFailDay(&in, set.at[set.n].day);
	if (in.expected != NULL)
		FuzzFault(&in);
	else
	{
		REQUIRE(CursorAtEnd(&in));
		CheckPacking(&set);
	}
	free(set.at);
	free(block);
}

static void
FuzzLog(const uint8_t *data, size_t size)
{
	uint8_t log[256];
	HistoryEntries direct = NewSet(size + 1);
	HistoryEntries logged = NewSet(sizeof(log));
	HistoryEntry entry;

	HistoryOpenStart(log, 3);
	for (; size >= 14; data += 14, size -= 14)
	{
		uint32_t day;
		int64_t amount;

		memcpy(&day, data, 4);
		memcpy(&amount, data + 4, 8);
		entry.day = (int32_t) (day % 2147483493U) - 2451545;
		entry.amount = (HistoryMoney) amount * ((HistoryMoney) 1 << (data[12] % 40));
		entry.orders = (int8_t) data[13];
		if (HistoryOpenAppend(log, sizeof(log), &entry, data[12] % 4) != HISTORY_OK)
			break;
		REQUIRE(HistoryCollect(&direct, &entry, data[12] % 4) == HISTORY_OK);
	}
	HistoryReader reader = HistoryRead((HistoryView){log, sizeof(log)});
	while (HistoryNext(&reader, &entry))
		REQUIRE(HistoryCollect(&logged, &entry, reader.scale) == HISTORY_OK);
	REQUIRE(!reader.malformed && logged.n == direct.n);
	if (HistoryNormalise(&direct) == HISTORY_OK)
	{
		REQUIRE(HistoryNormalise(&logged) == HISTORY_OK);
		REQUIRE(logged.n == direct.n && logged.scale == direct.scale);
		for (size_t i = 0; i < direct.n; i++)
			REQUIRE(direct.at[i].day == logged.at[i].day &&
					direct.at[i].orders == logged.at[i].orders &&
					direct.at[i].amount == logged.at[i].amount);
	}
	CheckPacking(&logged);
	free(direct.at);
	free(logged.at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] % 3)
	{
		case 0:
			FuzzBytes(data + 1, size - 1);
			break;
		case 1:
			FuzzText(data + 1, size - 1);
			break;
		default:
			FuzzLog(data + 1, size - 1);
	}
	return 0;
}
