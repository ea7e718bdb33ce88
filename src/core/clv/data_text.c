/*
 * data_text.c: the text of counted customers, read and written
 */
#include "core/base/check.h"
#include "core/clv/data_text.h"

#include <math.h>
#include <stdio.h>

/* In the order of BtydCounters. */
static const char *const CounterNames[BTYD_COUNTERS] = {"no_purchase", "invalid", "null", "merged",
														"no_spend"};

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
	static const char *const expected[] = {
		"rows=, spend=, or the next of the counters no_purchase, invalid, null, merged, no_spend",
		"spend= or the end of the text", "the end of the text"};
	Cursor *in = &reader->in;

	if (!CursorAtEnd(in) && !CursorSeesSpace(in))
		return CursorFail(in, in->at,
						  reader->lists == 0 ? "white space or the end of the text"
											 : "a comma, white space or the end of the text");
	CursorSkipSpace(in);
	if (CursorAtEnd(in))
		return false;
	if (reader->lists < 1 && CursorTakeWord(in, "rows="))
		reader->lists = 1;
	else if (reader->lists < 2 && CursorTakeWord(in, "spend="))
		reader->lists = 2;
	else
		return CursorFail(in, in->at, expected[reader->lists]);
	return true;
}

bool
BtydTextNext(BtydTextReader *reader, BtydRow *row)
{
	Cursor *in = &reader->in;
	const char *from;
	double *customers;
	bool spend;

	if ((reader->lists == 0 || !CursorTake(in, ',')) && !BeginList(reader))
		return false;
	from = in->at;
	spend = reader->lists == 2;
	row->weight = 1;
	row->t = BTYD_SPEND_ROW;
	if (!ReadNumber(in, &row->x) || !ReadColon(in) || !ReadNumber(in, &row->t_x))
		return false;
	if (!spend && (!ReadColon(in) || !ReadNumber(in, &row->t)))
		return false;
	if (CursorTake(in, '*') && !ReadCount(in, &row->weight))
		return false;
	if (!BtydRowIsValid(row))
		return CursorFail(in, from,
						  spend ? "x:m_x*n with whole x > 0, m_x > 0, n > 0"
								: "x:t_x:t*n with whole x >= 0, 0 <= t_x <= t, n > 0, and t_x = 0 "
								  "where x = 0");
	customers = &reader->customers[spend];
	*customers += row->weight;
	if (!BtydIsCount(*customers))
		return CursorFailRange(in, from, "fewer than 2^53 customers in all");
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

/* Does the text read as row i? */
static bool
ReadsAs(const char *text, size_t size, const BtydData *data, size_t i)
{
	BtydTextReader reader = {.in = CursorStart(text, size),
							 .lists = i == 0             ? 0
									  : i <= data->nrows ? 1
														 : 2};
	BtydRow row;

	return BtydTextNext(&reader, &row) && CursorAtEnd(&reader.in) &&
		   BtydRowCompare(&row, &data->rows[i]) == 0 && row.weight == data->rows[i].weight;
}

size_t
BtydTextPutRow(const BtydData *data, size_t i, BtydNumberFormat number, char *out)
{
	const BtydRow *row = &data->rows[i];
	char *at = out;

	if (i == data->nrows)
		at = PutText(at, " spend=");
	else
		at = PutText(at, i == 0 ? " rows=" : ",");
	at += number(row->x, at);
	*at++ = ':';
	at += number(row->t_x, at);
	if (i < data->nrows)
	{
		*at++ = ':';
		at += number(row->t, at);
	}
	if (row->weight != 1)
	{
		*at++ = '*';
		at = PutCount(at, row->weight);
	}
	CRM_ASSERT(at - out <= BTYD_ROW_TEXT_MAX);
	CRM_ASSERT(ReadsAs(out, (size_t) (at - out), data, i));
	return (size_t) (at - out);
}
