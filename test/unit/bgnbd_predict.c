/*
 * bgnbd_predict.c: BG/NBD and MBG/NBD at given parameters against high-precision arithmetic
 *
 * Source of the numbers: reference/bgnbd.py (mpmath, 30 digits). Then properties that need no
 * table: the distribution sums to one, and to the expectation; the next order solves its equation.
 */
#include <string.h>

#include "btyd_table.h"

#define TOLERANCE 1e-9

/* Sums over n of P(n) and n P(n), as far as there is anything */
static void
TestDistribution(const BtydProcess *process)
{
	const double params[] = {0.9, 8.0, 1.2, 2.5};
	BtydModel m;
	double one = 0.0, mean = 0.0, expected, value;

	BtydPrepare(&m, process, 1, params);
	for (int n = 0; n < 4000; n++)
	{
		if (BtydPmf(&m, 3, 20, 25, 100, n, &value) != BTYD_OK)
			value = NAN;
		one += value;
		mean += n * value;
	}
	CHECK(BtydExpected(&m, 3, 20, 25, 100, &expected) == BTYD_OK);
	CHECK_NEAR(one, 1, 1e-12);
	CHECK_NEAR(mean, expected, 1e-10);
}

static void
TestNextOrder(const BtydProcess *process)
{
	const double params[] = {0.525, 6.18, 0.89, 1.61};
	BtydModel m;
	double when, none, alive;

	BtydPrepare(&m, process, 1, params);
	for (double p = 0.05; p < 1.0; p += 0.05)
	{
		BtydStatus status = BtydNextOrder(&m, 4, 30, 32, p, &when);

		BtydPAlive(&m, 4, 30, 32, &alive);
		if (p >= alive)
		{
			unit_check(status == BTYD_NEVER, "an order with probability %.2f never comes", p);
			continue;
		}
		unit_check(status == BTYD_OK && BtydPmf(&m, 4, 30, 32, when, 0, &none) == BTYD_OK &&
					   fabs(1 - none - p) < 1e-13,
				   "the next order comes with probability %.2f within %.6g", p, when);
		unit_near(when, 38.18 * expm1(-log1p(-p / alive) / 4.525), 1e-9 * when,
				  "as the closed form says");
	}
}

static void
TestArguments(const BtydProcess *process)
{
	const double params[] = {0.525, 6.18, 0.89, 1.61};
	const double zero[] = {0.525, 0, 0.89, 1.61};
	const double broken[] = {0.525, NAN, 0.89, 1.61};
	BtydModel m;
	double value = 42;

	CHECK(BtydPrepare(&m, process, 1, zero) == BTYD_BAD_PARAMETER);
	CHECK(BtydPrepare(&m, process, 1, broken) == BTYD_BAD_PARAMETER);
	BtydPrepare(&m, process, 1, params);
	CHECK(BtydPAlive(&m, -1, 0, 1, &value) == BTYD_BAD_X);
	CHECK(BtydPAlive(&m, 1.5, 1, 1, &value) == BTYD_BAD_X);
	CHECK(BtydPAlive(&m, NAN, 1, 1, &value) == BTYD_BAD_X);
	CHECK(BtydPAlive(&m, INFINITY, 1, 1, &value) == BTYD_BAD_X);
	CHECK(BtydPAlive(&m, 1, 2, 1, &value) == BTYD_BAD_TIMES);
	CHECK(BtydPAlive(&m, 0, 1, 2, &value) == BTYD_BAD_TIMES);
	CHECK(BtydPAlive(&m, 1, NAN, 2, &value) == BTYD_BAD_TIMES);
	CHECK(BtydPAlive(&m, 1, 1, INFINITY, &value) == BTYD_BAD_TIMES);
	CHECK(BtydExpected(&m, 1, 1, 2, -1, &value) == BTYD_BAD_HORIZON);
	CHECK(BtydExpected(&m, 1, 1, 2, NAN, &value) == BTYD_BAD_HORIZON);
	CHECK(BtydPmf(&m, 1, 1, 2, INFINITY, 0, &value) == BTYD_BAD_HORIZON);
	CHECK(BtydPmf(&m, 1, 1, 2, 1, 0.5, &value) == BTYD_BAD_COUNT);
	CHECK(BtydPmf(&m, 1, 1, 2, 1, -1, &value) == BTYD_BAD_COUNT);
	CHECK(BtydDiscounted(&m, 1, 1, 2, 1, -0.1, &value) == BTYD_BAD_RATE);
	CHECK(BtydDiscounted(&m, 1, 1, 2, 1, NAN, &value) == BTYD_BAD_RATE);
	CHECK(BtydNextOrder(&m, 1, 1, 2, 0, &value) == BTYD_BAD_PROBABILITY);
	CHECK(BtydNextOrder(&m, 1, 1, 2, 1, &value) == BTYD_BAD_PROBABILITY);
	CHECK(BtydNextOrder(&m, 1, 1, 2, NAN, &value) == BTYD_BAD_PROBABILITY);
	CHECK(value == 42);

	/* a < 1: customers with a tiny p buy for ever, in expectation */
	CHECK(BtydExpected(&m, 1, 1, 2, INFINITY, &value) == BTYD_INFINITE);
	CHECK(BtydDiscounted(&m, 1, 1, 2, INFINITY, 0, &value) == BTYD_INFINITE);
	CHECK(BtydDiscounted(&m, 1, 1, 2, INFINITY, 0.001, &value) == BTYD_OK && value > 0);
	CHECK(BtydExpected(&m, 1, 1, 2, 0, &value) == BTYD_OK && value == 0);
	CHECK(BtydPmf(&m, 1, 1, 2, 0, 0, &value) == BTYD_OK && value == 1);
	CHECK(BtydPmf(&m, 1, 1, 2, 0, 1, &value) == BTYD_OK && value == 0);
}

/* Nothing that is not a number, whatever is asked; and order where order must be */
static void
TestWild(const BtydProcess *process)
{
	const double low = 1e-4;
	RandomState rng;
	int bad = 0, unordered = 0;

	RandomSeed(&rng, 20240105, 1);
	for (int i = 0; i < 3000; i++)
	{
		double p[4], x, t_x, t, horizon, rate, n, value[4], alive;
		BtydModel m;
		BtydStatus status;

		for (int j = 0; j < 4; j++)
			p[j] = low * pow(1e8, RandomUniform(&rng));
		x = RandomUniform(&rng) < 0.2 ? 0 : floor(pow(2000, RandomUniform(&rng)));
		t = 1e4 * pow(RandomUniform(&rng), 3);
		t_x = x > 0 ? t * RandomUniform(&rng) : 0;
		horizon = 1e-4 * pow(4e8, RandomUniform(&rng));
		rate = 1e-6 * pow(1e6, RandomUniform(&rng));
		n = floor(200 * pow(RandomUniform(&rng), 2));

		BtydPrepare(&m, process, 1, p);
		status = BtydPAlive(&m, x, t_x, t, &alive);
		if (status == BTYD_OK)
			status = BtydExpected(&m, x, t_x, t, horizon, &value[0]);
		if (status == BTYD_OK)
			status = BtydDiscounted(&m, x, t_x, t, horizon, rate, &value[1]);
		if (status == BTYD_OK)
			status = BtydPmf(&m, x, t_x, t, horizon, n, &value[2]);
		if (status == BTYD_OK)
			status = BtydDiscounted(&m, x, t_x, t, INFINITY, rate, &value[3]);
		if (status != BTYD_OK || !(alive >= 0 && alive <= 1))
		{
			if (bad++ == 0)
				printf("# status %d: %s %.17g %.17g %.17g %.17g, %g %.17g %.17g, %.17g %.17g %g\n",
					   status, process->name, p[0], p[1], p[2], p[3], x, t_x, t, horizon, rate, n);
			continue;
		}
		if (value[1] > value[0] * (1 + 1e-9) || value[1] > value[3] * (1 + 1e-9) || value[0] < 0 ||
			value[2] < 0 || value[2] > 1)
		{
			if (unordered++ == 0)
				printf("# %.17g %.17g %.17g %.17g: %s %.17g %.17g %.17g %.17g, %g %.17g %.17g, "
					   "%.17g %.17g %g\n",
					   value[0], value[1], value[2], value[3], process->name, p[0], p[1], p[2],
					   p[3], x, t_x, t, horizon, rate, n);
		}
	}
	CHECK(bad == 0);
	CHECK(unordered == 0);
}

int
main(void)
{
	const BtydProcess *const processes[] = {&BtydBgnbd, &BtydMbgnbd};

	table_test("test/unit/reference/bgnbd.tsv", TOLERANCE);
	for (int i = 0; i < 2; i++)
	{
		printf("# %s\n", processes[i]->title);
		TestDistribution(processes[i]);
		TestNextOrder(processes[i]);
		TestArguments(processes[i]);
		TestWild(processes[i]);
	}
	return unit_done();
}
