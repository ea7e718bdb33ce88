/*
 * paretonbd_fit.c: Pareto/NBD fitted to simulated customers, and to data that no model fits
 */
#include "unit.h"
#include "env.h"
#include "population.h"

#define MANY 6000

static BtydRow rows[MANY];

static void
TestRecovery(const double *params, double arrivals, double end)
{
	BtydModel m;
	BtydFit fit;

	BtydPrepare(&m, &BtydParetonbd, 1, params);
	population_draw(&m, arrivals, end, false, 42, rows, MANY);
	BtydFitProcess(&BtydParetonbd, 1, rows, MANY, &test_env, &fit);
	unit_check(fit.status == BTYD_FIT_CONVERGED, "%d simulated customers: %s after %d evaluations",
			   MANY, BtydFitStatusName(fit.status), fit.evaluations);
	for (int i = 0; i < 4; i++)
		unit_check(fabs(log(fit.params[i] / params[i])) < 3 * sqrt(fit.log_covariance[5 * i]),
				   "%s is %g, in truth %g, s.e. %.2g", BtydParetonbd.param_names[i], fit.params[i],
				   params[i], sqrt(fit.covariance[5 * i]));
}

/* The true parameters must not be more likely than the fit */
static BtydFitStatus
TestTop(const double *params, int n, const char *what)
{
	BtydFit fit;
	BtydModel m;
	double truth = 0.0, value;

	BtydFitProcess(&BtydParetonbd, 1, rows, n, &test_env, &fit);
	BtydPrepare(&m, &BtydParetonbd, 1, params);
	for (int i = 0; i < n; i++)
	{
		BtydLogLikelihood(&m, rows[i].x, rows[i].t_x, rows[i].t, &value);
		truth += rows[i].weight * value;
	}
	unit_check(fit.loglik >= truth - 1e-6, "%s: %s after %d evaluations, %.6f, not less than %.6f",
			   what, BtydFitStatusName(fit.status), fit.evaluations, fit.loglik, truth);
	BtydPrepare(&m, &BtydParetonbd, 1, fit.params);
	truth = 0.0;
	for (int i = 0; i < n; i++)
	{
		BtydLogLikelihood(&m, rows[i].x, rows[i].t_x, rows[i].t, &value);
		truth += rows[i].weight * value;
	}
	unit_check(unit_relative(fit.loglik, truth) < 1e-9, "which is its likelihood, row by row");
	return fit.status;
}

static void
TestAwkward(void)
{
	const double usual[] = {0.55, 74, 0.6, 81};
	const double poisson[] = {1e6, 5e7, 1e-6, 1e6};
	const double gone[] = {0.8, 20, 2, 1e-3};
	const double old[] = {0.6, 100, 0.5, 700};
	BtydModel m;
	BtydFit fit;

	CHECK(BtydFitProcess(&BtydParetonbd, 1, rows, 0, &test_env, &fit) == BTYD_FIT_EMPTY);
	BtydPrepare(&m, &BtydParetonbd, 1, usual);
	population_draw(&m, 80, 273, true, 1, rows, 20);
	CHECK(BtydFitProcess(&BtydParetonbd, 1, rows, 1, &test_env, &fit) == BTYD_FIT_TOO_FEW);
	TestTop(usual, 20, "20 customers");

	/* 20 years, in days */
	BtydPrepare(&m, &BtydParetonbd, 1, old);
	population_draw(&m, 7300, 7300, true, 2, rows, 2000);
	TestTop(old, 2000, "20 years in days");

	for (int i = 0; i < 500; i++)
		rows[i].x = rows[i].t_x = 0;
	CHECK(BtydFitProcess(&BtydParetonbd, 1, rows, 500, &test_env, &fit) == BTYD_FIT_NO_REPEATS);

	/* nobody differs and nobody leaves: nothing can be said about death, nor about differences */
	BtydPrepare(&m, &BtydParetonbd, 1, poisson);
	population_draw(&m, 80, 273, true, 3, rows, 1000);
	BtydFitProcess(&BtydParetonbd, 1, rows, 1000, &test_env, &fit);
	unit_check(fit.status == BTYD_FIT_NOT_IDENTIFIED, "pure Poisson: %s after %d evaluations",
			   BtydFitStatusName(fit.status), fit.evaluations);
	CHECK(isnan(fit.covariance[0]));

	/* all but everybody leaves at once */
	BtydPrepare(&m, &BtydParetonbd, 1, gone);
	population_draw(&m, 80, 273, false, 4, rows, 200);
	rows[0].x = 2;
	rows[0].t_x = 1;
	rows[0].t = 20;
	CHECK(TestTop(gone, 200, "everybody leaves at once") == BTYD_FIT_NOT_IDENTIFIED);
}

int
main(void)
{
	const double cdnow[] = {0.55, 74, 0.6, 81};
	const double light[] = {1.5, 30, 1.8, 400};

	TestRecovery(cdnow, 90, 540);
	TestRecovery(light, 300, 1000);
	TestAwkward();
	return unit_done();
}
