/*
 * btyd_coverage.c: how often the 95 % intervals of a fit contain the truth
 *
 * Usage: btyd_coverage [populations [customers]]. For each process: draws populations from known
 * parameters, fits each, and counts the parameters that lie within 1.96 standard errors, on the natural
 * and on the logarithmic scale; and, by profile points, the expected orders of the 52 weeks to come, of
 * all customers and of one. Build and run: bench/btyd_coverage.sh
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clv/fit.h"
#include "env.h"

#define HORIZON 52.0

/* What is expected of all customers, and of the first */
static void
Expect(const BtydProcess *process, const double *params, const BtydRow *rows, int n,
	   double expected[2])
{
	BtydModel m;

	BtydPrepare(&m, process, 1, params);
	expected[0] = 0;
	for (int i = n - 1; i >= 0; i--)
	{
		BtydExpected(&m, rows[i].x, rows[i].t_x, rows[i].t, HORIZON, &expected[1]);
		expected[0] += expected[1];
	}
}

/* Do the intervals made of profile points contain what the truth expects? */
static void
Covers(const BtydFit *fit, const double *truth, const BtydRow *rows, int n, int covered[2])
{
	double at[2], one[2], other[2], right[2];
	double below[2] = {0}, above[2] = {0};

	Expect(fit->process, truth, rows, n, right);
	Expect(fit->process, fit->params, rows, n, at);
	for (int i = 0; i < fit->npoints; i += 2)
	{
		Expect(fit->process, fit->points[i], rows, n, one);
		Expect(fit->process, fit->points[i + 1], rows, n, other);
		for (int k = 0; k < 2; k++)
		{
			below[k] += pow(fmin(0, fmin(one[k], other[k]) - at[k]), 2);
			above[k] += pow(fmax(0, fmax(one[k], other[k]) - at[k]), 2);
		}
	}
	for (int k = 0; k < 2; k++)
		covered[k] += right[k] >= at[k] - sqrt(below[k]) && right[k] <= at[k] + sqrt(above[k]);
}

int
main(int argc, char **argv)
{
	int populations = argc > 1 ? atoi(argv[1]) : 1000;
	int customers = argc > 2 ? atoi(argv[2]) : 5000;
	BtydRow *rows = malloc((size_t) customers * sizeof(BtydRow));

	printf("%d populations of %d customers, observed for 26 to 78 weeks; share of 95 %% intervals "
		   "with the truth\n",
		   populations, customers);
	for (int k = 0; BtydProcesses[k]; k++)
	{
		const BtydProcess *process = BtydProcesses[k];
		const double dropout[2][4] = {{0.8, 8, 1.1, 2.5}, {0.6, 10, 0.7, 12}};
		const double *truth = dropout[process->in_time_units[3]]; /* Pareto/NBD has two times */
		int natural[4] = {0}, logarithm[4] = {0};
		int converged = 0, usable = 0, beyond = 0, covered[2] = {0};
		int width = process->nparams;
		BtydModel m;

		BtydPrepare(&m, process, 1, truth);
		for (int i = 0; i < populations; i++)
		{
			BtydFit fit;
			RandomState rng;

			RandomSeed(&rng, 20240105, (uint64_t) i);
			for (int j = 0; j < customers; j++)
			{
				BtydCustomer c;
				BtydRow row = {0, 0, 26 + 52 * RandomUniform(&rng), 1};
				double when;

				process->draw(&m, &rng, &c);
				while ((when = process->next(&m, &rng, &c)) <= row.t)
				{
					row.x++;
					row.t_x = when;
				}
				rows[j] = row;
			}
			BtydFitProcess(process, 1, rows, (size_t) customers, &test_env, &fit);
			if (!BtydFitIsUsable(fit.status))
				continue;
			usable++;
			Covers(&fit, truth, rows, customers, covered);
			if (fit.status != BTYD_FIT_CONVERGED)
				continue;
			converged++;
			for (int j = 0; j < process->nparams; j++)
			{
				double error = (fit.params[j] - truth[j]) / sqrt(fit.covariance[(width + 1) * j]);
				double log_error =
					log(fit.params[j] / truth[j]) / sqrt(fit.log_covariance[(width + 1) * j]);

				natural[j] += fabs(error) <= 1.959964;
				logarithm[j] += fabs(log_error) <= 1.959964;
				beyond += fabs(log_error) > 3;
			}
		}
		printf("%-9s usable %d, expected orders of all %.1f %%, of one customer %.1f %%\n",
			   process->name, usable, 100.0 * covered[0] / usable, 100.0 * covered[1] / usable);
		printf("%-9s converged %d, beyond 3 s.e. (of the logarithm) %.2f %%\n", process->name,
			   converged, 100.0 * beyond / (process->nparams * converged));
		for (int j = 0; j < process->nparams; j++)
			printf("  %-5s natural %.1f %%, logarithm %.1f %%\n", process->param_names[j],
				   100.0 * natural[j] / converged, 100.0 * logarithm[j] / converged);
	}
	free(rows);
	return 0;
}
