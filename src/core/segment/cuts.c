/*
 * cuts.c: RFM thresholds read, written and applied.
 */
#include <string.h>

#include "core/base/check.h"
#include "core/history/text.h"
#include "core/segment/cuts.h"

const char *const RfmFrequencyMeasureNames[RFM_FREQUENCY_MEASURES] = {"purchase_days", "orders"};
const char *const RfmMonetaryMeasureNames[RFM_MONETARY_MEASURES] = {"revenue",
																	"average_order_value"};

/* Average order values are rounded to this many decimals: then equal ones are equal numbers. */
#define AVERAGE_SCALE HISTORY_MAX_SCALE

/* ---------------------------------------------------------------- values */

HistoryMoney
RfmCutsMonetary(const RfmCuts *cuts, int i)
{
	return (HistoryMoney) ((UInt128) cuts->monetary[i][1] << 64 | cuts->monetary[i][0]);
}

/* Store the reachable monetary cuts at the smallest scale that holds all of them. */
void
RfmCutsSetMonetary(RfmCuts *cuts, const HistoryMoney *values, int scale)
{
	int n = cuts->reachable[RFM_MONETARY];
	HistoryMoney reduced[RFM_MAX_CUTS] = {0};

	for (int i = 0; i < n; i++)
		reduced[i] = values[i];
	for (; scale > 0; scale--)
	{
		bool whole = true;

		for (int i = 0; i < n; i++)
			whole = whole && reduced[i] % 10 == 0;
		if (!whole)
			break;
		for (int i = 0; i < n; i++)
			reduced[i] /= 10;
	}
	cuts->scale = (uint8_t) scale;
	for (int i = 0; i < RFM_MAX_CUTS; i++)
	{
		cuts->monetary[i][0] = (uint64_t) (UInt128) reduced[i];
		cuts->monetary[i][1] = (uint64_t) ((UInt128) reduced[i] >> 64);
	}
}

/* Tell whether an amount is at least another, each with its scale. */
static bool
IsAtLeast(HistoryMoney a, int a_scale, HistoryMoney b, int b_scale)
{
	if (a_scale < b_scale)
	{
		/* an amount too large for the other's scale is beyond it */
		if (!HistoryMoneyRescale(a, a_scale, b_scale, &a))
			return a > 0;
	}
	else if (a_scale > b_scale)
	{
		if (!HistoryMoneyRescale(b, b_scale, a_scale, &b))
			return b < 0;
	}
	return a >= b;
}

/* Say what is wrong with the order or number of the cuts, NULL if nothing is. */
const char *
RfmCutsWrong(const RfmCuts *cuts)
{
	if (cuts->levels < RFM_MIN_LEVELS || cuts->levels > RFM_MAX_LEVELS)
		return "Each measure has one to four cuts, for two to five levels.";
	for (int i = 0; i < cuts->reachable[RFM_RECENCY]; i++)
		if (cuts->recency[i] < 0)
			return "Recency is a number of days, zero or more.";
	for (int i = 1; i < cuts->reachable[RFM_RECENCY]; i++)
		if (cuts->recency[i] > cuts->recency[i - 1])
			return "Cuts of recency must not rise: fewer days are a better score.";
	for (int i = 1; i < cuts->reachable[RFM_FREQUENCY]; i++)
		if (cuts->frequency[i] < cuts->frequency[i - 1])
			return "Cuts of frequency must not fall.";
	for (int i = 1; i < cuts->reachable[RFM_MONETARY]; i++)
		if (RfmCutsMonetary(cuts, i) < RfmCutsMonetary(cuts, i - 1))
			return "Cuts of the monetary measure must not fall.";
	if (cuts->fresh_days < 0)
		return "Fresh days are a number of days, zero or more.";
	return NULL;
}

/* Are these the bytes that equal cuts have, whatever they were made of? */
bool
RfmCutsIsCanonical(const RfmCuts *cuts)
{
	HistoryMoney money[RFM_MAX_CUTS];
	RfmCuts same = *cuts;

	if (cuts->version != RFM_CUTS_VERSION || RfmCutsWrong(cuts) != NULL ||
		cuts->frequency_measure >= RFM_FREQUENCY_MEASURES ||
		cuts->monetary_measure >= RFM_MONETARY_MEASURES || cuts->scale > HISTORY_MAX_SCALE ||
		cuts->unused != 0)
		return false;
	for (int measure = RFM_RECENCY; measure <= RFM_MONETARY; measure++)
		if (cuts->reachable[measure] >= cuts->levels)
			return false;
	for (int i = 0; i < RFM_MAX_CUTS; i++)
	{
		money[i] = RfmCutsMonetary(cuts, i);
		if (i >= cuts->reachable[RFM_RECENCY])
			same.recency[i] = 0;
		if (i >= cuts->reachable[RFM_FREQUENCY])
			same.frequency[i] = 0;
	}
	RfmCutsSetMonetary(&same, money, cuts->scale);
	return memcmp(&same, cuts, sizeof(same)) == 0;
}

/* ---------------------------------------------------------------- text */

/* Cuts as they are read: amounts keep their own scale until all are known. */
typedef struct CutsText
{
	RfmCuts *cuts;
	HistoryMoney money[RFM_MAX_CUTS];
	int scale[RFM_MAX_CUTS];
	const char *from[RFM_MAX_CUTS]; /* where the amounts stand */
} CutsText;

/* Read a cut that is not none; it must not be easier to reach than the one before. */
static bool
ReadCut(Cursor *in, CutsText *read, int measure, int n)
{
	RfmCuts *cuts = read->cuts;
	const char *from = in->at;
	int before = n > 0 ? n - 1 : 0; /* the first is compared with itself */
	int64_t value;

	switch (measure)
	{
		case RFM_RECENCY:
			if (!CursorTakeInteger(in, 0, INT32_MAX, &value))
				return CursorFail(in, from, "a number of days, 0 to 2147483647, or none");
			cuts->recency[n] = (int32_t) value;
			if (cuts->recency[n] > cuts->recency[before])
				return CursorFail(in, from, "no more days than before: fewer are a better score");
			return true;
		case RFM_FREQUENCY:
			if (!CursorTakeInteger(in, INT64_MIN, INT64_MAX, &value))
				return CursorFail(in, from, "a whole number that fits a bigint, or none");
			cuts->frequency[n] = value;
			if (cuts->frequency[n] < cuts->frequency[before])
				return CursorFail(in, from, "no smaller number than before");
			return true;
		default:
			if (!HistoryMoneyParse(in, &read->money[n], &read->scale[n]))
				return false;
			if (!IsAtLeast(read->money[n], read->scale[n], read->money[before],
						   read->scale[before]))
				return CursorFail(in, from, "no smaller amount than before");
			read->from[n] = from;
			return true;
	}
}

/* Read the cuts of one measure, up to a comma or the end; the first measure sets the levels. */
static bool
ReadCuts(Cursor *in, CutsText *read, int measure)
{
	RfmCuts *cuts = read->cuts;
	int n = 0;

	CursorSkipSpace(in);
	while (n < RFM_MAX_CUTS && !CursorAtEnd(in) && !CursorSees(in, ','))
	{
		if (cuts->levels > 0 && n == cuts->levels - 1)
			return CursorFail(in, in->at, "no more cuts than recency has");
		if (!CursorTakeWord(in, "none"))
		{
			if (cuts->reachable[measure] < n)
				return CursorFail(in, in->at, "none, for nobody reaches a cut behind none");
			if (!ReadCut(in, read, measure, n))
				return false;
			cuts->reachable[measure]++;
		}
		n++;
		if (!CursorAtEnd(in) && !CursorSees(in, ',') && !CursorSeesSpace(in))
			return CursorFail(in, in->at, "white space between cuts, a comma between measures");
		CursorSkipSpace(in);
	}
	if (!CursorAtEnd(in) && !CursorSees(in, ','))
		return CursorFail(in, in->at, "at most four cuts, for five levels");
	if (n == 0)
		return CursorFail(in, in->at, "one to four cuts, for two to five levels");
	if (cuts->levels > 0 && n < cuts->levels - 1)
		return CursorFail(in, in->at, "as many cuts as recency has");
	cuts->levels = (uint8_t) (n + 1);
	return true;
}

/* Read the name of a measure and the sign behind it. */
static bool
ReadMeasure(Cursor *in, const char *const *names, int n, const char *expected, const char *sign,
			uint8_t *measure)
{
	CursorSkipSpace(in);
	*measure = 0;
	while (*measure < n && !CursorTakeWord(in, names[*measure]))
		++*measure;
	if (*measure == n)
		return CursorFail(in, in->at, expected);
	CursorSkipSpace(in);
	return CursorTakeWord(in, sign) || CursorFail(in, in->at, sign);
}

/* Read what may follow the measures. */
static bool
ReadFreshDays(Cursor *in, RfmCuts *cuts)
{
	const char *from;
	int64_t days;

	CursorSkipSpace(in);
	if (!CursorTakeWord(in, "fresh_days"))
		return CursorFail(in, in->at, "fresh_days, or the end of the text after three measures");
	CursorSkipSpace(in);
	from = in->at;
	if (!CursorTakeInteger(in, 0, INT32_MAX, &days))
		return CursorFail(in, from, "a number of days, 0 to 2147483647");
	cuts->fresh_days = (int32_t) days;
	CursorSkipSpace(in);
	return true;
}

static bool
ReadAll(Cursor *in, CutsText *read)
{
	static const char *const recency[] = {"recency"};
	RfmCuts *cuts = read->cuts;
	uint8_t only;
	int scale = 0;

	/* cuts end at a comma or at the end */
	if (!ReadMeasure(in, recency, 1, "recency", "<=", &only) || !ReadCuts(in, read, RFM_RECENCY))
		return false;
	CursorTake(in, ',');
	if (!ReadMeasure(in, RfmFrequencyMeasureNames, RFM_FREQUENCY_MEASURES,
					 "purchase_days or orders", ">=", &cuts->frequency_measure) ||
		!ReadCuts(in, read, RFM_FREQUENCY))
		return false;
	CursorTake(in, ',');
	if (!ReadMeasure(in, RfmMonetaryMeasureNames, RFM_MONETARY_MEASURES,
					 "revenue or average_order_value", ">=", &cuts->monetary_measure) ||
		!ReadCuts(in, read, RFM_MONETARY))
		return false;
	if (CursorTake(in, ',') && !ReadFreshDays(in, cuts))
		return false;
	if (!CursorAtEnd(in))
		return CursorFail(in, in->at, "the end of the text");

	for (int i = 0; i < cuts->reachable[RFM_MONETARY]; i++)
		scale = read->scale[i] > scale ? read->scale[i] : scale;
	for (int i = 0; i < cuts->reachable[RFM_MONETARY]; i++)
		if (!HistoryMoneyRescale(read->money[i], read->scale[i], scale, &read->money[i]))
		{
			in->at = read->from[i];
			return CursorFail(in, in->at, "an amount that has room for the others' decimals");
		}
	RfmCutsSetMonetary(cuts, read->money, scale);
	return true;
}

/* Read cuts. */
bool
RfmCutsParse(Cursor *in, RfmCuts *cuts)
{
	CutsText read = {.cuts = cuts};

	memset(cuts, 0, sizeof(*cuts));
	cuts->version = RFM_CUTS_VERSION;
	if (in->end - in->at > RFM_CUTS_TEXT_LIMIT)
	{
		in->at = in->end;
		return CursorFail(in, in->text, "a text of at most 4096 bytes");
	}
	if (!ReadAll(in, &read))
		return false;
	CRM_ASSERT(RfmCutsIsCanonical(cuts));
	return true;
}

static char *
PrintText(char *out, const char *text)
{
	size_t size = strlen(text);

	memcpy(out, text, size);
	return out + size;
}

static char *
PrintInteger(char *out, int64_t value)
{
	uint64_t rest = value < 0 ? -(uint64_t) value : (uint64_t) value;
	char digits[20];
	int n = 0;

	if (value < 0)
		*out++ = '-';
	do
		digits[n++] = (char) ('0' + rest % 10);
	while ((rest /= 10) > 0);
	while (n > 0)
		*out++ = digits[--n];
	return out;
}

static char *
PrintCuts(char *out, const RfmCuts *cuts, int measure)
{
	for (int i = 0; i < cuts->levels - 1; i++)
	{
		*out++ = ' ';
		if (i >= cuts->reachable[measure])
			out = PrintText(out, "none");
		else if (measure == RFM_MONETARY)
		{
			HistoryMoney value = RfmCutsMonetary(cuts, i);
			int scale = cuts->scale;

			for (; scale > HISTORY_SHOWN_DECIMALS && value % 10 == 0; scale--)
				value /= 10;
			out += HistoryMoneyFormat(value, scale, out);
		}
		else
			out = PrintInteger(out, measure == RFM_RECENCY ? cuts->recency[i] : cuts->frequency[i]);
	}
	return out;
}

/* Does the text read as these cuts? */
static bool
ReadsAs(const char *text, size_t size, const RfmCuts *cuts)
{
	Cursor in = CursorStart(text, size);
	RfmCuts read;

	return RfmCutsParse(&in, &read) && memcmp(&read, cuts, sizeof(read)) == 0;
}

/* Write cuts as text into RFM_CUTS_TEXT_SIZE bytes. */
size_t
RfmCutsPrint(const RfmCuts *cuts, char *out)
{
	char *start = out;

	CRM_ASSERT(RfmCutsIsCanonical(cuts));
	out = PrintText(out, "recency <=");
	out = PrintCuts(out, cuts, RFM_RECENCY);
	out = PrintText(out, ", ");
	out = PrintText(out, RfmFrequencyMeasureNames[cuts->frequency_measure]);
	out = PrintText(out, " >=");
	out = PrintCuts(out, cuts, RFM_FREQUENCY);
	out = PrintText(out, ", ");
	out = PrintText(out, RfmMonetaryMeasureNames[cuts->monetary_measure]);
	out = PrintText(out, " >=");
	out = PrintCuts(out, cuts, RFM_MONETARY);
	if (cuts->fresh_days > 0)
	{
		out = PrintText(out, ", fresh_days ");
		out = PrintInteger(out, cuts->fresh_days);
	}
	*out = '\0';
	CRM_ASSERT(out - start < RFM_CUTS_TEXT_SIZE);
	CRM_ASSERT(ReadsAs(start, (size_t) (out - start), cuts));
	return (size_t) (out - start);
}

/* ---------------------------------------------------------------- scores */

/* Net revenue by orders, rounded half away from zero; the remainder keeps the product small. */
static bool
AverageOrderValue(HistoryMoney revenue, int scale, int64_t orders, HistoryMoney *average)
{
	HistoryMoney whole = revenue / orders, rest = revenue % orders, doubled;

	if (!HistoryMoneyRescale(whole, scale, AVERAGE_SCALE, &whole) ||
		!HistoryMoneyRescale(rest, scale, AVERAGE_SCALE, &rest))
		return false;
	whole += rest / orders;
	rest %= orders;
	doubled = 2 * (rest < 0 ? -rest : rest);
	if (doubled >= orders)
		whole += rest < 0 ? -1 : 1;
	*average = whole;
	return true;
}

/*
 * The measures of a customer who bought. False if there is no average order value, which happens
 * to an invalid history only, or if it is out of range.
 */
bool
RfmMeasure(const HistorySummary *sums, int32_t as_of, RfmFrequencyMeasure frequency,
		   RfmMonetaryMeasure monetary, RfmMeasures *out)
{
	/* a day number is above -2451545 and a finite date below 2145031949: no overflow */
	out->recency = as_of - sums->last_day;
	out->frequency = frequency == RFM_FREQUENCY_ORDERS ? sums->orders : sums->purchase_days;
	out->monetary = sums->revenue;
	out->scale = sums->scale;
	if (monetary == RFM_MONETARY_AVERAGE_ORDER_VALUE)
	{
		out->scale = AVERAGE_SCALE;
		return sums->orders > 0 &&
			   AverageOrderValue(sums->revenue, sums->scale, sums->orders, &out->monetary);
	}
	return true;
}

/* The recency score that fresh_days owe a customer, whatever the cuts say. */
static int
FreshScore(const RfmCuts *cuts, int32_t recency)
{
	int score = 1;

	if (cuts->fresh_days > 0 && recency <= 2 * (int64_t) cuts->fresh_days)
	{
		score = RFM_MIDDLE(cuts->levels);
		if (recency <= cuts->fresh_days && score < cuts->levels - 1)
			score = cuts->levels - 1;
	}
	return score;
}

/* The cell of a customer who bought. */
int
RfmScore(const RfmCuts *cuts, const RfmMeasures *customer)
{
	int r = 0, f = 0, m = 0, fresh = FreshScore(cuts, customer->recency);

	while (r < cuts->reachable[RFM_RECENCY] && customer->recency <= cuts->recency[r])
		r++;
	while (f < cuts->reachable[RFM_FREQUENCY] && customer->frequency >= cuts->frequency[f])
		f++;
	while (m < cuts->reachable[RFM_MONETARY] &&
		   IsAtLeast(customer->monetary, customer->scale, RfmCutsMonetary(cuts, m), cuts->scale))
		m++;
	r = r + 1 > fresh ? r + 1 : fresh;
	return r * 100 + (f + 1) * 10 + m + 1;
}
