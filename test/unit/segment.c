/*
 * segment.c: cells and patterns, schemes, and the cuts against mid-ranks computed the plain way.
 */
#include <string.h>

#include "core/segment/sample.h"
#include "core/segment/scheme.h"
#include "env.h"
#include "unit.h"

static uint64_t state = 42;

/* splitmix64: all that random test data needs. */
static uint64_t
Random(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* A fault as "offset: expected, found". */
static const char *
Fault(const Cursor *in)
{
	static char out[4096];

	snprintf(out, sizeof(out), "%d: %s, %.*s", (int) (in->fault - in->text), in->expected,
			 (int) in->found, in->fault);
	return out;
}

typedef struct Case
{
	const char *text;
	const char *result; /* canonical, or what is wrong */
} Case;

/* ---------------------------------------------------------------- cells and patterns */

static void
TestCells(void)
{
	int valid = 0, wrong = 0;

	for (int cell = -1; cell < 1000; cell++)
		valid += CellIsValid(cell);
	CHECK(valid == RFM_CELLS);
	for (int i = 0; i < RFM_CELLS; i++)
		wrong += !CellIsValid(CellFromIndex(i)) || CellIndex(CellFromIndex(i)) != i ||
				 (i > 0 && CellFromIndex(i) <= CellFromIndex(i - 1));
	CHECK(wrong == 0);
	CHECK(CellSetCount(CellSetBought(5)) == 125 && CellSetCount(CellSetBought(3)) == 27);
	CHECK(CellSetHighestDigit(CellSetBought(3)) == 3);
	CHECK(CellSetHighestDigit((CellSet){{1, 0}}) == 0);
	CHECK(CellSetHighestDigit((CellSet){{0, 0}}) == 0);
}

static bool
SameSet(CellSet a, CellSet b)
{
	return CellSetCompare(a, b) == 0;
}

static void
TestPatterns(void)
{
	int lost = 0, overlapping = 0, unstable = 0;
	size_t longest = 0;

	for (int i = 0; i < 20000; i++)
	{
		/* dense, sparse and blocky sets */
		CellSet set = {{Random(), Random()}}, back;
		char text[CELL_SET_TEXT_SIZE], again[CELL_SET_TEXT_SIZE];
		Cursor in;
		size_t size;
		int cells = 0;

		if (i % 3 == 1)
			set = CellSetIntersection(set, (CellSet){{Random() & Random(), Random() & Random()}});
		if (i % 3 == 2)
			set = CellSetIntersection(CellSetBought(1 + i % 5), set);
		set.bits[1] &= (UINT64_C(1) << (RFM_CELLS - 64)) - 1;
		size = CellSetPrint(set, text);
		longest = size > longest ? size : longest;
		in = CursorStart(text, size);
		lost += !CellSetParse(&in, &back) || !SameSet(set, back);
		CellSetPrint(back, again);
		unstable += strcmp(text, again) != 0;
		/* the patterns of the canonical form share no cell */
		for (char *pattern = strtok(text, ", "); pattern != NULL; pattern = strtok(NULL, ", "))
		{
			in = CursorStart(pattern, strlen(pattern));
			CellSetParse(&in, &back);
			cells += CellSetCount(back);
		}
		overlapping += cells != CellSetCount(set);
	}
	CHECK(lost == 0);
	CHECK(unstable == 0);
	CHECK(overlapping == 0);
	CHECK(longest < CELL_SET_TEXT_SIZE);
}

#define SCORE "a score from 1 (worst) to 5 (best)"
#define POSITION SCORE ", * or a class such as [345]"
#define ZERO "scores from 1 (worst) to 5 (best), or 000 for customers who never bought"

static void
TestPatternText(void)
{
	static const Case cases[] = {
		{"", ""},
		{" \t\n\v\f\r", ""},
		{"\v555\f,\t554\r\n000 ", "55[45], 000"},
		{"555,554", "55[45]"},
		{"[1-24]**", "[124]**"},
		{"[11-1]55", "155"},
		{",", "0: " POSITION ", ,"},
		{"555,", "4: " POSITION ", "},
		{"555, ,444", "5: " POSITION ", ,"},
		{"555;444", "3: another pattern, ;"},
		{"5x5", "1: " POSITION ", x5"},
		{"5\xe5\xb0\x8f", "1: " POSITION ", \xe5\xb0\x8f"},
		{"55", "2: " POSITION ", "},
		{"55 5", "2: " POSITION ",  "},
		{"5555", "3: white space or a comma after three positions, 5"},
		{"55[", "3: " SCORE ", "},
		{"55[]", "3: " SCORE ", ]"},
		{"55[345", "6: " SCORE ", a hyphen or a closing bracket, "},
		{"55[5-3]", "5: a score that is not below the first of its range, 3"},
		{"55[3-", "5: " SCORE ", "},
		{"55[3-]", "5: " SCORE ", ]"},
		{"55[a]", "3: " SCORE ", a"},
		{"55[3,4]", "4: " SCORE ", a hyphen or a closing bracket, ,"},
		{"556", "2: " POSITION ", 6"},
		{"55[6]", "3: " SCORE ", 6"},
		{"111 043", "4: " ZERO ", 043"},
		{"[0-5]55", "0: " ZERO ", [0-5]55"},
	};
	static const Case cells[] = {
		{"543", "543"},
		{"000", "0"},
		{"", "0: " SCORE ", "},
		{" 543", "0: " SCORE ",  "},
		{"54", "2: " SCORE ", "},
		{"5432", "3: the end of the text after three scores, 2"},
		{"543 ", "3: the end of the text after three scores,  "},
		{"546", "2: " SCORE ", 6"},
		{"540", "0: " ZERO ", 540"},
		{"\xef\xbc\x95"
		 "43",
		 "0: " SCORE ", \xef\xbc\x95"
		 "43"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Cursor in = CursorStart(cases[i].text, strlen(cases[i].text));
		CellSet set;
		char out[CELL_SET_TEXT_SIZE];
		const char *result = out;

		if (CellSetParse(&in, &set))
			CellSetPrint(set, out);
		else
			result = Fault(&in);
		unit_check(strcmp(result, cases[i].result) == 0, "patterns, case %zu: %s", i, result);
	}
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
	{
		Cursor in = CursorStart(cells[i].text, strlen(cells[i].text));
		int cell;
		char out[12];
		const char *result = out;

		if (CellParse(&in, &cell))
			snprintf(out, sizeof(out), "%d", cell);
		else
			result = Fault(&in);
		unit_check(strcmp(result, cells[i].result) == 0, "cell, case %zu: %s", i, result);
	}
}

/* ---------------------------------------------------------------- schemes */

static const char *
ParseScheme(const char *text)
{
	static char out[300000];
	uint8_t *bytes = malloc(SCHEME_SIZE_BOUND(strlen(text)));
	size_t size;
	Cursor in = CursorStart(text, strlen(text));
	bool ok = SchemeParse(&in, bytes, &size);

	if (ok)
		SchemePrint((SchemeView){bytes, size}, out);
	free(bytes);
	return ok ? out : Fault(&in);
}

#define START "the name of a preset, or rules, name: patterns"
#define QUOTE "no quote, or all of the name between quotes"
#define COLON "a colon and patterns"
#define TWICE "another name, for each stands once"
#define CONTROL "a name without control characters"
#define ELSE "the end of the text after else"

static void
TestSchemes(void)
{
	static const Case cases[] = {
		{" A : 555 ;", "A: 555"},
		{"A B:\n555,\n554", "A B: 55[45]"},
		{"A\n: 555", "A: 555"},
		{"\vA\f:\r555\t;\fB: 444\v", "A: 555; B: 444"},
		{"A: 555; ELSE: rest ", "A: 555; else: rest"},
		{"\"else\": 555; else: \"a;b\"", "\"else\": 555; else: \"a;b\""},
		{"else: a; ", "9: a rule with patterns, "},
		{"\"a\"\"b\" : 555", "\"a\"\"b\": 555"},
		{"\" a\": 555", "\" a\": 555"},
		{"小: 555; 普通: 000", "小: 555; 普通: 000"},
		{"", "0: " START ", "},
		{"  ", "2: " START ", "},
		{"else: a", "7: a rule with patterns, "},
		{" cells12\n", "1: " START ", cells12"},
		{"CELLS11", "0: " START ", CELLS11"},
		{"A; B: 555", "1: " COLON ", ;"},
		{"A: 555; B", "9: " COLON ", "},
		{"A: 555; else", "12: a colon and the name of all other cells, "},
		{": 555", "0: a name, :"},
		{"\"\": 555", "0: a name, \"\""},
		{"\"  \": 555", "0: a name of more than blanks, \"  \""},
		{"\"A: 555", "7: a closing quote, "},
		{"A\"B: 555", "1: " QUOTE ", \""},
		{"A\nB: 555", "1: " CONTROL ", \n"},
		{"小\x7f: 555", "3: " CONTROL ", \x7f"},
		{"\"A\" B: 555", "4: " COLON ", B"},
		{"A: 555;; B: 444", "7: a name, ;"},
		{"A: 555; else: \"b\" c", "18: a semicolon or the end of the text, c"},
		{"A: 555; else: ", "14: a name, "},
		{"A: 555 ; A : 444", "9: " TWICE ", A"},
		{"A: 555; else: A", "14: " TWICE ", A"},
		{"A: ; B: 444", "3: a pattern, ;"},
		{"A:", "2: a pattern, "},
		{"A: 55", "5: " POSITION ", "},
		{"A: 55; B: 444", "5: " POSITION ", ;"},
		{"A: 555,; B: 444", "7: " POSITION ", ;"},
		{"A: 555: 444", "6: white space or a comma after three positions, :"},
		{"A: 555; else: x; B: 444", "17: " ELSE ", B"},
		{"A: 555; else: x; else: y", "17: " ELSE ", else"},
	};
	static char many[8192];
	char *at = many;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const char *result = ParseScheme(cases[i].text);

		unit_check(strcmp(result, cases[i].result) == 0, "scheme, case %zu: %s", i, result);
	}
	for (int i = 0; i < SCHEME_MAX_RULES; i++)
		at += sprintf(at, "n%d: 555;", i);
	CHECK(strncmp(ParseScheme(many), "n0: 555; n1: 555; ", 18) == 0);
	sprintf(at, "more: 555");
	CHECK(strstr(ParseScheme(many), ": at most 250 rules, more: 555") != NULL);
	sprintf(at, "else: more");
	CHECK(strstr(ParseScheme(many), "; else: more") != NULL);
	memset(many, 'x', 256);
	strcpy(many + 255, ": 555");
	CHECK(strlen(ParseScheme(many)) == 260);
	memset(many, 'x', 256);
	strcpy(many + 256, ": 555");
	CHECK(strncmp(ParseScheme(many), "0: a name of at most 255 bytes, x", 33) == 0);
}

/* ---------------------------------------------------------------- cuts */

static const char *
ParseCuts(const char *text)
{
	static char out[RFM_CUTS_TEXT_SIZE];
	Cursor in = CursorStart(text, strlen(text));
	RfmCuts cuts;

	if (!RfmCutsParse(&in, &cuts))
		return Fault(&in);
	RfmCutsPrint(&cuts, out);
	return out;
}

static void
TestCutsText(void)
{
	static const char *const good[] = {
		"recency <= 365 180, purchase_days >= 2 4, revenue >= 50.00 200.00",
		"recency <= 0, orders >= -3, average_order_value >= none",
		"recency <= 9 none, orders >= 2 3, revenue >= 1.00 none, fresh_days 2147483647",
		"recency <= 4 3 2 none, orders >= none none none none, revenue >= -5.00 -1.12345678 0.00 "
		"85070591730234615865843651857.94205286",
	};
	static const Case bad[] = {
		{"", "0: recency, "},
		{"recency", "7: <=, "},
		{"recency <= , orders >= 1, revenue >= 1",
		 "11: one to four cuts, for two to five levels, ,"},
		{"recency <= 1, orders >= 1", "25: revenue or average_order_value, "},
		{"recency >= 1, orders >= 1, revenue >= 1", "8: <=, >"},
		{"recency <= 1, order >= 1, revenue >= 1", "14: purchase_days or orders, order"},
		{"recency <= 1, orders >= 1, sales >= 1", "27: revenue or average_order_value, sales"},
		{"recency <= 1 2, orders >= 1 2, revenue >= 1 2",
		 "13: no more days than before: fewer are a better score, 2"},
		{"recency <= 2 1, orders >= 2 1, revenue >= 1 2", "28: no smaller number than before, 1"},
		{"recency <= 2 1, orders >= 1 2, revenue >= 2.5 1.75",
		 "46: no smaller amount than before, 1.75"},
		{"recency <= 2 1, orders >= 1, revenue >= 1 2", "27: as many cuts as recency has, ,"},
		{"recency <= 2, orders >= 1 2, revenue >= 1", "26: no more cuts than recency has, 2"},
		{"recency <= none 1, orders >= 1 2, revenue >= 1 2",
		 "16: none, for nobody reaches a cut behind none, 1"},
		{"recency <= -1, orders >= 1, revenue >= 1",
		 "11: a number of days, 0 to 2147483647, or none, -1"},
		{"recency <= 2147483648, orders >= 1, revenue >= 1",
		 "11: a number of days, 0 to 2147483647, or none, 2147483648"},
		{"recency <= 1, orders >= 9223372036854775808, revenue >= 1",
		 "24: a whole number that fits a bigint, or none, 9223372036854775808"},
		{"recency <= 1, orders >= 1, revenue >= 1.123456789",
		 "38: an amount of at most 8 decimals, 1.123456789"},
		{"recency <= 1, orders >= 1, revenue >= x", "38: an amount, a plain decimal number, x"},
		{"recency <= 1, orders >= 1, revenue >= 1e5",
		 "39: white space between cuts, a comma between measures, e5"},
		{"recency <= 1, orders >= 1, revenue >= 1, 2",
		 "41: fresh_days, or the end of the text after three measures, 2"},
		{"recency <= 1, orders >= 1, revenue >= 1, fresh_days",
		 "51: a number of days, 0 to 2147483647, "},
		{"recency <= 1, orders >= 1, revenue >= 1, fresh_days -1",
		 "52: a number of days, 0 to 2147483647, -1"},
		{"recency <= 1, orders >= 1, revenue >= 1, fresh_days 7 8", "54: the end of the text, 8"},
		{"recency <= 1x, orders >= 1, revenue >= 1",
		 "12: white space between cuts, a comma between measures, x"},
		{"recency <= 5 4 3 2 1, orders >= 1 2 3 4 5, revenue >= 1 2 3 4 5",
		 "19: at most four cuts, for five levels, 1"},
		{"recency <= 1 1, orders >= 1 1, revenue >= 0.1 85070591730234615865843651857942052863",
		 "46: an amount that has room for the others' decimals, "
		 "85070591730234615865843651857942052863"},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		unit_check(strcmp(ParseCuts(good[i]), good[i]) == 0, "cuts \"%s\"", good[i]);
	unit_check(strcmp(ParseCuts("\frecency<=1\v,\torders>=1\r\n,revenue >=1 \n"),
					  "recency <= 1, orders >= 1, revenue >= 1.00") == 0,
			   "cuts between every kind of white space");
	CHECK(strcmp(ParseCuts("recency <= 1, orders >= 1, revenue >= 1 , fresh_days 0 "),
				 "recency <= 1, orders >= 1, revenue >= 1.00") == 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		unit_check(strcmp(ParseCuts(bad[i].text), bad[i].result) == 0, "no cuts: \"%s\": %s",
				   bad[i].text, ParseCuts(bad[i].text));
}

/* SQL's expression in SQL's arithmetic. */
static int
PlainScore(int levels, int64_t below, int64_t ties, int64_t n)
{
	return 1 + (int) floor(levels * ((double) below + (double) ties / 2) / (double) n);
}

/* The claim of sample.c: floating point and whole numbers agree, at and around every threshold. */
static void
TestFloatAgrees(void)
{
	int64_t wrong = 0;

	for (int levels = 2; levels <= 5; levels++)
	{
		for (int64_t n = 1; n < 150; n++)
			for (int64_t below = 0; below < n; below++)
				for (int64_t ties = 1; ties <= n - below; ties++)
					wrong += PlainScore(levels, below, ties, n) !=
							 1 + levels * (2 * below + ties) / (2 * n);
		for (int i = 0; i < 200000; i++)
		{
			int64_t n = 2 + (int64_t) (Random() >> (16 + Random() % 40)), k = 1 + i % (levels - 1);
			int64_t wanted = (int64_t) ((2 * (HistoryMoney) k * n + levels - 1) / levels);

			for (int64_t rank = wanted - 1; rank <= wanted; rank++)
				wrong += (PlainScore(levels, (rank - 1) / 2, 1 + (rank - 1) % 2, n) > k) !=
						 (rank >= wanted);
		}
	}
	CHECK(wrong == 0);
}

#define MOST 400

/* Customers at random, with many ties or few, near or far apart. */
static int
RandomCustomers(RfmMeasures *customer)
{
	int n = 1 + (int) (Random() % (Random() % 4 == 0 ? 8 : MOST));
	int kind = (int) (Random() % 5);

	for (int i = 0; i < n; i++)
	{
		customer[i].recency = (int32_t) (Random() % (kind == 0 ? 3 : kind == 1 ? 30 : 100000));
		customer[i].frequency = (int64_t) (Random() % (kind == 2 ? 2 : 40)) - 1;
		customer[i].scale = kind == 3 ? (int) (Random() % 9) : 2;
		customer[i].monetary = (HistoryMoney) (Random() % (kind == 1 ? 5 : 5000)) - 20;
		if (kind == 4)
			customer[i].monetary = (HistoryMoney) (int64_t) Random() * (int64_t) (Random() >> 40) *
								   (HistoryMoney) (Random() % 3);
		if (kind == 4 && i % 7 == 0)
		{
			customer[i].recency = INT32_MAX - i % 2;
			customer[i].frequency = i % 2 ? INT64_MAX : INT64_MIN;
		}
	}
	return n;
}

/* Compare two amounts by going to eight decimals. */
static HistoryMoney
AtScale8(const RfmMeasures *customer)
{
	HistoryMoney v = customer->monetary;

	for (int i = customer->scale; i < 8; i++)
		v *= 10;
	return v;
}

static void
TestCuts(void)
{
	static RfmMeasures customer[MOST];
	static uint8_t log[MOST * RFM_LOG_ENTRY_SIZE];
	int64_t wrong = 0, scored = 0, unreadable = 0;

	for (int round = 0; round < 2000; round++)
	{
		int n = RandomCustomers(customer), levels = 2 + round % 4;
		size_t size = 0;
		RfmCuts cuts, back;
		char text[RFM_CUTS_TEXT_SIZE];
		Cursor in;

		for (int i = 0; i < n; i++)
			size += RfmLogPut(log + size, &customer[i]);
		if (!RfmLogCheck((RfmLogReader){log, log + size}, n) ||
			RfmLogCut((RfmLogReader){log, log + size}, n, levels, &test_env, &cuts) != RFM_LOG_OK ||
			RfmCutsWrong(&cuts) != NULL)
		{
			wrong++;
			continue;
		}
		in = CursorStart(text, RfmCutsPrint(&cuts, text));
		unreadable += !RfmCutsParse(&in, &back) || memcmp(&cuts, &back, sizeof(cuts)) != 0;
		for (int i = 0; i < n; i++)
		{
			int64_t below[3] = {0, 0, 0}, ties[3] = {0, 0, 0};
			int score = RfmScore(&cuts, &customer[i]), plain[3];
			bool newest = true;

			for (int j = 0; j < n; j++)
			{
				below[0] += customer[j].recency > customer[i].recency;
				ties[0] += customer[j].recency == customer[i].recency;
				newest = newest && customer[j].recency >= customer[i].recency;
				below[1] += customer[j].frequency < customer[i].frequency;
				ties[1] += customer[j].frequency == customer[i].frequency;
				below[2] += AtScale8(&customer[j]) < AtScale8(&customer[i]);
				ties[2] += AtScale8(&customer[j]) == AtScale8(&customer[i]);
			}
			for (int k = 0; k < 3; k++)
				plain[k] = PlainScore(levels, below[k], ties[k], n);
			if (newest)
				plain[0] = levels;
			if (customer[i].frequency <= 1)
				plain[1] = 1;
			wrong += score != plain[0] * 100 + plain[1] * 10 + plain[2];
			scored++;
		}
	}
	CHECK(wrong == 0);
	CHECK(unreadable == 0);
	CHECK(scored > 100000);
}

/* An amount that does not fit beside another's decimals. */
static void
TestOutOfRange(void)
{
	RfmMeasures customer[2] = {{HISTORY_MONEY_LIMIT - 1, 1, 1, 0}, {1, 1, 1, 8}};
	uint8_t log[2 * RFM_LOG_ENTRY_SIZE];
	RfmCuts cuts;
	size_t at = RfmLogPut(log, &customer[0]);
	Cursor in = CursorStart("recency <= 1, orders >= 1, revenue >= 0.12345678", 48);

	at += RfmLogPut(log + at, &customer[1]);
	CHECK(RfmLogCut((RfmLogReader){log, log + at}, 2, 5, &test_env, &cuts) == RFM_LOG_OUT_OF_RANGE);
	CHECK(RfmLogCut((RfmLogReader){log, log + at - 1}, 2, 5, &test_env, &cuts) ==
		  RFM_LOG_MALFORMED);
	CHECK(!RfmLogCheck((RfmLogReader){log, log + at}, 3));
	/* scored, it is just above or below */
	CHECK(RfmCutsParse(&in, &cuts));
	CHECK(RfmScore(&cuts, &customer[0]) == 222);
	customer[0].monetary = -customer[0].monetary;
	CHECK(RfmScore(&cuts, &customer[0]) == 221);
}

/* The gaps of customers: counted and merged */
static void
TestGaps(void)
{
	const RfmQuestion question = {RFM_SAMPLE_VERSION, 5, 0, 0, 9000};
	size_t size = RfmSampleHead(RFM_LONGEST_GAP) + 100;
	RfmSample *sample = calloc(1, size), *small = calloc(1, size);
	const int32_t days[] = {-5, 2, 5, 5 + RFM_LONGEST_GAP + 1, HISTORY_LAST_DAY};

	RfmSampleStart(sample, &question, RFM_LONGEST_GAP);
	RfmSampleStart(small, &question, RfmGapRoom(1));
	CHECK(RfmSampleAddGaps(small, days, 0) && RfmSampleAddGaps(small, days, 1));
	CHECK(RfmSampleAddGaps(small, days, 2) && small->gaps[6] == 1);
	CHECK(RfmSampleAddGaps(small, days, 3) && small->gaps[6] == 2 && small->gaps[2] == 1);
	CHECK(!RfmSampleAddGaps(small, days, 4) && small->gaps[6] == 2);
	CHECK(RfmSampleAddGaps(sample, days, 5) && sample->gaps[RFM_LONGEST_GAP - 1] == 2 &&
		  sample->gaps[6] == 1 && sample->gaps[2] == 1);
	CHECK(!RfmSampleMerge(small, size, sample));
	CHECK(RfmSampleMerge(sample, size, small) && sample->gaps[6] == 3 && sample->gaps[2] == 2);
	CHECK(RfmGapRoom(64) == 64 && RfmGapRoom(65) == 128 &&
		  RfmGapRoom(INT32_MAX) == RFM_LONGEST_GAP);
	free(sample);
	free(small);
}

/* Who bought within the fresh days, whatever the cuts say */
static void
TestFresh(void)
{
	for (int levels = RFM_MIN_LEVELS; levels <= RFM_MAX_LEVELS; levels++)
	{
		RfmCuts cuts = {.version = RFM_CUTS_VERSION, .levels = (uint8_t) levels, .fresh_days = 7};
		static const int within[] = {0, 0, 2, 2, 3, 4}, twice[] = {0, 0, 2, 2, 3, 3};

		for (int days = 0; days < 20; days++)
		{
			RfmMeasures customer = {.recency = days, .frequency = 1};
			int want = days <= 7 ? within[levels] : days <= 14 ? twice[levels] : 1;

			unit_check(RfmScore(&cuts, &customer) == want * 100 + 11, "%d levels, %d days", levels,
					   days);
		}
		cuts.fresh_days = INT32_MAX;
		CHECK(RfmScore(&cuts, &(RfmMeasures){.recency = INT32_MAX}) == within[levels] * 100 + 11);
	}
}

/* The state of crm.rfm_cuts_agg: what its header may be, and every bit of it turned */
static void
TestForgedSample(void)
{
	enum
	{
		CUSTOMERS = 12,
		GAPS = 4,
		SIZE = RFM_SAMPLE_HEADER + GAPS * sizeof(uint64_t) + CUSTOMERS * 6
	};
	const RfmQuestion question = {RFM_SAMPLE_VERSION, 5, 0, 1, 9000};
	RfmSample *good = calloc(1, SIZE), *bad = malloc(SIZE), *empty = calloc(1, RFM_SAMPLE_HEADER);
	RfmCuts cuts;
	int refused = 0, used = 0, added = 0;

#define FORGE(change) (memcpy(bad, good, SIZE), change, !RfmSampleIsValid(bad, SIZE))

	RfmSampleStart(good, &question, GAPS);
	good->gaps[1] = good->gaps[2] = 5;
	for (int i = 0; i < CUSTOMERS; i++)
	{
		RfmMeasures customer = {i * 97 % 5000 - 100, i % 7, i * 13 % 365, 2};

		added += RfmSampleAdd(good, SIZE + RFM_LOG_ENTRY_SIZE, &customer);
	}
	CHECK(added == CUSTOMERS && good->used <= SIZE - RfmSampleHead(GAPS));
	CHECK(RfmSampleIsValid(good, SIZE) && RfmSampleCut(good, &test_env, &cuts) == RFM_LOG_OK);
	CHECK(cuts.monetary_measure == 1 && cuts.levels == 5);
	CHECK(cuts.fresh_days == 3); /* between 2 and 3 days, rounded up */
	RfmSampleStart(empty, &question, 0);
	CHECK(RfmSampleIsValid(empty, RFM_SAMPLE_HEADER) && !RfmSampleIsValid(empty, 0) &&
		  !RfmSampleIsValid(empty, RFM_SAMPLE_HEADER - 1));
	CHECK(!RfmSampleAdd(empty, RFM_SAMPLE_HEADER, &(RfmMeasures){1, 1, 1, 0}));
	CHECK(!RfmSampleMerge(empty, RFM_SAMPLE_HEADER, good) && empty->customers == 0);
	CHECK(FORGE(bad->question.version++));
	CHECK(FORGE(bad->question.levels = 1));
	CHECK(FORGE(bad->question.levels = 6));
	CHECK(FORGE(bad->question.frequency_measure = RFM_FREQUENCY_MEASURES));
	CHECK(FORGE(bad->question.monetary_measure = RFM_MONETARY_MEASURES));
	CHECK(FORGE(bad->question.as_of = INT32_MAX));
	CHECK(FORGE(bad->question.as_of = INT32_MIN));
	CHECK(FORGE(bad->used = SIZE - RfmSampleHead(GAPS) + 1));
	CHECK(FORGE(bad->used = UINT32_MAX));
	CHECK(FORGE(bad->unused = 1));
	CHECK(FORGE(bad->gap_room = RFM_LONGEST_GAP));
	CHECK(FORGE(bad->gap_room = UINT32_MAX));
	CHECK(!FORGE(bad->gaps[0] = RFM_GAP_COUNT_LIMIT));
	CHECK(RfmSampleCut(bad, &test_env, &cuts) == RFM_LOG_MALFORMED);
	CHECK(FORGE(bad->customers = -1));
	CHECK(FORGE(bad->customers = bad->used / 3 + 1));
	CHECK(!FORGE(bad->customers++));
	CHECK(RfmSampleCut(bad, &test_env, &cuts) == RFM_LOG_MALFORMED);
	for (size_t bit = 0; bit < 8 * SIZE; bit++)
	{
		memcpy(bad, good, SIZE);
		((uint8_t *) bad)[bit / 8] ^= (uint8_t) (1 << bit % 8);
		if (RfmSampleIsValid(bad, SIZE))
		{
			RfmLogStatus status = RfmSampleCut(bad, &test_env, &cuts);

			used +=
				status == RFM_LOG_OK ? RfmCutsWrong(&cuts) == NULL : status == RFM_LOG_MALFORMED;
		}
		else
			refused++;
	}
	unit_check(refused > 90 && refused + used == 8 * SIZE,
			   "bits turned: %d headers refused, %d samples used", refused, used);
	free(good);
	free(bad);
	free(empty);
}

static void
TestAverage(void)
{
	static const struct
	{
		HistoryMoney revenue;
		int scale;
		int64_t orders;
		HistoryMoney average; /* eight decimals */
	} cases[] = {{100, 0, 3, 3333333333},
				 {200, 0, 3, 6666666667},
				 {-200, 0, 3, -6666666667},
				 {20, 1, 6, 33333333},
				 {1, 8, 2, 1},
				 {-1, 8, 2, -1},
				 {1, 8, 3, 0},
				 {7, 0, INT64_MAX, 0},
				 {12345, 2, 1, 12345000000}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HistorySummary sums = {.revenue = cases[i].revenue,
							   .scale = cases[i].scale,
							   .orders = cases[i].orders,
							   .purchase_days = 1};
		RfmMeasures out;

		unit_check(
			RfmMeasure(&sums, 10, RFM_FREQUENCY_ORDERS, RFM_MONETARY_AVERAGE_ORDER_VALUE, &out) &&
				out.monetary == cases[i].average && out.scale == 8 && out.recency == 10 &&
				out.frequency == cases[i].orders,
			"average order value, case %d", (int) i);
	}
	HistorySummary none = {.revenue = 5, .orders = 0, .purchase_days = 1};
	RfmMeasures out;

	CHECK(!RfmMeasure(&none, 0, RFM_FREQUENCY_ORDERS, RFM_MONETARY_AVERAGE_ORDER_VALUE, &out));
	none.orders = 1;
	none.revenue = HISTORY_MONEY_LIMIT - 1;
	CHECK(!RfmMeasure(&none, 0, RFM_FREQUENCY_ORDERS, RFM_MONETARY_AVERAGE_ORDER_VALUE, &out));
}

int
main(void)
{
	TestCells();
	TestPatterns();
	TestPatternText();
	TestSchemes();
	TestCutsText();
	TestFloatAgrees();
	TestCuts();
	TestOutOfRange();
	TestGaps();
	TestFresh();
	TestForgedSample();
	TestAverage();
	return unit_done();
}
