/*
 * btyd_text.c: fuzz the text of counted customers. What is read is written as text that reads as
 * the same, within the promised room, and only rows that data can hold are read.
 */
#include "core/clv/data_text.h"

#include <stdio.h>

#include "fuzz.h"

/* Not the shortest, but it reads back the same. */
static int
FormatNumber(double value, char *out)
{
	return sprintf(out, "%.17g", value);
}

/* Read all of a text; false where it is wrong. */
static bool
Read(Cursor in, BtydData *data)
{
	BtydTextReader reader = {.in = in};
	BtydRow row;

	*data = (BtydData){.rows = malloc((size_t) (in.end - in.text + 1) * sizeof(BtydRow))};
	if (BtydTextHead(&reader.in, data))
		while (BtydTextNext(&reader, &row))
		{
			REQUIRE(BtydRowIsValid(&row));
			REQUIRE((int) BtydRowKind(&row) == reader.lists - 1);
			data->rows[BtydRowCount(data)] = row;
			data->n[reader.lists - 1]++;
		}
	if (reader.in.expected != NULL)
	{
		FuzzFault(&reader.in);
		return false;
	}
	REQUIRE(CursorAtEnd(&reader.in));
	REQUIRE(BtydCountsAreValid(data) && data->unit_days > 0);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *block;
	Cursor in = FuzzCursor(bytes, size, &block);
	BtydData data, again;

	if (Read(in, &data))
	{
		size_t n = BtydRowCount(&data);
		char *text = malloc(BTYD_HEAD_TEXT_MAX + n * BTYD_ROW_TEXT_MAX);
		size_t used = BtydTextPutHead(&data, FormatNumber, text);

		REQUIRE(used <= BTYD_HEAD_TEXT_MAX);
		for (size_t i = 0; i < n; i++)
		{
			size_t row = BtydTextPutRow(&data, i, FormatNumber, text + used);

			REQUIRE(row <= BTYD_ROW_TEXT_MAX);
			used += row;
		}
		/* no byte behind it */
		text = realloc(text, used);
		REQUIRE(Read(CursorStart(text, used), &again));
		REQUIRE(again.unit_days == data.unit_days);
		REQUIRE(memcmp(&again.counters, &data.counters, sizeof(data.counters)) == 0);
		REQUIRE(memcmp(again.n, data.n, sizeof(data.n)) == 0 && again.as_of == data.as_of);
		for (size_t i = 0; i < n; i++)
			REQUIRE(BtydRowCompare(&data.rows[i], &again.rows[i]) == 0 &&
					data.rows[i].weight == again.rows[i].weight);
		free(again.rows);
		free(text);
	}
	free(data.rows);
	free(block);
	return 0;
}
