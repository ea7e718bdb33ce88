/*
 * money.c: numeric to and from the money of a history, exactly.
 *
 * The digits of a numeric are read where they lie. Its stored form has not changed since
 * PostgreSQL 9.1 and cannot without breaking pg_upgrade; a test compares with numeric's own output.
 * Going through its functions instead costs more than the rest of a transition together.
 */
#include "history/private.h"

#include "core/history/text.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

/* The stored form: a header of one (short) or two 16-bit words, then digits in base 10000. */
#define NUM_SPECIAL 0xC000
#define NUM_NEGATIVE 0x4000
#define NUM_SHORT 0x8000
#define NUM_SHORT_NEGATIVE 0x2000
#define NUM_SHORT_WEIGHT_SIGN 0x0040
#define NUM_SHORT_WEIGHT 0x003F
#define NUM_DSCALE 0x3FFF
#define NUM_DIGIT_DECIMALS 4

static const int64 Pow10[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

static uint16
WordAt(const char *bytes, int i)
{
	uint16 word;

	/* a short varlena header leaves the words unaligned */
	memcpy(&word, bytes + i * sizeof(uint16), sizeof(word));
	return word;
}

static CRM_NORETURN void AmountOutOfRange(void);

static void
AmountOutOfRange(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("amount out of range"),
			 errdetail("A history holds money below about 8.5e37 units of its last decimal.")));
}

/* Multiply by a power of ten. */
static HistoryMoney
Shift(HistoryMoney value, int decimals)
{
	while (decimals > 0)
	{
		int step = Min(decimals, HISTORY_MAX_SCALE);

		if (__builtin_mul_overflow(value, (HistoryMoney) Pow10[step], &value))
			AmountOutOfRange();
		decimals -= step;
	}
	return value;
}

/* The exact value of a numeric, as units of 10^-scale; an error if a history cannot hold it. */
HistoryMoney
HistoryMoneyFromNumeric(Datum numeric, int *scale)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(numeric);
	const char *bytes = VARDATA_ANY(value);
	int words = (int) (VARSIZE_ANY_EXHDR(value) / sizeof(uint16));
	uint16 header = WordAt(bytes, 0);
	bool negative;
	int dscale;
	int weight;
	int first; /* word of the first digit */
	int decimals;
	HistoryMoney units = 0;

	if ((header & NUM_SPECIAL) == NUM_SPECIAL)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("amount is NaN or infinite"),
				 errhint("Leave such rows out: FILTER (WHERE amount < 'Infinity').")));
	if (header & NUM_SHORT)
	{
		negative = (header & NUM_SHORT_NEGATIVE) != 0;
		dscale = (header >> 7) & 0x3F;
		weight = header & NUM_SHORT_WEIGHT;
		if (header & NUM_SHORT_WEIGHT_SIGN)
			weight |= ~NUM_SHORT_WEIGHT;
		first = 1;
	}
	else
	{
		negative = (header & NUM_NEGATIVE) != 0;
		dscale = header & NUM_DSCALE;
		weight = (int16) WordAt(bytes, 1);
		first = 2;
	}

	*scale = Min(dscale, HISTORY_MAX_SCALE);
	if (words == first)
		return 0;
	/* No digit is zero at both ends: a weight this high is a number above 1e39. */
	if (weight > 9)
		AmountOutOfRange();

	/* All digits as one integer, with `decimals` of them behind the point. */
	decimals = (words - first - 1 - weight) * NUM_DIGIT_DECIMALS;
	for (int i = first; i < words; i++)
	{
		/* More than two digits (base 10000) behind the point cannot be money of 8 decimals ... */
		if (__builtin_mul_overflow(units, (HistoryMoney) 10000, &units) ||
			__builtin_add_overflow(units, (HistoryMoney) WordAt(bytes, i), &units))
		{
			if (decimals > HISTORY_MAX_SCALE)
				break;
			AmountOutOfRange();
		}
	}
	/* ... as the last one is never zero. */
	if (decimals > HISTORY_MAX_SCALE)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("amount has more than %d decimals", HISTORY_MAX_SCALE),
						errhint("Round it on purpose: round(amount, %d).", HISTORY_MAX_SCALE)));

	if (decimals <= *scale)
		units = Shift(units, *scale - decimals);
	else
		units /= Pow10[decimals - *scale]; /* digits behind the display scale are zero */
	if (units >= HISTORY_MONEY_LIMIT)
		AmountOutOfRange();
	return negative ? -units : units;
}

Datum
HistoryMoneyGetNumericDatum(HistoryMoney units, int scale)
{
	char digits[HISTORY_MONEY_TEXT_MAX + 1];

	if (scale < HISTORY_SHOWN_DECIMALS && units == (int32) units)
	{
		units *= Pow10[HISTORY_SHOWN_DECIMALS - scale];
		scale = HISTORY_SHOWN_DECIMALS;
	}
	if (units == (int64) units && scale >= HISTORY_SHOWN_DECIMALS)
		return NumericGetDatum(int64_div_fast_to_numeric((int64) units, scale));

	digits[HistoryMoneyFormat(units, scale, digits)] = '\0';
	return CrmNumericFromText(digits);
}
