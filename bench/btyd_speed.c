/*
 * btyd_speed.c: what the BTYD processes cost: nanoseconds a prediction and a row, seconds a fit
 *
 * Usage: btyd_speed [customers]. Processor time, without a server. Build and run:
 * bench/btyd_speed.sh
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "env.h"
#include "population.h"

/* Of the CDNOW sample, in days */
static const double usual[][4] = {
	{0.525, 43.3, 0.891, 1.614}, {0.243, 30.9, 0.793, 2.426}, {0.553, 74.0, 0.606, 81.7}, {0.385, 84.5}};

static double
Seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int
CompareRows(const void *a, const void *b)
{
	const BtydRow *l = a;
	const BtydRow *r = b;

	if (l->x != r->x)
		return l->x < r->x ? -1 : 1;
	if (l->t != r->t)
		return l->t < r->t ? -1 : 1;
	return (l->t_x > r->t_x) - (l->t_x < r->t_x);
}

/* Count equal customers, as btyd_agg does */
static size_t
Merge(BtydRow *rows, size_t n)
{
	size_t kept = 0;

	qsort(rows, n, sizeof(BtydRow), CompareRows);
	for (size_t i = 1; i < n; i++)
	{
		if (CompareRows(&rows[kept], &rows[i]) == 0)
			rows[kept].weight += rows[i].weight;
		else
			rows[++kept] = rows[i];
	}
	return kept + 1;
}

static void
Speed(size_t customers)
{
	BtydRow *rows = malloc(customers * sizeof(BtydRow));

	for (int i = 0; BtydProcesses[i]; i++)
	{
		const BtydProcess *process = BtydProcesses[i];
		size_t some = customers < 100000 ? customers : 100000;
		double sum = 0.0, value, start;
		double grad[4] = {0}, hess[16] = {0};
		size_t distinct;
		BtydModel m;
		BtydFit fit;

		BtydPrepare(&m, process, 1, usual[i]);
		population_draw(&m, 90, 273, true, 1, rows, customers);
		printf("%s\n", process->title);

#define TIME(what, call)               \
	start = Seconds();                 \
	for (size_t j = 0; j < some; j++)  \
	{                                  \
		const BtydRow *row = &rows[j]; \
                                       \
		value = 0.0;                   \
		(void) call;                   \
		sum += value;                  \
	}                                  \
	printf("  %-28s %8.0f ns\n", what, (Seconds() - start) * 1e9 / (double) some)

		TIME("p_alive", BtydPAlive(&m, row->x, row->t_x, row->t, &value));
		TIME("expected, 365 days", BtydExpected(&m, row->x, row->t_x, row->t, 365, &value));
		TIME("discounted, 365 days",
			 BtydDiscounted(&m, row->x, row->t_x, row->t, 365, 0.1 / 365, &value));
		TIME("discounted, for life",
			 BtydDiscounted(&m, row->x, row->t_x, row->t, INFINITY, 0.1 / 365, &value));
		TIME("no order in 90 days", BtydPmf(&m, row->x, row->t_x, row->t, 90, 0, &value));
		TIME("3 orders in 365 days", BtydPmf(&m, row->x, row->t_x, row->t, 365, 3, &value));

		TIME("next order, 1 in 4", BtydNextOrder(&m, row->x, row->t_x, row->t, 0.25, &value));

		distinct = Merge(rows, customers);
		some = distinct;
		start = Seconds();
		for (size_t j = 0, end; j < distinct; j = end)
		{
			for (end = j + 1; end < distinct && end < j + 2048 && rows[end].x == rows[j].x;)
				end++;
			sum += process->loglik(&m, rows + j, end - j, grad, NULL);
		}
		printf("  %-28s %8.0f ns\n", "row: value, gradient", (Seconds() - start) * 1e9 / some);
		start = Seconds();
		for (size_t j = 0, end; j < distinct; j = end)
		{
			for (end = j + 1; end < distinct && end < j + 2048 && rows[end].x == rows[j].x;)
				end++;
			sum += process->loglik(&m, rows + j, end - j, grad, hess);
		}
		printf("  %-28s %8.0f ns\n", "row: and Hessian", (Seconds() - start) * 1e9 / some);
		start = Seconds();
		BtydFitProcess(process, 1, rows, distinct, &test_env, &fit);
		printf("  fit: %zu customers, %zu distinct: %.2f s, %d evaluations, %s%s\n", customers,
			   distinct, Seconds() - start, fit.evaluations, BtydFitStatusName(fit.status),
			   sum == 42 ? "!" : "");
	}
	free(rows);
}

int
main(int argc, char **argv)
{
	Speed(argc > 1 ? (size_t) atol(argv[1]) : 1000000);
	return 0;
}
