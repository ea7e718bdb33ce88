/*
 * multistart.c: the best log-likelihood that a search without derivatives finds from many starts
 *
 * Usage: multistart PROCESS ORDER STARTS < rows, a row "x t_x t customers" a line. Independent of
 * the optimiser of a fit: Nelder & Mead (1965) over the logarithms of the parameters, from starts
 * drawn at random within the bounds of the process, each followed by a second search from where it
 * ended. Prints the best, and where it is. bench/populations.sh asks whether a fit is below it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clv/btyd.h"

#define MAX_STEPS 600

static const BtydProcess *Process;
static int Order;
static BtydRow *Rows;
static size_t RowCount;
static double Lower[BTYD_MAX_PARAMS], Upper[BTYD_MAX_PARAMS]; /* of the logarithms */

static int
CompareRows(const void *a, const void *b)
{
	const BtydRow *left = a, *right = b;

	return left->x < right->x ? -1 : left->x > right->x;
}

/* The log-likelihood within the bounds, held at them */
static double
Value(const double *log_params)
{
	double params[BTYD_MAX_PARAMS] = {0};
	double sum = 0;
	BtydModel model;

	for (int i = 0; i < Process->nparams; i++)
		params[i] = exp(fmin(fmax(log_params[i], Lower[i]), Upper[i]));
	if (BtydPrepare(&model, Process, Order, params) != BTYD_OK)
		return -INFINITY;
	for (size_t i = 0, end; i < RowCount; i = end)
	{
		for (end = i + 1; end < RowCount && Rows[end].x == Rows[i].x;)
			end++;
		sum += Process->loglik(&model, Rows + i, end - i, NULL, NULL);
	}
	return isnan(sum) ? -INFINITY : sum;
}

/* Climb from point, which is moved to the top */
static double
Climb(double *point, double size)
{
	enum
	{
		MOST = BTYD_MAX_PARAMS + 1
	};
	int n = Process->nparams;
	double corner[MOST][BTYD_MAX_PARAMS], value[MOST];

	for (int i = 0; i <= n; i++)
	{
		memcpy(corner[i], point, sizeof(corner[i]));
		if (i > 0)
			corner[i][i - 1] += size;
		value[i] = Value(corner[i]);
	}
	for (int step = 0; step < MAX_STEPS; step++)
	{
		int best = 0, worst = 0;
		double centre[BTYD_MAX_PARAMS] = {0}, trial[BTYD_MAX_PARAMS], further[BTYD_MAX_PARAMS];
		double got;

		for (int i = 1; i <= n; i++)
		{
			if (value[i] > value[best])
				best = i;
			if (value[i] < value[worst])
				worst = i;
		}
		if (value[best] - value[worst] < 1e-10)
			break;
		for (int i = 0; i <= n; i++)
			for (int j = 0; j < n && i != worst; j++)
				centre[j] += corner[i][j] / n;
		for (int j = 0; j < n; j++)
		{
			trial[j] = 2 * centre[j] - corner[worst][j];
			further[j] = 3 * centre[j] - 2 * corner[worst][j];
		}
		got = Value(trial);
		if (got > value[best])
		{
			double more = Value(further);

			if (more > got)
			{
				got = more;
				memcpy(trial, further, sizeof(trial));
			}
		}
		else if (!(got > value[worst]))
		{
			for (int j = 0; j < n; j++)
				trial[j] = (centre[j] + corner[worst][j]) / 2;
			got = Value(trial);
		}
		if (got > value[worst])
		{
			memcpy(corner[worst], trial, sizeof(trial));
			value[worst] = got;
			continue;
		}
		for (int i = 0; i <= n; i++)
		{
			if (i == best)
				continue;
			for (int j = 0; j < n; j++)
				corner[i][j] = (corner[i][j] + corner[best][j]) / 2;
			value[i] = Value(corner[i]);
		}
	}
	for (int i = 1; i <= n; i++)
		if (value[i] > value[0])
		{
			value[0] = value[i];
			memcpy(corner[0], corner[i], sizeof(corner[0]));
		}
	memcpy(point, corner[0], sizeof(corner[0]));
	return value[0];
}

int
main(int argc, char **argv)
{
	int starts = argc > 3 ? atoi(argv[3]) : 0;
	size_t room = 0;
	double sum_t = 0, customers = 0, best = -INFINITY;
	double where[BTYD_MAX_PARAMS] = {0};
	RandomState rng;
	BtydRow row;

	Process = argc > 3 ? BtydProcessByName(argv[1]) : NULL;
	if (Process == NULL || (Order = atoi(argv[2])) < 1 || Order > Process->max_order)
	{
		fprintf(stderr, "usage: multistart PROCESS ORDER STARTS < rows\n");
		return 1;
	}
	while (scanf("%lf %lf %lf %lf", &row.x, &row.t_x, &row.t, &row.weight) == 4)
	{
		if (RowCount == room && !(Rows = realloc(Rows, (room = 2 * room + 64) * sizeof(row))))
			return 1;
		Rows[RowCount++] = row;
		sum_t += row.weight * row.t;
		customers += row.weight;
	}
	qsort(Rows, RowCount, sizeof(row), CompareRows);
	for (int i = 0; i < Process->nparams; i++)
	{
		double unit = Process->in_time_units[i] ? sum_t / customers : 1;

		Lower[i] = log(Process->lower[i] * unit);
		Upper[i] = log(Process->upper[i] * unit);
	}
	RandomSeed(&rng, 8, 0);
	for (int s = 0; s < starts; s++)
	{
		double point[BTYD_MAX_PARAMS];
		double top;

		/* the middle half of the logarithms is where shops are, and wide enough */
		for (int i = 0; i < Process->nparams; i++)
			point[i] = Lower[i] + (Upper[i] - Lower[i]) * (0.3 + 0.4 * RandomUniform(&rng));
		Climb(point, 1);
		top = Climb(point, 0.3);
		if (top > best)
		{
			best = top;
			memcpy(where, point, sizeof(where));
		}
	}
	printf("%.9f", best);
	for (int i = 0; i < Process->nparams; i++)
		printf(" %.9g", exp(fmin(fmax(where[i], Lower[i]), Upper[i])));
	printf("\n");
	free(Rows);
	return 0;
}
