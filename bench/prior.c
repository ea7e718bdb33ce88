/*
 * prior.c: does a weak prior help small shops?
 *
 * Usage: prior [SHOPS]. Shops of 30 to 400 customers, whose parameters are drawn, of MBG/NBD,
 * Pareto/NBD and NBD in turn, observed for a year; the orders of the year after, predicted by the
 * best process by AIC, without and with the prior. Build and run: bench/prior.sh
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/clv/auto.h"
#include "env.h"

#define MOST 400
#define YEAR 52.0

static BtydRow rows[MOST];
static double errors[2][100000];

static int
Compare(const void *a, const void *b)
{
	double left = *(const double *) a, right = *(const double *) b;

	return (left > right) - (left < right);
}

/* Draws a shop; returns the orders of the second year, negative if it has too few to be judged */
static double
Draw(int shop, int customers)
{
	static const BtydProcess *const makers[] = {&BtydMbgnbd, &BtydParetonbd, &BtydNbd};
	const BtydProcess *process = makers[shop % 3];
	RandomState rng;
	BtydModel m;
	double rate, params[4], repeats = 0, after = 0;

	RandomSeed(&rng, 77, (uint64_t) shop);
	params[0] = exp(-0.3 + 0.6 * RandomNormal(&rng));
	rate = exp(0.8 * RandomNormal(&rng)) / 10;
	params[1] = params[0] / rate;
	params[2] = exp(-0.2 + 0.7 * RandomNormal(&rng));
	params[3] = (process == &BtydParetonbd ? 20 * params[2] : 2) * exp(0.7 * RandomNormal(&rng));
	BtydPrepare(&m, process, 1, params);
	for (int i = 0; i < customers; i++)
	{
		BtydCustomer customer;
		double first, when;

		RandomSeed(&rng, 1000 + (uint64_t) shop, (uint64_t) i);
		first = 30 * RandomUniform(&rng);
		rows[i] = (BtydRow){0, 0, YEAR - first, 1};
		process->draw(&m, &rng, &customer);
		while ((when = first + process->next(&m, &rng, &customer)) <= 2 * YEAR && after < 1e6)
		{
			if (when > YEAR)
				after++;
			else
			{
				rows[i].x++;
				rows[i].t_x = when - first;
			}
		}
		repeats += rows[i].x;
	}
	return repeats >= 10 && after >= 5 ? after : -1;
}

static double
Predict(int customers, bool prior)
{
	static BtydChoice choice;
	BtydGaps gaps = {0};
	const BtydFit *fit;
	BtydModel m;
	double total = 0;

	if (BtydChoose(rows, (size_t) customers, &gaps, 0, 1, prior, false, &test_env, &choice) !=
		BTYD_FIT_CONVERGED)
		exit(1);
	fit = &choice.at[choice.best].fit;
	BtydPrepare(&m, fit->process, 1, fit->params);
	for (int i = 0; i < customers; i++)
	{
		double expected = 0;

		BtydExpected(&m, rows[i].x, rows[i].t_x, rows[i].t, YEAR, &expected);
		total += expected;
	}
	return total;
}

int
main(int argc, char **argv)
{
	static const int sizes[] = {30, 60, 120, MOST};
	int shops = argc > 1 ? atoi(argv[1]) : 150;

	for (int s = 0; s < 4; s++)
	{
		double mean[2] = {0};
		int n = 0;

		for (int shop = 0; shop < shops; shop++)
		{
			double after = Draw(shop, sizes[s]);

			for (int prior = 0; after > 0 && prior < 2; prior++)
			{
				errors[prior][n] = fabs(log(Predict(sizes[s], prior) / after));
				mean[prior] += errors[prior][n];
			}
			n += after > 0;
		}
		printf("%d customers, %d shops: |log(predicted / actual)|", sizes[s], n);
		for (int prior = 0; prior < 2; prior++)
		{
			qsort(errors[prior], (size_t) n, sizeof(double), Compare);
			printf("%s mean %.3f, median %.3f, 9 of 10 below %.3f", prior ? "; with a prior" : "",
				   mean[prior] / n, errors[prior][n / 2], errors[prior][(int) (0.9 * n)]);
		}
		printf("\n");
	}
	return 0;
}
