/*
 * btyd_text.c: the text of counted customers: what is read and written, and what is said of what
 * cannot be read.
 */
#include <string.h>

#include "core/clv/data_text.h"
#include "unit.h"

static int
FormatNumber(double value, char *out)
{
	return sprintf(out, "%.17g", value);
}

/* Read data and write them again, rows as they came; or "offset: expected, found". */
static const char *
Read(const char *input)
{
	static char out[4096];
	size_t size = strlen(input), n = 0;
	char *copy = malloc(size + (size == 0));
	BtydTextReader reader = {.in = CursorStart(copy, size)};
	BtydRow rows[16];
	BtydData data = {.rows = rows};
	BtydRow row;

	/* a block of just its size, so that the sanitizers see a byte too far */
	memcpy(copy, input, size);
	if (BtydTextHead(&reader.in, &data))
		while (BtydTextNext(&reader, &row))
		{
			rows[BtydRowCount(&data)] = row;
			data.n[reader.lists - 1]++;
		}
	if (reader.in.expected != NULL)
		snprintf(out, sizeof(out), "%d: %s, %.*s%s", (int) (reader.in.fault - copy),
				 reader.in.expected, (int) reader.in.found, reader.in.fault,
				 reader.in.out_of_range ? " (out of range)" : "");
	else
	{
		n = BtydTextPutHead(&data, FormatNumber, out);
		for (size_t i = 0; i < BtydRowCount(&data); i++)
			n += BtydTextPutRow(&data, i, FormatNumber, out + n);
		out[n] = '\0';
	}
	free(copy);
	return out;
}

#define NONE "no_purchase=0 invalid=0 null=0 merged=0 no_spend=0"
#define UNIT "unit_days= and a number"
#define POSITIVE "a finite number above 0"
#define NUMBER "a finite number, not negative"
#define WHOLE "a whole number below 2^53"
#define COLON "a colon and a number"
#define COUNTER                                                                               \
	"rows=, spend=, days=, gaps=, or the next of as_of, no_purchase, invalid, null, merged, " \
	"no_spend"
#define SPACE "white space or the end of the text"
#define COMMA "a comma, white space or the end of the text"
#define ROW "x:t_x:t*n with whole x >= 0, 0 <= t_x <= t, n > 0, and t_x = 0 where x = 0"
#define SPEND "x:m_x*n with whole x > 0, m_x > 0, n > 0"
#define DAY "a day, YYYY-MM-DD"
#define DAYS "a day, *n with n > 0 after it or nothing"
#define GAPS "days*n with whole days from 1 to 2147483493, n > 0"
#define PURCHASES "fewer than 2^53 purchases in all"
#define SUM "fewer than 2^53 customers in all"

static const struct
{
	const char *input;
	const char *result;
} cases[] = {
	{"unit_days=7", "unit_days=7 " NONE},
	{"\v\funit_days=30.5\r\nmerged=2\f\vno_spend=1\trows=0:0:38.5*12,1:2:3 \n spend=1:14.5\v",
	 "unit_days=30.5 no_purchase=0 invalid=0 null=0 merged=2 no_spend=1 rows=0:0:38.5*12,1:2:3 "
	 "spend=1:14.5"},
	{"unit_days=7 no_purchase=1 invalid=2 null=3 merged=4 no_spend=9007199254740991",
	 "unit_days=7 no_purchase=1 invalid=2 null=3 merged=4 no_spend=9007199254740991"},
	{"unit_days=1e-300 rows=2:5e-324:1.7976931348623157e308,1:.5:1.",
	 "unit_days=1e-300 " NONE " rows=2:4.9406564584124654e-324:1.7976931348623157e+308,1:0.5:1"},
	{"unit_days=7 spend=3:0.1*2", "unit_days=7 " NONE " spend=3:0.10000000000000001*2"},
	{"unit_days=1 as_of=2024-03-01 days=0044-03-15 BC,1999-12-31*2,2000-01-01 gaps=1*7,2147483493",
	 "unit_days=1 as_of=2024-03-01 " NONE
	 " days=0044-03-15 BC,1999-12-31*2,2000-01-01 gaps=1*7,2147483493"},
	{"unit_days=1  as_of=4714-11-24 BC null=1 rows=0:0:1 gaps=2",
	 "unit_days=1 as_of=4714-11-24 BC no_purchase=0 invalid=0 null=1 merged=0 no_spend=0 "
	 "rows=0:0:1 gaps=2"},
	{"unit_days=1 gaps=1e3*2,9.0", "unit_days=1 " NONE " gaps=1000*2,9"},
	{"unit_days=1 as_of=", "18: " DAY ", "},
	{"unit_days=1 as_of=infinity", "18: " DAY ", infinity"},
	{"unit_days=1 as_of=2023-02-29", "18: a day of the calendar, 2023-02-29"},
	{"unit_days=1 null=0 as_of=2023-02-28", "19: " COUNTER ", as_of"},
	{"unit_days=1 as_of=2023-02-28 as_of=2023-02-28", "29: " COUNTER ", as_of"},
	{"unit_days=1 days=", "17: " DAY ", "},
	{"unit_days=1 days=7", "17: " DAY ", 7"},
	{"unit_days=1 days=2024-01-01*0", "17: " DAYS ", 2024-01-01*0"},
	{"unit_days=1 days=2024-01-01:1", "27: " COMMA ", :"},
	{"unit_days=1 gaps=0", "17: " GAPS ", 0"},
	{"unit_days=1 gaps=2147483494", "17: " GAPS ", 2147483494"},
	{"unit_days=1 gaps=1.5", "17: " GAPS ", 1.5"},
	{"unit_days=1 gaps=1*0", "17: " GAPS ", 1*0"},
	{"unit_days=1 gaps=-1", "17: " NUMBER ", -1"},
	{"unit_days=1 gaps=1 days=2024-01-01", "19: the end of the text, days"},
	{"unit_days=1 days=2024-01-01 rows=0:0:1", "28: gaps= or the end of the text, rows"},
	{"unit_days=1 spend=1:1 rows=0:0:1", "22: days=, gaps= or the end of the text, rows"},
	{"unit_days=1 days=2024-01-01*9007199254740991 gaps=1*9007199254740991,2",
	 "69: " PURCHASES ", 2 (out of range)"},
	{"", "0: " UNIT ", "},
	{"rows=0:0:1", "0: " UNIT ", rows"},
	{"unit_days", "0: " UNIT ", unit_days"},
	{"unit_days=", "10: " POSITIVE ", "},
	{"unit_days=0", "10: " POSITIVE ", 0"},
	{"unit_days=-1", "10: " POSITIVE ", -1"},
	{"unit_days=nan", "10: " POSITIVE ", nan"},
	{"unit_days=inf", "10: " POSITIVE ", inf"},
	{"unit_days=0x10", "10: " POSITIVE ", 0x10"},
	{"unit_days=1e999", "10: " POSITIVE ", 1e999"},
	{"unit_days=1e-999", "10: " POSITIVE ", 1e-999"},
	{"unit_days=7rows=0:0:1", "11: " SPACE ", rows"},
	{"unit_days=7,5", "11: " SPACE ", ,"},
	{"unit_days=7 nonsense", "12: " COUNTER ", nonsense"},
	{"unit_days=7 \xe5\xb0\x8f", "12: " COUNTER ", \xe5\xb0\x8f"},
	{"unit_days=7 null=0 invalid=0", "19: " COUNTER ", invalid"},
	{"unit_days=7 merged=1.5", "19: " WHOLE ", 1.5"},
	{"unit_days=7 merged=-1", "19: " WHOLE ", -1"},
	{"unit_days=7 merged=9007199254740992", "19: " WHOLE ", 9007199254740992"},
	{"unit_days=7 rows=", "17: " NUMBER ", "},
	{"unit_days=7 rows=-1:0:1", "17: " NUMBER ", -1"},
	{"unit_days=7 rows=0:0", "20: " COLON ", "},
	{"unit_days=7 rows=0,0:1", "18: " COLON ", ,"},
	{"unit_days=7 rows=0:0:nan", "21: " NUMBER ", nan"},
	{"unit_days=7 rows=1:2:1", "17: " ROW ", 1:2:1"},
	{"unit_days=7 rows=0:0:1,0:1:1*3", "23: " ROW ", 0:1:1*3"},
	{"unit_days=7 rows=1.5:1:1", "17: " ROW ", 1.5:1:1"},
	{"unit_days=7 rows=0:0:1*0", "17: " ROW ", 0:0:1*0"},
	{"unit_days=7 rows=0:0:1*1.5", "23: " WHOLE ", 1.5"},
	{"unit_days=7 rows=0:0:1,", "23: " NUMBER ", "},
	{"unit_days=7 rows=0:0:1, 0:0:2", "23: " NUMBER ",  "},
	{"unit_days=7 rows=0:0:1;0:0:2", "22: " COMMA ", ;"},
	{"unit_days=7 rows=0:0:1 rows=0:0:2", "23: spend=, days=, gaps= or the end of the text, rows"},
	{"unit_days=7 spend=0:1", "18: " SPEND ", 0:1"},
	{"unit_days=7 spend=1:0", "18: " SPEND ", 1:0"},
	{"unit_days=7 spend=1:1:1", "21: " COMMA ", :"},
	{"unit_days=7 rows=0:0:1*9007199254740991,0:0:2", "40: " SUM ", 0:0:2 (out of range)"},
	{"unit_days=7 rows=0:0:1*9007199254740991 spend=1:1*9007199254740991,2:1",
	 "67: " SUM ", 2:1 (out of range)"},
};

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const char *result = Read(cases[i].input);

		unit_check(strcmp(result, cases[i].result) == 0, "case %zu: %s", i, result);
	}
	return unit_done();
}
