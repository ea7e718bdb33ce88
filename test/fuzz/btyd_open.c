/*
 * btyd_open.c: fuzz the state of crm.btyd_agg. The first byte chooses: customers that are counted,
 * state merged with state, against a plain array; or bytes that claim to be a state.
 */
#include "core/clv/open.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static BtydOpen *
NewState(uint32_t capacity)
{
	BtydOpen *state = calloc(1, BtydOpenSize(capacity));

	BtydOpenStart(state, capacity, 7);
	REQUIRE(BtydOpenIsValid(state, BtydOpenSize(capacity)) && BtydOpenIsEmpty(state));
	return state;
}

static BtydOpen *
Grown(BtydOpen *state)
{
	BtydOpen *grown = NewState(2 * state->capacity);

	BtydOpenGrow(state, grown);
	REQUIRE(grown->n == state->n && BtydOpenIsValid(grown, BtydOpenSize(grown->capacity)));
	free(state);
	return grown;
}

/* Unpack: normalised data, or MALFORMED, or too many customers. */
static BtydDataStatus
Unpacked(const BtydOpen *state, BtydData *data)
{
	BtydDataStatus status;

	data->rows = malloc((state->n + 1) * sizeof(BtydRow));
	status = BtydOpenUnpack(state, &FuzzEnvironment, data);
	if (status == BTYD_DATA_OK)
	{
		size_t n = BtydRowCount(data);

		REQUIRE(n <= state->n && data->as_of == (n == 0 ? BTYD_NO_DAY : state->as_of));
		for (size_t i = 0; i < n; i++)
		{
			BtydRow *row = &data->rows[i];
			const BtydRow *end = BtydRowsOf(data, BtydRowKind(row)) + data->n[BtydRowKind(row)];

			REQUIRE(BtydRowIsValid(row));
			REQUIRE((row->x != 0 || !signbit(row->x)) && !signbit(row->t_x));
			REQUIRE(row < end && row >= BtydRowsOf(data, BtydRowKind(row)));
			REQUIRE(i == 0 || BtydRowCompare(row - 1, row) < 0);
		}
		REQUIRE(BtydCountsAreValid(data));
	}
	else
		REQUIRE(status == BTYD_DATA_MALFORMED || status == BTYD_DATA_OUT_OF_RANGE);
	return status;
}

/* ---------------------------------------------------------------- against a plain array */

#define MOST 4096

typedef struct Model
{
	size_t n;
	int32_t as_of[2]; /* the least and the greatest of its rows */
	BtydRow rows[MOST];
} Model;

static void
ModelAdd(Model *model, const BtydRow *row, int32_t least, int32_t greatest)
{
	size_t i = 0;

	if (model->n == 0 || least < model->as_of[0])
		model->as_of[0] = least;
	if (model->n == 0 || greatest > model->as_of[1])
		model->as_of[1] = greatest;
	while (i < model->n && BtydRowCompare(&model->rows[i], row) < 0)
		i++;
	if (i < model->n && BtydRowCompare(&model->rows[i], row) == 0)
	{
		model->rows[i].weight += row->weight;
		return;
	}
	memmove(&model->rows[i + 1], &model->rows[i], (model->n - i) * sizeof(BtydRow));
	model->rows[i] = *row;
	model->n++;
}

/* A row of four bytes: few values, so that many are equal */
static BtydRow
RowOf(const uint8_t *bytes)
{
	BtydRow row = {bytes[0] & 15, 0, 0, 1 + (bytes[3] & 3)};

	if (bytes[3] & 4)
	{
		row.t = BTYD_MARK(1 + bytes[1] % 3);
		if (row.t == BTYD_MARK(BTYD_SPEND))
			row.t_x = (1 + bytes[1]) / 4.0;
		row.x += row.t == BTYD_MARK(BTYD_DAYS) ? -8 : 1;
	}
	else
	{
		row.t = bytes[2] + (bytes[3] >> 6) / 4.0;
		row.t_x = row.x > 0 ? row.t * (bytes[1] & 31) / 31.0 : 0;
	}
	return row;
}

/* By way of hints, which both states share, where there is one */
static BtydDataStatus
AddRow(BtydOpen *state, const BtydRow *row)
{
	static BtydHints hints;

	if (BtydRowKind(row) >= BTYD_DAYS && row->weight == 1)
		return BtydOpenAddOne(state, &hints, BtydRowKind(row), (int32_t) row->x);
	return BtydOpenAdd(state, row, NULL);
}

static void
Count(const uint8_t *bytes, size_t size)
{
	BtydOpen *state[2] = {NewState(1), NewState(8)};
	Model *model[2] = {calloc(1, sizeof(Model)), calloc(1, sizeof(Model))};

	for (size_t steps = 0; size >= 4 && steps < MOST / 2; bytes += 4, size -= 4, steps++)
	{
		int k = bytes[3] >> 3 & 1;
		int32_t as_of = bytes[0] >> 4 ? bytes[0] >> 7 : BTYD_NO_DAY; /* none, or one of two */
		BtydRow row = RowOf(bytes);

		if ((bytes[3] & 0x30) == 0x30 && model[0]->n + model[1]->n < MOST / 2)
		{
			/* the other is merged in */
			const BtydOpen *other = state[!k];
			size_t done = 0;

			if (other->n > 0)
				BtydOpenSetAsOf(state[k], other->as_of);
			while (BtydOpenMerge(state[k], other->rows, other->n, &done) == BTYD_DATA_FULL)
				state[k] = Grown(state[k]);
			REQUIRE(done == other->n);
			BtydOpenAddCounters(state[k], &other->counters);
			for (size_t i = 0; i < model[!k]->n; i++)
				ModelAdd(model[k], &model[!k]->rows[i], model[!k]->as_of[0], model[!k]->as_of[1]);
			continue;
		}
		BtydOpenSetAsOf(state[k], as_of);
		if (AddRow(state[k], &row) == BTYD_DATA_FULL)
		{
			REQUIRE(state[k]->n == state[k]->capacity);
			state[k] = Grown(state[k]);
			REQUIRE(AddRow(state[k], &row) == BTYD_DATA_OK);
		}
		state[k]->counters.merged++;
		ModelAdd(model[k], &row, as_of, as_of);
	}
	for (int k = 0; k < 2; k++)
	{
		BtydData data, want = {7, BTYD_NO_DAY, state[k]->counters, model[k]->rows, {0}};

		for (size_t i = 0; i < model[k]->n; i++)
			want.n[BtydRowKind(&want.rows[i])]++;
		if (model[k]->n > 0 && model[k]->as_of[0] == model[k]->as_of[1])
			want.as_of = model[k]->as_of[0];
		REQUIRE(BtydOpenIsEmpty(state[k]) == (model[k]->n == 0));
		REQUIRE(state[k]->n == model[k]->n);
		/* merging one into the other, and back, can count more than there are numbers */
		if (!BtydCountsAreValid(&want))
			REQUIRE(Unpacked(state[k], &data) == BTYD_DATA_OUT_OF_RANGE);
		else
		{
			REQUIRE(Unpacked(state[k], &data) == BTYD_DATA_OK);
			REQUIRE(memcmp(data.n, want.n, sizeof(want.n)) == 0 && data.as_of == want.as_of);
			REQUIRE(memcmp(data.rows, want.rows, model[k]->n * sizeof(BtydRow)) == 0);
		}
		REQUIRE(BtydOpenSetUnit(state[k], 1) ==
				(model[k]->n == 0 ? BTYD_DATA_OK : BTYD_DATA_OTHER_UNIT));
		free(data.rows);
		free(state[k]);
		free(model[k]);
	}
}

/* ---------------------------------------------------------------- bytes that claim to be a state
 */

static void
Forge(const uint8_t *bytes, size_t size)
{
	/* what is not given is zero */
	uint32_t capacity = size > 0 ? 1 + (bytes[0] & 15) : 1;
	size_t room = BtydOpenSize(capacity);
	BtydOpen *state = calloc(1, room);
	BtydOpen *fresh = NewState(8);
	BtydData data;
	BtydRow row = {1, 1, 2, 1};
	size_t done = 0;
	BtydDataStatus status;

	if (size > 0)
		memcpy(state, bytes + 1, size - 1 < room ? size - 1 : room);
	if (size > 0 && bytes[0] & 16)
	{
		/* a header that fits, so that the rest is looked at */
		state->head = BTYD_OPEN_HEAD;
		memset(state->unused, 0, sizeof(state->unused));
		state->also_unused = 0;
		state->as_of = state->as_of & 1 ? BTYD_NO_DAY : state->as_of / 1024;
		state->capacity = capacity;
		state->n %= capacity + 1;
		state->unit_days = 7;
		REQUIRE(BtydOpenIsValid(state, room) == ((capacity & (capacity - 1)) == 0));
		REQUIRE(!BtydOpenIsValid(state, room - 1) && !BtydOpenIsValid(state, room + 8));
	}
	if (BtydOpenIsValid(state, room))
	{
		status = Unpacked(state, &data);
		free(data.rows);
		REQUIRE((status != BTYD_DATA_MALFORMED) == BtydOpenBodyIsValid(state));
		if (status != BTYD_DATA_MALFORMED)
		{
			while (BtydOpenMerge(fresh, state->rows, state->n, &done) == BTYD_DATA_FULL)
				fresh = Grown(fresh);
			REQUIRE(done == state->n);
			REQUIRE(Unpacked(fresh, &data) != BTYD_DATA_MALFORMED);
			free(data.rows);
		}

		status = BtydOpenAdd(state, &row, NULL);
		if (status == BTYD_DATA_FULL)
		{
			state = Grown(state);
			status = BtydOpenAdd(state, &row, NULL);
		}
		REQUIRE(status == BTYD_DATA_OK || status == BTYD_DATA_MALFORMED);
	}
	free(fresh);
	free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size == 0)
		return 0;
	if (bytes[0] & 1)
		Count(bytes + 1, size - 1);
	else
		Forge(bytes + 1, size - 1);
	return 0;
}
