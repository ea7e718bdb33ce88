/*
 * cdnow_fit.c: fits of every process to the CDNOW sample against published numbers
 *
 * Source: Fader, Hardie & Lee (2005), table 2 and text; further digits from fits of the same data
 * by several programs, as collected in the project's list of reference numbers. Of Pareto/NBD the
 * published search stopped a little before the top, where the standard errors by mpmath (30 digits,
 * second differences of the likelihood) are .047627925, .84272251, .18728136 and 6.2111142.
 */
#include "unit.h"
#include "cdnow.h"
#include "env.h"

typedef struct Expected
{
	const BtydProcess *process;
	double params[4];
	double digits[4]; /* half a unit of the last printed digit, at most */
	double loglik;
	double alive, expected;   /* x = 2, t_x = 30.43, t = 38.86; 39 weeks */
	double expected_frequent; /* customer 1516: 26, 30.86, 31 */
	double total;             /* all customers, 39 weeks */
} Expected;

static void
TestCdnow(const Cdnow *cdnow, const Expected *want)
{
	static BtydRow days[CDNOW_CUSTOMERS];
	BtydFit fit, in_days;
	BtydModel m;
	double value, total = 0.0;

	printf("# %s\n", want->process->title);
	BtydFitProcess(want->process, 1, cdnow->rows, CDNOW_CUSTOMERS, &test_env, &fit);
	printf("# %s after %d steps, %d evaluations: %.9g %.9g %.9g %.9g, s.e. %.6g %.6g %.6g %.6g\n",
		   BtydFitStatusName(fit.status), fit.iterations, fit.evaluations, fit.params[0],
		   fit.params[1], fit.params[2], fit.params[3], sqrt(fit.covariance[0]),
		   sqrt(fit.covariance[5]), sqrt(fit.covariance[10]), sqrt(fit.covariance[15]));
	CHECK(fit.status == BTYD_FIT_CONVERGED);
	CHECK_NEAR(fit.loglik, want->loglik, 1e-6);
	for (int i = 0; i < 4; i++)
		CHECK_NEAR(fit.params[i], want->params[i], want->digits[i]);
	CHECK(fit.customers == 2357);

	/* the same customers, counted in days: another unit, the same fit */
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
	{
		days[i] = cdnow->rows[i];
		days[i].t_x *= 7;
		days[i].t *= 7;
	}
	BtydFitProcess(want->process, 1, days, CDNOW_CUSTOMERS, &test_env, &in_days);
	CHECK(in_days.status == BTYD_FIT_CONVERGED);
	CHECK_NEAR(in_days.loglik + 2457 * log(7), fit.loglik, 1e-8);
	for (int i = 0; i < want->process->nparams; i++)
		CHECK_NEAR(in_days.params[i] / (want->process->in_time_units[i] ? 7 : 1), fit.params[i],
				   2e-6);

	/* predictions at the fit */
	CHECK(BtydPrepare(&m, want->process, 1, fit.params) == BTYD_OK);
	CHECK(BtydPAlive(&m, 2, 30.43, 38.86, &value) == BTYD_OK);
	CHECK_NEAR(value, want->alive, 5e-7);
	CHECK(BtydExpected(&m, 2, 30.43, 38.86, 39, &value) == BTYD_OK);
	CHECK_NEAR(value, want->expected, 1e-6);
	if (want->expected_frequent > 0)
	{
		CHECK(BtydExpected(&m, 26, 30.86, 31, 39, &value) == BTYD_OK);
		CHECK_NEAR(value, want->expected_frequent, 2e-5);
	}
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
	{
		const BtydRow *row = &cdnow->rows[i];

		if (BtydExpected(&m, row->x, row->t_x, row->t, 39, &value) == BTYD_OK)
			total += value;
	}
	CHECK_NEAR(total, want->total, 2e-3);
}

int
main(void)
{
	static const Expected bg = {&BtydBgnbd,
								{.2425945, 4.413602, .792920, 2.425895},
								{5e-7, 5e-6, 5e-6, 2e-5},
								-9582.429207,
								.7266091,
								1.2259068,
								20.750276,
								1653.4087};
	static const Expected mbg = {&BtydMbgnbd,
								 {.5248429, 6.1830818, .8913595, 1.6140029},
								 {2e-6, 2e-5, 5e-6, 1e-5},
								 -9582.135716,
								 .7061257,
								 1.2626692,
								 0,
								 1576.7283};
	static const Expected pareto = {&BtydParetonbd,
									{.5532778, 10.5776843, .6062334, 11.6685157},
									{2e-6, 5e-6, 1e-5, 3e-4},
									-9594.976179,
									.8691157,
									1.4550988,
									20.115718,
									1665.5132};
	static Cdnow cdnow;
	BtydFit fit;
	double sum_x = 0, sum_t_x = 0, sum_t = 0;

	if (!cdnow_read(&cdnow))
	{
		unit_skip("fits of the CDNOW sample", "no CDNOW data: set CRM_DATA");
		return unit_done();
	}
	for (int i = 0; i < CDNOW_CUSTOMERS; i++)
	{
		sum_x += cdnow.rows[i].x;
		sum_t_x += cdnow.rows[i].t_x;
		sum_t += cdnow.rows[i].t;
	}
	CHECK(sum_x == 2457);
	CHECK_NEAR(sum_t_x, 16135.571429, 1e-5);
	CHECK_NEAR(sum_t, 77111.285714, 1e-5);

	TestCdnow(&cdnow, &bg);
	TestCdnow(&cdnow, &mbg);
	TestCdnow(&cdnow, &pareto);

	/* standard errors, from the inverse of the observed information */
	BtydFitProcess(&BtydBgnbd, 1, cdnow.rows, CDNOW_CUSTOMERS, &test_env, &fit);
	CHECK_NEAR(sqrt(fit.covariance[0]), .012557, 5e-7);
	CHECK_NEAR(sqrt(fit.covariance[5]), .37822, 5e-6);
	CHECK_NEAR(sqrt(fit.covariance[10]), .18573, 5e-6);
	CHECK_NEAR(sqrt(fit.covariance[15]), .70541, 5e-6);
	CHECK_NEAR(sqrt(fit.log_covariance[0]) * fit.params[0], .012557, 5e-7);

	BtydFitProcess(&BtydParetonbd, 1, cdnow.rows, CDNOW_CUSTOMERS, &test_env, &fit);
	CHECK_NEAR(sqrt(fit.covariance[0]), .047627925, 2e-7);
	CHECK_NEAR(sqrt(fit.covariance[5]), .84272251, 2e-6);
	CHECK_NEAR(sqrt(fit.covariance[10]), .18728136, 2e-6);
	CHECK_NEAR(sqrt(fit.covariance[15]), 6.2111142, 1e-4);
	return unit_done();
}
