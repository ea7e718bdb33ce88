/*
 * The text forms of tiers and ladders: what is legal, what is canonical, what is refused.
 */
#include "unit.h"

#include "core/tier/ladder.h"

#include <string.h>

static char result[TIER_LADDER_TEXT_MAX + 200];

/* A fault as "offset: expected, found". */
static const char *
Fault(const Cursor *in)
{
	snprintf(result, sizeof(result), "%d: %s, %.*s", (int) (in->fault - in->text), in->expected,
			 (int) in->found, in->fault);
	return result;
}

/* Parse a tier from a block of just its size, so that the sanitizers see a byte too far. */
static const char *
ParseTier(const char *input, size_t length)
{
	char *copy = malloc(length + (length == 0));
	Cursor in = CursorStart(copy, length);
	TierSlice label;
	int rank;

	memcpy(copy, input, length);
	if (!TierParse(&in, &rank, &label))
		Fault(&in);
	else if (rank < 0)
		snprintf(result, sizeof(result), "%.*s", (int) label.length, label.at);
	else
		result[TierFormat(rank, label, result)] = '\0';
	free(copy);
	return result;
}

static const char *
ParseLadder(const char *input, size_t length)
{
	char *copy = malloc(length + (length == 0));
	Cursor in = CursorStart(copy, length);
	TierRungs ladder;

	memcpy(copy, input, length);
	if (TierLadderParse(&in, &ladder))
		result[TierLadderFormat(&ladder, result)] = '\0';
	else
		Fault(&in);
	free(copy);
	return result;
}

/* A label of n times the letter a after `3-`. */
static const char *
LongTier(int n)
{
	static char text[200];

	memcpy(text, "3-", 2);
	memset(text + 2, 'a', (size_t) n);
	text[2 + n] = '\0';
	return text;
}

#define LABEL "a label"
#define SPACE "a label, which does not begin with white space"
#define RANKED "a label, which does not begin with digits and a hyphen"
#define CONTROL "a label without control characters"
#define MARK "a label without commas and colons"
#define RANK "a rank of one digit, 0 to 9"

typedef struct Case
{
	const char *input;
	const char *result; /* canonical, or what is wrong */
} Case;

static void
TestTiers(void)
{
	static const Case cases[] = {
		{"3-gold", "3-gold"},
		{"0-a", "0-a"},
		{" \t\v\f3-gold\r\n\v\f", "3-gold"},
		{"3-major customer", "3-major customer"},
		{"3-\xe5\xb0\x8f", "3-\xe5\xb0\x8f"},
		{"3--gold", "3--gold"},
		{"3-10", "3-10"},
		{"3-\"'\\;{}()", "3-\"'\\;{}()"},
		{"gold", "gold"},
		{"3", "3"},
		{"-gold", "-gold"},
		{"3gold", "3gold"},
		{"3 -gold", "3 -gold"},
		{"", "0: " LABEL ", "},
		{" \t ", "3: " LABEL ", "},
		{"3-", "2: " LABEL ", "},
		{"3- ", "2: " SPACE ",  "},
		{"3- gold", "2: " SPACE ",  "},
		{"3-\tgold", "2: " SPACE ", \t"},
		{"3-a\tb", "3: " CONTROL ", \t"},
		{"3-a\x7f", "3: " CONTROL ", \x7f"},
		{"3-\xe5\xb0\x8f\x01\xe5\xb0\x8f", "5: " CONTROL ", \x01"},
		{"a\x1b[31m", "1: " CONTROL ", \x1b"},
		{"3-a,b", "3: " MARK ", ,"},
		{"3-a:b", "3: " MARK ", :"},
		{"a:1", "1: " MARK ", :"},
		{":", "0: " LABEL ", :"},
		{"3-4-gold", "2: " RANKED ", 4-gold"},
		{" 3-44-gold", "3: " RANKED ", 44-gold"},
		{"10-gold", "0: " RANK ", 10-gold"},
		{" 03-gold", "1: " RANK ", 03-gold"},
	};
	const char *long_label;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		ParseTier(cases[i].input, strlen(cases[i].input));
		unit_check(strcmp(result, cases[i].result) == 0, "tier, case %zu: %s", i, result);
	}
	long_label = LongTier(TIER_LABEL_MAX);
	CHECK(strcmp(ParseTier(long_label, strlen(long_label)), long_label) == 0);
	long_label = LongTier(TIER_LABEL_MAX + 1);
	CHECK(strncmp(ParseTier(long_label, strlen(long_label)), "2: a label of at most 63 bytes, a",
				  33) == 0);
	CHECK(strcmp(ParseTier("3-a\0b", 5), "3: " CONTROL ", ") == 0);
	CHECK(strcmp(ParseTier("\0", 1), "0: " CONTROL ", ") == 0);
}

#define RUNG "a tier and its threshold, rank-label:threshold"
#define HYPHEN "a rank and a hyphen before the label"
#define COLON "a colon and a threshold"
#define NUMBER "a plain decimal number, or -infinity for the lowest tier"
#define BEHIND "a comma or the end behind a plain decimal number"
#define DIGITS "a threshold of at most 38 digits"
#define ORDER "a higher threshold than a lower rank has"

static void
TestLadders(void)
{
	static const Case cases[] = {
		{"0-none:0", "0-none:0"},
		{"0-none:0,1-bronze:100", "0-none:0, 1-bronze:100"},
		{" 3-gold : 2000 ,\n 0-none\t:0 ", "0-none:0, 3-gold:2000"},
		{"\v3-gold\f:\r2000\v,\f0-none:0\v", "0-none:0, 3-gold:2000"},
		{"0-a:-0.00, 1-b:+007.50, 2-c:8., 3-d:8.01", "0-a:0, 1-b:7.5, 2-c:8, 3-d:8.01"},
		{"0-a:.5, 1-b:000.50001", "0-a:0.5, 1-b:0.50001"},
		{"0-a:-100, 1-b:-20, 2-c:-19.5, 3-d:0", "0-a:-100, 1-b:-20, 2-c:-19.5, 3-d:0"},
		{"0-a:-INFINITY, 1-b:-99999999999999999999999999999999999999",
		 "0-a:-Infinity, 1-b:-99999999999999999999999999999999999999"},
		{"0-a:-inf", "0-a:-Infinity"},
		{"1-a:0.00000000000000000000000000000000000001, 2-b:12345678901234567890123456789012345678",
		 "1-a:0.00000000000000000000000000000000000001, "
		 "2-b:12345678901234567890123456789012345678"},
		{"", "0: " RUNG ", "},
		{" ", "1: " RUNG ", "},
		{",", "0: " RUNG ", ,"},
		{"0-a:0,", "6: " RUNG ", "},
		{"0-a:0,,1-b:1", "6: " RUNG ", ,"},
		{"0-a", "3: " COLON ", "},
		{"0-a , 1-b:1", "4: " COLON ", ,"},
		{"a:0", "0: " HYPHEN ", a"},
		{":0", "0: " LABEL ", :"},
		{"0-a:0 1-b:1", "6: " BEHIND ", 1-b"},
		{"0-a:0; 1-b:1", "5: " BEHIND ", ;"},
		{"0-a:", "4: " NUMBER ", "},
		{"0-a: x", "5: " NUMBER ", x"},
		{"0-a:.", "4: " NUMBER ", ."},
		{"0-a:-", "4: " NUMBER ", -"},
		{"0-a:--1", "4: " NUMBER ", --1"},
		{"0-a:1e3", "5: " BEHIND ", e3"},
		{"0-a:0x10", "5: " BEHIND ", x10"},
		{"0-a:1.2.3", "7: " BEHIND ", .3"},
		{"0-a:nan", "4: " NUMBER ", nan"},
		{"0-a:infinity", "4: " NUMBER ", infinity"},
		{"0-a:-infinite", "8: " BEHIND ", inite"},
		{"0-a:\xef\xbc\x91", "4: " NUMBER ", \xef\xbc\x91"},
		{"0-a:1, 1-b:2,000", "13: " HYPHEN ", 000"},
		{"0-a:123456789012345678901234567890123456789",
		 "4: " DIGITS ", 123456789012345678901234567890123456789"},
		{"0-a:1.00000000000000000000000000000000000001",
		 "4: " DIGITS ", 1.00000000000000000000000000000000000001"},
		{"0-a:0, 0-b:1", "7: another rank, for each stands once, 0-b"},
		{"0-a c:0, 1-a c:1", "11: another label, for each stands once, a c"},
		{"0-a:0, 1-b:0", "7: " ORDER ", 1-b:0"},
		{"0-a:0, 1-b : -1 ", "7: " ORDER ", 1-b : -1"},
		{"2-c:5, 1-b:50", "0: " ORDER ", 2-c:5"},
		{"0-a:0, 1-b:-inf", "7: " ORDER ", 1-b:-inf"},
		{"0-a:-inf, 1-b:-inf", "10: " ORDER ", 1-b:-inf"},
		{"0-a:1.10, 1-b:1.1", "10: " ORDER ", 1-b:1.1"},
		{"10-a:0", "0: " RANK ", 10-a"},
		{"0-:0", "2: " LABEL ", :"},
		{"0-1-a:0", "2: " RANKED ", 1-a"},
		{"0- a:0", "2: " SPACE ",  "},
	};
	char full[TIER_LADDER_TEXT_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		ParseLadder(cases[i].input, strlen(cases[i].input));
		unit_check(strcmp(result, cases[i].result) == 0, "ladder, case %zu: %s", i, result);
	}

	/* The largest ladder there is: ten rungs, each part as long as it may be. */
	for (int i = 0; i < TIER_RANKS; i++)
		n += (size_t) sprintf(full + n, "%s%d-%c%062d:-0.%02d%036d", i > 0 ? ", " : "", i, 'a' + i,
							  0, 99 - i, 1);
	CHECK(n <= TIER_LADDER_TEXT_MAX);
	CHECK(strcmp(ParseLadder(full, n), full) == 0);
	n += (size_t) sprintf(full + n - 30, ", 9-z:5");
	CHECK(strstr(ParseLadder(full, strlen(full)), ": another rank, for each stands once, 9-z") !=
		  NULL);
}

static void
TestNumbers(void)
{
	static const char *ascending[] = {"-Infinity", "-100", "-20.5", "-20",  "-0.5", "-0.01", "0",
									  "0.01",      "0.1",  "0.11",  "1",    "1.5",  "9.99",  "10",
									  "10.01",     "99",   "100",   "2000", "10000"};
	const int count = (int) (sizeof(ascending) / sizeof(ascending[0]));
	int wrong = 0;

	for (int i = 0; i < count; i++)
		for (int j = 0; j < count; j++)
		{
			int order = TierNumberCompare(ascending[i], ascending[j]);

			wrong += (order > 0) - (order < 0) != (i > j) - (i < j);
		}
	CHECK(wrong == 0);
}

static void
TestFind(void)
{
	Cursor in = CursorStart("0-none:0, 1-go:1, 2-gold:2", 26);
	TierRungs ladder;

	CHECK(TierLadderParse(&in, &ladder));
	CHECK(TierLadderFind(&ladder, (TierSlice){"gold", 4})->rank == 2);
	CHECK(TierLadderFind(&ladder, (TierSlice){"gold", 2})->rank == 1);
	CHECK(TierLadderFind(&ladder, (TierSlice){"gold", 3}) == NULL);
	CHECK(TierLadderFind(&ladder, (TierSlice){"Gold", 4}) == NULL);
	CHECK(TierLadderFind(&ladder, (TierSlice){"", 0}) == NULL);
}

int
main(void)
{
	TestTiers();
	TestNumbers();
	TestLadders();
	TestFind();
	return unit_done();
}
