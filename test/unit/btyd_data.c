/*
 * The bytes of counted customers: every number comes back, days and cents are small, what is no
 * data is refused.
 */
#include "core/clv/data.h"
#include "core/numeric/random.h"
#include "unit.h"

#include <float.h>
#include <string.h>

static int
CompareRows(const void *a, const void *b)
{
	return BtydRowCompare(a, b);
}

/* Pack into a block of just the size, unpack from it, compare; the size, or 0 if they differ */
static size_t
RoundTrip(BtydData *data)
{
	size_t n = data->nrows + data->nspend;
	uint8_t *room = malloc(BtydPackedBound(data));
	size_t size = BtydPack(data, room);
	uint8_t *bytes = malloc(size);
	BtydData again;
	bool same;

	memcpy(bytes, room, size);
	free(room);
	same = BtydUnpackHead(bytes, size, &again) && again.nrows == data->nrows &&
		   again.nspend == data->nspend && again.unit_days == data->unit_days &&
		   memcmp(&again.counters, &data->counters, sizeof(BtydCounters)) == 0;
	if (same)
	{
		again.rows = malloc((n + 1) * sizeof(BtydRow));
		same = BtydUnpack(bytes, size, &again) &&
			   (n == 0 || memcmp(again.rows, data->rows, n * sizeof(BtydRow)) == 0);

		/* a prefix is never data, nor is a longer text */
		for (size_t i = 0; i < size && size < 300; i++)
		{
			uint8_t *prefix = malloc(i + 1);
			BtydData part = again;

			memcpy(prefix, bytes, i);
			if (BtydUnpackHead(prefix, i, &part) && part.nrows + part.nspend <= n &&
				BtydUnpack(prefix, i, &part))
				same = false;
			free(prefix);
		}
		free(again.rows);
	}
	free(bytes);
	return same ? size : 0;
}

/* Random customers; in whole days and cents, or with all the digits that a double has */
static size_t
RandomData(uint64_t seed, bool days, double unit, size_t n)
{
	BtydData data = {.unit_days = unit, .counters = {1, 2, 3, 4e15, 5}};
	size_t size, kept = 0;
	RandomState rng;

	data.rows = calloc(2 * n, sizeof(BtydRow));
	RandomSeed(&rng, seed, 0);
	for (size_t i = 0; i < 2 * n; i++)
	{
		BtydRow *row = &data.rows[i];
		double t = days ? floor(RandomUniform(&rng) * 3000) / unit : RandomUniform(&rng) * 300;

		row->weight = 1 + floor(RandomExponential(&rng) * 3);
		row->x = floor(RandomExponential(&rng) * 4);
		row->t = t;
		row->t_x = row->x > 0 ? (days ? floor(t * unit * 0.5) / unit : t * RandomUniform(&rng)) : 0;
		if (i >= n)
		{
			row->x += 1;
			row->t = BTYD_SPEND_ROW;
			row->t_x = days ? floor(1 + RandomExponential(&rng) * 9000) / 100 / row->x
							: RandomExponential(&rng);
		}
	}
	qsort(data.rows, 2 * n, sizeof(BtydRow), CompareRows);
	for (size_t i = 0; i < 2 * n; i++)
	{
		if (kept > 0 && BtydRowCompare(&data.rows[kept - 1], &data.rows[i]) == 0)
			continue;
		data.rows[kept] = data.rows[i];
		if (data.rows[kept++].t < 0)
			data.nspend++;
	}
	data.nrows = kept - data.nspend;
	size = RoundTrip(&data);
	free(data.rows);
	return size == 0 ? 0 : size * 1000 / kept;
}

int
main(void)
{
	static const double units[] = {7, 1, 30.4375, 0.1, 1.0 / 24, 1e-300, 1e300};
	BtydRow extremes[] = {{0, 0, 0, BTYD_MAX_COUNT - 6},
						  {0, 0, DBL_MIN, 1},
						  {0, 0, DBL_MAX, 1},
						  {1, 0, 0, 1},
						  {1, 5e-324, 1, 1},
						  {BTYD_MAX_COUNT, DBL_MAX, DBL_MAX, 2},
						  {1, DBL_MIN, BTYD_SPEND_ROW, 1},
						  {1, DBL_MAX, BTYD_SPEND_ROW, 1},
						  {BTYD_MAX_COUNT, 5e-324, BTYD_SPEND_ROW, 1}};
	const BtydRow bad[] = {{-1, 0, 1, 1},
						   {1.5, 1, 1, 1},
						   {1, 2, 1, 1},
						   {0, 1, 2, 1},
						   {1, 1, 2, 0},
						   {1, 1, 2, 0.5},
						   {1, 1, NAN, 1},
						   {1, 1, INFINITY, 1},
						   {NAN, 1, 1, 1},
						   {1, 1, 2, NAN},
						   {0, 1, BTYD_SPEND_ROW, 1},
						   {1, 0, BTYD_SPEND_ROW, 1},
						   {1, 1, -0.5, 1},
						   {1, -1, BTYD_SPEND_ROW, 1},
						   {1, 1, 2, 1e17},
						   {1, 1, -2, 1},
						   {1, INFINITY, BTYD_SPEND_ROW, 1}};
	BtydData data = {.unit_days = 7};
	bool refused = true;

	CHECK(RoundTrip(&data) == 16);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
	{
		data = (BtydData){.unit_days = units[i], .rows = extremes, .nrows = 6, .nspend = 3};
		unit_check(RoundTrip(&data) > 0, "extremes, unit %g", units[i]);
		unit_check(RandomData(i, false, units[i], 2000) > 0, "any numbers, unit %g", units[i]);
	}
	for (size_t i = 0; i < 5; i++)
	{
		size_t size = RandomData(i, true, units[i], 5000);

		unit_check(size > 0 && size < 7000, "days and cents, unit %g: %zu bytes in a thousand rows",
				   units[i], size);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused &= !BtydRowIsValid(&bad[i]);
	CHECK(refused);

	/* more customers than a double counts are seen, however they are spread */
	extremes[0].weight++;
	data = (BtydData){.unit_days = 7, .rows = extremes, .nrows = 6, .nspend = 3};
	CHECK(!BtydCountsAreValid(&data) && RoundTrip(&data) == 0);
	data = (BtydData){.unit_days = 7, .counters = {.merged = BTYD_MAX_COUNT + 1}};
	CHECK(!BtydCountsAreValid(&data) && RoundTrip(&data) == 0);
	return unit_done();
}
