/*
 * btyd_open.c: the state of crm.btyd_agg: it grows, it counts, and forged bytes are refused
 */
#include "core/clv/open.h"
#include "core/numeric/random.h"
#include "env.h"
#include "unit.h"

#include <string.h>

static BtydOpen *
NewState(uint32_t capacity, double unit_days)
{
	BtydOpen *state = calloc(1, BtydOpenSize(capacity));

	BtydOpenStart(state, capacity, unit_days);
	return state;
}

static BtydOpen *
Grown(BtydOpen *state)
{
	BtydOpen *grown = NewState(2 * state->capacity, state->unit_days);

	BtydOpenGrow(state, grown);
	free(state);
	return grown;
}

static BtydOpen *
Add(BtydOpen *state, BtydRow row)
{
	if (BtydOpenAdd(state, &row, NULL) == BTYD_DATA_FULL)
	{
		state = Grown(state);
		BtydOpenAdd(state, &row, NULL);
	}
	return state;
}

/* A hundred thousand distinct customers, each three times, in an order that has nothing to do with
 * theirs */
static void
TestMany(void)
{
	enum
	{
		MANY = 100000
	};
	BtydOpen *state = NewState(BTYD_OPEN_FIRST_CAPACITY, 1);
	BtydOpen *copy = NewState(1, 1);
	BtydData data;
	size_t done = 0;
	int wrong = 0;

	for (int i = 0; i < 3 * MANY; i++)
	{
		int number = (int) (i * INT64_C(7919) % MANY); /* 7919 is prime */

		state = Add(state, (BtydRow){number % 100, 0, number / 100, 1});
	}
	CHECK(state->n == MANY && state->capacity == 1 << 17);
	CHECK(BtydOpenIsValid(state, BtydOpenSize(state->capacity)));
	while (BtydOpenMerge(copy, state->rows, state->n, &done) == BTYD_DATA_FULL)
		copy = Grown(copy);
	CHECK(done == MANY && copy->n == MANY);
	data.rows = malloc(MANY * sizeof(BtydRow));
	CHECK(BtydOpenUnpack(copy, &test_env, &data) == BTYD_DATA_OK);
	CHECK(data.n[BTYD_CUSTOMERS] == MANY && BtydRowCount(&data) == MANY && data.unit_days == 1);
	for (int i = 0; i < MANY; i++)
		wrong += data.rows[i].x != i / 1000 || data.rows[i].t != i % 1000 ||
				 data.rows[i].t_x != 0 || data.rows[i].weight != 3;
	CHECK(wrong == 0);
	free(data.rows);
	free(state);
	free(copy);
}

static bool
Never(void *arg)
{
	return true;
}

static void *
Nothing(void *arg, size_t size)
{
	return NULL;
}

/* The order of rows against qsort, for runs of all lengths */
static int
Compare(const void *a, const void *b)
{
	return BtydRowCompare(a, b);
}

static void
TestSort(void)
{
	static BtydRow rows[3000], sorted[3000], want[3000];
	int wrong = 0;
	RandomState random;

	RandomSeed(&random, 1, 1);
	for (size_t n = 0; n < 3000; n = n < 100 ? n + 1 : n * 5 / 4)
		for (int kind = 0; kind < 6; kind++)
		{
			for (size_t i = 0; i < n; i++)
			{
				double number = kind == 0   ? (double) i
								: kind == 1 ? (double) (n - i)
								: kind == 2 ? floor(RandomUniform(&random) * 5)
											: floor(RandomUniform(&random) * 1000);

				rows[i] = (BtydRow){number, 1, i % 3 ? 5 : BTYD_MARK(1 + i / 3 % 3), (double) i};
				/* large x, times and means that hardly differ */
				if (kind == 4)
				{
					rows[i].x += 16000;
					rows[i].t += i % 3 ? fmod(number, 17) : 0;
				}
				else if (kind == 5 && i % 3)
					rows[i] = (BtydRow){2, i % 7, 7 + number * 0x1p-49, (double) i};
				else if (kind == 5)
					rows[i].t_x += number * 0x1p-52;
			}
			memcpy(want, rows, sizeof(rows));
			qsort(want, n, sizeof(BtydRow), Compare);
			wrong += BtydSortRows(rows, n, sorted, &test_env) != BTYD_DATA_OK;
			for (size_t i = 0; i < n; i++)
				wrong += BtydRowCompare(&sorted[i], &want[i]) != 0 ||
						 (i > 0 && BtydRowCompare(&sorted[i - 1], &sorted[i]) == 0 &&
						  sorted[i - 1].weight > sorted[i].weight);
		}
	CHECK(wrong == 0);
}

/* What a unit of time, a request to stop, a lack of memory and too many customers lead to */
static void
TestAnswers(void)
{
	const Environment stop = {Never, test_alloc, test_release, NULL};
	const Environment poor = {NULL, Nothing, test_release, NULL};
	BtydOpen *state = NewState(4, 7), *many;
	BtydCounters counters = {.nulls = 1};
	BtydRow rows[4];
	BtydData data = {.rows = rows};

	CHECK(BtydOpenIsEmpty(state) && BtydOpenSetUnit(state, 1) == BTYD_DATA_OK);
	BtydOpenAddCounters(state, &counters);
	CHECK(!BtydOpenIsEmpty(state) && state->counters.nulls == 1);
	CHECK(BtydOpenSetUnit(state, 7) == BTYD_DATA_OTHER_UNIT && state->unit_days == 1);
	CHECK(BtydOpenSetUnit(state, 1) == BTYD_DATA_OK);
	for (int i = 0; i < 4; i++)
	{
		BtydRow row = {4 - i, 1, 2, 1};

		CHECK(BtydOpenAdd(state, &row, NULL) == BTYD_DATA_OK);
	}
	rows[0] = (BtydRow){9, 1, 2, 1};
	CHECK(BtydOpenAdd(state, rows, NULL) == BTYD_DATA_FULL && state->n == 4);
	rows[0] = (BtydRow){4, 1, 2, BTYD_MAX_COUNT - 4};
	CHECK(BtydOpenAdd(state, rows, NULL) == BTYD_DATA_OK && state->n == 4);
	many = NewState(512, 7);
	for (int i = 0; i < 300; i++)
		many = Add(many, (BtydRow){300 - i, 1, 2, 1});
	data.rows = malloc(300 * sizeof(BtydRow));
	CHECK(BtydOpenUnpack(many, &stop, &data) == BTYD_DATA_INTERRUPTED);
	CHECK(BtydOpenUnpack(many, &poor, &data) == BTYD_DATA_NO_MEMORY);
	CHECK(BtydOpenUnpack(many, &test_env, &data) == BTYD_DATA_OK && data.rows[299].x == 300);
	free(data.rows);
	free(many);
	data.rows = rows;
	CHECK(BtydOpenUnpack(state, &test_env, &data) == BTYD_DATA_OK);
	CHECK(rows[3].x == 4 && rows[3].weight == BTYD_MAX_COUNT - 3);
	rows[0] = (BtydRow){1, 1, 2, 1};
	CHECK(BtydOpenAdd(state, rows, NULL) == BTYD_DATA_OK);
	CHECK(BtydOpenUnpack(state, &test_env, &data) == BTYD_DATA_OUT_OF_RANGE);
	free(state);
	CHECK(BtydOpenSize(BTYD_OPEN_MOST_CAPACITY) == 72 + (size_t) 40 * BTYD_OPEN_MOST_CAPACITY);
}

/* The day of the rows: one if it is the same for all, whatever order they come in */
static void
TestAsOf(void)
{
	BtydOpen *state = NewState(4, 7);
	BtydOpen *grown;
	BtydRow row = {1, 1, 2, 1}, day = {-8000, 0, BTYD_MARK(BTYD_DAYS), 2}, rows[4];
	BtydData data = {.rows = rows, .n = {1, 2, 3, 4}};

	BtydOpenSetAsOf(state, 100);
	BtydOpenSetAsOf(state, 200); /* nothing was counted yet */
	CHECK(state->as_of == 200);
	CHECK(BtydOpenUnpack(state, &test_env, &data) == BTYD_DATA_OK);
	CHECK(data.as_of == BTYD_NO_DAY && BtydRowCount(&data) == 0);
	CHECK(BtydOpenAdd(state, &day, NULL) == BTYD_DATA_OK &&
		  BtydOpenAdd(state, &row, NULL) == BTYD_DATA_OK);
	BtydOpenSetAsOf(state, 200);
	CHECK(state->as_of == 200);
	CHECK(BtydOpenUnpack(state, &test_env, &data) == BTYD_DATA_OK);
	CHECK(data.as_of == 200 && data.n[BTYD_CUSTOMERS] == 1 && data.n[BTYD_SPEND] == 0 &&
		  data.n[BTYD_DAYS] == 1 && data.n[BTYD_GAPS] == 0);
	CHECK(rows[0].x == 1 && rows[1].x == -8000 && rows[1].weight == 2);
	grown = NewState(8, 7);
	BtydOpenGrow(state, grown);
	CHECK(grown->as_of == 200);
	free(grown);
	BtydOpenSetAsOf(state, BTYD_NO_DAY);
	CHECK(state->as_of == BTYD_NO_DAY);
	BtydOpenSetAsOf(state, 200);
	CHECK(state->as_of == BTYD_NO_DAY);
	free(state);
}

/* Hints are guesses: whatever they say, the right row is counted */
static void
TestHints(void)
{
	BtydOpen *state[2] = {NewState(4, 7), NewState(4, 7)};
	BtydHints *hints = calloc(1, sizeof(BtydHints));
	BtydRow rows[4];
	BtydData data = {.rows = rows};

	/* the same place for both days, a customer first in one state */
	state[1] = Add(state[1], (BtydRow){0, 0, 3, 1});
	for (int i = 0; i < 8; i++)
		for (int which = 0; which < 2; which++)
		{
			int32_t x = i % 2 ? 5 : 5 - BTYD_HINTS;

			CHECK(BtydOpenAddOne(state[which], hints, BTYD_DAYS, x) == BTYD_DATA_OK);
			if (x == 5)
				BtydOpenAddOne(state[which], hints, BTYD_GAPS, x);
		}
	memset(hints, 0xff, sizeof(BtydHints));
	CHECK(BtydOpenAddOne(state[1], hints, BTYD_DAYS, 5) == BTYD_DATA_OK);
	CHECK(BtydOpenUnpack(state[0], &test_env, &data) == BTYD_DATA_OK);
	CHECK(data.n[BTYD_DAYS] == 2 && rows[0].weight == 4 && rows[1].weight == 4);
	CHECK(data.n[BTYD_GAPS] == 1 && rows[2].x == 5 && rows[2].weight == 4);
	CHECK(BtydOpenUnpack(state[1], &test_env, &data) == BTYD_DATA_OK);
	CHECK(data.n[BTYD_CUSTOMERS] == 1 && rows[0].weight == 1 && rows[1].weight == 4 &&
		  rows[2].weight == 5 && rows[3].weight == 4);
	CHECK(BtydOpenAddOne(state[1], hints, BTYD_GAPS, 6) == BTYD_DATA_FULL);
	free(hints);
	free(state[0]);
	free(state[1]);
}

/* Use a state in all ways; none may read or write where it must not */
static void
Use(const BtydOpen *forged, size_t size, int *refused, int *used)
{
	BtydOpen *state = malloc(size);
	BtydOpen *other = NewState(8, 7);
	BtydRow row = {3, 1, 2, 1};
	BtydData data;
	size_t done = 0;

	memcpy(state, forged, size);
	if (!BtydOpenIsValid(state, size))
		++*refused;
	else
	{
		++*used;
		data.rows = malloc((state->n + 1) * sizeof(BtydRow));
		BtydOpenUnpack(state, &test_env, &data);
		free(data.rows);
		while (BtydOpenBodyIsValid(state) &&
			   BtydOpenMerge(other, state->rows, state->n, &done) == BTYD_DATA_FULL)
			other = Grown(other);
		state = Add(state, row);
	}
	free(other);
	free(state);
}

static void
TestForged(void)
{
	const size_t size = BtydOpenSize(4);
	BtydOpen *good = NewState(4, 7);
	BtydOpen *bad = malloc(size);
	uint32_t *slots = (uint32_t *) &bad->rows[4];
	BtydRow row = {3, 1, 2, 1}, rows[4];
	BtydData data = {.rows = rows};
	int refused = 0, used = 0;

#define FORGE(change) (memcpy(bad, good, size), change, !BtydOpenIsValid(bad, size))

	good = Add(good, (BtydRow){0, 0, 5, 2});
	good = Add(good, (BtydRow){2, 1, 5, 1});
	good = Add(good, (BtydRow){2, 10.25, BTYD_MARK(BTYD_SPEND), 1});
	CHECK(BtydOpenIsValid(good, size));
	CHECK(!BtydOpenIsValid(good, 0) && !BtydOpenIsValid(good, 72) && !BtydOpenIsValid(good, 73) &&
		  !BtydOpenIsValid(good, size - 1) && !BtydOpenIsValid(good, size + 1));
	CHECK(FORGE(bad->head--));
	CHECK(FORGE(bad->head += 2));
	CHECK(FORGE(bad->unused[0] = 1));
	CHECK(FORGE(bad->unused[2] = 1));
	CHECK(FORGE(bad->also_unused = 1));
	CHECK(FORGE(bad->as_of = BTYD_FIRST_DAY - 1));
	CHECK(FORGE(bad->as_of = BTYD_LAST_DAY + 1));
	CHECK(!FORGE(bad->as_of = BTYD_LAST_DAY));
	CHECK(FORGE(bad->n = 5));
	CHECK(FORGE(bad->n = UINT32_MAX));
	CHECK(FORGE(bad->capacity = 0));
	CHECK(FORGE(bad->capacity = 2));
	CHECK(FORGE(bad->capacity = 8));
	CHECK(FORGE(bad->capacity = 1U << 31));
	CHECK(FORGE(bad->unit_days = 0));
	CHECK(FORGE(bad->unit_days = -7));
	CHECK(FORGE(bad->unit_days = NAN));
	CHECK(FORGE(bad->unit_days = INFINITY));
	CHECK(!FORGE(bad->n = 0));

	/* no power of two, but the size fits */
	free(bad);
	bad = calloc(1, BtydOpenSize(3));
	BtydOpenStart(bad, 2, 7);
	bad->capacity = 3;
	CHECK(!BtydOpenIsValid(bad, BtydOpenSize(3)));
	free(bad);

	/* slots that name no row, and no free slot */
	bad = malloc(size);
	slots = (uint32_t *) &bad->rows[4];
	memcpy(bad, good, size);
	for (int i = 0; i < 8; i++)
		slots[i] = 4;
	CHECK(BtydOpenAdd(bad, &row, NULL) == BTYD_DATA_MALFORMED);
	for (int i = 0; i < 8; i++)
		slots[i] = UINT32_MAX;
	CHECK(BtydOpenAdd(bad, &row, NULL) == BTYD_DATA_MALFORMED);
	for (int i = 0; i < 8; i++)
		slots[i] = 1U << 31;
	CHECK(BtydOpenAdd(bad, &row, NULL) == BTYD_DATA_MALFORMED);
	for (int i = 0; i < 8; i++)
		slots[i] = 1;
	CHECK(BtydOpenAdd(bad, &row, NULL) == BTYD_DATA_MALFORMED);

	/* rows that are no customers */
	for (int i = 0; i < 13; i++)
	{
		static const BtydRow none[] = {{-0.0, 0, 5, 1},
									   {0, 0, -0.0, 1},
									   {-1, 0, 5, 1},
									   {1, 6, 5, 1},
									   {1, 1, NAN, 1},
									   {1, 1, 5, 0},
									   {1, 1, 5, 1.5},
									   {1, 1, 5, INFINITY},
									   {-0.0, 0, BTYD_MARK(BTYD_DAYS), 1},
									   {1, -0.0, BTYD_MARK(BTYD_DAYS), 1},
									   {0, 0, BTYD_MARK(BTYD_GAPS), 1},
									   {1, 0, -0.5, 1},
									   {1, 0, -1e300, 1}};

		memcpy(bad, good, size);
		bad->rows[1] = none[i];
		unit_check(!BtydOpenBodyIsValid(bad) &&
					   BtydOpenUnpack(bad, &test_env, &data) == BTYD_DATA_MALFORMED,
				   "row %g:%g:%g*%g", none[i].x, none[i].t_x, none[i].t, none[i].weight);
	}
	CHECK(!FORGE(bad->counters.nulls = -0.0) && !BtydOpenBodyIsValid(bad));
	CHECK(!FORGE(bad->counters.no_spend = NAN) && !BtydOpenBodyIsValid(bad));
	CHECK(!FORGE(bad->counters.merged = 0.5) && !BtydOpenBodyIsValid(bad));
	memcpy(bad, good, size);
	bad->rows[1].weight = 2 * BTYD_MAX_COUNT;
	CHECK(BtydOpenBodyIsValid(bad));
	CHECK(BtydOpenUnpack(bad, &test_env, &data) == BTYD_DATA_OUT_OF_RANGE);

	/* every bit, turned; the sanitizers watch */
	for (size_t bit = 0; bit < 8 * size; bit++)
	{
		memcpy(bad, good, size);
		((uint8_t *) bad)[bit / 8] ^= (uint8_t) (1 << bit % 8);
		Use(bad, size, &refused, &used);
	}
	unit_check(refused > 90 && used > 1000, "bits turned: %d headers refused, %d states used",
			   refused, used);
	free(bad);
	free(good);
}

int
main(void)
{
	TestMany();
	TestSort();
	TestAnswers();
	TestAsOf();
	TestHints();
	TestForged();
	return unit_done();
}
