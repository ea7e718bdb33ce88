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
		REQUIRE(data->nrows + data->nspend <= state->n);
		for (size_t i = 0; i < data->nrows + data->nspend; i++)
		{
			REQUIRE(BtydRowIsValid(&data->rows[i]));
			REQUIRE(!signbit(data->rows[i].x) && !signbit(data->rows[i].t_x));
			REQUIRE((data->rows[i].t == BTYD_SPEND_ROW) == (i >= data->nrows));
			REQUIRE(i == 0 || BtydRowCompare(&data->rows[i - 1], &data->rows[i]) < 0);
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
	BtydRow rows[MOST];
} Model;

static void
ModelAdd(Model *model, const BtydRow *row)
{
	size_t i = 0;

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
		row.x += 1;
		row.t = BTYD_SPEND_ROW;
		row.t_x = (1 + bytes[1]) / 4.0;
	}
	else
	{
		row.t = bytes[2] + (bytes[3] >> 6) / 4.0;
		row.t_x = row.x > 0 ? row.t * (bytes[1] & 31) / 31.0 : 0;
	}
	return row;
}

static void
Count(const uint8_t *bytes, size_t size)
{
	BtydOpen *state[2] = {NewState(1), NewState(8)};
	Model *model[2] = {calloc(1, sizeof(Model)), calloc(1, sizeof(Model))};

	for (size_t steps = 0; size >= 4 && steps < MOST / 2; bytes += 4, size -= 4, steps++)
	{
		int k = bytes[3] >> 3 & 1;
		BtydRow row = RowOf(bytes);

		if ((bytes[3] & 0x30) == 0x30 && model[0]->n + model[1]->n < MOST / 2)
		{
			/* the other is merged in */
			const BtydOpen *other = state[!k];
			size_t done = 0;

			while (BtydOpenMerge(state[k], other->rows, other->n, &done) == BTYD_DATA_FULL)
				state[k] = Grown(state[k]);
			REQUIRE(done == other->n);
			BtydOpenAddCounters(state[k], &other->counters);
			for (size_t i = 0; i < model[!k]->n; i++)
				ModelAdd(model[k], &model[!k]->rows[i]);
			continue;
		}
		if (BtydOpenAdd(state[k], &row) == BTYD_DATA_FULL)
		{
			REQUIRE(state[k]->n == state[k]->capacity);
			state[k] = Grown(state[k]);
			REQUIRE(BtydOpenAdd(state[k], &row) == BTYD_DATA_OK);
		}
		state[k]->counters.merged++;
		ModelAdd(model[k], &row);
	}
	for (int k = 0; k < 2; k++)
	{
		BtydData data, want = {7, state[k]->counters, model[k]->rows, 0, model[k]->n};

		while (want.nspend > 0 && want.rows[want.nrows].t >= 0)
			want.nrows++, want.nspend--;
		REQUIRE(BtydOpenIsEmpty(state[k]) == (model[k]->n == 0));
		REQUIRE(state[k]->n == model[k]->n);
		/* merging one into the other, and back, can count more than there are numbers */
		if (!BtydCountsAreValid(&want))
			REQUIRE(Unpacked(state[k], &data) == BTYD_DATA_OUT_OF_RANGE);
		else
		{
			REQUIRE(Unpacked(state[k], &data) == BTYD_DATA_OK);
			REQUIRE(data.nrows == want.nrows && data.nspend == want.nspend);
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

		status = BtydOpenAdd(state, &row);
		if (status == BTYD_DATA_FULL)
		{
			state = Grown(state);
			status = BtydOpenAdd(state, &row);
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
