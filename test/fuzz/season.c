/*
 * Whatever the bytes: reading ends, reads no byte too far, and a season that is accepted is written
 * as itself. Its clock rises from day to day, meets the same day on the way back, and a year of it
 * is a year.
 */
#include <math.h>

#include "core/clv/season.h"

#include "fuzz.h"

static void
CheckClock(const Season *season, int32_t from, int32_t days)
{
	SeasonClock clock = SeasonStart(season);
	double span = 0;

	for (int32_t day = from; day < from + 8; day++)
	{
		double next = SeasonSpan(&clock, from - 1, day);

		REQUIRE(next > span);
		REQUIRE(fabs(next - span - SeasonFactor(&clock, day)) <= 1e-12 * next);
		REQUIRE(SeasonDay(&clock, from - 1, next) == day);
		span = next;
	}
	span = SeasonSpan(&clock, from, from + days);
	REQUIRE(SeasonDay(&clock, from, span) == from + days);
	REQUIRE(fabs(SeasonMoment(&clock, from, SeasonSpan(&clock, from - 1, from + days - 1)) -
				 (from + days)) <= 1e-6);
	REQUIRE(fabs(SeasonSpan(&clock, from, from + 146097) - 146097) <= 1e-9);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *block;
	Cursor in;
	char text[SEASON_TEXT_MAX];
	Season season, again;
	int32_t numbers[2];
	size_t length;

	if (size < sizeof(numbers))
		return 0;
	memcpy(numbers, data, sizeof(numbers));
	in = FuzzCursor(data + sizeof(numbers), size - sizeof(numbers), &block);
	if (!SeasonParse(&in, &season))
		FuzzFault(&in);
	else
	{
		REQUIRE(SeasonIsValid(&season));
		length = SeasonPrint(&season, text);
		REQUIRE(length <= sizeof(text));
		in = CursorStart(text, length);
		REQUIRE(SeasonParse(&in, &again) && memcmp(&season, &again, sizeof(season)) == 0);
		CheckClock(&season, numbers[0] % 2000000, abs(numbers[1] % 1000000));
	}
	free(block);
	return 0;
}
