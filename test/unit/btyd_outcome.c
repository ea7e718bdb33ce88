/*
 * btyd_outcome.c: the distribution of what a customer does: counts against their probabilities,
 * money from tables against its definition and against scipy
 */
#include "core/clv/outcome.h"
#include "unit.h"

#define CHECK_STATUS(status)     \
	do                           \
	{                            \
		if ((status) != BTYD_OK) \
			CHECK(false);        \
	} while (0)

/* By scipy, test/unit/reference/outcome.py */
#define MANY_LOWER 1.04061500753
#define MANY_UPPER 1.44545978291

/* E[N (N + 1)]/2 of a negative binomial with shape r and odds u: mean r u, variance r u (1 + u) */
#define SECOND(r, u) (0.5 * ((r) * (u) * (2 + (u)) + (r) * (u) * (r) * (u)))

/* P(at least n) is what P(0) to P(n - 1) leave, for every process and order of gaps. */
static void
TestTails(const BtydProcess *process, int order, const double *params)
{
	BtydModel m;
	double worst = 0;

	CHECK(BtydPrepare(&m, process, order, params) == BTYD_OK);
	for (double horizon = 1; horizon < 2000; horizon *= 6)
		for (int x = 0; x < 60; x = 2 * x + 1)
		{
			double sum = 0;

			for (int n = 0; n < 30; n++)
			{
				double pmf = NAN, tail = NAN;

				CHECK_STATUS(BtydPmf(&m, x, x ? 25 : 0, 30, horizon, n, &pmf));
				CHECK_STATUS(BtydAtLeast(&m, x, x ? 25 : 0, 30, horizon, n, &tail));
				worst = fmax(worst, fabs(tail - (1 - sum)));
				sum += pmf;
			}
		}
	unit_near(worst, 0, 1e-12, process->name);
}

/* A table says what the definition does. */
static void
TestTables(const BtydProcess *process, int order, const double *params, double p, double q)
{
	BtydModel m;
	double worst = 0;

	BtydPrepare(&m, process, order, params);
	for (int x = 0; x < 40; x = 3 * x + 1)
	{
		OutcomeTable plan, *table;

		OutcomeTablePlan(&plan, p, q + p * x);
		table = malloc(OutcomeTableSize(&plan));
		*table = plan;
		for (double horizon = 4; horizon < 200; horizon *= 3)
		{
			OutcomeCounts counts;
			double alive = 0;

			CHECK_STATUS(BtydPAlive(&m, x, x ? 30 : 0, 30, &alive));
			CHECK_STATUS(OutcomeCountsOf(&m, x, x ? 30 : 0, 30, horizon, alive, &counts));
			for (double now = 1; now > .03; now *= .5)
				for (int side = 0; side < 2; side++)
				{
					double exceeded = side ? .025 : .975;
					double direct = OutcomeSpend(&counts, now, p, q + p * x, NULL, exceeded);
					double looked_up = OutcomeSpend(&counts, now, p, q + p * x, table, exceeded);

					worst = fmax(worst, unit_relative(looked_up, direct));
				}
		}
		free(table);
	}
	unit_near(worst, 0, 5e-7, "money from a table");
}

/* Many orders: intervals of counts are exact in groups too, and of money nearly so. */
static void
TestMany(void)
{
	static const double params[] = {0.385, 12.07};
	BtydModel m;
	OutcomeCounts counts;
	double lower = 0, upper = 0, tail = 0;

	CHECK(BtydPrepare(&m, &BtydNbd, 1, params) == BTYD_OK);
	CHECK(OutcomeCountsOf(&m, 300, 30, 30, 52, 1, &counts) == BTYD_OK && counts.grouped);
	CHECK(OutcomeInterval(&counts, 1, 0.025, &lower, &upper) == BTYD_OK);
	CHECK(BtydAtLeast(&m, 300, 30, 30, 52, lower, &tail) == BTYD_OK && tail >= 0.975);
	CHECK(BtydAtLeast(&m, 300, 30, 30, 52, lower + 1, &tail) == BTYD_OK && tail < 0.975);
	CHECK(BtydAtLeast(&m, 300, 30, 30, 52, upper, &tail) == BTYD_OK && tail > 0.025);
	CHECK(BtydAtLeast(&m, 300, 30, 30, 52, upper + 1, &tail) == BTYD_OK && tail <= 0.025);

	unit_near(OutcomeSpend(&counts, 1, 6.25, 3.74 + 6.25 * 300, NULL, 0.975) / MANY_LOWER, 1, 2e-4,
			  "money of many orders, lower");
	unit_near(OutcomeSpend(&counts, 1, 6.25, 3.74 + 6.25 * 300, NULL, 0.025) / MANY_UPPER, 1, 2e-4,
			  "money of many orders, upper");

	/* the second moment of a negative binomial, in groups and not */
	unit_near(OutcomeSecond(&counts) / SECOND(300.385, 52 / 42.07), 1, 1e-3, "many, squared");
	CHECK(OutcomeCountsOf(&m, 3, 30, 30, 52, 1, &counts) == BTYD_OK && !counts.grouped);
	unit_near(OutcomeSecond(&counts) / SECOND(3.385, 52 / 42.07), 1, 1e-5, "few, squared");
}

int
main(void)
{
	static const double mbg[] = {.525, 6.18, .891, 1.614};
	static const double bg[] = {.2426, 4.414, .793, 2.426};
	static const double pareto[] = {.553, 10.58, .606, 11.67};
	static const double nbd[] = {.385, 12.07};
	static const struct
	{
		const BtydProcess *process;
		const double *params;
	} cases[] = {{&BtydMbgnbd, mbg}, {&BtydBgnbd, bg}, {&BtydParetonbd, pareto}, {&BtydNbd, nbd}};

	for (int i = 0; i < 4; i++)
		for (int order = 1; order <= cases[i].process->max_order; order++)
		{
			TestTails(cases[i].process, order, cases[i].params);
			TestTables(cases[i].process, order, cases[i].params, 6.25, 3.74);
		}
	TestTables(&BtydMbgnbd, 1, mbg, 1.2, 1.1);
	TestTables(&BtydMbgnbd, 1, mbg, 60, 2.5);
	TestMany();
	return unit_done();
}
