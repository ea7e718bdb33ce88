/*
 * erlang_shops.c: NBD, and regular buyers, on real shops
 *
 * Source: NBD by scipy (Nelder-Mead on the textbook likelihood, to 1e-10) and BTYDplus 1.2.0;
 * (M)BG/CNBD-k by BTYDplus, whose search stops at about 1e-5 in log-likelihood; sums of expected
 * purchases by exact summation, for BTYDplus's formula is an approximation where k > 1, at
 * parameters that may differ in what the table of them does not print. All in weeks.
 */
#include "cdnow.h"
#include "env.h"
#include "retail.h"
#include "unit.h"

/* Log-likelihood with the factor that btyd.h leaves out, and the slope: 0 at the top */
static double
Loglik(const BtydProcess *process, int order, const double *params, const BtydRow *rows, size_t n,
	   double log_gaps, double *slope)
{
	double grad[BTYD_MAX_PARAMS] = {0};
	double sum = 0.0;
	BtydModel m;

	BtydPrepare(&m, process, order, params);
	for (size_t i = 0; i < n; i++)
		sum += process->loglik(&m, rows + i, 1, grad, NULL) - rows[i].x * lgamma(order);
	*slope = 0.0;
	for (int i = 0; i < process->nparams; i++)
		*slope = fmax(*slope, fabs(grad[i]));
	return sum + (order - 1.0) * log_gaps;
}

/* Sum of expected purchases in the horizon */
static double
Total(const BtydProcess *process, int order, const double *params, const BtydRow *rows, size_t n,
	  double horizon)
{
	double sum = 0.0;
	BtydModel m;

	BtydPrepare(&m, process, order, params);
	for (size_t i = 0; i < n; i++)
	{
		double value = NAN;

		BtydExpected(&m, rows[i].x, rows[i].t_x, rows[i].t, horizon, &value);
		sum += value;
	}
	return sum;
}

static void
TestCdnow(const Cdnow *cdnow)
{
	const double mbg[] = {.579908037, 2.288199491, 1.134330777, 1.584778575};
	double slope;
	BtydFit fit;

	CHECK_NEAR(Loglik(&BtydMbgnbd, 2, mbg, cdnow->rows, CDNOW_CUSTOMERS, cdnow->log_gaps, &slope),
			   -9853.253129, 1e-5);
	CHECK(slope < 0.05);
	CHECK(BtydFitProcess(&BtydNbd, 1, cdnow->rows, CDNOW_CUSTOMERS, &test_env, &fit) ==
		  BTYD_FIT_CONVERGED);
	CHECK_NEAR(fit.params[0], .38476587527, 2e-6);
	CHECK_NEAR(fit.params[1], 12.0720137321, 5e-5);
	CHECK_NEAR(fit.loglik, -9763.65761467, 1e-7);
}

static void
TestRetail(void)
{
	const double bg[] = {.7680971150, 3.7794621466, .0618122483, .8544827743};
	const double mbg[] = {.857461216, 4.038452234, .125817119, 2.067265871};
	const double half = 180 / 7.0;
	static Retail retail;
	double slope;
	BtydFit fit;

	if (!retail_read(&retail, retail_day(2011, 12, 9)))
	{
		unit_skip("Online Retail", "no Online Retail data: set CRM_DATA");
		return;
	}
	CHECK(retail.n == 4338);
	CHECK(BtydFitProcess(&BtydNbd, 1, retail.rows, retail.n, &test_env, &fit) ==
		  BTYD_FIT_CONVERGED);
	CHECK_NEAR(fit.params[0], .82755856, 2e-6);
	CHECK_NEAR(fit.params[1], 9.87036414, 5e-5);
	CHECK_NEAR(fit.loglik, -37645.65733054, 1e-6);

	retail_read(&retail, retail_day(2011, 6, 12));
	CHECK(retail.n == 2821);
	CHECK(retail.after == 6823);
	CHECK(BtydFitProcess(&BtydNbd, 1, retail.rows, retail.n, &test_env, &fit) ==
		  BTYD_FIT_CONVERGED);
	CHECK_NEAR(fit.params[0], .742519778186, 2e-6);
	CHECK_NEAR(fit.params[1], 8.86478623474, 5e-5);
	CHECK_NEAR(fit.loglik, -13485.4396072, 1e-6);
	CHECK_NEAR(Total(&BtydNbd, 1, fit.params, retail.rows, retail.n, half), 6075.9943, 2e-3);

	CHECK_NEAR(Loglik(&BtydBgnbd, 2, bg, retail.rows, retail.n, retail.log_gaps, &slope),
			   -13160.849737, 1e-5);
	CHECK(slope < 0.05);
	CHECK_NEAR(Total(&BtydBgnbd, 2, bg, retail.rows, retail.n, half), 6316.603, 5e-3);
	CHECK_NEAR(Loglik(&BtydMbgnbd, 2, mbg, retail.rows, retail.n, retail.log_gaps, &slope),
			   -13169.558671, 1e-5);
	CHECK(slope < 0.05);
	CHECK_NEAR(Total(&BtydMbgnbd, 2, mbg, retail.rows, retail.n, half), 6295.665, 5e-2);
}

int
main(void)
{
	static Cdnow cdnow;

	if (cdnow_read(&cdnow))
		TestCdnow(&cdnow);
	else
		unit_skip("the CDNOW sample", "no CDNOW data: set CRM_DATA");
	TestRetail();
	return unit_done();
}
