/*
 * fit_rows.c: the rows that fits are made from, in order, and samples of them
 */
#include <math.h>
#include <string.h>

#include "core/clv/data.h"
#include "core/clv/fit.h"

/* Rows of the smallest sample, and how much larger the next one is */
#define SAMPLE_ROWS 1000
#define SAMPLE_GROWTH 16

/* Rows between two looks at env->check */
#define BLOCK_ROWS 2048

/*
 * A systematic sample in proportion to weight: each kept row stands for the customers that were
 * counted since the last. Heavy rows keep their weight, so little is lost but single customers.
 */
static size_t
Sample(const BtydRow *rows, size_t n, double customers, size_t target, BtydRow *sample)
{
	double step = customers / (double) target;
	double seen = 0.5 * step;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
	{
		double hits;

		seen += rows[i].weight;
		hits = floor(seen / step);
		if (hits < 1.0)
			continue;
		seen -= hits * step;
		if (kept == target + 1)
			break;
		sample[kept] = rows[i];
		sample[kept++].weight = hits * step;
	}
	return kept;
}

/* Check all rows and sum them up; false with bad_row when one is no customer */
static BtydFitStatus
Summarise(BtydFitRows *data, const BtydRow *rows, size_t n, bool *ordered)
{
	BtydSummary *summary = &data->summary;

	*ordered = true;
	for (size_t i = 0; i < n; i++)
	{
		const BtydRow *row = &rows[i];
		double w = row->weight;

		if (i % BLOCK_ROWS == 0 && EnvironmentMustStop(data->env))
			return BTYD_FIT_INTERRUPTED;
		if (BtydCheckRow(row->x, row->t_x, row->t) != BTYD_OK || !(w > 0.0 && isfinite(w)))
		{
			data->bad_row = i;
			return BTYD_FIT_BAD_DATA;
		}
		summary->customers += w;
		if (row->x > 0.0)
			summary->repeaters += w;
		summary->sum_x += w * row->x;
		summary->sum_x_squared += w * row->x * row->x;
		summary->sum_t_x += w * row->t_x;
		summary->sum_t += w * row->t;
		summary->max_x = fmax(summary->max_x, row->x);
		if (i > 0 && row->x < rows[i - 1].x)
			*ordered = false;
	}
	return BTYD_FIT_CONVERGED;
}

/* Why no process can be fitted to these customers; CONVERGED if one can */
static BtydFitStatus
CheckEnough(const BtydSummary *summary)
{
	if (summary->customers == 0.0)
		return BTYD_FIT_EMPTY;
	if (summary->customers < BTYD_MIN_CUSTOMERS)
		return BTYD_FIT_TOO_FEW;
	if (!(summary->sum_t > 0.0) || !isfinite(summary->sum_t))
		return BTYD_FIT_NO_TIME;
	if (summary->repeaters == 0.0)
		return BTYD_FIT_NO_REPEATS;
	return BTYD_FIT_CONVERGED;
}

static void
AddLevel(BtydFitRows *data, const BtydRow *rows, size_t n)
{
	data->level[data->levels++] = (BtydFitLevel){rows, n};
}

BtydFitStatus
BtydFitRowsBegin(BtydFitRows *data, const BtydRow *rows, size_t n, const Environment *env)
{
	BtydFitStatus status;
	size_t sizes[BTYD_FIT_LEVELS];
	size_t room = 0;
	int samples = 0;
	bool ordered;

	memset(data, 0, sizeof(*data));
	data->env = env;
	data->rows = n;
	status = Summarise(data, rows, n, &ordered);
	if (status == BTYD_FIT_CONVERGED)
		status = CheckEnough(&data->summary);
	if (status != BTYD_FIT_CONVERGED)
		return status;
	data->unit = data->summary.sum_t / data->summary.customers;

	for (size_t size = SAMPLE_ROWS; size < n / 2 && samples < BTYD_FIT_LEVELS - 1;
		 size *= SAMPLE_GROWTH)
	{
		sizes[samples++] = size;
		room += size + 1;
	}

	/* all memory is taken here, before NLopt has any of its own */
	if (!ordered)
		data->copy = EnvironmentAllocate(env, n, sizeof(BtydRow));
	if (samples > 0)
		data->samples = EnvironmentAllocate(env, room, sizeof(BtydRow));
	if ((!ordered && data->copy == NULL) || (samples > 0 && data->samples == NULL))
		return BTYD_FIT_NO_MEMORY;
	if (!ordered)
	{
		/* by x; within x by t, because a run of equal t is cheaper for the likelihoods */
		BtydDataStatus sorted = BtydSortRows(rows, n, data->copy, env);

		if (sorted != BTYD_DATA_OK)
			return sorted == BTYD_DATA_NO_MEMORY ? BTYD_FIT_NO_MEMORY : BTYD_FIT_INTERRUPTED;
		rows = data->copy;
	}
	room = 0;
	for (int i = 0; i < samples; i++)
	{
		BtydRow *sample = data->samples + room;

		AddLevel(data, sample, Sample(rows, n, data->summary.customers, sizes[i], sample));
		room += sizes[i] + 1;
	}
	AddLevel(data, rows, n);
	return BTYD_FIT_CONVERGED;
}

void
BtydFitRowsEnd(BtydFitRows *data)
{
	EnvironmentRelease(data->env, data->samples);
	EnvironmentRelease(data->env, data->copy);
	data->samples = data->copy = NULL;
}
