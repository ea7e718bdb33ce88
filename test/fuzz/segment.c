/*
 * segment.c: fuzz what the segment room reads: patterns, schemes, cuts, logs. The first byte
 * chooses. What is read must come out as text or bytes that read as the same again.
 */
#include "core/segment/sample.h"
#include "core/segment/scheme.h"

#include "fuzz.h"

static void
FuzzCell(const char *text, size_t size)
{
	char *block;
	Cursor in = FuzzCursor(text, size, &block);
	int cell;

	if (CellParse(&in, &cell))
		REQUIRE(size == 3 && CellIsValid(cell) &&
				cell == atoi((char[]){text[0], text[1], text[2], 0}));
	else
		FuzzFault(&in);
	free(block);
}

static void
FuzzPatterns(const char *text, size_t size)
{
	CellSet set, again;
	char printed[CELL_SET_TEXT_SIZE], *block;
	Cursor in = FuzzCursor(text, size, &block);

	if (CellSetParse(&in, &set))
	{
		size = CellSetPrint(set, printed);
		REQUIRE(size < sizeof(printed));
		in = CursorStart(printed, size);
		REQUIRE(CellSetParse(&in, &again));
		REQUIRE(CellSetCompare(set, again) == 0);
	}
	else
		FuzzFault(&in);
	free(block);
}

static void
FuzzScheme(const char *text, size_t size)
{
	uint8_t *bytes = malloc(SCHEME_SIZE_BOUND(size)), *again;
	size_t used, used_again;
	char *block;
	Cursor in = FuzzCursor(text, size, &block);

	if (SchemeParse(&in, bytes, &used))
	{
		SchemeView scheme = {bytes, used};
		char *printed = malloc(SchemeTextBound(scheme));

		REQUIRE(used <= SCHEME_SIZE_BOUND(size));
		size = SchemePrint(scheme, printed);
		REQUIRE(size < SchemeTextBound(scheme));
		again = malloc(SCHEME_SIZE_BOUND(size));
		in = CursorStart(printed, size);
		REQUIRE(SchemeParse(&in, again, &used_again));
		REQUIRE(used == used_again && memcmp(bytes, again, used) == 0);
		for (int i = 0; i < RFM_CELLS; i++)
			SchemeNameOf(scheme, i);
		free(again);
		free(printed);
	}
	else
		FuzzFault(&in);
	free(bytes);
	free(block);
}

/* Bytes that claim to be a stored scheme. */
static void
FuzzSchemeBytes(const uint8_t *bytes, size_t size)
{
	for (int i = 0; i < RFM_CELLS; i += 25)
	{
		SchemeName name = SchemeNameOf((SchemeView){bytes, size}, i);

		REQUIRE(name.size == 0 || ((const uint8_t *) name.text >= bytes &&
								   (const uint8_t *) name.text + name.size <= bytes + size));
	}
}

static void
FuzzCuts(const char *text, size_t size)
{
	RfmCuts cuts, again;
	char printed[RFM_CUTS_TEXT_SIZE], *block;
	Cursor in = FuzzCursor(text, size, &block);

	if (RfmCutsParse(&in, &cuts))
	{
		REQUIRE(RfmCutsWrong(&cuts) == NULL);
		size = RfmCutsPrint(&cuts, printed);
		REQUIRE(size < sizeof(printed));
		in = CursorStart(printed, size);
		REQUIRE(RfmCutsParse(&in, &again));
		REQUIRE(memcmp(&cuts, &again, sizeof(cuts)) == 0);
	}
	else
		FuzzFault(&in);
	free(block);
}

static void *
Allocate(void *arg, size_t size)
{
	return malloc(size);
}

static void
Release(void *arg, void *p)
{
	free(p);
}

static const Environment env = {NULL, Allocate, Release, NULL};

static void
FuzzLog(const uint8_t *bytes, size_t size)
{
	RfmLogReader log = {bytes, bytes + size}, reader = log;
	RfmMeasures customer, back;
	int64_t n = 0;
	RfmCuts cuts;
	int levels = size == 0 ? 2 : 2 + bytes[0] % 4;

	while (RfmLogNext(&reader, &customer))
	{
		uint8_t entry[RFM_LOG_ENTRY_SIZE];
		RfmLogReader one = {entry, entry + RfmLogPut(entry, &customer)};

		REQUIRE(RfmLogNext(&one, &back) && one.at == one.end);
		REQUIRE(back.recency == customer.recency && back.frequency == customer.frequency &&
				back.monetary == customer.monetary && back.scale == customer.scale);
		n++;
	}
	REQUIRE(RfmLogCheck(log, n) == (reader.at == reader.end));
	if (n > 0 && RfmLogCut(log, n, levels, &env, &cuts) == RFM_LOG_OK)
	{
		REQUIRE(RfmCutsWrong(&cuts) == NULL);
		for (reader = log; RfmLogNext(&reader, &customer);)
			REQUIRE(CellIsValid(RfmScore(&cuts, &customer)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0] % 6)
	{
		case 0:
			FuzzPatterns((const char *) data + 1, size - 1);
			break;
		case 1:
			FuzzScheme((const char *) data + 1, size - 1);
			break;
		case 2:
			FuzzSchemeBytes(data + 1, size - 1);
			break;
		case 3:
			FuzzCuts((const char *) data + 1, size - 1);
			break;
		case 4:
			FuzzLog(data + 1, size - 1);
			break;
		case 5:
			FuzzCell((const char *) data + 1, size - 1);
			break;
	}
	return 0;
}
