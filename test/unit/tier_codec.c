/*
 * The text forms of tiers and ladders: what is legal, what is canonical, what is refused.
 */
#include "unit.h"

#include "core/tier/tier.h"

#include <string.h>

/* Parse a tier from a block of just its size, so that the sanitizers see a byte too far. */
static TierStatus
ParseTier(const char *input, size_t length, char *canonical)
{
	char *copy = malloc(length + (length == 0));
	char out[TIER_TEXT_MAX];
	TierSlice label;
	int rank;
	TierStatus status;

	memcpy(copy, input, length);
	canonical[0] = '\0';
	status = TierParse(copy, length, &rank, &label);
	if (status == TIER_OK && rank >= 0)
	{
		size_t n = TierFormat(rank, label, out);

		memcpy(canonical, out, n);
		canonical[n] = '\0';
	}
	else if (status == TIER_OK)
	{
		memcpy(canonical, label.at, label.length);
		canonical[label.length] = '\0';
	}
	free(copy);
	return status;
}

static TierStatus
ParseLadder(const char *input, size_t length, char *canonical, char *wrong)
{
	char *copy = malloc(length + (length == 0));
	char out[LADDER_TEXT_MAX];
	TierRungs ladder;
	TierSlice where;
	TierStatus status;

	memcpy(copy, input, length);
	canonical[0] = wrong[0] = '\0';
	status = TierLadderParse(copy, length, &ladder, &where);
	if (status == TIER_OK)
	{
		size_t n = TierLadderFormat(&ladder, out);

		memcpy(canonical, out, n);
		canonical[n] = '\0';
	}
	else
	{
		memcpy(wrong, where.at, where.length);
		wrong[where.length] = '\0';
	}
	free(copy);
	return status;
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

static void
TestTiers(void)
{
	static const struct
	{
		const char *input;
		TierStatus status;
		const char *canonical;
	} cases[] = {
		{"3-gold", TIER_OK, "3-gold"},
		{"0-a", TIER_OK, "0-a"},
		{" \t3-gold\r\n", TIER_OK, "3-gold"},
		{"3-major customer", TIER_OK, "3-major customer"},
		{"3-\xe5\xb0\x8f", TIER_OK, "3-\xe5\xb0\x8f"},
		{"3--gold", TIER_OK, "3--gold"},
		{"3-10", TIER_OK, "3-10"},
		{"3-\"'\\;{}()", TIER_OK, "3-\"'\\;{}()"},
		{"gold", TIER_OK, "gold"},
		{"3", TIER_OK, "3"},
		{"-gold", TIER_OK, "-gold"},
		{"3gold", TIER_OK, "3gold"},
		{"3 -gold", TIER_OK, "3 -gold"},
		{"", TIER_LABEL_EMPTY, ""},
		{" \t ", TIER_LABEL_EMPTY, ""},
		{"3-", TIER_LABEL_EMPTY, ""},
		{"3- ", TIER_LABEL_EMPTY, ""},
		{"3- gold", TIER_LABEL_BLANK, ""},
		{"3-a\tb", TIER_LABEL_CONTROL, ""},
		{"3-a\x7f", TIER_LABEL_CONTROL, ""},
		{"a\x1b[31m", TIER_LABEL_CONTROL, ""},
		{"3-a,b", TIER_LABEL_MARK, ""},
		{"3-a:b", TIER_LABEL_MARK, ""},
		{"a:1", TIER_LABEL_MARK, ""},
		{"3-4-gold", TIER_LABEL_RANKED, ""},
		{"3-44-gold", TIER_LABEL_RANKED, ""},
		{"10-gold", TIER_RANK_RANGE, ""},
		{"03-gold", TIER_RANK_RANGE, ""},
	};
	char canonical[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		TierStatus status = ParseTier(cases[i].input, strlen(cases[i].input), canonical);

		unit_check(status == cases[i].status && strcmp(canonical, cases[i].canonical) == 0,
				   "tier, case %zu: status %d, %s", i, (int) status, canonical);
	}
	CHECK(ParseTier(LongTier(TIER_LABEL_MAX), 2 + TIER_LABEL_MAX, canonical) == TIER_OK);
	CHECK(ParseTier(LongTier(TIER_LABEL_MAX + 1), 3 + TIER_LABEL_MAX, canonical) ==
		  TIER_LABEL_LONG);
	CHECK(ParseTier("3-a\0b", 5, canonical) == TIER_LABEL_CONTROL);
	CHECK(ParseTier("\0", 1, canonical) == TIER_LABEL_CONTROL);
}

static void
TestOrder(void)
{
	static const char *ascending[] = {"0-z",    "1-a",   "1-aa",           "1-b",
									  "3-gold", "3-vip", "3-\xe5\xb0\x8f", "9-a"};
	int wrong = 0;

	for (int i = 0; i < 8; i++)
		for (int j = 0; j < 8; j++)
		{
			int order =
				TierCompare(ascending[i], strlen(ascending[i]), ascending[j], strlen(ascending[j]));

			wrong += order != (i > j) - (i < j);
		}
	CHECK(wrong == 0);
}

static void
TestLadders(void)
{
	static const struct
	{
		const char *input;
		TierStatus status;
		const char *result; /* canonical, or what is wrong */
	} cases[] = {
		{"0-none:0", TIER_OK, "0-none:0"},
		{"0-none:0,1-bronze:100", TIER_OK, "0-none:0, 1-bronze:100"},
		{" 3-gold : 2000 ,\n 0-none\t:0 ", TIER_OK, "0-none:0, 3-gold:2000"},
		{"0-a:-0.00, 1-b:+007.50, 2-c:8., 3-d:8.01", TIER_OK, "0-a:0, 1-b:7.5, 2-c:8, 3-d:8.01"},
		{"0-a:.5, 1-b:000.50001", TIER_OK, "0-a:0.5, 1-b:0.50001"},
		{"0-a:-100, 1-b:-20, 2-c:-19.5, 3-d:0", TIER_OK, "0-a:-100, 1-b:-20, 2-c:-19.5, 3-d:0"},
		{"0-a:-INFINITY, 1-b:-99999999999999999999999999999999999999", TIER_OK,
		 "0-a:-Infinity, 1-b:-99999999999999999999999999999999999999"},
		{"0-a:-inf", TIER_OK, "0-a:-Infinity"},
		{"1-a:0.00000000000000000000000000000000000001, 2-b:12345678901234567890123456789012345678",
		 TIER_OK,
		 "1-a:0.00000000000000000000000000000000000001, "
		 "2-b:12345678901234567890123456789012345678"},
		{"", LADDER_EMPTY, ""},
		{" ", LADDER_EMPTY, ""},
		{",", LADDER_FORM, ""},
		{"0-a:0,", LADDER_FORM, ""},
		{"0-a:0,,1-b:1", LADDER_FORM, ""},
		{"0-a", LADDER_FORM, "0-a"},
		{"a:0", LADDER_FORM, "a:0"},
		{"0-a:0 1-b:1", LADDER_NUMBER, "0-a:0 1-b:1"},
		{"0-a:0; 1-b:1", LADDER_NUMBER, "0-a:0; 1-b:1"},
		{"0-a:", LADDER_NUMBER, "0-a:"},
		{"0-a:.", LADDER_NUMBER, "0-a:."},
		{"0-a:-", LADDER_NUMBER, "0-a:-"},
		{"0-a:--1", LADDER_NUMBER, "0-a:--1"},
		{"0-a:1e3", LADDER_NUMBER, "0-a:1e3"},
		{"0-a:0x10", LADDER_NUMBER, "0-a:0x10"},
		{"0-a:1.2.3", LADDER_NUMBER, "0-a:1.2.3"},
		{"0-a:nan", LADDER_NUMBER, "0-a:nan"},
		{"0-a:infinity", LADDER_NUMBER, "0-a:infinity"},
		{"0-a:1, 1-b:2,000", LADDER_FORM, "000"},
		{"0-a:123456789012345678901234567890123456789", LADDER_DIGITS,
		 "0-a:123456789012345678901234567890123456789"},
		{"0-a:0, 0-b:1", LADDER_SAME_RANK, "0-b:1"},
		{"0-a:0, 1-a:1", LADDER_SAME_LABEL, "1-a:1"},
		{"0-a:0, 1-b:0", LADDER_ORDER, "1-b:0"},
		{"0-a:0, 1-b:-1", LADDER_ORDER, "1-b:-1"},
		{"2-c:5, 1-b:50", LADDER_ORDER, "2-c:5"},
		{"0-a:0, 1-b:-inf", LADDER_ORDER, "1-b:-inf"},
		{"0-a:-inf, 1-b:-inf", LADDER_ORDER, "1-b:-inf"},
		{"0-a:1.10, 1-b:1.1", LADDER_ORDER, "1-b:1.1"},
		{"10-a:0", TIER_RANK_RANGE, "10-a:0"},
		{"0-:0", TIER_LABEL_EMPTY, "0-:0"},
		{"0-1-a:0", TIER_LABEL_RANKED, "0-1-a:0"},
		{"0- a:0", TIER_LABEL_BLANK, "0- a:0"},
	};
	char canonical[LADDER_TEXT_MAX + 1];
	char wrong[LADDER_TEXT_MAX + 1];
	char full[LADDER_TEXT_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		TierStatus status = ParseLadder(cases[i].input, strlen(cases[i].input), canonical, wrong);

		unit_check(status == cases[i].status &&
					   strcmp(status == TIER_OK ? canonical : wrong, cases[i].result) == 0,
				   "ladder, case %zu: status %d, %s", i, (int) status,
				   status == TIER_OK ? canonical : wrong);
	}

	/* The largest ladder there is: ten rungs, each part as long as it may be. */
	for (int i = 0; i < TIER_RANKS; i++)
		n += (size_t) sprintf(full + n, "%s%d-%c%062d:-0.%02d%036d", i > 0 ? ", " : "", i, 'a' + i,
							  0, 99 - i, 1);
	CHECK(ParseLadder(full, n, canonical, wrong) == TIER_OK);
	CHECK(strcmp(canonical, full) == 0);
	CHECK(n <= LADDER_TEXT_MAX);
	n += (size_t) sprintf(full + n - 50, ", 9-z:5");
	CHECK(ParseLadder(full, strlen(full), canonical, wrong) != TIER_OK);
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
	const char *input = "0-none:0, 1-go:1, 2-gold:2";
	TierRungs ladder;
	TierSlice where;

	CHECK(TierLadderParse(input, strlen(input), &ladder, &where) == TIER_OK);
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
	TestOrder();
	TestNumbers();
	TestLadders();
	TestFind();
	return unit_done();
}
