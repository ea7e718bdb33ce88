/*
 * btyd_contract.c: what btyd.h promises of every process in the table
 *
 * A new process is tested by being there: its derivatives, its blocks of rows, its simulation
 * against its own predictions, and the recovery of known parameters.
 */
#include <string.h>

#include "unit.h"
#include "env.h"

static const double truth[2][4] = {{0.8, 8, 1.1, 2.5},
								   {0.6, 10, 0.7, 12}}; /* the last may be a time */

static double
Loglik(const BtydProcess *process, int order, const double *log_params, const BtydRow *rows,
	   size_t n, double *grad, double *hess)
{
	double params[BTYD_MAX_PARAMS];
	BtydModel m;

	for (int i = 0; i < process->nparams; i++)
		params[i] = exp(log_params[i]);
	BtydPrepare(&m, process, order, params);
	memset(grad, 0, BTYD_MAX_PARAMS * sizeof(double));
	if (hess)
		memset(hess, 0, BTYD_MAX_PARAMS * BTYD_MAX_PARAMS * sizeof(double));
	return process->loglik(&m, rows, n, grad, hess);
}

/* Derivatives against central differences, at several parameters, for each x */
static void
TestDerivatives(const BtydProcess *process, int order, const double *params)
{
	static const double times[][2] = {{1, 1}, {0.7, 1}, {0.3, 1}, {0, 0}, {0.999, 1}};
	double worst = 0, worst_hess = 0, worst_block = 0;
	int n = process->nparams;

	for (int shift = -2; shift <= 2; shift++)
		for (int x = 0; x < 200; x = 3 * x + 1)
		{
			BtydRow rows[5];
			double p[BTYD_MAX_PARAMS], grad[BTYD_MAX_PARAMS], up[BTYD_MAX_PARAMS],
				down[BTYD_MAX_PARAMS], hess[BTYD_MAX_PARAMS * BTYD_MAX_PARAMS];
			double sum = 0, value;

			for (int i = 0; i < 5; i++)
				rows[i] = (BtydRow){x, x ? 50 * times[i][0] : 0, 50 * times[i][1], i + 1};
			for (int i = 0; i < n; i++)
				p[i] = log(params[i]) + 0.5 * shift * (i % 2 ? -1 : 1);
			value = Loglik(process, order, p, rows, 5, grad, hess);
			for (int i = 0; i < n; i++)
			{
				const double h = 1e-4;
				double q[BTYD_MAX_PARAMS], high, low, scale;

				memcpy(q, p, sizeof(q));
				q[i] = p[i] + h;
				high = Loglik(process, order, q, rows, 5, up, NULL);
				q[i] = p[i] - h;
				low = Loglik(process, order, q, rows, 5, down, NULL);
				scale = 1 + fabs(grad[i]);
				worst = fmax(worst, fabs((high - low) / (2 * h) - grad[i]) / scale);
				for (int j = 0; j < n; j++)
					worst_hess =
						fmax(worst_hess, fabs((up[j] - down[j]) / (2 * h) - hess[n * i + j]) /
											 (1 + fabs(hess[n * i + j])));
			}
			for (int i = 0; i < 5; i++)
				sum += Loglik(process, order, p, rows + i, 1, down, NULL);
			worst_block = fmax(worst_block, fabs(sum - value) / (1 + fabs(value)));
		}
	unit_check(worst < 1e-5, "%s: gradient (differs by %.2g)", process->name, worst);
	unit_check(worst_hess < 1e-5, "%s: Hessian (differs by %.2g)", process->name, worst_hess);
	unit_check(worst_block < 1e-13, "%s: a block is the sum of its rows (differs by %.2g)",
			   process->name, worst_block);
}

static int
Compare(const void *a, const void *b)
{
	double x = *(const double *) a, y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Draws against the predictions for a new customer, within five standard errors */
static void
TestSimulation(const BtydProcess *process, int order, const double *params)
{
	enum
	{
		CUSTOMERS = 40000
	};
	static double first[CUSTOMERS];
	const double horizon = 40, rate = 0.02;
	double sum = 0, squares = 0, worth = 0, worth_squares = 0, want, when;
	int none = 0, two = 0, ordered = 0;
	BtydModel m;
	RandomState rng;

	BtydPrepare(&m, process, order, params);
	RandomSeed(&rng, 11, 0);
	for (int i = 0; i < CUSTOMERS; i++)
	{
		BtydCustomer c;
		double t, last = 0, x = 0, value = 0;

		process->draw(&m, &rng, &c);
		first[i] = 1e300;
		while ((t = process->next(&m, &rng, &c)) <= horizon)
		{
			ordered += t < last;
			if (x == 0)
				first[i] = t;
			x++;
			value += exp(-rate * t);
			last = t;
		}
		if (x == 0 && isfinite(t))
			first[i] = t;
		sum += x;
		squares += x * x;
		worth += value;
		worth_squares += value * value;
		none += x == 0;
		two += x == 2;
	}
	CHECK(ordered == 0);
	sum /= CUSTOMERS;
	worth /= CUSTOMERS;
	BtydExpected(&m, 0, 0, 0, horizon, &want);
	unit_near(sum, want, 5 * sqrt((squares / CUSTOMERS - sum * sum) / CUSTOMERS),
			  "mean of simulated purchases");
	BtydDiscounted(&m, 0, 0, 0, horizon, rate, &want);
	unit_near(worth, want, 5 * sqrt((worth_squares / CUSTOMERS - worth * worth) / CUSTOMERS),
			  "mean of simulated discounted purchases");
	BtydPmf(&m, 0, 0, 0, horizon, 0, &want);
	unit_near((double) none / CUSTOMERS, want, 5 * sqrt(want * (1 - want) / CUSTOMERS),
			  "share without a purchase");
	BtydPmf(&m, 0, 0, 0, horizon, 2, &want);
	unit_near((double) two / CUSTOMERS, want, 5 * sqrt(want * (1 - want) / CUSTOMERS),
			  "share with two purchases");
	qsort(first, CUSTOMERS, sizeof(double), Compare);
	BtydNextOrder(&m, 0, 0, 0, 0.4, &when);
	BtydPmf(&m, 0, 0, 0, first[(int) (0.4 * CUSTOMERS)], 0, &want);
	unit_near(1 - want, 0.4, 5 * sqrt(0.24 / CUSTOMERS), "time of the next order");
}

/* Known parameters come back: of 16, at most one beyond three standard errors, none beyond four */
static void
TestRecovery(const BtydProcess *process, const double *params)
{
	enum
	{
		CUSTOMERS = 4000
	};
	static BtydRow rows[CUSTOMERS];
	int beyond3 = 0, beyond4 = 0, converged = 0;
	BtydModel m;

	BtydPrepare(&m, process, 1, params);
	for (uint64_t seed = 0; seed < 4; seed++)
	{
		BtydFit fit;
		RandomState rng;

		RandomSeed(&rng, 5, seed);
		for (int i = 0; i < CUSTOMERS; i++)
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
			rows[i] = row;
		}
		converged +=
			BtydFitProcess(process, 1, rows, CUSTOMERS, &test_env, &fit) == BTYD_FIT_CONVERGED;
		for (int i = 0; i < process->nparams; i++)
		{
			double error = log(fit.params[i] / params[i]) /
						   sqrt(fit.log_covariance[(process->nparams + 1) * i]);

			beyond3 += !(fabs(error) < 3);
			beyond4 += !(fabs(error) < 4);
		}
	}
	CHECK(converged == 4);
	CHECK(beyond3 <= 1);
	CHECK(beyond4 == 0);
}

int
main(void)
{
	for (int k = 0; BtydProcesses[k]; k++)
	{
		const BtydProcess *process = BtydProcesses[k];
		const double *params = truth[process->in_time_units[3]];

		printf("# %s\n", process->title);
		CHECK(BtydProcessByName(process->name) == process);
		for (int order = 1; order <= process->max_order; order++)
		{
			printf("# gaps of order %d\n", order);
			TestDerivatives(process, order, params);
			TestSimulation(process, order, params);
		}
		TestRecovery(process, params);
	}
	CHECK(BtydProcessByName("nobody") == NULL);
	return unit_done();
}
