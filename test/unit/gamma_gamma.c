/*
 * gamma_gamma.c: the spend model against mpmath (reference/gamma_gamma.py), the CDNOW sample and
 * simulated customers
 *
 * Source of the CDNOW numbers: Fader & Hardie (2013), fitted to the 946 customers of the sample
 * with repeat purchases; further digits from fits of the same data by several programs.
 */
#include <string.h>

#include "unit.h"
#include "cdnow.h"
#include "env.h"
#include "core/clv/gamma_gamma.h"

#define MANY 20000

static GammaGammaRow rows[MANY];

static void
TestTable(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[1024];
	double worst = 0.0, worst_mean = 0.0;
	int lines = 0, bad = 0;

	if (!unit_check(file != NULL, "%s is there", path))
		return;
	while (fgets(line, sizeof(line), file))
	{
		GammaGammaRow row = {.weight = 1};
		double p[3], loglik, want, got;

		if (line[0] == '#')
			continue;
		if (sscanf(line, "%lf %lf %lf %lf %lf %lf %lf", p, p + 1, p + 2, &row.x, &row.mean, &loglik,
				   &want) != 7)
		{
			bad++;
			continue;
		}
		lines++;
		got = GammaGammaLogLikelihood(p, &row, 1, NULL, NULL);
		worst = fmax(worst, fabs(got - loglik) / (1 + fabs(loglik)));
		if (GammaGammaExpected(p, row.x, row.mean, &got) != BTYD_OK)
			got = NAN;
		worst_mean = fmax(worst_mean, unit_relative(got, want));
		bad += isnan(got);
	}
	fclose(file);
	unit_check(lines > 0 && bad == 0, "%d lines read, %d bad", lines, bad);
	unit_check(worst < 1e-10, "log-likelihood, off by %.2g", worst);
	unit_check(worst_mean < 1e-12, "expected spend, off by %.2g", worst_mean);
}

static void
TestCdnow(void)
{
	static const double published[] = {6.2493492, 3.7442563, 15.4443067};
	static Cdnow cdnow;
	GammaGammaFit fit, cents;
	double value;

	if (!cdnow_read(&cdnow))
	{
		unit_skip("fit of the CDNOW sample", "no CDNOW data: set CRM_DATA");
		return;
	}
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
		rows[i] = (GammaGammaRow){cdnow.rows[i].x, cdnow.mean_spend[i], 1};
	GammaGammaFitSpend(rows, CDNOW_CUSTOMERS, &test_env, &fit);
	printf("# %s after %d steps, %d evaluations: %.9g %.9g %.9g\n", BtydFitStatusName(fit.status),
		   fit.iterations, fit.evaluations, fit.params[0], fit.params[1], fit.params[2]);
	CHECK(fit.status == BTYD_FIT_CONVERGED);
	CHECK(fit.customers == 946 && fit.without_repeat == 1411 && fit.without_spend == 0);
	CHECK(fit.has_mean);
	CHECK_NEAR(fit.loglik, -4055.917695, 1e-6);
	/* the published search stopped a little before the top */
	value = GammaGammaLogLikelihood(published, rows, CDNOW_CUSTOMERS, NULL, NULL);
	CHECK(value < fit.loglik && value > fit.loglik - 1e-6);
	CHECK_NEAR(fit.params[0], published[0], 3e-4);
	CHECK_NEAR(fit.params[1], published[1], 5e-5);
	CHECK_NEAR(fit.params[2], published[2], 1e-3);
	CHECK_NEAR(sqrt(fit.covariance[0]), 1.18997, 1.5e-4);
	CHECK_NEAR(sqrt(fit.covariance[4]), .29014, 1e-5);
	CHECK_NEAR(sqrt(fit.covariance[8]), 4.15953, 2e-4);
	CHECK(GammaGammaExpected(published, 2, 40, &value) == BTYD_OK);
	CHECK_NEAR(value, 39.13052, 5e-6);
	CHECK(GammaGammaExpected(published, 0, 0, &value) == BTYD_OK);
	CHECK_NEAR(value, 35.17050, 5e-6);

	/* in a currency of large numbers: the same fit */
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
		rows[i].mean *= 25000;
	GammaGammaFitSpend(rows, CDNOW_CUSTOMERS, &test_env, &cents);
	CHECK(cents.status == BTYD_FIT_CONVERGED);
	CHECK_NEAR(cents.loglik + 946 * log(25000), fit.loglik, 1e-8);
	CHECK_NEAR(cents.params[0], fit.params[0], 1e-6);
	CHECK_NEAR(cents.params[2] / 25000, fit.params[2], 1e-5);
}

static void
TestDerivatives(const double *params)
{
	double grad[3], hess[9], value;
	double worst = 0.0, worst2 = 0.0, step = 1e-5;
	RandomState rng;

	RandomSeed(&rng, 1, 1);
	for (int i = 0; i < 300; i++)
		rows[i] = (GammaGammaRow){floor(1 + 30 * RandomUniform(&rng) * RandomUniform(&rng)),
								  100 * RandomGamma(&rng, 2), 1 + (i % 3)};
	value = GammaGammaLogLikelihood(params, rows, 300, grad, hess);
	for (int i = 0; i < 3; i++)
	{
		double p[3], up[3], down[3], v_up, v_down;

		memcpy(p, params, sizeof(p));
		p[i] = params[i] * exp(step);
		v_up = GammaGammaLogLikelihood(p, rows, 300, up, NULL);
		p[i] = params[i] * exp(-step);
		v_down = GammaGammaLogLikelihood(p, rows, 300, down, NULL);
		worst = fmax(worst, fabs((v_up - v_down) / (2 * step) - grad[i]));
		for (int j = 0; j < 3; j++)
			worst2 = fmax(worst2, fabs((up[j] - down[j]) / (2 * step) - hess[3 * i + j]));
	}
	unit_check(worst < 1e-8 * fabs(value), "gradient, off by %.2g of the value",
			   worst / fabs(value));
	unit_check(worst2 < 1e-8 * fabs(value), "Hessian, off by %.2g of the value",
			   worst2 / fabs(value));
}

static void
Simulate(const double *params, int n, uint64_t seed)
{
	RandomState rng;

	RandomSeed(&rng, seed, 1);
	for (int i = 0; i < n; i++)
	{
		double nu = RandomGamma(&rng, params[1]) / params[2];
		double x = 1 + floor(-4 * log(RandomUniform(&rng)));

		rows[i] = (GammaGammaRow){x, RandomGamma(&rng, params[0] * x) / (nu * x), 1};
	}
}

static void
TestRecovery(const double *params)
{
	GammaGammaFit fit;
	GammaGammaCorrelation correlation;

	Simulate(params, MANY, 7);
	GammaGammaFitSpend(rows, MANY, &test_env, &fit);
	unit_check(fit.status == BTYD_FIT_CONVERGED, "%d simulated customers: %s", MANY,
			   BtydFitStatusName(fit.status));
	for (int i = 0; i < 3; i++)
		unit_check(fabs(fit.params[i] - params[i]) < 3 * sqrt(fit.covariance[4 * i]),
				   "parameter %d: %g, in truth %g, s.e. %.2g", i, fit.params[i], params[i],
				   sqrt(fit.covariance[4 * i]));
	CHECK(fit.has_mean == (params[1] > 1));
	CHECK(GammaGammaCorrelate(rows, MANY, &test_env, &correlation) == BTYD_FIT_CONVERGED);
	unit_check(fabs(correlation.plain) < 0.1 && fabs(correlation.ranks) < 0.1 &&
				   fabs(correlation.logs) < 0.1,
			   "correlations %.3f, by ranks %.3f, of logarithms %.3f: little", correlation.plain,
			   correlation.ranks, correlation.logs);
}

/* Weighted, with ties; numbers of scipy.stats for the same rows, repeated by weight */
static void
TestCorrelation(void)
{
	static const GammaGammaRow tied[] = {{5, 60, 2}, {1, 25, 2}, {2, 10, 1}, {2, 40, 4},
										 {0, 0, 9},  {3, 25, 2}, {5, 5, 1},  {1, 10, 3},
										 {8, 40, 1}, {4, -1, 9}};
	GammaGammaRow scaled[10];
	GammaGammaCorrelation c, same;

	CHECK(GammaGammaCorrelate(tied, 10, &test_env, &c) == BTYD_FIT_CONVERGED);
	CHECK_NEAR(c.plain, 0.44546366096583, 1e-14);
	CHECK_NEAR(c.ranks, 0.455261270636212, 1e-14);
	CHECK_NEAR(c.logs, 0.361475645102052, 1e-14);
	for (int i = 0; i < 10; i++)
		scaled[i] = (GammaGammaRow){tied[i].x, 25000 * tied[i].mean, tied[i].weight};
	CHECK(GammaGammaCorrelate(scaled, 10, &test_env, &same) == BTYD_FIT_CONVERGED);
	CHECK_NEAR(same.plain, c.plain, 1e-12);
	CHECK_NEAR(same.ranks, c.ranks, 1e-12);
	for (int i = 0; i < 10; i++)
		scaled[i].mean = 0.1;
	CHECK(GammaGammaCorrelate(scaled, 10, &test_env, &c) == BTYD_FIT_CONVERGED);
	CHECK(isnan(c.plain) && isnan(c.ranks) && isnan(c.logs));
	CHECK(GammaGammaCorrelate(scaled, 0, &test_env, &c) == BTYD_FIT_CONVERGED && isnan(c.ranks));
}

static bool
StopAtOnce(void *arg)
{
	return ++*(int *) arg > 3;
}

static void
TestAwkward(void)
{
	const double heavy[] = {2, 0.5, 10};
	const double broken[] = {2, NAN, 10};
	int asked = 0;
	Environment stopping = {StopAtOnce, test_alloc, test_release, &asked};
	GammaGammaFit fit;
	double value = 42;

	CHECK(GammaGammaFitSpend(rows, 0, &test_env, &fit) == BTYD_FIT_EMPTY);
	for (int i = 0; i < 100; i++)
		rows[i] = (GammaGammaRow){i % 5, i % 5 ? 20 : 0, 1};
	CHECK(GammaGammaFitSpend(rows, 19, &test_env, &fit) == BTYD_FIT_TOO_FEW);
	CHECK(GammaGammaFitSpend(rows, 1, &test_env, &fit) == BTYD_FIT_NO_REPEATS);
	CHECK(isnan(fit.loglik) && isnan(fit.params[0]));
	GammaGammaFitSpend(rows, 100, &test_env, &fit);
	unit_check(fit.status == BTYD_FIT_NOT_IDENTIFIED, "everybody spends the same: %s",
			   BtydFitStatusName(fit.status));
	CHECK(isnan(fit.covariance[0]));

	/* nobody differs from anybody: if there is a top at all, it says that q may be anything */
	Simulate((const double[]){2, 1e9, 1e10}, 5000, 3);
	GammaGammaFitSpend(rows, 5000, &test_env, &fit);
	unit_check(fit.status == BTYD_FIT_NOT_IDENTIFIED || sqrt(fit.log_covariance[4]) > 1,
			   "all customers are alike: %s, q %g, s.e. of its logarithm %g",
			   BtydFitStatusName(fit.status), fit.params[1], sqrt(fit.log_covariance[4]));
	CHECK(fit.params[1] > 100);

	/* a subscription: everybody pays the same, always; that is what is expected of all */
	for (int i = 0; i < 500; i++)
		rows[i] = (GammaGammaRow){1 + i % 7, 9.99, 3};
	GammaGammaFitSpend(rows, 500, &test_env, &fit);
	CHECK(fit.status == BTYD_FIT_NOT_IDENTIFIED && fit.limits != 0 && fit.has_mean);
	CHECK(fit.unidentified[2] && isnan(fit.covariance[8]));
	for (int x = 0; x < 9; x++)
	{
		CHECK(GammaGammaExpected(fit.params, x, 9.99, &value) == BTYD_OK);
		CHECK_NEAR(value, 9.99, 0.001);
	}
	value = 42;

	/* refunds that eat up all purchases are left out, and counted */
	Simulate((const double[]){3, 4, 50}, 2000, 4);
	rows[10].mean = 0;
	rows[20].mean = -5;
	rows[30].x = 0;
	GammaGammaFitSpend(rows, 2000, &test_env, &fit);
	CHECK(fit.status == BTYD_FIT_CONVERGED && fit.without_spend == 2 && fit.without_repeat == 1 &&
		  fit.customers == 1997);
	CHECK(GammaGammaFitSpend(rows, 2000, &stopping, &fit) == BTYD_FIT_INTERRUPTED);
	rows[40].mean = INFINITY;
	CHECK(GammaGammaFitSpend(rows, 2000, &test_env, &fit) == BTYD_FIT_BAD_DATA &&
		  fit.bad_row == 40);

	/* no mean is said, never a negative one */
	CHECK(GammaGammaExpected(heavy, 0, 0, &value) == BTYD_INFINITE);
	CHECK(GammaGammaExpected(heavy, 1, -3, &value) == BTYD_BAD_SPEND);
	CHECK(GammaGammaExpected(heavy, 1, NAN, &value) == BTYD_BAD_SPEND);
	CHECK(GammaGammaExpected(heavy, 1.5, 3, &value) == BTYD_BAD_X);
	CHECK(GammaGammaExpected(broken, 1, 3, &value) == BTYD_BAD_PARAMETER);
	CHECK(value == 42);
	CHECK(GammaGammaExpected(heavy, 1, 3, &value) == BTYD_OK);
	CHECK_NEAR(value, 2 * 13 / 1.5, 1e-14);
}

int
main(void)
{
	const double usual[] = {6, 4, 15};
	const double heavy[] = {1.5, 0.8, 400};

	TestTable("test/unit/reference/gamma_gamma.tsv");
	TestCdnow();
	TestDerivatives(usual);
	TestDerivatives(heavy);
	TestRecovery(usual);
	TestRecovery(heavy);
	TestCorrelation();
	TestAwkward();
	return unit_done();
}
