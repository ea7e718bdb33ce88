/*
 * paretonbd_predict.c: Pareto/NBD at given parameters against high-precision arithmetic
 *
 * Source of the numbers: reference/paretonbd.py (mpmath, 25 digits). Then what needs no table: sums
 * of the distribution, the derivatives of the likelihood, and that nothing ever is not a number.
 */
#include "btyd_table.h"

static void
TestDistribution(const double *params, double x, double t_x, double t, double horizon)
{
	BtydModel m;
	double one = 0.0, mean = 0.0, expected, value;

	CHECK(BtydPrepare(&m, &BtydParetonbd, 1, params) == BTYD_OK);
	for (int n = 0; n < 4000; n++)
	{
		if (BtydPmf(&m, x, t_x, t, horizon, n, &value) != BTYD_OK)
			value = NAN;
		one += value;
		mean += n * value;
	}
	CHECK(BtydExpected(&m, x, t_x, t, horizon, &expected) == BTYD_OK);
	CHECK_NEAR(one, 1, 1e-11);
	CHECK_NEAR(mean, expected, 1e-10 * expected);
}

/* Never again is a probability of its own; below its complement there is a day */
static void
TestNextOrder(void)
{
	const double params[] = {0.55, 74.0, 0.6, 81.0};
	BtydModel m;
	double when, none, never;

	BtydPrepare(&m, &BtydParetonbd, 1, params);
	CHECK(BtydPmf(&m, 4, 210, 224, 1e14, 0, &never) == BTYD_OK && never > 0.01);
	for (double p = 0.05; p < 1.0; p += 0.05)
	{
		BtydStatus status = BtydNextOrder(&m, 4, 210, 224, p, &when);

		if (p > 1.0 - never)
			unit_check(status == BTYD_NEVER, "an order with probability %.2f never comes", p);
		else
			unit_check(status == BTYD_OK && BtydPmf(&m, 4, 210, 224, when, 0, &none) == BTYD_OK &&
						   fabs(1 - none - p) < 1e-13,
					   "the next order comes with probability %.2f within %.6g", p, when);
	}
}

/* Gradient and Hessian against differences, from many rows (a table) and from few (none) */
static void
TestDerivatives(const double *params, double x, size_t n)
{
	enum
	{
		N = 4,
		ROWS = 200
	};
	BtydRow rows[ROWS];
	BtydModel m;
	RandomState rng;
	double grad[N] = {0}, hess[N * N] = {0};
	double value, alone = 0.0, worst = 0.0, worst2 = 0.0, asymmetry = 0.0;
	double step = 1e-5;

	RandomSeed(&rng, 5, n);
	BtydPrepare(&m, &BtydParetonbd, 1, params);
	for (size_t i = 0; i < n; i++)
	{
		double one;

		rows[i].t = 400 * RandomUniform(&rng);
		rows[i].x = x;
		rows[i].t_x = x > 0 ? rows[i].t * RandomUniform(&rng) : 0;
		rows[i].weight = 0.5 + RandomUniform(&rng);
		BtydLogLikelihood(&m, x, rows[i].t_x, rows[i].t, &one);
		alone += rows[i].weight * one;
	}
	value = m.process->loglik(&m, rows, n, grad, hess);
	unit_check(unit_relative(value, alone) < 1e-12, "%zu rows with x = %g: together as one by one",
			   n, x);
	unit_check(unit_relative(m.process->loglik(&m, rows, n, NULL, NULL), value) < 1e-12,
			   "the same value without derivatives");
	for (int i = 0; i < N; i++)
	{
		double p[N], up[N] = {0}, down[N] = {0};
		double v_up, v_down;

		memcpy(p, params, sizeof(p));
		p[i] = params[i] * exp(step);
		BtydPrepare(&m, &BtydParetonbd, 1, p);
		v_up = m.process->loglik(&m, rows, n, up, NULL);
		p[i] = params[i] * exp(-step);
		BtydPrepare(&m, &BtydParetonbd, 1, p);
		v_down = m.process->loglik(&m, rows, n, down, NULL);
		worst = fmax(worst, fabs((v_up - v_down) / (2 * step) - grad[i]) / fabs(value));
		for (int j = 0; j < N; j++)
		{
			worst2 = fmax(worst2, fabs((up[j] - down[j]) / (2 * step) - hess[N * i + j]));
			asymmetry = fmax(asymmetry, fabs(hess[N * i + j] - hess[N * j + i]));
		}
	}
	unit_check(worst < 1e-9, "gradient, off by %.2g of the value", worst);
	unit_check(worst2 < 1e-8 * fabs(value), "Hessian, off by %.2g of the value",
			   worst2 / fabs(value));
	CHECK(asymmetry == 0);
}

/* Nothing that is not a number, whatever is asked; and order where order must be */
static void
TestWild(void)
{
	RandomState rng;
	int bad = 0, unordered = 0;

	RandomSeed(&rng, 1987, 1);
	for (int i = 0; i < 3000; i++)
	{
		double p[4], x, t_x, t, horizon, rate, n, value[6], grad[4] = {0}, hess[16] = {0};
		BtydModel m;
		BtydRow row;

		for (int j = 0; j < 4; j++)
			p[j] = 1e-4 * pow(1e8, RandomUniform(&rng));
		x = RandomUniform(&rng) < 0.2 ? 0 : floor(pow(2000, RandomUniform(&rng)));
		t = RandomUniform(&rng) < 0.1 ? 0 : 1e4 * pow(RandomUniform(&rng), 3);
		t_x = x == 0 ? 0 : RandomUniform(&rng) < 0.2 ? t : t * RandomUniform(&rng);
		horizon = 1e-4 * pow(4e8, RandomUniform(&rng));
		rate = 1e-6 * pow(1e6, RandomUniform(&rng));
		n = floor(200 * pow(RandomUniform(&rng), 2));
		BtydPrepare(&m, &BtydParetonbd, 1, p);
		if (BtydLogLikelihood(&m, x, t_x, t, &value[0]) != BTYD_OK ||
			BtydPAlive(&m, x, t_x, t, &value[1]) != BTYD_OK ||
			BtydExpected(&m, x, t_x, t, horizon, &value[2]) != BTYD_OK ||
			BtydDiscounted(&m, x, t_x, t, horizon, rate, &value[3]) != BTYD_OK ||
			BtydDiscounted(&m, x, t_x, t, INFINITY, rate, &value[4]) != BTYD_OK ||
			BtydPmf(&m, x, t_x, t, horizon, n, &value[5]) != BTYD_OK)
		{
			bad++;
			continue;
		}
		row = (BtydRow){x, t_x, t, 1};
		m.process->loglik(&m, &row, 1, grad, hess);
		for (int j = 0; j < 16; j++)
			bad += !isfinite(hess[j]) || !isfinite(grad[j / 4]);
		unordered += !(value[1] >= 0 && value[1] <= 1 && value[5] >= 0 && value[5] <= 1 &&
					   value[3] <= value[2] * (1 + 1e-12) && value[3] <= value[4] * (1 + 1e-12));
	}
	unit_check(bad == 0, "3000 wild questions: %d without a finite answer", bad);
	unit_check(unordered == 0, "probabilities and orders in their bounds: %d are not", unordered);
}

static void
TestLimits(void)
{
	const double light[] = {0.55, 74.0, 1.0, 81.0};
	const double heavy[] = {0.55, 74.0, 1.5, 81.0};
	BtydModel m;
	double value;

	BtydPrepare(&m, &BtydParetonbd, 1, light);
	CHECK(BtydExpected(&m, 1, 5, 9, INFINITY, &value) == BTYD_INFINITE);
	CHECK(BtydDiscounted(&m, 1, 5, 9, INFINITY, 0, &value) == BTYD_INFINITE);
	CHECK(BtydDiscounted(&m, 1, 5, 9, INFINITY, 1e-12, &value) == BTYD_OK && value > 0);
	BtydPrepare(&m, &BtydParetonbd, 1, heavy);
	CHECK(BtydExpected(&m, 0, 0, 0, INFINITY, &value) == BTYD_OK);
	CHECK_NEAR(value, 0.55 / 74 * 81 / 0.5, 1e-14);
	CHECK(BtydPAlive(&m, 0, 0, 0, &value) == BTYD_OK && value == 1);
	CHECK(BtydPAlive(&m, 3, 8, 8, &value) == BTYD_OK && value == 1);
	CHECK(BtydLogLikelihood(&m, 0, 0, 0, &value) == BTYD_OK && value == 0);
}

int
main(void)
{
	const double cdnow[] = {0.55, 74.0, 0.6, 81.0};
	const double equal[] = {1.3, 50.0, 1.0, 50.0};
	const double far[] = {0.3, 900.0, 2.0, 4.0};
	const double other[] = {3.0, 5.0, 0.2, 700.0};

	table_test("test/unit/reference/paretonbd.tsv", 1e-9);
	TestDistribution(cdnow, 3, 200, 230, 365);
	TestDistribution(equal, 0, 0, 0, 100);
	TestDistribution(far, 20, 300, 300, 365);
	TestNextOrder();
	TestDerivatives(cdnow, 2, 200);
	TestDerivatives(cdnow, 0, 200);
	TestDerivatives(cdnow, 50, 3);
	TestDerivatives(equal, 3, 200);
	TestDerivatives(far, 1, 200);
	TestDerivatives(other, 7, 200);
	TestDerivatives(other, 400, 4);
	TestLimits();
	TestWild();
	return unit_done();
}
