/*
 * auto.c: the choice of a process and an order of gaps, for simulated shops whose truth is known
 */
#include <string.h>

#include "core/clv/auto.h"
#include "unit.h"
#include "env.h"

#define MOST 40000

static BtydRow rows[MOST];
static size_t n;
static BtydGaps gaps;
static double repeats;

/* Customers who came in the first `arrivals` days, by whole days, purchases of one day merged */
static void
Simulate(const BtydProcess *process, int order, const double *params, size_t customers,
		 double arrivals, double end, uint64_t seed)
{
	BtydModel m;

	BtydPrepare(&m, process, order, params);
	gaps = (BtydGaps){.complete = true};
	repeats = 0;
	n = customers;
	for (size_t i = 0; i < n; i++)
	{
		RandomState rng;
		BtydCustomer customer;
		double first, last, next;

		RandomSeed(&rng, seed, i);
		first = last = floor(arrivals * RandomUniform(&rng));
		rows[i] = (BtydRow){0, 0, end - first, 1};
		process->draw(&m, &rng, &customer);
		while ((next = floor(first + process->next(&m, &rng, &customer))) <= end &&
			   rows[i].x < 5000)
		{
			if (next == last)
				continue;
			gaps.n++;
			gaps.sum_logs += log(next - last);
			gaps.one_day += next - last == 1;
			last = next;
			rows[i].x++;
			rows[i].t_x = last - first;
		}
		repeats += rows[i].x;
	}
}

static BtydFitStatus
Choose(bool complete, BtydChoice *choice)
{
	bool known = BtydTellRegularity(&gaps) == BTYD_REGULARITY_KNOWN;

	return BtydChoose(rows, n, &gaps, 0, known ? BTYD_MAX_ORDER : 1, false, complete, &test_env,
					  choice);
}

/* The process of a shop that is large enough is found again, and as all rows would have it */
static void
Finds(const BtydProcess *process, int order, const double *params, size_t customers)
{
	static BtydChoice choice, all;
	const BtydFit *best;

	Simulate(process, order, params, customers, 400, 1100, 3);
	CHECK(Choose(false, &choice) == BTYD_FIT_CONVERGED && Choose(true, &all) == BTYD_FIT_CONVERGED);
	best = &choice.at[choice.best].fit;
	unit_check(best->process == process && best->order == order,
			   "%zu customers of %s with order %d: %s with order %d", customers, process->name,
			   order, best->process->name, best->order);
	unit_check(all.best == choice.best && all.runner_up == choice.runner_up,
			   "and before the same one, when all are fitted to all rows");
	CHECK_NEAR(all.at[all.best].aic, choice.at[choice.best].aic, 1e-6);
	CHECK_NEAR(all.at[all.runner_up].aic, choice.at[choice.runner_up].aic, 1e-6);
	CHECK(best->npoints == 2 * best->process->nparams);
}

/* Small shops of any kind have a usable fit, and no process lies below what is nested in it */
static void
TestAnyShop(int shops)
{
	static const BtydProcess *const makers[] = {&BtydNbd, &BtydBgnbd, &BtydMbgnbd, &BtydParetonbd};
	RandomState rng;
	int tried = 0, usable = 0, below = 0, fits = 0;

	RandomSeed(&rng, 11, 0);
	for (int s = 0; s < shops; s++)
	{
		static BtydChoice choice;
		const BtydProcess *process = makers[RandomNext(&rng) % 4];
		double r = exp(1.5 * RandomNormal(&rng));
		double rate = exp(1.5 * RandomNormal(&rng)) / 200;
		double scale = process == &BtydParetonbd ? 600 : 2;
		double params[] = {r, r / rate, exp(2 * RandomNormal(&rng)),
						   scale * exp(2 * RandomNormal(&rng))};
		size_t customers = (size_t) (30 * exp(2.5 * RandomUniform(&rng)));

		Simulate(process, 1, params, customers, 300, 400 + 600 * RandomUniform(&rng),
				 (uint64_t) (100 + s));
		if (repeats < 10)
			continue;
		tried++;
		usable += Choose(true, &choice) == BTYD_FIT_CONVERGED;
		for (int i = 0; i < choice.n; i++)
			for (int j = 0; j < choice.n; j++)
				if (choice.at[j].fit.process == &BtydNbd &&
					choice.at[i].fit.order == choice.at[j].fit.order)
				{
					fits++;
					below += !(choice.at[i].fit.loglik >= choice.at[j].fit.loglik - 1e-5);
					if (!(choice.at[i].fit.loglik >= choice.at[j].fit.loglik - 1e-5))
						printf("# shop %d: %s with order %d lies %.3g below NBD\n", s,
							   choice.at[i].fit.process->name, choice.at[i].fit.order,
							   choice.at[j].fit.loglik - choice.at[i].fit.loglik);
				}
	}
	unit_check(tried > shops / 2 && usable == tried, "%d of %d shops have a usable fit", usable,
			   tried);
	unit_check(below == 0, "%d of %d fits lie below NBD", below, fits);
}

/* Too little to choose from is said, and what gaps do not tell is not told */
static void
TestAwkward(void)
{
	static BtydChoice choice;

	Simulate(&BtydMbgnbd, 1, (double[]){0.6, 40, 0.9, 1.8}, 19, 100, 300, 5);
	CHECK(Choose(false, &choice) == BTYD_FIT_TOO_FEW && choice.best == -1);
	CHECK(choice.at[0].fit.customers == 19);

	Simulate(&BtydNbd, 1, (double[]){2, 4}, 500, 10, 60, 6);
	CHECK(BtydTellRegularity(&gaps) == BTYD_REGULARITY_ONE_DAY);
	CHECK(Choose(false, &choice) == BTYD_FIT_CONVERGED && choice.n == 4);
	gaps.complete = false;
	CHECK(BtydTellRegularity(&gaps) == BTYD_REGULARITY_NO_GAPS);

	/* the logarithms of gaps in another unit of time: all orders change alike */
	gaps = (BtydGaps){.complete = true, .n = 10, .sum_logs = 30};
	CHECK(BtydLogGaps(&gaps, 1) == 0 && BtydLogGaps(&gaps, 2) == 30);
	CHECK_NEAR(BtydLogGaps(&gaps, 3), 60 - 10 * log(2), 1e-13);
}

int
main(void)
{
	TestAwkward();
	Finds(&BtydNbd, 1, (double[]){0.8, 120}, 4000);
	Finds(&BtydMbgnbd, 1, (double[]){0.5, 40, 0.9, 1.6}, 12000);
	Finds(&BtydMbgnbd, 2, (double[]){0.8, 40, 0.4, 2}, 4000);
	Finds(&BtydBgnbd, 3, (double[]){0.9, 30, 0.3, 2}, 4000);
	Finds(&BtydParetonbd, 1, (double[]){0.6, 80, 0.6, 80}, 6000);
	TestAnyShop(30);
	return unit_done();
}
