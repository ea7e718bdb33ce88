/*
 * cursor.c: the scanner of every text form: what it takes, what it leaves, what it says is wrong.
 *
 * Every text is copied into a block of just its size, so that the sanitizers see a byte too far.
 */
#include <locale.h>
#include <string.h>

#include "core/base/cursor.h"
#include "unit.h"

static char *block;

static Cursor
Start(const char *text, size_t size)
{
	free(block);
	block = malloc(size + (size == 0));
	memcpy(block, text, size);
	return CursorStart(block, size);
}

static Cursor
StartText(const char *text)
{
	return Start(text, strlen(text));
}

static size_t
Read(const Cursor *in)
{
	return (size_t) (in->at - in->text);
}

static void
TestTaking(void)
{
	Cursor in = StartText("");
	int32_t value;

	CHECK(CursorAtEnd(&in) && !CursorSees(&in, '\0') && !CursorTake(&in, 'a'));
	CHECK(CursorTakeWord(&in, "") && !CursorTakeWord(&in, "a"));
	CursorSkipSpace(&in);
	CHECK(!CursorTakeDigits(&in, 1, 2, &value) && CursorTakeDigits(&in, 0, 2, &value));
	CHECK(Read(&in) == 0);

	in = Start(" \t\n\v\f\r\0 ", 8);
	CursorSkipSpace(&in);
	unit_check(Read(&in) == 6, "six characters are white space, a zero byte is none");
	in = StartText("\xc2\xa0\xe3\x80\x80");
	CursorSkipSpace(&in);
	unit_check(Read(&in) == 0, "nor are other alphabets' spaces");

	in = StartText("abc");
	CHECK(!CursorTakeWord(&in, "abcd") && !CursorTakeWord(&in, "b") && Read(&in) == 0);
	CHECK(CursorTakeWord(&in, "ab") && CursorTake(&in, 'c') && CursorAtEnd(&in));

	in = StartText("0123x");
	CHECK(!CursorTakeDigits(&in, 1, 3, &value) && Read(&in) == 3);
	in = StartText("0123x");
	CHECK(CursorTakeDigits(&in, 4, 4, &value) && value == 123 && Read(&in) == 4);
	in = StartText("999999999");
	CHECK(CursorTakeDigits(&in, 1, 9, &value) && value == 999999999);
}

static void
TestBytes(void)
{
	Cursor in = StartText("00fFA90");
	uint8_t byte = 1;

	CHECK(CursorTakeByte(&in, &byte) && byte == 0);
	CHECK(CursorTakeByte(&in, &byte) && byte == 0xff);
	CHECK(CursorTakeByte(&in, &byte) && byte == 0xa9);
	unit_check(!CursorTakeByte(&in, &byte) && Read(&in) == 6, "a digit alone is no byte");
	for (const char *wrong = "0g/0:0@0G0`0-1 1"; *wrong != '\0'; wrong += 2)
	{
		in = Start(wrong, 2);
		unit_check(!CursorTakeByte(&in, &byte) && Read(&in) == 0, "no byte: %.2s", wrong);
	}
	in = StartText("");
	CHECK(!CursorTakeByte(&in, &byte));
}

static void
TestIntegers(void)
{
	static const struct
	{
		const char *text;
		int64_t low;
		int64_t high;
		bool taken;
		int64_t value;
		size_t read;
	} cases[] = {
		{"0", INT64_MIN, INT64_MAX, true, 0, 1},
		{"-0", INT64_MIN, INT64_MAX, true, 0, 2},
		{"0000000000000000000000000000042,", INT64_MIN, INT64_MAX, true, 42, 31},
		{"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX, 19},
		{"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN, 20},
		{"9223372036854775808", INT64_MIN, INT64_MAX, false, 0, 19},
		{"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0, 20},
		{"-9223372036854775808", -INT64_MAX, INT64_MAX, false, 0, 20},
		{"99999999999999999999999999", INT64_MIN, INT64_MAX, false, 0, 26},
		{"7", 0, 6, false, 0, 1},
		{"-1", 0, 6, false, 0, 2},
		{"6x", 0, 6, true, 6, 1},
		{"", INT64_MIN, INT64_MAX, false, 0, 0},
		{"-", INT64_MIN, INT64_MAX, false, 0, 1},
		{"+1", INT64_MIN, INT64_MAX, false, 0, 0},
		{" 1", INT64_MIN, INT64_MAX, false, 0, 0},
		{"--1", INT64_MIN, INT64_MAX, false, 0, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Cursor in = StartText(cases[i].text);
		int64_t value = 0;
		bool taken = CursorTakeInteger(&in, cases[i].low, cases[i].high, &value);

		unit_check(taken == cases[i].taken && (!taken || value == cases[i].value) &&
					   Read(&in) == cases[i].read,
				   "integer \"%s\"", cases[i].text);
	}
}

static void
TestDoubles(void)
{
	static const char *const whole[] = {
		"0",
		"0.0",
		"1",
		"1.",
		".5",
		"0.1",
		"00.1",
		"1e5",
		"1E5",
		"1e+5",
		"1e-5",
		"1.5e3",
		"0e99999999999",
		"123456789012345678901234567890",
		"0.30000000000000004",
		"5e-324",
		"2.4703282292062327e-324",
		"2.4703282292062328e-324",
		"1.7976931348623157e308",
		"1.7976931348623158e308",
		"9007199254740993",
		"9007199254740993.00000000000000000000000000000000000000000001",
		"0.000000000000000000000000000000000000000000000000000000000001e60",
		"1e-99999999999",
		"2.2250738585072011e-308",
		"8.5",
	};
	static const struct
	{
		const char *text;
		size_t read; /* of a text that begins with a number; 0: it does not */
	} parts[] = {{"1e", 1},  {"1e+", 1}, {"1ex", 1}, {"1.2.3", 3}, {"0x10", 1}, {"1:2", 1},
				 {"1,5", 1}, {"", 0},    {".", 0},   {"e5", 0},    {"-1", 0},   {"+1", 0},
				 {"inf", 0}, {"nan", 0}, {" 1", 0},  {".e5", 0},   {"1 000", 1}};
	static const char *const infinite[] = {"1e309", "1.7976931348623159e308",
										   "1e99999999999999999999"};
	char text[3000];
	Cursor in;
	double value;
	int wrong = 0;
	uint64_t state = 7;

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
	{
		in = StartText(whole[i]);
		unit_check(CursorTakeDouble(&in, &value) && CursorAtEnd(&in) &&
					   value == strtod(whole[i], NULL),
				   "number %s is %.17g", whole[i], value);
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
	{
		in = StartText(parts[i].text);
		unit_check(CursorTakeDouble(&in, &value) == (parts[i].read > 0) &&
					   (parts[i].read == 0 || Read(&in) == parts[i].read),
				   "the number that \"%s\" begins with", parts[i].text);
	}
	for (size_t i = 0; i < sizeof(infinite) / sizeof(infinite[0]); i++)
	{
		in = StartText(infinite[i]);
		unit_check(!CursorTakeDouble(&in, &value), "not finite: %s", infinite[i]);
	}

	for (int i = 0; i < 200000; i++)
	{
		uint64_t bits = state =
			state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);

		bits ^= bits >> 29;
		memcpy(&value, &bits, sizeof(value));
		value = fabs(value);
		if (!isfinite(value))
			continue;
		snprintf(text, sizeof(text), i % 2 ? "%.17g" : "%.13e", value);
		in = StartText(text);
		wrong += !CursorTakeDouble(&in, &value) || !CursorAtEnd(&in) || value != strtod(text, NULL);
	}
	unit_check(wrong == 0, "random numbers are what strtod makes of them");

	/* Half-way between two doubles, written out, and a hair beyond. */
	snprintf(text, sizeof(text), "%.1100f", 0x1p-1022 + 0x1p-1074);
	memset(text + strlen(text), '0', sizeof(text) - strlen(text));
	text[2700] = '\0';
	in = StartText(text);
	CHECK(CursorTakeDouble(&in, &value) && value == strtod(text, NULL) && CursorAtEnd(&in));
	text[2699] = '1';
	in = StartText(text);
	CHECK(CursorTakeDouble(&in, &value) && value == strtod(text, NULL) && CursorAtEnd(&in));
	memset(text, '1', 1000);
	memset(text + 1000, '0', 1900);
	strcpy(text + 2900, "e-2800");
	in = StartText(text);
	CHECK(CursorTakeDouble(&in, &value) && value == strtod(text, NULL) && CursorAtEnd(&in));
	/* 2^53 + 1 is half-way: to the even one, unless any digit follows, however far away. */
	strcpy(text, "9007199254740993.");
	memset(text + 17, '0', 2000);
	text[2017] = '\0';
	in = StartText(text);
	CHECK(CursorTakeDouble(&in, &value) && value == 9007199254740992.0);
	text[2016] = '1';
	in = StartText(text);
	CHECK(CursorTakeDouble(&in, &value) && value == 9007199254740994.0);

	if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL &&
		setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL)
		unit_skip("a locale with a decimal comma", "no such locale is installed");
	else
	{
		in = StartText("1.5");
		unit_check(CursorTakeDouble(&in, &value) && value == 1.5 && CursorAtEnd(&in),
				   "a locale with a decimal comma");
	}
	setlocale(LC_NUMERIC, "C");
}

static void
TestFaults(void)
{
	static const struct
	{
		const char *text;
		size_t from;
		size_t at;
		const char *found;
	} cases[] = {
		{"", 0, 0, ""},
		{"ab", 2, 2, ""},
		{"ab cd", 0, 0, "ab"},
		{"2024-01-05:1", 0, 0, "2024-01-05"},
		{"12.5:1", 0, 2, "12.5"},
		{":ab", 0, 0, ":"},
		{" ab", 0, 0, " "},
		{"[5-4]5", 3, 4, "4"},
		{"a b:c", 0, 3, "a b"},
		{"a  :c", 0, 3, "a"},
		{"   :c", 0, 3, " "},
		{"\xe5\xb0\x8f:1", 0, 0, "\xe5\xb0\x8f"},
		{"5\xe5\xb0\x8f", 0, 1, "5\xe5\xb0\x8f"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Cursor in = StartText(cases[i].text);
		bool returned;

		in.at += cases[i].at;
		returned = CursorFail(&in, in.text + cases[i].from, "something else");
		unit_check(!returned && !in.out_of_range && strcmp(in.expected, "something else") == 0 &&
					   in.fault == in.text + cases[i].from && in.found == strlen(cases[i].found) &&
					   memcmp(in.fault, cases[i].found, in.found) == 0,
				   "in \"%s\", from %zu to %zu: found \"%.*s\"", cases[i].text, cases[i].from,
				   cases[i].at, (int) in.found, in.fault);
	}
	Cursor in = StartText("9");

	CHECK(in.expected == NULL && !in.out_of_range);
	CHECK(!CursorFailRange(&in, in.at, "less") && in.out_of_range && in.found == 1);
}

int
main(void)
{
	TestTaking();
	TestBytes();
	TestIntegers();
	TestDoubles();
	TestFaults();
	free(block);
	return unit_done();
}
