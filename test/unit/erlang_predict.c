/*
 * erlang_predict.c: NBD, and gaps of order k, at given parameters against high-precision arithmetic
 *
 * Source of the numbers: reference/erlang.py (mpmath, 30 digits). Then properties that need no
 * table: processes are nested, the distribution sums to one and to the expectation, one method of
 * an expectation goes over into the other.
 */
#include "btyd_table.h"

/* Hardly anybody leaves: as good as NBD */
static void
TestNested(int order)
{
	const double staying[] = {0.7, 9.0, 1e-13, 1.0};
	BtydModel nbd;

	BtydPrepare(&nbd, &BtydNbd, order, staying);
	for (int i = 0; i < 2; i++)
	{
		const BtydProcess *process = i ? &BtydBgnbd : &BtydMbgnbd;
		double a, b;
		BtydModel m;

		BtydPrepare(&m, process, order, staying);
		printf("# %s of order %d without dropout\n", process->title, order);
		BtydLogLikelihood(&m, 4, 20, 33, &a);
		BtydLogLikelihood(&nbd, 4, 20, 33, &b);
		CHECK_NEAR(a, b, 1e-10);
		for (double horizon = 1; horizon < 1e5; horizon *= 30)
		{
			BtydExpected(&m, 4, 20, 33, horizon, &a);
			BtydExpected(&nbd, 4, 20, 33, horizon, &b);
			CHECK_NEAR(a / b, 1, 1e-9);
			BtydDiscounted(&m, 4, 20, 33, horizon, 0.01, &a);
			BtydDiscounted(&nbd, 4, 20, 33, horizon, 0.01, &b);
			CHECK_NEAR(a / b, 1, 1e-9);
			BtydPmf(&m, 4, 20, 33, horizon, 3, &a);
			BtydPmf(&nbd, 4, 20, 33, horizon, 3, &b);
			CHECK_NEAR(a, b, 1e-12);
		}
		BtydDiscounted(&m, 4, 20, 33, INFINITY, 0.01, &a);
		BtydDiscounted(&nbd, 4, 20, 33, INFINITY, 0.01, &b);
		CHECK_NEAR(a / b, 1, 1e-9);
	}
}

static void
TestDistribution(const BtydProcess *process, int order)
{
	const double params[] = {0.9, 8.0, 1.2, 2.5};
	double one = 0.0, mean = 0.0, expected, value;
	BtydModel m;

	BtydPrepare(&m, process, order, params);
	for (int n = 0; n < 2000; n++)
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

/* Along ever longer horizons all grows, and the discounted sum comes to that for life */
static void
TestHorizons(const BtydProcess *process, int order)
{
	const double params[] = {0.9, 8.0, 0.8, 2.5};
	double before = 0.0, before_discounted = 0.0, life, value;
	int falls = 0;
	BtydModel m;

	BtydPrepare(&m, process, order, params);
	for (double horizon = 1e-6; horizon < 1e4; horizon *= 1.3)
	{
		CHECK(BtydExpected(&m, 1, 3, 5, horizon, &value) == BTYD_OK);
		falls += !(value > before);
		before = value;
		CHECK(BtydDiscounted(&m, 1, 3, 5, horizon, 0.005, &value) == BTYD_OK);
		falls += !(value > before_discounted * (1 - 1e-10) && value < before);
		before_discounted = value;
	}
	CHECK(falls == 0);
	CHECK(BtydDiscounted(&m, 1, 3, 5, INFINITY, 0.005, &life) == BTYD_OK);
	CHECK_NEAR(before_discounted / life, 1, 1e-9);
}

/* The next order solves its equation, or never comes */
static void
TestNextOrder(const BtydProcess *process, int order)
{
	const double params[] = {0.525, 6.18, 0.89, 1.61};
	double worst = 0.0;
	int wrong = 0;
	BtydModel m;

	BtydPrepare(&m, process, order, params);
	for (double silence = 0; silence < 40; silence += 3)
		for (double p = 1e-6; p < 1.0; p += 0.0499)
		{
			double when, none, alive;
			BtydStatus status = BtydNextOrder(&m, 4, 30, 30 + silence, p, &when);

			BtydPAlive(&m, 4, 30, 30 + silence, &alive);
			wrong += status != (p < alive ? BTYD_OK : BTYD_NEVER);
			if (status != BTYD_OK)
				continue;
			BtydPmf(&m, 4, 30, 30 + silence, when, 0, &none);
			worst = fmax(worst, fabs(1 - none - p));
		}
	CHECK(wrong == 0);
	unit_check(worst < 1e-13, "the next order comes as probable as asked (differs by %.2g)", worst);
}

int
main(void)
{
	static const BtydProcess *const processes[] = {&BtydNbd, &BtydBgnbd, &BtydMbgnbd};

	table_test("test/unit/reference/erlang.tsv", 1e-9);
	for (int order = 1; order <= BTYD_MAX_ORDER; order++)
	{
		TestNested(order);
		for (int i = 0; i < 3; i++)
		{
			printf("# %s of order %d\n", processes[i]->title, order);
			TestDistribution(processes[i], order);
			TestHorizons(processes[i], order);
			TestNextOrder(processes[i], order);
		}
	}
	return unit_done();
}
