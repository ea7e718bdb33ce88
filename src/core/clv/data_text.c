/*
 * data_text.c: the text of counted customers, read and written
 */
#include "core/base/check.h"
#include "core/clv/data_text.h"
#include "core/history/text.h"

#include <math.h>
#include <stdio.h>

/* In the order of BtydCounters. */
static const char *const CounterNames[BTYD_COUNTERS] = {"no_purchase", "invalid", "null", "merged",
														"no_spend"};

/* In the order of kinds. */
static const char *const ListNames[BTYD_KINDS] = {"rows", "spend", "days", "gaps"};

/* ---------------------------------------------------------------- reading */

static bool
ReadNumber(Cursor *in, double *value)
{
	const char *from = in->at;

	return CursorTakeDouble(in, value) || CursorFail(in, from, "a finite number, not negative");
}

static bool
ReadCount(Cursor *in, double *value)
{
	const char *from = in->at;

	return (CursorTakeDouble(in, value) && BtydIsCount(*value)) ||
		   CursorFail(in, from, "a whole number below 2^53");
}

static bool
ReadColon(Cursor *in)
{
	return CursorTake(in, ':') || CursorFail(in, in->at, "a colon and a number");
}

bool
BtydTextHead(Cursor *in, BtydData *data)
{
	double *counter = (double *) &data->counters;
	const char *from;

	CursorSkipSpace(in);
	if (!CursorTakeWord(in, "unit_days="))
		return CursorFail(in, in->at, "unit_days= and a number");
	from = in->at;
	if (!CursorTakeDouble(in, &data->unit_days) || data->unit_days == 0)
		return CursorFail(in, from, "a finite number above 0");
	data->as_of = BTYD_NO_DAY;
	from = in->at;
	if (CursorSeesSpace(in))
	{
		CursorSkipSpace(in);
		if (!CursorTakeWord(in, "as_of="))
			in->at = from;
		else if (!HistoryDayParse(in, &data->as_of))
			return false;
	}
	for (int i = 0; i < BTYD_COUNTERS; i++)
	{
		from = in->at;
		if (!CursorSeesSpace(in))
			break;
		CursorSkipSpace(in);
		if (!CursorTakeWord(in, CounterNames[i]) || !CursorTake(in, '='))
			in->at = from;
		else if (!ReadCount(in, &counter[i]))
			return false;
	}
	return true;
}

/* Go to the first row of the next list. */
static bool
BeginList(BtydTextReader *reader)
{
	static const char *const expected[BTYD_KINDS + 1] = {
		("rows=, spend=, days=, gaps=, or the next of as_of, no_purchase, invalid, null, merged, "
		 "no_spend"),
		"spend=, days=, gaps= or the end of the text", "days=, gaps= or the end of the text",
		"gaps= or the end of the text", "the end of the text"};
	Cursor *in = &reader->in;
	const char *from;

	if (!CursorAtEnd(in) && !CursorSeesSpace(in))
		return CursorFail(in, in->at,
						  reader->lists == 0 ? "white space or the end of the text"
											 : "a comma, white space or the end of the text");
	CursorSkipSpace(in);
	if (CursorAtEnd(in))
		return false;
	from = in->at;
	for (int kind = reader->lists; kind < BTYD_KINDS; kind++)
	{
		if (CursorTakeWord(in, ListNames[kind]) && CursorTake(in, '='))
		{
			reader->lists = kind + 1;
			return true;
		}
		in->at = from;
	}
	return CursorFail(in, from, expected[reader->lists]);
}

/* Read the numbers of a row, but for its count. */
static bool
ReadRow(Cursor *in, BtydKind kind, BtydRow *row)
{
	int32_t day;

	*row = (BtydRow){.t = BTYD_MARK(kind), .weight = 1};
	switch (kind)
	{
		case BTYD_CUSTOMERS:
			return ReadNumber(in, &row->x) && ReadColon(in) && ReadNumber(in, &row->t_x) &&
				   ReadColon(in) && ReadNumber(in, &row->t);
		case BTYD_SPEND:
			return ReadNumber(in, &row->x) && ReadColon(in) && ReadNumber(in, &row->t_x);
		case BTYD_DAYS:
			if (!HistoryDayParse(in, &day))
				return false;
			row->x = day;
			return true;
		case BTYD_GAPS:
			return ReadNumber(in, &row->x);
	}
	return false;
}

bool
BtydTextNext(BtydTextReader *reader, BtydRow *row)
{
	static const char *const expected[BTYD_KINDS] = {
		"x:t_x:t*n with whole x >= 0, 0 <= t_x <= t, n > 0, and t_x = 0 where x = 0",
		"x:m_x*n with whole x > 0, m_x > 0, n > 0", "a day, *n with n > 0 after it or nothing",
		"days*n with whole days from 1 to 2147483493, n > 0"};
	Cursor *in = &reader->in;
	const char *from;
	BtydKind kind;
	double *counted;

	if ((reader->lists == 0 || !CursorTake(in, ',')) && !BeginList(reader))
		return false;
	from = in->at;
	kind = (BtydKind) (reader->lists - 1);
	if (!ReadRow(in, kind, row))
		return false;
	if (CursorTake(in, '*') && !ReadCount(in, &row->weight))
		return false;
	if (!BtydRowIsValid(row))
		return CursorFail(in, from, expected[kind]);
	counted = &reader->counted[kind];
	*counted += row->weight;
	if (!BtydIsCount(*counted))
		return CursorFailRange(in, from,
							   kind <= BTYD_SPEND ? "fewer than 2^53 customers in all"
												  : "fewer than 2^53 purchases in all");
	return true;
}

/* ---------------------------------------------------------------- writing */

static char *
PutText(char *out, const char *text)
{
	size_t size = strlen(text);

	memcpy(out, text, size);
	return out + size;
}

static char *
PutCount(char *out, double count)
{
	return out + snprintf(out, BTYD_NUMBER_TEXT_MAX, "%.0f", count);
}

size_t
BtydTextPutHead(const BtydData *data, BtydNumberFormat number, char *out)
{
	const double *counter = (const double *) &data->counters;
	char *at = PutText(out, "unit_days=");

	at += number(data->unit_days, at);
	if (data->as_of != BTYD_NO_DAY)
	{
		at = PutText(at, " as_of=");
		at += HistoryDayFormat(data->as_of, at);
	}
	for (int i = 0; i < BTYD_COUNTERS; i++)
	{
		*at++ = ' ';
		at = PutText(at, CounterNames[i]);
		*at++ = '=';
		at = PutCount(at, counter[i]);
	}
	CRM_ASSERT(at - out <= BTYD_HEAD_TEXT_MAX);
	return (size_t) (at - out);
}

/* Does the text read as row i, the first of its kind or not? */
static bool
ReadsAs(const char *text, size_t size, const BtydData *data, size_t i, bool first)
{
	const BtydRow *row = &data->rows[i];
	BtydTextReader reader = {.in = CursorStart(text, size),
							 .lists = (int) BtydRowKind(row) + !first};
	BtydRow read;

	return BtydTextNext(&reader, &read) && CursorAtEnd(&reader.in) &&
		   BtydRowCompare(&read, row) == 0 && read.weight == row->weight;
}

size_t
BtydTextPutRow(const BtydData *data, size_t i, BtydNumberFormat number, char *out)
{
	const BtydRow *row = &data->rows[i];
	BtydKind kind = BtydRowKind(row);
	bool first = i == 0 || BtydRowKind(row - 1) != kind;
	char *at = out;

	if (first)
	{
		*at++ = ' ';
		at = PutText(at, ListNames[kind]);
		*at++ = '=';
	}
	else
		*at++ = ',';
	switch (kind)
	{
		case BTYD_CUSTOMERS:
		case BTYD_SPEND:
			at += number(row->x, at);
			*at++ = ':';
			at += number(row->t_x, at);
			if (kind == BTYD_SPEND)
				break;
			*at++ = ':';
			at += number(row->t, at);
			break;
		case BTYD_DAYS:
			at += HistoryDayFormat((int32_t) row->x, at);
			break;
		case BTYD_GAPS:
			at = PutCount(at, row->x);
			break;
	}
	if (row->weight != 1)
	{
		*at++ = '*';
		at = PutCount(at, row->weight);
	}
	CRM_ASSERT(at - out <= BTYD_ROW_TEXT_MAX);
	CRM_ASSERT(ReadsAs(out, (size_t) (at - out), data, i, first));
	return (size_t) (at - out);
}
