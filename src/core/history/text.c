/*
 * text.c: write and read the text form of a purchase history.
 */
#include "core/history/text.h"

#include <string.h>

/* ---------------------------------------------------------------- days
 *
 * The proleptic Gregorian calendar in integer arithmetic, counting years from March so that the
 * leap day comes last. One era is 400 years of 146097 days.
 */

#define ERA_DAYS 146097
#define DAYS_TO_2000_03_01 60 /* from 2000-01-01 */

static int64_t
DayFromDate(int64_t year, int month, int mday)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + mday - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return (era - 5) * ERA_DAYS + day_of_era + DAYS_TO_2000_03_01;
}

static void
DateFromDay(int64_t day, int64_t *year, int *month, int *mday)
{
	int64_t shifted = day - DAYS_TO_2000_03_01;
	int64_t era = (shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS;
	int64_t day_of_era = shifted - era * ERA_DAYS;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted_month = (5 * day_of_year + 2) / 153;

	*mday = (int) (day_of_year - (153 * shifted_month + 2) / 5 + 1);
	*month = (int) (shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
	*year = year_of_era + (era + 5) * 400 + (*month <= 2);
}

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

/* Write one entry, not terminated; returns its length. */
size_t
HistoryEntryFormat(const HistoryEntry *entry, int scale, char *out)
{
	char *start = out;
	int64_t year;
	int month;
	int mday;

	DateFromDay(entry->day, &year, &month, &mday);
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
	*out++ = ':';
	if (entry->orders < 0)
		*out++ = '-';
	out = PutDigits(out, (UInt128) (entry->orders < 0 ? -entry->orders : entry->orders), 1);
	*out++ = ':';
	return (size_t) (out - start) + HistoryMoneyFormat(entry->amount, scale, out);
}

/* ---------------------------------------------------------------- reading */

static bool
IsDigit(const char *at, const char *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

/* Read an unsigned number of `min` to `max` digits. */
static bool
GetDigits(const char **at, const char *end, int min, int max, HistoryMoney *value)
{
	int n = 0;

	*value = 0;
	while (n < max && IsDigit(*at, end))
	{
		*value = *value * 10 + (*(*at)++ - '0');
		n++;
	}
	return n >= min && !IsDigit(*at, end);
}

static bool
GetChar(const char **at, const char *end, char c)
{
	if (*at == end || **at != c)
		return false;
	(*at)++;
	return true;
}

static const char *
ParseDay(const char **at, const char *end, int32_t *day)
{
	static const int month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	HistoryMoney year;
	HistoryMoney month;
	HistoryMoney mday;
	int64_t y;
	int64_t number;

	if (!GetDigits(at, end, 4, 7, &year) || !GetChar(at, end, '-') ||
		!GetDigits(at, end, 2, 2, &month) || !GetChar(at, end, '-') ||
		!GetDigits(at, end, 2, 2, &mday))
		return "A day is written YYYY-MM-DD.";
	y = (int64_t) year;
	if (y == 0)
		return "There is no year 0.";
	if (end - *at >= 3 && memcmp(*at, " BC", 3) == 0)
	{
		y = 1 - y;
		*at += 3;
	}
	if (month < 1 || month > 12 || mday < 1 || mday > month_days[(int) month - 1] ||
		(month == 2 && mday == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0))))
		return "There is no such day in the calendar.";
	number = DayFromDate(y, (int) month, (int) mday);
	if (number < HISTORY_FIRST_DAY || number > HISTORY_LAST_DAY)
		return "The day is out of range.";
	*day = (int32_t) number;
	return NULL;
}

static const char *
ParseOrders(const char **at, const char *end, int64_t *orders)
{
	bool negative = GetChar(at, end, '-');
	HistoryMoney v;

	if (!GetDigits(at, end, 1, 19, &v))
		return "The orders of a day are a whole number.";
	if (v > INT64_MAX)
		return "The number of orders is out of range.";
	*orders = negative ? -(int64_t) v : (int64_t) v;
	return NULL;
}

/* Read an amount; NULL, or a sentence that says what is wrong. */
const char *
HistoryMoneyParse(const char **at, const char *end, HistoryMoney *amount, int *scale)
{
	bool negative = GetChar(at, end, '-');
	HistoryMoney v = 0;
	int digits = 0;
	int decimals = -1; /* before the point */
	int zeros = 0;     /* decimals that count only if another digit follows */

	*scale = 0;
	for (; *at < end; (*at)++)
	{
		if (**at == '.' && decimals < 0 && digits > 0)
		{
			decimals = 0;
			continue;
		}
		if (!IsDigit(*at, end))
			break;
		digits++;
		if (decimals >= 0)
		{
			decimals++;
			if (**at == '0')
			{
				zeros++;
				continue;
			}
			if (decimals > HISTORY_MAX_SCALE)
				return "An amount has at most 8 decimals.";
			*scale = decimals;
		}
		for (; zeros >= 0; zeros--)
		{
			if (__builtin_mul_overflow(v, (HistoryMoney) 10, &v) || !HistoryMoneyAdd(v, 0, &v))
				return "The amount is out of range.";
		}
		zeros = 0;
		if (!HistoryMoneyAdd(v, **at - '0', &v))
			return "The amount is out of range.";
	}
	if (digits == 0 || decimals == 0)
		return "An amount is a decimal number.";
	*amount = negative ? -v : v;
	return NULL;
}

/*
 * Read one entry and move `at` behind it. Returns NULL, or a sentence that says what is wrong;
 * `at` then shows where.
 */
const char *
HistoryEntryParse(const char **at, const char *end, HistoryEntry *entry, int *scale)
{
	const char *wrong;

	if ((wrong = ParseDay(at, end, &entry->day)) != NULL)
		return wrong;
	if (!GetChar(at, end, ':'))
		return "After the day comes a colon and the number of orders.";
	if ((wrong = ParseOrders(at, end, &entry->orders)) != NULL)
		return wrong;
	if (!GetChar(at, end, ':'))
		return "After the orders comes a colon and the amount.";
	return HistoryMoneyParse(at, end, &entry->amount, scale);
}
