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
	size_t n = BtydRowCount(data);
	uint8_t *room = malloc(BtydPackedBound(data));
	size_t size = BtydPack(data, room);
	uint8_t *bytes = malloc(size);
	BtydData again;
	bool same;

	memcpy(bytes, room, size);
	free(room);
	same = BtydUnpackHead(bytes, size, &again) && memcmp(again.n, data->n, sizeof(again.n)) == 0 &&
		   again.as_of == data->as_of && again.unit_days == data->unit_days &&
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
			if (BtydUnpackHead(prefix, i, &part) && BtydRowCount(&part) <= n &&
				BtydUnpack(prefix, i, &part))
				same = false;
			free(prefix);
		}
		free(again.rows);
	}
	free(bytes);
	return same ? size : 0;
}

/* A random row; in whole days and cents, or with all the digits that a double has */
static BtydRow
RandomRow(RandomState *rng, BtydKind kind, bool days, double unit)
{
	double t = days ? floor(RandomUniform(rng) * 3000) / unit : RandomUniform(rng) * 300;
	BtydRow row = {.t = BTYD_MARK(kind), .weight = 1 + floor(RandomExponential(rng) * 3)};

	switch (kind)
	{
		case BTYD_CUSTOMERS:
			row.x = floor(RandomExponential(rng) * 4);
			row.t = t;
			if (row.x > 0)
				row.t_x = days ? floor(t * unit * 0.5) / unit : t * RandomUniform(rng);
			break;
		case BTYD_SPEND:
			row.x = 1 + floor(RandomExponential(rng) * 4);
			row.t_x = days ? floor(1 + RandomExponential(rng) * 9000) / 100 / row.x
						   : RandomExponential(rng);
			break;
		case BTYD_DAYS:
			row.x = floor(RandomUniform(rng) * 20000) - 10000;
			break;
		case BTYD_GAPS:
			row.x = 1 + floor(RandomExponential(rng) * 3000);
			break;
	}
	return row;
}

/* n random rows of each kind; bytes in a thousand rows, or 0 */
static size_t
RandomData(uint64_t seed, bool days, double unit, size_t n)
{
	BtydData data = {.unit_days = unit, .as_of = days ? 9000 : BTYD_NO_DAY};
	size_t size, kept = 0;
	RandomState rng;

	data.counters = (BtydCounters){1, 2, 3, 4e15, 5};
	data.rows = calloc(BTYD_KINDS * n, sizeof(BtydRow));
	RandomSeed(&rng, seed, 0);
	for (size_t i = 0; i < BTYD_KINDS * n; i++)
		data.rows[i] = RandomRow(&rng, (BtydKind) (i / n), days, unit);
	qsort(data.rows, BTYD_KINDS * n, sizeof(BtydRow), CompareRows);
	for (size_t i = 0; i < BTYD_KINDS * n; i++)
	{
		if (kept > 0 && BtydRowCompare(&data.rows[kept - 1], &data.rows[i]) == 0)
			continue;
		data.rows[kept] = data.rows[i];
		data.n[BtydRowKind(&data.rows[kept++])]++;
	}
	size = RoundTrip(&data);
	free(data.rows);
	return size == 0 ? 0 : size * 1000 / kept;
}

/* What the lists say together */
static void
TestFacts(void)
{
	BtydRow rows[] = {{0, 0, 20, 3},
					  {0, 0, 30, 4},
					  {1, 2.5, 30, 2},
					  {3, 4, 6, 5},
					  {8780, 0, BTYD_MARK(BTYD_DAYS), 17},
					  {1, 0, BTYD_MARK(BTYD_GAPS), 3},
					  {14, 0, BTYD_MARK(BTYD_GAPS), 14}};
	BtydData data = {.unit_days = 2, .as_of = 8800, .rows = rows, .n = {4, 0, 1, 2}};
	BtydCustomers customers = BtydCountCustomers(&data);
	BtydGaps gaps = BtydSumGaps(&data);
	int32_t first, last;

	CHECK(customers.all == 14 && customers.there_at_start == 6);
	CHECK(gaps.complete && gaps.n == 17 && gaps.one_day == 3);
	/* 3 ln(1/2) + 14 ln 7 */
	CHECK(fabs(gaps.sum_logs - 25.16330054509455) < 1e-13);
	CHECK(BtydRowsOf(&data, BTYD_SPEND) == &rows[4] && BtydRowsOf(&data, BTYD_GAPS) == &rows[5]);
	CHECK(BtydRowDays(&data, &rows[2], &first, &last) && first == 8740 && last == 8745);
	data.unit_days = 1e300;
	CHECK(BtydRowDays(&data, &rows[2], &first, &last) && first == BTYD_FIRST_DAY &&
		  last == BTYD_FIRST_DAY);
	data.as_of = BTYD_NO_DAY;
	CHECK(!BtydRowDays(&data, &rows[2], &first, &last));
	rows[3].x = 4;
	CHECK(!BtydSumGaps(&data).complete);
	data = (BtydData){.unit_days = 7};
	customers = BtydCountCustomers(&data);
	gaps = BtydSumGaps(&data);
	CHECK(customers.all == 0 && customers.there_at_start == 0);
	CHECK(gaps.complete && gaps.n == 0 && gaps.sum_logs == 0);
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
						  {1, DBL_MIN, BTYD_MARK(BTYD_SPEND), 1},
						  {1, DBL_MAX, BTYD_MARK(BTYD_SPEND), 1},
						  {BTYD_MAX_COUNT, 5e-324, BTYD_MARK(BTYD_SPEND), 1},
						  {BTYD_FIRST_DAY, 0, BTYD_MARK(BTYD_DAYS), 1},
						  {0, 0, BTYD_MARK(BTYD_DAYS), 1},
						  {BTYD_LAST_DAY, 0, BTYD_MARK(BTYD_DAYS), BTYD_MAX_COUNT - 2},
						  {1, 0, BTYD_MARK(BTYD_GAPS), BTYD_MAX_COUNT - 1},
						  {(double) BTYD_LONGEST_GAP, 0, BTYD_MARK(BTYD_GAPS), 1}};
	const size_t kinds[BTYD_KINDS] = {6, 3, 3, 2};
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
						   {0, 1, BTYD_MARK(BTYD_SPEND), 1},
						   {1, 0, BTYD_MARK(BTYD_SPEND), 1},
						   {1, 1, -0.5, 1},
						   {1, -1, BTYD_MARK(BTYD_SPEND), 1},
						   {1, 1, 2, 1e17},
						   {1, INFINITY, BTYD_MARK(BTYD_SPEND), 1},
						   {1, 1, BTYD_MARK(BTYD_DAYS), 1},
						   {0.5, 0, BTYD_MARK(BTYD_DAYS), 1},
						   {NAN, 0, BTYD_MARK(BTYD_DAYS), 1},
						   {BTYD_FIRST_DAY - 1, 0, BTYD_MARK(BTYD_DAYS), 1},
						   {BTYD_LAST_DAY + 1.0, 0, BTYD_MARK(BTYD_DAYS), 1},
						   {1, 1, BTYD_MARK(BTYD_GAPS), 1},
						   {0, 0, BTYD_MARK(BTYD_GAPS), 1},
						   {1.5, 0, BTYD_MARK(BTYD_GAPS), 1},
						   {(double) BTYD_LONGEST_GAP + 1, 0, BTYD_MARK(BTYD_GAPS), 1},
						   {1, 0, BTYD_MARK(BTYD_KINDS), 1},
						   {1, 0, -INFINITY, 1}};
	BtydData data = {.unit_days = 7, .as_of = BTYD_NO_DAY};
	bool refused = true;

	CHECK(RoundTrip(&data) == 19);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
	{
		data = (BtydData){.unit_days = units[i], .as_of = BTYD_LAST_DAY, .rows = extremes};
		memcpy(data.n, kinds, sizeof(kinds));
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

	/* more than a double counts is seen, however it is spread */
	for (size_t i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++)
	{
		if (extremes[i].weight < 3)
			continue;
		data = (BtydData){.unit_days = 7, .as_of = BTYD_FIRST_DAY, .rows = extremes};
		memcpy(data.n, kinds, sizeof(kinds));
		CHECK(BtydCountsAreValid(&data));
		extremes[i].weight++;
		CHECK(!BtydCountsAreValid(&data) && RoundTrip(&data) == 0);
		extremes[i].weight--;
	}
	data = (BtydData){
		.unit_days = 7, .as_of = BTYD_NO_DAY, .counters = {.merged = BTYD_MAX_COUNT + 1}};
	CHECK(!BtydCountsAreValid(&data) && RoundTrip(&data) == 0);
	TestFacts();
	return unit_done();
}
