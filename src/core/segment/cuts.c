/*
 * cuts.c: RFM thresholds read, written and applied.
 */
#include <string.h>

#include "core/history/text.h"
#include "core/segment/cuts.h"

const char *const RfmFrequencyMeasureNames[FREQUENCY_MEASURES] = {"purchase_days", "orders"};
const char *const RfmMonetaryMeasureNames[MONETARY_MEASURES] = {"revenue", "average_order_value"};

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
	return NULL;
}

/* ---------------------------------------------------------------- text */

/* What is being read, and how far. */
typedef struct Cursor
{
	const char *at;
	const char *end;
} Cursor;

static void
SkipSpace(Cursor *in)
{
	while (in->at < in->end && (*in->at == ' ' || (*in->at >= '\t' && *in->at <= '\r')))
		in->at++;
}

/* Read a word if it comes next. */
static bool
ReadWord(Cursor *in, const char *word)
{
	size_t size = strlen(word);

	SkipSpace(in);
	if ((size_t) (in->end - in->at) < size || memcmp(in->at, word, size) != 0)
		return false;
	in->at += size;
	return true;
}

static const char *
ReadInteger(Cursor *in, int64_t low, int64_t high, int64_t *value)
{
	bool negative = in->at < in->end && *in->at == '-';
	HistoryMoney v = 0;

	in->at += negative;
	if (in->at == in->end || *in->at < '0' || *in->at > '9')
		return "A cut of recency or frequency is a whole number, or none.";
	for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++)
	{
		v = v * 10 + (*in->at - '0');
		if (v > (HistoryMoney) INT64_MAX + 1)
			return "The number is out of range.";
	}
	if (negative)
		v = -v;
	if (v < low || v > high)
		return "The number is out of range.";
	*value = (int64_t) v;
	return NULL;
}

/* Read the cuts of one measure, up to a comma or the end; the first measure sets the levels. */
static const char *
ReadCuts(Cursor *in, RfmCuts *cuts, int measure, HistoryMoney *money, int *scale)
{
	int n = 0;

	for (;;)
	{
		const char *wrong = NULL;

		SkipSpace(in);
		if (in->at == in->end || *in->at == ',')
			break;
		if (n == RFM_MAX_CUTS)
			return "A measure has at most four cuts, for five levels.";
		if (!ReadWord(in, "none"))
		{
			int64_t value = 0;

			if (cuts->reachable[measure] < n)
				return "After none, no further cut can be reached.";
			if (measure == RFM_MONETARY)
				wrong = HistoryMoneyParse(&in->at, in->end, &money[n], &scale[n]);
			else if (measure == RFM_RECENCY)
				wrong = ReadInteger(in, 0, INT32_MAX, &value);
			else
				wrong = ReadInteger(in, INT64_MIN, INT64_MAX, &value);
			if (wrong != NULL)
				return wrong;
			if (measure == RFM_RECENCY)
				cuts->recency[n] = (int32_t) value;
			else if (measure == RFM_FREQUENCY)
				cuts->frequency[n] = value;
			cuts->reachable[measure]++;
		}
		n++;
		if (in->at < in->end && *in->at != ',' && *in->at != ' ' &&
			!(*in->at >= '\t' && *in->at <= '\r'))
			return "Cuts are separated by spaces, measures by commas.";
	}
	if (n == 0)
		return "Each measure has one to four cuts, for two to five levels.";
	if (cuts->levels == 0)
		cuts->levels = (uint8_t) (n + 1);
	else if (cuts->levels != n + 1)
		return "All three measures must have the same number of cuts.";
	return NULL;
}

static bool
ReadMeasure(Cursor *in, const char *const *names, int n, uint8_t *measure)
{
	for (int i = 0; i < n; i++)
		if (ReadWord(in, names[i]))
		{
			*measure = (uint8_t) i;
			return true;
		}
	return false;
}

static const char *
ReadAll(Cursor *in, RfmCuts *cuts)
{
	HistoryMoney money[RFM_MAX_CUTS] = {0};
	int scales[RFM_MAX_CUTS] = {0};
	int scale = 0;
	const char *wrong;

	if (!ReadWord(in, "recency") || !ReadWord(in, "<="))
		return "Cuts start with recency <= and days, for example: recency <= 365 180.";
	if ((wrong = ReadCuts(in, cuts, RFM_RECENCY, NULL, NULL)) != NULL)
		return wrong;
	if (!ReadWord(in, ",") ||
		!ReadMeasure(in, RfmFrequencyMeasureNames, FREQUENCY_MEASURES, &cuts->frequency_measure) ||
		!ReadWord(in, ">="))
		return "After recency comes purchase_days >= or orders >=.";
	if ((wrong = ReadCuts(in, cuts, RFM_FREQUENCY, NULL, NULL)) != NULL)
		return wrong;
	if (!ReadWord(in, ",") ||
		!ReadMeasure(in, RfmMonetaryMeasureNames, MONETARY_MEASURES, &cuts->monetary_measure) ||
		!ReadWord(in, ">="))
		return "After the frequency comes revenue >= or average_order_value >=.";
	if ((wrong = ReadCuts(in, cuts, RFM_MONETARY, money, scales)) != NULL)
		return wrong;
	if (in->at < in->end)
		return "There are three measures, and nothing after them.";

	for (int i = 0; i < cuts->reachable[RFM_MONETARY]; i++)
		scale = scales[i] > scale ? scales[i] : scale;
	for (int i = 0; i < cuts->reachable[RFM_MONETARY]; i++)
		if (!HistoryMoneyRescale(money[i], scales[i], scale, &money[i]))
			return "The amount is out of range.";
	RfmCutsSetMonetary(cuts, money, scale);
	return RfmCutsWrong(cuts);
}

/* Read cuts; NULL, or a sentence that says what is wrong at offset *at. */
const char *
RfmCutsParse(const char *text, size_t size, RfmCuts *cuts, size_t *at)
{
	Cursor in = {text, text + size};
	const char *wrong;

	memset(cuts, 0, sizeof(*cuts));
	cuts->version = RFM_CUTS_VERSION;
	wrong = size > RFM_CUTS_TEXT_LIMIT ? "The text is longer than 4096 bytes." : ReadAll(&in, cuts);
	*at = (size_t) (in.at - text);
	return wrong;
}

static char *
PrintText(char *out, const char *text)
{
	size_t size = strlen(text);

	memcpy(out, text, size);
	return out + size;
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
		{
			int64_t value = measure == RFM_RECENCY ? cuts->recency[i] : cuts->frequency[i];
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
		}
	}
	return out;
}

/* Write cuts as text into RFM_CUTS_TEXT_SIZE bytes. */
size_t
RfmCutsPrint(const RfmCuts *cuts, char *out)
{
	char *start = out;

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
	*out = '\0';
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
	out->frequency = frequency == FREQUENCY_ORDERS ? sums->orders : sums->purchase_days;
	out->monetary = sums->revenue;
	out->scale = sums->scale;
	if (monetary == MONETARY_AVERAGE_ORDER_VALUE)
	{
		out->scale = AVERAGE_SCALE;
		return sums->orders > 0 &&
			   AverageOrderValue(sums->revenue, sums->scale, sums->orders, &out->monetary);
	}
	return true;
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

/* The cell of a customer who bought. */
int
RfmScore(const RfmCuts *cuts, const RfmMeasures *customer)
{
	int r = 0, f = 0, m = 0;

	while (r < cuts->reachable[RFM_RECENCY] && customer->recency <= cuts->recency[r])
		r++;
	while (f < cuts->reachable[RFM_FREQUENCY] && customer->frequency >= cuts->frequency[f])
		f++;
	while (m < cuts->reachable[RFM_MONETARY] &&
		   IsAtLeast(customer->monetary, customer->scale, RfmCutsMonetary(cuts, m), cuts->scale))
		m++;
	return (r + 1) * 100 + (f + 1) * 10 + m + 1;
}
