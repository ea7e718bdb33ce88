/*
 * text.c: write and read the text form of a purchase history.
 */
#include "core/base/calendar.h"
#include "core/base/check.h"
#include "core/history/text.h"

#include <string.h>

#define MONEY_RANGE "an amount below about 8.5e37 units of its last decimal"

/* ---------------------------------------------------------------- writing */

static char *
PutDigits(char *out, UInt128 v, int width)
{
	char digits[40];
	int n = 0;

	do
	{
		/* 128-bit division is slow, and nearly never needed. */
		if (v <= UINT64_MAX)
		{
			digits[n++] = (char) ('0' + (uint64_t) v % 10);
			v = (uint64_t) v / 10;
		}
		else
		{
			digits[n++] = (char) ('0' + (int) (v % 10));
			v /= 10;
		}
	} while (v > 0);
	while (n < width)
		digits[n++] = '0';
	while (n > 0)
		*out++ = digits[--n];
	return out;
}

/* Write an amount, not terminated; returns its length. */
size_t
HistoryMoneyFormat(HistoryMoney amount, int scale, char *out)
{
	char *start = out;
	int decimals = scale > HISTORY_SHOWN_DECIMALS ? scale : HISTORY_SHOWN_DECIMALS;
	UInt128 units = (UInt128) amount;

	if (amount < 0)
	{
		*out++ = '-';
		units = -units;
	}
	/* At least one digit before the point; then open a gap for the point itself. */
	out = PutDigits(out, units, scale + 1);
	if (scale > 0)
	{
		memmove(out - scale + 1, out - scale, (size_t) scale);
		out[-scale] = '.';
	}
	else
		*out = '.';
	out++;
	for (int i = scale; i < decimals; i++)
		*out++ = '0';
	return (size_t) (out - start);
}

/* Write a day as PostgreSQL's ISO style does, not terminated; returns its length. */
size_t
HistoryDayFormat(int32_t day, char *out)
{
	char *start = out;
	int64_t year;
	int month;
	int mday;

	CalendarDate(day, &year, &month, &mday);
	out = PutDigits(out, (UInt128) (year > 0 ? year : 1 - year), 4);
	*out++ = '-';
	out = PutDigits(out, (UInt128) month, 2);
	*out++ = '-';
	out = PutDigits(out, (UInt128) mday, 2);
	if (year <= 0)
	{
		memcpy(out, " BC", 3);
		out += 3;
	}
	CRM_ASSERT(out - start <= HISTORY_DAY_TEXT_MAX);
	return (size_t) (out - start);
}

/* Does the text read as this entry? */
static bool
ReadsAs(const char *text, size_t size, const HistoryEntry *entry, int scale)
{
	Cursor in = CursorStart(text, size);
	HistoryEntry read;
	HistoryMoney amount;
	int read_scale;

	return HistoryNextFromText(&in, &read, &read_scale) && CursorAtEnd(&in) &&
		   read.day == entry->day && read.orders == entry->orders &&
		   HistoryMoneyRescale(read.amount, read_scale, scale, &amount) && amount == entry->amount;
}

/* Write one entry, not terminated; returns its length. */
size_t
HistoryEntryFormat(const HistoryEntry *entry, int scale, char *out)
{
	char *start = out;

	out += HistoryDayFormat(entry->day, out);
	*out++ = ':';
	if (entry->orders < 0)
		*out++ = '-';
	out = PutDigits(out, (UInt128) (entry->orders < 0 ? -entry->orders : entry->orders), 1);
	*out++ = ':';
	out += HistoryMoneyFormat(entry->amount, scale, out);
	CRM_ASSERT(out - start < HISTORY_ENTRY_TEXT_MAX);
	CRM_ASSERT(ReadsAs(start, (size_t) (out - start), entry, scale));
	return (size_t) (out - start);
}

/* ---------------------------------------------------------------- reading */

bool
HistoryDayParse(Cursor *in, int32_t *day)
{
	static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const char *from = in->at;
	int32_t year;
	int32_t month;
	int32_t mday;
	int64_t number;

	if (!CursorTakeDigits(in, 4, 7, &year) || !CursorTake(in, '-') ||
		!CursorTakeDigits(in, 2, 2, &month) || !CursorTake(in, '-') ||
		!CursorTakeDigits(in, 2, 2, &mday))
		return CursorFail(in, from, "a day, YYYY-MM-DD");
	if (year == 0)
		return CursorFail(in, from, "a day of the calendar, which has no year 0");
	if (CursorTakeWord(in, " BC"))
		year = 1 - year;
	if (month < 1 || month > 12 || mday < 1 || mday > month_days[month - 1] ||
		(month == 2 && mday == 29 && !CalendarIsLeap(year)))
		return CursorFail(in, from, "a day of the calendar");
	number = CalendarDay(year, month, mday);
	if (number < HISTORY_FIRST_DAY || number > HISTORY_LAST_DAY)
		return CursorFail(in, from, "a day from 4714-11-24 BC to 5874897-12-31");
	*day = (int32_t) number;
	return true;
}

/* Read an amount. */
bool
HistoryMoneyParse(Cursor *in, HistoryMoney *amount, int *scale)
{
	const char *from = in->at;
	bool negative = CursorTake(in, '-');
	HistoryMoney v = 0;
	int digits = 0;
	int decimals = -1; /* before the point */
	int zeros = 0;     /* decimals that count only if another digit follows */

	*scale = 0;
	for (; in->at < in->end; in->at++)
	{
		char c = *in->at;

		if (c == '.' && decimals < 0 && digits > 0)
		{
			decimals = 0;
			continue;
		}
		if (!CursorIsDigit(c))
			break;
		digits++;
		if (decimals >= 0)
		{
			decimals++;
			if (c == '0')
			{
				zeros++;
				continue;
			}
			if (decimals > HISTORY_MAX_SCALE)
				return CursorFail(in, from, "an amount of at most 8 decimals");
			*scale = decimals;
		}
		for (; zeros >= 0; zeros--)
		{
			if (v > (HISTORY_MONEY_LIMIT - 1) / 10)
				return CursorFail(in, from, MONEY_RANGE);
			v *= 10;
		}
		zeros = 0;
		v += c - '0';
		if (v >= HISTORY_MONEY_LIMIT)
			return CursorFail(in, from, MONEY_RANGE);
	}
	if (digits == 0 || decimals == 0)
		return CursorFail(in, from, "an amount, a plain decimal number");
	*amount = negative ? -v : v;
	return true;
}

bool
HistoryNextFromText(Cursor *in, HistoryEntry *entry, int *scale)
{
	bool first = in->at == in->text;
	const char *from;

	CursorSkipSpace(in);
	if (CursorAtEnd(in))
		return false;
	if (!first)
	{
		if (!CursorTake(in, ','))
			return CursorFail(in, in->at, "a comma and another day");
		CursorSkipSpace(in);
	}
	if (!HistoryDayParse(in, &entry->day))
		return false;
	if (!CursorTake(in, ':'))
		return CursorFail(in, in->at, "a colon and the number of orders");
	from = in->at;
	if (!CursorTakeInteger(in, -INT64_MAX, INT64_MAX, &entry->orders))
		return CursorFail(in, from, "a whole number of orders that fits a bigint");
	if (!CursorTake(in, ':'))
		return CursorFail(in, in->at, "a colon and the amount");
	return HistoryMoneyParse(in, &entry->amount, scale);
}

/* The last entry of that day is shown: the one that was too many. */
void
HistoryFailDay(Cursor *in, int32_t day)
{
	Cursor again = CursorStart(in->text, (size_t) (in->at - in->text));
	const char *from = again.at;
	const char *fault = from;
	HistoryEntry entry;
	int scale;

	for (; HistoryNextFromText(&again, &entry, &scale); from = again.at)
	{
		if (entry.day != day)
			continue;
		while (CursorIsSpace(*from) || *from == ',')
			from++;
		fault = from;
		in->at = again.at;
	}
	CursorFailRange(in, fault,
					"orders of a day that fit a bigint, and money below about 8.5e37 units of "
					"the last decimal");
}
