/*
 * history_text.c: the text of a purchase history: what is read, and what is said of what cannot be.
 */
#include <string.h>

#include "core/history/text.h"
#include "unit.h"

/* Read a history and write it again; or say what is wrong as "offset: expected, found". */
static const char *
Read(const char *input)
{
	static char out[4096];
	char *copy = malloc(strlen(input) + 1);
	Cursor in;
	HistoryEntries set = {.at = malloc((strlen(input) / 2 + 1) * sizeof(HistoryEntry)),
						  .room = strlen(input) / 2 + 1};
	HistoryEntry entry;
	int scale;
	size_t n = 0;

	/* no byte behind the text */
	memcpy(copy, input, strlen(input));
	copy = realloc(copy, strlen(input) + (*input == '\0'));
	in = CursorStart(copy, strlen(input));
	while (HistoryNextFromText(&in, &entry, &scale))
		if (HistoryCollect(&set, &entry, scale) != HISTORY_OK)
		{
			HistoryFailDay(&in, entry.day);
			break;
		}
	if (in.expected == NULL && HistoryNormalise(&set) != HISTORY_OK)
		HistoryFailDay(&in, set.at[set.n].day);
	if (in.expected != NULL)
		snprintf(out, sizeof(out), "%d: %s, %.*s%s", (int) (in.fault - in.text), in.expected,
				 (int) in.found, in.fault, in.out_of_range ? " (out of range)" : "");
	else
	{
		out[0] = '\0';
		for (size_t i = 0; i < set.n; i++)
		{
			if (i > 0)
				out[n++] = ',';
			n += HistoryEntryFormat(&set.at[i], set.scale, out + n);
			out[n] = '\0';
		}
	}
	free(set.at);
	free(copy);
	return out;
}

#define DAY "a day, YYYY-MM-DD"
#define CALENDAR "a day of the calendar"
#define ORDERS "a whole number of orders that fits a bigint"
#define AMOUNT "an amount, a plain decimal number"
#define RANGE "an amount below about 8.5e37 units of its last decimal"
#define SUM \
	"orders of a day that fit a bigint, and money below about 8.5e37 units of the last decimal"

static const struct
{
	const char *input;
	const char *result;
} cases[] = {
	{"", ""},
	{" \t\n\v\f\r", ""},
	{"2024-01-05:2:71.00", "2024-01-05:2:71.00"},
	{"2024-01-05:2:71", "2024-01-05:2:71.00"},
	{" 2024-01-05:2:71.5\v,\f2024-02-11:0:-3.50\r\n", "2024-01-05:2:71.50,2024-02-11:0:-3.50"},
	{"2024-02-11:1:1.123456780,2024-01-05:-1:-0.5,2024-02-11:1:1",
	 "2024-01-05:-1:-0.50000000,2024-02-11:2:2.12345678"},
	{"2024-02-29:1:1,2000-02-29:1:1,0001-01-01:1:1,0001-02-29 BC:1:1,0005-02-29 BC:1:1",
	 "0005-02-29 BC:1:1.00,0001-02-29 "
	 "BC:1:1.00,0001-01-01:1:1.00,2000-02-29:1:1.00,2024-02-29:1:1.00"},
	{"4714-11-24 BC:1:1,5874897-12-31:1:1", "4714-11-24 BC:1:1.00,5874897-12-31:1:1.00"},
	{"2024-01-05:9223372036854775807:0,2024-01-06:-9223372036854775807:0",
	 "2024-01-05:9223372036854775807:0.00,2024-01-06:-9223372036854775807:0.00"},
	{"2024-01-05:0001:0001.500", "2024-01-05:1:1.50"},
	{"2024-01-05:1:85070591730234615865843651857942052863",
	 "2024-01-05:1:85070591730234615865843651857942052863.00"},
	{"x", "0: " DAY ", x"},
	{",", "0: " DAY ", ,"},
	{"\xe5\xb0\x8f:1:1", "0: " DAY ", \xe5\xb0\x8f"},
	{"2024-01-05:1:1,", "15: " DAY ", "},
	{"2024-01-05:1:1,,2024-01-06:1:1", "15: " DAY ", ,"},
	{"2024-1-5:1:1", "0: " DAY ", 2024-1-5"},
	{"24-01-05:1:1", "0: " DAY ", 24-01-05"},
	{"20240105:1:1", "0: " DAY ", 20240105"},
	{"99999999-01-01:1:1", "0: " DAY ", 99999999-01-01"},
	{" infinity:1:1", "1: " DAY ", infinity"},
	{"0000-01-01:1:1", "0: a day of the calendar, which has no year 0, 0000-01-01"},
	{"2023-02-29:1:1", "0: " CALENDAR ", 2023-02-29"},
	{"1900-02-29:1:1", "0: " CALENDAR ", 1900-02-29"},
	{"0004-02-29:1:1,0004-02-29 BC:1:1", "15: " CALENDAR ", 0004-02-29 BC"},
	{"2024-13-01:1:1", "0: " CALENDAR ", 2024-13-01"},
	{"2024-00-01:1:1", "0: " CALENDAR ", 2024-00-01"},
	{"2024-01-00:1:1", "0: " CALENDAR ", 2024-01-00"},
	{"2024-01-32:1:1", "0: " CALENDAR ", 2024-01-32"},
	{"5874898-01-01:1:1", "0: a day from 4714-11-24 BC to 5874897-12-31, 5874898-01-01"},
	{"4714-11-23 BC:1:1", "0: a day from 4714-11-24 BC to 5874897-12-31, 4714-11-23 BC"},
	{"2024-01-05", "10: a colon and the number of orders, "},
	{"2024-01-05 71.00", "10: a colon and the number of orders,  "},
	{"2024-01-05AD:1:1", "10: a colon and the number of orders, AD"},
	{"2024-01-05:", "11: " ORDERS ", "},
	{"2024-01-05::1", "11: " ORDERS ", :"},
	{"2024-01-05:+1:1", "11: " ORDERS ", +1"},
	{"2024-01-05:9223372036854775808:1", "11: " ORDERS ", 9223372036854775808"},
	{"2024-01-05:-9223372036854775808:1", "11: " ORDERS ", -9223372036854775808"},
	{"2024-01-05:1", "12: a colon and the amount, "},
	{"2024-01-05:1.5:1", "12: a colon and the amount, .5"},
	{"2024-01-05:1:", "13: " AMOUNT ", "},
	{"2024-01-05:1:NaN", "13: " AMOUNT ", NaN"},
	{"2024-01-05:1:.5", "13: " AMOUNT ", .5"},
	{"2024-01-05:1:5.", "13: " AMOUNT ", 5."},
	{"2024-01-05:1:--1", "13: " AMOUNT ", --1"},
	{"2024-01-05:1: 1", "13: " AMOUNT ",  "},
	{"2024-01-05:1:0.123456789", "13: an amount of at most 8 decimals, 0.123456789"},
	{"2024-01-05:1:85070591730234615865843651857942052864",
	 "13: " RANGE ", 85070591730234615865843651857942052864"},
	{"2024-01-05:1:99999999999999999999999999999999999999999",
	 "13: " RANGE ", 99999999999999999999999999999999999999999"},
	{"2024-01-05:1:1e5", "14: a comma and another day, e5"},
	{"2024-01-05:1:1.2.3", "16: a comma and another day, .3"},
	{"2024-01-05:1:1 2024-01-06:1:1", "15: a comma and another day, 2024-01-06"},
	{"2024-01-05:1:1;2024-01-06:1:1", "14: a comma and another day, ;"},
	{"2024-01-01:9223372036854775807:1 , 2024-01-02:1:1 , 2024-01-01:1:1",
	 "52: " SUM ", 2024-01-01:1:1 (out of range)"},
	{"2024-01-01:1:85070591730234615865843651857942052863,2024-01-02:1:0.1,2024-01-03:1:1",
	 "52: " SUM ", 2024-01-02:1:0.1 (out of range)"},
	{"2024-01-01:1:60000000000000000000000000000000000000,2024-01-01:1:"
	 "60000000000000000000000000000000000000",
	 "52: " SUM ", 2024-01-01:1:60000000000000000000000000000000000000 (out of range)"},
};

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const char *result = Read(cases[i].input);

		unit_check(strcmp(result, cases[i].result) == 0, "\"%s\": %s", cases[i].input, result);
	}
	return unit_done();
}
